"""A ledger and an inbox to feed it from: the inbound topics as lists, with offsets, and no Kafka."""

import hashlib
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import lz4.frame
import sqlalchemy as sa

from consumers.ledger.candidates import Candidate, SourceRecord, prepare
from consumers.ledger.ledger import Ledger, PartitionBatch, prepare_ledger
from consumers.ledger.store import LedgerStore, Position
from deploy.migrations.upgrade import upgrade
from models import entries, schema
from models.bookings import BookingRecord
from models.cells import LedgerCell, table_cell
from models.crashpoints import NO_CRASH_POINTS, CrashPoints
from models.topics import EVENTS
from tests.chaos import invariants

PARTITIONS = 4
RECEIVED_AT = 1_700_000_000_000
BOOKED_AT = 1_700_000_900_000
_START = Position(0, "", -1, b"")


class Row(NamedTuple):
    """What a test asks of a decision."""

    number: int
    disposition: str
    reasons: list[str]
    flags: list[str]
    first: int | None
    partner: str
    event_id: str
    postings: list[list[int]]
    booking: int


def wire(kind: str, data: object, *, event_id: str, partner: str = "kdei-taipei", time: str = "2020-05-03T09:00:00+08:00", **more: object) -> dict[str, Any]:
    """Return an event as a partner writes it."""
    whole = {"specversion": "1.0", "id": event_id, "source": f"urn:salur:partner:{partner}", "type": f"salur.{kind}.v1", "time": time, "data": data}
    return {**whole, **more}


def masks(event_id: str, quantity: object = 100, *, partner: str = "kdei-taipei", country: str = "TW", item: str = "masker", **more: Any) -> dict[str, Any]:
    """Return masks handed out abroad."""
    unit = {"masker": "piece", "sembako": "package"}[item]
    lines = [{"line": 1, "item": item, "quantity": quantity, "unit": unit}]
    data = {"programme": "bantuan-pmi", "country": country, "recipient_type": "pmi", "lines": lines, **more.pop("data", {})}
    return wire("distribution.recorded", data, event_id=event_id, partner=partner, **more)


def payment(event_id: str, kind: str = "sent", *, payments: int = 10, amount: str = "12000000", **more: Any) -> dict[str, Any]:
    """Return a payment event of the bank."""
    lines = [{"line": 1, "payments": payments, "amount": amount, "currency": "IDR"}]
    data = {"programme": "bsu", "country": "ID", "lines": lines, **more}
    return wire(f"disbursement.{kind}", data, event_id=event_id, partner="bank-penyalur")


def moved(event_id: str, kind: str, quantity: int, **more: Any) -> dict[str, Any]:
    """Return a consignment between two training centres, dispatched or received."""
    lines = [{"line": 1, "item": "masker", "quantity": quantity, "unit": "piece", **more.pop("line", {})}]
    data = {"programme": "bansos-publik", "country": "ID", "from": "blk-padang", "to": "blk-lembang", "lines": lines, **more}
    return wire(f"consignment.{kind}", data, event_id=event_id, partner="kemnaker")


def reversal(event_id: str, original: object, *, partner: str = "kdei-taipei") -> dict[str, Any]:
    """Return a reversal."""
    return wire("event.reversed", {"original": original, "reason": "entered_twice"}, event_id=event_id, partner=partner)


def amendment(event_id: str, original: object, replacement: object, *, partner: str = "kdei-taipei") -> dict[str, Any]:
    """Return an amendment; ``replacement`` is data, or an event whose data it takes."""
    data = replacement["data"] if isinstance(replacement, dict) and "data" in replacement else replacement
    return wire("event.amended", {"original": original, "reason": "wrong_quantity", "replacement": data}, event_id=event_id, partner=partner)


def annotation(event_id: str, original: object, *, partner: str = "kdei-taipei") -> dict[str, Any]:
    """Return an annotation."""
    return wire("event.annotated", {"original": original, "text": "menyusul"}, event_id=event_id, partner=partner)


def registered(event_id: str, noun: str, data: dict[str, Any], *, partner: str = "kemnaker") -> dict[str, Any]:
    """Return a registration by the ministry."""
    return wire(f"{noun}.registered", {"name": {"id": "Nama", "en": "Name"}, **data}, event_id=event_id, partner=partner)


def as_bytes(event: object) -> bytes | None:
    """Return the bytes of an event; bytes and None stay as they are."""
    return event if event is None or isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()


class Inbox:
    """The inbound topics."""

    def __init__(self) -> None:
        self._log: defaultdict[tuple[str, int], list[SourceRecord]] = defaultdict(list)
        self._clock = itertools.count(RECEIVED_AT, 1_000)

    def put(self, *events: object, partition: int = 0, topic: str = EVENTS, headers: Sequence[tuple[str, bytes]] = (), received_at: int | None = None) -> None:
        """Append records to one partition."""
        log = self._log[topic, partition]
        for event in events:
            at = next(self._clock) if received_at is None else received_at
            log.append(SourceRecord(topic, partition, len(log), at, as_bytes(event), headers))

    def after(
        self,
        positions: dict[tuple[str, int], Position],
        *,
        only: Iterable[tuple[str, int]] | None = None,
        at_most: int = 10**9,
        read: Callable[[SourceRecord], Candidate] = prepare,
    ) -> list[PartitionBatch]:
        """Return everything after these positions, as a source would give it."""
        batches = []
        wanted = None if only is None else set(only)
        for (topic, partition), log in sorted(self._log.items()):
            first = positions.get((topic, partition), _START).next_offset
            records = log[first : first + at_most]
            if records and (wanted is None or (topic, partition) in wanted):
                batches.append(PartitionBatch(topic, partition, "id", first, first + len(records), [read(record) for record in records]))
        return batches

    @property
    def ends(self) -> dict[tuple[str, int], int]:
        """Where each partition ends."""
        return {key: len(log) for key, log in self._log.items()}


