"""As of any booking, answers are what a plain fold of the decisions booked by then says; and the diff of any two adds up.

The oracle reads the postings and flags that each decision row carries, and adds them up in Python. It shares nothing
with the answers but the numbers of the cells.
"""

import datetime
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from consumers.answers.diff import diff
from consumers.answers.filters import CellFilter
from consumers.answers.flags import flags
from consumers.answers.tally import tally
from consumers.database import open_database
from models import schema
from tests.consumers.answers.conftest import Timed
from tests.consumers.ledger.desk import Desk, amendment, masks, payment, reversal
from tests.workload import Mix, Workload

EVENTS = 1_200
BOOKINGS = 60
MOMENTS = 200
PAIRS = 60
START = datetime.date(2020, 10, 15)
DELIVERIES = ("disbursements", "distributions", "services")


class Decided(NamedTuple):
    """What the oracle knows of one decision."""

    number: int
    booking: int
    disposition: str
    type: str
    occurred_at: int
    kind: str | None
    flags: list[str]
    postings: list[tuple[int, int]]


class Oracle:
    """Every decision and every cell, in plain Python."""

    def __init__(self, connection: sa.Connection) -> None:
        decisions, links = schema.decisions.c, schema.links.c
        query = (
            sa.select(
                decisions.number,
                decisions.booking,
                decisions.disposition,
                decisions.type,
                decisions.occurred_at,
                links.kind,
                decisions.flags,
                decisions.postings,
            )
            .join_from(schema.decisions, schema.links, links.number == decisions.number, isouter=True)
            .order_by(decisions.number)
        )
        self.decided = [Decided(*row[:6], json.loads(row.flags), json.loads(row.postings)) for row in connection.execute(query)]
        self.cells = {row["cell"]: dict(row) for row in connection.execute(sa.select(schema.cells)).mappings()}
        bookings = connection.execute(sa.select(schema.bookings.c.booking, schema.bookings.c.booked_at))
        self.booked_at: dict[int, int] = {row.booking: row.booked_at for row in bookings}

    def postings(self, first: int, last: int, keep: Callable[[dict[str, Any]], bool]) -> Iterator[tuple[Decided, dict[str, Any], int]]:
        for one in self.decided:
            if first < one.booking <= last:
                for number, steps in one.postings:
                    cell = self.cells[number]
                    if cell["table_name"] in DELIVERIES and not cell["simulated"] and keep(cell):
                        yield one, cell, steps

    def tally(self, booking: int, by: tuple[str, ...], keep: Callable[[dict[str, Any]], bool]) -> dict[tuple[str, ...], tuple[int, int]]:
        sums: Counter[tuple[str, ...]] = Counter()
        events: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
        for one, cell, steps in self.postings(0, booking, keep):
            group = (*(cell["day"][:7] if name == "month" else cell[name] for name in by), cell["measure"], cell["unit"])
            sums[group] += steps
            events[group].add(one.number)
        return {group: (sums[group], len(numbers)) for group, numbers in events.items()}

    def causes(self, first: int, last: int, known_at: int, keep: Callable[[dict[str, Any]], bool]) -> dict[tuple[str, str, str], int]:
        """Return the sums by (cause, measure, unit), zero ones too."""
        found: defaultdict[int, list[tuple[str, str, int]]] = defaultdict(list)
        told: dict[int, Decided] = {}
        for one, cell, steps in self.postings(first, last, keep):
            told[one.number] = one
            found[one.number].append((cell["measure"], cell["unit"], steps))
        sums: Counter[tuple[str, str, str]] = Counter()
        for number, increments in found.items():
            net: Counter[tuple[str, str]] = Counter()
            for measure, unit, steps in increments:
                net[measure, unit] += steps
            for (measure, unit), steps in net.items():
                sums[_cause(told[number], known_at, adds_nothing=not any(net.values())), measure, unit] += steps
        return dict(sums)


def _cause(one: Decided, known_at: int, *, adds_nothing: bool) -> str:
    if one.kind == "amendment" and adds_nothing:
        return "reclassification"
    if one.kind in ("amendment", "reversal"):
        return "correction"
    if one.type in ("salur.disbursement.returned.v1", "salur.disbursement.refunded.v1"):
        return "return"
    return "late" if one.occurred_at <= known_at else "new"


