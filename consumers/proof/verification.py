"""`salur verify`: the ledger's database held against itself and against everything that was signed about it.

Order: seals and the rows that they bind (which name the row and the column), decisions and bookings (which also see
what is not sealed yet), then sums, working state and whatever belongs to no booking. Reads one moment; changes nothing.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import lz4.frame
import msgspec
import sqlalchemy as sa

from consumers.answers.asof import resolve
from consumers.answers.intake import intake
from consumers.proof.decisions_side import DecisionsSide
from consumers.proof.flaw import Flaw
from consumers.proof.rows import TABLES
from consumers.proof.seals_side import SealsSide
from consumers.reconcile.ledger_side import differences_within
from models import bookings, entries, schema
from models.proof.seal import Seal

MOST_SHOWN: Final = 1000
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, RuntimeError, AssertionError, IndexError, msgspec.MsgspecError, ArithmeticError)
_history = schema.cell_history.c
_cells = schema.cells.c
_pairs = msgspec.json.Decoder(list[tuple[int, int]])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a check of everything came to: how far it read, the last seal, and every flaw (at most ``MOST_SHOWN`` of ``found``)."""

    booking: int
    decisions: int
    seal: Seal | None
    flaws: tuple[Flaw, ...]
    found: int

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.found == 0

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        sealed = None if self.seal is None else {"number": self.seal.number, "booking": self.seal.booking, "size": self.seal.log.size}
        flaws = [flaw.to_json() for flaw in self.flaws]
        return {"holds": self.holds, "booking": self.booking, "decisions": self.decisions, "seal": sealed, "found": self.found, "flaws": flaws}


def verify(
    connection: sa.Connection, *, key: str | None = None, kept: Mapping[int, bytes] | None = None, on_progress: Callable[[int], None] = lambda _more: None
) -> Verified:
    """Check everything. ``kept`` are seal documents by number that were kept outside the database, ``key`` is the public key that signed them."""
    sealing = SealsSide(connection, key=key, kept=kept or {}, on_progress=on_progress)
    sides = (sealing.flaws, DecisionsSide(connection, on_progress).flaws, *(lambda side=side: side(connection) for side in _SIDES))
    found = itertools.chain.from_iterable(_readable(side) for side in sides)
    shown = tuple(sorted(itertools.islice(found, MOST_SHOWN), key=_rank))
    more = sum(1 for _ in found)
    head = connection.execute(sa.select(schema.head.c.booking, schema.head.c.size)).first()
    booking, size = (head.booking, head.size) if head else (0, 0)
    last = sealing.sealed[-1] if sealing.sealed else None
    return Verified(booking=booking, decisions=size, seal=last, flaws=shown, found=len(shown) + more)


def _rank(flaw: Flaw) -> tuple[bool, int]:
    """Say wrong decisions first, the earliest of them before all: what follows from it is found in many places."""
    is_decision = flaw.table == "decisions" and flaw.row.isdecimal()
    return not is_decision, int(flaw.row) if is_decision else 0


def _readable(side: Callable[[], Iterator[Flaw]]) -> Iterator[Flaw]:
    """Pass flaws on; content that cannot be read at all is one."""
    try:
        yield from side()
    except _UNREADABLE as error:
        yield Flaw(table="", says=f"something that is stored cannot be read ({type(error).__name__}: {error})")


def _of_sums(connection: sa.Connection) -> Iterator[Flaw]:
    """Yield where cells, histories, members, postings, flags, batches, figures and the intake differ."""
    as_of = resolve(connection, None)
    for difference in differences_within(connection, as_of, intake(connection, booking=as_of.booking)):
        told = difference.to_json()
        yield Flaw(table="sums", says=", ".join(f"{name} {value}" for name, value in told.items() if name != "between"))


def _of_histories(connection: sa.Connection) -> Iterator[Flaw]:
    """Yield the rows of the cells' history whose running sum does not follow from the row before."""
    query = sa.select(_history.cell, _history.booking, _history.steps, _history.events, _history.members).order_by(_history.cell, _history.booking)
    last = {row.cell: (row.steps, row.events, row.booking) for row in connection.execute(sa.select(_cells.cell, _cells.steps, _cells.events, _cells.booking))}
    current, steps, events, booked = 0, 0, 0, 0
    for row in connection.execute(query, execution_options={"yield_per": 5000}):
        if row.cell != current:
            if current and last.pop(current, None) != (steps, events, booked):
                yield Flaw(table="cells", row=str(current), says="it is not the last row of its history")
            current, steps, events = row.cell, 0, 0
        members = _pairs.decode(row.members)
        steps, events, booked = steps + sum(delta for _, delta in members), events + len(members), row.booking
        if members and (row.steps, row.events) != (steps, events):
            yield Flaw(table="cell_history", row=f"cell {row.cell}, booking {row.booking}", says="the running sum is not that of its members")
        steps, events = row.steps, row.events
    if current and last.pop(current, None) != (steps, events, booked):
        yield Flaw(table="cells", row=str(current), says="it is not the last row of its history")
    yield from (Flaw(table="cells", row=str(cell), says="it has no history") for cell in last)


