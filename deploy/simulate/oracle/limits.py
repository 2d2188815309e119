"""The flags that depend on sums, each told from how things stand after the event, and the sums that this needs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from deploy.simulate.oracle.cell import Cell, Effect
from deploy.simulate.oracle.postings import DELIVERED, MONEY_STAGES

_FAMILY_OF: Final = 10
_TIMES_THE_MEAN: Final = 10
_MONEY: Final = "uang"
_STAGES: Final = frozenset({*MONEY_STAGES.values(), "undelivered"})

Event = dict[str, Any]


class Known(NamedTuple):
    """What the oracle must know of the code lists: the programme above each, and the unit of each item."""

    parents: Mapping[str, str]
    units: Mapping[str, str]

    def lineage(self, programme: str) -> Iterator[str]:
        """Yield the programme and all above it."""
        while programme:
            yield programme
            programme = self.parents.get(programme, "")


class Sums:
    """Every sum that a flag looks at."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._stock: Counter[tuple[Any, ...]] = Counter()
        self._family_steps: Counter[tuple[Any, ...]] = Counter()
        self._family_postings: Counter[tuple[Any, ...]] = Counter()
        self._proceeds: Counter[tuple[Any, ...]] = Counter()
        self._years: Counter[tuple[Any, ...]] = Counter()
        self._batches: dict[tuple[Any, ...], Counter[tuple[str, str]]] = {}

    def add(self, effect: Effect, batch: tuple[Any, ...] | None) -> None:
        """Count what an accepted event changed; ``batch`` is the one that its root belongs to."""
        for cell, delta in effect.items():
            if cell.measure in DELIVERED:
                self._family_steps[_family(cell)] += delta
                self._family_postings[_family(cell)] += 1
        for sums, change in ((self._stock, self._stocks(effect)), (self._proceeds, _proceeds(effect)), (self._years, self._by_year(effect))):
            sums.update(change)
        if batch is not None:
            self._batches.setdefault(batch, Counter()).update(_stages(effect))

    def of_event(self, event: Event, effect: Effect) -> Iterator[str]:
        """Yield the flags of an event that is no correction."""
        batch = batch_of(event)
        if batch in self._batches and effect:
            after = self._batches[batch].copy()
            after.update(_stages(effect))
            units = {unit for measure, unit in after if measure == "declared" and after[measure, unit] > 0}
            if any(after[stage, unit] > after["declared", unit] for stage in ("instructed", "sent", "confirmed") for unit in units):
                yield "flag.batch_total_mismatch"
        if any(self._stands_out(cell, delta) for cell, delta in effect.items()):
            yield "flag.outlier"
        yield from self.of_change(effect)

    def of_change(self, effect: Effect) -> Iterator[str]:
        """Yield the flags of anything that is posted, corrections too."""
        stocks = self._stocks(effect)
        if any(change < 0 and self._stock[key] + change < 0 for key, change in stocks.items()):
            yield "flag.negative_stock"
        put_back = _proceeds(effect)
        for key, change in put_back.items():
            if key[0] == "reinvested" and change > 0:
                revenue = ("revenue", *key[1:])
                if self._proceeds[key] + change > self._proceeds[revenue] + put_back[revenue]:
                    yield "flag.reinvested_exceeds_revenue"
        yield from self._of_plans(effect)

    def of_closing(self, event: Event) -> Iterator[str]:
        """Yield the flag of a closing that names a batch which did not come out as declared."""
        data = event["data"]
        for name in data.get("batches", ()):
            for simulated in (False, True):
                sums = self._batches.get((name, data["programme"], data["country"], simulated), Counter())
                for (measure, unit), declared in sums.items():
                    if measure == "declared" and declared > 0 and declared != sums["confirmed", unit] - sums["undelivered", unit]:
                        yield "flag.batch_total_mismatch"
                        return

    def _stands_out(self, cell: Cell, delta: int) -> bool:
        if cell.measure not in DELIVERED or delta <= 0:
            return False
        total, postings = self._family_steps[_family(cell)], self._family_postings[_family(cell)]
        return postings >= _FAMILY_OF and total > 0 and delta * postings > _TIMES_THE_MEAN * total

    def _of_plans(self, effect: Effect) -> Iterator[str]:
        change = self._by_year(effect)
        for cell, delta in effect.items():
            for programme in self._known.lineage(cell.programme) if delta > 0 else ():
                yield from self._of_plan(cell, (programme, *_about(cell)), change)

    def _of_plan(self, cell: Cell, about: tuple[Any, ...], change: Counter[tuple[Any, ...]]) -> Iterator[str]:
        """Yield the flags of one increment held against the plans of one programme."""
        target, budget = self._years["target", *about], self._years["budget", *about]

        def after(*what: str) -> int:
            return sum(self._years[which, *about] + change[which, *about] for which in what)

        if cell.measure in DELIVERED:
            if 0 < target < after("given", "came back"):
                yield "flag.over_target"
            if cell.item == _MONEY and cell.unit != "payment" and 0 < budget < after("given", "came back"):
                yield "flag.over_budget"
        elif cell.measure == "recipients" and self._known.units.get(cell.item) != cell.unit and 0 < target < after("recipients"):
            yield "flag.over_target"
        elif cell.table == "plans" and cell.measure == "realised" and 0 < budget < after("realised"):
            yield "flag.over_budget"

    def _by_year(self, effect: Effect) -> Counter[tuple[Any, ...]]:
        """Return the sums of a year: plans under their own programme, everything that is held against one under all above it too."""
        found: Counter[tuple[Any, ...]] = Counter()
        for cell, delta in effect.items():
            if cell.table == "plans" and cell.measure in ("target", "budget"):
                found[cell.measure, cell.programme, *_about(cell)] += delta
                continue
            what = _what(cell)
            if what:
                for programme in self._known.lineage(cell.programme):
                    found[what, programme, *_about(cell)] += -delta if what == "came back" else delta
        return found

    @staticmethod
    def _stocks(effect: Effect) -> Counter[tuple[Any, ...]]:
        found: Counter[tuple[Any, ...]] = Counter()
        for cell, delta in effect.items():
            if cell.table == "stock" and cell.measure == "on-hand":
                found[cell.holder, cell.item, cell.simulated] += delta
        return found


