"""What the intake asks of the database, answered by ``consumers``; a database that is away is Unreachable, nothing else."""

import contextlib
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence

import sqlalchemy as sa

from consumers import access, uploads
from consumers.database import reachable
from consumers.receipts import Receipts
from consumers.reversible import standings
from models.access import Grant
from models.receipts import Asked, Seen, Status
from models.uploads import Standing, Upload, UploadedEvent


class LedgerPort:
    """The ledger's answers, for several threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._receipts = Receipts(engine)

    def look(self, asked: Sequence[Asked]) -> Seen:
        """Return what is known of each event, and the code lists. Raises Unreachable."""
        with self._reading() as receipts:
            return receipts.look(asked)

    def status(self, source: str, event_id: str) -> Status | None:
        """Return the verdict on an event. Raises Unreachable."""
        with self._reading() as receipts:
            return receipts.status(source, event_id)

    def standings(self, source: str, event_ids: Sequence[str]) -> list[Standing | None]:
        """Return how events stand. Raises Unreachable."""
        with self._reading() as receipts:
            numbers = receipts.claimed([(source, event_id) for event_id in event_ids])
        with reachable(), self._engine.connect() as connection, connection.begin():
            return standings(connection, numbers)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Receipts]:
        with self._lock, reachable():
            yield self._receipts


class AccessPort:
    """The grants, as the database has them now."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def grants(self, prefixes: Collection[str]) -> Mapping[str, Grant]:
        """Return the grants of these tokens. Raises Unreachable."""
        with reachable(), self._engine.connect() as connection, connection.begin():
            return access.grants(connection, prefixes)


class UploadBook:
    """Where uploads are noted. ``reading`` and ``writing`` are engines of ``consumers.database``."""

    def __init__(self, reading: sa.Engine, writing: sa.Engine) -> None:
        self._reading = reading
        self._writing = writing

    def note(self, upload: Upload, events: Sequence[UploadedEvent] = (), *, comes_again: bool = False) -> None:
        """Note an upload as it is now, and the receipts of events of it. Raises Unreachable."""
        with reachable(), self._writing.begin() as connection:
            uploads.note(connection, upload, comes_again=comes_again)
            uploads.note_events(connection, upload.id, events)

    def uploads(self, partner: str, *, before: int | None, limit: int) -> list[Upload]:
        """Return a partner's uploads, the last that came first. Raises Unreachable."""
        with reachable(), self._reading.connect() as connection, connection.begin():
            return uploads.uploads_of(connection, partner, before=before, limit=limit)

    def upload(self, partner: str, upload: str) -> Upload | None:
        """Return one upload of a partner, None if it has no such. Raises Unreachable."""
        with reachable(), self._reading.connect() as connection, connection.begin():
            return uploads.upload_of(connection, partner, upload)

    def events(self, upload: str, *, after: int, limit: int) -> list[UploadedEvent]:
        """Return events of an upload in the order of the file. Raises Unreachable."""
        with reachable(), self._reading.connect() as connection, connection.begin():
            return uploads.events_of(connection, upload, after=after, limit=limit)
