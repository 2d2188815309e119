"""Ways to correct what was sent before: an amendment for each event whose key is taken, or the reversal of every event of a file."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from models.reasons import Language
from streams.sheets.drafts import Draft

_REASON: Final[dict[Language, str]] = {"en": "corrected in the spreadsheet", "id": "dikoreksi dalam lembar kerja"}
_encoder: Final = msgspec.json.Encoder(order="deterministic")


def amendments(drafts: Iterable[Draft], lang: Language) -> Iterator[bytes]:
    """Yield an event that amends each draft's earlier version. The same content gives the same amendment, so it may be sent twice."""
    for draft in drafts:
        event = draft.event
        replacement = {**event["data"], "time": event["time"]}
        digest = hashlib.sha256(msgspec.json.encode([event["id"], replacement], order="sorted")).hexdigest()
        yield _encoder.encode(
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
    for draft in drafts:
        event = draft.event
        digest = hashlib.sha256(f"{event['source']}|{event['id']}".encode()).hexdigest()
        yield _encoder.encode(
            {
                "specversion": "1.0",
                "id": f"undo-{digest[:32]}",
                "source": event["source"],
                "type": "salur.event.reversed.v1",
                "time": event["time"],
                "data": {"original": event["id"], "reason": reason},
            }
        )
