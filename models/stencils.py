"""Stencils: the bytes of a plain delivery, with holes where the next of its kind differs.

An information system writes every event in the same way: the bytes of two deliveries of one kind differ in the id, the
times, the numbers and the references of their evidence alone. What fills the holes of a stencil says what the event
says that the stencil was cut from, but for these, so reading it takes a comparison instead of typed decoding and its
checks. Bytes that fit no stencil are read the long way, so nothing is ever refused here; and nothing is judged here:
that the codes are known is remembered per stencil by ``models.shapes``.
"""

import dataclasses
import datetime
import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from msgspec import UNSET, UnsetType

from models.batches import BATCH_PREFIX
from models.events.catalogue import Event
from models.events.envelope import Envelope
from models.events.goods import DistributionRecorded, GoodsProcured, GoodsProduced
from models.events.payments import (
    DisbursementConfirmed,
    DisbursementFailed,
    DisbursementInstructed,
    DisbursementRefunded,
    DisbursementReissued,
    DisbursementSent,
)
from models.events.plans import BatchDeclared
from models.events.services import GroupAssisted, IncentivePaid, ParticipantsEngaged, PersondaysWorked, PlacementMade, ServiceDelivered, TrainingDelivered
from models.rules.personal_numbers import holds_nik, identifies_a_person
from models.shape import FIRST_YEAR, LAST_YEAR
from models.units import UNITS

MAX_STENCILS: Final = 5_000
"""How many are kept at most; then all are thrown away, which costs one reading the long way for each."""

_SHORTEST_TO_READ: Final = 16
"""An id that is shorter than a NIK cannot hold one."""
_DIGITS: Final = b"0123456789"
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

_QUANTITY: Final = (("quantity", "unit"),)
_MONEY: Final = (("payments", ""), ("amount", "currency"))
NUMBERS: Final[Mapping[type[Envelope], tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        **dict.fromkeys((DistributionRecorded, GoodsProduced, GoodsProcured), _QUANTITY),
        **dict.fromkeys((GroupAssisted, ParticipantsEngaged, TrainingDelivered, PersondaysWorked, PlacementMade, ServiceDelivered), _QUANTITY),
        **dict.fromkeys((DisbursementInstructed, DisbursementSent, DisbursementConfirmed, DisbursementFailed), _MONEY),
        **dict.fromkeys((DisbursementReissued, DisbursementRefunded, IncentivePaid, BatchDeclared), _MONEY),
    }
)
"""The types that come in great numbers and name no other event: the numbers of their line, each with the member that names its unit."""

