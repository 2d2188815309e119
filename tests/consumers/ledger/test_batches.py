"""The ledger's contract, part four: batches, restarts, workers and faults come to the same ledger."""

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.database import open_database
from consumers.ledger import booking, identity
from consumers.ledger.ledger import StaleBatch
from models import bookings, schema
from models.errors import Unreachable
from tests.consumers.ledger.desk import Desk, Inbox, amendment, annotation, masks, moved, payment, registered, reversal
from tests.workload import Mix, Workload

HARD = Mix(duplicates=0.15, conflicts=0.05, corrections=0.3, poison=0.05)
NewDesk = Callable[[Inbox], Desk]
PARTITION_KEYS = [("aid.events.v1", partition) for partition in range(4)]


def stream(seed: int, events: int) -> list[tuple[int, object]]:
    """Return partition and value of many records, some of them made to meet each other."""
    chance = random.Random(seed)
    field: list[object] = [message.value for message in Workload(seed=seed, events=events, mix=HARD)]
    field += [_meeting(chance) for _ in range(events)]
    chance.shuffle(field)
    return [(chance.randrange(4), value) for value in field]


def _meeting(chance: random.Random) -> object:
    """Return an event whose id, and the one it names, are among six."""
    one, other = f"e{chance.randrange(6)}", f"e{chance.randrange(6)}"
    original = {"original": other} if chance.random() < 0.7 else {}
    return chance.choice(
        [
            masks(one, chance.randint(1, 3)),
            reversal(one, other),
            amendment(one, other, masks("x", chance.randint(0, 3), item=chance.choice(["masker", "sembako"]))),
            annotation(one, other),
            moved(one, "dispatched", chance.randint(1, 5)),
            moved(one, "received", chance.randint(1, 5), **original),
            payment(one, "returned", original=other, reason="account_closed"),
            payment(one),
            registered(one, "item", {"code": f"barang-{chance.randrange(3)}", "unit": "piece"}),
        ]
    )


def inbox_of(records: list[tuple[int, object]]) -> Inbox:
    inbox = Inbox()
    for partition, value in records:
        inbox.put(value, partition=partition)
    return inbox


@pytest.fixture
def new_desk(tmp_path: Path) -> Iterator[NewDesk]:
    """Give a function that makes desks on databases of their own."""
    engines: list[sa.Engine] = []

    def make(inbox: Inbox) -> Desk:
        engines.append(open_database(f"sqlite:///{tmp_path / f'{len(engines)}.db'}"))
        return Desk(engines[-1], inbox=inbox)

    yield make
    for engine in engines:
        engine.dispose()


def book_all(desk: Desk, cuts: list[tuple[int, int]], restarts: set[int]) -> None:
    """Book the inbox by a plan of (partition, how many), restarting where it says; then whatever is left."""
    for index, (partition, count) in enumerate(cuts):
        if index in restarts:
            desk.restart()
        desk.book_next(only=[PARTITION_KEYS[partition]], at_most=count)
    while desk.inbox.after(desk.ledger.positions()) or desk.ledger.has_due:
        desk.book_next(at_most=7)


