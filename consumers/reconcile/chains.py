"""What an event counts for after everything that corrects or confirms it, decided from the definition each time.

An event, and whatever reverses, replaces, shows or verifies it, directly or through another of these, is a chain.
Each member adds what the chain comes to after it, less what it came to before it. Written from the rules and from
no other code: the ledger has its own chains.
"""

import dataclasses
from collections import Counter
from typing import Any, Final, Literal

from consumers.reconcile.rawlog import RawRecord
from consumers.reconcile.recount import Postings
from models.events.catalogue import Event

DELIVERED: Final = frozenset({"confirmed", "paid", "distributed", "assisted", "engaged", "worked", "trained", "placed", "served"})
SHOWN_AT_ONCE: Final = "evidenced"
SHOWN_LATER: Final = "evidenced-later"
VERIFIED: Final = "verified"

Kind = Literal["reversal", "replacement", "evidence", "verification"]


@dataclasses.dataclass(slots=True)
class Booked:
    """An event that has its id: accepted with this number, or held (``accepted`` is 0)."""

    record: RawRecord
    event: Event
    whole: dict[str, Any]
    accepted: int = 0
    chain: "Chain | None" = None


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """An accepted event that names the root or another member; a replacement with what it puts in the root's place."""

    number: int
    target: int
    kind: Kind
    replacement: Postings = dataclasses.field(default_factory=Counter)


@dataclasses.dataclass(slots=True)
class Chain:
    """An event (the root), what it adds by itself, and its members in the order of their decisions."""

    root: Booked
    own: Postings
    members: list[Member] = dataclasses.field(default_factory=list)

    def counts(self, number: int) -> bool:
        """Tell whether decision ``number`` of the chain still counts: no reversal that itself counts names it."""
        return number not in self._struck()

    def comes_to(self) -> Postings:
        """Return what the chain adds up to: the version that stands, and once more what of it was shown or verified."""
        struck = self._struck()
        if self.root.accepted in struck:
            return Counter()
        standing = [member for member in self.members if member.number not in struck]
        version = next((member.replacement for member in reversed(standing) if member.kind == "replacement"), self.own)
        total = Counter(version)
        kinds = {member.kind for member in standing}
        if "evidence" in kinds and not any(cell.measure == SHOWN_AT_ONCE for cell in version):
            total.update(_delivered_again(version, SHOWN_LATER))
        if "verification" in kinds:
            total.update(_delivered_again(version, VERIFIED))
        return total

    def join(self, member: Member) -> Postings:
        """Take up the next member and return what it adds."""
        before = self.comes_to()
        self.members.append(member)
        difference = self.comes_to()
        difference.subtract(before)
        return Counter({cell: steps for cell, steps in difference.items() if steps})

    def _struck(self) -> set[int]:
        """Return what reversals that count have taken away; a reversal names only what came before it."""
        struck: set[int] = set()
        for member in reversed(self.members):
            if member.kind == "reversal" and member.number not in struck:
                struck.add(member.target)
        return struck


def _delivered_again(version: Postings, measure: str) -> Postings:
    """Return everything that a version delivers, counted under another measure."""
    found: Postings = Counter()
    for cell, steps in version.items():
        if cell.measure in DELIVERED:
            found[cell._replace(measure=measure)] += steps
    return found
