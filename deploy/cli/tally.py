"""`salur tally`: the running figures, from the ledger or from the materialized tables."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from deploy import running
from deploy.cli import filters as f
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, Simulated, asked
from deploy.cli.words import say
from models.figure_words import grouped, measure_word, unit_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from consumers.answers.filters import CellFilter
    from consumers.answers.tally import SeveralUnits, TallyAnswer, TallyRow
    from deploy.settings import Language, Settings

By = Annotated[str, typer.Option("--by", metavar="DIM,DIM", help="Group rows by these dimensions; day and month too.")]
Source = Annotated[Literal["ledger", "tables"], typer.Option("--source", help="Read the ledger, or the tables that Faust keeps.")]
Public = Annotated[bool, typer.Option("--public", help="Only what may be handed to anybody: small counts of people are hidden.")]
Parts = Annotated[bool, typer.Option("--parts", help="Show the people reached by sex, age and disability, with what is unknown.")]
Total = Annotated[bool, typer.Option("--total", help="One total; refused when the figures have different units.")]


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
    by: By = "destination,programme,item",
    happened_from: f.From = None,
    happened_to: f.To = None,
    as_of: f.AsOf = None,
    source: Source = "ledger",
    simulated: Simulated = False,
    total: Total = False,
    public: Public = False,
    parts: Parts = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Show the tallies: each row is one measure in one unit, and never a sum of two units."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    dimensions = () if total else _dimensions(by)
    if public or parts:
        _show_people(command_asked, question, dimensions)
        return
    answer = _answer(command_asked.settings, question, dimensions)
    if total:
        _show_total(command_asked, answer)
    else:
        show(command_asked, answer, by=dimensions)


def wanted_cells(connection: "sa.Connection", question: "Mapping[str, Any]") -> "CellFilter":
    """Return the filter that the options of a command ask for. Raises ConfigurationError with the closest code."""
    from consumers.answers.filters import parse_filter
    from consumers.registered import known_codes, registry_of

    return parse_filter(
        f.words(question),
        known_codes(registry_of(connection)),
        simulated=question["simulated"],
        happened_from=question["happened_from"] or "",
        happened_to=question["happened_to"] or "",
        as_of=question["as_of"] or "",
    )


def show(command_asked: Asked, answer: "TallyAnswer", *, by: "Sequence[str]") -> None:
    """Print the rows, and under them as of when and the intake."""
    if command_asked.json:
        print_json(answer.to_json())
        return
    lang = command_asked.lang
    if not answer.rows:
        remarks().print(say("nothing", lang))
    else:
        print_table(headings(by, answer.rows, lang, is_tables=answer.source == "tables"), [cells_of(row, by, lang) for row in answer.rows])
    for row in answer.rows:
        for fact in row.conversions:
            remarks().print(_conversion(row.group["item"], fact.to_json(), lang))
    if any(row.rule for row in answer.rows):
        remarks().print(say("contacts_rule", lang))
    remarks().print(foot(answer, command_asked))


def headings(by: "Sequence[str]", rows: "Sequence[TallyRow]", lang: "Language", *, is_tables: bool) -> list[tuple[str, bool]]:
    """Return the headings of a tally for people; a table counts postings where the ledger counts events."""
    names = [(say(name, lang), False) for name in (*by, "measure")]
    numbers = [(say("quantity", lang), True), (say("unit", lang), False), (say("postings" if is_tables else "events", lang), True)]
    kind = [(say("simulated", lang), False)] if any(row.simulated is not None for row in rows) else []
    return [*names, *numbers, *kind]


def cells_of(row: "TallyRow", by: "Sequence[str]", lang: "Language") -> list[str]:
    """Return the cells of one row for people, in the order of ``headings``."""
    kind = [] if row.simulated is None else [say("yes" if row.simulated else "no", lang)]
    figure = (measure_word(row.measure, lang), grouped(row.quantity, lang), unit_word(row.unit, lang), grouped(str(row.events), lang))
    return [*(row.group[name] for name in by), *figure, *kind]


def foot(answer: "TallyAnswer", command_asked: Asked) -> str:
    """Return what stands under every tally: its booking, and what became of everything received."""
    as_of = answer.as_of.to_json()
    lang = command_asked.lang
    booking = say("as_of", lang, **as_of) if as_of["booking"] else say("never", lang)
    return f"{booking}; {say('intake', lang, **answer.intake.to_json())}"


def _dimensions(by: str) -> tuple[str, ...]:
    from consumers.answers.dimensions import parse_by

    return parse_by(by)


def _show_people(command_asked: Asked, question: "Mapping[str, Any]", by: "Sequence[str]") -> None:
    from deploy.cli.people import show_parts, show_public

    with reading(command_asked.settings) as connection:
        wanted = wanted_cells(connection, question)
        if question["public"]:
            show_public(connection, command_asked, question, wanted, by)
        else:
            show_parts(connection, command_asked, wanted, by)


def _conversion(item: str, fact: "Mapping[str, str]", lang: "Language") -> str:
    packs = f"{item}: {grouped(fact['quantity'], lang)} {unit_word(fact['unit'], lang)}"
    into = f"{grouped(fact['into_quantity'], lang)} {unit_word(fact['into_unit'], lang)} {fact['into_item']}"
    return say("conversion", lang, packs=packs, qualifier=say(f"qualifier_{fact['qualifier']}", lang), into=into, source=fact["source"], date=fact["date"])


def _answer(settings: "Settings", question: "Mapping[str, Any]", by: "Sequence[str]") -> "TallyAnswer":
    from consumers.answers.tally import tally

    with reading(settings) as connection:
        wanted = wanted_cells(connection, question)
        if question["source"] == "ledger":
            return tally(connection, wanted, by=by)
    return _from_tables(settings, wanted, by)


def _from_tables(settings: "Settings", wanted: "CellFilter", by: "Sequence[str]") -> "TallyAnswer":
    from consumers.tables.coverage import as_of_tables
    from consumers.tables.reader import read_tables
    from consumers.tables.tally import refuse_what_tables_cannot_tell, tally

    refuse_what_tables_cannot_tell(wanted, by)
    snapshot = read_tables(running.addresses(settings).bootstrap_servers)
    # After the snapshot, so that the ledger knows every record that the tables hold.
    with reading(settings) as connection:
        return tally(snapshot, wanted, as_of=as_of_tables(connection, snapshot), by=by)


def _show_total(command_asked: Asked, answer: "TallyAnswer") -> None:
    from consumers.answers.tally import SeveralUnits, one_total

    total = one_total(answer)
    if isinstance(total, SeveralUnits):
        _refuse(command_asked, total)
    if command_asked.json:
        print_json({**answer.to_json(), "total": total.to_json() if total is not None else None})
    elif total is None:
        remarks().print(say("nothing", command_asked.lang))
    else:
        answers().print(_figure(total, command_asked.lang))
        if total.rule:
            remarks().print(say("contacts_rule", command_asked.lang))
        remarks().print(foot(answer, command_asked))


def _refuse(command_asked: Asked, several: "SeveralUnits") -> NoReturn:
    if command_asked.json:
        print_json(several.to_json())
    else:
        lang = command_asked.lang
        figures = say("and", lang).join(_figure(row, lang) for row in several.figures)
        remarks().print(say("no_total", lang, figures=figures, what=say("units" if len(several.units) > 1 else "measures", lang)))
    raise typer.Exit(NO)


def _figure(row: "TallyRow", lang: "Language") -> str:
    return f"{grouped(row.quantity, lang)} {unit_word(row.unit, lang)} ({measure_word(row.measure, lang)})"
