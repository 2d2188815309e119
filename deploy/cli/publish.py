"""`salur publish`: send events, wait for their verdicts if asked, and keep what Kafka did not acknowledge."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, Annotated

import typer

from deploy import running
from deploy.cli import sheet, verdicts
from deploy.cli.console import NO, UNREACHABLE, print_json, remarks
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.figure_words import grouped

if TYPE_CHECKING:
    from consumers.verdicts import Place, Verdict
    from streams.publishing import Line, Spool

File = Annotated[list[str], typer.Argument(metavar="FILE…", help="JSON Lines, CSV or XLSX files; - reads JSON Lines from standard input.")]
CheckFirst = Annotated[bool, typer.Option("--check-first", help="Send nothing unless every line would be accepted.")]
Wait = Annotated[bool, typer.Option("--wait", help="Return when everything is booked and in the tables, with the verdicts.")]
Timeout = Annotated[float, typer.Option("--timeout", metavar="SECONDS", help="How long --wait waits.")]

Mode = Annotated[
    sheet.Mode | None, typer.Option("--mode", help="Spreadsheets: send nothing, all or nothing, or the events without mistakes.", show_default="all-or-nothing")
]
Undo = Annotated[
    str | None,
    typer.Option("--undo", metavar="REASON", help="Spreadsheets: take back every event of the file that the ledger has; say why.", show_default=False),
]

SPOOL = "spool.jsonl"


def command(
    files: File,
    check_first: CheckFirst = False,
    wait: Wait = False,
    timeout: Timeout = 300.0,
    partner: sheet.Partner = None,
    type_: sheet.Type = None,
    mode: Mode = None,
    annotated: sheet.Annotated_ = None,
    amendments: sheet.Amendments = None,
    undo: Undo = None,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Send events to Kafka. Sending a file again is harmless: ids that are known already are duplicates."""
    from deploy.cli.files import read
    from streams.publishing import Spool

    question = asked(data=data, lang=lang, json=json)
    spool = Spool(question.settings.data_dir / SPOOL)
    if sheet.are_sheets(files):
        looked = sheet.look(question, files[0], partner=partner, event_type=type_)
        if undo is not None:
            _undo(question, looked, spool, undo, timeout if wait else None)
            return
        _send_sheet(question, looked, spool, mode or "all-or-nothing", timeout if wait else None)
        sheet.give_back(question, looked, annotated=annotated, amendments=amendments)
        if not looked.is_fine:
            raise typer.Exit(NO)
        return
    sheet.refuse_sheet_options(partner, type_, mode, annotated, amendments, undo)
    lines: Iterator[Line] = chain(spool.lines(), read(files))
    if check_first:
        lines = iter(_checked(question, list(lines)))
    if wait:
        _send_and_wait(question, lines, spool, timeout)
        return
    places, unknown = send(question, lines, spool)
    _report(question, len(places), unknown, spool)
    if unknown:
        raise typer.Exit(UNREACHABLE)


def send(
    question: Asked, lines: "Iterator[Line]", spool: "Spool", *, on_registered: "Callable[[Collection[Place]], None]" = lambda _places: None
) -> "tuple[dict[Place, Line], list[Line]]":
    """Send all lines; return where Kafka keeps each, and those that it did not acknowledge, which are now in the spool.

    ``on_registered`` is called with the places so far each time registrations were sent and other lines follow.
    """
    from deploy.cli.progress import counting
    from streams.publishing import Line, Publisher, is_registration

    places: dict[Place, Line] = {}
    unknown: list[Line] = []
    servers = running.bootstrap_servers(question.settings)
    with Publisher(servers) as publisher, counting(say("start_publishing", question.lang), quiet=question.json) as count:
        registered = False
        for is_registering, some in groupby(lines, key=lambda line: is_registration(line.value)):
            if registered:
                on_registered(places)
            for sent in publisher.send(some, on_sent=count):
                if sent.is_acknowledged:
                    # Without its bytes: a large file must not stay in memory.
                    places[sent.topic, sent.partition, sent.offset] = Line(sent.line.file, sent.line.number, b"")
                else:
                    unknown.append(sent.line)
            registered = is_registering
    spool.replace(unknown)
    return places, unknown


def _checked(question: Asked, lines: "Sequence[Line]") -> "Sequence[Line]":
    """Return the lines if all of them are fine; else show the verdicts and end the command."""
    from deploy.cli.check import registry, rehearse

    found = rehearse(lines, registry(question.settings))
    if verdicts.is_fine(found):
        return lines
    verdicts.print_answer(found, question.lang, as_json=question.json)
    remarks().print(say("not_all_fine", question.lang))
    raise typer.Exit(NO)


def _send_and_wait(question: Asked, lines: "Iterator[Line]", spool: "Spool", timeout: float) -> None:
    booked, unknown = sent_and_booked(question, lines, spool, timeout)
    found = [
        verdicts.LineVerdict(
            file=line.file, line=line.number, event_id=verdict.event_id, disposition=verdict.disposition, violations=verdict.violations, flags=verdict.flags
        )
        for line, verdict in booked
    ]
    found += [verdicts.LineVerdict(file=line.file, line=line.number, event_id=None, disposition="unknown") for line in unknown]
    verdicts.print_answer(found, question.lang, as_json=question.json)
    if unknown:
        raise typer.Exit(UNREACHABLE)
    if not verdicts.is_fine(found):
        raise typer.Exit(NO)


