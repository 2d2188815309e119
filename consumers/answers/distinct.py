"""How many different events stand behind several cells: an event that posts to two of them counts once.

The ledger keeps, for each set of cells that single events post to together, how many such events there are. So
the number of different events is the sum over the cells, less what the sets inside the group count twice.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.levels import CELLS, Level

Group = TypeVar("Group", bound=Hashable)


def counted_twice(connection: sa.Connection, group_of: Mapping[int, Group], as_of: AsOf, *, level: Level = CELLS) -> Counter[Group]:
    """Return per group how much the sum of its cells' (or figures') events exceeds the number of different events."""
    surplus: Counter[Group] = Counter()
    for cells, events in _overlaps_as_of(connection, as_of, level):
        shared = Counter(group_of[cell] for cell in cells if cell in group_of)
        for group, members in shared.items():
            if members > 1:
                surplus[group] += (members - 1) * events
    return surplus


def _overlaps_as_of(connection: sa.Connection, as_of: AsOf, level: Level) -> Iterator[tuple[list[int], int]]:
    # The numbers of the overlaps are found by hopping along the primary key, so a long history is not read through.
    overlaps = level.overlaps.c
    first = sa.select(sa.func.min(overlaps.overlap).label("overlap")).cte("numbers", recursive=True)
    following = level.overlaps.alias("following")
    hop = sa.select(sa.func.min(following.c.overlap)).where(following.c.overlap > first.c.overlap).correlate(first).scalar_subquery()
    numbers = first.union_all(sa.select(hop).where(first.c.overlap.is_not(None)))
    earlier = level.overlaps.alias("earlier")
    last = (
        sa.select(sa.func.max(earlier.c.booking))
        .where(earlier.c.overlap == numbers.c.overlap, earlier.c.booking <= as_of.booking)
        .correlate(numbers)
        .scalar_subquery()
    )
    query = sa.select(overlaps[level.members], overlaps.events).join_from(
        numbers, level.overlaps, sa.and_(overlaps.overlap == numbers.c.overlap, overlaps.booking == last)
    )
    for cells, events in connection.execute(query):
        yield msgspec.json.decode(cells, type=list[int]), events
