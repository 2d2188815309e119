"""Times are possible: nothing happens after it was received, or before its programme began."""

from collections.abc import Sequence
from typing import Final

from models.events.catalogue import DeliveryEvent, Event
from models.events.plans import PlanEvent
from models.reasons import Violation
from models.registry import Registry
from models.rules.plans import programmes_of
from models.rules.rule import NONE

CLOCK_SKEW_MS: Final = 5 * 60 * 1000
"""How far ahead a partner's clock may be."""


def delivery_time_is_possible(event: DeliveryEvent, registry: Registry, received_at_ms: int) -> Sequence[Violation]:
    """Refuse a delivery in the future, or before the first day of its programme in Jakarta."""
    occurred_at_ms = event.occurred_at_ms
    starts_at_ms = registry.programme_starts_at_ms.get(event.data.programme, occurred_at_ms)
    if is_possible(occurred_at_ms, starts_at_ms=starts_at_ms, received_at_ms=received_at_ms):
        return NONE
    if occurred_at_ms < starts_at_ms:
        return [Violation("rjct.time_before_programme", "/time", expected=f"{registry.programmes[event.data.programme].start} or later")]
    return _in_future()


def is_possible(occurred_at_ms: int, *, starts_at_ms: int, received_at_ms: int) -> bool:
    """Tell whether something that began at ``starts_at_ms`` and was heard of at ``received_at_ms`` can have happened then."""
    return starts_at_ms <= occurred_at_ms <= received_at_ms + CLOCK_SKEW_MS


def plan_time_is_possible(event: PlanEvent, registry: Registry, received_at_ms: int) -> Sequence[Violation]:
    """Refuse a plan in the future, or before the first day of a programme that it is about: the plan is for the year of its time."""
    found = list(time_is_not_in_future(event, registry, received_at_ms))
    starts = [registry.programmes[code].start for _, code in programmes_of(event) if registry.programme_starts_at_ms.get(code, 0) > event.occurred_at_ms]
    if starts:
        found.append(Violation("rjct.time_before_programme", "/time", expected=f"{max(starts)} or later"))
    return found


def time_is_not_in_future(event: Event, _registry: Registry, received_at_ms: int) -> Sequence[Violation]:
    """Refuse an event of another kind in the future."""
    return NONE if event.occurred_at_ms <= received_at_ms + CLOCK_SKEW_MS else _in_future()


def _in_future() -> Sequence[Violation]:
    return [Violation("rjct.time_in_future", "/time", expected="at most five minutes after it was received")]
