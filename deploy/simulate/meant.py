"""What was meant: the sums that the stream must come to in any order of arrival, kept while it is made."""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from deploy.simulate.drafts import Draft
from deploy.simulate.oracle.cell import Cell, Effect
from deploy.simulate.oracle.postings import day_of, effect_of, shadow

Tally = tuple[str | bool, ...]
"""The dimensions of a materialized table."""

_CONFIRMED_LATER: Final = frozenset({"incentive.paid", "group.assisted"})
_DAY: Final = Cell._fields.index("day")
_IN: Final = ("produced", "procured", "adjusted-in")
_OUT: Final = ("distributed", "sold", "lost", "adjusted-out")


@dataclasses.dataclass(slots=True)
class _Set:
    """A target as it was set first, and what it counts for now."""

    first: Draft
    effect: Effect


class Meant:
    """Takes every draft as it was meant, before anything went wrong with it."""

    def __init__(self) -> None:
        self.cells: Counter[Cell] = Counter()
        self.intake: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self._confirmed_later: dict[str, Effect] = {}
        self._targets: dict[str, _Set] = {}

    def take(self, draft: Draft) -> None:
        """Count what the draft means."""
        original = _original(draft)
        match draft.kind:
            case "target.revised":
                self._revise(draft, original)
            case "evidence.attached":
                self.cells.update(shadow(self._confirmed_later.pop(original), "evidenced-later"))
            case "delivery.verified":
                effect = self._confirmed_later.pop(original)
                if draft.data["result"] == "confirmed":
                    self.cells.update(shadow(effect, "verified"))
            case _:
                effect = _effect(draft, draft.data)
                self.cells.update(effect)
                if draft.kind in _CONFIRMED_LATER:
                    self._confirmed_later[draft.id] = effect
                if draft.kind == "target.set":
                    self._targets[draft.id] = _Set(draft, effect)

    def disposed(self, disposition: str, reason: str = "") -> None:
        """Count one line by what becomes of it."""
        self.intake["received"] += 1
        self.intake[disposition] += 1
        if reason:
            self.reasons[reason] += 1

    def _revise(self, draft: Draft, original: str) -> None:
        target = self._targets[original]
        effect = _effect(target.first, draft.data)
        self.cells.subtract(target.effect)
        self.cells.update(effect)
        self._targets[draft.id] = target
        target.effect = effect

    def tallies(self) -> Counter[Tally]:
        """Return the sums as the materialized tables keep them."""
        return by_table(self.cells)

    def balances(self) -> dict[str, dict[str, int]]:
        """Return of each item what came in, what went out, what is there and on its way, in steps; the two sides are equal."""
        found: dict[str, Counter[str]] = {}
        for cell, steps in self.cells.items():
            if cell.table in ("distributions", "stock") and cell.measure in (*_IN, *_OUT, "on-hand", "in-transit"):
                found.setdefault(f"{cell.item} {cell.unit}", Counter())[cell.measure] += steps
        for item, sums in found.items():
            came, went = sum(sums[measure] for measure in _IN), sum(sums[measure] for measure in (*_OUT, "on-hand", "in-transit"))
            assert came == went, f"the balance of {item} does not hold"
        return {item: dict(sorted(sums.items())) for item, sums in sorted(found.items())}


def by_table(cells: Mapping[Cell, int]) -> Counter[Tally]:
    """Return sums by the dimensions of the materialized tables: months for days, no place, the holder of stocks alone, no lot."""
    found: Counter[Tally] = Counter()
    for cell, steps in cells.items():
        holder = cell.holder if cell.table == "stock" else ""
        found[*cell[:_DAY], cell.day[:7], cell.recipient_type, holder] += steps
    return Counter({cell: steps for cell, steps in found.items() if steps})


def _original(draft: Draft) -> str:
    original = draft.data.get("original", "")
    return original if isinstance(original, str) else str(original["id"])


def _effect(draft: Draft, data: dict[str, Any]) -> Effect:
    simulated = draft.partner.startswith("simulasi-")
    return effect_of(draft.kind, data, partner=draft.partner, simulated=simulated, day=day_of(draft.time), undelivers=draft.undelivers)