_HOLE: Final = re.compile(
    rb'"(id|subject|correlationid|causationid|time|recordedtime|reference|quantity|payments|amount|count)"\s*:\s*(?:"([^"\\]*)"|([0-9]+))'
)
"""A member that a hole may take the value of. Without backslashes a quote delimits a string, so only names of members have a colon after them."""
_MOMENT: Final = rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))"
_NUMBER: Final = rb"([1-9][0-9]{0,14})"
"""With three decimals more it still has no more digits than ``models.units`` lets pass."""
_IDENTIFIER: Final = rb"([A-Za-z0-9._:/-]{1,128})"
_FILLINGS: Final[Mapping[bytes, bytes]] = MappingProxyType(
    {
        **dict.fromkeys((b"id", b"correlationid", b"causationid"), _IDENTIFIER),
        # The batch of a payment decides where it is counted, so it is no hole.
        b"subject": rb"(?!" + BATCH_PREFIX.encode() + rb")" + _IDENTIFIER,
        **dict.fromkeys((b"time", b"recordedtime"), _MOMENT),
        b"reference": rb"([ !#-\[\]-~]{1,512})",
    }
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stencil:
    """The bytes of one kind of delivery, the event that it was cut from, and what the holes hold, by the groups of its pattern.

    ``numbers`` are in the order of ``NUMBERS`` and then the recipients, each with the steps of one whole unit.
    """

    pattern: "re.Pattern[bytes]"
    example: Event
    source: str
    partner: str
    type: str
    is_in_batch: bool
    id_group: int
    subject_group: int | None
    time_group: int
    recorded_group: int | None
    identifier_groups: Sequence[int]
    reference_groups: Sequence[int]
    numbers: Sequence[tuple[int, int]]

    def read(self, raw: bytes) -> "Traced | None":
        """Return the event that fills the holes; None if the bytes are others, or what fills a hole is to be looked at closely."""
        match = self.pattern.fullmatch(raw)
        if match is None:
            return None
        holes = match.groups()
        occurred_at = _moment_ms(holes[self.time_group])
        if occurred_at is None or (self.recorded_group is not None and _moment_ms(holes[self.recorded_group]) is None):
            return None
        for group in self.identifier_groups:
            if len(holes[group]) >= _SHORTEST_TO_READ and holds_nik(holes[group].decode("ascii")):
                return None
        for group in self.reference_groups:
            if identifies_a_person(holes[group].decode("ascii")):
                return None
        return Traced(self, holes, occurred_at)


class Traced:
    """An event whose bytes fill a stencil: all that differs from the stencil's example. Equal to it in everything else.

    ``numbers`` are whole steps, in the order of the stencil's.
    """

    __slots__ = ("_holes", "id", "numbers", "occurred_at_ms", "partner", "source", "stencil", "type")

    def __init__(self, stencil: Stencil, holes: tuple[bytes, ...], occurred_at_ms: int) -> None:
        self.stencil = stencil
        self.source = stencil.source
        self.partner = stencil.partner
        self.type = stencil.type
        self.id = holes[stencil.id_group].decode("ascii")
        self.occurred_at_ms = occurred_at_ms
        self.numbers = [int(holes[group]) * steps for group, steps in stencil.numbers]
        self._holes = holes

    @property
    def subject(self) -> str | UnsetType:
        """What the event is about."""
        group = self.stencil.subject_group
        return self.stencil.example.subject if group is None else self._holes[group].decode("ascii")


class Stencils:
    """The stencils cut so far. An event that is met for the first time may be the only one of its kind: the second is cut."""

    def __init__(self) -> None:
        self._cut: dict[bytes, list[Stencil]] = {}
        self._met: set[bytes] = set()

    def __len__(self) -> int:
        return sum(map(len, self._cut.values()))

    def trace(self, raw: bytes) -> Traced | None:
        """Return the event if its bytes fill a stencil."""
        for stencil in self._cut.get(_skeleton(raw), ()):
            traced = stencil.read(raw)
            if traced is not None:
                return traced
        return None

    def learn(self, raw: bytes, event: Event) -> None:
        """Take note of bytes that were read the long way, plainly and without doubt, as ``event``."""
        if not _is_plain(event):
            return
        skeleton = _skeleton(raw)
        if skeleton not in self._met:
            if len(self._met) >= MAX_STENCILS:
                self._met.clear()
                self._cut.clear()
            self._met.add(skeleton)
            return
        alike = self._cut.setdefault(skeleton, [])
        # What fits and was not traced has something in a hole that is to be looked at closely: its like will be traced.
        if len(alike) < _MOST_ALIKE and not any(stencil.pattern.fullmatch(raw) for stencil in alike):
            stencil = cut(raw, event)
            if stencil is not None:
                alike.append(stencil)


_MOST_ALIKE: Final = 4
"""Stencils that differ in digits alone, as tranches 1 to 4 do; more would be tried one after the other for each event."""


def cut(raw: bytes, event: Event) -> Stencil | None:
    """Make the stencil of a plain event; None if its bytes cannot be told apart from its holes with certainty."""
    line: Any = event.data.lines[0]  # type: ignore[union-attr]  # a plain event has one
    numbers = [(member, names_unit) for member, names_unit in NUMBERS[event.__class__] if getattr(line, member) is not UNSET]
    units = {member: (getattr(line, names_unit) if names_unit else "payment") for member, names_unit in numbers}
    if line.recipients is not UNSET:
        units["count"] = line.recipients.unit
    if not units.keys() or any(unit not in UNITS for unit in units.values()):
        return None
    wanted = Counter({name: 1 for name in (b"id", b"subject", b"correlationid", b"causationid", b"time", b"recordedtime") if _has(event, name)})
    wanted[b"reference"] = len(event.data.evidence or ())  # type: ignore[union-attr]  # which a delivery may have
    wanted.update(member.encode() for member in units)
    is_in_batch = event.subject is not UNSET and event.subject.startswith(BATCH_PREFIX)
    found = list(_HOLE.finditer(raw))
    if Counter(hole[1] for hole in found) != +wanted or b"\\" in raw:
        return None
    holes = [hole for hole in found if not (is_in_batch and hole[1] == b"subject")]
    groups: dict[bytes, list[int]] = {}
    for group, hole in enumerate(holes):
        groups.setdefault(hole[1], []).append(group)
    stencil = Stencil(
        pattern=re.compile(_pattern(raw, holes)),
        example=event,
        source=event.source,
        partner=event.partner,
        type=event.type,
        is_in_batch=is_in_batch,
        id_group=groups[b"id"][0],
        subject_group=groups[b"subject"][0] if b"subject" in groups else None,
        time_group=groups[b"time"][0],
        recorded_group=groups[b"recordedtime"][0] if b"recordedtime" in groups else None,
        identifier_groups=[group for name in (b"id", b"subject", b"correlationid", b"causationid") for group in groups.get(name, ())],
        reference_groups=groups.get(b"reference", []),
        numbers=[(groups[member.encode()][0], 10 ** UNITS[unit].decimals) for member, unit in units.items()],
    )
    return stencil if stencil.read(raw) is not None else None


def _has(event: Event, attribute: bytes) -> bool:
    return getattr(event, attribute.decode()) is not UNSET


def _pattern(raw: bytes, holes: Sequence["re.Match[bytes]"]) -> bytes:
    pattern = b""
    end = 0
    for hole in holes:
        start, after = hole.span(2) if hole[2] is not None else hole.span(3)
        pattern += re.escape(raw[end:start]) + _FILLINGS.get(hole[1], _NUMBER)
        end = after
    return pattern + re.escape(raw[end:])


def _is_plain(event: Event) -> bool:
    """Tell whether the event has one line, numbered 1, without parts, and names nobody by a token."""
    if event.__class__ not in NUMBERS:
        return False
    data: Any = event.data
    line = data.lines[0]
    return len(data.lines) == 1 and line.line == 1 and line.disaggregation is UNSET and data.tokens is UNSET


def _skeleton(raw: bytes) -> bytes:
    """Return what events of one kind have in common, quickly: the bytes without their digits and without the id."""
    opening = raw.find(b'"', raw.find(b'"id"') + 4) + 1
    return (raw[:opening] + raw[raw.find(b'"', opening) :]).translate(None, _DIGITS)


@functools.lru_cache(maxsize=65_536)
def _moment_ms(written: bytes) -> int | None:
    """Return a moment in milliseconds since 1970, as the events themselves count it; None for one that is not in the calendar."""
    try:
        moment = datetime.datetime.fromisoformat(written.decode("ascii"))
        since = moment - _EPOCH
    except (ValueError, OverflowError):
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
