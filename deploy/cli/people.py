"""What `salur tally --public` and `salur tally --parts` show: the figures that may be handed to anybody, and people by their parts."""

from typing import TYPE_CHECKING, Any

from deploy.cli import filters as f
from deploy.cli.console import print_json, print_table, remarks
from deploy.cli.options import Asked
from deploy.cli.words import say
from models.errors import ConfigurationError
from models.figure_words import grouped, measure_word, unit_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from consumers.answers.filters import CellFilter
    from deploy.settings import Language

_NOT_PUBLIC = {"happened_from": "--from", "happened_to": "--to", "as_of": "--as-of", "simulated": "--simulated", "total": "--total", "parts": "--parts"}


def show_public(connection: "sa.Connection", command_asked: Asked, question: "Mapping[str, Any]", wanted: "CellFilter", by: "Sequence[str]") -> None:
    """Print the public tally. Raises ConfigurationError for a cut that is not published."""
    from consumers.answers.public import parse_level, public_tally

    for name, option in _NOT_PUBLIC.items():
        if question[name]:
            raise ConfigurationError(
                f"{option} does not go with --public", hint="published are sums of everything there is now, by destination, programme, month"
            )
    if question["source"] != "ledger":
        raise ConfigurationError("the tables keep no public figures", hint="ask the ledger: --source ledger")
    level = parse_level(by)
    answer = public_tally(connection, by=level, chosen={name: wanted.values[name] for name in f.words(question)})
    if command_asked.json:
        print_json(answer.to_json())
        return
    lang = command_asked.lang
    shown = answer.to_json()
    if not shown["rows"]:
        remarks().print(say("nothing", lang))
    else:
        names = (*level, "item", "measure", "quantity", "unit")
        print_table([(say(name, lang), name == "quantity") for name in names], [_public_cells(row, level, lang) for row in shown["rows"]])
    for node in shown["closed"]:
        above = "/".join(node[name] for name in level if name in node) or say("public_top", lang)
        remarks().print(say("public_closed", lang, item=node["item"], node=above))
    remarks().print(say("public_rule", lang))
    remarks().print(say("as_of", lang, **shown["as_of"]) if shown["as_of"]["booking"] else say("never", lang))


def show_parts(connection: "sa.Connection", command_asked: Asked, wanted: "CellFilter", by: "Sequence[str]") -> None:
    """Print the people by sex, age and disability, with what is unknown."""
    from consumers.answers.parts import parts_of_people

    answer = parts_of_people(connection, wanted, by=by).to_json()
    if command_asked.json:
        print_json(answer)
        return
    lang = command_asked.lang
    if not answer["rows"]:
        remarks().print(say("nothing", lang))
    else:
        names = (*by, "dimension", "part", "quantity", "unit")
        print_table([(say(name, lang), name == "quantity") for name in names], [cells for row in answer["rows"] for cells in _part_cells(row, by, lang)])
    remarks().print(say("as_of", lang, **answer["as_of"]) if answer["as_of"]["booking"] else say("never", lang))


def _public_cells(row: "Mapping[str, Any]", level: "Sequence[str]", lang: "Language") -> list[str]:
    quantity = say(f"hidden_{row['hidden']}", lang) if row["quantity"] is None else grouped(row["quantity"], lang)
    measure = say("people", lang) if row["measure"] == "people" else measure_word(row["measure"], lang)
    return [*(row[name] for name in level), row["item"], measure, quantity, unit_word(row["unit"], lang)]


def _part_cells(row: "Mapping[str, Any]", by: "Sequence[str]", lang: "Language") -> list[list[str]]:
    group = [row[name] for name in by]
    unit = unit_word(row["unit"], lang) + (f" ({say('simulated', lang)})" if row.get("simulated") else "")
    found = [[*group, "", measure_word(row["measure"], lang), grouped(row["quantity"], lang), unit]]
    for dimension, values in row["parts"].items():
        for value, quantity in values.items():
            part = value if dimension == "age" and value != "unknown" else say(f"part_{value}", lang)
            found.append([*group, say(f"dimension_{dimension}", lang), part, grouped(quantity, lang), unit])
    return found
