"""The pages of sums: the overview, and one page for each destination, programme, item and partner."""

from collections.abc import Mapping, Sequence
from typing import Final

from consumers.answers.tally import TallyAnswer, TallyRow, tally
from consumers.web.question import COMMON
from consumers.web.shell import NotBooked
from consumers.web.view import Cell, Chart, Section, Table, View, chart, without_repeats
from consumers.web.views.over_time import by_month, multiples
from consumers.web.views.scene import NAMED_PAGES, Scene, Watched
from consumers.web.views.where import PARAMETER, where

_SPLIT: Final[Mapping[str, Sequence[str]]] = {
    "destination": ("programme", "item"),
    "programme": ("destination", "item"),
    "item": ("destination", "programme"),
    "partner": ("destination", "programme", "item"),
}
"""By what the figures of a page are split first."""
_COMPARED: Final[Mapping[str, str]] = {"destination": "programme", "programme": "destination", "item": "destination", "partner": "destination"}
"""What the charts of a page compare."""
_MOST_CHARTS: Final = 6
_MOST_BARS: Final = 24


def overview(scene: Scene) -> View:
    """Return destination by programme by item, a table for each destination."""
    by = ("destination", "programme", "item")
    answer = tally(scene.connection, scene.cells(), by=by)
    watched = scene.watched(by)
    sections = [
        Section(
            heading=scene.name("destination", code),
            table=_table(scene, rows, by[1:], scene.say("figures_of", name=scene.name("destination", code)), watched=watched),
            is_live=watched is not None,
            links=_total_link(scene, destination=code),
        )
        for code, rows in _grouped(answer.rows, "destination").items()
    ]
    return View(
        page="overview",
        title=scene.say("overview"),
        lead=scene.say("overview_lead"),
        sections=[*where(scene, answer.rows), *sections, *_rules(scene, answer)] or [_nothing(scene)],
        as_of=answer.as_of,
        intake=answer.intake,
        asked=scene.described(),
        fields=scene.fields("destination", "programme", "item", "partner", "province", "place", "from", "to", "as_of", "simulated"),
        hidden={name: scene.parameters[name] for name in (PARAMETER,) if name in scene.parameters},
        api=("/v1/tallies", {**scene.without(PARAMETER), "by": ",".join(by)}),
        live=watched.address if watched else "",
    )


def of_code(scene: Scene) -> View:
    """Return the page of a code: its figures split, by month, and charts. Raises NotBooked for a code that nobody knows."""
    dimension, code = scene.asked.names
    registry = scene.registry
    if not scene.has_page(dimension, code):
        raise NotBooked
    name = scene.name(dimension, code)
    more = {dimension: code} if dimension != "partner" or code not in registry.simulated else {dimension: code, "simulated": "only"}
    cells = scene.cells(**more)
    by = _SPLIT[dimension]
    answer = tally(scene.connection, cells, by=by)
    watched = scene.watched(by, **more)
    compared = tally(scene.connection, cells, by=(_COMPARED[dimension],))
    sections = [
        Section(
            heading=scene.say("figures"),
            facts=_facts(scene, dimension, code),
            table=_table(scene, answer.rows, by, scene.say("figures_of", name=name), more, watched),
            is_live=watched is not None,
            charts=_charts(scene, compared.rows, _COMPARED[dimension]),
            links=_total_link(scene, **more),
        ),
        *_rules(scene, answer),
        by_month(scene, more),
        *multiples(scene, _COMPARED[dimension], more),
    ]
    return View(
        page=f"{dimension}/{code}",
        title=f"{scene.say(dimension)}: {name}",
        sections=sections if answer.rows else [Section(heading=scene.say("figures"), facts=_facts(scene, dimension, code)), _nothing(scene)],
        as_of=answer.as_of,
        intake=answer.intake,
        trail=[(scene.say("overview"), scene.path("", scene.kept()))],
        asked=scene.described(),
        fields=scene.fields(*(other for other in NAMED_PAGES if other != dimension), "province", "place", "from", "to", "as_of", "simulated"),
        api=("/v1/tallies", {**scene.parameters, **more, "by": ",".join(by)}),
        live=watched.address if watched else "",
    )


