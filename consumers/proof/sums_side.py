"""The sealed sums held against the cells' own history, and the pages in which they are kept against both."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import sqlalchemy as sa

from consumers.proof import pages
from consumers.proof.flaw import Flaw
from consumers.proof.pages import Page, PagesChanged, Values
from models import schema
from models.proof.seal import Seal
from models.proof.sums import ORDERS, Run, grown, root_hash, runs_of

_encode = msgspec.json.Encoder().encode
_SAYS: Final = "the kept sums are not those that were sealed; `salur seal` makes them anew"


def flaws_of_sums(connection: sa.Connection, seal: Seal | None) -> Iterator[Flaw]:
    """Yield where the sums at the last seal's booking, or their pages, are not what was sealed."""
    if seal is None:
        if connection.execute(sa.select(sa.func.count()).select_from(schema.sum_pages)).scalar_one():
            yield Flaw(table="sum_pages", says="no seal binds them")
        return
    known = {values: (cell, steps) for cell, values, steps in pages.sums_at(connection, seal.booking) if steps}
    for order in ORDERS:
        runs = runs_of(((values, steps) for values, (_, steps) in known.items()), order)
        stored = pages.stored(connection, order, with_members=True)
        topmost: list[Run] = []
        for flaw in _of_pages(order, stored, runs, known, topmost):
            yield flaw
            topmost = []
            break
        if root_hash(grown(topmost or runs)).hex() != seal.tallies[order]:
            yield Flaw(table="cell_history", says=f"the sums at booking {seal.booking} are not those of seal {seal.number}")
    others = sa.select(schema.sum_pages.c.order_name).where(schema.sum_pages.c.order_name.not_in(ORDERS)).distinct()
    yield from (Flaw(table="sum_pages", row=name, says="there is no such order") for name in connection.execute(others).scalars())


def _of_pages(order: str, stored: Sequence[Page], runs: Sequence[Run], known: dict[Values, tuple[int, int]], topmost: list[Run]) -> Iterator[Flaw]:
    """Yield what is wrong with the pages of one order, page by page; ``topmost`` takes the nodes that they come to."""
    at = 0
    for page in stored:
        try:
            count = len(page.cells)
        except PagesChanged:
            count = 0
        within = runs[at : at + count]
        node = grown(within)
        if node is None:
            yield _flaw(order, page)
            return
        told = Page(within[0].first, within[-1].last, _encode(node.summary), node.below, _encode([known[run.node.low] for run in within]).decode())
        if told != page:
            yield _flaw(order, page)
            return
        topmost.append(Run(page.first, page.last, node))
        at += count
    if at != len(runs):
        yield Flaw(table="sum_pages", row=f"{order}, after {at} cells", says=_SAYS)


def _flaw(order: str, page: Page) -> Flaw:
    return Flaw(table="sum_pages", row=f"{order}, {page.first.decode(errors='replace').replace(chr(0), '|')}", says=_SAYS)
