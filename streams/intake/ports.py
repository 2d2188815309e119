"""What the intake needs of the world outside: the log, the ledger's answers, and who may come in.

The ledger and the grants are asked from a thread of their own, so their methods block; ``deploy`` implements them
with ``consumers``. Each raises Unreachable when its database does not answer.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from models.access import Grant
from models.receipts import Asked, Seen, Status
from models.uploads import Standing, Upload, UploadedEvent


class Ledger(Protocol):
    """What is known of events that were sent before."""

    def look(self, asked: Sequence[Asked]) -> Seen:
        """Return, for each event, whether its id is taken, and the code lists as they stand."""

    def status(self, source: str, event_id: str) -> Status | None:
        """Return the verdict on one event, None if the ledger has none."""

    def standings(self, source: str, event_ids: Sequence[str]) -> list[Standing | None]:
        """Return how each event stands; None for one that the ledger has not accepted."""


class Access(Protocol):
    """Who may come in."""

    def grants(self, prefixes: Collection[str]) -> Mapping[str, Grant]:
        """Return the grants of the tokens with these prefixes, in force or not."""


class UploadBook(Protocol):
    """Where uploads are noted. Each method raises Unreachable when the database does not answer."""

    def note(self, upload: Upload, events: Sequence[UploadedEvent] = (), *, comes_again: bool = False) -> None:
        """Note an upload as it is now, and the receipts of events of it."""

    def uploads(self, partner: str, *, before: int | None, limit: int) -> list[Upload]:
        """Return a partner's uploads, the last that came first."""

    def upload(self, partner: str, upload: str) -> Upload | None:
        """Return one upload of a partner, None if it has no such."""

    def events(self, upload: str, *, after: int, limit: int) -> list[UploadedEvent]:
        """Return events of an upload in the order of the file."""


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
