"""`salur readlog`: who was shown what, and whether the log of it is as it was written."""

import datetime
import json as json_module
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy import running
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError
from models.figure_words import grouped

if TYPE_CHECKING:
    import sqlalchemy as sa

    from models.reads import Line

Check = Annotated[bool, typer.Option("--verify", help="Read every line again and hold it against the one before (exit code 1 if one was touched).")]
Remembered = Annotated[
    str, typer.Option("--last", metavar="NUMBER:HASH", help="With --verify: a line that was seen before; it must still be there.", show_default=False)
]
Reader = Annotated[str, typer.Option("--reader", metavar="NAME", help="Only what this reader was shown, such as auditor:bpk-ri or local.", show_default=False)]
Since = Annotated[str, typer.Option("--since", metavar="MOMENT", help="Only from this day or moment on.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="At most so many lines, the newest.")]


def command(
    verify: Check = False,
    last: Remembered = "",
    reader: Reader = "",
    since: Since = "",
    limit: Limit = 50,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Show who was shown what, when, with which question and as of when; or check that nobody touched the log."""
    question = asked(data=data, lang=lang, json=json)
    if last and not verify:
        raise ConfigurationError("--last goes with --verify", hint="write salur readlog --verify --last NUMBER:HASH")
    if verify:
        _verify(question, last)
        return
    from consumers.reads.chain import last_lines, lines

    with _log(question) as connection:
        found = list(lines(connection, reader=reader, since=_moment(since), limit=limit)) if since else last_lines(connection, limit, reader=reader)
    if json:
        print_json({"lines": [described(line) for line in found]})
        return
    names = ("at", "reader", "channel", "what", "question", "as_of_booking", "rows", "answer")
    print_table([(say(f"read_{name}", question.lang), name in {"as_of_booking", "rows", "answer"}) for name in names], [_cells(line) for line in found])


def described(line: "Line") -> dict[str, Any]:
    """Return a line as JSON values."""
    from consumers.answers.asof import iso

    values = {**line.read._asdict(), "at": iso(line.read.at), "asked": json_module.loads(line.read.asked)}
    return {"number": line.number, **values, "previous": line.previous, "hash": line.hash}


def _verify(question: Asked, last: str) -> None:
    from consumers.reads.chain import check
    from models.reads import parse_anchor

    with _log(question) as connection:
        found = check(connection, parse_anchor(last) if last else None)
    if question.json:
        print_json(found.to_json())
    elif found.holds:
        answers().print(say("reads_hold", question.lang, lines=grouped(str(found.last.number), question.lang), last=found.last))
    else:
        answers().print(say("reads_touched", question.lang, flaw=found.flaw))
        remarks().print(say("reads_last_good", question.lang, last=found.last))
    if not found.holds:
        raise typer.Exit(NO)


@contextmanager
def _log(question: Asked) -> "Iterator[sa.Connection]":
    from consumers.reads.place import open_read_log

    engine = open_read_log(running.database_url(question.settings))
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    finally:
        engine.dispose()


def _moment(text: str) -> int:
    from consumers.answers.asof import milliseconds
    from consumers.answers.filters import JAKARTA

    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is neither a day nor a moment", hint="write 2026-05-03, or 2026-05-03T12:00:00+07:00") from None
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=JAKARTA))


def _cells(line: "Line") -> list[str]:
    from consumers.answers.asof import iso

    read = line.read
    question = " ".join(f"{name}={value}" for name, value in json_module.loads(read.asked).items())
    numbers = ["" if number is None else str(number) for number in (read.as_of, read.rows)]
    return [iso(read.at) or "", read.reader, read.channel, _printable(read.what), _printable(question), *numbers, str(read.status)]


def _printable(text: str) -> str:
    """Return a text of a reader without what would move the cursor of whoever looks at it."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
