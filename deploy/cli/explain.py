"""`salur explain`: the events behind a figure, each with where its bytes are, and whether they add up."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import filters as f
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, Simulated, asked
from deploy.cli.tally import wanted_cells
from deploy.cli.words import say
from models.figure_words import grouped, measure_word, unit_word

if TYPE_CHECKING:
    from consumers.answers.explain import ExplainedEvent, Explanation
    from deploy.settings import Language

Limit = Annotated[int, typer.Option("--limit", min=0, help="At most so many events; 0 for all.")]
AddUp = Annotated[bool | None, typer.Option("--add-up/--no-add-up", help="Add up all events, whatever is listed; by default up to 50,000.", show_default=False)]
After = Annotated[int | None, typer.Option("--after", metavar="DECISION", help="Go on after this decision.", show_default=False)]
Newest = Annotated[bool, typer.Option("--newest-first", help="Show the last booked event first.")]


def command(
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
    as_of: f.AsOf = None,
    limit: Limit = 100,
    after: After = None,
    newest_first: Newest = False,
    add_up: AddUp = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Open a figure: list the events of exactly its cells, and say whether they add up to it (exit code 1 if not)."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    from consumers.answers.explain import explain

    with reading(command_asked.settings) as connection:
        wanted = wanted_cells(connection, question)
        explanation = explain(connection, wanted, cursor=after, limit=limit or None, newest_first=newest_first, adding=add_up)
    if json:
        print_json(explanation.to_json())
    else:
        show_events(command_asked, explanation)
    if explanation.adds_up is False:
        raise typer.Exit(NO)


def show_events(command_asked: Asked, explanation: "Explanation") -> None:
    """Print the events of a page, and under them whether all make the figures."""
    lang = command_asked.lang
    if not explanation.figures:
        remarks().print(say("nothing", lang))
        return
    names = ("booking", "event", "type", "position", "adds", "verdict", "flags", "sha256")
    print_table([(say(name, lang), False) for name in names], [_cells(event, command_asked) for event in explanation.events])
    out = answers()
    for figure in explanation.figures:
        values = _in_words(figure.to_json(), lang)
        verdict = {True: "adds_up", False: "does_not_add_up", None: "not_added_up"}[figure.adds_up]
        out.print(say(verdict, lang, **values))
    if explanation.next is not None:
        remarks().print(say("more", lang, next=explanation.next))


def _in_words(figure: dict[str, Any], lang: "Language") -> dict[str, Any]:
    """Return the members of a figure as people read them."""
    names = ("quantity", "sum", "events", "summed_events")
    numbers: dict[str, Any] = {name: grouped(str(figure[name]), lang) for name in names if figure.get(name) is not None}
    return {**figure, **numbers, "unit": unit_word(figure["unit"], lang), "measure": measure_word(figure["measure"], lang)}


def _cells(event: "ExplainedEvent", command_asked: Asked) -> list[str]:
    shown = event.to_json()
    lang = command_asked.lang
    parts = [_in_words(part, lang) for part in shown["contributions"]]
    adds = "; ".join(f"{part['quantity']} {part['unit']} ({part['measure']})" for part in parts)
    position = f"{event.topic}[{event.partition}]@{event.offset}"
    kind = event.type.removeprefix("salur.").removesuffix(".v1")
    verdict = say(event.disposition, lang)
    return [str(event.booking), f"{event.partner}: {event.id}", kind, position, adds, verdict, " ".join(event.flags), event.sha256[:16]]
