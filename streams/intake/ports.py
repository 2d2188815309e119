"""What the intake needs of the world outside: the log, the ledger's answers, and who may come in.

The ledger and the grants are asked from a thread of their own, so their methods block; ``deploy`` implements them
with ``consumers``. Each raises Unreachable when its database does not answer.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from models.access import Grant
from models.receipts import Asked, Seen, Status


class Ledger(Protocol):
    """What is known of events that were sent before."""

    def look(self, asked: Sequence[Asked]) -> Seen:
        """Return, for each event, whether its id is taken, and the code lists as they stand."""

    def status(self, source: str, event_id: str) -> Status | None:
        """Return the verdict on one event, None if the ledger has none."""


class Access(Protocol):
    """Who may come in."""

    def grants(self, prefixes: Collection[str]) -> Mapping[str, Grant]:
        """Return the grants of the tokens with these prefixes, in force or not."""


class Outgoing(NamedTuple):
    """One record for Kafka."""

    key: bytes
    value: bytes


class Place(NamedTuple):
    """Where Kafka keeps a record, acknowledged by every broker that must have it."""

    topic: str
    partition: int
    offset: int


class Log(Protocol):
    """Kafka, as the intake sees it."""

    @property
    def is_connected(self) -> bool:
        """Whether Kafka has answered since the start."""

    async def start(self) -> None:
        """Begin to connect."""

    async def stop(self) -> None:
        """Send what is still waiting, and let go."""

    async def append(self, records: Sequence[Outgoing]) -> list[Place | None]:
        """Put the records there in order; None stands for one that was not acknowledged in time, whose fate is unknown."""
