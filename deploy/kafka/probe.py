"""Whether a Kafka broker answers at an address: one ApiVersions request, spoken by hand.

A client library would do, but it retries, logs and takes longer to start than the answer takes. Nothing else of
the protocol is here.
"""

import socket
import struct
from typing import Final, Literal

API_VERSIONS: Final = 18
CORRELATION: Final = 20_201
_LARGEST_ANSWER_BYTES: Final = 65_536

Answer = Literal["kafka", "other", "nobody"]


def ask(host: str, port: int, *, timeout_seconds: float = 2.0) -> Answer:
    """Return who answers: a Kafka broker, something else (or a broker that is not ready), or nobody."""
    try:
        connection = socket.create_connection((host, port), timeout=timeout_seconds)
    except OSError:
        return "nobody"
    with connection:
        try:
            connection.settimeout(timeout_seconds)
            connection.sendall(_request())
            return "kafka" if _is_answer(connection) else "other"
        except OSError:
            return "other"


def _request() -> bytes:
    """Build ApiVersions version 0: the only one that every broker, old or new, understands."""
    client = b"salur"
    body = struct.pack(f">hhih{len(client)}s", API_VERSIONS, 0, CORRELATION, len(client), client)
    return struct.pack(">i", len(body)) + body


def _is_answer(connection: socket.socket) -> bool:
    """Read size, correlation id and error code, and check that they are what a broker would send."""
    head = b""
    while len(head) < 10:
        chunk = connection.recv(10 - len(head))
        if not chunk:
            return False
        head += chunk
    size, correlation, error = struct.unpack(">iih", head)
    return bool(6 <= size <= _LARGEST_ANSWER_BYTES and correlation == CORRELATION and error == 0)
