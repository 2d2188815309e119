"""Flags that one event raises by itself. Those that compare it with other events are raised where these are known."""

import datetime
import functools
from collections.abc import Sequence
from typing import Any, Final, get_args

from msgspec import UNSET

from models.events.catalogue import DeliveryEvent, Event
from models.events.envelope import Envelope
from models.events.plans import PlanEvent
from models.events.services import GroupAssisted
from models.naming import DELIVERIES
from models.reasons import FlagCode
from models.registry import Registry
from models.rules.plans import programmes_of
from models.units import UNITS, parse_steps

LATE_AFTER_MS: Final = 30 * 24 * 60 * 60 * 1000
PERSONS_PER_GROUP: Final = 20
"""The size of a group in TKM and in padat karya: 39,700 / 1,985 and 21,820 / 1,091."""
_GROUPS_OF_TWENTY: Final = ("jps", "padat-karya")

_JAKARTA_OFFSET_MS: Final = 7 * 60 * 60 * 1000
_EPOCH_ORDINAL: Final = datetime.date(1970, 1, 1).toordinal()
_DAY_MS: Final = 24 * 60 * 60 * 1000
_DELIVERIES: Final[frozenset[type[Envelope]]] = frozenset(DELIVERIES)
_OF_A_PROGRAMME: Final[frozenset[type[Envelope]]] = frozenset(get_args(DeliveryEvent))


def local_flags(event: Event, registry: Registry, received_at_ms: int) -> Sequence[str]:
    """Return the flags of the event in the order of their catalogue."""
    return flags_of(
        occurred_at_ms=event.occurred_at_ms,
        received_at_ms=received_at_ms,
        is_closed=(registry.closings.anything or registry.simulated_closings.anything) and _is_closed(event, registry),
        lacks_evidence=lacks_evidence(event),
        has_unusual_groups=event.__class__ is GroupAssisted and wants_groups_of_twenty(event, registry) and _has_unusual_groups(event),
    )


def flags_of(*, occurred_at_ms: int, received_at_ms: int, is_closed: bool, lacks_evidence: bool, has_unusual_groups: bool) -> Sequence[str]:
    """Return the flags of what is true of an event; moments are in milliseconds since 1970."""
    raised = is_closed << 1 | lacks_evidence << 3 | has_unusual_groups << 4
    if received_at_ms - occurred_at_ms > LATE_AFTER_MS:
        raised |= 1 << 0
    if occurred_at_ms < _start_of_fiscal_year((received_at_ms + _JAKARTA_OFFSET_MS) // _DAY_MS):
        raised |= 1 << 2
    if occurred_at_ms > received_at_ms:
        raised |= 1 << 5
    return _SETS[raised]


def lacks_evidence(event: Event) -> bool:
    """Tell whether the event is a delivery that names nothing that shows it."""
    return event.__class__ in _DELIVERIES and not event.data.evidence  # type: ignore[union-attr]  # which all deliveries may have


def wants_groups_of_twenty(event: GroupAssisted, registry: Registry) -> bool:
    """Tell whether groups of the event's programme have twenty people each."""
    return not registry.ancestors(event.data.programme).isdisjoint(_GROUPS_OF_TWENTY)


_FLAGS: Final[Sequence[FlagCode]] = (
    "flag.late",
    "flag.after_period_close",
    "flag.after_fiscal_year",
    "flag.no_evidence",
    "flag.group_size_unusual",
    "flag.skewed_clock",
)
_SETS: Final = [tuple(flag for bit, flag in enumerate(_FLAGS) if raised >> bit & 1) for raised in range(1 << len(_FLAGS))]
"""Every set of them, by its bits: events share the few that occur."""


def _is_closed(event: Event, registry: Registry) -> bool:
    """Tell whether nothing more was expected where the event counts; what is said about deliveries may come at any time."""
    data: Any = event.data
    subject = "" if event.subject is UNSET else event.subject
    simulated = event.partner in registry.simulated
    # By class: asking whether it is one of a union of thirty takes longer than all the rest.
    if event.__class__ in _OF_A_PROGRAMME:
        return registry.is_closed(programme=data.programme, country=data.country, day=event.day, subject=subject, simulated=simulated)
    if isinstance(event, PlanEvent):
        programmes = (code for _, code in programmes_of(event))
        return any(registry.is_closed(programme=code, country=data.country, day=event.day, subject=subject, simulated=simulated) for code in programmes)
    return False


@functools.lru_cache(maxsize=4096)
def _start_of_fiscal_year(days_since_1970: int) -> int:
    """Return when the calendar year of a day in Jakarta began, which is the state's fiscal year, in milliseconds since 1970."""
    year = datetime.date.fromordinal(_EPOCH_ORDINAL + days_since_1970).year
    return (datetime.date(year, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY_MS - _JAKARTA_OFFSET_MS


def _has_unusual_groups(event: GroupAssisted) -> bool:
    for line in event.data.lines:
        if line.quantity is UNSET or line.recipients is UNSET or line.recipients.unit != "person":
            continue
        groups = parse_steps(line.quantity, UNITS["group"])
        if parse_steps(line.recipients.count, UNITS["person"]) != PERSONS_PER_GROUP * groups:
            return True
    return False
