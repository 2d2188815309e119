"""The leaves of the Merkle log made again from the stored rows, by another way than the one that booked them.

The booking writes leaves with msgspec while it decides and folds them into a frontier; here each row is read back,
written by the standard library, and hashed by the definition of the tree.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa

from models import schema
from models.merkle import EMPTY_ROOT, root_of
from models.proof.paths import split

TILE: Final = 256
_decisions = schema.decisions.c
COLUMNS: Final = tuple(_decisions[name] for name in ("booking", "topic", "partition", "offset", "disposition", "reasons", "source", "event_id", "sha256"))
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def leaf_of(row: Sequence[Any]) -> bytes:
    """Return the bytes of a leaf, from the values of ``COLUMNS``."""
    booking, topic, partition, offset, disposition, reasons, source, event_id, sha256 = row
    codes = [reason["code"] for reason in json.loads(reasons)] if reasons != "[]" else []
    leaf = {"v": 1, "booking": booking, "topic": topic, "partition": partition, "offset": offset, "disposition": disposition}
    return _encode({**leaf, "reasons": codes, "source": source, "event_id": event_id, "sha256": bytes(sha256).hex()}).encode()


def hash_leaf(leaf: bytes) -> bytes:
    """Return the leaf's hash in the tree."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def hashes_between(connection: sa.Connection, start: int, end: int) -> Iterator[bytes]:
    """Yield the leaf hashes of indexes ``start`` up to ``end``; there are fewer when rows are missing."""
    query = sa.select(*COLUMNS).where(_decisions.number > start, _decisions.number <= end).order_by(_decisions.number)
    for row in connection.execute(query, execution_options={"yield_per": 5000}):
        yield hash_leaf(leaf_of(tuple(row)))


def tiles_between(connection: sa.Connection, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield (tile, root) of every full tile that ends in this run of leaves, made from the rows."""
    first = start // TILE * TILE
    pending: list[bytes] = []
    tile = first // TILE
    for hashed in hashes_between(connection, first, end):
        pending.append(hashed)
        if len(pending) == TILE:
            yield tile, root_of(pending)
            pending = []
            tile += 1


def stored_tiles(connection: sa.Connection) -> list[bytes]:
    """Return the roots of full tiles that were stored with seals."""
    table = schema.seal_tiles.c
    return [bytes(one) for one in connection.execute(sa.select(table.hash).order_by(table.tile)).scalars()]


class RowTree:
    """The tree over the rows of one connection; what is in a tile that is given is not read again."""

    def __init__(self, connection: sa.Connection, tiles: Sequence[bytes]) -> None:
        self._connection = connection
        self._tiles = tiles

    @classmethod
    def stored(cls, connection: sa.Connection) -> "RowTree":
        """Return a tree that uses the tiles that were stored with seals."""
        return cls(connection, stored_tiles(connection))

    def run_hash(self, start: int, end: int) -> bytes:
        """Return the root over the leaves ``start`` up to ``end``."""
        if start == end:
            return EMPTY_ROOT
        size = end - start
        tile = start // TILE
        if size == TILE and start % TILE == 0 and tile < len(self._tiles):
            return self._tiles[tile]
        if size <= TILE:
            return root_of(list(hashes_between(self._connection, start, end)))
        middle = start + split(size)
        return hashlib.sha256(b"\x01" + self.run_hash(start, middle) + self.run_hash(middle, end)).digest()
