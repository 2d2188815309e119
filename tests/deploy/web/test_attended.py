"""Whether the tables are kept is what their workers say of themselves, and unknown where nobody named one."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.web.attended import URLS_VARIABLE, attended_from


@pytest.fixture(name="address")
def _address() -> Iterator[str]:
    class Worker(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/ready" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Worker)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_all_workers_must_be_ready(address: str) -> None:
    assert attended_from({URLS_VARIABLE: f"{address}/ready,{address}/ready"})() is True
    assert attended_from({URLS_VARIABLE: f"{address}/ready,{address}/recovering"})() is False
    assert attended_from({URLS_VARIABLE: f"{address}/ready,http://127.0.0.1:9/readyz"})() is False


@pytest.mark.parametrize("named", ["", " ", "file:///etc/passwd"])
def test_without_a_worker_named_nobody_knows(named: str) -> None:
    assert attended_from({URLS_VARIABLE: named})() is None
