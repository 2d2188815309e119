"""The web process: reads the environment, serves the partners' intake until told to stop.

Exits with 0 after SIGTERM or SIGINT, with 1 when it cannot listen, with 2 for wrong settings.
"""

import functools
import gc
import importlib.resources
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
import uvicorn
from litestar import Litestar, Router

from consumers import access
from consumers.database import open_database, open_for_reading
from consumers.live.hub import Hub, from_kafka
from consumers.reads.place import open_read_log
from consumers.reads.writer import ReadLog
from consumers.web.application import LOOPBACK_NAMES, auditors, partners
from consumers.web.badge import stored
from consumers.web.fault import Fault
from consumers.web.files import Handed
from consumers.web.problems import KINDS
from deploy import status
from deploy.cli.remark_words import remark
from deploy.demo import fault
from deploy.handed import publisher_of, verifiers
from deploy.monitoring import server as server_of_metrics
from deploy.monitoring.instruments import Instruments
from deploy.monitoring.web_side import Timed
from deploy.web import verifying
from deploy.web.attended import attended_from
from deploy.web.auditors_door import AuditorsDoor
from deploy.web.binding import Binding, is_loopback, refuse_unsafe
from deploy.web.ledger_port import AccessPort, LedgerPort, UploadBook
from deploy.web.reads import AwaitedReads
from deploy.web.sending import Sending
from deploy.workers.log import configure_log
from deploy.workers.variables import number, required
from models.errors import ConfigurationError, Unreachable
from streams.docs import pages as docs
from streams.docs.wheel import ClientFiles
from streams.intake.application import application
from streams.intake.door import Door
from streams.intake.log import KafkaLog
from streams.intake.ports import Access, Ledger, Log
from streams.intake.receiving import Intake
from streams.kobo import routes as kobo
from streams.kobo.folder import Mappings
from streams.kobo.submission import submission_codes
from streams.uploads import routes as upload_routes
from streams.uploads.uploading import Uploads

FAILED: Final = 1
USAGE_ERROR: Final = 2
GRACE_SECONDS: Final = 12
_SWITCH_SECONDS: Final = 0.0005
_ALLOCATIONS_BEFORE_COLLECTING: Final = 20_000

log = structlog.get_logger()


def main() -> None:
    """Run until stopped."""
    configure_log(os.environ.get("SALUR_LOG_LEVEL", "INFO"), worker="web")
    try:
        code = _run(os.environ)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        code = USAGE_ERROR
    sys.stderr.flush()
    # Not sys.exit: a thread that waits for a database which is away must not keep a stopped process alive.
    os._exit(code)


def binding_from(environ: Mapping[str, str]) -> Binding:
    """Read where to listen. Raises ConfigurationError, naming the variable."""
    return Binding(
        host=environ.get("SALUR_WEB_HOST") or "127.0.0.1",
        port=int(number(environ, "SALUR_WEB_PORT", None)),
        certificate=environ.get("SALUR_WEB_TLS_CERTIFICATE", ""),
        key=environ.get("SALUR_WEB_TLS_KEY", ""),
    )


def _run(environ: Mapping[str, str]) -> int:
    binding = binding_from(environ)
    engine = open_for_reading(required(environ, "SALUR_DATABASE_URL"))
    with engine.connect() as connection, connection.begin():
        refuse_unsafe(binding, has_tokens=any(grant.is_in_force(_now()) for grant in access.all_grants(connection)))
    ledger = LedgerPort(engine)
    try:
        # Ids and code lists are read before the first partner waits for them.
        ledger.look(())
    except Unreachable as error:
        log.warning("ledger_unreachable", reason=str(error))
    base_url = (environ.get("SALUR_WEB_URL") or binding.url).rstrip("/")
    # Connections of its own here too: the live view asks again and again.
    hub = Hub(open_for_reading(required(environ, "SALUR_DATABASE_URL")), from_kafka(required(environ, "SALUR_BOOTSTRAP_SERVERS")))
    kafka = KafkaLog(required(environ, "SALUR_BOOTSTRAP_SERVERS"), acknowledge_seconds=number(environ, "SALUR_WEB_ACKNOWLEDGE_SECONDS", 10.0))
    app = whole_application(environ, binding, base_url, kafka=kafka, ledger=ledger, grants=AccessPort(engine), hub=hub)
    instruments = Instruments("web")
    timed = Timed(app, instruments)
    server_of_metrics.serve_if_asked(environ, instruments, timed.health(is_ready=lambda: kafka.is_connected))
    config = uvicorn.Config(
        timed,
        host=binding.host,
        port=binding.port,
        ssl_certfile=binding.certificate or None,
        ssl_keyfile=binding.key or None,
        access_log=False,
        log_config=None,
        server_header=False,
        # Headers of a proxy could be written by anybody: addresses are those of connections.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="on",
    )
    # Every call of the database gives the interpreter away, and requests wait for its answer: the loop must not keep it for long.
    sys.setswitchinterval(_SWITCH_SECONDS)
    _spare_the_collector()
    server = _Server(config, hub)
    for number_of_signal in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again once it has stopped in order; by then there is nothing left to be ended by it.
        signal.signal(number_of_signal, lambda _number, _frame: None)
    server.run()
    return 0 if server.started else FAILED


