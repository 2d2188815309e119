"""Parquet: quantities as exact decimals, times and codes as text, written in groups of rows so that memory stays flat.

What the file is about is in its own metadata, under ``salur``, as JSON.
"""

import decimal
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from consumers.exports.sheet import Column, Kind, Row, Sheet, Value
from models.errors import ConfigurationError

DECIMALS: Final = 3
"""As many as any unit has."""
_TYPES: Final[dict[Kind, Any]] = {"text": pa.string(), "quantity": pa.decimal128(38, DECIMALS), "whole": pa.int64(), "truth": pa.bool_()}
_AT_ONCE: Final = 20_000


def write_parquet(sheet: Sheet, out: BinaryIO, *, about: dict[str, Any]) -> None:
    """Write the rows. Raises ConfigurationError for a quantity of more digits than a decimal of Parquet has."""
    fields = [pa.field(column.name, _TYPES[column.kind]) for column in sheet.columns]
    schema = pa.schema(fields, metadata={"salur": msgspec.json.encode(about)})
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(sheet.rows):
            arrays = [_array(column, [row[position] for row in group]) for position, column in enumerate(sheet.columns)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def _groups(rows: Any) -> Iterator[Sequence[Row]]:
    group: list[Row] = []
    for row in rows:
        group.append(row)
        if len(group) == _AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _array(column: Column, values: Sequence[Value]) -> Any:
    kind = _TYPES[column.kind]
    if column.kind == "text":
        return pa.array([value if value is None or isinstance(value, str) else str(value) for value in values], kind)
    if column.kind != "quantity":
        return pa.array(values, kind)
    try:
        return pa.array([None if value is None else decimal.Decimal(str(value)) for value in values], kind)
    except pa.ArrowInvalid as error:
        raise ConfigurationError(f"a quantity in {column.name} has more digits than Parquet holds exactly", hint="take CSV or JSON") from error
