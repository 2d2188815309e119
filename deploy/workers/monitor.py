"""The monitor as a process: reads the environment, looks at the stack until told to stop, serves what it sees, and tells partners what was refused.

Exits with 0 after SIGTERM or SIGINT, with 1 when something unexpected ended a loop, with 2 for wrong settings.
"""

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Final

import structlog

from consumers.database import open_database, open_for_reading
from consumers.reconcile.verdicts import keep
from deploy.monitoring import server
from deploy.monitoring.instruments import Instruments
from deploy.monitoring.monitor import Monitor
from deploy.monitoring.notices_side import notifier_of
from deploy.workers.log import configure_log
from deploy.workers.variables import required
from models.errors import ConfigurationError

FAILED: Final = 1
USAGE_ERROR: Final = 2

log = structlog.get_logger()


def main() -> None:
    """Run until stopped."""
    configure_log(os.environ.get("SALUR_LOG_LEVEL", "INFO"), worker="monitor")
    try:
        _run(os.environ)
        code = 0
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        code = USAGE_ERROR
    sys.stderr.flush()
    # Not sys.exit: a look that waits for Kafka must not keep a stopped process alive.
    os._exit(code)


def _run(environ: Mapping[str, str]) -> None:
    engine = open_for_reading(required(environ, "SALUR_DATABASE_URL"))
    writing = open_database(required(environ, "SALUR_DATABASE_URL"))
    monitor = Monitor(engine, required(environ, "SALUR_BOOTSTRAP_SERVERS"), keep=functools.partial(keep, writing))
    instruments = Instruments("monitor")
    instruments.read_at_scrape(monitor.readings)
    server.serve_if_asked(environ, instruments, monitor.health())
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        monitor.stop()
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for name, loop in (("collect", monitor.collect_forever), ("reconcile", monitor.reconcile_forever), ("notices", notifier_of(environ, instruments).run)):
        _start(name, loop)
    stopped.wait()


def _start(name: str, loop: Callable[[], None]) -> None:
    def run() -> None:
        try:
            loop()
        except BaseException as error:
            # A monitor of which half is dead would show old figures as if they were new.
            log.exception("monitor_stopped", loop=name, error=type(error).__name__)
            sys.stderr.flush()
            os._exit(FAILED)

    threading.Thread(target=run, name=name, daemon=True).start()


if __name__ == "__main__":
    main()
