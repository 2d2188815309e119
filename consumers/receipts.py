"""What the ledger knows of single events, by source and id: taken already or not, the verdict, the tallies moved.

Read only. Ids are found as the ledger's own workers find them (``consumers.ledger.identity``), so nothing needs an
index over all ids. One ``Receipts`` is used by one thread at a time.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import iso
from consumers.answers.moved import moved_cells
from consumers.ledger.headers import headers_from_text
from consumers.ledger.identity import IdentityIndex, identity_key, segment_from_bytes
from consumers.ledger.store import LedgerStore, StoredDecision
from models import schema
from models.decoding import decode, same_content
from models.events.envelope import SOURCE_PREFIX
from models.naming import Registration
from models.reasons import Violation
from models.receipts import Asked, Conflict, Known, Moved, Seen, State, Status
from models.registry import Registry
from models.units import format_steps

_MOST_REFUSALS: Final = 20

_postings: Final = msgspec.json.Decoder(list[tuple[int, int]])
_flags: Final = msgspec.json.Decoder(tuple[str, ...])
_reasons: Final = msgspec.json.Decoder(list[dict[str, Any]])


class Receipts:
    """Looks events up; it remembers which ids are claimed, and reads only what was booked since the last look."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._ids = IdentityIndex()
        self._registry = Registry.shipped()
        self._registered = 0
        self._read = 0

    def look(self, asked: Sequence[Asked]) -> Seen:
        """Return what is known of each event, and the code lists, at one moment of the ledger."""
        with self._engine.connect() as connection, connection.begin():
            store = LedgerStore(connection)
            self._catch_up(store)
            return Seen(tuple(self._known(store, asked)), self._registry)

    def claimed(self, names: Sequence[tuple[str, str]]) -> list[int | None]:
        """Return for each source and id the decision that has it, accepted or held; None for one that is free."""
        with self._engine.connect() as connection, connection.begin():
            store = LedgerStore(connection)
            self._catch_up(store)
            return self._claimed(store, names)

    def status(self, source: str, event_id: str) -> Status | None:
        """Return the verdict on an event: of the one that has the id, else of the last one that was refused; None if there is none."""
        with self._engine.connect() as connection, connection.begin():
            store = LedgerStore(connection)
            self._catch_up(store)
            refused = connection.execute(refusals(source, event_id)).all()
            number = self._claimed(store, [(source, event_id)])[0]
            if number is not None:
                return _claimed_status(connection, number, conflicts=[row for row in refused if row.disposition == "conflict"])
            rejected = next((row for row in refused if row.disposition == "rejected"), None)
            return _status(connection, rejected, state="rejected") if rejected is not None else None

    def _catch_up(self, store: LedgerStore) -> None:
        """Read what was booked since, all of it before any is remembered: a database that goes away half-way leaves no half."""
        (head,) = store.rows(schema.head) or [None]
        if head is None or head.size == self._read:
            return
        rows = [] if self._read else sorted(store.rows(schema.identity_segments), key=lambda row: int(row.first))
        segments = [segment_from_bytes(first=row.first, last=row.last, keys=row.keys, offsets=row.offsets) for row in rows]
        claims = list(store.claims_since(segments[-1].last if segments else self._read))
        numbers = store.registrations_since(self._registered)
        registered = store.decisions(numbers)
        for segment in segments:
            self._ids.adopt(segment)
        for number, source, event_id in claims:
            self._ids.add(identity_key(source, event_id), number)
        self._ids.seal()
        self._learn([registered[number] for number in numbers])
        self._read = head.size

    def _learn(self, rows: Sequence[StoredDecision]) -> None:
        if not rows:
            return
        # A copy: who was given the lists before goes on with them.
        registry = self._registry.copy()
        for row in rows:
            event = decode(row.raw, headers_from_text(row.headers))
            assert isinstance(event, Registration), f"decision {row.number} was booked as a registration"
            registry.apply(event)
        self._registry, self._registered = registry, rows[-1].number

    def _claimed(self, store: LedgerStore, names: Sequence[tuple[str, str]]) -> list[int | None]:
        """Return for each name the decision that claimed it."""
        found = self._ids.candidates([identity_key(*name) for name in names])
        claims = store.claims(sorted({number for numbers in found.values() for number in numbers}))
        claimed: list[int | None] = [None] * len(names)
        for position, numbers in found.items():
            for claim in (claims[number] for number in numbers if number in claims):
                if (claim.source, claim.event_id) == names[position]:
                    claimed[position] = claim.number
        return claimed

    def _known(self, store: LedgerStore, asked: Sequence[Asked]) -> Iterator[Known | None]:
        claimed = self._claimed(store, [(one.source, one.event_id) for one in asked])
        rows = store.decisions({number for number in claimed if number is not None})
        for one, number in zip(asked, claimed, strict=True):
            if number is None:
                yield None
                continue
            row = rows[number]
            sha256 = bytes(row.sha256)
            is_same = sha256 == one.sha256 or same_content(row.raw or b"", one.value, a_headers=headers_from_text(row.headers))
            yield Known(sha256, is_same)


