"""The processes: whether each that should run is there and ready, in its own words, and whether events flow through them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

import sqlalchemy as sa

from consumers.database import open_for_reading
from consumers.kafka_reading import reader
from consumers.tables.coverage import coverage
from consumers.tables.reader import TablesReader
from consumers.verdicts import unbooked
from deploy import holding, running
from deploy.doctor.finding import Eyes, Finding
from deploy.doctor.kafka_side import RUN_HINT, ends
from deploy.groups import LEDGER_GROUP, TALLIES_GROUP, groups
from deploy.monitoring import asking
from deploy.settings import worker_urls_of
from deploy.stack import LOGS, MONITOR

LOOK_AGAIN_SECONDS: Final = 2.0
"""Between two looks at something that waits: who works has moved by then."""


def look_at_workers(eyes: Eyes) -> Iterator[Finding]:
    """Ask every process of the stack on this machine, or those that the settings name; without any, only Kafka can say who has joined."""
    settings = eyes.settings
    stack = running.read(settings.data_dir)
    if settings.worker_urls is not None and not running.is_claimed(settings.data_dir):
        yield from _named(worker_urls_of(settings.worker_urls))
        return
    if stack is None or not stack.workers:
        yield from _joined(eyes)
        return
    if not running.is_claimed(settings.data_dir):
        found = f"{settings.data_dir / running.FILE} was left by a stack that was killed"
        yield Finding(name="Workers", state="wrong", found=found, fix=RUN_HINT.format(data_dir=settings.data_dir))
        return
    logs = settings.data_dir / LOGS
    held = [kind for kind in holding.KINDS if holding.is_held(settings.data_dir, kind)]
    problems = [(name, found) for name, found in _problems(stack) if not _rests(name, held)]
    for name, found in problems:
        fix = f"look at {logs / f'{name}.log'}; `salur up` starts it again by itself" if name != "kafka" else f"look at {logs.parent / 'kafka' / 'broker.log'}"
        yield Finding(name="Workers", state="wrong", found=found, fix=fix)
    if held:
        found = f"{', '.join(held)} workers rest, because a command asked for it"
        yield Finding(name="Workers", state="notice", found=found, fix="they go on when that command (salur rebuild) ends")
    if not problems and not held:
        yield Finding(name="Workers", state="fine", found=f"ready: {', '.join(sorted(stack.workers))}")


def look_at_ledger_lag(eyes: Eyes) -> Iterator[Finding]:
    """Look at what waits to be booked, twice if something does: who works has moved meanwhile."""
    settings = eyes.settings
    servers, url = running.addresses(settings)

    def waiting() -> tuple[int, int]:
        with reader(servers) as consumer:
            until = ends(consumer)
        engine = open_for_reading(url)
        try:
            with engine.connect() as connection, connection.begin():
                left = unbooked(connection, until)
                return left, sum(until.values()) - left
        finally:
            engine.dispose()

    before, after = _twice(eyes, waiting)
    if not after[0]:
        yield Finding(name="Booking", state="fine", found="everything is booked")
    elif after[1] > before[1]:
        yield Finding(name="Booking", state="notice", found=f"{after[0]} events wait; {after[1] - before[1]} were booked while this looked", fix="wait")
    else:
        found = f"{after[0]} events wait, and none was booked for {LOOK_AGAIN_SECONDS:.0f} s"
        yield Finding(name="Booking", state="wrong", found=found, fix=_why(eyes, "ledger"))


def look_at_tables_lag(eyes: Eyes) -> Iterator[Finding]:
    """Look how far the tables are behind the ledger, twice if they are."""
    settings = eyes.settings
    servers, url = running.addresses(settings)
    engine = open_for_reading(url)
    try:
        with reader(servers) as consumer:
            tables = TablesReader(consumer)

            def behind() -> tuple[int, int]:
                snapshot = tables.snapshot()
                with engine.connect() as connection, connection.begin():
                    covered = coverage(connection, snapshot)
                return covered.head - covered.booking, covered.booking

            before, after = _twice(eyes, behind)
    finally:
        engine.dispose()
    found = f"hold booking {after[1]} of {after[0] + after[1]}"
    if not after[0]:
        yield Finding(name="Tables", state="fine", found=found)
    elif after[1] > before[1]:
        yield Finding(name="Tables", state="notice", found=found, fix="wait")
    else:
        fix = _why(eyes, "tallies") if _is_published(url) else _why(eyes, "ledger")
        yield Finding(name="Tables", state="wrong", found=f"{found}, and nothing was added for {LOOK_AGAIN_SECONDS:.0f} s", fix=fix)


def _twice(eyes: Eyes, look: Callable[[], tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return what is left and what is done, before and after a pause; without one if nothing is left."""
    before = look()
    if not before[0]:
        return before, before
    eyes.pause(LOOK_AGAIN_SECONDS)
    return before, look()


