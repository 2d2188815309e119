"""One seeded chaos scenario: a stream of events, faults while it flows, and the comparison of everything at the end."""

import dataclasses
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from kafka import KafkaProducer

from consumers.reconcile.reconcile import reconcile
from deploy.kafka.broker import LocalBroker
from models.registry import Registry
from models.topics import EVENTS
from tests.chaos import invariants
from tests.chaos.replays import kill_replays
from tests.chaos.stack import SESSION_SECONDS, Stack
from tests.workload import Message, Mix, Workload

_ACKNOWLEDGE_SECONDS: Final = 120


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How much goes wrong: kills at each crash point, and faults at random moments."""

    crashes_per_point: int = 1
    kills: int = 0
    broker_kills: int = 0
    stops: int = 0
    give_up_seconds: float = 600.0


@dataclasses.dataclass(slots=True, kw_only=True)
class Report:
    """What happened and what was found; ``problems`` is empty for a run that held."""

    events: int
    seconds: float = 0.0
    crashes: dict[str, int] = dataclasses.field(default_factory=dict)
    kills: int = 0
    broker_kills: int = 0
    stops: int = 0
    booking: int = 0
    problems: list[str] = dataclasses.field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        yield f"{self.events} events in {self.seconds:.0f} s, {self.booking} bookings"
        yield f"crash points: {', '.join(f'{name} {times}' for name, times in sorted(self.crashes.items())) or 'none'}"
        yield f"random kills {self.kills}, broker kills {self.broker_kills}, stops past the session {self.stops}"
        yield "table = ledger = log = oracle" if not self.problems else f"{len(self.problems)} problems"
        yield from self.problems


def run(folder: Path, broker: LocalBroker, *, seed: int, events: int, faults: Faults, say: Callable[[str], None] = lambda _line: None) -> Report:
    """Run one scenario in ``folder`` on a broker of its own."""
    started = time.monotonic()
    report = Report(events=events)
    workload = Workload(seed=seed, events=events, mix=Mix(variety=0.2))
    stack = Stack(folder, broker, seed=seed, times=faults.crashes_per_point, batch_events=max(50, events // 400))
    report.problems += stack.kill_migrations(faults.crashes_per_point)
    with stack:
        watcher = _PositionWatcher(stack)
        _hurt(stack, workload, faults=faults, chance=random.Random(seed), report=report, say=say)
        say("every fault happened; waiting until all is booked and folded")
        try:
            stack.wait_until_drained(seconds=faults.give_up_seconds)
        except TimeoutError as error:
            report.problems.append(f"{error}; the workers' last words:\n{stack.log_tail()}")
        watcher.stop()
        report.problems += watcher.problems
        report.problems += _compare(stack, workload, report)
        report.problems += kill_replays(stack, faults.crashes_per_point)
    by_hand = Counter(mid_migration=faults.crashes_per_point, mid_rejected_replay=faults.crashes_per_point)
    report.crashes = dict(stack.ledger_crashes.reached() + stack.tally_crashes.reached() + by_hand)
    report.seconds = time.monotonic() - started
    return report


def _hurt(stack: Stack, workload: Workload, *, faults: Faults, chance: random.Random, report: Report, say: Callable[[str], None]) -> None:
    """Send the whole stream in portions, so that every fault happens while events flow."""
    schedule = ["kill"] * faults.kills + ["broker"] * faults.broker_kills + ["stop"] * faults.stops
    chance.shuffle(schedule)
    messages = iter(workload)
    left = report.events
    deadline = time.monotonic() + faults.give_up_seconds
    with _producing(stack) as send:
        while left or stack.ledger_crashes.missing or stack.tally_crashes.missing or schedule:
            if time.monotonic() > deadline:
                report.problems.append(f"{stack.ledger_crashes.missing + stack.tally_crashes.missing} crash points were not reached in time")
                break
            wanted = stack.ledger_crashes.missing + stack.tally_crashes.missing + len(schedule)
            # The last portion is kept until the last fault, so that none happens to an idle stack.
            portion = left if not wanted else min(max(1, left // (wanted + 2)), max(1, left - 1))
            if left > 1 or not wanted:
                left -= send(list(islice(messages, portion)))
            if schedule:
                _fault(stack, schedule.pop(), chance, report, say)
            if wanted:
                _shake(stack, chance)
            say(f"{report.events - left} of {report.events} events sent, {wanted} faults to come")


def _fault(stack: Stack, kind: str, chance: random.Random, report: Report, say: Callable[[str], None]) -> None:
    name = chance.choice([*stack.ledgers, *stack.tallies])
    if kind == "broker":
        say("kill -9 of the broker")
        stack.restart_broker()
        report.broker_kills += 1
    elif kind == "stop":
        say(f"SIGSTOP of {name} past its session")
        stack.stop_for(name, 2 * SESSION_SECONDS)
        report.stops += 1
    else:
        say(f"kill -9 of {name}")
        stack.kill(name)
        report.kills += 1


def _shake(stack: Stack, chance: random.Random) -> None:
    """Give the workers time to reach their crash points; a tally worker that waits for a rebalance gets one."""
    time.sleep(0.5)
    missing = stack.tally_crashes.wanted_now()
    if "mid_revoke" in missing and chance.random() < 0.3:
        stack.supervisor.restart(chance.choice(stack.tallies))


def _compare(stack: Stack, workload: Workload, report: Report) -> list[str]:
    problems: list[str] = []
    with stack.reading.connect() as connection:
        problems += invariants.broken(connection, ends=stack.ends())
        intake = invariants.intake(connection)
        figures = invariants.figures(connection)
        report.booking = connection.exec_driver_sql("SELECT booking FROM head").scalar_one()
    problems += [f"oracle: {name} is {intake[name]}, expected {workload.intake[name]}" for name in intake if intake[name] != workload.intake[name]]
    for figure in set(figures) | set(workload.figures):
        if figures[figure] != workload.figures[figure]:
            problems.append(f"oracle: {figure} is {figures[figure]}, expected {workload.figures[figure]}")
    verdict = reconcile(stack.reading, stack.bootstrap_servers, registry=Registry.shipped())
    problems += [f"reconcile: {difference}" for difference in verdict.differences]
    if verdict.booking != verdict.head:
        problems.append(f"reconcile: compared at booking {verdict.booking}, but the ledger is at {verdict.head}")
    return problems


class _producing:  # noqa: N801 - used as a context manager, read as a verb
    """Gives a function that sends messages and returns how many, all of them acknowledged."""

    def __init__(self, stack: Stack) -> None:
        # A batch may be retried through a broker restart; the idempotent producer keeps it single and in order.
        self._producer = KafkaProducer(
            bootstrap_servers=stack.bootstrap_servers, linger_ms=5, compression_type="lz4", delivery_timeout_ms=600_000, max_block_ms=120_000
        )

    def __enter__(self) -> Callable[[list[Message]], int]:
        return self._send

    def __exit__(self, *_: object) -> None:
        self._producer.close()

    def _send(self, messages: list[Message]) -> int:
        futures = [self._producer.send(EVENTS, key=message.key, value=message.value) for message in messages]
        for future in futures:
            future.get(timeout=_ACKNOWLEDGE_SECONDS)
        return len(futures)


class _PositionWatcher:
    """I7: samples the positions all the time; one that went back is a problem."""

    def __init__(self, stack: Stack) -> None:
        self.problems: list[str] = []
        self._stack = stack
        self._seen: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop sampling."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            with self._stack.reading.connect() as connection:
                rows = connection.exec_driver_sql('SELECT "partition", next_offset FROM positions').all()
            for partition, offset in rows:
                if offset < self._seen.get(partition, 0):
                    self.problems.append(f"I7: position of partition {partition} went from {self._seen[partition]} to {offset}")
                self._seen[partition] = offset
