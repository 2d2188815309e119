"""The tree of sums: all tally cells at one booking, so that a figure is proved by few nodes and none can be left out.

The cells stand in an order; every node says, for each dimension, the least and the greatest value below it, how
many cells there are, and their sum if they all share table, measure, unit and kind of partner (there is no sum of two
units). A question then needs the children of a node only where some cells below it may match and some may not. A
tree exists for each of several orders, so that what is asked for usually stands together in one of them.

A tree divides where the keys of its cells first differ, bit by bit (a crit-bit tree). So its shape follows from the
cells alone, a new cell changes the nodes above it and no others, and it can be kept in *pages*: any division of it into
whole subtrees gives the same root.

A node is hashed over its summary, an inner one also over its children. Who checks trusts the summaries of nodes that
are not opened as far as he trusts the seal; see the decision record.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from models.cells import LedgerCell
from models.merkle import EMPTY_ROOT

DIMENSIONS: Final = LedgerCell._fields
UNMIXED: Final = ("table", "simulated", "measure", "unit")
"""What the cells of a node must share for it to have a sum."""

_THEN: Final[Mapping[str, tuple[str, ...]]] = {
    "destination": ("destination", "programme", "item", "partner"),
    "programme": ("programme", "destination", "item", "partner"),
    "item": ("item", "destination", "programme", "partner"),
    "partner": ("partner", "programme", "destination", "item"),
    "place": ("place", "programme", "item", "partner"),
    "day": ("day", "programme", "destination", "item"),
}
ORDERS: Final = tuple(_THEN)
"""The names of the orders, each by what comes first after table, kind of partner, measure and unit."""

_encode = msgspec.json.Encoder().encode
_sha256 = hashlib.sha256
_LEAF: Final = b"\x00"
_INNER: Final = b"\x01"
_KINDS: Final = tuple(DIMENSIONS.index(name) for name in UNMIXED)

Summary = list[Any]
"""For each dimension its one value or [least, greatest]; then the number of cells; then the sum as digits, or None."""


class SumNode(NamedTuple):
    """One node. A cell has nothing ``below``; the children of a node that was read from a page are not here but in it."""

    low: tuple[str, ...]
    high: tuple[str, ...]
    cells: int
    steps: int | None
    below: bytes | None
    hash: bytes
    children: "tuple[SumNode, SumNode] | None" = None
    page: int | None = None

    @property
    def summary(self) -> Summary:
        """What the node says of the cells below it."""
        return _summary(self.low, self.high, self.cells, self.steps)


class Run(NamedTuple):
    """A whole subtree and the keys of its first and last cell."""

    first: bytes
    last: bytes
    node: SumNode


class TooLarge(Exception):
    """A question needs more nodes opened than was allowed."""


Opening = Callable[[SumNode], tuple[SumNode, SumNode]]
Sums = Iterable[tuple[LedgerCell, int]]


def order_of(name: str) -> tuple[str, ...]:
    """Return all dimensions in the order of this name."""
    first = (*UNMIXED, *_THEN[name])
    return (*first, *(dimension for dimension in DIMENSIONS if dimension not in first))


_PLACES: Final = {name: tuple(DIMENSIONS.index(dimension) for dimension in order_of(name)) for name in ORDERS}


def written(cell: LedgerCell) -> tuple[str, ...]:
    """Return a cell's dimensions as text, in the order of ``DIMENSIONS``."""
    return tuple(("true" if value else "false") if value.__class__ is bool else str(value) for value in cell)


def key_of(values: Sequence[str], order: str) -> bytes:
    """Return what cells are sorted by: the values in the order's order, parted by a zero byte, which no value has."""
    return "\0".join([values[place] for place in _PLACES[order]]).encode()


def sum_tree(sums: Sums, order: str) -> SumNode | None:
    """Return the tree over all cells that are not 0; None if there are none."""
    return grown(runs_of(((written(cell), steps) for cell, steps in sums), order))


def runs_of(cells: Iterable[tuple[tuple[str, ...], int]], order: str) -> list[Run]:
    """Return every cell that is not 0 as a run of its own, sorted."""
    keyed = sorted((key_of(values, order), values, steps) for values, steps in cells if steps)
    return [Run(key, key, _leaf(values, steps)) for key, values, steps in keyed]


def grown(runs: Iterable[Run]) -> SumNode | None:
    """Return the tree over sorted runs: it divides first where neighbours part first."""
    left: list[tuple[int, SumNode]] = []
    before: Run | None = None
    node: SumNode | None = None
    for run in runs:
        if before is not None and node is not None:
            parts = parting(before.last, run.first)
            while left and left[-1][0] > parts:
                node = _inner(left.pop()[1], node)
            left.append((parts, node))
        before, node = run, run.node
    while left and node is not None:
        node = _inner(left.pop()[1], node)
    return node


def parting(one: bytes, other: bytes) -> int:
    """Return the number of bits that two different keys have in common before they part."""
    length = max(len(one), len(other))
    differing = int.from_bytes(one.ljust(length, b"\0")) ^ int.from_bytes(other.ljust(length, b"\0"))
    return length * 8 - differing.bit_length()