def _of_postings(connection: sa.Connection) -> Iterator[Flaw]:
    """Yield decisions whose postings are not members of the cells they name, and members that no decision posted."""
    decisions = schema.decisions.c
    posted = sa.select(decisions.number, decisions.booking, decisions.postings).where(decisions.postings != "[]").order_by(decisions.booking)
    tally = sa.select(_history.cell, _history.booking, _history.members).join(schema.cells, _cells.cell == _history.cell)
    members = tally.where(_cells.table_name.not_in(("partners", "flags")), _history.members != "[]").order_by(_history.booking)
    left = _by_booking((row.booking, row.number, cell, delta) for row in connection.execute(posted) for cell, delta in _pairs.decode(row.postings))
    right = _by_booking((row.booking, number, row.cell, delta) for row in connection.execute(members) for number, delta in _pairs.decode(row.members))
    ours, theirs = next(left, None), next(right, None)
    while ours is not None or theirs is not None:
        booking = min(side[0] for side in (ours, theirs) if side is not None)
        mine = ours[1] if ours is not None and ours[0] == booking else set()
        yours = theirs[1] if theirs is not None and theirs[0] == booking else set()
        for number, cell, _ in sorted(mine ^ yours):
            yield Flaw(table="decisions", row=str(number), columns=("postings",), says=f"what it posted to cell {cell} is not what the cell's history says")
        ours = next(left, None) if ours is not None and ours[0] == booking else ours
        theirs = next(right, None) if theirs is not None and theirs[0] == booking else theirs


def _by_booking(found: Iterator[tuple[int, int, int, int]]) -> Iterator[tuple[int, set[tuple[int, int, int]]]]:
    for booking, group in itertools.groupby(found, key=lambda one: one[0]):
        yield booking, {(number, cell, delta) for _, number, cell, delta in group}


def _of_strays(connection: sa.Connection) -> Iterator[Flaw]:
    """Yield rows that belong to no booking."""
    head = connection.execute(sa.select(schema.head.c.booking, schema.head.c.size)).first()
    booking, size = (head.booking, head.size) if head else (0, 0)
    for name in TABLES:
        table = schema.metadata.tables[name]
        column, most = (table.c.booking, booking) if "booking" in table.c else (table.c.last if "last" in table.c else table.c.number, size)
        if count := connection.execute(sa.select(sa.func.count()).select_from(table).where(~column.between(1, most))).scalar_one():
            yield Flaw(table=name, says=f"{count} rows belong to no booking")
    figures = schema.figures.c
    past = schema.figure_history.c
    newest = sa.select(sa.func.max(past.booking)).where(past.figure == figures.figure).correlate(schema.figures).scalar_subquery()
    without = sa.select(figures.figure).where(sa.func.coalesce(newest, 0) != figures.booking)
    for figure in connection.execute(without).scalars():
        yield Flaw(table="figures", row=str(figure), columns=("booking",), says="it is not the last booking of its history")
    batches, then = schema.batches.c, schema.batch_history.c
    same = sa.and_(*(then[key.name] == batches[key.name] for key in schema.batches.primary_key))
    last = sa.select(sa.func.max(then.booking)).where(same).correlate(schema.batches).scalar_subquery()
    for batch in connection.execute(sa.select(batches.batch).where(sa.func.coalesce(last, 0) != batches.booking)).scalars():
        yield Flaw(table="batches", row=batch, columns=("booking",), says="it is not the last booking of its history")


def _of_held(connection: sa.Connection) -> Iterator[Flaw]:
    """Yield held decisions whose row does not say how they were settled."""
    decisions, held = schema.decisions.c, schema.held.c
    second = schema.decisions.alias("second")
    settles = sa.and_(second.c.first == decisions.number, second.c.disposition.in_(("accepted", "rejected")))
    query = sa.select(
        decisions.number, second.c.number.label("second"), second.c.disposition, held.second.label("told"), held.outcome, held.number.label("row")
    )
    joined = schema.decisions.outerjoin(second, settles).outerjoin(schema.held, held.number == decisions.number)
    for row in connection.execute(query.select_from(joined).where(decisions.disposition == "held").order_by(decisions.number)):
        if row.row is None or (row.told, row.outcome) != (row.second, row.disposition):
            yield Flaw(table="held", row=str(row.number), columns=("second", "outcome"), says="it is not how the decision was settled")
    for number in connection.execute(
        sa.select(held.number).where(held.number.not_in(sa.select(decisions.number).where(decisions.disposition == "held")))
    ).scalars():
        yield Flaw(table="held", row=str(number), says="no such decision is held")


