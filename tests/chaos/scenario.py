"""One seeded chaos scenario: streams of events, faults while they flow, and the comparison of everything at the end."""

import contextlib
import dataclasses
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy.kafka.broker import LocalBroker
from deploy.sealing import seal
from models.errors import SalurError
from tests.chaos.clocks import Clocks
from tests.chaos.comparing import compare
from tests.chaos.database import Database, Sqlite
from tests.chaos.disk import SmallDisk
from tests.chaos.faults import Faults, Hurting, Say
from tests.chaos.pace import Pace, Quick
from tests.chaos.replays import kill_replays
from tests.chaos.report import Report
from tests.chaos.sending import Sender
from tests.chaos.stack import Stack
from tests.chaos.watching import Watcher
from tests.chaos.web_partners import WebPartners, tokens
from tests.workload import Mix, Workload

_TICK_SECONDS: Final = 0.5
_TOLD_SECONDS: Final = 10.0
_FEW: Final = 5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is run: ``web_events`` come over HTTP besides the ``events`` that are written to Kafka."""

    seed: int
    events: int
    faults: Faults
    web_events: int = 0
    seals: bool = False
    pace: Callable[[], Pace] = Quick


def run(
    folder: Path, broker: LocalBroker, scenario: Scenario, *, database: Database | None = None, disk: SmallDisk | None = None, say: Say = lambda _line: None
) -> Report:
    """Run one scenario in ``folder`` on a broker of its own; database and disk are started already."""
    started = time.monotonic()
    database = database or Sqlite(folder)
    faults, chance = scenario.faults, random.Random(scenario.seed)
    report = Report(events=scenario.events, web_events=scenario.web_events)
    workload = Workload(seed=scenario.seed, events=scenario.events, mix=Mix(variety=0.2))
    clocks = Clocks(folder / "clocks") if faults.clock_jumps else None
    pace = scenario.pace()
    stack = Stack(
        folder,
        broker,
        database_url=database.url,
        seed=scenario.seed,
        times=faults.crashes_per_point,
        batch_events=max(50, min(5_000, scenario.events // 400)),
        has_web=bool(scenario.web_events),
        seals=scenario.seals,
        clocks=clocks,
        due=pace.share,
        patience_seconds=min(240.0, max(20.0, pace.seconds / 15)),
    )
    report.problems += stack.kill_migrations(faults.crashes_per_point)
    with stack, contextlib.ExitStack() as more:
        watcher = more.enter_context(Watcher(stack, disk))
        partners = _partners(stack, scenario, pace)
        with Sender(stack.bootstrap_servers, workload) as sender:
            hurting = Hurting(stack, chance=chance, say=say, database=database, disk=disk, clocks=clocks)
            _hurt(hurting, stack, sender, partners, watcher, scenario=scenario, pace=pace, schedule=faults.schedule(chance), report=report, say=say)
            say("every fault happened; waiting until all is booked and folded")
            _settle(stack, sender, partners, scenario, report)
        report.problems += watcher.problems
        for found in (compare(stack, workload, partners, report, say=say), kill_replays(stack, faults.crashes_per_point, say=say)):
            try:
                report.problems += found
            except Exception:  # noqa: BLE001  after an hour the rest of the report is still wanted
                report.problems.append(traceback.format_exc())
    by_hand = Counter(mid_migration=faults.crashes_per_point, mid_rejected_replay=faults.crashes_per_point)
    report.crashes = dict(stack.reached() + by_hand)
    report.done = hurting.done
    report.resident_megabytes = watcher.resident_megabytes
    report.disk_megabytes = watcher.disk_megabytes
    report.seconds = time.monotonic() - started
    return report


def _partners(stack: Stack, scenario: Scenario, pace: Pace) -> WebPartners | None:
    if not scenario.web_events:
        return None
    folder = stack.folder / "spools"
    made = tokens(stack.database_url)
    partners = WebPartners(stack.web_url, made, folder=folder, seed=scenario.seed, events=scenario.web_events, seconds=pace.seconds)
    partners.start()
    return partners


def _hurt(
    hurting: Hurting,
    stack: Stack,
    sender: Sender,
    partners: WebPartners | None,
    watcher: Watcher,
    *,
    scenario: Scenario,
    pace: Pace,
    schedule: list[str],
    report: Report,
    say: Say,
) -> None:
    """Let every fault happen while events flow."""
    began, told, total = time.monotonic(), 0.0, len(schedule)
    while True:
        missing = stack.missing_crashes
        wanted = missing + len(schedule)
        sender.allow(pace.due(events=scenario.events, sent=sender.sent, wanted=wanted))
        if (not wanted and pace.share() >= 1.0) or sender.problem:
            return
        elapsed = time.monotonic() - began
        if elapsed > pace.seconds + scenario.faults.give_up_seconds:
            report.problems.append(f"not in time: {missing} crashes at named points, {len(schedule)} other faults")
            return
        if refused := [status.name for status in stack.supervisor.status() if status.state == "refused"]:
            report.problems.append(f"{', '.join(refused)} refused its settings; its last words:\n{stack.log_tail()}")
            return
        if schedule and len(schedule) > total * (1 - pace.share()):
            hurting.do(schedule.pop())
        _shake(stack, hurting)
        if elapsed - told >= _TOLD_SECONDS:
            told = elapsed
            say(_progress(elapsed, stack, sender, partners, watcher, wanted))


def _shake(stack: Stack, hurting: Hurting) -> None:
    """Give the workers time to reach their crash points; one that waits for a rebalance gets one."""
    time.sleep(_TICK_SECONDS)
    if not stack.missing_crashes:
        return
    if "mid_revoke" in stack.tally_crashes.wanted_now() and stack.tally_crashes.is_behind(after_seconds=3.0):
        hurting.restart(stack.tallies)
    stack.start_late_ones_anew()


def _progress(elapsed: float, stack: Stack, sender: Sender, partners: WebPartners | None, watcher: Watcher, wanted: int) -> str:
    minutes, seconds = divmod(int(elapsed), 60)
    kills = sum(stack.reached().values())
    names = f" ({', '.join(stack.wanted_now())})" if wanted <= _FEW else ""
    web = f", {len(partners.receipts):,} receipts" if partners else ""
    return (
        f"{minutes:3}:{seconds:02}  {sender.sent:,} of {sender.allowed:,} sent{web}, {watcher.booked:,} decided, "
        f"{kills} killed at named points, {wanted} faults to come{names}, disk {watcher.disk_megabytes} MB"
    )


def _settle(stack: Stack, sender: Sender, partners: WebPartners | None, scenario: Scenario, report: Report) -> None:
    """I10: once the faults stop, everything comes to rest in bounded time, and alone."""
    try:
        sender.wait_for(scenario.events, seconds=scenario.faults.give_up_seconds)
        if partners:
            partners.finish(seconds=scenario.faults.give_up_seconds)
        stack.wait_until_drained(seconds=scenario.faults.give_up_seconds)
    except TimeoutError as error:
        report.problems.append(f"{error}; the workers' last words:\n{stack.log_tail()}")
    if scenario.seals:
        try:
            seal(stack.database_url, stack.data)
        except SalurError as error:
            report.problems.append(f"the last seal cannot be made: {error}")
