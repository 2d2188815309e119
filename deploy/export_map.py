"""Make the outlines of the map on the pages again, from Natural Earth's countries at 1:50 million.

Run it as ``python -m deploy.export_map countries-50m.json`` with that file from the npm package ``world-atlas`` 2.0.2 (TopoJSON of
Natural Earth 4.1, which is in the public domain). What is kept is cut to the map's window, simplified, and written in its whole units.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from consumers.web.drawing.map import HEIGHT, OUTLINES, WIDTH, place

DESTINATIONS: Final = {"360": "ID", "344": "HK", "158": "TW", "458": "MY", "702": "SG", "410": "KR", "096": "BN"}
TOLERANCE: Final = 0.9
"""In units of the map: what deviates less is left out."""
SMALLEST_AREA: Final = 4.0
"""In square units: smaller islands are left out, unless a destination has no larger one."""
SOURCE: Final = "Natural Earth 1:50m, public domain, by way of world-atlas 2.0.2 (npm), countries-50m.json, SHA-256 "

Point = tuple[float, float]
Ring = list[Point]


def main() -> None:
    """Read the file that is named, and write the outlines beside the drawing."""
    content = Path(sys.argv[1]).read_bytes()
    topology = json.loads(content)
    land: list[str] = []
    shapes: dict[str, str] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        rings = [ring for ring in map(_cut, _rings(topology, country)) if len(ring) > 3]
        path = _path(rings)
        if path and country.get("id") in DESTINATIONS:
            shapes[DESTINATIONS[country["id"]]] = path
        elif path:
            land.append(path)
    written = {"source": SOURCE + hashlib.sha256(content).hexdigest(), "land": "".join(land), "destinations": dict(sorted(shapes.items()))}
    OUTLINES.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def _rings(topology: Any, geometry: Any) -> Iterator[Ring]:
    """Yield the outer rings of a country in units of the map."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        yield [place(*point) for arc in polygon[0] for point in _arc(topology, arc)]


def _arc(topology: Any, number: int) -> list[Point]:
    """Return longitudes and latitudes of an arc; a negative number is one that is walked backwards."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points: list[Point] = []
    for dx, dy in topology["arcs"][number if number >= 0 else ~number]:
        x, y = x + dx, y + dy
        points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
    return points if number >= 0 else points[::-1]


def _cut(ring: Ring) -> Ring:
    """Return what of a ring is inside the window, one edge of it after the other (Sutherland and Hodgman)."""
    for axis, limit, sign in ((0, 0.0, 1), (0, float(WIDTH), -1), (1, 0.0, 1), (1, float(HEIGHT), -1)):
        kept: Ring = []
        for before, point in zip([ring[-1], *ring[:-1]] if ring else [], ring, strict=True):
            is_in, was_in = sign * (point[axis] - limit) >= 0, sign * (before[axis] - limit) >= 0
            if is_in != was_in:
                share = (limit - before[axis]) / (point[axis] - before[axis])
                kept.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
            if is_in:
                kept.append(point)
        ring = kept
    return ring


def _path(rings: Sequence[Ring]) -> str:
    """Return the path of what is large enough, the largest in any case."""
    ordered = sorted(rings, key=_area, reverse=True)
    return "".join(_written(ring) for number, ring in enumerate(ordered) if number == 0 or _area(ring) >= SMALLEST_AREA)


def _written(ring: Ring) -> str:
    points = [f"{x:.0f} {y:.0f}" for x, y in _simplified(ring)]
    different = [point for before, point in zip(["", *points[:-1]], points, strict=True) if point != before]
    return f"M{'L'.join(different)}Z" if len(different) > 2 else _square(ring)


def _square(ring: Ring) -> str:
    """Return the sign of a place that is too small to be drawn."""
    x, y = ring[0]
    return f"M{x - 1:.0f} {y - 1:.0f}h2v2h-2Z"


def _simplified(points: Ring) -> Ring:
    """Return the points without those that deviate little (Douglas and Peucker)."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    far = max(range(1, len(points) - 1), key=lambda index: _distance(points[index], first, last))
    if _distance(points[far], first, last) <= TOLERANCE:
        return [first, last]
    return [*_simplified(points[: far + 1])[:-1], *_simplified(points[far:])]


def _distance(point: Point, first: Point, last: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, first, last
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    if not length:
        return float(((x - x1) ** 2 + (y - y1) ** 2) ** 0.5)
    return float(abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length)


def _area(ring: Ring) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


if __name__ == "__main__":
    main()
