"""The port on which a process serves its metrics and its health: on the loopback address, in a thread of its own.

``/metrics`` is the metrics page; ``/livez``, ``/readyz`` and ``/startupz`` answer 200 or 503 with the reasons as JSON.
It has no authentication, so it listens on no other address unless told to: in a container, whose network lets in only
those who watch (``SALUR_METRICS_HOST``).
"""

import contextlib
import http.server
import json
import threading
from collections.abc import Callable, Mapping
from typing import Final

from deploy.monitoring.health import Health
from deploy.monitoring.instruments import CONTENT_TYPE, Instruments
from deploy.monitoring.systemd import notify_if_asked
from models.errors import ConfigurationError

HOST: Final = "127.0.0.1"
PORT_VARIABLE: Final = "SALUR_METRICS_PORT"
HOST_VARIABLE: Final = "SALUR_METRICS_HOST"


def serve_if_asked(environ: Mapping[str, str], instruments: Instruments, health: Health) -> http.server.ThreadingHTTPServer | None:
    """Serve on the port that the environment names, none if it names none; and tell systemd, if it listens. Raises ConfigurationError."""
    notify_if_asked(environ, health)
    named = environ.get(PORT_VARIABLE, "")
    if not named:
        return None
    if not named.isdecimal() or not 0 <= int(named) < 65_536:
        raise ConfigurationError(f"{PORT_VARIABLE} is {named!r}, expected a port", hint="for example SALUR_METRICS_PORT=9101, or leave it out")
    return serve(instruments, health, port=int(named), host=environ.get(HOST_VARIABLE) or HOST)


def serve(instruments: Instruments, health: Health, *, port: int, host: str = HOST) -> http.server.ThreadingHTTPServer:
    """Serve on a port, of the loopback address unless another is given, any free one for 0, until ``shutdown``. Raises OSError if it is taken."""
    instruments.read_at_scrape(lambda: health.readings(instruments.worker))
    server = http.server.ThreadingHTTPServer((host, port), _handler(instruments, health))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="metrics", daemon=True).start()
    return server


def url(port: int, path: str = "/metrics") -> str:
    """Return the address of a page on a port."""
    return f"http://{HOST}:{port}{path}"


def _handler(instruments: Instruments, health: Health) -> type[http.server.BaseHTTPRequestHandler]:
    checks: Mapping[str, Callable[[], list[str]]] = {"/livez": health.live, "/readyz": health.ready, "/startupz": health.started}

    class Handler(http.server.BaseHTTPRequestHandler):
        """One request."""

        # A client that says nothing must not keep a thread for ever.
        timeout = 10

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, CONTENT_TYPE, instruments.page())
            elif self.path in checks:
                why = checks[self.path]()
                self._answer(503 if why else 200, "application/json", json.dumps({"ok": not why, "why": why}).encode() + b"\n")
            else:
                self._answer(404, "text/plain; charset=utf-8", b"/metrics /livez /readyz /startupz\n")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing: somebody asks every few seconds."""

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            # Who asks may have stopped waiting, as while this process stood still: no fault of this side, and none to log.
            with contextlib.suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(body)

    return Handler
