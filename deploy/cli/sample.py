"""`salur sample`: an audit sample drawn by a published seed, that anyone can draw again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deploy.cli import filters as f
from deploy.cli.console import print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Data, Json, Lang, Simulated, asked
from deploy.cli.tally import wanted_cells
from deploy.cli.words import say
from models.figure_words import grouped, unit_word

if TYPE_CHECKING:
    from consumers.answers.sample import DrawnEvent, Sample
    from deploy.settings import Language

Seed = Annotated[str, typer.Option("--seed", metavar="TEXT", help="The published seed; draw it after the booking is published.")]
Size = Annotated[int, typer.Option("--size", min=1, max=100_000, help="How many deliveries; by value at most so many.")]
By = Annotated[Literal["events", "value"], typer.Option("--by", help="Every delivery has the same chance, or every step of value.")]
Population = Annotated[
    Path | None,
    typer.Option("--population", metavar="FILE", help="Also write the population here, to draw the sample again.", show_default=False, dir_okay=False),
]


def command(
    seed: Seed,
    size: Size,
    by: By = "events",
    destination: f.Destination = None,
    programme: f.Programme = None,
    activity: f.Activity = None,
    tranche: f.Tranche = None,
    partner: f.Partner = None,
    item: f.Item = None,
    unit: f.Unit = None,
    recipient_type: f.RecipientType = None,
    place: f.Place = None,
    province: f.Province = None,
    happened_from: f.From = None,
    happened_to: f.To = None,
    as_of: f.AsOf = None,
    population: Population = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Draw deliveries to be audited. Seed, booking and filter give the same sample to everybody."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    from consumers.answers.sample import sample

    with reading(command_asked.settings) as connection:
        answer = sample(connection, wanted_cells(connection, question), seed=seed, size=size, by=by)
    if population is not None:
        population.write_text("".join(answer.lines()), encoding="utf-8", newline="\n")
    if json:
        print_json(answer.to_json())
    else:
        _show(answer, command_asked.lang)
        if population is not None:
            remarks().print(say("population_written", command_asked.lang, path=population))


def _show(answer: "Sample", lang: "Language") -> None:
    if not answer.events:
        remarks().print(say("nothing", lang))
        return
    drawn_by = "key" if answer.by == "events" else "points"
    names = ("booking", "event", "type", "position", "values", drawn_by, "sha256")
    print_table([(say(name, lang), name == "points") for name in names], [_cells(event, lang) for event in answer.events])
    out = remarks()
    figures = {"population": grouped(str(len(answer.members)), lang), "booking": answer.as_of.booking, "sha256": answer.population_sha256}
    out.print(say("sample_population", lang, **figures))
    if answer.unit is not None:
        steps = {name: grouped(str(getattr(answer, name)), lang) for name in ("whole", "interval", "start")}
        out.print(say("sample_value", lang, unit=unit_word(answer.unit, lang), **steps))
    out.print(say("sample_recipe", lang, seed=answer.seed, size=answer.size, recipe=say(f"recipe_{answer.by}", lang)))


def _cells(drawn: "DrawnEvent", lang: "Language") -> list[str]:
    shown = drawn.to_json()
    event = drawn.event
    values = "; ".join(f"{grouped(value['quantity'], lang)} {unit_word(value['unit'], lang)}" for value in shown["values"])
    kind = event.type.removeprefix("salur.").removesuffix(".v1")
    position = f"{event.topic}[{event.partition}]@{event.offset}"
    return [str(event.booking), f"{event.partner}: {event.id}", kind, position, values, str(drawn.points or (drawn.key or "")[:16]), event.sha256[:16]]
