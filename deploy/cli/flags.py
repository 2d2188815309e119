"""`salur flags`: how often each flag was raised, and the events that raised one of them."""

from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli import filters as f
from deploy.cli.console import answers, print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, Simulated, asked
from deploy.cli.tally import wanted_cells
from deploy.cli.words import say
from models.figure_words import grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consumers.answers.flags import FlagsAnswer
    from deploy.settings import Language

Flag = Annotated[str | None, typer.Argument(metavar="FLAG", help="List the events that raised this flag, such as over_budget.", show_default=False)]
By = Annotated[str, typer.Option("--by", metavar="DIM,DIM", help="Count by these: destination, programme, partner.")]
Limit = Annotated[int, typer.Option("--limit", min=0, help="At most so many events; 0 for all.")]
After = Annotated[int | None, typer.Option("--after", metavar="DECISION", help="Go on after this decision.", show_default=False)]


def command(
    flag: Flag = None,
    destination: f.Destination = None,
    programme: f.Programme = None,
    partner: f.Partner = None,
    by: By = "programme,partner",
    as_of: f.AsOf = None,
    limit: Limit = 100,
    after: After = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Count the flags that events were accepted with; name one to see its events."""
    question = {**locals(), "happened_from": None, "happened_to": None}
    command_asked = asked(data=data, lang=lang, json=json)
    from consumers.answers.flags import flagged, flags, parse_flag, parse_flag_groups

    groups = parse_flag_groups(by)
    code = parse_flag(flag) if flag else ""
    with reading(command_asked.settings) as connection:
        wanted = wanted_cells(connection, question)
        answer = flagged(connection, wanted, code, by=groups, cursor=after, limit=limit or None) if code else flags(connection, wanted, by=groups)
    if json:
        print_json(_with_words(answer, command_asked.lang))
    else:
        _show(command_asked, answer, groups)


def _with_words(answer: "FlagsAnswer", lang: "Language") -> dict[str, object]:
    shown = answer.to_json()
    for row in shown["rows"]:
        row["text"] = _text(row["flag"], lang)
    return shown


def _text(flag: str, lang: "Language") -> str:
    from models.reason_words import REASONS

    return REASONS[flag].words(lang).text


def _show(command_asked: Asked, answer: "FlagsAnswer", by: "Sequence[str]") -> None:
    lang = command_asked.lang
    if not answer.rows:
        remarks().print(say("nothing_flagged", lang))
    else:
        with_kind = any(row.simulated is not None for row in answer.rows)
        names = ("flag", *by, "events", *(("simulated",) if with_kind else ()), "meaning")
        print_table([(say(name, lang), name == "events") for name in names], [_cells(row, by, lang) for row in answer.to_json()["rows"]])
    if answer.events:
        answers().print("")
        names = ("decision", "booking", "event", "type", "position", "sha256")
        rows = [
            (
                str(event.decision),
                str(event.booking),
                f"{event.partner}: {event.id}",
                event.type.removeprefix("salur.").removesuffix(".v1"),
                f"{event.topic}[{event.partition}]@{event.offset}",
                event.sha256[:16],
            )
            for event in answer.events
        ]
        print_table([(say(name, lang), name in ("decision", "booking")) for name in names], rows)
    if answer.next is not None:
        remarks().print(say("more", lang, next=answer.next))
    as_of = answer.as_of.to_json()
    remarks().print(say("as_of", lang, **as_of) if as_of["booking"] else say("never", lang))


def _cells(row: dict[str, object], by: "Sequence[str]", lang: "Language") -> list[str]:
    flag = str(row["flag"])
    kind = [say("yes" if row["simulated"] else "no", lang)] if "simulated" in row else []
    return [flag.removeprefix("flag."), *(str(row[name]) for name in by), grouped(str(row["events"]), lang), *kind, _text(flag, lang)]
