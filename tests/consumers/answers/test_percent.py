"""A percentage is exact, carries its two figures, and is rounded half to even."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.answers.percent import Percent


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(1, 3, "33.33"), (2, 3, "66.67"), (1, 800, "0.12"), (3, 800, "0.38"), (-1, 3, "-33.33"), (0, 7, "0.00")]
)
def test_a_percentage_is_rounded_half_to_even(part: int, whole: int, percent: str) -> None:
    assert Percent(part=part, whole=whole, unit="piece").to_json()["percent"] == percent


@given(part=st.integers(-(10**30), 10**30), whole=st.integers(1, 10**30))
def test_a_percentage_is_never_further_than_half_a_hundredth(part: int, whole: int) -> None:
    assert abs(2 * (Percent(part=part, whole=whole, unit="IDR").hundredths * whole - part * 10_000)) <= whole


def test_the_two_figures_are_in_whole_units_and_the_fraction_in_lowest_terms() -> None:
    shown = Percent(part=150, whole=450, unit="IDR").to_json()
    assert shown == {"percent": "33.33", "part": "1.5", "whole": "4.5", "fraction": "1/3"}
