"""Every topic of Salur, declared once: name, partitions, policy. Nothing here talks to Kafka."""

import dataclasses
import re
from typing import Final

from models.cells import TABLES

EVENTS: Final = "aid.events.v1"
ENTRIES: Final = "aid.entries.v1"
BOOKINGS: Final = "aid.bookings.v1"
REJECTED: Final = "aid.rejected.v1"
WATERMARKS: Final = "watermarks"
"""The table that says how far each entries partition is folded."""

FAUST_APP_ID: Final = "salur"
MAX_RECORD_BYTES: Final = 2 * 1024 * 1024
MAX_ENTRIES_RECORD_BYTES: Final = 512 * 1024
PARTNER_TOPIC: Final = re.compile(r"aid\.in\.[a-z0-9][a-z0-9-]*\.v1")
KEEP_FOR_EVER: Final = "-1"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic: its name, how many partitions it has, and the settings that Salur relies on."""

    name: str
    partitions: int
    config: tuple[tuple[str, str], ...]


def changelog(table: str) -> str:
    """Return the name of the changelog topic of a materialized table."""
    return f"{FAUST_APP_ID}-{table}-changelog"


def is_inbound(topic: str) -> bool:
    """Tell whether partners write to this topic."""
    return topic == EVENTS or PARTNER_TOPIC.fullmatch(topic) is not None


def partner_topic(partner: str) -> str:
    """Return the name of the topic that one direct producer owns."""
    return f"aid.in.{partner}.v1"


def inbound(name: str, *, partitions: int) -> Topic:
    """Declare a topic that partners write to: the broker stamps the time, and nothing is thrown away."""
    return Topic(
        name=name,
        partitions=partitions,
        config=(
            ("cleanup.policy", "delete"),
            ("retention.ms", KEEP_FOR_EVER),
            ("retention.bytes", KEEP_FOR_EVER),
            ("message.timestamp.type", "LogAppendTime"),
            ("max.message.bytes", str(MAX_RECORD_BYTES)),
        ),
    )


def declared(*, partitions: int) -> tuple[Topic, ...]:
    """Return every topic that must exist before a worker starts; changelogs share the partitions of the entries."""
    kept = (("cleanup.policy", "delete"), ("retention.ms", KEEP_FOR_EVER), ("retention.bytes", KEEP_FOR_EVER), ("max.message.bytes", str(MAX_RECORD_BYTES)))
    compacted = (("cleanup.policy", "compact"), ("max.message.bytes", str(16 * 1024 * 1024)))
    return (
        inbound(EVENTS, partitions=partitions),
        Topic(name=ENTRIES, partitions=partitions, config=kept),
        Topic(name=BOOKINGS, partitions=1, config=kept),
        Topic(name=REJECTED, partitions=partitions, config=kept),
        *(Topic(name=changelog(table), partitions=partitions, config=compacted) for table in (*TABLES, WATERMARKS)),
    )
