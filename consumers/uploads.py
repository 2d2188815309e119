"""Where uploads are noted: each once, with what became of it and the receipts of its events. Their content is never kept.

A file's name is what a partner chose, and may name a person: one that seems to is not kept either.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from models import schema
from models.rules.identity import raw_may_hold_identity
from models.uploads import Counts, Upload, UploadedEvent

_uploads: Final = schema.uploads
_events: Final = schema.upload_events
_AT_ONCE: Final = 200
_LONGEST_NAME: Final = 120
_counts: Final = msgspec.json.Decoder(Counts)


def note(connection: sa.Connection, upload: Upload, *, comes_again: bool) -> None:
    """Note an upload as it is now; ``comes_again`` counts one more time that it came."""
    known = connection.execute(sa.select(_uploads.c.upload).where(_uploads.c.upload == upload.id)).first()
    changing = {
        "name": keepable(upload.name),
        "mode": upload.mode,
        "state": upload.state,
        "last_at": upload.last_at,
        "counts": msgspec.json.encode(upload.counts).decode(),
    }
    if known is None:
        fixed = {"upload": upload.id, "partner": upload.partner, "sha256": upload.sha256, "type": upload.type, "first_at": upload.first_at, "times": 1}
        connection.execute(sa.insert(_uploads), {**fixed, **changing})
        return
    more = {"times": _uploads.c.times + 1} if comes_again else {}
    connection.execute(sa.update(_uploads).where(_uploads.c.upload == upload.id).values(**changing, **more))


def note_events(connection: sa.Connection, upload: str, events: Sequence[UploadedEvent]) -> None:
    """Note the receipts of events, in the place of those that were noted for the same places."""
    for start in range(0, len(events), _AT_ONCE):
        some = events[start : start + _AT_ONCE]
        connection.execute(sa.delete(_events).where(_events.c.upload == upload, _events.c.number.in_([one.number for one in some])))
        connection.execute(sa.insert(_events), [{"upload": upload, **one._asdict()} for one in some])


def uploads_of(connection: sa.Connection, partner: str, *, before: int | None = None, limit: int) -> list[Upload]:
    """Return a partner's uploads, the last that came first; those that came before a moment if it is given."""
    query = sa.select(_uploads).where(_uploads.c.partner == partner, *([] if before is None else [_uploads.c.last_at < before]))
    return [_upload(row) for row in connection.execute(query.order_by(_uploads.c.last_at.desc(), _uploads.c.upload).limit(limit)).mappings()]


def upload_of(connection: sa.Connection, partner: str, upload: str) -> Upload | None:
    """Return one upload of a partner, None if it has no such."""
    row = connection.execute(sa.select(_uploads).where(_uploads.c.partner == partner, _uploads.c.upload == upload)).mappings().first()
    return None if row is None else _upload(row)


def events_of(connection: sa.Connection, upload: str, *, after: int = 0, limit: int) -> list[UploadedEvent]:
    """Return events of an upload in the order of the file, those after place ``after``."""
    query = sa.select(*(_events.c[name] for name in UploadedEvent._fields)).where(_events.c.upload == upload, _events.c.number > after)
    rows = connection.execute(query.order_by(_events.c.number).limit(limit))
    return [UploadedEvent(number, row, event_id, bytes(sha256)) for number, row, event_id, sha256 in rows]


def events_count(connection: sa.Connection, upload: str) -> int:
    """Return how many events of an upload are noted."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(_events).where(_events.c.upload == upload)).scalar_one())


def keepable(name: str) -> str:
    """Return a file's name as it may be kept and shown: plain letters, not too long, and nothing that may name a person."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    stem, dot, ending = plain.rpartition(".")
    if raw_may_hold_identity(plain.encode()):
        stem = "-"
    return f"{stem[:_LONGEST_NAME]}{dot}{ending[:10]}"


def _upload(row: Any) -> Upload:
    return Upload(
        id=row["upload"],
        partner=row["partner"],
        name=row["name"],
        sha256=bytes(row["sha256"]),
        type=row["type"],
        mode=row["mode"],
        state=row["state"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        times=row["times"],
        counts=_counts.decode(row["counts"]),
    )