class Desk:
    """One database, one inbox, and a ledger that can be replaced by a fresh one at any time."""

    def __init__(self, engine: sa.Engine, *, inbox: Inbox | None = None, points: CrashPoints = NO_CRASH_POINTS, migrate: bool = True) -> None:
        self.engine = engine
        self.inbox = inbox or Inbox()
        if migrate:
            upgrade(engine.url.render_as_string(hide_password=False))
            prepare_ledger(engine, partitions=PARTITIONS)
        self._points = points
        self.restart()

    def restart(self) -> None:
        """Forget everything that is not in the database."""
        self.ledger = Ledger(self.engine, clock=lambda: BOOKED_AT, points=self._points)

    def book(self, *events: object, **where: Any) -> BookingRecord | None:
        """Put events into the inbox and book all that is there in one booking."""
        self.inbox.put(*events, **where)
        return self.book_next()

    def book_next(self, *, only: Iterable[tuple[str, int]] | None = None, at_most: int = 10**9) -> BookingRecord | None:
        """Book what is in the inbox and not booked."""
        return self.ledger.book(self.inbox.after(self.ledger.positions(), only=only, at_most=at_most, read=self.ledger.prepare))

    @property
    def rows(self) -> list[Row]:
        """All decisions."""
        d = schema.decisions.c
        with self.engine.connect() as connection:
            found = connection.execute(sa.select(schema.decisions).order_by(d.number)).all()
        return [
            Row(
                row.number,
                row.disposition,
                [reason["code"] for reason in json.loads(row.reasons)],
                json.loads(row.flags),
                row.first,
                row.partner,
                row.event_id,
                json.loads(row.postings),
                row.booking,
            )
            for row in found
        ]

    @property
    def dispositions(self) -> list[str]:
        """The dispositions of all decisions, in order."""
        return [row.disposition for row in self.rows]

    def sums(self, *dimensions: str, table: str | None = None) -> dict[Any, int]:
        """Return the sums that are not zero, in steps, by dimensions (one: its bare value); without stock unless it is asked for."""
        with self.engine.connect() as connection:
            cells = connection.execute(sa.select(schema.cells).where(schema.cells.c.table_name.not_in(("partners", "flags")))).mappings().all()
        totals: Counter[Any] = Counter()
        for cell in cells:
            if cell["table_name"] == table or (table is None and cell["table_name"] != "stock"):
                key = tuple(cell[name] for name in dimensions)
                totals[key[0] if len(key) == 1 else key] += cell["steps"]
        return {key: total for key, total in totals.items() if total}

    def partner_counts(self) -> dict[tuple[str, str], int]:
        """Return the activity of partners by (partner, disposition)."""
        with self.engine.connect() as connection:
            cells = connection.execute(sa.select(schema.cells).where(schema.cells.c.table_name == "partners"))
            return {(cell.partner, cell.measure): cell.steps for cell in cells if cell.steps}

    def intake(self) -> dict[str, int]:
        """Return the running totals."""
        with self.engine.connect() as connection:
            return invariants.intake(connection)

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every table but the publisher's, whole, for comparison with another ledger."""
        with self.engine.connect() as connection:
            return {
                table.name: sorted(tuple(row) for row in connection.execute(sa.select(table)))
                for table in schema.metadata.sorted_tables
                if table.name not in ("publisher", "identity_segments")
            }

    def check(self) -> None:
        """Assert every invariant."""
        with self.engine.connect() as connection:
            problems = invariants.broken(connection, ends={partition: end for (topic, partition), end in self.inbox.ends.items() if topic == EVENTS})
            problems = [problem for problem in problems if "partition" not in problem or {topic for topic, _ in self.inbox.ends} == {EVENTS}]
            assert problems == []
            store = LedgerStore(connection)
            assert {key: position.next_offset for key, position in store.positions().items()} == self.inbox.ends
        check_entries(self.engine)


def check_entries(engine: sa.Engine) -> None:
    """Assert that the entries records chain, and sum up to the ledger's cells and partners."""
    folded: Counter[Any] = Counter()
    partners: Counter[Any] = Counter()
    last: dict[int, tuple[int, str]] = {}
    with engine.connect() as connection:
        table = schema.entry_records.c
        for row in connection.execute(sa.select(schema.entry_records).order_by(table.partition, table.number)):
            value = lz4.frame.decompress(row.value)
            record = entries.decode(value)
            number, previous = last.get(row.partition, (0, entries.NO_RECORD))
            assert (record.partition, record.number, record.previous) == (row.partition, number + 1, previous)
            last[row.partition] = record.number, hashlib.sha256(value).hexdigest()
            for entry in record.entries:
                for index, delta in entry.postings:
                    folded[record.cells[index]] += delta
            for activity in record.partners:
                partners.update({(activity.partner, name): change for name, change in activity.counts.items()})
        booked: Counter[Any] = Counter()
        counts: Counter[Any] = Counter()
        for cell in connection.execute(sa.select(schema.cells).where(schema.cells.c.table_name != "flags")):
            if cell.table_name == "partners":
                counts[cell.partner, cell.measure] += cell.steps
                counts[cell.partner, "received"] += cell.steps
            else:
                booked[table_cell(LedgerCell(*cell[1:16]))] += cell.steps
        heads = {row.partition: (row.number, row.hash) for row in connection.execute(sa.select(schema.entry_partitions)) if row.number}
    assert last == heads
    assert {key: total for key, total in folded.items() if total} == {key: total for key, total in booked.items() if total}
    assert {key: total for key, total in partners.items() if total} == {key: total for key, total in counts.items() if total}
