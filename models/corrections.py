"""Chains of corrections: what an event counts for after reversals, amendments, and corrections of those.

An event and everything that corrects or confirms it, directly or through another correction, is one *chain*; the
event itself is its *root*. Nothing booked is changed: a new member posts the difference between what the chain
counts for after it and what it counted for before it. Therefore the postings of a chain always sum to what the
root counts for now, and summed up to any older booking to what it counted for then.

The meaning:

* a member of the chain is *active* while no active reversal names it;
* the root counts for nothing while an active reversal names it, else for the replacement of the newest active
  amendment, else for its own postings;
* so reversing a reversal restores, reversing an amendment returns to the version before it, and amending
  an amended event amends its newest version;
* evidence that came later and a verification are *shadows*: while one is active, whatever the root delivers is
  counted a second time under a measure of its own, ``evidenced-later`` or ``verified``. What becomes of the root
  becomes of its shadows, so no more can be verified than was delivered.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final, Literal, Protocol, get_args

from models.measures import EVIDENCED, EVIDENCED_LATER, VERIFIED

ChainKind = Literal["reversal", "amendment", "evidence", "verification"]
REVERSAL: Final[ChainKind] = "reversal"
AMENDMENT: Final[ChainKind] = "amendment"
EVIDENCE: Final[ChainKind] = "evidence"
VERIFICATION: Final[ChainKind] = "verification"
CHAIN_KINDS: Final[frozenset[str]] = frozenset(get_args(ChainKind))
"""The links by which an event becomes a member of the chain of the one that it names."""

Effect = dict[int, int]
"""Cell number → increment, without zeros."""


class AlreadyReversed(Exception):
    """The correction names something that no longer counts."""


class CellBook(Protocol):
    """The cells behind the numbers, as far as a chain must know them."""

    def measure(self, cell: int) -> str:
        """Return the measure of a cell."""

    def shadow(self, cell: int, measure: str) -> int | None:
        """Return the cell that counts under ``measure`` what ``cell`` delivers; None if it delivers nothing."""


class _NoCells:
    def measure(self, _cell: int) -> str:
        return ""

    def shadow(self, _cell: int, _measure: str) -> int | None:
        return None


@dataclasses.dataclass(slots=True)
class _Member:
    number: int
    target: int
    kind: ChainKind
    replacement: Effect


class Chain:
    """One event and what corrects or confirms it, in booking order. Numbers are decision numbers."""

    def __init__(self, root: int, postings: Mapping[int, int], cells: CellBook | None = None) -> None:
        self.root = root
        self._cells: CellBook = cells or _NoCells()
        self._own = dict(postings)
        self._members: list[_Member] = []
        self.effect: Effect = dict(postings)

    def replay(self, *, number: int, target: int, kind: ChainKind, postings: Mapping[int, int]) -> None:
        """Take up a member that was booked before, with the postings it made then."""
        replacement = self._without_shadows(_sum(self.effect, postings)) if kind == AMENDMENT else {}
        self._members.append(_Member(number, target, kind, replacement))
        self.effect = self._effective()

    def reverse(self, *, number: int, target: int) -> Effect:
        """Add a reversal of ``target`` and return what it posts. Raises AlreadyReversed."""
        if not self._is_active(target):
            raise AlreadyReversed
        return self._add(_Member(number, target, REVERSAL, {}))

    def amend(self, *, number: int, target: int, replacement: Mapping[int, int]) -> Effect:
        """Add an amendment to ``replacement`` and return what it posts. Raises AlreadyReversed."""
        self.check_amendable(target)
        return self._add(_Member(number, target, AMENDMENT, dict(replacement)))

    def confirm(self, *, number: int, target: int, kind: ChainKind) -> Effect:
        """Add later evidence or a verification of the root and return what it posts: nothing while the root does not count."""
        return self._add(_Member(number, target, kind, {}))

    def check_amendable(self, target: int) -> None:
        """Raise AlreadyReversed if ``target``, or the root of the chain, no longer counts."""
        if not self._is_active(target) or not self._is_active(self.root):
            raise AlreadyReversed

    @property
    def counts(self) -> bool:
        """Whether no active reversal names the root."""
        return self._is_active(self.root)

    def _add(self, member: _Member) -> Effect:
        before = self.effect
        self._members.append(member)
        self.effect = self._effective()
        return _sum(self.effect, {cell: -delta for cell, delta in before.items()})

    def _effective(self) -> Effect:
        inactive = self._inactive()
        if self.root in inactive:
            return {}
        active = [member for member in self._members if member.number not in inactive]
        version = next((dict(member.replacement) for member in reversed(active) if member.kind == AMENDMENT), dict(self._own))
        kinds = {member.kind for member in active}
        shadows: Effect = {}
        if EVIDENCE in kinds and not any(self._cells.measure(cell) == EVIDENCED for cell in version):
            shadows = _sum(shadows, self._shadows(version, EVIDENCED_LATER))
        if VERIFICATION in kinds:
            shadows = _sum(shadows, self._shadows(version, VERIFIED))
        return _sum(version, shadows) if shadows else version

    def _shadows(self, version: Effect, measure: str) -> Effect:
        shadows: Effect = {}
        for cell, delta in version.items():
            shadow = self._cells.shadow(cell, measure)
            if shadow is not None:
                shadows[shadow] = shadows.get(shadow, 0) + delta
        return shadows

    def _without_shadows(self, effect: Effect) -> Effect:
        return {cell: delta for cell, delta in effect.items() if self._cells.measure(cell) not in (EVIDENCED_LATER, VERIFIED)}

    def _is_active(self, number: int) -> bool:
        """Tell whether no active reversal names ``number``."""
        return number not in self._inactive()

    def _inactive(self) -> set[int]:
        """Return the numbers that an active reversal names."""
        # Reversals only name older decisions, so going from the newest to the oldest needs one pass.
        reversed_numbers: set[int] = set()
        for member in reversed(self._members):
            if member.kind == REVERSAL and member.number not in reversed_numbers:
                reversed_numbers.add(member.target)
        return reversed_numbers


def _sum(left: Mapping[int, int], right: Mapping[int, int]) -> Effect:
    total = dict(left)
    for cell, delta in right.items():
        total[cell] = total.get(cell, 0) + delta
    return {cell: delta for cell, delta in total.items() if delta}
