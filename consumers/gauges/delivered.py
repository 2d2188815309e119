"""What was delivered, what is under way, what came back, and what is shown by evidence; never of simulated partners.

Sums by programme, destination and unit, from the figures of the ledger. Prometheus knows floating-point numbers only,
so these are for watching; exact figures are the answers' business.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from models import metrics, schema
from models.cells import DISBURSEMENTS, STOCK, UNKNOWN
from models.measures import DELIVERED, EVIDENCED, EVIDENCED_LATER, UNDELIVERED
from models.metrics import Reading
from models.units import UNITS

_BY_PARTNER: Final = 1
_SENT: Final = "sent"
_CONFIRMED: Final = "confirmed"
_SETTLING: Final = (_CONFIRMED, "failed", "returned")
_MEASURES: Final = (*sorted(DELIVERED), _SENT, "failed", "returned", UNDELIVERED, EVIDENCED, EVIDENCED_LATER)
_JAKARTA: Final = ZoneInfo("Asia/Jakarta")


class _Place(NamedTuple):
    programme: str
    destination: str
    unit: str


def delivery_readings(connection: sa.Connection) -> Iterator[Reading]:
    """Yield the sums of deliveries and payments."""
    sums = _sums(connection)
    waiting = dict(sorted(_waiting_since(connection).items()))
    for place, of_place in sorted(sums.items()):
        yield from _delivered(place, of_place)
        if "returned" in of_place:
            yield Reading(metrics.RETURNED, place, _quantity(of_place["returned"], place.unit))
        if _SENT in of_place:
            yield Reading(metrics.SENT_UNCONFIRMED, place, _quantity(_unconfirmed(of_place), place.unit))
        if place in waiting:
            yield Reading(metrics.SENT_UNCONFIRMED_SINCE, place, waiting[place])


def stock_readings(connection: sa.Connection) -> Iterator[Reading]:
    """Yield goods on hand, and how many stocks are below nothing."""
    cells = schema.cells.c
    on_hand = [cells.table_name == STOCK, cells.measure == "on-hand", cells.simulated.is_(False)]
    found: dict[tuple[str, str, str], int] = {}
    negative: dict[str, int] = {}
    for holder, item, unit, steps in connection.execute(sa.select(cells.holder, cells.item, cells.unit, cells.steps).where(*on_hand)):
        found[holder, item, unit] = found.get((holder, item, unit), 0) + steps
        # What nobody in particular holds is no stock that could run out.
        if holder not in {"", UNKNOWN}:
            negative[holder] = negative.get(holder, 0) + (1 if steps < 0 else 0)
    for place, steps in sorted(found.items()):
        yield Reading(metrics.STOCK, place, _quantity(steps, place[-1]))
    for holder, count in sorted(negative.items()):
        yield Reading(metrics.STOCK_NEGATIVE, (holder,), count)


def _sums(connection: sa.Connection) -> dict[_Place, dict[str, int]]:
    figures = schema.figures.c
    query = sa.select(figures.programme, figures.destination, figures.unit, figures.measure, figures.steps)
    wanted = (figures.level == _BY_PARTNER, figures.simulated.is_(False), figures.measure.in_(_MEASURES))
    sums: dict[_Place, dict[str, int]] = {}
    for *key, measure, steps in connection.execute(query.where(*wanted)):
        of_place = sums.setdefault(_Place(*key), {})
        of_place[measure] = of_place.get(measure, 0) + steps
    return sums


def _delivered(place: _Place, sums: Mapping[str, int]) -> Iterator[Reading]:
    whole = 0
    for measure in sorted(DELIVERED & sums.keys()):
        whole += sums[measure]
        stayed = sums[measure] - (sums.get(UNDELIVERED, 0) if measure == _CONFIRMED else 0)
        yield Reading(metrics.DELIVERED, (place.programme, place.destination, measure, place.unit), _quantity(stayed, place.unit))
    if whole > 0:
        shown = sums.get(EVIDENCED, 0) + sums.get(EVIDENCED_LATER, 0)
        yield Reading(metrics.EVIDENCE, place, shown / whole)


def _unconfirmed(sums: Mapping[str, int]) -> int:
    # What came back after it was confirmed had been settled before.
    settled = sum(sums.get(measure, 0) for measure in _SETTLING) - sums.get(UNDELIVERED, 0)
    return max(0, sums[_SENT] - settled)


def _waiting_since(connection: sa.Connection) -> dict[_Place, float]:
    """Return the day on which the oldest payment was sent that waits, taking it that the oldest are settled first."""
    cells = schema.cells.c
    keys = (cells.programme, cells.destination, cells.unit)
    measures = (_SENT, *_SETTLING, UNDELIVERED)
    wanted = (cells.table_name == DISBURSEMENTS, cells.simulated.is_(False), cells.measure.in_(measures))
    sent: dict[_Place, dict[str, int]] = {}
    settled: dict[_Place, int] = {}
    rows: Any = connection.execute(sa.select(*keys, cells.measure, cells.day, cells.steps).where(*wanted))
    for *key, measure, day, steps in rows:
        place = _Place(*key)
        if measure == _SENT:
            days = sent.setdefault(place, {})
            days[day] = days.get(day, 0) + steps
        else:
            settled[place] = settled.get(place, 0) + (-steps if measure == UNDELIVERED else steps)
    return {place: since for place, days in sent.items() if (since := _first_open(days, settled.get(place, 0))) is not None}


def _first_open(days: Mapping[str, int], settled: int) -> float | None:
    total = 0
    for day in sorted(days):
        total += days[day]
        if total > settled:
            return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(), _JAKARTA).timestamp()
    return None


def _quantity(steps: int, unit: str) -> float:
    known = UNITS.get(unit)
    return float(steps) if known is None else steps / 10**known.decimals
