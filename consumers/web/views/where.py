"""Where aid went: the map of one item in one measure and one unit, its table beside it, and which others there are."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from consumers.answers.tally import TallyRow
from consumers.web.drawing.map import SPOTS, drawn
from consumers.web.view import Map, Section, Table
from consumers.web.views.scene import Scene
from models.errors import ConfigurationError
from models.measures import DELIVERED
from models.units import format_steps

HOME: Final = "ID"
PARAMETER: Final = "map"
_MOST_CHOICES: Final = 12


class Shown(NamedTuple):
    """What a map may show: figures of different kinds are never on one."""

    item: str
    measure: str
    unit: str
    simulated: bool | None

    @property
    def code(self) -> str:
        """How an address names it."""
        return ".".join([self.item, self.measure, self.unit, *(["simulated"] if self.simulated else [])])


def where(scene: Scene, rows: Sequence[TallyRow]) -> list[Section]:
    """Return the section with the map, none where nothing was delivered. ``rows`` tell destination and item."""
    figures: dict[Shown, dict[str, tuple[int, int]]] = {}
    for row in rows:
        if row.measure in DELIVERED and row.group["destination"] in SPOTS:
            here = figures.setdefault(Shown(row.group["item"], row.measure, row.unit, row.simulated), {})
            steps, events = here.get(row.group["destination"], (0, 0))
            here[row.group["destination"]] = steps + row.steps, events + row.events
    if not figures:
        return []
    shown = _chosen(scene, figures)
    others = [other for other in sorted(figures, key=lambda one: -len(figures[one])) if other != shown][:_MOST_CHOICES]
    return [
        Section(
            heading=scene.say("where_it_went"),
            table=_table(scene, shown, figures[shown]),
            charts=[_map(scene, shown, figures[shown])],
            links=[(_words(scene, other), f"{scene.path('', scene.parameters, **{PARAMETER: other.code})}#part-1") for other in others],
        )
    ]


def _chosen(scene: Scene, figures: Mapping[Shown, Mapping[str, tuple[int, int]]]) -> Shown:
    """Return what is asked for, else what most destinations have; of these what went abroad, and what most events tell of."""
    asked = scene.parameters.get(PARAMETER)
    if asked is None:
        return max(
            figures, key=lambda one: (len(figures[one]), len(figures[one].keys() - {HOME}), sum(events for _, events in figures[one].values()), one.code)
        )
    found = next((shown for shown in figures if shown.code == asked), None)
    if found is None:
        raise ConfigurationError(f"there is no map {asked!r}", hint=f"the closest is {next(iter(figures)).code!r}")
    return found


def _map(scene: Scene, shown: Shown, figures: Mapping[str, tuple[int, int]]) -> Map:
    in_words = {code: (steps, scene.speaker.amount(format_steps(steps, shown.unit), shown.unit)) for code, (steps, _) in figures.items()}
    names = {code: scene.name("destination", code) for code in SPOTS}
    return drawn(_words(scene, shown), in_words, names, nothing=scene.say("no_figure"))


def _table(scene: Scene, shown: Shown, figures: Mapping[str, tuple[int, int]]) -> Table:
    columns = scene.columns("destination", "quantity", "unit", "events", numbers={"quantity", "events"})
    rows = []
    for code in sorted(SPOTS, key=lambda code: -figures.get(code, (-1, 0))[0]):
        name = scene.name_cell("destination", code)
        if code not in figures:
            rows.append([name, scene.no_figure(), *([scene.no_figure("\u2013")] * 2)])
            continue
        steps, events = figures[code]
        kind = {} if shown.simulated is None else {"simulated": shown.simulated}
        opens = scene.figure_path({"destination": code, "item": shown.item, "measure": shown.measure, "unit": shown.unit, **kind})
        quantity = scene.quantity(format_steps(steps, shown.unit), shown.unit, href=opens)
        rows.append([name, quantity, scene.unit_cell(shown.unit), scene.count(events, href=opens)])
    return Table(caption=_words(scene, shown), columns=columns, rows=rows)


def _words(scene: Scene, shown: Shown) -> str:
    kind = f" ({scene.say('is_simulated')})" if shown.simulated else ""
    return f"{scene.name('item', shown.item)}: {scene.speaker.measure(shown.measure)}, {scene.speaker.unit(shown.unit)}{kind}"
