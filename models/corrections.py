"""Chains of corrections: what an event counts for after reversals, amendments, and corrections of those.

An event and everything that corrects it, directly or through another correction, is one *chain*; the corrected
event is its *root*. Nothing booked is changed: a correction posts the difference between what the root counts
for after it and what it counted for before it. Therefore the postings of a chain always sum to what the root
counts for now, and summed up to any older booking to what it counted for then.

The meaning:

* a member of the chain is *active* while no active reversal names it;
* the root counts for nothing while an active reversal names it, else for the replacement of the newest active
  amendment, else for its own postings;
* so reversing a reversal restores, reversing an amendment returns to the version before it, and amending
  an amended event amends its newest version.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final, Literal

CorrectionKind = Literal["reversal", "amendment"]
REVERSAL: Final[CorrectionKind] = "reversal"
AMENDMENT: Final[CorrectionKind] = "amendment"

Effect = dict[int, int]
"""Cell number → increment, without zeros."""


class AlreadyReversed(Exception):
    """The correction names something that no longer counts."""


@dataclasses.dataclass(slots=True)
class _Correction:
    number: int
    target: int
    kind: CorrectionKind
    replacement: Effect


class Chain:
    """One event and its corrections in booking order. Numbers are decision numbers."""

    def __init__(self, root: int, postings: Mapping[int, int]) -> None:
        self.root = root
        self._own = dict(postings)
        self._corrections: list[_Correction] = []
        self.effect: Effect = dict(postings)

    def replay(self, *, number: int, target: int, kind: CorrectionKind, postings: Mapping[int, int]) -> None:
        """Take up a correction that was booked before, with the postings it made then."""
        replacement = _sum(self.effect, postings) if kind == AMENDMENT else {}
        self._corrections.append(_Correction(number, target, kind, replacement))
        self.effect = self._effective()

    def reverse(self, *, number: int, target: int) -> Effect:
        """Add a reversal of ``target`` and return what it posts. Raises AlreadyReversed."""
        if not self._is_active(target):
            raise AlreadyReversed
        return self._add(_Correction(number, target, REVERSAL, {}))

    def amend(self, *, number: int, target: int, replacement: Mapping[int, int]) -> Effect:
        """Add an amendment to ``replacement`` and return what it posts. Raises AlreadyReversed."""
        self.check_amendable(target)
        return self._add(_Correction(number, target, AMENDMENT, dict(replacement)))

    def check_amendable(self, target: int) -> None:
        """Raise AlreadyReversed if ``target``, or the root of the chain, no longer counts."""
        if not self._is_active(target) or not self._is_active(self.root):
            raise AlreadyReversed

    def _add(self, correction: _Correction) -> Effect:
        before = self.effect
        self._corrections.append(correction)
        self.effect = self._effective()
        return _sum(self.effect, {cell: -delta for cell, delta in before.items()})

    def _effective(self) -> Effect:
        if not self._is_active(self.root):
            return {}
        for correction in reversed(self._corrections):
            if correction.kind == AMENDMENT and self._is_active(correction.number):
                return dict(correction.replacement)
        return dict(self._own)

    def _is_active(self, number: int) -> bool:
        """Tell whether no active reversal names ``number``."""
        # Reversals only name older decisions, so going from the newest to the oldest needs one pass.
        reversed_numbers: set[int] = set()
        for correction in reversed(self._corrections):
            if correction.kind == REVERSAL and correction.number not in reversed_numbers:
                reversed_numbers.add(correction.target)
        return number not in reversed_numbers


def _sum(left: Mapping[int, int], right: Mapping[int, int]) -> Effect:
    total = dict(left)
    for cell, delta in right.items():
        total[cell] = total.get(cell, 0) + delta
    return {cell: delta for cell, delta in total.items() if delta}
