"""Which events the refold must remember: those whose id comes up more than once, and those that another event names.

All others are decided once and can be forgotten, so memory grows with corrections and repeats and not with the
log. Ids are kept as 64-bit hashes: two that share one are merely both remembered.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from consumers.reconcile.rawlog import RawRecord


class _Named(msgspec.Struct):
    """The members that name an event, read without judging anything else."""

    id: Any = None
    source: Any = None
    data: Any = None


_decoder = msgspec.json.Decoder(_Named)


def to_remember(records: Iterable[RawRecord]) -> set[int]:
    """Return the hashes of the ids that occur twice or are named by another event."""
    once: set[int] = set()
    wanted: set[int] = set()
    for record in records:
        source, event_id, named = _names(record)
        own = hash_of(source, event_id)
        (wanted if own in once else once).add(own)
        for other in named:
            if isinstance(other, str):
                wanted.add(hash_of(source, other))
            elif isinstance(other, dict):
                wanted.add(hash_of(other.get("source"), other.get("id")))
    return wanted


def hash_of(source: object, event_id: object) -> int:
    """Return the hash under which an id is known."""
    return int.from_bytes(hashlib.blake2b(f"{source}\0{event_id}".encode(errors="replace"), digest_size=8).digest())


def _names(record: RawRecord) -> tuple[Any, Any, list[Any]]:
    """Return source and id of a record, and whom it names, as far as they can be read; what is no event is never looked up."""
    named = _read(record.value or b"")
    attributes = dict(record.headers)
    if "ce_id" in attributes:
        content = _read(b'{"data":' + (record.value or b"") + b"}")
        return _text(attributes.get("ce_source")), _text(attributes["ce_id"]), _named(content.data)
    return named.source, named.id, _named(named.data)


def _read(value: bytes) -> _Named:
    try:
        return _decoder.decode(value)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _Named()


def _named(data: Any) -> list[Any]:
    if not isinstance(data, dict):
        return []
    replacement = data.get("replacement")
    return [data.get("original"), data.get("other"), *([replacement.get("original")] if isinstance(replacement, dict) else [])]


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
