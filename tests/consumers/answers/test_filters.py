"""A filter is read from words; a wrong word is answered with the closest right one."""

import datetime

import pytest

from consumers.answers.dimensions import parse_by
from consumers.answers.filters import CellFilter, KnownCodes, first_day, last_day, parse_as_of, parse_filter
from consumers.answers.tally import tally
from models.errors import ConfigurationError
from tests.consumers.books import Books, Told, cell

KNOWN = KnownCodes(
    codes={"destination": ("ID", "TW", "HK"), "programme": ("jps", "jps-tkm", "bantuan-pmi"), "item": ("masker", "sembako")},
    descendants=lambda code: {"jps": ("jps-tkm",)}.get(code, ()),
)


def test_a_programme_includes_those_below_it() -> None:
    assert parse_filter({"programme": "jps"}, KNOWN).values["programme"] == {"jps", "jps-tkm"}


def test_several_values_mean_any_of_them() -> None:
    assert parse_filter({"destination": "tw,HK", "recipient-type": ["pmi"]}, KNOWN).values == {"destination": {"TW", "HK"}, "recipient_type": {"pmi"}}


@pytest.mark.parametrize(
    ("words", "closest"),
    [
        ({"destination": "TWN"}, "TW"),
        ({"programme": "bantuan-pni"}, "bantuan-pmi"),
        ({"item": "masks"}, "masker"),
        ({"measure": "distribute"}, "distributed"),
        ({"table": "stok"}, "stock"),
        ({"destinasi": "TW"}, "destination"),
    ],
)
def test_a_wrong_word_names_the_closest_right_one(words: dict[str, str], closest: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'{closest}'"):
        parse_filter(words, KNOWN)


def test_a_wrong_dimension_to_group_by_names_the_closest() -> None:
    assert parse_by("destination, recipient-type,measure,destination") == ("destination", "recipient_type")
    with pytest.raises(ConfigurationError, match="'programme'"):
        parse_by("program")


def test_a_month_is_its_first_and_its_last_day() -> None:
    assert (first_day("2020-02"), last_day("2020-02"), last_day("2020-12")) == ("2020-02-01", "2020-02-29", "2020-12-31")
    for wrong in ("2020-13", "2020-02-30", "yesterday", "2020"):
        with pytest.raises(ConfigurationError):
            first_day(wrong)


def test_as_of_is_a_booking_or_a_moment() -> None:
    assert parse_as_of("12") == 12
    assert parse_as_of("2020-05-03T00:00:00Z") == datetime.datetime(2020, 5, 3, tzinfo=datetime.UTC)
    end_of_day = parse_as_of("2020-05-03")
    assert isinstance(end_of_day, datetime.datetime)
    assert end_of_day.isoformat() == "2020-05-03T23:59:59.999000+07:00"
    with pytest.raises(ConfigurationError):
        parse_as_of("last week")


def test_a_moment_resolves_to_the_last_booking_made_by_then(books: Books) -> None:
    for _ in range(3):
        books.book(Told(postings=[(cell(), 1)]))
    with books.engine.connect() as connection:
        for booking in range(1, 4):
            moment = datetime.datetime.fromtimestamp(books.booked_at(booking) / 1000 + 1, datetime.UTC)
            assert tally(connection, CellFilter(as_of=moment)).as_of.booking == booking
        assert tally(connection, CellFilter(as_of=datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC))).rows == ()
        with pytest.raises(ConfigurationError, match="last one is 3"):
            tally(connection, CellFilter(as_of=4))


def test_a_period_includes_both_ends_and_no_stock(books: Books) -> None:
    books.book(*(Told(postings=[(cell(day=f"2020-0{month}-01"), 1), (cell(table="stock", day=""), 1)]) for month in range(1, 6)))
    with books.engine.connect() as connection:
        for wanted, events in (
            (parse_filter({}, KNOWN, happened_from="2020-02", happened_to="2020-04-01"), 3),
            (parse_filter({}, KNOWN, happened_to="2020-02"), 2),
            (parse_filter({}, KNOWN, happened_from="2020-02-02"), 3),
            (parse_filter({"table": "stock"}, KNOWN, happened_to="2020-12"), 0),
        ):
            assert sum(row.events for row in tally(connection, wanted).rows) == events
    with pytest.raises(ConfigurationError):
        parse_filter({}, KNOWN, happened_from="2020-03", happened_to="2020-02")


@pytest.mark.parametrize(
    ("words", "also"),
    [({}, set()), ({"measure": "target"}, {"plans"}), ({"measure": "on-hand,budget"}, {"plans", "stock"}), ({"holder": "kemnaker"}, {"stock"})],
)
def test_what_is_no_delivery_is_looked_for_only_where_it_is_asked_for(words: dict[str, str], also: set[str]) -> None:
    assert parse_filter(words, KNOWN).tables() == {"disbursements", "distributions", "services", *also}


@pytest.mark.parametrize(
    ("words", "measures"),
    [
        ({}, {"distributed"}),
        ({"table": "distributions"}, {"distributed"}),
        ({"item": "masker"}, {"distributed"}),
        ({"measure": "recipients.sex.f"}, {"recipients.sex.f"}),
        ({"measure": "evidenced,verified,distributed"}, {"evidenced", "verified", "distributed"}),
        ({"measure": "target"}, {"target"}),
        ({"table": "plans"}, {"target"}),
        ({"table": "stock,plans"}, {"target", "on-hand"}),
        ({"measure": "on-hand"}, {"on-hand"}),
    ],
)
def test_a_plain_question_is_about_deliveries_and_not_their_parts_evidence_plans_or_stock(books: Books, words: dict[str, str], measures: set[str]) -> None:
    plain = ("distributed", "recipients.sex.f", "evidenced", "evidenced-later", "verified")
    books.book(*(Told(postings=[(cell(measure=measure), 1)]) for measure in plain))
    books.book(Told(postings=[(cell(table="plans", measure="target"), 1)]), Told(postings=[(cell(table="stock", measure="on-hand", day=""), 1)]))
    with books.engine.connect() as connection:
        rows = tally(connection, parse_filter(words, KNOWN)).rows
    assert {row.measure for row in rows} == measures


@pytest.mark.parametrize(
    ("dimension", "value"), [(name, "other") for name in ("destination", "programme", "activity", "tranche", "partner", "item", "place", "holder", "lot")]
)
def test_every_dimension_selects(books: Books, dimension: str, value: str) -> None:
    books.book(Told(postings=[(cell(), 1)]), Told(postings=[(cell(**{dimension: value}), 10)]))
    with books.engine.connect() as connection:
        rows = tally(connection, CellFilter(values={dimension: frozenset({value})}), by=(dimension,)).to_json()["rows"]
    assert rows == [{dimension: value, "measure": "distributed", "unit": "piece", "quantity": "10", "events": 1}]
