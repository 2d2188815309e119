"""A webhook's receiver on this machine."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

Call = tuple[str, dict[str, str], bytes]
"""Path, headers and body of one call."""
Hooked = tuple[str, list[Call]]


class Hook(http.server.BaseHTTPRequestHandler):
    """A receiver that answers as its path says."""

    calls: list[Call]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.calls.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        match self.path.partition("?")[0]:
            case "/slow":
                for _ in range(200):
                    self.wfile.write(b"H")
                    time.sleep(0.05)
            case "/elsewhere":
                self.send_response(302)
                self.send_header("Location", "/taken")
                self.end_headers()
            case path:
                self.send_response(204 if path in {"/taken", "/salur"} else int(path[1:]))
                self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def hooked(port: int = 0) -> Iterator[Hooked]:
    """Serve, on any free port for 0, and give the address and the calls that came."""
    calls: list[Call] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), type("One", (Hook,), {"calls": calls}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", calls
    server.shutdown()
    server.server_close()
