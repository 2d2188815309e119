"""Over time: each figure of a page by month, and small multiples of one figure, a chart for each destination or programme, on one scale."""

from collections.abc import Mapping, Sequence
from typing import Final

from consumers.answers.tally import TallyRow, tally
from consumers.web.drawing.series import months_of, series
from consumers.web.view import Section, Series, Table, without_repeats
from consumers.web.views.scene import Scene
from models.measures import DELIVERED
from models.units import format_steps

_MOST_CHARTS: Final = 6
_MOST_MULTIPLES: Final = 12

Kind = tuple[str, str, bool | None]
"""Measure, unit and kind of partner: what may share a scale."""


def by_month(scene: Scene, more: Mapping[str, str]) -> Section:
    """Return every figure of a page by month."""
    rows = tally(scene.connection, scene.cells(**more), by=("month",)).rows
    found: dict[Kind, dict[str, int]] = {}
    for row in rows:
        found.setdefault(_kind(row), {})[row.group["month"]] = row.steps
    charts = [_drawn(scene, _caption(scene, kind), kind, [figures], figures) for kind, figures in found.items() if len(figures) > 1]
    return Section(heading=scene.say("by_month"), table=_table(scene, rows, ("month",), more), charts=charts[:_MOST_CHARTS])


def multiples(scene: Scene, dimension: str, more: Mapping[str, str]) -> list[Section]:
    """Return one figure as small multiples, none where only one chart could be drawn. Which figure: what most charts can show."""
    found: dict[Kind, dict[str, dict[str, int]]] = {}
    rows = [row for row in tally(scene.connection, scene.cells(**more), by=(dimension, "month")).rows if row.measure in DELIVERED and row.group["month"]]
    for row in rows:
        found.setdefault(_kind(row), {}).setdefault(row.group[dimension], {})[row.group["month"]] = row.steps
    if not found:
        return []
    kind = max(found, key=lambda one: (len(found[one]), sum(map(len, found[one].values()))))
    charted = found[kind]
    if len(charted) < 2:
        return []
    largest = sorted(charted, key=lambda code: -sum(charted[code].values()))[:_MOST_MULTIPLES]
    charts = [_drawn(scene, scene.name(dimension, code), kind, list(charted.values()), charted[code]) for code in largest]
    heading = f"{scene.say(f'by_month_and_{dimension}')}: {_caption(scene, kind)}"
    table = _table(scene, [row for row in rows if _kind(row) == kind], (dimension, "month"), more)
    return [Section(heading=heading, charts=charts, table=table, is_wide=True)]


def _drawn(scene: Scene, caption: str, kind: Kind, together: Sequence[Mapping[str, int]], figures: Mapping[str, int]) -> Series:
    """Return one chart, on the scale and over the months of all that it stands together with."""
    every = [steps for one in together for steps in one.values()]
    least, greatest = min(*every, 0), max(every)
    words = [scene.speaker.amount(format_steps(steps, kind[1]), kind[1]) for steps in (least, greatest)]
    return series(caption, figures, months_of(together), scale=(least, greatest), ends=(words[0] if least < 0 else "", words[1]))


def _table(scene: Scene, rows: Sequence[TallyRow], by: Sequence[str], more: Mapping[str, str]) -> Table:
    shown = [[*(scene.name_cell(name, row.group[name]) for name in by), *scene.figure_cells(row, more)] for row in rows]
    return Table(caption=scene.say("by_month"), columns=scene.figure_columns(*by), rows=without_repeats(shown))


def _caption(scene: Scene, kind: Kind) -> str:
    measure, unit, is_simulated = kind
    simulated = f" ({scene.say('is_simulated')})" if is_simulated else ""
    return f"{scene.speaker.measure(measure)}{simulated}, {scene.speaker.unit(unit)}"


def _kind(row: TallyRow) -> Kind:
    return row.measure, row.unit, row.simulated
