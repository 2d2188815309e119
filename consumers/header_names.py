"""Reading records whose header names are not UTF-8. Kafka takes any bytes there, and the client would raise at them for ever.

Owns one replacement inside kafka-python, made when a consumer is opened. Such a name is read with a question mark
for every byte beyond ASCII: it can mean nothing to us, and it reads the same each time.
"""

from typing import Any, Final

from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch
from kafka.record.util import decode_varint

_ASCII: Final = bytes(byte if byte < 0x80 else ord("?") for byte in range(256))


def accept_any_header_name() -> None:
    """Make every consumer of this process read on where a header name is not UTF-8; may be called again."""
    memory_records.DefaultRecordBatch = _AnyHeaderName


class _AnyHeaderName(DefaultRecordBatch):  # type: ignore[misc]  # kafka-python has no annotations
    _buffer: Any
    _pos: int

    def _read_msg(self, *args: Any) -> Any:
        try:
            return super()._read_msg(*args)
        except UnicodeDecodeError:
            # The position moves only after a whole record, so it still is where this one begins.
            self._buffer = bytearray(self._buffer)
            _make_names_readable(self._buffer, self._pos)
            return super()._read_msg(*args)


def _make_names_readable(buffer: bytearray, position: int) -> None:
    """Replace, in the record at ``position``, what is not ASCII in the names of headers."""
    for _ in ("length", "attributes", "timestamp", "offset"):
        _, position = decode_varint(buffer, position)
    for _ in ("key", "value"):
        length, position = decode_varint(buffer, position)
        position += max(0, length)
    headers, position = decode_varint(buffer, position)
    for _ in range(headers):
        length, position = decode_varint(buffer, position)
        buffer[position : position + length] = buffer[position : position + length].translate(_ASCII)
        length, position = decode_varint(buffer, position + length)
        position += max(0, length)
