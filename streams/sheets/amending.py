"""Ways to correct what was sent before: an amendment for each event whose key is taken, or the reversal of every event of a file."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from models.reasons import Language
from streams.sheets.drafts import Draft

_REASON: Final[dict[Language, str]] = {"en": "corrected in the spreadsheet", "id": "dikoreksi dalam lembar kerja"}
_encoder: Final = msgspec.json.Encoder(order="deterministic")


def amendments(drafts: Iterable[Draft], lang: Language) -> Iterator[bytes]:
    """Yield an event that amends each draft's earlier version. The same content gives the same amendment, so it may be sent twice."""
    return (amendment(draft.event, lang) for draft in drafts)


def amendment(event: Mapping[str, Any], lang: Language) -> bytes:
    """Return the event that puts the content of ``event`` in the place of what stands under its id."""
    replacement = {**event["data"], "time": event["time"]}
    digest = hashlib.sha256(msgspec.json.encode([event["id"], replacement], order="sorted")).hexdigest()
    return _encoder.encode(
        {
            "specversion": "1.0",
            "id": f"amend-{digest[:32]}",
            "source": event["source"],
            "type": "salur.event.amended.v1",
            "time": event["time"],
            "data": {"original": event["id"], "reason": _REASON[lang], "replacement": replacement},
        }
    )


def reversals(drafts: Iterable[Draft], reason: str) -> Iterator[bytes]:
    """Yield an event that takes each draft's event back. The same reason gives the same reversal, so it may be sent twice."""
    return (reversal(draft.event["source"], draft.event["id"], draft.event["time"], reason) for draft in drafts)


def reversal(source: str, event_id: str, time: str, reason: str) -> bytes:
    """Return the event that takes another back; ``time`` is that of the other."""
    digest = hashlib.sha256(f"{source}|{event_id}".encode()).hexdigest()
    return _encoder.encode(
        {
            "specversion": "1.0",
            "id": f"undo-{digest[:32]}",
            "source": source,
            "type": "salur.event.reversed.v1",
            "time": time,
            "data": {"original": event_id, "reason": reason},
        }
    )
