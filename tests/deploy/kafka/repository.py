"""A small Maven repository on loopback that can misbehave, and a list of jars that it has."""

import dataclasses
import hashlib
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.kafka.jars import Jar, JarList


@dataclasses.dataclass(kw_only=True)
class Repository:
    """What the server has and how it behaves; ``requests`` are the (path, range) that it was asked for."""

    files: dict[str, bytes]
    knows_ranges: bool = True
    fails_first: int = 0
    cuts_after_bytes: int | None = None
    address: str = ""
    requests: list[tuple[str, str | None]] = dataclasses.field(default_factory=list)


def jar_list(files: dict[str, bytes], *, repository: str) -> JarList:
    """Return the pins of ``files``."""
    jars = tuple(Jar(path=path, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()) for path, content in files.items())
    return JarList(kafka_version="0.0.1", repository=repository, jars=jars)


@contextmanager
def serve(repository: Repository) -> Iterator[Repository]:
    """Serve ``repository`` until the block ends."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, repository)

        def log_message(self, *_: object) -> None:
            """Say nothing: the test looks at ``requests``."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    repository.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: http.server.BaseHTTPRequestHandler, repository: Repository) -> None:
    asked = request.headers.get("Range")
    repository.requests.append((request.path, asked))
    content = repository.files.get(request.path.lstrip("/"))
    if repository.fails_first:
        repository.fails_first -= 1
        request.send_error(503)
        return
    if content is None:
        request.send_error(404)
        return
    begin = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and repository.knows_ranges else 0
    request.send_response(206 if begin else 200)
    request.send_header("Content-Length", str(len(content) - begin))
    request.end_headers()
    end = len(content) if repository.cuts_after_bytes is None else begin + repository.cuts_after_bytes
    request.wfile.write(content[begin:end])
