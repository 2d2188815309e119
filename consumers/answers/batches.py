"""Batches of payments: how far each has come in payments and in money, and what was sent and not confirmed, since when.

Which sent payment a confirmation belongs to is not reported, so the oldest sent are taken as confirmed first: an age
is never shown as longer than it is known to be.
"""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from consumers.answers.asof import AsOf, iso, milliseconds, resolve
from consumers.answers.events import AT_ONCE
from consumers.answers.filters import CellFilter
from consumers.answers.links import roots_of
from consumers.answers.payment_life import STAGES, PaymentLife
from consumers.ledger.headers import headers_from_text
from models import schema
from models.batches import BATCH_PREFIX, BatchKey
from models.decoding import decode
from models.events.assurance import PeriodClosed
from models.measures import UNDELIVERED
from models.units import format_steps

OLDEST: Final = 100
"""So many of the oldest unconfirmed events of a batch are listed; all are counted."""

_DAY_MS: Final = 86_400_000
_CLOSED: Final = str(PeriodClosed.__struct_config__.tag)
_members = msgspec.json.Decoder(list[tuple[int, int]])
_history = schema.batch_history.c
_KEY: Final = (_history.batch, _history.programme, _history.destination, _history.simulated)


class Unconfirmed(NamedTuple):
    """One event that sent payments of which some are not confirmed; ``steps`` is how much of it, ``days`` since when."""

    decision: int
    source: str
    id: str
    occurred_at: int
    days: int
    steps: int
    unit: str

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON values."""
        named = {name: value for name, value in self._asdict().items() if name not in ("steps", "unit")}
        return {**named, "occurred_at": iso(self.occurred_at), "quantity": format_steps(self.steps, self.unit)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One batch: its life in each unit, whether its owner closed it, and what was sent and not confirmed, the oldest first.

    ``reported`` are the stages of which anything was booked; the 0 of any other is no figure.
    """

    key: BatchKey
    lives: Mapping[str, PaymentLife]
    reported: Mapping[str, Sequence[str]]
    is_closed: bool
    unconfirmed: tuple[Unconfirmed, ...] = ()

    def to_json(self, *, with_kind: bool) -> dict[str, Any]:
        """Return the batch as JSON values."""
        kind = {"simulated": self.key.simulated} if with_kind else {}
        oldest: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in self.unconfirmed:
            oldest[event.unit].append(event.to_json())
        return {
            "batch": self.key.batch,
            "programme": self.key.programme,
            "destination": self.key.destination,
            **kind,
            "closed": self.is_closed,
            "units": [
                {
                    "unit": unit,
                    "reported": self.reported[unit],
                    **{stage: format_steps(steps, unit) for stage, steps in life.stages.items()},
                    "delivered": format_steps(life.delivered, unit),
                    "undelivered": None if life.undelivered is None else format_steps(life.undelivered, unit),
                    "open": {state: format_steps(steps, unit) for state, steps in life.open.items()},
                    "status": life.status,
                    "complete": life.is_complete,
                    "unconfirmed": oldest[unit][:OLDEST],
                    "unconfirmed_events": len(oldest[unit]),
                }
                for unit, life in self.lives.items()
            ],
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BatchesAnswer:
    """The batches, the booking that they hold for, and the moment from which ages are counted back."""

    as_of: AsOf
    at: int
    shows_simulated: bool
    rows: tuple[BatchRow, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {"as_of": self.as_of.to_json(), "ages_at": iso(self.at), "rows": [row.to_json(with_kind=self.shows_simulated) for row in self.rows]}


def batches(
    connection: sa.Connection,
    wanted: CellFilter,
    *,
    now: datetime.datetime,
    ancestors: Callable[[str], Collection[str]] = lambda programme: (programme,),
    names: Collection[str] = (),
    older_than: int | None = None,
) -> BatchesAnswer:
    """Return the batches of ``wanted`` (programmes, destinations), or those named; ages of a past answer are those of then.

    With ``older_than`` only batches with something sent so many days ago, or more, and not confirmed; and only that of them.
    """
    as_of = resolve(connection, wanted.as_of)
    at = _ages_at(wanted.as_of, as_of, milliseconds(now))
    asked = {name if name.startswith(BATCH_PREFIX) else BATCH_PREFIX + name for name in names}
    closed = _closed(connection, as_of)
    rows = []
    for key, sums in sorted(_sums(connection, wanted, as_of, asked).items()):
        lives = _lives(sums)
        waiting = [one for unit, life in lives.items() if life.open["sent"] for one in _unconfirmed(connection, key, unit, life.open["sent"], as_of, at)]
        is_closed = any((programme, key.destination, key.batch) in closed for programme in ancestors(key.programme))
        if older_than is not None:
            waiting = [one for one in waiting if one.days >= older_than]
            if not waiting:
                continue
        reported = {unit: [stage for stage in STAGES if stage in sums[unit]] for unit in lives}
        rows.append(BatchRow(key=key, lives=lives, reported=reported, is_closed=is_closed, unconfirmed=tuple(waiting)))
    return BatchesAnswer(as_of=as_of, at=at, shows_simulated=wanted.shows_simulated, rows=tuple(rows))


def _ages_at(asked: int | datetime.datetime | None, as_of: AsOf, now: int) -> int:
    if isinstance(asked, datetime.datetime):
        return min(milliseconds(asked), now)
    return now if asked is None else as_of.booked_at or 0


def _sums(connection: sa.Connection, wanted: CellFilter, as_of: AsOf, asked: Collection[str]) -> Mapping[BatchKey, dict[str, dict[str, int]]]:
    """Return per batch and unit the sum of each stage."""
    if as_of.is_head:
        table = schema.batches
        query = sa.select(table)
    else:
        table = schema.batch_history
        last = (
            sa.select(*_KEY, _history.measure, _history.unit, sa.func.max(_history.booking).label("booking"))
            .where(_history.booking <= as_of.booking)
            .group_by(*_KEY, _history.measure, _history.unit)
            .subquery()
        )
        query = sa.select(table).join(last, sa.and_(*(table.c[column.name] == column for column in last.c)))
    for name in ("programme", "destination"):
        if name in wanted.values:
            query = query.where(table.c[name].in_(sorted(wanted.values[name])))
    if asked:
        query = query.where(table.c.batch.in_(sorted(asked)))
    if wanted.simulated != {True, False}:
        query = query.where(table.c.simulated.is_(True in wanted.simulated))
    found: dict[BatchKey, dict[str, dict[str, int]]] = {}
    for row in connection.execute(query):
        units = found.setdefault(BatchKey(row.batch, row.programme, row.destination, bool(row.simulated)), {})
        units.setdefault(row.unit, {})[row.measure] = row.steps
    return found


def _lives(sums: Mapping[str, Mapping[str, int]]) -> dict[str, PaymentLife]:
    lives: dict[str, PaymentLife] = {}
    # Payments before money.
    for unit, stages in sorted(sums.items(), key=lambda item: (item[0] != "payment", item[0])):
        known = {stage: steps for stage, steps in stages.items() if stage in STAGES}
        lives[unit] = PaymentLife(**known, returned_confirmed=stages.get(UNDELIVERED, 0))
    return lives


def _unconfirmed(connection: sa.Connection, key: BatchKey, unit: str, waiting: int, as_of: AsOf, at: int) -> Iterator[Unconfirmed]:
    """Yield the events whose payments wait, the oldest first: the newest sent make up what waits."""
    by_root = _by_root(connection, _stage_members(connection, key, "sent", unit, as_of))
    decisions = schema.decisions.c
    sent: list[tuple[int, int, str, str]] = []
    for numbers in _stretches(by_root):
        query = sa.select(decisions.occurred_at, decisions.number, decisions.source, decisions.event_id).where(decisions.number.in_(numbers))
        sent += [(row.occurred_at, row.number, row.source, row.event_id) for row in connection.execute(query)]
    found: list[Unconfirmed] = []
    for occurred_at, number, source, event_id in sorted(sent, reverse=True):
        steps = min(waiting, by_root[number])
        if steps > 0:
            waiting -= steps
            days = max(0, at - occurred_at) // _DAY_MS
            found.append(Unconfirmed(number, source, event_id, occurred_at, days, steps, unit))
    yield from reversed(found)


def _stage_members(connection: sa.Connection, key: BatchKey, measure: str, unit: str, as_of: AsOf) -> Iterator[tuple[int, int]]:
    query = sa.select(_history.members).where(
        *(column == value for column, value in zip(_KEY, key, strict=True)),
        _history.measure == measure,
        _history.unit == unit,
        _history.booking <= as_of.booking,
    )
    for members in connection.execute(query).scalars():
        yield from _members.decode(members)


def _by_root(connection: sa.Connection, members: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the increments by the event that they belong to."""
    increments = _summed(members)
    by_root: dict[int, int] = defaultdict(int)
    for numbers in _stretches(increments):
        for number, root in roots_of(connection, numbers).items():
            by_root[root] += increments[number]
    return by_root


def _summed(members: Iterable[tuple[int, int]]) -> dict[int, int]:
    increments: dict[int, int] = defaultdict(int)
    for number, steps in members:
        increments[number] += steps
    return increments


def _stretches(numbers: Iterable[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def _closed(connection: sa.Connection, as_of: AsOf) -> set[tuple[str, str, str]]:
    """Return (programme, destination, batch) of every batch that was closed by name."""
    decisions = schema.decisions.c
    query = (
        sa.select(decisions.raw, decisions.headers)
        .join_from(schema.links, schema.decisions, decisions.number == schema.links.c.number)
        .where(schema.links.c.kind == "reference", decisions.type == _CLOSED, decisions.disposition == "accepted", decisions.booking <= as_of.booking)
    )
    found: set[tuple[str, str, str]] = set()
    for raw, headers in connection.execute(query):
        event = decode(bytes(raw), headers_from_text(headers))
        assert isinstance(event, PeriodClosed), "the type of a decision is that of its bytes"
        if event.data.batches is not UNSET:
            found |= {(event.data.programme, event.data.country, batch) for batch in event.data.batches}
    return found
