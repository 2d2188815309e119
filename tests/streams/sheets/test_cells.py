"""One cell: what can be read in one way is read, and the rest is asked for."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets import cells
from streams.sheets.columns import Column, Kind
from streams.sheets.mistakes import Flaw

MIDNIGHT = "T00:00:00+07:00"


def column(kind: Kind) -> Column:
    return Column("x", ("data", "x"), kind, choices=("in", "out"))


def read(cell: Any, kind: Kind, *, counts_days: bool = True) -> Any:
    return cells.read(cell, column(kind), counts_days=counts_days)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1500", 1500),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("1.500,5", "1500.5"),
        ("1,500.5", "1500.5"),
        ("1.500.000", 1500000),
        ("1,500,000", 1500000),
        ("0.500", "0.5"),
        ("0,125", "0.125"),
        ("1500,125", "1500.125"),
        ("1.50", "1.5"),
        ("-3", -3),
        (1500.0, 1500),
        (0.1 + 0.2, "0.3"),
        (1500.5, "1500.5"),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_a_number_is_read_when_it_can_be_read_in_one_way(cell: Any, value: Any) -> None:
    assert read(cell, "number") == value


@pytest.mark.parametrize(
    ("cell", "suggestions"),
    [("1.500", ("1500", "1.5")), ("1,500", ("1500", "1,5")), ("150.000", ("150000", "150")), ("1 500", ("1500",)), ("1\u00a0500", ("1500",))],
)
def test_a_number_that_can_be_read_in_two_ways_is_asked_for(cell: str, suggestions: tuple[str, ...]) -> None:
    assert read(cell, "number") == Flaw("sheet.number_ambiguous", suggestions)


@pytest.mark.parametrize("cell", ["Rp1000", "10 paket", "sepuluh", "1.50.000", "1,5,5", "50%", "1e3", "٣", "½", "--1", "1.", ".5", "NaN"])
def test_what_is_no_number_is_refused(cell: str) -> None:
    assert read(cell, "number") == Flaw("sheet.number_invalid")


@pytest.mark.parametrize(
    "cell", ["2020-05-03", "2020/5/3", "3 Mei 2020", "3 May 2020", "03-Mei-2020", datetime.date(2020, 5, 3), datetime.datetime(2020, 5, 3), 43954.0]
)
def test_a_day_is_read_when_it_can_be_read_in_one_way(cell: Any) -> None:
    assert read(cell, "moment") == f"2020-05-03{MIDNIGHT}"
    assert read(cell, "day") == "2020-05-03"


@pytest.mark.parametrize(
    ("cell", "day"), [("23/5/2020", "2020-05-23"), ("05/23/2020", "2020-05-23"), ("5/5/2020", "2020-05-05"), ("17 Agustus 2020", "2020-08-17")]
)
def test_day_and_month_are_told_apart_where_only_one_of_them_can_be_the_month(cell: str, day: str) -> None:
    assert read(cell, "day") == day


@pytest.mark.parametrize(
    ("cell", "flaw"),
    [
        ("3/4/2020", Flaw("sheet.date_ambiguous", ("2020-04-03", "2020-03-04"))),
        ("03-04-2020 10:00 WIB", Flaw("sheet.date_ambiguous", ("2020-04-03", "2020-03-04"))),
        ("31/02/2020", Flaw("sheet.date_invalid")),
        ("3/5/20", Flaw("sheet.year_short")),
        ("3 Mei 20", Flaw("sheet.year_short")),
        ("43954", Flaw("sheet.date_serial", ("2020-05-03",))),
        ("20200503", Flaw("sheet.date_serial", ("2020-05-03",))),
        (43954.5, Flaw("sheet.date_serial")),
        (20200503.0, Flaw("sheet.date_serial")),
        ("2020-05-03 09:00", Flaw("sheet.zone_missing")),
        (datetime.datetime(2020, 5, 3, 9), Flaw("sheet.zone_missing")),
        ("2020-05-03 25:00 WIB", Flaw("sheet.date_invalid")),
        (datetime.time(9), Flaw("sheet.date_invalid")),
    ],
)
def test_a_date_that_is_none_or_could_be_two_is_asked_for(cell: Any, flaw: Flaw) -> None:
    assert read(cell, "moment") == flaw


def test_a_bare_number_is_a_day_only_where_it_is_known_how_days_are_counted() -> None:
    assert read(43954.0, "day", counts_days=False) == Flaw("sheet.date_serial", ("2020-05-03",))


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2020-05-03T09:00:00+08:00", "2020-05-03T09:00:00+08:00"),
        ("2020-05-03 09.30 WIB", "2020-05-03T09:30:00+07:00"),
        ("3 Mei 2020 9:00 wita", "2020-05-03T09:00:00+08:00"),
        ("2020-05-03T02:00:00.250Z", "2020-05-03T02:00:00.250Z"),
    ],
)
def test_a_time_with_its_zone_is_read(cell: str, moment: str) -> None:
    assert read(cell, "moment") == moment


def test_texts_choices_and_lists() -> None:
    assert read("masker", "text") == "masker"
    assert read(12.0, "text") == "12"
    assert read(datetime.date(2020, 5, 3), "text") == Flaw("sheet.became_date")
    assert read(True, "text") == Flaw("sheet.truth_value")
    assert read("in", "choice") == "in"
    assert read("masuk", "choice") == Flaw("sheet.choice_invalid", ("in", "out"))
    assert read("TW; HK,MY", "list") == ["TW", "HK", "MY"]
    assert [read(cell, "yes-or-no") for cell in ("ya", "Tidak", True)] == [True, False, True]


@given(st.integers(-(10**14), 10**14))
def test_a_whole_number_is_the_same_however_it_is_written(number: int) -> None:
    grouped = f"{number:,}"
    assert read(str(number), "number") == read(float(number), "number") == number
    if grouped.count(",") > 1:
        assert read(grouped, "number") == read(grouped.replace(",", "."), "number") == number


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)))
def test_no_day_is_ever_read_as_another(day: datetime.date) -> None:
    for written in (day.strftime("%d/%m/%Y"), day.strftime("%m/%d/%Y")):
        read_day = read(written, "day")
        assert read_day == day.isoformat() or (isinstance(read_day, Flaw) and day.isoformat() in read_day.suggestions)


@given(st.text(max_size=40), st.sampled_from(["number", "line", "moment", "day", "day-or-moment", "choice", "yes-or-no", "list", "text"]))
def test_no_text_raises(text: str, kind: Kind) -> None:
    read(text, kind)
