"""Spreadsheets as partners make them, and what a review says of them."""

import csv
import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl

from models.registry import Registry
from streams.sheets.review import Review, review

PARTNER = "kdei-taipei"
TYPE = "distribution.recorded"
NOW = int(datetime.datetime(2021, 12, 31, tzinfo=datetime.UTC).timestamp() * 1000)
REGISTRY = Registry.shipped()
GOOD: Mapping[str, Any] = {
    "kunci": "",
    "tanggal": datetime.date(2020, 5, 3),
    "program": "bantuan-pmi",
    "negara": "TW",
    "bantuan": "masker",
    "jumlah": 100,
    "satuan": "piece",
}


def row(key: str, **changes: Any) -> dict[str, Any]:
    """Return a good row with changes; an underscore in a name stands for the space of its header."""
    return {**GOOD, "kunci": key, **{name.replace("_", " "): value for name, value in changes.items()}}


def header_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for one in rows for name in one))


def xlsx(rows: Sequence[Mapping[str, Any]], *, name: str = TYPE, merged: str = "", beside: tuple[int, int, Any] | None = None) -> bytes:
    """Return a workbook with these rows from row 2; ``beside`` is one more cell."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = name
    header = header_of(rows)
    sheet.append(header)
    for one in rows:
        sheet.append([one.get(column) for column in header])
    if merged:
        sheet.merge_cells(merged)
    if beside is not None:
        sheet.cell(*beside)
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def as_csv(rows: Sequence[Mapping[str, Any]], *, separator: str = ",") -> bytes:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, header_of(rows), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def reviewed(content: bytes, *, partner: str = PARTNER, event_type: str | None = None) -> Review:
    return review(content, partner=partner, registry=REGISTRY, received_at=NOW, event_type=event_type)


def found(review: Review) -> set[tuple[str, str]]:
    """Return the cell and the code of each mistake."""
    return {(mistake.cell, mistake.code) for mistake in review.mistakes}