def _spare_the_collector() -> None:
    """Look for cycles seldom, and never in what stays: it was a third of the time of a batch, and requests leave none to speak of."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BEFORE_COLLECTING, 20, 100)


class _Server(uvicorn.Server):
    """Ends the streams of the live view before it waits for requests that are under way."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        self._hub.stop()
        super().handle_exit(sig, frame)


def whole_application(
    environ: Mapping[str, str], binding: Binding, base_url: str, *, kafka: Log, ledger: Ledger, grants: Access, hub: Hub | None = None
) -> Litestar:
    """Return everything that the web process serves."""
    mappings = Mappings(Path(environ.get("SALUR_KOBO_MAPPINGS") or Path(required(environ, "SALUR_DATA")) / "kobo"))
    return application(
        kafka=kafka,
        ledger=ledger,
        access=grants,
        base_url=base_url,
        requests_per_second=number(environ, "SALUR_WEB_REQUESTS_PER_SECOND", 5_000),
        clock=_now,
        others=auditors_of(environ, binding, base_url, hub=hub),
        kinds_of_others={**{str(kind): words for kind, words in KINDS.items()}, **submission_codes()},
        beside=lambda intake, door: [
            docs.router(base_url=base_url, now=intake.lists, client=client_files()),
            kobo.router(intake, door, find=mappings.find, base_url=base_url),
            *partners_of(environ, binding, base_url, intake, door),
        ],
    )


def auditors_of(environ: Mapping[str, str], binding: Binding, base_url: str, *, hub: Hub | None = None) -> list[Router]:
    """Return the auditors' side: open where only this machine can reach it, and to no other name; anywhere else auditors sign in, over TLS."""
    if not (is_loopback(binding.host) or binding.certificate):
        return []
    url = required(environ, "SALUR_DATABASE_URL")
    # Connections of its own: a reader who asks for much keeps no partner waiting for one.
    engine = open_for_reading(url)
    proofs = verifying.verifying(Path(environ.get("SALUR_DATA", ".")))
    shown: dict[str, Any] = {"badge": stored(engine), "attended": attended_from(environ), "verifying": proofs, "hub": hub}
    shown["status"] = functools.partial(status.look, Path(environ.get("SALUR_DATA", ".")), environ.get("SALUR_WORKER_URLS"))
    shown["handed"] = Handed(publisher_of(environ), verifiers())
    reads = AwaitedReads(ReadLog(open_read_log(url)))
    named = urlsplit(base_url).hostname or ""
    if is_loopback(binding.host) and is_loopback(named):
        here = auditors(engine, base_url=base_url, reads=reads, translate=remark, hosts=LOOPBACK_NAMES, fault=_fault(environ), **shown)
        return [*here, verifying.router()]
    door = Door(AccessPort(engine), requests_per_second=number(environ, "SALUR_WEB_READS_PER_SECOND", 50), clock=_now)
    hosts = {named, *LOOPBACK_NAMES} if is_loopback(binding.host) else None
    signed_in = auditors(engine, base_url=base_url, reads=reads, enter=AuditorsDoor(door).enter, translate=remark, hosts=hosts, **shown)
    return [*signed_in, verifying.router()]


def _fault(environ: Mapping[str, str]) -> Fault | None:
    """Return the fault of a demonstration, which has one; nothing else has."""
    return Fault(functools.partial(fault.ask, Path(required(environ, "SALUR_DATA")))) if environ.get(fault.VARIABLE) else None


def partners_of(environ: Mapping[str, str], binding: Binding, base_url: str, intake: Intake, door: Door) -> list[Router]:
    """Return what partners have of files: the addresses of uploads, and the pages, which ask who looks wherever they are served."""
    url = required(environ, "SALUR_DATABASE_URL")
    reading, writing = open_for_reading(url), open_database(url)
    uploads = Uploads(intake, UploadBook(reading, writing), clock=_now)
    is_open = is_loopback(binding.host) and is_loopback(urlsplit(base_url).hostname or "")
    rate = number(environ, "SALUR_WEB_READS_PER_SECOND", 50)
    sending = Sending(uploads, intake)
    own = partners(reading, writing, sending, base_url=base_url, clock=_now, translate=remark, is_open=is_open, pages_per_second=rate)
    return [upload_routes.router(uploads, door, base_url=base_url), *own]


def client_files() -> ClientFiles:
    """Return the partners' client, which is handed out as it is."""
    folder = importlib.resources.files("deploy.client")
    return ClientFiles("salur_client.py", folder.joinpath("salur_client.py").read_bytes(), folder.joinpath("pyproject.toml").read_bytes())


def _now() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    main()