def divided(tree: SumNode | None, most_cells: int) -> Iterator[SumNode]:
    """Yield the largest subtrees of at most so many cells, in order."""
    waiting = [] if tree is None else [tree]
    while waiting:
        node = waiting.pop()
        if node.cells <= most_cells or node.children is None:
            yield node
        else:
            waiting += reversed(node.children)


def kept(summary: Summary, below: bytes | None, page: int) -> SumNode:
    """Return a node as it was kept: from its summary, and the hash of what is below it if that is more than one cell."""
    *bounds, cells, digits = summary
    low, high = (tuple(bound[side] if bound.__class__ is list else bound for bound in bounds) for side in (0, 1))
    content = _encode(summary)
    hashed = _sha256(_LEAF + content if below is None else _INNER + below + content).digest()
    return SumNode(low, high, cells, None if digits is None else int(digits), below, hashed, None, None if below is None else page)


def root_hash(tree: SumNode | None) -> bytes:
    """Return the root that a seal names."""
    return EMPTY_ROOT if tree is None else tree.hash


class Answer(NamedTuple):
    """The sum and the number of the wanted cells, and the proof of it.

    The proof is the tree cut down to what the question needs: pairs where it must be opened, else a summary and the
    hash of what is below.
    """

    steps: int
    cells: int
    proof: Any


def _here(node: SumNode) -> tuple[SumNode, SumNode]:
    assert node.children is not None, "the bounds of a cell leave nothing open, and pages are opened by who keeps them"
    return node.children


def prove(tree: SumNode | None, wanted: Mapping[str, Any], *, opening: Opening = _here, most_opened: int | None = None) -> Answer:
    """Answer a question with its proof. Raises TooLarge if more than ``most_opened`` nodes must be opened."""
    if tree is None:
        return Answer(0, 0, None)
    asking = _Asking(_read(wanted), opening, most_opened)
    proof = asking.cut(tree)
    return Answer(asking.steps, asking.cells, proof)


class _Asking:
    """One walk through a tree."""

    def __init__(self, wanted: "Read", opening: Opening, most_opened: int | None) -> None:
        self._wanted = wanted
        self._opening = opening
        self._left = most_opened
        self.steps = 0
        self.cells = 0

    def cut(self, node: SumNode) -> Any:
        found = _matches(node.low, node.high, self._wanted)
        if found is None:
            if self._left is not None:
                if not self._left:
                    raise TooLarge
                self._left -= 1
            left, right = self._opening(node)  # one frame a level: a proof may be some hundred levels deep
            return [self.cut(left), self.cut(right)]
        if found:
            assert node.steps is not None, "a figure has one measure and one unit"
            self.steps += node.steps
            self.cells += node.cells
        return {"s": node.summary} if node.below is None else {"s": node.summary, "c": node.below.hex()}


def matches(low: Sequence[str], high: Sequence[str], wanted: Mapping[str, Any]) -> bool | None:
    """Tell whether all cells between these bounds are wanted, or none is; None if that is not said by the bounds.

    ``wanted`` gives for a dimension the values allowed, or {"from", "to"}, both included.
    """
    return _matches(low, high, _read(wanted))


Read = list[tuple[int, Any]]


def _read(wanted: Mapping[str, Any]) -> Read:
    return [(DIMENSIONS.index(name), allowed) for name, allowed in wanted.items()]


def _matches(low: Sequence[str], high: Sequence[str], wanted: Read) -> bool | None:
    whole = True
    for place, allowed in wanted:
        least, most = low[place], high[place]
        if isinstance(allowed, Mapping):
            if most < allowed["from"] or least > allowed["to"]:
                return False
            whole = whole and allowed["from"] <= least and most <= allowed["to"]
        elif not any(least <= value <= most for value in allowed):
            return False
        else:
            whole = whole and least == most
    return True if whole else None


def _leaf(values: tuple[str, ...], steps: int) -> SumNode:
    content = _encode([*values, 1, str(steps)])
    return SumNode(values, values, 1, steps, None, _sha256(_LEAF + content).digest())


def _inner(left: SumNode, right: SumNode) -> SumNode:
    low, high = left.low, right.high
    if low != right.low:
        low = tuple(map(min, low, right.low))
    if high != left.high:
        high = tuple(map(max, left.high, high))
    steps = None
    if left.steps is not None and right.steps is not None and all(low[place] == high[place] for place in _KINDS):
        steps = left.steps + right.steps
    cells = left.cells + right.cells
    below = _sha256(left.hash + right.hash).digest()
    hashed = _sha256(_INNER + below + _encode(_summary(low, high, cells, steps))).digest()
    return SumNode(low, high, cells, steps, below, hashed, (left, right))


def _summary(low: Sequence[str], high: Sequence[str], cells: int, steps: int | None) -> Summary:
    bounds: list[Any] = [least if least == most else [least, most] for least, most in zip(low, high, strict=True)]
    return [*bounds, cells, None if steps is None else str(steps)]
