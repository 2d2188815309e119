"""`salur plan`: budgets and targets beside what was spent and delivered; a percentage always comes with its two figures."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import filters as f
from deploy.cli.console import print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, Simulated, asked
from deploy.cli.words import say
from models.figure_words import grouped, measure_word, unit_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from consumers.answers.plans import PlansAnswer
    from deploy.settings import Language

Year = Annotated[str | None, typer.Option("--year", metavar="YEAR", help="Only this fiscal year (commas mean or), such as 2020.", show_default=False)]


def command(
    programme: f.Programme = None,
    destination: f.Destination = None,
    item: f.Item = None,
    year: Year = None,
    as_of: f.AsOf = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Show budgets and targets beside what was spent and delivered, per programme and fiscal year."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    with reading(command_asked.settings) as connection:
        answer = _answer(connection, question)
    if json:
        print_json(answer.to_json())
    else:
        _show(command_asked, answer)


def _answer(connection: "sa.Connection", question: "Mapping[str, Any]") -> "PlansAnswer":
    from consumers.answers.filters import parse_filter
    from consumers.answers.plans import PlanCodes, parse_years, plans
    from consumers.registered import known_codes, registry_of

    registry = registry_of(connection)
    wanted = parse_filter(f.words(question), known_codes(registry), simulated=question["simulated"], as_of=question["as_of"] or "")
    units = {code: item.unit for code, item in registry.items.items()}
    return plans(connection, wanted, PlanCodes(descendants=registry.descendants, item_unit=units.get), years=parse_years(question["year"] or ""))


def _show(command_asked: Asked, answer: "PlansAnswer") -> None:
    lang = command_asked.lang
    rows = answer.to_json()["rows"]
    if not rows:
        remarks().print(say("nothing", lang))
    else:
        names = ("programme", "destination", "year", "item", "unit", "budget", "realised", "target", "delivered", "share", "marks")
        print_table([(say(name, lang), name in ("budget", "realised", "target", "delivered")) for name in names], [_cells(row, lang) for row in rows])
    as_of = answer.as_of.to_json()
    remarks().print(say("as_of", lang, **as_of) if as_of["booking"] else say("never", lang))


def _cells(row: "Mapping[str, Any]", lang: "Language") -> list[str]:
    figures = [say("no_figure", lang) if row[name] is None else grouped(row[name]["quantity"], lang) for name in ("budget", "realised", "target", "delivered")]
    shares = [
        say(name, lang, part=grouped(share["part"], lang), whole=grouped(share["whole"], lang), percent=grouped(share["percent"], lang))
        for name, share in row["percent"].items()
        if share is not None
    ]
    place = [row["programme"], row["destination"], row["year"], row["item"], unit_word(row["unit"], lang)]
    return [*place, *figures, "; ".join(shares), "; ".join(_marks(row, lang))]


def _marks(row: "Mapping[str, Any]", lang: "Language") -> list[str]:
    marks = [say(name, lang) for name in ("over_budget", "over_target") if row[name]]
    for name in ("budget", "realised", "target", "delivered"):
        figure = row[name]
        if figure is None:
            continue
        word = say("delivered", lang) if name == "delivered" else measure_word(name, lang)
        if len(figure["measures"]) > 1:
            parts = ", ".join(f"{measure_word(measure, lang)} {grouped(quantity, lang)}" for measure, quantity in figure["measures"].items())
            marks.append(f"{word}: {parts}")
        marks += [say("of_below", lang, what=word, programme=below, quantity=grouped(quantity, lang)) for below, quantity in figure["below"].items()]
        if figure["booked_after_year_end"] is not None:
            marks.append(say("after_year_end", lang, what=word, quantity=grouped(figure["booked_after_year_end"], lang)))
    return [*marks, say("simulated", lang)] if row.get("simulated") else marks
