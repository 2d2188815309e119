"""Which counts of people may be published: none below ten, and none from which such a count could be worked out.

Counts form one tree of sums: every node is the sum of its children, and only nodes of it are ever published. A
reader knows every published number, these rules, and which children a parent could have. Whatever is published,
each hidden count below ten may, for all that the reader can tell, be any of 1 to 9.

The rules, from the top down. A total below ten hides everything. Under a shown parent with the total T, let p
children be small (1 to 9), b the smallest of the others (the first by code among equals) and s the next smallest:

* p = 0: every child is shown.
* *Hidden*: the small ones and b are hidden, and marked as such; the others are shown. Let R = T less what is
  shown = the small ones + b. This needs p + 18 <= R, and R <= s + 9p - 9 where there is an s.
* *Closed*: otherwise no child of the parent is published at all, not even which there are.

What is below a hidden node is not published either.

Why no hidden count is narrowed. A reader who guesses the value v for a small child c needs a possible tree with
c = v from which the same is published; so for each v from 1 to 9 there must be one.

*Hidden.* Only p, R and s decided, and they are published; so the guess must keep the marks: the other small ones
sum to some O from p - 1 to 9(p - 1), and b' = R - v - O must be from 10 to s - 1, to be still the smallest other.
Such an O is there if R - v - (p - 1) >= 10 and R - v - 9(p - 1) <= s - 1. The hardest v is 9 for the first, which
is p + 18 <= R, and 1 for the second, which is R <= s + 9p - 9. Both were demanded.

*Closed.* Then T >= 10, and which children there are is not known. If all are small there is no b, so it is closed:
with c = v that is possible for every T <= 9k - 8, where k children may be. For a larger T there are the three
children v, 10 and T - v - 10 with R = v + 10 < 19 if v <= 8, and for v = 9 the children 9, a and a' with the halves
a <= a' <= a + 1 of T - 9, where R = 9 + a > a'. Both are closed. Four possible children are enough for every T;
each level of our trees has more.

*Deeper down.* A hidden or closed part says nothing of what is below, so any split of its value is possible, and a
hidden node may have each of the values above. Parents are decided one by one, each by its own children only.

What this does not hide: how a count grew between two publications. Whoever keeps both can subtract them.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

SMALLEST_SHOWN: Final = 10

Path = tuple[str, ...]
"""A node: the codes from the top down; the top itself is empty."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What may be known of one tree: counts shown; nodes hidden because small, or beside such; parents that are closed."""

    shown: Mapping[Path, int]
    small: frozenset[Path]
    beside: frozenset[Path]
    closed: frozenset[Path]

    def shows(self, path: Path) -> bool:
        """Tell whether nothing speaks against showing a figure of this node: neither it nor anything above it is hidden or closed."""
        above = [path[:length] for length in range(len(path) + 1)]
        return not any(node in self.small or node in self.beside for node in above) and not any(node in self.closed for node in above[:-1])

    def hides(self, path: Path) -> bool:
        """Tell whether this very node is marked as hidden."""
        return path in self.small or path in self.beside


def publication(leaves: Mapping[Path, int]) -> Publication:
    """Return what may be published of the tree with these leaves, all of one depth; a count of 0 is the same as none."""
    totals = _totals(leaves)
    made = _Made(totals)
    top = totals.get((), 0)
    if any(count < 0 for count in leaves.values()) or 0 < top < SMALLEST_SHOWN:
        made.small.add(())
        made.closed.add(())
    elif top:
        made.open(())
    return Publication(shown=made.shown, small=frozenset(made.small), beside=frozenset(made.beside), closed=frozenset(made.closed))


class _Made:
    """A publication in the making."""

    def __init__(self, totals: Mapping[Path, int]) -> None:
        self.totals = totals
        self.children: dict[Path, list[Path]] = {}
        for path in sorted(totals):
            if path:
                self.children.setdefault(path[:-1], []).append(path)
        self.shown: dict[Path, int] = {}
        self.small: set[Path] = set()
        self.beside: set[Path] = set()
        self.closed: set[Path] = set()

    def open(self, parent: Path) -> None:
        """Show a node, and decide about its children."""
        self.shown[parent] = self.totals[parent]
        children = self.children.get(parent, [])
        small = [child for child in children if self.totals[child] < SMALLEST_SHOWN]
        others = sorted((child for child in children if self.totals[child] >= SMALLEST_SHOWN), key=lambda child: (self.totals[child], child))
        if small and not self._is_safe(small, others):
            self.closed.add(parent)
            return
        if small:
            self.small.update(small)
            self.beside.add(others.pop(0))
        for child in others:
            self.open(child)

    def _is_safe(self, small: list[Path], others: list[Path]) -> bool:
        if not others:
            return False
        count = len(small)
        rest = sum(self.totals[child] for child in (*small, others[0]))
        return rest >= count + 18 and (len(others) == 1 or rest <= self.totals[others[1]] + 9 * count - 9)


def _totals(leaves: Mapping[Path, int]) -> dict[Path, int]:
    """Return the sum of every node that is not 0."""
    totals: dict[Path, int] = {}
    for path, count in leaves.items():
        if count:
            for node in _nodes(path):
                totals[node] = totals.get(node, 0) + count
    return totals


def _nodes(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(len(path) + 1))
