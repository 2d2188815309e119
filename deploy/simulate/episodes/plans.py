"""What stands at the beginning, and what closes at the end: budgets, targets, capacities, caseloads, statements; periods and batches."""

import datetime
from collections.abc import Iterable, Iterator

from deploy.simulate import cast, figures
from deploy.simulate.drafts import Data, Draft, Scene

EVENTS_PER_CLOSING = 100_000


def opening(scene: Scene) -> Iterator[Draft]:
    """Yield the plans of every year that the days touch, and what was said to be possible and to be needed."""
    planner = scene.cast.all("perencana")[0]
    days = {scene.knobs.begin.year: 0}
    for year in scene.knobs.years:
        day = days.get(year, (scene.knobs.begin.replace(year=year, month=1, day=1) - scene.knobs.begin).days)
        yield from _budgets(scene, planner, day)
        yield from _targets(scene, planner, day)
    for item, quantity, unit in figures.CAPACITY:
        line = {"line": 1, "item": item, "quantity": quantity, "unit": unit, "per": "day"}
        yield scene.new("capacity.stated", planner, 0, {"programme": "blk-produksi", "country": "ID", "lines": [line]})
    lines = [{"line": number, "quantity": quantity, "unit": "person"} for number, quantity in enumerate(figures.AFFECTED, start=1)]
    yield scene.new("caseload.stated", planner, 0, {"country": "ID", "recipient_type": "worker", "lines": lines})
    yield from _statements(scene)
    for kind in ("programme.suspended", "programme.resumed"):
        yield scene.new(kind, cast.REGISTRAR, 0, {"programme": cast.PROGRAMME, "country": "ID", "legal_basis": cast.LEGAL_BASIS})


def closing(scene: Scene, batches: Iterable[str]) -> Iterator[Draft]:
    """Yield the closings: every batch that was declared, and the first half of the days of two programmes."""
    planner = scene.cast.all("perencana")[0]
    last, named = scene.knobs.days - 1, list(batches)
    half = scene.new("period.closed", planner, last // 2, {"programme": "perluasan-kesempatan-kerja", "country": "ID"})
    half.data["period"] = {"start": f"{scene.knobs.begin.isoformat()}T18:00:00Z", "end": _date(scene, last // 4)}
    yield half
    groups = closings(scene.knobs.events) - 1
    for group in range(groups):
        data: Data = {"programme": "bsu", "country": "ID", "batches": named[group::groups]}
        yield scene.new("period.closed", planner, last, data)


def closings(events: int) -> int:
    """Return how many events close all batches and the period of a simulation of so many events."""
    return 2 + events // EVENTS_PER_CLOSING


def spent(scene: Scene, day: int) -> Draft:
    """Return money spent from a budget."""
    programme = scene.chance.pick(("jps-tkm", "jps-padat-karya", "insentif-pelatihan-blk"))
    line = {"line": 1, "amount": str(scene.chance.between(100_000_000, 40_000_000_000)), "currency": "IDR"}
    return scene.new("expenditure.recorded", scene.cast.pick("perencana", scene.chance), day, {"programme": programme, "country": "ID", "lines": [line]})


def _budgets(scene: Scene, planner: str, day: int) -> Iterator[Draft]:
    for programme, amount in (("jps", figures.JPS_BUDGET), ("blk-produksi", 2 * figures.TRAVEL_BUDGET), ("bsu", 14_000_000 * figures.BSU_AMOUNT)):
        line = {"line": 1, "amount": str(amount), "currency": "IDR"}
        yield scene.new("budget.allocated", planner, day, {"programme": programme, "country": "ID", "lines": [line]})
    moved = {"from": {"programme": "blk-produksi", "activity": "perjalanan-dinas"}, "to": {"programme": "insentif-pelatihan-blk"}}
    yield scene.new("budget.reallocated", planner, day, {"country": "ID", **moved, "amount": str(figures.TRAVEL_BUDGET), "currency": "IDR"})


def _targets(scene: Scene, planner: str, day: int) -> Iterator[Draft]:
    """Targets, of which one is revised twice; some lie below what will be delivered, so that they are passed."""

    def target(programme: str, item: str, quantity: int, unit: str) -> Data:
        return {"programme": programme, "country": "ID", "lines": [{"line": 1, "item": item, "quantity": quantity, "unit": unit}]}

    first = scene.new("target.set", planner, day, target("jps-tkm", "kelompok-wirausaha", 3_000, "group"))
    revised = scene.new("target.revised", planner, day, {**target("jps-tkm", "kelompok-wirausaha", 1_500, "group"), "original": first.id})
    again = scene.new(
        "target.revised", planner, day, {**target("jps-tkm", "kelompok-wirausaha", 1_800, "group"), "original": revised.id, "reason": "Refocusing"}
    )
    yield from (first, revised, again)
    yield scene.new("target.set", planner, day, target("jps", "kelompok-padat-karya", 20_000, "person"))
    yield scene.new("target.set", planner, day, target("perluasan-kesempatan-kerja", "peserta", 300_000, "person"))
    yield scene.new("target.set", planner, day, target("bsu", "uang", 24_000_000, "payment"))


def _statements(scene: Scene) -> Iterator[Draft]:
    speaker = scene.cast.pick("pengawas", scene.chance)
    scope = {"measures": ["engaged"], "programmes": ["perluasan-kesempatan-kerja"], "countries": ["ID"]}
    figure = {"figure": "diperluas", "label": "Perluasan kesempatan kerja", "value": sum(figures.ENGAGED.values()), "unit": "person", "scope": scope}
    data = {
        "statement": f"simulasi-{scene.knobs.tag}",
        "text": "Simulasi: perluasan kesempatan kerja menjangkau 327.013 orang",
        "publisher": "Simulasi",
        "figures": [figure],
    }
    yield scene.new("statement.published", speaker, scene.knobs.days - 1, data)


def _date(scene: Scene, day: int) -> str:
    return (scene.knobs.begin + datetime.timedelta(days=day)).isoformat()
