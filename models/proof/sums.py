"""The tree of sums: all tally cells at one booking, so that a figure is proved by few nodes and none can be left out.

The cells stand in an order; every node says, for each dimension, the least and the greatest value below it, how
many cells there are, and their sum if they all share table, measure, unit and kind of partner (there is no sum of two
units). A question then needs the children of a node only where some cells below it may match and some may not. A
tree exists for each of several orders, so that what is asked for usually stands together in one of them.

A node is hashed over its summary, an inner one also over its children. The shape is that of RFC 6962. Who
checks trusts the summaries of nodes that are not opened as far as he trusts the seal; see the decision record.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
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
_LEAF: Final = b"\x00"
_INNER: Final = b"\x01"
_KINDS: Final = tuple(DIMENSIONS.index(name) for name in UNMIXED)

Summary = list[Any]
"""For each dimension its one value or [least, greatest]; then the number of cells; then the sum as digits, or None."""


class SumNode(NamedTuple):
    """One node. ``children`` is None for a cell."""

    low: tuple[str, ...]
    high: tuple[str, ...]
    cells: int
    steps: int | None
    hash: bytes
    children: "tuple[SumNode, SumNode] | None"

    @property
    def summary(self) -> Summary:
        """What the node says of the cells below it."""
        return _summary(self.low, self.high, self.cells, self.steps)


Sums = Iterable[tuple[LedgerCell, int]]


def order_of(name: str) -> tuple[str, ...]:
    """Return all dimensions in the order of this name."""
    first = (*UNMIXED, *_THEN[name])
    return (*first, *(dimension for dimension in DIMENSIONS if dimension not in first))


def written(cell: LedgerCell) -> tuple[str, ...]:
    """Return a cell's dimensions as text, in the order of ``DIMENSIONS``."""
    return tuple(("true" if value else "false") if value.__class__ is bool else str(value) for value in cell)


def sum_tree(sums: Sums, order: str) -> SumNode | None:
    """Return the tree over all cells that are not 0; None if there are none."""
    places = [DIMENSIONS.index(name) for name in order_of(order)]
    cells = sorted(((written(cell), steps) for cell, steps in sums if steps), key=lambda one: [one[0][place] for place in places])
    return _grow([_leaf(values, steps) for values, steps in cells])


def root_hash(tree: SumNode | None) -> bytes:
    """Return the root that a seal names."""
    return EMPTY_ROOT if tree is None else tree.hash


def prove(tree: SumNode | None, wanted: Mapping[str, Any]) -> Any:
    """Return the tree cut down to what a question needs: pairs where it must be opened, else a summary and the hash of what is below."""
    if tree is None:
        return None
    if tree.children is None:
        return {"s": tree.summary}
    if matches(tree.low, tree.high, wanted) is None:
        return [prove(child, wanted) for child in tree.children]
    return {"s": tree.summary, "c": _below(*tree.children).hex()}


def matches(low: Sequence[str], high: Sequence[str], wanted: Mapping[str, Any]) -> bool | None:
    """Tell whether all cells between these bounds are wanted, or none is; None if that is not said by the bounds.

    ``wanted`` gives for a dimension the values allowed, or {"from", "to"}, both included.
    """
    whole = True
    for name, allowed in wanted.items():
        place = DIMENSIONS.index(name)
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


def figure(tree: SumNode | None, wanted: Mapping[str, Any]) -> tuple[int, int]:
    """Return the sum and the number of the wanted cells."""
    if tree is None:
        return 0, 0
    found = matches(tree.low, tree.high, wanted)
    if found is None:
        assert tree.children is not None, "the bounds of a cell leave nothing open"
        (left, few), (right, more) = (figure(child, wanted) for child in tree.children)
        return left + right, few + more
    assert not found or tree.steps is not None, "a figure has one measure and one unit"
    return (tree.steps or 0, tree.cells) if found else (0, 0)


def _grow(level: list[SumNode]) -> SumNode | None:
    while len(level) > 1:
        paired = [_inner(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0] if level else None


def _leaf(values: tuple[str, ...], steps: int) -> SumNode:
    content = _encode(_summary(values, values, 1, steps))
    return SumNode(values, values, 1, steps, hashlib.sha256(_LEAF + content).digest(), None)


def _inner(left: SumNode, right: SumNode) -> SumNode:
    low = tuple(map(min, left.low, right.low))
    high = tuple(map(max, left.high, right.high))
    alike = all(low[place] == high[place] for place in _KINDS)
    steps = left.steps + right.steps if alike and left.steps is not None and right.steps is not None else None
    cells = left.cells + right.cells
    content = _encode(_summary(low, high, cells, steps))
    hashed = hashlib.sha256(_INNER + _below(left, right) + content).digest()
    return SumNode(low, high, cells, steps, hashed, (left, right))


def _below(left: SumNode, right: SumNode) -> bytes:
    return hashlib.sha256(left.hash + right.hash).digest()


def _summary(low: Sequence[str], high: Sequence[str], cells: int, steps: int | None) -> Summary:
    bounds: list[Any] = [least if least == most else [least, most] for least, most in zip(low, high, strict=True)]
    return [*bounds, cells, None if steps is None else str(steps)]
