"""The tallies of one booking: what its accepted events add to cells, to sets of cells, and to partners' activity."""

import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from consumers.ledger.decision_log import Decision
from consumers.ledger.figures import FigureChanges
from consumers.ledger.memory import CellState, LedgerMemory, OverlapState
from consumers.ledger.places import Place
from consumers.ledger.store import LedgerStore
from models import schema
from models.cells import FLAGS, NOT_APPLICABLE, PARTNERS, UNKNOWN, LedgerCell
from models.decoding import Undecodable
from models.entries import PartnerActivity
from models.stencils import Traced

_encode = msgspec.json.Encoder().encode
_EVENT_UNIT: Final = "event"
_cell_of: Final = operator.itemgetter(0)
_decision_of: Final = operator.itemgetter(0)
_delta_of: Final = operator.itemgetter(1)


class _Touched:
    """A cell that the booking changes: ``members`` are decisions and what each adds, in order, or ``count`` decisions that are not listed."""

    __slots__ = ("count", "members", "state")

    def __init__(self, state: CellState, *, count: int = 0) -> None:
        self.state = state
        self.count = count
        self.members: list[tuple[int, int]] = []

    def add(self, members: Iterable[tuple[int, int]]) -> None:
        """Add decisions, each of them later than the one before."""
        known = len(self.members)
        self.members += members
        if known and self.members[known - 1] > self.members[known]:
            self.members.sort(key=_decision_of)


class _Visits:
    """The decisions of one booking that post to one place."""

    __slots__ = ("flags", "numbers", "partner", "postings")

    def __init__(self, partner: str) -> None:
        self.partner = partner
        self.numbers: list[int] = []
        self.postings: list[Sequence[tuple[int, int]]] = []
        self.flags: list[Sequence[str]] = []

    def by_flags(self) -> Iterable[tuple[Sequence[str], list[int]]]:
        """Return the decisions that raised the same flags together; those that raised none are left out."""
        if len(set(self.flags)) == 1:
            return [(self.flags[0], self.numbers)] if self.flags[0] else []
        found: dict[Sequence[str], list[int]] = {}
        for number, flags in zip(self.numbers, self.flags, strict=True):
            if flags:
                found.setdefault(flags, []).append(number)
        return found.items()


class _Activity:
    __slots__ = ("counts", "last_occurred_at", "last_received_at")

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.last_occurred_at = 0
        self.last_received_at = 0


