"""What is handed to others: receipts for decisions, and proofs of a figure, all under the last seal.

A *compact* proof shows a figure against the sealed sums; a *complete* one carries every decision, so that all sums can
be made again from the bytes that partners sent. Formats are described in deploy/decisions/0006-proofs.md.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final

import sqlalchemy as sa

from consumers.answers.filters import CellFilter
from consumers.ledger.headers import headers_from_text
from consumers.proof.leaves import COLUMNS, RowTree, hash_leaf, leaf_of
from consumers.proof.pages import PagedTree
from models import schema
from models.cells import LedgerCell
from models.corrections import AMENDMENT, CHAIN_KINDS
from models.decoding import decode
from models.errors import ConfigurationError, IntegrityError
from models.events.corrections import EventAmended
from models.naming import RETURN
from models.proof import receipt
from models.proof import seal as seals
from models.proof.paths import inclusion_path, root_by_inclusion
from models.proof.seal import Seal
from models.proof.sums import DIMENSIONS, ORDERS, TooLarge, matches, prove, written

COMPACT: Final = "salur-compact@1"
COMPLETE: Final = "salur-complete@1"
COMPACT_BYTES: Final = 64 * 1024
SMALL_BYTES: Final = 12 * 1024
"""A proof that is no larger is handed out without a look at the other orders."""
MOST_OPENED: Final = 360
"""With more nodes opened no proof is compact: each leaves one shut beside it, of 180 bytes at least."""
_decisions = schema.decisions.c

Wanted = Mapping[str, Any]


class LastSeal:
    """The last seal of a ledger, and the sums as they were sealed. Raises ConfigurationError when nothing is sealed."""

    def __init__(self, connection: sa.Connection) -> None:
        row = connection.execute(sa.select(schema.seals).order_by(schema.seals.c.number.desc()).limit(1)).first()
        if row is None:
            raise ConfigurationError("nothing is sealed yet", hint="seal the ledger with `salur seal`")
        self.document = bytes(row.document).decode()
        self.note: str = row.note
        self.seal: Seal = seals.decode(bytes(row.document))
        self._connection = connection

    def tree(self, order: str) -> PagedTree:
        """Return the tree of sums in one order, as it was sealed. Raises PagesChanged if that is not kept any more."""
        return PagedTree(self._connection, order, root=self.seal.tallies[order])


def wanted_of(asked: CellFilter) -> dict[str, Any]:
    """Return a filter as proofs state it. Raises ConfigurationError unless it asks for one measure, unit and kind of partner."""
    values = {name: sorted(allowed) for name, allowed in asked.values.items() if name != "table"}
    if len(values.get("measure", ())) != 1 or len(values.get("unit", ())) != 1 or len(asked.simulated) != 1 or set(values) - set(DIMENSIONS):
        raise ConfigurationError("a figure that is proved has one measure and one unit", hint="name them with --measure and --unit")
    wanted: dict[str, Any] = {"table": sorted(asked.tables()), "simulated": ["true" if True in asked.simulated else "false"], **values}
    if asked.day_from or asked.day_to:
        wanted["day"] = {"from": asked.day_from, "to": asked.day_to or "9999-12-31"}
    return dict(sorted(wanted.items()))


def compact(connection: sa.Connection, wanted: Wanted) -> bytes:
    """Return a compact proof of a figure: the first small one, or the smallest out of all orders. Raises ConfigurationError if none is compact."""
    last = LastSeal(connection)
    best: bytes | None = None
    for order in sorted(ORDERS, key=lambda order: order not in wanted):
        tree = last.tree(order)
        try:
            answer = prove(tree.top, wanted, opening=tree.open, most_opened=MOST_OPENED)
        except TooLarge:
            continue
        made = {
            "format": COMPACT,
            "document": last.document,
            "note": last.note,
            "order": order,
            "wanted": wanted,
            "figure": {"steps": str(answer.steps), "cells": answer.cells},
            "proof": answer.proof,
        }
        content = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
        best = content if best is None or len(content) < len(best) else best
        if len(best) <= SMALL_BYTES:
            return best
    if best is None or len(best) > COMPACT_BYTES:
        raise ConfigurationError(
            f"there is no proof of this figure in {COMPACT_BYTES} bytes: its cells lie too far apart",
            hint="ask for one programme, destination, partner, place or span of days at a time, or for a complete proof",
        )
    return best


def complete(connection: sa.Connection, wanted: Wanted, out: BinaryIO, *, on_progress: Callable[[int], None] = lambda _more: None) -> dict[str, Any]:
    """Write a complete proof of a figure: a line that says what it is, then every decision. Return the figure."""
    last = LastSeal(connection)
    size = last.seal.log.size
    found = _members(connection, wanted, size)
    numbers = sorted(_named(connection, size))
    head = {"format": COMPLETE, "document": last.document, "note": last.note, "wanted": wanted, "figure": found, "named": numbers}
    out.write(json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    query = sa.select(_decisions.disposition, _decisions.raw, _decisions.headers, *COLUMNS).where(_decisions.number <= size).order_by(_decisions.number)
    for done, (disposition, raw, headers, *row) in enumerate(connection.execute(query, execution_options={"yield_per": 2000})):
        leaf = leaf_of(row)
        content = bytes(raw) if disposition == "accepted" and raw is not None else b""
        attributes = (headers or "").encode() if disposition == "accepted" else b""
        out.write(struct.pack(">III", len(leaf), len(content), len(attributes)) + leaf + content + attributes)
        if done % 1000 == 0:
            on_progress(1000)
    return found


def receipt_of(connection: sa.Connection, number: int) -> str:
    """Return the receipt of a decision. Raises ConfigurationError if it is not sealed yet, IntegrityError if its row is not what was sealed."""
    last = LastSeal(connection)
    log = last.seal.log
    if not 1 <= number <= log.size:
        raise ConfigurationError(f"decision {number} is not under a seal", hint=f"the last seal is over {log.size} decisions")
    row = connection.execute(sa.select(*COLUMNS).where(_decisions.number == number)).one()
    leaf = leaf_of(tuple(row))
    path = inclusion_path(number - 1, log.size, RowTree.stored(connection).run_hash)
    if root_by_inclusion(hash_leaf(leaf), number - 1, log.size, path) != log.root:
        raise IntegrityError(f"decision {number} does not lead to the root of seal {last.seal.number}", hint="run `salur verify`")
    return receipt.encode(receipt.Receipt(leaf, number - 1, path, last.note))


def _named(connection: sa.Connection, size: int) -> set[int]:
    """Return the decisions that later ones name and change, or are counted by: a reader keeps these, and forgets the others."""
    links = schema.links.c
    query = sa.select(links.number, links.target, links.root, links.kind).where(links.kind.in_(sorted({*CHAIN_KINDS, RETURN})), links.number <= size)
    found = connection.execute(query).all()
    numbers = {number for row in found for number in (row.target, row.root)}
    returns = {row.number for row in found if row.kind == RETURN}
    for row in found:
        if row.kind == AMENDMENT and row.root in returns:
            numbers.update(_original_of_replacement(connection, row.number))
    return numbers


def _original_of_replacement(connection: sa.Connection, number: int) -> Iterator[int]:
    """Yield what the new version of a return names, which need not be what the old one did."""
    raw, headers = connection.execute(sa.select(_decisions.raw, _decisions.headers).where(_decisions.number == number)).one()
    event = decode(bytes(raw), headers_from_text(headers))
    if not isinstance(event, EventAmended):
        return
    named = json.loads(bytes(event.data.replacement)).get("original")
    source, event_id = (named["source"], named["id"]) if isinstance(named, dict) else (event.source, named)
    claimed = sa.and_(_decisions.source == source, _decisions.event_id == event_id, _decisions.disposition == "accepted")
    yield from connection.execute(sa.select(_decisions.number).where(claimed)).scalars()


def _members(connection: sa.Connection, wanted: Wanted, size: int) -> dict[str, Any]:
    """Return the figure, how many events make it, and the hash over them."""
    cells = schema.cells.c
    query = sa.select(cells.cell, *(cells["table_name" if name == "table" else name] for name in DIMENSIONS))
    inside = {number for number, *values in connection.execute(query) if _is_wanted(LedgerCell(*values), wanted)}
    steps = events = 0
    members = hashlib.sha256()
    posted = sa.select(_decisions.number, _decisions.source, _decisions.event_id, _decisions.postings).where(
        _decisions.postings != "[]", _decisions.number <= size
    )
    for number, source, event_id, postings in connection.execute(posted.order_by(_decisions.number), execution_options={"yield_per": 5000}):
        increments = [delta for cell, delta in json.loads(postings) if cell in inside]
        if increments:
            steps += sum(increments)
            events += 1
            members.update(f"{number} {source} {event_id}\n".encode())
    return {"steps": str(steps), "events": events, "members": members.hexdigest()}


def _is_wanted(cell: LedgerCell, wanted: Wanted) -> bool:
    values = written(cell._replace(simulated=bool(cell.simulated)))
    return matches(values, values, wanted) is True