def _table(
    scene: Scene, rows: Sequence[TallyRow], by: Sequence[str], caption: str, more: Mapping[str, str] | None = None, watched: Watched | None = None
) -> Table:
    shown = [[*(scene.name_cell(name, row.group[name]) for name in by), *scene.figure_cells(row, more, watched)] for row in rows]
    return Table(caption=caption, columns=scene.figure_columns(*by, watched=watched), rows=without_repeats(shown))


def _total_link(scene: Scene, **more: str) -> list[tuple[str, str]]:
    """Return the way to one total of a table, which is refused where units or measures differ."""
    return [(scene.say("add_these"), scene.path("total", {**scene.without(PARAMETER), **more}))]


def _charts(scene: Scene, rows: Sequence[TallyRow], dimension: str) -> list[Chart]:
    figures: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
    for row in rows:
        kind = f" ({scene.say('is_simulated')})" if row.simulated else ""
        label = scene.name(dimension, row.group[dimension]) + kind
        figures.setdefault((row.measure, row.unit), []).append((label, scene.speaker.amount(row.quantity, row.unit), row.steps))
    what = scene.say(f"by_{dimension}") if dimension != "programme" else scene.say("programme")
    drawn = [
        chart(scene.say("chart_of", measure=scene.speaker.measure(measure), unit=scene.speaker.unit(unit), what=what), bars[:_MOST_BARS])
        for (measure, unit), bars in figures.items()
    ]
    return [one for one in drawn if one is not None][:_MOST_CHARTS]


def _rules(scene: Scene, answer: TallyAnswer) -> list[Section]:
    texts = dict.fromkeys(scene.speaker.rule_of(row.measure, programmes_rule=row.rule) for row in answer.rows)
    packs = dict.fromkeys(_conversion(scene, row.group.get("item", ""), fact.to_json()) for row in answer.rows for fact in row.conversions)
    said = [*(f"* {text}" for text in texts if text), *packs]
    return [Section(heading=scene.say("remarks"), texts=[Cell(text=text) for text in said], is_figure=False)] if said else []


def _conversion(scene: Scene, item: str, fact: Mapping[str, str]) -> str:
    packs = f"{scene.speaker.amount(fact['quantity'], fact['unit'])} {scene.name('item', item)}"
    into = f"{scene.speaker.amount(fact['into_quantity'], fact['into_unit'])} {scene.name('item', fact['into_item'])}"
    return scene.say(
        "conversion", packs=packs, qualifier=scene.speaker.kind("qualifier", fact["qualifier"]), into=into, source=fact["source"], date=fact["date"]
    )


def _facts(scene: Scene, dimension: str, code: str) -> list[tuple[str, Cell]]:
    found = [(scene.say("code"), Cell(text=code, kind="code"))]
    if dimension == "programme":
        programme = scene.registry.programmes[code]
        if programme.parent:
            found.append((scene.say("part_of"), scene.name_cell("programme", programme.parent)))
    if dimension == "item":
        found.append((scene.say("unit"), Cell(text=scene.speaker.unit(scene.registry.items[code].unit))))
    return found


def _grouped(rows: Sequence[TallyRow], dimension: str) -> Mapping[str, list[TallyRow]]:
    found: dict[str, list[TallyRow]] = {}
    for row in rows:
        found.setdefault(row.group[dimension], []).append(row)
    return found


def _nothing(scene: Scene) -> Section:
    return Section(heading=scene.say("no_figure"), texts=[Cell(text=scene.say("nothing"))])


ALLOWED: Final = COMMON
OVERVIEW_ALLOWED: Final = (*COMMON, PARAMETER)
