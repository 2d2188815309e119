"""`salur balance`: what came in, what is there and what went out; counted stock beside it, and goods on their way."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import filters as f
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Data, Json, Lang, Simulated, asked
from deploy.cli.words import say
from models.figure_words import grouped, measure_word, unit_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from consumers.answers.balance import Balance, BalanceLine
    from deploy.settings import Language

Since = Annotated[
    str | None, typer.Option("--since", metavar="BOOKING|MOMENT", help="Take the stock of this older booking or moment as the opening.", show_default=False)
]
_LINES = ("item", "holder", "lot", "unit", "equation", "uncovered", "unexplained")
_NUMBERS = ("counted", "book", "variance", "adjusted", "unexplained")
_COUNTS = ("item", "holder", "lot", "unit", "counted_at", *_NUMBERS, "explained_by")
_FIGURES = ("dispatched", "received", "damaged", "missing", "open")
_CONSIGNMENTS = ("consignment", "from_holder", "to_holder", "item", "unit", "age_days", *(f"n_{name}" for name in _FIGURES))


def command(
    item: f.Item = None,
    holder: f.Holder = None,
    lot: f.Lot = None,
    as_of: f.AsOf = None,
    since: Since = None,
    simulated: Simulated = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Show the balance of goods per item, holder and lot and over all borders (exit code 1 if something is unexplained)."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    with reading(command_asked.settings) as connection:
        answer = _answer(connection, question)
    if json:
        print_json(answer.to_json())
    else:
        _show(answer, command_asked.lang)
    if not answer.holds:
        raise typer.Exit(NO)


def _answer(connection: "sa.Connection", question: "Mapping[str, Any]") -> "Balance":
    from consumers.answers.balance import BalanceFilter, balance
    from consumers.answers.filters import parse_as_of, parse_filter
    from consumers.registered import known_codes, registry_of

    wanted = parse_filter(f.words(question), known_codes(registry_of(connection)), as_of=question["as_of"] or "")
    chosen = {name: wanted.values.get(dimension, frozenset()) for name, dimension in (("items", "item"), ("holders", "holder"), ("lots", "lot"))}
    since = parse_as_of(question["since"]) if question["since"] else None
    return balance(connection, BalanceFilter(**chosen, simulated=question["simulated"], as_of=wanted.as_of, since=since))


def _show(answer: "Balance", lang: "Language") -> None:
    lines = [*answer.lines, *answer.totals]
    if not lines:
        remarks().print(say("nothing", lang))
    else:
        print_table([(say(name, lang), name in {"uncovered", "unexplained"}) for name in _LINES], [_line(line, lang) for line in lines])
        is_covered = not any(line.uncovered for line in lines)
        remarks().print(say("holds_not" if not answer.holds else "holds" if is_covered else "holds_uncovered", lang))
    shown = answer.to_json()
    if shown["counts"]:
        _head("stock_counts", lang)
        print_table([(say(name, lang), name in _NUMBERS) for name in _COUNTS], [_count(count, lang) for count in shown["counts"]])
    for key, title in (("in_transit", "consignments"), ("received_without_dispatch", "without_dispatch")):
        if shown[key]:
            _head(title, lang)
            print_table([(say(name, lang), name.startswith(("age", "n_"))) for name in _CONSIGNMENTS], [_consignment(one, lang) for one in shown[key]])
    as_of = answer.as_of.to_json()
    remarks().print(say("as_of", lang, **as_of) if as_of["booking"] else say("never", lang))


def _head(key: str, lang: "Language") -> None:
    answers().print()
    answers().print(say(key, lang))


def _line(line: "BalanceLine", lang: "Language") -> list[str]:
    shown = line.to_json()
    equation = f"{_side(line.left, shown, lang)} = {_side(line.right, shown, lang)}"
    simulated = f" ({say('simulated', lang)})" if line.simulated else ""
    where = [line.holder or say("all_holders", lang), "" if line.holder is None else _lot(line.lot, lang)]
    return [line.item + simulated, *where, unit_word(line.unit, lang), equation, grouped(shown["uncovered"], lang), grouped(shown["unexplained"], lang)]


def _side(terms: "Mapping[str, int]", shown: "Mapping[str, str]", lang: "Language") -> str:
    """Return the terms of one side that are not 0, each with its name."""
    named = [(name, say("opening", lang) if name == "opening" else measure_word(name, lang)) for name, steps in terms.items() if steps]
    return " + ".join(f"{grouped(shown[name], lang)} ({word})" for name, word in named) or "0"


def _count(count: "Mapping[str, Any]", lang: "Language") -> list[str]:
    figures = [grouped(count[name], lang) for name in _NUMBERS]
    figures[2] = f"{figures[2]} ({say('kind_' + count['kind'], lang)})"
    where = [count["item"], count["holder"], say("all_lots", lang) if count["lot"] is None else _lot(count["lot"], lang), unit_word(count["unit"], lang)]
    return [*where, count["counted_at"], *figures, " ".join(event["id"] for event in count["explained_by"])]


def _consignment(one: "Mapping[str, Any]", lang: "Language") -> list[str]:
    figures = [grouped(one[name], lang) for name in _FIGURES]
    return [one["subject"] or one["id"], one["from"], one["to"], one["item"], unit_word(one["unit"], lang), str(one["age_days"]), *figures]


def _lot(lot: str | None, lang: "Language") -> str:
    return say("unknown", lang) if lot == "unknown" else lot or ""
