"""Flags that compare an event with the sums of all others: they are raised, and never refuse.

An event that goes over a limit may be right and the limit wrong, and which of two events goes over it depends on
the order of booking; so both count, and the one that was booked when the limit was passed says so.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import UNSET

from models.batches import BatchKey
from models.cells import PLANS, LedgerCell
from models.events.assurance import PeriodClosed
from models.events.catalogue import Event
from models.measures import DECLARED, DELIVERED, RECIPIENTS, UNDELIVERED
from models.outcomes import BookedBefore
from models.reasons import FlagCode
from models.registry import Registry
from models.standing import BUDGET, GIVEN, ON_HAND, REALISED, REINVESTED, REVENUE, TARGET, Total

OUTLIER_FACTOR: Final = 10
"""How many times larger than the mean of its kind a delivery must be to stand out."""
OUTLIER_SINCE: Final = 10
"""How many of its kind must be there before one can stand out."""
BATCH_STAGES: Final = ("instructed", "sent", "confirmed")
MONEY_ITEM: Final = "uang"

Numbered = Sequence[tuple[int, int]]


class Watch(NamedTuple):
    """What postings to the same cells are held against, whatever they add: each sum with the place of its posting among them.

    ``needs_care`` tells that a sum is moved twice, or by more than these, so that only ``limits_passed`` can tell.
    """

    families: tuple[tuple[int, Total], ...]
    stocks: tuple[tuple[int, Total], ...]
    programmes: frozenset[str]
    needs_care: bool


def watch_over(cells: Sequence[tuple[LedgerCell, tuple[Total, ...]]], registry: Registry) -> Watch:
    """Return what postings to these cells, each given with the sums that it moves, are held against."""
    moved = [(index, total) for index, (_, totals) in enumerate(cells) for total in totals]
    watched = [total for _, total in moved if total.kind]
    return Watch(
        families=tuple((index, total) for index, total in moved if total.kind == GIVEN),
        stocks=tuple((index, total) for index, total in moved if total.kind == ON_HAND),
        programmes=frozenset().union(*(registry.ancestors(cell.programme) for cell, _ in cells)),
        needs_care=len(set(watched)) != len(watched) or any(total.kind == REINVESTED for total in watched),
    )


def watched_passed(watch: Watch, deltas: Sequence[int]) -> list[FlagCode]:
    """Return the flags that these increments raise, as ``limits_passed`` does, of an event that belongs to no batch and to no plan."""
    flags: list[FlagCode] = []
    for index, total in watch.families:
        if total.postings >= OUTLIER_SINCE and _stands_out(total, deltas[index]):
            flags.append("flag.outlier")
            break
    for index, total in watch.stocks:
        if total.steps + deltas[index] < 0 > deltas[index]:
            flags.append("flag.negative_stock")
            break
    return flags


def limits_passed(event: Event, postings: Numbered, before: BookedBefore) -> list[FlagCode]:
    """Return the flags that the event raises by what it adds."""
    flags = sums_passed(postings, before, may_stand_out=True)
    if event.subject is not UNSET:
        batch = before.batch(event)
        if batch and _exceeds_declared(batch, postings, before):
            flags.append("flag.batch_total_mismatch")
    return flags


def sums_passed(postings: Numbered, before: BookedBefore, *, may_stand_out: bool = False) -> list[FlagCode]:
    """Return the flags that these increments raise, whatever event they come from; a correction never stands out."""
    flags: list[FlagCode] = []
    changes: dict[Total, tuple[int, int]] = {}
    for number, delta in postings:
        for total in before.totals(number):
            if total.kind == GIVEN:
                if may_stand_out and not flags and _stands_out(total, delta):
                    flags.append("flag.outlier")
            elif total.kind:
                # Two lots of one item are one stock: what counts is how it stands after the whole event.
                known = changes.get(total)
                changes[total] = number, delta if known is None else known[1] + delta
    for total, (number, delta) in changes.items():
        if (flag := _passed(total, number, delta, before)) and flag not in flags:
            flags.append(flag)
    if before.standing.planned:
        flags += _plans_passed(postings, before)
    return flags


def _stands_out(total: Total, delta: int) -> bool:
    return delta > 0 and total.postings >= OUTLIER_SINCE and delta * total.postings > OUTLIER_FACTOR * total.steps > 0


def _passed(total: Total, number: int, delta: int, before: BookedBefore) -> FlagCode | None:
    """Return which flag it raises that ``delta`` is added to ``total``."""
    if delta < 0:
        return "flag.negative_stock" if total.kind == ON_HAND and total.steps + delta < 0 else None
    if delta and total.kind == REINVESTED and total.steps + delta > before.standing.proceeds(REVENUE, before.cell(number)).steps:
        return "flag.reinvested_exceeds_revenue"
    return None


def incomplete_batches(closure: PeriodClosed, before: BookedBefore) -> list[FlagCode]:
    """Return the flag of a closure that names a batch of which more, or less, was confirmed than declared."""
    data = closure.data
    for subject in data.batches or ():
        sums = before.batch_named(BatchKey(subject, data.programme, data.country, closure.partner in before.registry.simulated))
        for (measure, unit), declared in sums.items():
            confirmed = sums.get(("confirmed", unit), 0) - sums.get((UNDELIVERED, unit), 0)
            if measure == DECLARED and declared > 0 and confirmed != declared:
                return ["flag.batch_total_mismatch"]
    return []


def _exceeds_declared(batch: dict[tuple[str, str], int], postings: Numbered, before: BookedBefore) -> bool:
    after = dict(batch)
    for number, delta in postings:
        cell = before.cell(number)
        after[cell.measure, cell.unit] = after.get((cell.measure, cell.unit), 0) + delta
    for (measure, unit), declared in after.items():
        if measure == DECLARED and declared > 0 and any(after.get((stage, unit), 0) > declared for stage in BATCH_STAGES):
            return True
    return False


def _plans_passed(postings: Numbered, before: BookedBefore) -> list[FlagCode]:
    standing, registry = before.standing, before.registry
    added: dict[tuple[str, LedgerCell], int] = {}
    for number, delta in postings:
        cell = before.cell(number)
        what = _counts_as(cell, registry)
        if what:
            key = what, cell
            added[key] = added.get(key, 0) + delta
    over_target = over_budget = False
    for (what, cell), delta in added.items():
        if delta <= 0:
            continue
        alike = [(other_cell.programme, other_delta) for (other, other_cell), other_delta in added.items() if other == what and _same_plan(other_cell, cell)]
        for programme in registry.ancestors(cell.programme) & standing.planned:
            # An amendment may take from another programme: what it takes from outside the plan is no part of the plan's sum.
            together = sum(other_delta for other_programme, other_delta in alike if registry.programme_is_within(other_programme, programme))
            over_target |= what != REALISED and _exceeds(TARGET, what, cell, programme, together, before)
            over_budget |= what != RECIPIENTS and _is_money(cell, registry) and _exceeds(BUDGET, what, cell, programme, together, before)
    flags: list[FlagCode] = []
    if over_target:
        flags.append("flag.over_target")
    if over_budget:
        flags.append("flag.over_budget")
    return flags


def _counts_as(cell: LedgerCell, registry: Registry) -> str:
    """Return which sum of a year the cell's postings are held against a plan in; empty for none."""
    if cell.measure in DELIVERED:
        return GIVEN
    if cell.measure == RECIPIENTS:
        item = registry.items.get(cell.item)
        return RECIPIENTS if item is None or item.unit != cell.unit else ""
    return REALISED if cell.table == PLANS and cell.measure == REALISED else ""


def _same_plan(one: LedgerCell, other: LedgerCell) -> bool:
    return (one.destination, one.item, one.unit, one.day[:4]) == (other.destination, other.item, other.unit, other.day[:4])


def _is_money(cell: LedgerCell, registry: Registry) -> bool:
    item = registry.items.get(cell.item)
    return cell.item == MONEY_ITEM and item is not None and item.unit != cell.unit


def _exceeds(plan: str, what: str, cell: LedgerCell, programme: str, added: int, before: BookedBefore) -> bool:
    """Tell whether the year's sum is above the plan of ``programme``, if that has one, once this is added."""
    planned = before.standing.in_year(plan, cell, (programme,))
    if planned <= 0:
        return False
    below = before.registry.descendants(programme)
    done = before.standing.in_year(what, cell, below) + added
    if what == GIVEN:
        done -= before.standing.in_year(UNDELIVERED, cell, below)
    return done > planned
