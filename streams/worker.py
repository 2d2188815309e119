"""One worker process: puts the application together, runs it, and says with its exit code how it ended.

0: stopped by a signal, everything folded is written. 1: crashed; whoever supervises it starts it again. 3: Kafka is
not reachable. The crash is the answer to everything unexpected: nothing that matters is in memory only.
"""

import asyncio
import contextlib
import dataclasses
import signal
import time
from collections.abc import Callable
from typing import Final

import faust
import structlog
import uvloop
from aiokafka.errors import KafkaConnectionError

from models.crashpoints import NO_CRASH_POINTS, CrashPoints
from models.errors import IntegrityError, SalurError, StalePosition
from models.topics import ENTRIES
from streams import app as application
from streams import tables, transport
from streams.progress import NoTallyWatch, Progress, StallWatch, TallyWatch
from streams.sensor import RebalanceSensor
from streams.settings import StreamSettings
from streams.tallies import Tallies

log: Final = structlog.get_logger("streams.worker")

STOPPED: Final = 0
CRASHED: Final = 1
UNREACHABLE: Final = 3
STOP_TIMEOUT_SECONDS: Final = 10.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Who is told what happens, and what is called with the progress once there is one."""

    watch: TallyWatch
    on_start: Callable[[Progress], None]


def run(settings: StreamSettings, crash_points: CrashPoints = NO_CRASH_POINTS, *, watched: Watched | None = None) -> int:
    """Run a worker until a signal or a crash; return the exit code.

    The consumer's thread may outlive a crash, so the caller ends the process with this code at once.
    """
    # The consumer's thread makes its own loop from the policy.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    return asyncio.run(serve(settings, crash_points, watched))


def compose(settings: StreamSettings, crash_points: CrashPoints, watch: TallyWatch | None = None) -> tuple[faust.App, Tallies]:
    """Return the application with its tables, its transport and its one agent; nothing is started."""
    app = application.build(settings)
    application.check(app)
    store = tables.declare(app, partitions=settings.partitions)
    tallies = Tallies(app, store, settings, crash_points, watch)
    app.sensors.add(RebalanceSensor(watch or NoTallyWatch()))
    transport.install(app, start_offsets=tallies.start_partitions)
    entries = app.topic(ENTRIES, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    async def fold(stream: faust.StreamT[bytes]) -> None:
        await tallies.fold(stream)

    async def on_partitions_revoked(*_: object, **__: object) -> None:
        await tallies.discard()

    app.agent(entries, name="fold", concurrency=1)(fold)
    # Faust keeps receivers by weak reference unless told otherwise.
    app.on_partitions_revoked.connect(on_partitions_revoked, weak=False)
    return app, tallies


async def serve(settings: StreamSettings, crash_points: CrashPoints, watched: Watched | None = None) -> int:
    """Start the application, wait for its end, and stop it."""
    app, tallies = compose(settings, crash_points, watched.watch if watched else None)
    if watched is not None:
        watched.on_start(tallies.progress)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        tasks = [
            asyncio.create_task(coroutine, name=name)
            for name, coroutine in (
                ("signal", stopping.wait()),
                ("app", _run_app(app)),
                ("flush", tallies.flush_forever()),
                ("beat", tallies.beat_forever()),
                ("watch", watch(app, tallies, settings.stall_seconds)),
            )
        ]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        await _finish(tallies)
    except KafkaConnectionError as error:
        log.error("kafka_unreachable", bootstrap_servers=settings.bootstrap_servers, error=str(error))  # noqa: TRY400  the message says it all
        return UNREACHABLE
    except StalePosition as error:
        # Not stopped in good order: it would join the group again, only to leave it.
        log.error("crashed", error=str(error), kind=type(error).__name__)  # noqa: TRY400  the message says it all
        return CRASHED
    except SalurError as error:
        log.error("crashed", error=str(error), kind=type(error).__name__)  # noqa: TRY400  the message says it all
        await _stop(app)
        return CRASHED
    except Exception as error:
        log.exception("crashed", kind=type(error).__name__)
        await _stop(app)
        return CRASHED
    await _stop(app)
    log.info("stopped")
    return STOPPED


async def watch(app: faust.App, tallies: Tallies, stall_seconds: float) -> None:
    """Say each second how far the worker is (as debug), and crash when it is behind and stands still."""
    stall = StallWatch()
    warned_seconds = 0.0
    while True:
        await asyncio.sleep(1.0)
        progress = tallies.measure()
        progress.turned_at = time.monotonic()
        recovering = not progress.ready and bool(app.assignor.assigned_actives())
        done = (progress.records_applied, progress.flushes, progress.revocations, sum(filter(None, app.tables.recovery.active_offsets.values())))
        stalled = stall.stalled_seconds(done=done, behind=recovering or progress.lag > 0, now_seconds=asyncio.get_running_loop().time())
        progress.stalled_seconds = stalled
        log.debug("progress", ready=progress.ready, lag=progress.lag, records=progress.records_applied, entries=progress.entries_applied)
        if stalled >= stall_seconds:
            raise IntegrityError(f"nothing was applied for {stalled:.0f} s with {progress.lag} records to go", hint="it starts again from the watermarks")
        if stalled >= warned_seconds + 10.0:
            log.warning("stalled", seconds=round(stalled), lag=progress.lag, ready=progress.ready)
        warned_seconds = stalled if stalled < warned_seconds or stalled >= warned_seconds + 10.0 else warned_seconds


async def _run_app(app: faust.App) -> None:
    await app.start()
    log.info("started")
    await app.wait_until_stopped()
    raise app.crash_reason or IntegrityError("the application stopped by itself", hint="see the log lines before this one")


async def _finish(tallies: Tallies) -> None:
    """Write what is folded, within bounds: a broker that does not answer must not keep the process."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(tallies.flush(), timeout=STOP_TIMEOUT_SECONDS)


async def _stop(app: faust.App) -> None:
    """Leave the group, so that the partitions are taken over at once."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(app.stop(), timeout=STOP_TIMEOUT_SECONDS)
