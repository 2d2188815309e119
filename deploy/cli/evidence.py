"""`salur evidence`: of what was delivered, how much is shown by evidence and how much was verified."""

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

    from consumers.answers.coverage import Coverage
    from deploy.settings import Language

By = Annotated[str, typer.Option("--by", metavar="DIM,DIM", help="Group rows by these dimensions; day and month too.")]
_FIGURES = ("delivered", "evidenced", "evidenced-later", "verified", "without")


def command(
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
    by: By = "programme,partner,place",
    happened_from: f.From = None,
    happened_to: f.To = None,
    as_of: f.AsOf = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Show how much of what was delivered is shown by evidence, by number of deliveries and by value."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    from consumers.answers.coverage import coverage
    from consumers.answers.dimensions import parse_by

    dimensions = parse_by(by)
    with reading(command_asked.settings) as connection:
        answer = coverage(connection, wanted_cells(connection, question), by=dimensions)
    if json:
        print_json(answer.to_json())
    else:
        _show(answer, dimensions, command_asked.lang)


def _show(answer: "Coverage", by: "Sequence[str]", lang: "Language") -> None:
    rows = answer.to_json()["rows"]
    if not rows:
        remarks().print(say("nothing", lang))
    else:
        headings = [*((say(name, lang), False) for name in (*by, "unit")), *((say(f"n_{name}", lang), True) for name in _FIGURES)]
        headings.append((say("evidence_share", lang), False))
        print_table(headings, [_cells(row, by, lang) for row in rows])
    as_of = answer.as_of.to_json()
    remarks().print(say("as_of", lang, **as_of) if as_of["booking"] else say("never", lang))


def _cells(row: "Mapping[str, Any]", by: "Sequence[str]", lang: "Language") -> list[str]:
    figures = [say("of_events", lang, quantity=grouped(row[name]["quantity"], lang), events=grouped(str(row[name]["events"]), lang)) for name in _FIGURES]
    share = row["percent"]["with_evidence"]["quantity"]
    words = {} if share is None else {name: grouped(share[name], lang) for name in ("part", "whole", "percent")}
    unit = unit_word(row["unit"], lang) + (f" ({say('simulated', lang)})" if row.get("simulated") else "")
    return [*(row[name] for name in by), unit, *figures, say("two_figures", lang, **words) if words else ""]
