"""What the ledger says, read from SQL: its tallies at a booking, and whether they agree with their own histories and decisions."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.history import cells_as_of
from consumers.answers.intake import IntakeAnswer
from consumers.reconcile.batches import differences_of_batches
from consumers.reconcile.difference import DECISIONS, HISTORY, LEDGER, Difference, Sums, between_counts, between_sums, oddity
from consumers.reconcile.figures_side import differences_of_figures
from models import schema
from models.cells import FLAGS, PARTNERS, LedgerCell

_cells = schema.cells.c
MEMBERS: Final = "members"
_NO_TALLIES: Final = (PARTNERS, FLAGS)
_CELLS_OPENED: Final = 20
"""So many cells that differ are gone through event by event."""
_CELL_COLUMNS = tuple(_cells["table_name" if name == "table" else name] for name in LedgerCell._fields)
_pairs = msgspec.json.Decoder(list[tuple[int, int]])
_flags = msgspec.json.Decoder(list[str])


def tallies(connection: sa.Connection, as_of: AsOf) -> dict[LedgerCell, tuple[int, int]]:
    """Return (steps, events) of every tally cell that was booked to by then."""
    found: dict[LedgerCell, tuple[int, int]] = {}
    for _cell, steps, events, *values in cells_as_of(connection, _CELL_COLUMNS, [_cells.table_name.not_in(_NO_TALLIES)], as_of):
        where = LedgerCell(*values)
        found[where._replace(simulated=bool(where.simulated))] = (steps, events)
    return found


def partner_counts(answer: IntakeAnswer) -> dict[str, dict[str, int]]:
    """Return the counts of the intake per partner, both kinds of partner together."""
    counts: dict[str, Counter[str]] = {}
    for partner in answer.partners:
        counts.setdefault(partner.partner, Counter()).update(partner.intake.to_json())
    return {partner: dict(of_partner) for partner, of_partner in counts.items()}


def differences_within(connection: sa.Connection, as_of: AsOf, answer: IntakeAnswer) -> Iterator[Difference]:
    """Yield where the ledger contradicts itself: tallies, flags, batches and figures against histories, members and decisions; the intake's identity."""
    current = _current(connection)
    listed, decided = _sums_of_members(connection), _sums_of_decisions(connection)
    for found, name in ((_last_of_history(connection), HISTORY), (listed, MEMBERS)):
        yield from between_sums((LEDGER, _named(connection, current, but=(PARTNERS,))), (name, _named(connection, found, but=(PARTNERS,))))
    posted = _named(connection, decided, but=_NO_TALLIES)
    yield from between_sums((LEDGER, _named(connection, current, but=_NO_TALLIES)), (DECISIONS, posted))
    for cell in [cell for cell in current if cell in decided and listed.get(cell) != decided[cell]][:_CELLS_OPENED]:
        yield from _differences_of_events(connection, cell, DECISIONS if listed.get(cell) == current[cell] else MEMBERS)
    yield from _differences_of_flags(connection)
    yield from differences_of_batches(connection, booking=as_of.booking)
    yield from differences_of_figures(connection)
    if not answer.adds_up:
        yield oddity((LEDGER, "intake"), f"the intake does not add up at booking {as_of.booking}")
    yield from between_counts((LEDGER, answer.total.to_json()), (DECISIONS, _count_decisions(connection)), {"table": "intake"})


def _current(connection: sa.Connection) -> Sums:
    return {row.cell: (row.steps, row.events) for row in connection.execute(sa.select(_cells.cell, _cells.steps, _cells.events))}


def _named(connection: sa.Connection, sums: Sums, *, but: Sequence[str]) -> dict[LedgerCell, tuple[int, int]]:
    """Turn cell numbers into cells, of all tables but some."""
    query = sa.select(_cells.cell, *_CELL_COLUMNS).where(_cells.table_name.not_in(but))
    return {LedgerCell(*values): sums[number] for number, *values in connection.execute(query) if number in sums}