def sent_and_booked(question: Asked, lines: "Iterator[Line]", spool: "Spool", timeout: float) -> "tuple[list[tuple[Line, Verdict]], list[Line]]":
    """Send all lines and wait until the tables hold them; return each with its verdict, and those that Kafka did not acknowledge."""
    from consumers.database import open_for_reading
    from consumers.kafka_reading import reader
    from consumers.tables.reader import TablesReader
    from consumers.verdicts import size
    from deploy import arrival
    from deploy.cli.progress import waiting

    settings = question.settings
    engine = open_for_reading(running.database_url(settings))
    with engine.connect() as connection, connection.begin():
        before = size(connection)

    def until_booked(sent: "Collection[Place]") -> None:
        # Partitions are booked in any order: what uses a new code is sent when the code is booked.
        arrival.until_booked(engine, arrival.ends_of(sent), deadline=time.monotonic() + timeout)

    places, unknown = send(question, lines, spool, on_registered=until_booked)
    deadline = time.monotonic() + timeout
    with waiting(say("waiting", question.lang), quiet=question.json):
        arrival.until_booked(engine, arrival.ends_of(places), deadline=deadline)
        with reader(running.addresses(settings).bootstrap_servers) as consumer:
            arrival.until_in_tables(engine, TablesReader(consumer), deadline=deadline)
    booked = arrival.verdicts(engine, before, places)
    return [(line, booked[place]) for place, line in places.items()], unknown


def _send_sheet(question: Asked, looked: sheet.Looked, spool: "Spool", mode: sheet.Mode, timeout: float | None) -> None:
    """Send what the mode lets be sent of a spreadsheet, and say what became of it; ``timeout`` is None where no verdict is waited for."""
    lines = looked.lines() if mode == "good-rows" or (mode == "all-or-nothing" and looked.is_fine) else []
    unknown: Sequence[Line] = ()
    waiting_before = spool.lines() if lines else []
    if lines and timeout is not None:
        booked, unknown = sent_and_booked(question, chain(waiting_before, lines), spool, timeout)
        by_row = {draft.rows[0]: draft for draft in looked.to_send}
        for line, verdict in booked:
            if line.file == looked.file:
                sheet.judged(looked, by_row[line.number], verdict.disposition, verdict.violations)
    elif lines:
        _, unknown = send(question, chain(waiting_before, lines), spool)
    if question.json:
        print_json({**looked.to_json(question), "mode": mode, "sent": len(lines), "unacknowledged": len(unknown)})
    else:
        _tell(question, looked, mode, lines, unknown, spool)
    if unknown:
        raise typer.Exit(UNREACHABLE)


def _undo(question: Asked, looked: sheet.Looked, spool: "Spool", reason: str, timeout: float | None) -> None:
    """Take back what the ledger has of a spreadsheet. What it has not is left alone: a reversal would wait for it."""
    from streams.publishing import Line
    from streams.sheets.amending import reversals

    running.database_url(question.settings)
    there = [*(draft for draft in looked.review.good if draft.event["id"] in looked.known), *looked.taken]
    lines = [Line(looked.file, draft.rows[0], value) for draft, value in zip(there, reversals(there, reason), strict=True)]
    if not question.json:
        remarks().print(say("sheet_undone", question.lang, count=grouped(str(len(lines)), question.lang)))
    if timeout is not None:
        _send_and_wait(question, chain(spool.lines(), lines), spool, timeout)
        return
    places, unknown = send(question, chain(spool.lines(), lines), spool)
    _report(question, len(places), unknown, spool)
    if unknown:
        raise typer.Exit(UNREACHABLE)


def _tell(question: Asked, looked: sheet.Looked, mode: sheet.Mode, lines: "Sequence[Line]", unknown: "Sequence[Line]", spool: "Spool") -> None:
    sheet.show(question, looked)
    remarks().print(say("sent", question.lang, count=grouped(str(len(lines) - len(unknown)), question.lang)))
    if not lines and not looked.is_fine and mode != "check":
        remarks().print(say("sheet_nothing_sent" if looked.review.is_readable else "sheet_unreadable_nothing", question.lang))
    if unknown:
        remarks().print(say("not_sent", question.lang, count=grouped(str(len(unknown)), question.lang), spool=spool.path))


def _report(question: Asked, sent: int, unknown: "Sequence[Line]", spool: "Spool") -> None:
    if question.json:
        print_json({"sent": sent, "unacknowledged": len(unknown), "spool": str(spool.path) if unknown else None})
        return
    remarks().print(say("sent", question.lang, count=grouped(str(sent), question.lang)))
    if unknown:
        remarks().print(say("not_sent", question.lang, count=grouped(str(len(unknown)), question.lang), spool=spool.path))
