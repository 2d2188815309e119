"""The ledger consumer as a process: reads the environment, books until told to stop, publishes what was booked.

Exits with 0 after SIGTERM or SIGINT, with 1 when the state is not what it must be, with 2 for wrong settings.
"""

import os
import signal
import sys
import threading
from types import FrameType
from typing import Final

import structlog
from kafka.errors import KafkaError

from consumers.database import open_database
from consumers.ledger.ledger import Ledger, prepare_ledger
from consumers.ledger.log_check import refuse_if_behind
from consumers.ledger.publisher import Publisher
from consumers.ledger.source import Source
from consumers.ledger.worker import BatchLimits, LedgerWorker
from deploy import crashpoints
from deploy.monitoring import server
from deploy.monitoring.instruments import Instruments
from deploy.monitoring.ledger_side import LedgerCounters, ledger_health, read_ledger
from deploy.workers.collector import collect_rarely
from deploy.workers.log import configure_log
from deploy.workers.variables import number, required
from models.errors import ConfigurationError, SalurError

FAILED: Final = 1
USAGE_ERROR: Final = 2
_SWITCH_SECONDS: Final = 0.0005

log = structlog.get_logger()


def main() -> None:
    """Run until stopped."""
    configure_log(os.environ.get("SALUR_LOG_LEVEL", "INFO"), worker="ledger")
    try:
        code = _run()
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        code = USAGE_ERROR
    except (SalurError, KafkaError) as error:
        log.error("ledger_stopped", reason=str(error), error=type(error).__name__)  # noqa: TRY400 - expected: the sentence says it all
        code = FAILED
    sys.stderr.flush()
    # Not sys.exit: a publisher that waits for Kafka must not keep a failed process alive.
    os._exit(code)


def _run() -> int:
    environ = os.environ
    bootstrap_servers = required(environ, "SALUR_BOOTSTRAP_SERVERS")
    engine = open_database(required(environ, "SALUR_DATABASE_URL"))
    points = crashpoints.from_environment(environ)
    limits = BatchLimits(max_events=int(number(environ, "SALUR_BATCH_MAX_EVENTS", 5_000)))
    prepare_ledger(engine, partitions=int(number(environ, "SALUR_PARTITIONS", 4)))
    refuse_if_behind(engine, bootstrap_servers=bootstrap_servers)
    publisher = Publisher(engine, bootstrap_servers=bootstrap_servers, points=points)
    ledger = Ledger(engine, points=points)
    source = Source(bootstrap_servers=bootstrap_servers, positions=ledger.positions, prepare=ledger.prepare, max_records=limits.max_events)
    instruments = Instruments("ledger")
    worker = LedgerWorker(ledger, source, limits=limits, points=points, on_booked=lambda _record: publisher.wake(), watch=LedgerCounters(instruments))
    read_ledger(instruments, publisher.progress, source)
    server.serve_if_asked(environ, instruments, ledger_health(worker.progress, publisher.progress, source))
    collect_rarely()
    # Every row that SQLite inserts gives the interpreter away; Kafka's threads must not keep it for long.
    sys.setswitchinterval(_SWITCH_SECONDS)
    thread = _start(publisher)
    _stop_on_signals(worker)
    worker.run()
    publisher.stop()
    thread.join(timeout=10)
    source.close()
    engine.dispose()
    return 0


def _start(publisher: Publisher) -> threading.Thread:
    def run() -> None:
        try:
            publisher.run()
        except BaseException as error:
            # Without its publisher a ledger would look healthy while nothing reached the tables.
            log.exception("publisher_stopped", error=type(error).__name__)
            sys.stderr.flush()
            os._exit(FAILED)

    thread = threading.Thread(target=run, name="publisher", daemon=True)
    thread.start()
    return thread


def _stop_on_signals(worker: LedgerWorker) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    main()
