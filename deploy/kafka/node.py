"""What one data folder of the local Kafka is: its cluster, its version, its ports. Kept in ``kafka.json``.

Ports are chosen once and stay, because clients and the node's own quorum remember them; they are changed only when
somebody asks for it. Running the node is ``deploy.kafka.broker``.
"""

import base64
import contextlib
import errno
import json
import os
import random
import socket
import uuid
from pathlib import Path
from typing import Final

import msgspec

from models.errors import ConfigurationError

HOST: Final = "127.0.0.1"
FILE_NAME: Final = "kafka.json"
PORTS: Final = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections: a kept port must not be taken by chance."""

TRIES: Final = 200


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """The content of ``kafka.json``; ``formatted`` is set once Kafka has made its folder."""

    kafka_version: str
    cluster_id: str
    port: int
    controller_port: int
    formatted: bool = False


def new_node(*, kafka_version: str, port: int | None = None) -> Node:
    """Return a node with a new cluster id and free ports; a given ``port`` is taken as it is."""
    chosen = port if port is not None else free_port()
    return Node(kafka_version=kafka_version, cluster_id=_new_cluster_id(), port=chosen, controller_port=free_port(but=chosen))


def with_port(node: Node, port: int) -> Node:
    """Return ``node`` moved to another port, because somebody asked for it."""
    return msgspec.structs.replace(node, port=port)


def read(folder: Path) -> Node | None:
    """Return the node of ``folder``, or None if there is none yet. Raises ConfigurationError if the file is damaged."""
    path = folder / FILE_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Node)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"{path} cannot be read: {error}", hint="restore it from a copy of the folder, or start with an empty folder") from error


def write(folder: Path, node: Node) -> None:
    """Replace ``kafka.json`` in one step, so that a crash leaves the old one or the new one."""
    path = folder / FILE_NAME
    new = path.with_name(f"{FILE_NAME}.new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(msgspec.to_builtins(node), file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def is_free(port: int) -> bool:
    """Tell whether a broker could listen at ``port`` now. Raises ConfigurationError for a port that is not allowed."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        # As Java does: connections of a broker that has just ended must not keep its port from it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise ConfigurationError(f"the local Kafka cannot listen at {HOST}:{port}: {error.strerror}", hint="name another port") from error
        return True


def free_port(*, but: int | None = None) -> int:
    """Return a port that is free now, other than ``but``."""
    for port in random.SystemRandom().sample(PORTS, TRIES):
        with contextlib.suppress(ConfigurationError):
            if port != but and is_free(port):
                return port
    raise ConfigurationError(f"none of {TRIES} ports from {PORTS.start} to {PORTS.stop - 1} is free on {HOST}", hint="name a free port for the local Kafka")


def _new_cluster_id() -> str:
    """Return a random id in Kafka's form: 16 bytes in URL-safe base64 without padding, and no leading dash."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text