class BookingTallies:
    """What the decisions of one booking add; ``first_number`` is the number of the first of them."""

    def __init__(self, memory: LedgerMemory, decisions: Sequence[Decision], *, first_number: int) -> None:
        self._memory = memory
        self._touched: dict[int, _Touched] = {}
        self._overlaps: Counter[tuple[int, ...]] = Counter()
        self._activity: dict[str, _Activity] = {}
        self._together: dict[tuple[int, ...], list[int]] = {}
        self._flagged: dict[tuple[Any, ...], list[int]] = {}
        self._add_up(decisions, first_number)
        self._count_flags()
        self._count_overlaps()
        self._count(decisions)

    def totals(self) -> Counter[str]:
        """Return the changes per disposition over all partners."""
        total: Counter[str] = Counter()
        for activity in self._activity.values():
            for name, change in activity.counts.items():
                total[name] += change
        return total

    def partners(self) -> list[PartnerActivity]:
        """Return what the booking says of each partner."""
        return [
            PartnerActivity(partner, {name: change for name, change in activity.counts.items() if change}, *self._times(partner, activity))
            for partner, activity in self._activity.items()
        ]

    def write(self, store: LedgerStore, booking: int) -> None:
        """Write cells, their history, sets of cells and partners' times, and bring the memory up to date."""
        self._touch_partner_cells()
        figures = FigureChanges()
        new: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        history: list[tuple[Any, ...]] = []
        for number, touched in self._touched.items():
            state = touched.state
            is_new = state.booking == 0
            # A partner's cell counts decisions, which bookings list already: it has a count and no members.
            change, events = touched.count or sum(map(_delta_of, touched.members)), touched.count or len(touched.members)
            state.steps += change
            state.events += events
            figures.add(state.figures, steps=change, events=events)
            state.booking = booking
            steps = store.exact(state.steps)
            if is_new:
                new.append((number, *state.cell, steps, state.events, booking))
            else:
                changed.append((steps, state.events, booking, number))
            history.append((number, booking, steps, state.events, _encode(touched.members).decode()))
        store.insert(schema.cells, sorted(new))
        store.update(schema.cells, key=["cell"], columns=["steps", "events", "booking"], rows=changed)
        store.insert(schema.cell_history, sorted(history))
        store.insert(schema.overlaps, self._overlap_rows(booking))
        for numbers, together in self._overlaps.items():
            figures.overlap([self._memory.cells[number - 1].figures for number in numbers], together)
        self._memory.figures.write(store, booking, figures)
        self._write_times(store)

    def _add_up(self, decisions: Sequence[Decision], first_number: int) -> None:
        """Add all postings to their cells: those to one place together, any other one by one."""
        places: dict[Place, _Visits] = {}
        for number, decision in enumerate(decisions, first_number):
            place = decision.place
            if place is not None:
                visits = places.get(place)
                if visits is None:
                    visits = places[place] = _Visits(decision.partner)
                visits.numbers.append(number)
                visits.postings.append(decision.postings)
                visits.flags.append(decision.flags)
            elif decision.postings or decision.flags:
                self._post(number, decision)
        for place, visits in places.items():
            for index, cell in enumerate(place.numbers):
                self._touch(cell).add(zip(visits.numbers, [postings[index][1] for postings in visits.postings], strict=True))
            self._together.setdefault(place.numbers, []).extend(visits.numbers)
            for flags, numbers in visits.by_flags():
                self._flagged.setdefault((*place.flagged_as, visits.partner, *flags), []).extend(numbers)

    def _post(self, number: int, decision: Decision) -> None:
        postings = decision.postings
        for cell, delta in postings:
            self._touch(cell).add([(number, delta)])
        if len(postings) > 1:
            self._together.setdefault(tuple(map(_cell_of, postings)), []).append(number)
        if decision.flags:
            content = decision.candidate.content
            data = getattr(content.stencil.example if isinstance(content, Traced) else content, "data", None)
            key = (getattr(data, "country", UNSET), getattr(data, "programme", UNSET), decision.partner, *decision.flags)
            self._flagged.setdefault(key, []).append(number)

    def _touch(self, cell: int) -> _Touched:
        touched = self._touched.get(cell)
        if touched is None:
            touched = self._touched[cell] = _Touched(self._memory.cells[cell - 1])
        return touched

    def _count_flags(self) -> None:
        """Count the flags: those of one programme, destination and partner that come together are found together."""
        simulated = self._memory.registry.simulated
        for (country, programme, partner, *flags), numbers in _by_first(self._flagged):
            for flag in flags:
                state = self._memory.state_of(_flag_cell(country, programme, partner, flag, simulated=partner in simulated))
                self._touch(state.number).add((number, 1) for number in sorted(numbers))

    def _count(self, decisions: Sequence[Decision]) -> None:
        """Count what became of each partner's records, and note the times of the newest."""
        by_partner: dict[str, list[Decision]] = {}
        for decision in decisions:
            by_partner.setdefault(decision.partner, []).append(decision)
        for partner, made in by_partner.items():
            activity = self._activity[partner] = _Activity()
            activity.counts.update([decision.disposition for decision in made])
            received = [decision.candidate for decision in made if not decision.is_second]
            activity.counts["held"] -= len(made) - len(received)
            activity.counts["received"] += len(received)
            activity.last_received_at = max([candidate.record.received_at for candidate in received], default=0)
            # What has not happened yet when it comes in tells nothing of when the partner was last at work.
            read = [candidate for candidate in received if not isinstance(candidate.content, Undecodable)]
            activity.last_occurred_at = max([min(candidate.occurred_at, candidate.record.received_at) for candidate in read], default=0)

    def _count_overlaps(self) -> None:
        for cells, numbers in _by_first(self._together):
            for alike in self._sets_of(cells):
                self._overlaps[alike] += len(numbers)

    def _sets_of(self, numbers: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return the sets among these cells that share one measure and unit, and so may be summed in one row."""
        cells = [self._memory.cells[number - 1].cell for number in numbers]
        if len({(cell.measure, cell.unit) for cell in cells}) == len(cells):
            return []
        alike: dict[tuple[str, str], list[int]] = {}
        for number, cell in zip(numbers, cells, strict=True):
            alike.setdefault((cell.measure, cell.unit), []).append(number)
        return [tuple(sorted(together)) for together in alike.values() if len(together) > 1]

    def _overlap_rows(self, booking: int) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for cells, events in self._overlaps.items():
            state = self._memory.overlaps.get(cells)
            if state is None:
                state = self._memory.overlaps[cells] = OverlapState(len(self._memory.overlaps) + 1, 0)
            state.events += events
            rows.append((state.number, booking, _encode(cells).decode(), state.events))
        return rows

    def _touch_partner_cells(self) -> None:
        registry = self._memory.registry
        for partner, activity in self._activity.items():
            for disposition, change in activity.counts.items():
                if change and disposition != "received":
                    state = self._memory.state_of(_partner_cell(partner, disposition, simulated=partner in registry.simulated))
                    self._touched[state.number] = _Touched(state, count=change)

    def _times(self, partner: str, activity: _Activity) -> tuple[int, int]:
        occurred_at, received_at = self._memory.partner_times.get(partner, (0, 0))
        return max(occurred_at, activity.last_occurred_at), max(received_at, activity.last_received_at)

    def _write_times(self, store: LedgerStore) -> None:
        for partner, activity in self._activity.items():
            times = self._times(partner, activity)
            if partner not in self._memory.partner_times:
                store.insert(schema.partner_times, [(partner, *times)])
            elif times != self._memory.partner_times[partner]:
                columns = ["last_occurred_at", "last_received_at"]
                store.update(schema.partner_times, key=["partner"], columns=columns, rows=[(*times, partner)])
            self._memory.partner_times[partner] = times


def _by_first(found: Mapping[Any, Sequence[int]]) -> list[tuple[Any, Sequence[int]]]:
    """Return what was found in the order of the first decision of each: cells and sets of them are numbered alike whatever was remembered."""
    return sorted(found.items(), key=lambda item: min(item[1]))


def _flag_cell(country: str | UnsetType, programme: str | UnsetType, partner: str, flag: str, *, simulated: bool) -> LedgerCell:
    blank = dict.fromkeys(LedgerCell._fields, NOT_APPLICABLE)
    named = {"destination": country or UNKNOWN, "programme": programme or UNKNOWN, "partner": partner, "measure": flag, "unit": _EVENT_UNIT}
    filled: dict[str, Any] = {**blank, "table": FLAGS, **named}
    return LedgerCell(**{**filled, "simulated": simulated})


def _partner_cell(partner: str, disposition: str, *, simulated: bool) -> LedgerCell:
    blank = dict.fromkeys(LedgerCell._fields, NOT_APPLICABLE)
    filled: dict[str, Any] = {**blank, "table": PARTNERS, "partner": partner, "measure": disposition, "unit": _EVENT_UNIT}
    return LedgerCell(**{**filled, "simulated": simulated})
