"""An event that refers to another one does not refer to itself. Whether the other is there, and fits, is the ledger's to say."""

from collections.abc import Sequence

from models.events.corrections import CorrectionEvent
from models.events.delivery import OriginalEvent
from models.events.goods import ConsignmentReceived
from models.events.payments import DisbursementReturned
from models.reasons import Violation
from models.registry import Registry
from models.rules.rule import NONE


def original_is_another_event(
    event: CorrectionEvent | DisbursementReturned | ConsignmentReceived, _registry: Registry, _received_at_ms: int
) -> Sequence[Violation]:
    """Refuse an event that names itself as its original: it would wait for ever."""
    original = event.data.original
    source, event_id = (original.source, original.id) if isinstance(original, OriginalEvent) else (event.source, original)
    if (source, event_id) != (event.source, event.id):
        return NONE
    return [Violation("rjct.original_unsuitable", "/data/original", expected="another event than this one")]
