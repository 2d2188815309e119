"""`salur batches`: how far each batch of payments has come, and what was sent and not confirmed, with its age."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import filters as f
from deploy.cli.console import answers, print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, Simulated, asked
from deploy.cli.words import say
from models.figure_words import grouped, measure_word, unit_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

    from consumers.answers.batches import BatchesAnswer
    from deploy.settings import Language

Names = Annotated[list[str] | None, typer.Argument(metavar="BATCH", help="Only these batches, with or without batch/ before the name.", show_default=False)]
OlderThan = Annotated[
    int | None, typer.Option("--older-than", min=0, metavar="DAYS", help="Only what was sent so many days ago and is not confirmed.", show_default=False)
]


def command(
    batch: Names = None,
    programme: f.Programme = None,
    destination: f.Destination = None,
    older_than: OlderThan = None,
    as_of: f.AsOf = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Show how far each batch of payments has come, in payments and in money, and what waits to be confirmed."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    with reading(command_asked.settings) as connection:
        answer = _answer(connection, question)
    if json:
        print_json(answer.to_json())
    else:
        _show(command_asked, answer)


def _answer(connection: "sa.Connection", question: "Mapping[str, Any]") -> "BatchesAnswer":
    import datetime

    from consumers.answers.batches import batches
    from consumers.answers.filters import parse_filter
    from consumers.registered import known_codes, registry_of

    registry = registry_of(connection)
    wanted = parse_filter(f.words(question), known_codes(registry), simulated=question["simulated"], as_of=question["as_of"] or "")
    now = datetime.datetime.now(datetime.UTC)
    names = question["batch"] or ()
    return batches(connection, wanted, now=now, ancestors=registry.ancestors, names=names, older_than=question["older_than"])


def _show(command_asked: Asked, answer: "BatchesAnswer") -> None:
    lang = command_asked.lang
    shown = answer.to_json()
    if not shown["rows"]:
        remarks().print(say("nothing", lang))
    else:
        stages = ("declared", "instructed", "sent", "confirmed", "failed", "returned", "reissued", "refunded")
        headings = [(say(name, lang), False) for name in ("batch", "programme", "destination", "unit")]
        headings += [(measure_word(name, lang), True) for name in stages]
        headings += [(say("delivered", lang), True), (say("undelivered", lang), True), (say("waits", lang), False), (say("status", lang), False)]
        print_table(headings, [_cells(row, unit, stages, lang) for row in shown["rows"] for unit in row["units"]])
    waiting = list(_waiting(shown["rows"], lang))
    if waiting:
        answers().print("")
        names = ("batch", "event", "sent_not_confirmed", "unit", "since", "days")
        print_table([(say(name, lang), name in ("sent_not_confirmed", "days")) for name in names], waiting)
    as_of = shown["as_of"]
    foot = say("as_of", lang, **as_of) if as_of["booking"] else say("never", lang)
    remarks().print(f"{foot}; {say('ages_at', lang, at=shown['ages_at'])}" if shown["ages_at"] else foot)


def _cells(row: "Mapping[str, Any]", unit: "Mapping[str, Any]", stages: tuple[str, ...], lang: "Language") -> list[str]:
    waits = [f"{grouped(quantity, lang)} {say('waits_' + state, lang)}" for state, quantity in unit["open"].items() if quantity != "0"]
    status = [say("status_in_part" if waits and unit["delivered"] != "0" else f"status_{unit['status']}", lang)]
    if unit["complete"]:
        status.append(say("complete", lang))
    if row["closed"]:
        status.append(say("closed", lang))
    if row.get("simulated"):
        status.append(say("simulated", lang))
    figures = [say("no_figure", lang) if unit[name] is None else grouped(unit[name], lang) for name in (*stages, "delivered", "undelivered")]
    return [row["batch"], row["programme"], row["destination"], unit_word(unit["unit"], lang), *figures, "; ".join(waits), ", ".join(status)]


def _waiting(rows: "list[dict[str, Any]]", lang: "Language") -> "Iterator[list[str]]":
    for row in rows:
        for unit in row["units"]:
            for event in unit["unconfirmed"]:
                quantity, days = grouped(event["quantity"], lang), grouped(str(event["days"]), lang)
                partner = event["source"].rpartition(":")[2]
                yield [row["batch"], f"{partner}: {event['id']}", quantity, unit_word(unit["unit"], lang), event["occurred_at"], days]
            if unit["unconfirmed_events"] > len(unit["unconfirmed"]):
                left = grouped(str(unit["unconfirmed_events"] - len(unit["unconfirmed"])), lang)
                yield [row["batch"], say("more_events", lang, count=left), "", unit_word(unit["unit"], lang), "", ""]