@pytest.mark.parametrize("seed", range(8))
def test_restarts_change_nothing(new_desk: NewDesk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same batches give the same rows everywhere, whatever a worker remembers: same roots, same record bytes."""
    chance = random.Random(seed)
    inbox = inbox_of(stream(seed, 40))
    monkeypatch.setattr(identity, "SEGMENT_CLAIMS", 8)
    monkeypatch.setattr(booking, "MAX_RELEASED", chance.choice([2, 1_000]))
    plan = [(chance.randrange(4), chance.randint(1, 12)) for _ in range(12)]
    whole, restarted = new_desk(inbox), new_desk(inbox)
    book_all(whole, plan, set())
    book_all(restarted, plan, {index for index in range(12) if chance.random() < 0.5})
    assert whole.state() == restarted.state()
    whole.check()
    restarted.restart()
    assert restarted.ledger.book([]) is None


@pytest.mark.parametrize("seed", range(8))
def test_how_a_partition_is_cut_into_batches_changes_nothing_but_bookings(new_desk: NewDesk, seed: int) -> None:
    """As long as nothing waits: what a held event meets when it is decided again depends on what came before the end of the batch."""
    chance = random.Random(seed)
    values = [message.value for message in Workload(seed=seed, events=60, mix=Mix(corrections=0.0, conflicts=0.1, duplicates=0.2, poison=0.1))]
    fixes = [amendment(f"m{number}", f"b{chance.randrange(5)}", masks("x", number)) for number in range(1, 10)]
    inbox = inbox_of([(0, value) for value in [*(masks(f"b{number}") for number in range(5)), *values, *fixes]])
    desks = [new_desk(inbox) for _ in range(2)]
    for desk in desks:
        book_all(desk, [(0, chance.randint(1, 30)) for _ in range(chance.randint(1, 10))], set())
        desk.check()
    one, other = ([row._replace(booking=0, postings=[]) for row in desk.rows] for desk in desks)
    assert one == other
    one_sums, other_sums = (desk.sums("destination", "item", "measure", "unit", "day") for desk in desks)
    assert one_sums == other_sums


def test_the_expected_figures_come_out_of_any_order_of_partitions(desk: Desk) -> None:
    workload = Workload(seed=7, events=600, mix=Mix(corrections=0.1))
    chance = random.Random(7)
    for message in workload:
        desk.inbox.put(message.value, partition=hash(message.key) % 4)
    while desk.inbox.after(desk.ledger.positions()):
        desk.book_next(only=[chance.choice(PARTITION_KEYS)], at_most=chance.randint(1, 80))
    desk.check()
    assert {name: desk.intake()[name] for name in workload.intake} == dict(workload.intake)
    steps = {(*key[:-1], key[-1]): total * (100 if key[-1] == "IDR" else 1) for key, total in workload.figures.items() if total}
    assert desk.sums("destination", "programme", "item", "measure", "unit") == steps


def test_the_same_stream_gives_the_same_ledger_on_each_database(desk: Desk, new_desk: NewDesk) -> None:
    inbox = inbox_of(stream(3, 80))
    plan = [(number % 4, 15) for number in range(12)]
    desk.inbox = inbox
    reference = new_desk(inbox)
    book_all(desk, plan, {3, 5})
    book_all(reference, plan, set())
    assert desk.state() == reference.state()


@pytest.mark.parametrize("seed", [1, 2])
def test_racing_workers_book_everything_once(desk: Desk, seed: int) -> None:
    """Both see every partition, as after a rebalance that one of them did not notice."""
    desk.inbox = inbox_of(stream(seed, 60))
    desks = [Desk(desk.engine, inbox=desk.inbox, migrate=False) for _ in range(3)]
    stale = threading.Event()
    all_have_read = threading.Barrier(len(desks), timeout=30)
    failures: list[BaseException] = []

    def work(worker: Desk, own: int) -> None:
        chance = random.Random(own)
        try:
            batches = worker.inbox.after(worker.ledger.positions(), at_most=9)
            all_have_read.wait()
            while batches:
                try:
                    worker.ledger.book(batches)
                except StaleBatch:
                    stale.set()
                batches = worker.inbox.after(worker.ledger.positions(), at_most=chance.randint(1, 9))
                batches = batches if chance.random() < 0.5 else batches[: chance.randint(1, 4)]
        except BaseException as error:  # noqa: BLE001 - reported below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(worker, number)) for number, worker in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert stale.is_set()
    while desks[0].ledger.has_due:
        desks[0].ledger.book([])
    desk.check()
    assert desk.intake()["received"] == 120


def test_workers_of_disjoint_partitions_take_turns(desk: Desk) -> None:
    desk.inbox = inbox_of(stream(9, 60))
    desks = [Desk(desk.engine, inbox=desk.inbox, migrate=False) for _ in range(2)]
    turn = 0
    while desk.inbox.after(desk.ledger.positions()):
        worker = desks[turn % 2]
        worker.book_next(only=PARTITION_KEYS[:2] if turn % 2 else PARTITION_KEYS[2:], at_most=11)
        turn += 1
    desk.restart()
    while desk.ledger.has_due:
        desk.ledger.book([])
    desk.check()


class Broken:
    """Crash points that raise instead of killing."""

    def __init__(self) -> None:
        self.at = ""

    def hit(self, name: str) -> None:
        if name == self.at:
            raise InjectedError


class InjectedError(Exception):
    """Not one of ours."""


POINTS = ("in_batch_before_insert", "after_insert_before_tally", "before_commit", "mid_correction")


@pytest.mark.parametrize("point", POINTS)
def test_a_booking_that_fails_leaves_nothing_and_can_be_made_again(engine: sa.Engine, point: str) -> None:
    broken = Broken()
    desk = Desk(engine, points=broken)
    desk.book(masks("a"), reversal("h", "later"), registered("i", "item", {"code": "sarung-tangan", "unit": "piece"}))
    before = desk.state()
    broken.at = point
    batch = (masks("b"), reversal("r", "a"), masks("later"), registered("j", "item", {"code": "kaos", "unit": "piece"}), b"{")
    with pytest.raises(InjectedError):
        desk.book(*batch)
    assert desk.state() == before
    broken.at = ""
    desk.book_next()
    assert desk.dispositions[3:] == ["accepted"] * 4 + ["rejected", "accepted"]
    desk.check()


def test_a_locked_database_is_unreachable_and_the_batch_is_booked_later(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    desk = Desk(engine)
    desk.book(masks("a"))
    impatient = sa.create_engine(engine.url, connect_args={"timeout": 0.05, "check_same_thread": False})
    sa.event.listen(impatient, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))

    @sa.event.listens_for(impatient, "connect")
    def _no_transactions_of_its_own(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]

    other = Desk(impatient, inbox=desk.inbox, migrate=False)
    with engine.begin():
        with pytest.raises(Unreachable):
            other.book(masks("b"))
        assert other.ledger.has_due  # it knows nothing until it has read again
    other.book_next()
    assert desk.intake()["accepted"] == 2
    desk.check()
    impatient.dispose()
    engine.dispose()


def test_a_full_disk_is_unreachable_and_the_batch_is_booked_later(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    desk = Desk(engine)
    desk.book(masks("first"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    @sa.event.listens_for(engine, "begin")
    def _limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + room[0]}")

    room = [2]
    desk.inbox.put(*(masks(f"e{number}", data={"activity": "ya " * 40}) for number in range(500)))
    with pytest.raises(Unreachable, match="full"):
        desk.book_next()
    assert desk.dispositions == ["accepted"]
    room[0] = 10**6
    desk.book_next()
    assert desk.intake()["accepted"] == 501
    desk.check()
    engine.dispose()


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_lost_connection_is_unreachable_wherever_it_is_lost(database_url: str) -> None:
    """Bulk loading goes past SQLAlchemy, and must be told apart all the same."""

    class Cutting:
        at = ""

        def hit(self, name: str) -> None:
            if name == self.at:
                with admin.connect() as connection:
                    connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )

    admin, engine, cutting = sa.create_engine(database_url), open_database(database_url), Cutting()
    desk = Desk(engine, points=cutting)
    desk.book(masks("a"))
    for point in POINTS:
        cutting.at = point
        desk.inbox.put(masks(f"b-{point}"), reversal(f"r-{point}", f"b-{point}"))
        with pytest.raises(Unreachable):
            desk.book_next()
        cutting.at = ""
        desk.book_next()
    assert desk.intake()["accepted"] == 1 + 2 * len(POINTS)
    desk.check()
    admin.dispose()
    engine.dispose()


@pytest.mark.parametrize("table", ["decisions", "cell_history", "bookings", "entry_records", "links", "overlaps", "identity_segments"])
def test_what_was_booked_cannot_be_changed_or_deleted(desk: Desk, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "SEGMENT_CLAIMS", 1)
    lines = [{"line": number, "item": "masker", "quantity": number, "unit": "piece", "lot": f"L{number}"} for number in (1, 2)]
    desk.book(masks("a", data={"lines": lines}), reversal("r", "a"))
    before = desk.state()
    column = next(iter(schema.metadata.tables[table].columns)).name
    for statement in (f'UPDATE "{table}" SET "{column}" = "{column}"', f'DELETE FROM "{table}"'):
        with desk.engine.connect() as connection:
            assert connection.exec_driver_sql(f'SELECT COUNT(*) FROM "{table}"').scalar_one()
            with pytest.raises(DBAPIError, match="append-only"):
                connection.exec_driver_sql(statement)
    assert desk.state() == before


def test_bookings_form_a_chain_and_name_what_they_took(desk: Desk) -> None:
    desk.book(masks("a"), masks("b"), partition=1)
    desk.book(reversal("r", "a"), partition=2)
    with desk.engine.connect() as connection:
        values = [row.record for row in connection.execute(sa.select(schema.bookings).order_by(schema.bookings.c.booking))]
    first, second = map(bookings.decode, values)
    assert [tuple(one) for one in first.ranges + second.ranges] == [("aid.events.v1", 1, 0, 2), ("aid.events.v1", 2, 0, 1)]
    assert (first.previous, second.previous) == (bookings.NO_BOOKING, bookings.record_hash(values[0]))
    assert (first.size, second.size) == (2, 3)


def test_the_time_of_bookings_never_goes_back(desk: Desk) -> None:
    times = iter([5_000, 4_000, 6_000])
    desk.ledger._clock = lambda: next(times)
    for name in "abc":
        desk.book(masks(name))
    with desk.engine.connect() as connection:
        assert list(connection.execute(sa.select(schema.bookings.c.booked_at).order_by(schema.bookings.c.booking)).scalars()) == [5_000, 5_000, 6_000]
