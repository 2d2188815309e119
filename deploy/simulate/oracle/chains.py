"""What an event counts for after everything that names it: reversals, amendments, later evidence, verifications.

An event stands unless a reversal that stands names it. A root that does not stand counts for nothing; one that does
counts for its newest standing amendment, and once more under ``evidenced-later`` and ``verified`` while evidence or
a verification of it stands.
"""

import dataclasses
from collections import Counter
from typing import Any, Final

from deploy.simulate.oracle.cell import Effect
from deploy.simulate.oracle.postings import shadow

REVERSAL: Final = "reversal"
AMENDMENT: Final = "amendment"
EVIDENCE: Final = "evidence"
VERIFICATION: Final = "verification"


class NoLongerCounts(Exception):
    """A correction names something that was reversed already."""


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One correction or confirmation, and what it put in place of the root if it is an amendment."""

    number: int
    target: int
    kind: str
    replacement: Effect


@dataclasses.dataclass(slots=True)
class Chain:
    """A root and its members in the order booked."""

    root: int
    event: dict[str, Any]
    own: Effect
    members: list[Member] = dataclasses.field(default_factory=list)

    def stands(self, number: int) -> bool:
        """Tell whether no standing reversal names the number."""
        return not any(member.kind == REVERSAL and member.target == number and self.stands(member.number) for member in self.members)

    def join(self, member: Member) -> Effect:
        """Take up a member and return what changes by it. Raises NoLongerCounts."""
        if member.kind in (REVERSAL, AMENDMENT) and not self.stands(member.target):
            raise NoLongerCounts
        if member.kind == AMENDMENT and not self.stands(self.root):
            raise NoLongerCounts
        change = Counter({cell: -delta for cell, delta in self.effect().items()})
        self.members.append(member)
        for cell, delta in self.effect().items():
            change[cell] += delta
        return {cell: delta for cell, delta in change.items() if delta}

    def effect(self) -> Effect:
        """Return what the root counts for now."""
        if not self.stands(self.root):
            return {}
        standing = [member for member in self.members if self.stands(member.number)]
        amendments = [member.replacement for member in standing if member.kind == AMENDMENT]
        version = amendments[-1] if amendments else self.own
        total = Counter(version)
        if any(member.kind == EVIDENCE for member in standing) and not any(cell.measure == "evidenced" for cell in version):
            total.update(shadow(version, "evidenced-later"))
        if any(member.kind == VERIFICATION for member in standing):
            total.update(shadow(version, "verified"))
        return dict(total)


def measured(effect: Effect, measures: frozenset[str]) -> Counter[tuple[str, str]]:
    """Return the sums of some measures of an effect by item and unit."""
    sums: Counter[tuple[str, str]] = Counter()
    for cell, delta in effect.items():
        if cell.measure in measures:
            sums[cell.item, cell.unit] += delta
    return sums
