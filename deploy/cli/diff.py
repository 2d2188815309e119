"""`salur diff`: what changed between two bookings or moments, by cause, with every event and its own reason."""

from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli import filters as f
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, Simulated, asked
from deploy.cli.tally import wanted_cells
from deploy.cli.words import say
from models.figure_words import grouped, measure_word, unit_word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from consumers.answers.diff import Diff
    from deploy.settings import Language

First = Annotated[str, typer.Argument(metavar="A", help="The earlier booking, moment or day.", show_default=False)]
Last = Annotated[str, typer.Argument(metavar="B", help="The later booking, moment or day.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=0, help="At most so many events; 0 for all. All are summed up in any case.")]
After = Annotated[int | None, typer.Option("--after", metavar="DECISION", help="Go on after this decision.", show_default=False)]


def command(
    first: First,
    last: Last,
    destination: f.Destination = None,
    programme: f.Programme = None,
    activity: f.Activity = None,
    tranche: f.Tranche = None,
    partner: f.Partner = None,
    item: f.Item = None,
    measure: f.Measure = None,
    unit: f.Unit = None,
    recipient_type: f.RecipientType = None,
    place: f.Place = None,
    province: f.Province = None,
    holder: f.Holder = None,
    lot: f.Lot = None,
    table: f.Table = None,
    happened_from: f.From = None,
    happened_to: f.To = None,
    limit: Limit = 100,
    after: After = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """List what changed between two moments by cause, and say whether it adds up (exit code 1 if not)."""
    question = {**locals(), "as_of": None}
    command_asked = asked(data=data, lang=lang, json=json)
    from consumers.answers.diff import diff
    from consumers.answers.filters import parse_as_of

    with reading(command_asked.settings) as connection:
        wanted = wanted_cells(connection, question)
        answer = diff(connection, wanted, parse_as_of(first), parse_as_of(last), cursor=after, limit=limit or None, adding=True)
    if json:
        print_json(answer.to_json())
    else:
        _show(command_asked, answer)
    if not answer.adds_up:
        raise typer.Exit(NO)


def _show(command_asked: Asked, answer: "Diff") -> None:
    lang = command_asked.lang
    shown = answer.to_json()
    if not answer.total:
        remarks().print(say("nothing_changed", lang))
    else:
        names = ("booking", "cause", "event", "type", "change", "reason")
        print_table([(say(name, lang), name == "booking") for name in names], [_cells(event, lang) for event in shown["events"]])
    out = answers()
    for figure in shown["figures"]:
        out.print(_sum(figure, lang))
    if answer.next is not None:
        remarks().print(say("more", lang, next=answer.next))
    remarks().print(say("between", lang, first=shown["from"]["booking"], last=shown["to"]["booking"], total=grouped(str(answer.total), lang)))


def _cells(event: "Mapping[str, Any]", lang: "Language") -> list[str]:
    changes = "; ".join(f"{_change(one, lang)} {_in_words(one, lang)}" for one in event["changes"])
    kind = event["type"].removeprefix("salur.").removesuffix(".v1")
    return [str(event["booking"]), say(f"cause_{event['cause']}", lang), f"{event['partner']}: {event['id']}", kind, changes, event["reason"]]


def _change(change: "Mapping[str, Any]", lang: "Language") -> str:
    if "moved" in change:
        return say("moved", lang, quantity=grouped(change["moved"], lang))
    quantity = grouped(change["quantity"], lang)
    return quantity if quantity.startswith("-") else f"+{quantity}"


def _sum(figure: "Mapping[str, Any]", lang: "Language") -> str:
    """Return one line: the figure before, what each cause did to it, and the figure after."""
    before, after = (say("no_figure", lang) if figure[name] is None else grouped(figure[name], lang) for name in ("before", "after"))
    causes = "".join(f" {_change(one, lang)} ({say('cause_' + one['cause'], lang)})" for one in figure["causes"])
    line = f"{_in_words(figure, lang)}: {before}{causes} = {after}"
    return line if figure["adds_up"] else f"{line} {say('wrong_sum', lang)}"


def _in_words(figure: "Mapping[str, Any]", lang: "Language") -> str:
    kind = f", {say('simulated', lang)}" if figure.get("simulated") else ""
    return f"{unit_word(figure['unit'], lang)} ({measure_word(figure['measure'], lang)}{kind})"
