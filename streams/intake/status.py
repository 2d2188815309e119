"""The verdict on one event as a partner reads it: in words of its language, with the tallies that it moved."""

from typing import Any

from models.reason_words import REASONS
from models.reasons import Language
from models.receipts import Status
from streams.intake.problems import errors_of


def status_json(status: Status, language: Language, *, base_url: str) -> dict[str, Any]:
    """Return the verdict as JSON values."""
    answer: dict[str, Any] = {
        "id": status.id,
        "source": status.source,
        "type": status.type,
        "verdict": status.state,
        "sha256": status.sha256,
        "decision": status.decision,
        "booking": status.booking,
        "booked_at": status.booked_at,
        "place": {"topic": status.topic, "partition": status.partition, "offset": status.offset},
        "flags": [_flag(code, language) for code in status.flags],
        "tallies": [moved.to_json() for moved in status.moved],
    }
    if status.state == "rejected":
        answer["errors"] = list(errors_of(status.violations, language, base_url=base_url))
    if status.waits_for is not None:
        words = REASONS["held.original_not_booked"].words(language)
        source, event_id = status.waits_for
        answer["held"] = {"code": "held.original_not_booked", "detail": words.text, "hint": words.hint, "waits_for": {"source": source, "id": event_id}}
    if status.conflicts:
        answer["conflicts"] = [{"sha256": one.sha256, "decision": one.decision, "booking": one.booking, "booked_at": one.booked_at} for one in status.conflicts]
    return answer


def _flag(code: str, language: Language) -> dict[str, str]:
    words = REASONS[code].words(language)
    return {"code": code, "detail": words.text, "hint": words.hint}
