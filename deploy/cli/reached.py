"""`salur reached`: how many people were reached, each figure with the rule by which it was found."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import filters as f
from deploy.cli.console import print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Data, Json, Lang, Simulated, asked
from deploy.cli.tally import wanted_cells
from deploy.cli.words import say
from models.figure_words import grouped, unit_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from consumers.answers.reached import Reached
    from deploy.settings import Language

By = Annotated[str, typer.Option("--by", metavar="DIM,DIM", help="Group rows by these dimensions; day and month too.")]


def command(
    destination: f.Destination = None,
    programme: f.Programme = None,
    activity: f.Activity = None,
    tranche: f.Tranche = None,
    partner: f.Partner = None,
    item: f.Item = None,
    recipient_type: f.RecipientType = None,
    place: f.Place = None,
    province: f.Province = None,
    by: By = "destination",
    happened_from: f.From = None,
    happened_to: f.To = None,
    as_of: f.AsOf = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Show how many people were reached. Programmes overlap, so each figure says by which rule it was found."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    from consumers.answers.dimensions import parse_by
    from consumers.answers.reached import reached

    dimensions = parse_by(by)
    with reading(command_asked.settings) as connection:
        answer = reached(connection, wanted_cells(connection, question), by=dimensions)
    if json:
        print_json(answer.to_json())
    else:
        _show(answer, dimensions, command_asked.lang)


def _show(answer: "Reached", by: "Sequence[str]", lang: "Language") -> None:
    rows = answer.to_json()["rows"]
    if not rows:
        remarks().print(say("nothing", lang))
    else:
        names = (*by, "quantity", "unit", "rule", "events", "without_tokens", "contacts")
        print_table([(say(name, lang), name in {"quantity", "events", "without_tokens"}) for name in names], [_cells(row, by, lang) for row in rows])
    as_of = answer.as_of.to_json()
    remarks().print(say("as_of", lang, **as_of) if as_of["booking"] else say("never", lang))


def _cells(row: "Mapping[str, Any]", by: "Sequence[str]", lang: "Language") -> list[str]:
    # Of each programme over all places; --json has every place.
    sums: dict[str, int] = {}
    for one in row["contacts"]:
        sums[one["programme"]] = sums.get(one["programme"], 0) + int(one["quantity"])
    contacts = "; ".join(f"{programme}: {grouped(str(quantity), lang)}" for programme, quantity in sums.items())
    unit = unit_word(row["unit"], lang) + (f" ({say('simulated', lang)})" if row.get("simulated") else "")
    numbers = [grouped(str(row[name]), lang) for name in ("events", "events_without_tokens")]
    return [*(row[name] for name in by), grouped(row["quantity"], lang), unit, say(f"rule_{row['rule']}", lang), *numbers, contacts]
