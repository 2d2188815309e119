"""The map: the outlines of the destinations and of what lies around them, and a circle for each figure, its area as large as the figure.

Longitudes and latitudes are used as they are (equirectangular), ten units a degree. The outlines are an extract of
Natural Earth that ``deploy.export_map`` makes.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from consumers.web.view import Circle, Map

WEST: Final = 92.0
NORTH: Final = 40.0
WIDTH: Final = 500
HEIGHT: Final = 515
OUTLINES: Final = Path(__file__).parent / "outlines.json"
LARGEST: Final = 36.0
SMALLEST: Final = 3.0


class Spot(NamedTuple):
    """Where the circle of a destination stands, and its words beside it: how far away, and on which side."""

    longitude: float
    latitude: float
    side: int
    down: int = 0


SPOTS: Final[Mapping[str, Spot]] = {
    "ID": Spot(115.0, -2.0, 1),
    "MY": Spot(101.8, 4.2, 1, -32),
    "SG": Spot(103.85, 1.3, -1, 30),
    "BN": Spot(114.6, 4.6, 1, 2),
    "HK": Spot(114.2, 22.4, -1),
    "TW": Spot(121.0, 23.7, 1),
    "KR": Spot(127.8, 36.4, -1),
}


def place(longitude: float, latitude: float) -> tuple[float, float]:
    """Return where a place is on the map."""
    return (longitude - WEST) * 10, (NORTH - latitude) * 10


def drawn(caption: str, figures: Mapping[str, tuple[int, str]], names: Mapping[str, str], *, nothing: str) -> Map:
    """Return the map of figures in steps, each with its words; a destination that has none is marked with a dot, and with ``nothing``."""
    largest = max((steps for steps, _ in figures.values()), default=0)
    circles = [_circle(spot, names[code], figures.get(code), largest, nothing) for code, spot in SPOTS.items() if code in names]
    outlines = _outlines()
    return Map(
        caption=caption,
        width=WIDTH,
        height=HEIGHT,
        land=outlines["land"],
        # The larger first, so that none is hidden.
        circles=sorted(circles, key=lambda circle: -circle.radius),
        shapes=[outlines["destinations"][code] for code in SPOTS],
    )


def _circle(spot: Spot, name: str, figure: tuple[int, str] | None, largest: int, nothing: str) -> Circle:
    x, y = place(spot.longitude, spot.latitude)
    steps, words = figure or (0, nothing)
    radius = max(SMALLEST, LARGEST * (steps / largest) ** 0.5) if steps > 0 and largest > 0 else SMALLEST
    away = spot.side * (radius + 6)
    return Circle(
        x=round(x),
        y=round(y),
        radius=round(radius, 1),
        label=name,
        value=words,
        label_x=round(x + away),
        label_y=round(y + spot.down),
        anchor="start" if spot.side > 0 else "end",
        is_empty=figure is None,
    )


@functools.cache
def _outlines() -> Any:
    return json.loads(OUTLINES.read_text(encoding="utf-8"))
