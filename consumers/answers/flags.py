"""How often each flag was raised, by whom and for what, as of any booking; and the events that raised one.

A flag is raised when an event is booked and stays with it for ever, whatever becomes of the event: it says what was
to be seen then. The counts are cells of the ledger like any other sum, so they are as exact as of any booking.
"""

import contextlib
import dataclasses
import itertools
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Final, get_args

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.dimensions import unknown
from consumers.answers.events import BookedEvent, booked_events
from consumers.answers.filters import CellFilter
from consumers.answers.levels import conditions
from consumers.answers.tally import tally
from models import schema
from models.cells import FLAGS
from models.reasons import FlagCode

GROUPINGS: Final = ("destination", "programme", "partner")
"""What flags may be counted by: a flag belongs to an event as a whole, which may have several items, days and places."""

DEFAULT_BY: Final = ("programme", "partner")
CODES: Final[tuple[str, ...]] = get_args(FlagCode)
PAGE: Final = 100

_PREFIX: Final = "flag."
_members = msgspec.json.Decoder(list[tuple[int, int]])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FlagCount:
    """How many events of one group raised a flag; ``simulated`` is None when simulated partners were left out."""

    flag: str
    group: Mapping[str, str]
    events: int
    simulated: bool | None

    def to_json(self) -> dict[str, Any]:
        """Return the count as JSON values."""
        kind = {} if self.simulated is None else {"simulated": self.simulated}
        return {"flag": self.flag, **self.group, "events": self.events, **kind}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FlagsAnswer:
    """The counts, and for one flag a page of the events that raised it; ``next`` is the cursor of the following page, None on the last."""

    as_of: AsOf
    rows: tuple[FlagCount, ...]
    events: tuple[BookedEvent, ...] | None = None
    next: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values; ``events`` is there only when a flag was named."""
        opened = {} if self.events is None else {"events": [event.to_json() for event in self.events], "next": self.next}
        return {"as_of": self.as_of.to_json(), "rows": [row.to_json() for row in self.rows], **opened}


def parse_flag(text: str) -> str:
    """Read the code of a flag, with or without ``flag.``. Raises ConfigurationError with the closest one."""
    word = text.strip().lower().replace("-", "_").removeprefix(_PREFIX)
    if (code := _PREFIX + word) in CODES:
        return code
    raise unknown("flag", text, [code.removeprefix(_PREFIX) for code in CODES])


def parse_flag_groups(text: str) -> tuple[str, ...]:
    """Read the dimensions that flags are counted by. Raises ConfigurationError."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in GROUPINGS:
            raise unknown("dimension", name, GROUPINGS)
    return names


def flags(connection: sa.Connection, wanted: CellFilter, *, by: Sequence[str] = DEFAULT_BY, flag: str = "") -> FlagsAnswer:
    """Return how many events raised each flag, or one of them. ``wanted`` may name destinations, programmes and partners."""
    answer = tally(connection, _cells(wanted, flag), by=by)
    rows = (FlagCount(flag=row.measure, group=row.group, events=row.events, simulated=row.simulated) for row in answer.rows)
    return FlagsAnswer(as_of=answer.as_of, rows=tuple(sorted(rows, key=lambda row: (CODES.index(row.flag), tuple(row.group.values()), str(row.simulated)))))


def flagged(
    connection: sa.Connection, wanted: CellFilter, flag: str, *, by: Sequence[str] = DEFAULT_BY, cursor: int | None = None, limit: int | None = PAGE
) -> FlagsAnswer:
    """Return the counts of one flag, and the events that raised it: those after decision ``cursor``, at most ``limit`` (None for all)."""
    counts = flags(connection, wanted, by=by, flag=flag)
    with contextlib.closing(_numbers(connection, _cells(wanted, flag), counts.as_of, cursor or 0)) as found:
        # One more than the page tells whether there is another.
        numbers = list(found if limit is None else itertools.islice(found, limit + 1))
    page = numbers if limit is None else numbers[:limit]
    events = booked_events(connection, page)
    return dataclasses.replace(counts, events=tuple(events[number] for number in page), next=page[-1] if page and len(numbers) > len(page) else None)


def _cells(wanted: CellFilter, flag: str) -> CellFilter:
    named = {name: values for name, values in wanted.values.items() if name in GROUPINGS}
    measure = {"measure": frozenset({flag})} if flag else {}
    return dataclasses.replace(wanted, values={**named, **measure, "table": frozenset({FLAGS})}, day_from="", day_to="")


def _numbers(connection: sa.Connection, wanted: CellFilter, as_of: AsOf, cursor: int) -> Generator[int, None, None]:
    """Yield the decisions after ``cursor`` that raised the flag, in the order of booking; nothing before its booking is read."""
    cells, history, decisions = schema.cells.c, schema.cell_history.c, schema.decisions.c
    first = connection.execute(sa.select(decisions.booking).where(decisions.number == cursor)).scalar_one_or_none() or 0
    query = (
        sa.select(history.booking, history.members)
        .join_from(schema.cells, schema.cell_history, history.cell == cells.cell)
        .where(*conditions(wanted), cells.booking >= first, history.booking >= first, history.booking <= as_of.booking)
        .order_by(history.booking)
    )
    booking = 0
    together: list[int] = []
    with connection.execute(query, execution_options={"yield_per": 500}) as rows:
        for row_booking, members in rows:
            if row_booking != booking:
                yield from sorted(together)
                booking, together = row_booking, []
            together += [number for number, _ in _members.decode(members) if number > cursor]
    yield from sorted(together)
