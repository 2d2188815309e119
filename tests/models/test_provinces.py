"""A province is read from the code of a place, whichever list the code is from, and its places are found again by how their codes begin."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.provinces import PROVINCES, beginnings_of, province_of, read_province

codes = st.text(alphabet=string.ascii_uppercase[:6] + "IDJT" + string.digits[:5] + "-.", min_size=1, max_size=10)
real = st.builds(
    lambda province, form, rest: {0: province.digits, 1: f"{province.digits}.{rest}", 2: f"{province.digits}{rest}", 3: f"ID-{province.digits}"}.get(
        form, f"ID-{province.letters}"
    ),
    st.sampled_from(list(PROVINCES.values())),
    st.integers(0, 4),
    st.from_regex(r"[0-9]{2}(\.[0-9]{2})?", fullmatch=True),
)


@pytest.mark.parametrize(
    ("place", "province"),
    [
        *((place, "33") for place in ("33", "33.74", "33.74.01.1001", "3374", "3374010", "ID-33", "ID-33.74", "ID-JT")),
        ("ID-JK", "31"),
        ("91.03", "91"),
        ("ID-PA", "ID-PA"),
        ("TW-TPE", "TW-TPE"),
        ("TW-TPE-100", "TW-TPE"),
        ("HK", "HK"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_a_place_is_in_its_province(place: str, province: str) -> None:
    assert province_of(place) == province


@pytest.mark.parametrize("text", ["33", "ID-JT", "id-33", "Jawa Tengah", "central java", "3374"])
def test_a_province_may_be_given_by_any_of_its_names(text: str) -> None:
    assert read_province(text.upper() if text.startswith("id") else text) == "33"


@given(st.one_of(codes, real), st.one_of(codes, real))
def test_the_beginnings_find_exactly_the_places_of_a_province(place: str, other: str) -> None:
    province = province_of(other)
    exactly, begins = beginnings_of(province)
    assert (place in exactly or any(place.startswith(beginning) for beginning in begins)) is (province_of(place) == province)
