"""The two files that the local Kafka reads: its properties and the format of its log."""

from pathlib import Path
from typing import Final

from deploy.kafka.node import HOST, Node

MAX_RECORD_BYTES: Final = 16 * 1024 * 1024
"""Table values in the changelogs may be as large as this; each topic sets its own, smaller or equal, limit."""

LOG4J: Final = """\
Configuration:
  status: error
  Appenders:
    Console:
      name: out
      target: SYSTEM_OUT
      PatternLayout:
        pattern: "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %p %m (%c{1})%n"
  Loggers:
    Root:
      level: WARN
      AppenderRef:
        ref: out
"""


def server_properties(node: Node, *, data_folder: Path) -> str:
    """Return the properties of one node that is broker and controller, reachable from this machine only."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": f"PLAINTEXT://{HOST}:{node.port},CONTROLLER://{HOST}:{node.controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{node.port}",
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.bootstrap.servers": f"{HOST}:{node.controller_port}",
        "log.dirs": str(data_folder),
        # One node: the inner topics cannot have more copies than there are brokers.
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.num.partitions": "4",
        "group.initial.rebalance.delay.ms": "0",
        # A misspelt topic must be an error, not a new topic with default settings.
        "auto.create.topics.enable": "false",
        # After a kill -9 the node's own controller refuses it until the session of its former self has ended (9 s by default).
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "400",
        "message.max.bytes": str(MAX_RECORD_BYTES),
        "replica.fetch.max.bytes": str(MAX_RECORD_BYTES),
        # The default of 128 MiB is a quarter of this node's heap.
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    }
    return "".join(f"{name}={_escaped(value)}\n" for name, value in settings.items())


def _escaped(value: str) -> str:
    """Return ``value`` as Java's properties format reads it back: a backslash begins an escape, and it is ASCII."""
    return "".join(_escaped_character(character) for character in value)


def _escaped_character(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))