def batch_of(event: Event) -> tuple[Any, ...] | None:
    """Return the batch that a payment's subject names."""
    subject = str(event.get("subject", ""))
    kind = str(event["type"]).removeprefix("salur.").removesuffix(".v1")
    if not subject.startswith("batch/") or kind not in MONEY_STAGES:
        return None
    partner = str(event["source"]).removeprefix("urn:salur:partner:")
    return subject, event["data"]["programme"], event["data"]["country"], partner.startswith("simulasi-")


def _what(cell: Cell) -> str:
    if cell.measure in DELIVERED:
        return "given"
    if cell.measure == "undelivered":
        return "came back"
    if cell.measure == "recipients" or (cell.table == "plans" and cell.measure == "realised"):
        return cell.measure
    return ""


def _about(cell: Cell) -> tuple[Any, ...]:
    return cell.destination, cell.item, cell.unit, cell.day[:4], cell.simulated


def _family(cell: Cell) -> tuple[Any, ...]:
    return cell.destination, cell.programme, cell.item, cell.measure, cell.unit, cell.simulated


def _proceeds(effect: Effect) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for cell, delta in effect.items():
        if cell.measure in ("revenue", "reinvested"):
            found[cell.measure, cell.destination, cell.programme, cell.unit, cell.simulated] += delta
    return found


def _stages(effect: Effect) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for cell, delta in effect.items():
        if cell.table == "disbursements" and cell.measure in _STAGES:
            found[cell.measure, cell.unit] += delta
    return found