QUESTIONS: list[tuple[dict[str, frozenset[str]], tuple[str, ...]]] = [
    ({}, ("destination", "programme", "item")),
    ({}, ("partner", "month")),
    ({}, ()),
    ({"destination": frozenset({"TW", "ID"})}, ("day", "tranche")),
    ({"programme": frozenset({"bsu"})}, ("recipient_type",)),
    ({"measure": frozenset({"distributed", "confirmed"})}, ("unit",)),
    ({"measure": frozenset({"evidenced", "evidenced-later", "verified", "recipients.sex.f"})}, ("programme",)),
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give a ledger of many bookings with every kind of event, made once for all questions."""
    if request.param == "postgres":
        from tests.conftest import _fresh_database  # noqa: PLC0415 - only where there is a server

        urls = _fresh_database(request.getfixturevalue("postgres_url"))
    else:
        urls = iter([f"sqlite:///{tmp_path_factory.mktemp('oracle') / 'ledger.sqlite'}"])
    url = next(urls)
    engine = open_database(url)
    timed = Timed.at(Desk(engine))
    mix = Mix(corrections=0.15, variety=0.4)
    values = [message.value for message in Workload(seed=29, events=EVENTS, mix=mix)]
    for number, batch in enumerate(_batched(values, EVENTS // BOOKINGS)):
        timed.book((START + datetime.timedelta(days=number)).isoformat(), *batch, *_returns_and_moves(number))
    yield timed.desk
    engine.dispose()
    next(urls, None)


def _returns_and_moves(number: int) -> list[dict[str, Any]]:
    """Return what the workload has none of: payments that come back, and deliveries that turn out to have been elsewhere."""
    was = number - 7
    there, here = (masks(f"there-{at}", 10 + at, partner="kemnaker", country="HK", time="2020-10-01T00:00:00Z") for at in (number, was))
    events = [payment(f"paid-{number}", "confirmed", payments=20), there]
    if was >= 0:
        back = payment(f"back-{number}", "returned", payments=number % 20 + 1, reason="frozen", original=f"paid-{was}")
        moved = amendment(f"moved-{number}", f"there-{was}", {**here["data"], "country": "MY"}, partner="kemnaker")
        events += [back, moved] if number % 3 else [back, reversal(f"gone-{number}", f"there-{was}", partner="kemnaker")]
    return events


def _batched(values: list[bytes], size: int) -> Iterator[list[bytes]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _keep(values: dict[str, frozenset[str]]) -> Callable[[dict[str, Any]], bool]:
    """Return what a question is about: parts of people, and evidence, only where a measure is named."""
    return lambda cell: all(cell[name] in allowed for name, allowed in values.items()) and ("measure" in values or not _is_part(cell["measure"]))


def _is_part(measure: str) -> bool:
    return "." in measure or measure in {"evidenced", "evidenced-later", "verified"}


def test_the_ledger_has_something_of_everything(ledger: Desk) -> None:
    with ledger.engine.connect() as connection:
        oracle = Oracle(connection)
    accepted = [one for one in oracle.decided if one.disposition == "accepted"]
    assert len(oracle.booked_at) >= BOOKINGS
    assert len(accepted) > EVENTS // 2
    assert {one.kind for one in accepted} >= {None, "reversal", "amendment", "evidence", "verification"}


def test_an_answer_as_of_any_booking_is_a_fold_of_what_was_booked_by_then(ledger: Desk) -> None:
    chance = random.Random(41)
    with ledger.engine.connect() as connection:
        oracle = Oracle(connection)
        for _ in range(MOMENTS):
            booking = chance.randint(0, len(oracle.booked_at))
            values, by = chance.choice(QUESTIONS)
            answer = tally(connection, CellFilter(values=values, as_of=booking), by=by)
            shown = {(*row.group.values(), row.measure, row.unit): (row.steps, row.events) for row in answer.rows}
            grouped = tuple(name for name in by if name not in ("measure", "unit"))
            assert {key[: len(grouped)] + key[-2:]: value for key, value in shown.items()} == oracle.tally(booking, grouped, _keep(values)), (booking, by)


def test_an_answer_as_of_a_moment_is_that_of_the_last_booking_made_by_then(ledger: Desk) -> None:
    chance = random.Random(43)
    with ledger.engine.connect() as connection:
        oracle = Oracle(connection)
        times = sorted(oracle.booked_at.values())
        for _ in range(MOMENTS // 4):
            moment = chance.randint(times[0] - 86_400_000, times[-1] + 86_400_000)
            booking = max((number for number, at in oracle.booked_at.items() if at <= moment), default=0)
            asked = datetime.datetime.fromtimestamp(moment / 1000, datetime.UTC).replace(microsecond=moment % 1000 * 1000)
            answer = tally(connection, CellFilter(as_of=asked), by=())
            assert answer.as_of.booking == booking
            assert {(row.measure, row.unit): (row.steps, row.events) for row in answer.rows} == oracle.tally(booking, (), _keep({}))


def test_flags_as_of_any_booking_are_those_of_the_decisions_by_then(ledger: Desk) -> None:
    chance = random.Random(47)
    with ledger.engine.connect() as connection:
        oracle = Oracle(connection)
        simulated = {row.partner for row in connection.execute(sa.select(schema.cells.c.partner).where(schema.cells.c.simulated))}
        assert not simulated
        for booking in chance.choices(range(len(oracle.booked_at) + 1), k=20):
            counted = Counter(flag for one in oracle.decided if one.booking <= booking for flag in one.flags)
            assert {row.flag: row.events for row in flags(connection, CellFilter(as_of=booking), by=()).rows} == counted


def test_the_diff_of_any_two_bookings_adds_up_and_each_cause_is_right(ledger: Desk) -> None:
    chance = random.Random(53)
    seen: set[str] = set()
    with ledger.engine.connect() as connection:
        oracle = Oracle(connection)
        for _ in range(PAIRS):
            first, last = sorted(chance.choices(range(len(oracle.booked_at) + 1), k=2))
            values, _ = chance.choice(QUESTIONS)
            answer = diff(connection, CellFilter(values=values), first, last, limit=10, adding=True)
            assert answer.adds_up, (first, last)
            shown = {
                (cause, figure.figure.measure, figure.figure.unit): moved.steps
                for figure in answer.figures
                for cause, (moved, _events) in (figure.causes or {}).items()
            }
            assert shown == oracle.causes(first, last, oracle.booked_at.get(first, 0), _keep(values)), (first, last)
            seen |= {cause for cause, *_ in shown}
    assert seen == {"new", "late", "correction", "return", "reclassification"}