def _why(eyes: Eyes, kind: holding.Kind) -> str:
    """Return where to look for the reason why a kind of worker does nothing."""
    if running.is_claimed(eyes.settings.data_dir):
        return f"see Workers above, and {eyes.settings.data_dir / LOGS / f'{kind}-1.log'}"
    return f"start the {kind} workers"


def _is_published(url: str) -> bool:
    from models import schema  # noqa: PLC0415 - beside the one question that needs it

    engine = open_for_reading(url)
    try:
        with engine.connect() as connection, connection.begin():
            head = connection.execute(sa.select(schema.head.c.booking)).scalar() or 0
            return (connection.execute(sa.select(schema.publisher.c.published)).scalar() or 0) >= head
    finally:
        engine.dispose()


def _rests(name: str, held: Collection[holding.Kind]) -> bool:
    """Tell whether a process is away because a command asked for it: the monitor rests with the ledger's workers."""
    return name.rpartition("-")[0] in held or (name == MONITOR and "ledger" in held)


def _problems(stack: running.RunningStack) -> Iterator[tuple[str, str]]:
    """Yield each process that is not as it should be, with what is the matter."""
    for name, url in sorted(stack.workers.items()):
        said = asking.health(url)
        if name not in stack.processes:
            yield name, f"{name} does not run; it is started again after a pause that grows"
        elif said.state == "nobody":
            yield name, f"{name} (process {stack.processes[name]}) does not listen yet, or is gone"
        elif said.state == "silent":
            yield name, f"{name} (process {stack.processes[name]}) does not answer: it is stopped or hangs"
        elif said.state == "not ready":
            yield name, f"{name} is not ready: {'; '.join(said.why)}"


def _named(workers: Mapping[str, str]) -> Iterator[Finding]:
    """Ask the processes that something else started: systemd, or whoever runs containers."""
    problems = []
    for name, url in sorted(workers.items()):
        said = asking.health(url)
        match said.state:
            case "ready":
                continue
            case "not ready":
                problems.append(f"{name} is not ready: {'; '.join(said.why)}")
            case "silent":
                problems.append(f"{name} does not answer at {url}: it is stopped or hangs")
            case "nobody":
                problems.append(f"nobody listens at {url} as {name}")
    for found in problems:
        yield Finding(name="Workers", state="wrong", found=found, fix="look at its log where it runs (journalctl -u, kubectl logs), or mend SALUR_WORKER_URLS")
    if not problems:
        yield Finding(name="Workers", state="fine", found=f"ready: {', '.join(sorted(workers))}")


def _joined(eyes: Eyes) -> Iterator[Finding]:
    """Say which workers have joined Kafka's groups, wherever they run."""
    with groups(running.bootstrap_servers(eyes.settings)) as asked:
        states = asked.states([LEDGER_GROUP, TALLIES_GROUP])
    found = ", ".join(f"{group.name}: {group.members} ({group.state})" for group in states)
    if all(group.is_settled for group in states):
        yield Finding(name="Workers", state="fine", found=found)
    else:
        yield Finding(name="Workers", state="wrong", found=found, fix="start those that are missing: salur up, or their units")