def _of_positions(connection: sa.Connection) -> Iterator[Flaw]:
    """Yield positions that are not after the last record booked."""
    decisions, positions = schema.decisions.c, schema.positions.c
    after: dict[tuple[str, int], int] = {}
    for record in connection.execute(sa.select(schema.bookings.c.record).order_by(schema.bookings.c.booking)).scalars():
        after.update({(one.topic, one.partition): one.next for one in bookings.decode(bytes(record)).ranges})
    first = sa.or_(decisions.first.is_(None), decisions.disposition.not_in(("accepted", "rejected")))
    query = sa.select(decisions.topic, decisions.partition, sa.func.max(decisions.offset)).where(first).group_by(decisions.topic, decisions.partition)
    ends = {(topic, partition): offset for topic, partition, offset in connection.execute(query)}
    for row in connection.execute(sa.select(*positions)):
        last = ends.pop((row.topic, row.partition), -1)
        hashed = connection.execute(
            sa.select(decisions.sha256).where(decisions.topic == row.topic, decisions.partition == row.partition, decisions.offset == last).limit(1)
        ).scalar()
        if (
            row.last_offset != last
            or row.next_offset != after.get((row.topic, row.partition))
            or (hashed is not None and bytes(hashed) != bytes(row.last_sha256))
        ):
            yield Flaw(table="positions", row=f"{row.topic} {row.partition}", says="it is not where the last decision of the partition was read")
    yield from (Flaw(table="positions", row=f"{topic} {partition}", says="it is missing") for topic, partition in ends)


def _of_entries(connection: sa.Connection) -> Iterator[Flaw]:
    """Yield entries records that do not continue their partition's chain, and ends that are not the last record."""
    table, ends = schema.entry_records.c, schema.entry_partitions.c
    chain: dict[int, tuple[int, str]] = {}
    query = sa.select(table.booking, table.partition, table.number, table.value).order_by(table.partition, table.number)
    for row in connection.execute(query, execution_options={"yield_per": 200}):
        value = lz4.frame.decompress(bytes(row.value))
        record = entries.decode(value)
        number, previous = chain.get(row.partition, (0, entries.NO_RECORD))
        told = (record.partition, record.number, record.booking, record.previous)
        if told != (row.partition, number + 1, row.booking, previous) or row.number != record.number:
            yield Flaw(table="entry_records", row=f"partition {row.partition}, number {row.number}", says="it does not continue the chain before it")
        chain[row.partition] = (row.number, entries.record_hash(value))
    partitions = connection.execute(sa.select(schema.head.c.partitions)).scalar() or 0
    found = set(connection.execute(sa.select(ends.partition)).scalars())
    for partition in sorted(found ^ set(range(partitions))):
        yield Flaw(table="entry_partitions", row=str(partition), says="there must be one row for each partition")
    for end in connection.execute(sa.select(*ends)):
        if chain.get(end.partition, (0, entries.NO_RECORD)) != (end.number, end.hash) and (end.number or end.partition in chain):
            yield Flaw(table="entry_partitions", row=str(end.partition), says="it is not the last record")


def _of_partners(connection: sa.Connection) -> Iterator[Flaw]:
    """Yield partners whose newest times are not those of their decisions."""
    decisions, times = schema.decisions.c, schema.partner_times.c
    earlier = sa.case((decisions.occurred_at < decisions.received_at, decisions.occurred_at), else_=decisions.received_at)
    first = sa.or_(decisions.first.is_(None), decisions.disposition.not_in(("accepted", "rejected")))
    query = sa.select(decisions.partner, sa.func.max(earlier), sa.func.max(decisions.received_at)).where(first).group_by(decisions.partner)
    newest = {partner: (occurred, received) for partner, occurred, received in connection.execute(query)}
    told = {row.partner: (row.last_occurred_at, row.last_received_at) for row in connection.execute(sa.select(*times))}
    for partner in sorted({partner for partner in {*newest, *told} if newest.get(partner) != told.get(partner)}):
        yield Flaw(table="partner_times", row=partner, says="it is not when the partner was last heard of")


_SIDES: Final = (_of_strays, _of_postings, _of_histories, _of_sums, _of_held, _of_positions, _of_entries, _of_partners)
