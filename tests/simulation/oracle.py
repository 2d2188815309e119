"""What the raw bytes must come to, worked out again from the order of the decisions alone; nothing here is shared with Salur.

Goes through the decisions as they were numbered, says of each what it must be, and keeps for every event what has
been said about it. The figures follow from that at the end.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests import variety
from tests.simulation.partners import NEW_ITEMS, PREFIX
from tests.variety import Figure

EVENTS: Final = "aid.events.v1"
Name = tuple[str, str]
Event = dict[str, Any]

_PREFIX: Final = "salur."
_REVERSAL: Final = "salur.event.reversed.v1"
_AMENDMENT: Final = "salur.event.amended.v1"
_ANNOTATION: Final = "salur.event.annotated.v1"
_EVIDENCE: Final = "salur.evidence.attached.v1"
_VERIFICATION: Final = "salur.delivery.verified.v1"
_RETURN: Final = "salur.disbursement.returned.v1"
_REGISTRATION: Final = "salur.item.registered.v1"
_NAMING: Final = frozenset({_REVERSAL, _AMENDMENT, _ANNOTATION, _EVIDENCE, _VERIFICATION, _RETURN})
_STANDING_ALONE: Final = frozenset({_REVERSAL, _ANNOTATION, _EVIDENCE, _VERIFICATION})
_NOT_DELIVERED: Final = "undelivered"
_CONFIRMED: Final = "salur.disbursement.confirmed.v1"


@dataclasses.dataclass(slots=True)
class Known:
    """An accepted event: its number, what it says, and the first event of its chain."""

    number: int
    event: Event
    root: int
    reversed_by: list[int] = dataclasses.field(default_factory=list)


class Oracle:
    """Feed it every decision in order; ``problems`` says what was decided wrongly."""

    def __init__(self, sometimes: Callable[[str], None]) -> None:
        self.problems: list[str] = []
        self.dispositions: Counter[str] = Counter()
        self._sometimes = sometimes
        self._claims: dict[Name, tuple[int, Event]] = {}
        self._refused: set[Name] = set()
        self._accepted: dict[Name, int] = {}
        self._known: dict[int, Known] = {}
        self._held: dict[int, tuple[Name, Event]] = {}
        self._chains: dict[int, list[int]] = {}
        self._items: set[str] = set()

    @property
    def waiting(self) -> list[int]:
        """The held decisions whose original is booked, and which were not decided again."""
        return [number for number, (name, _) in self._held.items() if name in self._accepted]

    def take(self, number: int, disposition: str, value: bytes, first: int | None, *, topic: str) -> None:
        """Take up the decision on a record; ``first`` is what it says that it settles or repeats."""
        if first is not None and disposition in {"accepted", "rejected"}:
            self._take_second(number, disposition, first)
            return
        event = _read(value)
        in_anothers_topic = event is not None and topic not in {EVENTS, f"aid.in.{str(event['source']).removeprefix(PREFIX)}.v1"}
        expected = "rejected" if in_anothers_topic else self._expected(event)
        if disposition != expected:
            self.problems.append(f"decision {number} is {disposition}, expected {expected}: {value[:200]!r}")
            return
        self.dispositions[disposition] += 1
        if event is None:
            self._sometimes("rejected for its content")
            return
        if in_anothers_topic:
            self._sometimes("rejected in another partner's topic")
            return
        name = (event["source"], event["id"])
        if disposition in {"duplicate", "conflict"}:
            if first != self._claims[name][0]:
                self.problems.append(f"decision {number} repeats {self._claims[name][0]}, it says {first}")
            self._sometimes(disposition)
            return
        if disposition == "rejected":
            self._refused.add(name)
            return
        if name in self._refused:
            self._sometimes("id used again after it was refused")
        self._claims[name] = (number, event)
        if disposition == "held":
            self._sometimes("held")
            self._held[number] = (_original(event), event)
        else:
            self._accept(number, event)

    def figures(self) -> Counter[Figure]:
        """Return what all that was accepted comes to, in major units and without stock."""
        total: Counter[Figure] = Counter()
        for known in self._known.values():
            if known.root == known.number:
                total.update(self._figures_of(known))
        return Counter({figure: steps for figure, steps in total.items() if steps})

    # --- decisions

    def _take_second(self, number: int, disposition: str, first: int) -> None:
        if first not in self._held:
            self.problems.append(f"decision {number} settles {first}, which does not wait")
            return
        wanted, event = self._held.pop(first)
        if wanted not in self._accepted:
            if disposition == "accepted":
                self.problems.append(f"decision {number} accepts {first}, whose original is not booked")
            # Only an operator refuses what still waits.
            self._sometimes("given up")
        else:
            expected = self._judged(event)
            if disposition != expected and not (disposition == "rejected" and first in self.given_up):
                self.problems.append(f"decision {number} settles {first} as {disposition}, expected {expected}")
            self._sometimes(f"released and {disposition}")
        name = (event["source"], event["id"])
        if disposition == "accepted":
            self._accept(number, event)
        else:
            del self._claims[name]
            self._refused.add(name)

    given_up: frozenset[int] = frozenset()
    """The held decisions that an operator gave up: they may be refused, or may have been released before."""

    def _expected(self, event: Event | None) -> str:
        if event is None:
            return "rejected"
        name = (event["source"], event["id"])
        if name in self._claims:
            known = self._claims[name][1]
            if known == event:
                if list(known) != list(event):
                    self._sometimes("duplicate in another form")
                return "duplicate"
            return "conflict"
        if event["type"] in _NAMING and _original(event) not in self._accepted:
            return "held"
        return self._judged(event)

    def _judged(self, event: Event) -> str:
        """Say whether an event that may be decided counts."""
        if event["type"] not in _NAMING:
            return self._judged_plain(event)
        target = self._known[self._accepted[_original(event)]]
        kind, target_kind = event["type"], target.event["type"]
        suits = {
            _REVERSAL: target_kind != _REGISTRATION,
            _AMENDMENT: target_kind not in _STANDING_ALONE | {_REGISTRATION},
            _ANNOTATION: True,
            _RETURN: target_kind in {_CONFIRMED, "salur.disbursement.sent.v1"},
        }.get(kind, target_kind in variety.DELIVERIES)
        if not suits:
            return "rejected"
        gone = not self._counts(target) or (kind == _AMENDMENT and not self._counts(self._known[target.root]))
        if kind in {_REVERSAL, _AMENDMENT} and gone:
            self._sometimes("already reversed")
            return "rejected"
        if kind == _AMENDMENT and not self._has_items(event["data"]["replacement"]):
            return "rejected"
        return "accepted"

    def _judged_plain(self, event: Event) -> str:
        if event["type"] == _REGISTRATION:
            return "accepted"  # the same again changes nothing
        if not self._has_items(event["data"]):
            self._sometimes("rejected for an unregistered item")
            return "rejected"
        return "accepted"

    def _has_items(self, data: Event) -> bool:
        named = {line.get("item") for line in data.get("lines", ())} & set(NEW_ITEMS)
        if named and named <= self._items:
            self._sometimes("accepted for a registered item")
        return named <= self._items

    def _accept(self, number: int, event: Event) -> None:
        kind = event["type"]
        self._accepted[event["source"], event["id"]] = number
        known = self._known[number] = Known(number, event, number)
        if kind == _REGISTRATION:
            self._items.add(event["data"]["code"])
        if kind not in _NAMING - {_ANNOTATION, _RETURN}:
            return
        target = self._known[self._accepted[_original(event)]]
        if kind == _VERIFICATION and event["data"]["result"] == "refuted":
            return
        known.root = target.root
        self._chains.setdefault(target.root, []).append(number)
        if kind == _REVERSAL:
            target.reversed_by.append(number)
        self._note(kind, target)

    def _note(self, kind: str, target: Known) -> None:
        """Note which of the rarer ways to correct something this was."""
        target_kind = target.event["type"]
        named = {
            (_REVERSAL, _REVERSAL): "reversal of a reversal",
            (_AMENDMENT, _AMENDMENT): "amendment of an amendment",
            (_REVERSAL, _AMENDMENT): "reversal of an amendment",
        }.get((kind, target_kind))
        if named:
            self._sometimes(named)
        if kind == _EVIDENCE:
            self._sometimes("evidence given later")
        if kind == _VERIFICATION:
            self._sometimes("verified")
        others = {self._known[number].event["type"] for number in self._chains[target.root]}
        if kind == _AMENDMENT and others & {_EVIDENCE, _VERIFICATION}:
            self._sometimes("amended while confirmed")

    def _counts(self, known: Known) -> bool:
        """Tell whether no reversal that itself counts names it."""
        return not any(self._counts(self._known[number]) for number in known.reversed_by)

    # --- figures

    def _figures_of(self, root: Known) -> Counter[Figure]:
        if not self._counts(root):
            return Counter()
        members = [known for number in self._chains.get(root.number, ()) if self._counts(known := self._known[number])]
        amendments = [known for known in members if known.event["type"] == _AMENDMENT]
        data = amendments[-1].event["data"]["replacement"] if amendments else root.event["data"]
        figures = self._posted({**root.event, "data": data})
        total = Counter(figures)
        kinds = {known.event["type"] for known in members}
        if _EVIDENCE in kinds and not data.get("evidence"):
            total.update(variety.shadow_of(figures, "evidenced-later"))
        if _VERIFICATION in kinds:
            total.update(variety.shadow_of(figures, "verified"))
        return total

    def _posted(self, event: Event) -> Counter[Figure]:
        kind = event["type"]
        if kind in {_REGISTRATION, _ANNOTATION, _VERIFICATION, _EVIDENCE}:
            return Counter()
        if kind == _RETURN:
            returned = _payments(event, "returned")
            target = self._known[self._accepted[_original(event)]]
            if target.event["type"] == _CONFIRMED:
                self._sometimes("returned after it was confirmed")
                returned.update(_payments(event, _NOT_DELIVERED))
            return returned
        if kind == "salur.disbursement.sent.v1":
            return _payments(event, "sent")
        return variety.figures_of(event)


def _payments(event: Mapping[str, Any], measure: str) -> Counter[Figure]:
    where = (event["data"]["country"], event["data"]["programme"], "uang", measure)
    found: Counter[Figure] = Counter()
    for line in event["data"]["lines"]:
        found[(*where, line["currency"])] += int(line["amount"])
        found[(*where, "payment")] += line["payments"]
    return found


def _original(event: Event) -> Name:
    original = event["data"]["original"]
    return (original["source"], original["id"]) if isinstance(original, dict) else (event["source"], original)


def _read(value: bytes) -> Event | None:
    """Return an event of the partners' own making; everything else that they send is poison."""
    try:
        event = json.loads(value)
    except ValueError:
        return None
    return event if isinstance(event, dict) and str(event.get("type", "")).startswith(_PREFIX) else None