def _differences_of_flags(connection: sa.Connection) -> Iterator[Difference]:
    """Yield where the counts of flags are not those of the flags that the accepted decisions carry."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for partner, flag, steps in connection.execute(sa.select(_cells.partner, _cells.measure, _cells.steps).where(_cells.table_name == FLAGS)):
        counted[partner][flag] += steps
    decisions = schema.decisions.c
    raised: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for partner, flags in _streamed(connection, sa.select(decisions.partner, decisions.flags).where(decisions.flags != "[]")):
        raised[partner].update(_flags.decode(flags))
    for partner in sorted({*counted, *raised}):
        yield from between_counts((LEDGER, counted[partner]), (DECISIONS, raised[partner]), {"table": FLAGS, "partner": partner})


def _last_of_history(connection: sa.Connection) -> Sums:
    history = schema.cell_history.c
    last = sa.select(history.cell, sa.func.max(history.booking).label("booking")).group_by(history.cell).subquery()
    query = sa.select(history.cell, history.steps, history.events).join(last, sa.and_(last.c.cell == history.cell, last.c.booking == history.booking))
    return {row.cell: (row.steps, row.events) for row in connection.execute(query)}


def _sums_of_members(connection: sa.Connection) -> Sums:
    history = schema.cell_history.c
    sums: dict[int, tuple[int, int]] = {}
    for cell, members in _streamed(connection, sa.select(history.cell, history.members)):
        pairs = _pairs.decode(members)
        steps, events = sums.get(cell, (0, 0))
        sums[cell] = (steps + sum(delta for _, delta in pairs), events + len(pairs))
    return sums


def _sums_of_decisions(connection: sa.Connection) -> Sums:
    decisions = schema.decisions.c
    sums: dict[int, tuple[int, int]] = {}
    for (postings,) in _streamed(connection, sa.select(decisions.postings).where(decisions.postings != "[]")):
        for cell, delta in _pairs.decode(postings):
            steps, events = sums.get(cell, (0, 0))
            sums[cell] = (steps + delta, events + 1)
    return sums


def _differences_of_events(connection: sa.Connection, cell: int, wrong: str) -> Iterator[Difference]:
    """Yield the events of a cell of which its history and their own decisions do not say the same, by their ids."""
    history, d = schema.cell_history.c, schema.decisions.c
    listed: Counter[int] = Counter()
    for (members,) in _streamed(connection, sa.select(history.members).where(history.cell == cell)):
        for number, delta in _pairs.decode(members):
            listed[number] += delta
    named = {}
    query = sa.select(d.number, d.source, d.event_id, d.postings).where(d.postings.like(f"%[{cell},%"))
    for number, source, event_id, postings in _streamed(connection, query):
        named[number] = (source, event_id, sum(delta for one, delta in _pairs.decode(postings) if one == cell))
    for number in sorted({*listed, *named}):
        source, event_id, decided = named.get(number, ("", "", 0))
        if decided != listed[number]:
            where = {"cell": cell, "decision": number, "source": source, "id": event_id}
            yield Difference(between=(LEDGER, wrong), what="event", where=where, says={HISTORY: str(listed[number]), DECISIONS: str(decided)})


def _count_decisions(connection: sa.Connection) -> dict[str, int]:
    """Count the dispositions anew: a second decision takes its first one's place."""
    decisions = schema.decisions.c
    is_second = sa.and_(decisions.first.is_not(None), decisions.disposition.in_(("accepted", "rejected")))
    query = sa.select(decisions.disposition, is_second, sa.func.count()).group_by(decisions.disposition, is_second)
    counts: Counter[str] = Counter()
    for disposition, second, number in connection.execute(query):
        counts[disposition] += number
        counts["held" if second else "received"] += -number if second else number
    return dict(counts)


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Any]:
    yield from connection.execute(query, execution_options={"yield_per": 2000})
