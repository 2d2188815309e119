"""An event that refers to another one does not refer to itself. Whether the other is there, and fits, is the ledger's to say."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from models.events.catalogue import Event
from models.events.delivery import Original
from models.naming import original_of
from models.reasons import Violation
from models.registry import Registry
from models.rules.rule import NONE


def original_is_another_event(event: Event, _registry: Registry, _received_at_ms: int) -> Sequence[Violation]:
    """Refuse an event that names itself as its original: it would wait for ever."""
    data: Any = event.data
    original: Original | UnsetType = data.original
    if original is UNSET or original_of(event, original) != (event.source, event.id):
        return NONE
    return [Violation("rjct.original_unsuitable", "/data/original", expected="another event than this one")]