def refusals(source: str, event_id: str) -> sa.Select[Any]:
    """Return the question for the newest decisions that refused this id."""
    decisions = schema.decisions.c
    return (
        sa.select(*_columns())
        .where(schema.REFUSED, decisions.partner == source.removeprefix(SOURCE_PREFIX), decisions.event_id == event_id, decisions.source == source)
        .order_by(decisions.number.desc())
        .limit(_MOST_REFUSALS)
    )


def _columns() -> list[sa.Column[Any]]:
    return [column for column in schema.decisions.c if column.name not in {"raw", "headers", "first", "occurred_at", "received_at"}]


def _claimed_status(connection: sa.Connection, number: int, *, conflicts: Sequence[Any]) -> Status:
    held = connection.execute(sa.select(schema.held).where(schema.held.c.number == number)).first()
    is_waiting = held is not None and held.second is None
    shown = held.second if held is not None and held.second is not None else number
    row = connection.execute(sa.select(*_columns()).where(schema.decisions.c.number == shown)).one()
    waits_for = (held.waits_for_source, held.waits_for_id) if held is not None and is_waiting else None
    return _status(connection, row, state="held" if is_waiting else "accepted", waits_for=waits_for, conflicts=conflicts)


def _status(connection: sa.Connection, row: Any, *, state: State, waits_for: tuple[str, str] | None = None, conflicts: Sequence[Any] = ()) -> Status:
    return Status(
        source=row.source,
        id=row.event_id,
        type=row.type,
        state=state,
        sha256=bytes(row.sha256).hex(),
        decision=row.number,
        booking=row.booking,
        booked_at=_booked_at(connection, row.booking),
        topic=row.topic,
        partition=row.partition,
        offset=row.offset,
        flags=_flags.decode(row.flags),
        violations=tuple(Violation(**reason) for reason in _reasons.decode(row.reasons)) if state == "rejected" else (),
        waits_for=waits_for,
        moved=tuple(_moved(connection, row)) if state == "accepted" else (),
        conflicts=tuple(
            Conflict(decision=one.number, booking=one.booking, booked_at=_booked_at(connection, one.booking), sha256=bytes(one.sha256).hex())
            for one in conflicts
        ),
    )


def _booked_at(connection: sa.Connection, booking: int) -> str | None:
    bookings = schema.bookings.c
    return iso(connection.execute(sa.select(bookings.booked_at).where(bookings.booking == booking)).scalar_one())


def _moved(connection: sa.Connection, row: Any) -> Iterator[Moved]:
    """Yield the partner's own cells that the decision posted to, with their sums just before and just after it."""
    for cell in moved_cells(connection, row.number, row.booking, dict(_postings.decode(row.postings))):
        if cell.dimensions.get("partner") == row.partner:
            before, change, after = (format_steps(steps, cell.unit) for steps in (cell.before, cell.change, cell.after))
            yield Moved(cell=dict(cell.dimensions), measure=cell.measure, unit=cell.unit, before=before, change=change, after=after)
