"""Drawings say what their tables say: lengths and areas in proportion, a month without a figure left empty, every destination on the map."""

import json
import re

import pytest

from consumers.web.drawing.map import HEIGHT, LARGEST, OUTLINES, SMALLEST, SPOTS, WIDTH, drawn, place
from consumers.web.drawing.series import HEIGHT as TALL
from consumers.web.drawing.series import MOST_MONTHS, months_of, series

NAMES = {code: code for code in SPOTS}


def test_circles_are_as_large_as_their_figures() -> None:
    made = {circle.label: circle for circle in drawn("", {"MY": (400, "400"), "TW": (100, "100"), "HK": (0, "0")}, NAMES, nothing="none").circles}
    assert (made["MY"].radius / made["TW"].radius) ** 2 == pytest.approx(4, rel=0.01)
    assert made["MY"].radius == LARGEST
    assert (made["HK"].radius, made["HK"].is_empty, made["HK"].value) == (SMALLEST, False, "0")
    assert (made["KR"].radius, made["KR"].is_empty, made["KR"].value) == (SMALLEST, True, "none")


def test_the_larger_circle_is_drawn_first_so_that_none_is_hidden() -> None:
    radii = [circle.radius for circle in drawn("", {"SG": (1, "1"), "MY": (900, "900")}, NAMES, nothing="").circles]
    assert radii == sorted(radii, reverse=True)


def test_all_seven_destinations_are_on_the_map_and_in_the_extract() -> None:
    outlines = json.loads(OUTLINES.read_text())
    assert "Natural Earth" in outlines["source"]
    assert "public domain" in outlines["source"]
    assert outlines["destinations"].keys() == SPOTS.keys() == {"ID", "HK", "TW", "MY", "SG", "KR", "BN"}
    for path in (outlines["land"], *outlines["destinations"].values()):
        assert re.fullmatch(r"[MLZhv0-9 -]+", path), "numbers and commands, nothing else"
    for spot in SPOTS.values():
        x, y = place(spot.longitude, spot.latitude)
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT
    assert OUTLINES.stat().st_size < 20_000


def test_a_month_without_a_figure_has_no_column_and_one_of_0_has_one_without_height() -> None:
    figures = {"2020-03": 10, "2020-05": 0, "2020-06": 5}
    months = months_of([figures])
    assert months == ["2020-03", "2020-04", "2020-05", "2020-06"]
    made = series("", figures, months, scale=(0, 10), ends=("", "10"))
    assert [column.height for column in made.columns] == [TALL, 0, TALL / 2]


def test_what_is_below_0_hangs_below_the_axis() -> None:
    made = series("", {"2020-03": 30, "2020-04": -10}, ["2020-03", "2020-04"], scale=(-10, 30), ends=("-10", "30"))
    up, down = made.columns
    assert up.y == 0
    assert up.y + up.height == pytest.approx(made.zero)
    assert down.y == made.zero
    assert up.height == pytest.approx(3 * down.height)


def test_small_multiples_share_months_and_scale() -> None:
    assert months_of([{"2020-12": 1}, {"2021-02": 1}]) == ["2020-12", "2021-01", "2021-02"]
    assert len(months_of([{"1990-01": 1, "2020-01": 1}])) == MOST_MONTHS
    assert months_of([{}]) == []
