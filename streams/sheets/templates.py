"""Templates that partners fill in: an XLSX with drop-downs of the codes, a page of help and the lists; or the header of a CSV."""

import csv
import importlib.resources
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import xlsxwriter

from models.events.reference import Name
from models.reasons import Language
from models.registry import Registry
from models.units import CURRENCIES, PEOPLE
from streams.sheets.columns import EACH, TYPE, Column, columns_of, short_type, title
from streams.sheets.template_words import HELP, KINDS, LISTS, NEEDED, REMARKS, SHEETS

Codes = Mapping[str, str]
"""Codes, each with what it is called."""

_ROWS_WITH_CHOICES: Final = 10_000
_WIDEST: Final = 40
_AS_TEXT: Final = frozenset({"text", "choice", "list", "yes-or-no"})
LIST_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(("programme", "parent", "from.programme", "to.programme"), "programmes"),
    **dict.fromkeys(("country",), "countries"),
    **dict.fromkeys(("from", "to"), "holders"),
    **dict.fromkeys(("owner", "partner"), "partners"),
    "item": "items",
    "unit": "units",
    "recipients.unit": "people",
    "recipient_type": "recipient_types",
    "legal_basis": "legal_bases",
    "currency": "currencies",
}
"""The list of codes that the values of a column are from."""


def csv_template(event_type: str, lang: Language) -> str:
    """Return the header of a CSV, with a column for the type, which a CSV has no other place for."""
    written = io.StringIO(newline="")
    # What Excel expects where a comma divides whole numbers from decimals.
    separator = ";" if lang == "id" else ","
    csv.writer(written, delimiter=separator).writerow(
        [TYPE.header.id if lang == "id" else TYPE.header.en, *(title(one, lang) for one in columns_of(event_type))]
    )
    return written.getvalue()


def xlsx_template(event_type: str, lang: Language, registry: Registry) -> bytes:
    """Return a workbook of three sheets: the rows, how to fill them in, and the codes."""
    columns = columns_of(event_type)
    codes_of = lists(registry, lang)
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        rows = workbook.add_worksheet(short_type(event_type))
        guide = workbook.add_worksheet(SHEETS[lang].help)
        codes = workbook.add_worksheet(SHEETS[lang].lists)
        ranges = _write_lists(workbook, codes, SHEETS[lang].lists, codes_of, lang)
        _write_rows(workbook, rows, columns, lang, ranges)
        _write_guide(workbook, guide, event_type, lang)
    return written.getvalue()


def example(event_type: str) -> dict[str, Any]:
    """Return an event of the type that is valid."""
    found: dict[str, Any] = json.loads(importlib.resources.files("models").joinpath(f"examples/valid/{event_type}.full.json").read_text("utf-8"))
    return found


def _write_rows(workbook: Any, sheet: Any, columns: Sequence[Column], lang: Language, ranges: Mapping[str, str]) -> None:
    text = workbook.add_format({"num_format": "@"})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    head = {needed: workbook.add_format({"bold": True, "bg_color": "#FCE4D6" if needed else "#DDEBF7", "border": 1}) for needed in (True, False)}
    for place, column in enumerate(columns):
        name = title(column, lang)
        form = text if column.kind in _AS_TEXT else day if column.kind in {"moment", "day", "day-or-moment"} else None
        sheet.set_column(place, place, min(max(len(name) + 2, 12), _WIDEST), form)
        sheet.write_string(0, place, name, head[column.required])
        source = _choices(column, ranges)
        if source is not None:
            # A warning, not a wall: a code may be newer than the template, and the check knows all.
            sheet.data_validation(1, place, _ROWS_WITH_CHOICES, place, {"validate": "list", "source": source, "error_type": "warning"})
    sheet.freeze_panes(1, 0)


def _choices(column: Column, ranges: Mapping[str, str]) -> str | list[str] | None:
    if column.kind == "choice":
        return list(column.choices)
    if column.kind == "yes-or-no":
        return ["ya", "tidak"]
    name = LIST_OF.get(column.name)
    return None if name is None else ranges.get(name)


def _write_lists(workbook: Any, sheet: Any, sheet_name: str, lists: Mapping[str, Codes], lang: Language) -> dict[str, str]:
    """Write two columns for each list, code and name, and return where the codes are."""
    bold = workbook.add_format({"bold": True})
    ranges = {}
    for place, (name, codes) in enumerate(lists.items()):
        left = place * 2
        sheet.write_string(0, left, LISTS[name][lang == "id"], bold)
        sheet.set_column(left, left, 24)
        sheet.set_column(left + 1, left + 1, _WIDEST)
        for number, (code, called) in enumerate(codes.items(), start=1):
            sheet.write_string(number, left, code)
            sheet.write_string(number, left + 1, called)
        if codes:
            column = xlsxwriter.utility.xl_col_to_name(left, col_abs=True)
            ranges[name] = f"='{sheet_name}'!{column}$2:{column}${len(codes) + 1}"
    return ranges


def _write_guide(workbook: Any, sheet: Any, event_type: str, lang: Language) -> None:
    bold = workbook.add_format({"bold": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 26)
    sheet.set_column(2, 2, 12)
    sheet.set_column(3, 3, 70)
    sheet.set_column(4, 4, 36)
    sheet.write_string(0, 0, event_type, bold)
    for number, sentence in enumerate(HELP[lang], start=1):
        sheet.merge_range(number, 0, number, 4, sentence, wrapped)
        sheet.set_row(number, 30)
    top = len(HELP[lang]) + 2
    for place, heading in enumerate(REMARKS[lang]):
        sheet.write_string(top, place, heading, bold)
    shown = example(event_type)
    for number, column in enumerate(columns_of(event_type), start=top + 1):
        texts = (column.header.id, column.header.en, NEEDED[lang] if column.required else "", KINDS[column.kind][lang == "id"], _shown(shown, column))
        for place, written in enumerate(texts):
            sheet.write_string(number, place, written, wrapped)


def _shown(event: Mapping[str, Any], column: Column) -> str:
    """Return what an example has in a column, of its first line."""
    node: Any = event
    for step in column.path:
        node = next(iter(node or ()), None) if step == EACH else node.get(step) if isinstance(node, dict) else None
    if isinstance(node, list):
        return "; ".join(map(str, node))
    if isinstance(node, dict):
        node = node.get("id")
    return "" if node is None else str(node)


def lists(registry: Registry, lang: Language) -> dict[str, Codes]:
    """Return every list of codes that a column may be from, by its name in ``LIST_OF``."""

    def called(names: Mapping[str, Name]) -> Codes:
        return {code: name.id if lang == "id" else name.en for code, name in names.items()}

    partners = called({code: one.name for code, one in registry.partners.items()})
    units = called(registry.units)
    return {
        "programmes": called({code: one.name for code, one in registry.programmes.items()}),
        "countries": called(registry.countries),
        "items": called({code: one.name for code, one in registry.items.items()}),
        "units": {code: name for code, name in units.items() if "/" not in code},
        "people": {code: name for code, name in units.items() if code in PEOPLE},
        "currencies": {code: units.get(code, "") for code in sorted(CURRENCIES)},
        "recipient_types": called(registry.recipient_types),
        "legal_bases": called({code: one.name for code, one in registry.legal_bases.items()}),
        "partners": partners,
        "holders": {**partners, **called({code: one.name for code, one in registry.sites.items()})},
    }


def template_name(event_type: str, kind: str) -> str:
    """Return the usual file name of a template."""
    return f"{short_type(event_type)}.{kind}"
