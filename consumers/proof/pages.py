"""The trees of sums, kept between seals: whole subtrees of up to 64 cells, so that a seal hashes again only what changed since.

A page says which cells are in it, with their sums, and what its topmost node says. Pages are working state: what is
read from them counts only because it leads to a root that was sealed. Which cells changed is read from their history.
"""

import bisect
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from models import schema
from models.cells import FLAGS, PARTNERS, LedgerCell
from models.errors import IntegrityError
from models.proof.sums import ORDERS, Run, SumNode, divided, grown, kept, key_of, parting, root_hash, runs_of, written

MOST_CELLS: Final = 64
_AT_ONCE: Final = 5_000
_HINT: Final = "run `salur verify`, which names what was changed; `salur seal` makes them anew from the rows"
_cells = schema.cells.c
_table = schema.sum_pages.c
_DIMENSIONS: Final = tuple(_cells["table_name" if name == "table" else name] for name in LedgerCell._fields)
_TALLIED: Final = _cells.table_name.not_in((PARTNERS, FLAGS))
_encode = msgspec.json.Encoder().encode
_members = msgspec.json.Decoder(list[tuple[int, int]])

Values = tuple[str, ...]
Members = list[tuple[int, int]]
"""Cells of a page in its order: their numbers and sums."""


class PagesChanged(IntegrityError):
    """The pages do not lead to what was sealed, or are not what they say."""


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One page as it is kept. ``members`` is JSON; empty when the page was read without them."""

    first: bytes
    last: bytes
    summary: bytes
    below: bytes | None
    members: str

    @property
    def cells(self) -> Members:
        """The cells, read. Raises PagesChanged."""
        try:
            return _members.decode(self.members)
        except msgspec.MsgspecError as error:
            raise PagesChanged("a page of the kept sums cannot be read", hint=_HINT) from error


def sums_at(connection: sa.Connection, booking: int) -> Iterator[tuple[int, Values, int]]:
    """Yield (cell, dimensions, steps) of every tally cell after a booking."""
    history, earlier = schema.cell_history, schema.cell_history.alias("earlier")
    last = sa.select(sa.func.max(earlier.c.booking)).where(earlier.c.cell == _cells.cell, earlier.c.booking <= booking)
    here = sa.and_(history.c.cell == _cells.cell, history.c.booking == last.correlate(schema.cells).scalar_subquery())
    query = sa.select(_cells.cell, history.c.steps, *_DIMENSIONS).join_from(schema.cells, history, here).where(_TALLIED)
    for cell, steps, *values in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield cell, _written(values), steps


def changed_between(connection: sa.Connection, before: int, booking: int) -> dict[int, int]:
    """Return the sum of every cell that was booked to after ``before``, as it is after ``booking``."""
    history = schema.cell_history.c
    query = sa.select(history.cell, history.steps).where(history.booking > before, history.booking <= booking).order_by(history.booking)
    return {cell: steps for cell, steps in connection.execute(query, execution_options={"yield_per": _AT_ONCE})}  # noqa: C416 - rows are no pairs


def made(sums: Iterable[tuple[int, Values, int]]) -> dict[str, list[Page]]:
    """Return the pages of all orders, made anew."""
    known = {values: (cell, steps) for cell, values, steps in sums if steps}
    return {order: _paged(known, order) for order in ORDERS}


def stored(connection: sa.Connection, order: str, *, with_members: bool = False) -> list[Page]:
    """Return the pages of an order as they were kept."""
    columns = (_table.first, _table.last, _table.summary, _table.below, *((_table.members,) if with_members else ()))
    query = sa.select(*columns).where(_table.order_name == order).order_by(_table.first)
    return [
        Page(bytes(first), bytes(last), bytes(summary), None if below is None else bytes(below), more[0] if more else "")
        for first, last, summary, below, *more in connection.execute(query)
    ]


def tree_of(pages: Sequence[Page]) -> SumNode | None:
    """Return the tree above the pages; a node that is one page knows its place among them. Raises PagesChanged if one cannot be read."""
    try:
        return grown(Run(page.first, page.last, kept(msgspec.json.decode(page.summary), page.below, place)) for place, page in enumerate(pages))
    except (msgspec.MsgspecError, ValueError, TypeError, IndexError) as error:
        raise PagesChanged("a page of the kept sums cannot be read", hint=_HINT) from error


class PagedTree:
    """The tree of sums in one order, as it was sealed; pages are read when they are opened. Raises PagesChanged unless it leads to ``root``."""

    def __init__(self, connection: sa.Connection, order: str, *, root: str) -> None:
        self._connection = connection
        self._order = order
        self._pages = stored(connection, order)
        self.top = tree_of(self._pages)
        if root_hash(self.top).hex() != root:
            raise PagesChanged(f"the kept sums, ordered by {order}, are not those that were sealed", hint=_HINT)

    def open(self, node: SumNode) -> tuple[SumNode, SumNode]:
        """Return the children of a node, wherever they are."""
        if node.children is not None:
            return node.children
        assert node.page is not None, "the bounds of a cell leave nothing open"
        first = self._pages[node.page].first
        members = self._connection.execute(sa.select(_table.members).where(_table.order_name == self._order, _table.first == first)).scalar_one()
        found = dataclasses.replace(self._pages[node.page], members=members).cells
        values = dimensions_of(self._connection, [cell for cell, _ in found])
        opened = grown(runs_of(((values[cell], steps) for cell, steps in found if cell in values), self._order))
        if opened is None or opened.hash != node.hash or opened.children is None:
            raise PagesChanged(f"page {node.page} of the kept sums, ordered by {self._order}, is not what it says", hint=_HINT)
        return opened.children


@dataclasses.dataclass(frozen=True, slots=True)
class Rewritten:
    """What a seal changes in the pages of one order: the first keys of those to go, those to come, and the new root."""

    order: str
    gone: Sequence[bytes]
    new: Sequence[Page]
    root: str


def rewritten(connection: sa.Connection, sealed: Mapping[str, str], changes: Mapping[int, int]) -> list[Rewritten]:
    """Return what the changed cells do to the pages that lead to the sealed roots. Raises PagesChanged."""
    kept_pages = {order: stored(connection, order, with_members=True) for order in ORDERS}
    for order, pages in kept_pages.items():
        if root_hash(tree_of(pages)).hex() != sealed[order]:
            raise PagesChanged(f"the kept sums, ordered by {order}, are not those that were sealed", hint=_HINT)
    values = dimensions_of(connection, changes)
    return [_Rewriting(connection, order, pages, values).with_changes(changes) for order, pages in kept_pages.items()]


def dimensions_of(connection: sa.Connection, cells: Iterable[int]) -> dict[int, Values]:
    """Return the dimensions of tally cells by their numbers; other cells are left out."""
    wanted = sorted(cells)
    found: dict[int, Values] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = sa.select(_cells.cell, *_DIMENSIONS).where(_cells.cell.in_(wanted[start : start + _AT_ONCE]), _TALLIED)
        found.update((cell, _written(values)) for cell, *values in connection.execute(query))
    return found


def write(connection: sa.Connection, changes: Iterable[Rewritten]) -> None:
    """Put the changes of a seal into the database."""
    for change in changes:
        if change.gone:
            here = sa.and_(_table.order_name == change.order, _table.first == sa.bindparam("gone"))
            connection.execute(sa.delete(schema.sum_pages).where(here), [{"gone": first} for first in change.gone])
        if change.new:
            rows = [{"order_name": change.order, **dataclasses.asdict(page)} for page in change.new]
            connection.execute(sa.insert(schema.sum_pages), rows)


def anew(connection: sa.Connection, booking: int) -> list[Rewritten]:
    """Return the pages of all orders made from the rows, and what of them is not kept so already."""
    changes = []
    for order, pages in made(sums_at(connection, booking)).items():
        before, now = set(stored(connection, order, with_members=True)), set(pages)
        new = [page for page in pages if page not in before]
        changes.append(Rewritten(order, [page.first for page in before - now], new, root_hash(tree_of(pages)).hex()))
    return changes


class _Draft:
    """A page that is being changed: its bounds as they grow, and the changes of its cells."""

    __slots__ = ("changes", "first", "last", "page")

    def __init__(self, page: Page | None, key: bytes) -> None:
        self.page = page
        self.first, self.last = (page.first, page.last) if page else (key, key)
        self.changes: dict[int, int] = {}


class _Rewriting:
    """The pages of one order while cells change, come and go."""

    def __init__(self, connection: sa.Connection, order: str, pages: Sequence[Page], values: Mapping[int, Values]) -> None:
        self._connection = connection
        self._order = order
        self._values = dict(values)
        self._pages = pages
        self._firsts = [page.first for page in pages]
        self._drafts = [_Draft(page, b"") for page in pages]

    def with_changes(self, changes: Mapping[int, int]) -> Rewritten:
        """Return what the changes do."""
        for key, cell in sorted((key_of(values, self._order), cell) for cell, values in self._values.items()):
            self._draft_of(key).changes[cell] = changes[cell]
        dirty = [draft for draft in self._drafts if draft.changes]
        self._values.update(dimensions_of(self._connection, {cell for draft in dirty for cell, _ in _members_of(draft.page)} - self._values.keys()))
        new = {id(draft): self._again(draft) for draft in dirty}
        pages = [page for draft in self._drafts for page in new.get(id(draft), [draft.page]) if page is not None]
        gone = [draft.page.first for draft in dirty if draft.page]
        return Rewritten(self._order, gone, [page for found in new.values() for page in found], root_hash(tree_of(pages)).hex())

    def _draft_of(self, key: bytes) -> _Draft:
        """Return the page that has the key, or may take it and stay a whole subtree; else a new one."""
        place = bisect.bisect_right(self._firsts, key)
        left = self._drafts[place - 1] if place else None
        right = self._drafts[place] if place < len(self._drafts) else None
        if left is not None and key <= left.last:
            return left
        apart_left, apart_right = (parting(left.last, key) if left else -1), (parting(key, right.first) if right else -1)
        if left is not None and apart_left > apart_right and apart_left > self._apart(place - 2):
            left.last = key
            return left
        if right is not None and apart_right > apart_left and apart_right > self._apart(place):
            right.first = self._firsts[place] = key
            return right
        draft = _Draft(None, key)
        self._drafts.insert(place, draft)
        self._firsts.insert(place, key)
        return draft

    def _apart(self, place: int) -> int:
        """Return where the page at a place and the next one part; -1 beyond the ends."""
        if not 0 <= place < len(self._drafts) - 1:
            return -1
        return parting(self._drafts[place].last, self._drafts[place + 1].first)

    def _again(self, draft: _Draft) -> list[Page]:
        """Return the pages that take the place of one. Raises PagesChanged if it was not what it said."""
        members = dict(_members_of(draft.page))
        if draft.page is not None:
            self._check(draft.page, members)
        members.update(draft.changes)
        return _paged({self._values[cell]: (cell, steps) for cell, steps in members.items() if steps}, self._order)

    def _check(self, page: Page, members: Mapping[int, int]) -> None:
        was = grown(runs_of(((self._values[cell], steps) for cell, steps in members.items() if cell in self._values), self._order))
        if root_hash(was) != kept(msgspec.json.decode(page.summary), page.below, 0).hash:
            raise PagesChanged(f"a page of the kept sums, ordered by {self._order}, is not what it says", hint=_HINT)


def _paged(known: Mapping[Values, tuple[int, int]], order: str) -> list[Page]:
    """Divide the tree over some cells, (cell, steps) by their dimensions, into pages."""
    runs = runs_of(((values, steps) for values, (_, steps) in known.items()), order)
    pages, at = [], 0
    for node in divided(grown(runs), MOST_CELLS):
        within = runs[at : at + node.cells]
        at += node.cells
        members = _encode([known[run.node.low] for run in within]).decode()
        pages.append(Page(within[0].first, within[-1].last, _encode(node.summary), node.below, members))
    return pages


def _members_of(page: Page | None) -> Members:
    return [] if page is None else page.cells


def _written(values: Sequence[Any]) -> Values:
    cell = LedgerCell(*values)
    return written(cell._replace(simulated=bool(cell.simulated)))
