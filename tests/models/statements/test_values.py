"""What was said, held against one sum: every qualifier, every way to be short, and what is no sum at all."""

import pytest

from models.statements.sums import Amount
from models.statements.values import rounded_to
from tests.models.statements.scopes import amount, judged, said_of, sums


@pytest.mark.parametrize(
    ("said", "tally", "expected"),
    [
        ("1985 group", "1985 group", ("supported", "stmt.equal")),
        ("1985 group", "1984 group", ("part", "stmt.short_so_far")),
        ("1985 group", "1986 group", ("contradicted", "stmt.exceeded")),
        ("0.5 litre", "0.5 litre", ("supported", "stmt.equal")),
        ("0.5 litre", "0.499 litre", ("part", "stmt.short_so_far")),
    ],
)
def test_exactly_is_the_same_number(said: str, tally: str, expected: tuple[str, str]) -> None:
    assert said_of(judged(said, tally)) == expected


@pytest.mark.parametrize(
    ("said", "nearest", "tally", "expected"),
    [
        ("180000 piece", "1000", "180875 piece", ("supported", "stmt.near")),
        ("180000 piece", "1000", "179001 piece", ("supported", "stmt.near")),
        ("180000 piece", "1000", "180000 piece", ("supported", "stmt.equal")),
        ("180000 piece", "1000", "181000 piece", ("contradicted", "stmt.exceeded")),
        ("180000 piece", "1000", "179000 piece", ("part", "stmt.short_so_far")),
        ("1700000 person", "100000", "1757464 person", ("supported", "stmt.near")),
        ("33000 piece", None, "33999 piece", ("supported", "stmt.near")),
        ("33000 piece", None, "34000 piece", ("contradicted", "stmt.exceeded")),
    ],
)
def test_about_is_less_than_one_rounding_away(said: str, nearest: str | None, tally: str, expected: tuple[str, str]) -> None:
    assert said_of(judged(said, tally, qualifier="about", members={"nearest": nearest} if nearest else {})) == expected


@pytest.mark.parametrize(("steps", "step"), [(180_000, 10_000), (33_000, 1_000), (1_000_000, 100_000), (1_757_464, 1), (7, 1), (10, 1), (0, 1)])
def test_an_unsaid_rounding_is_the_last_digit_that_is_no_zero_and_a_tenth_at_most(steps: int, step: int) -> None:
    assert rounded_to(steps) == step


@pytest.mark.parametrize(
    ("qualifier", "tally", "expected"),
    [
        ("more-than", "43 person", ("supported", "stmt.more")),
        ("more-than", "42 person", ("part", "stmt.short_so_far")),
        ("less-than", "41 person", ("supported", "stmt.less")),
        ("less-than", "42 person", ("contradicted", "stmt.exceeded")),
        ("target", "42 person", ("supported", "stmt.realised")),
        ("target", "50 person", ("supported", "stmt.realised")),
        ("target", "41 person", ("part", "stmt.target_short")),
    ],
)
def test_more_less_and_target_have_one_bound(qualifier: str, tally: str, expected: tuple[str, str]) -> None:
    assert said_of(judged("42 person", tally, qualifier=qualifier)) == expected


@pytest.mark.parametrize(("qualifier", "lowest", "highest"), [("tens", 10, 99), ("hundreds", 100, 999), ("thousands", 1_000, 9_999)])
def test_a_word_for_a_range_is_every_number_with_as_many_digits(qualifier: str, lowest: int, highest: int) -> None:
    for tally in (lowest, highest):
        assert said_of(judged("person", f"{tally} person", qualifier=qualifier)) == ("supported", "stmt.in_range")
    assert said_of(judged("person", f"{lowest - 1} person", qualifier=qualifier)) == ("part", "stmt.short_so_far")
    assert said_of(judged("person", f"{highest + 1} person", qualifier=qualifier)) == ("contradicted", "stmt.exceeded")


def test_a_range_holds_up_to_the_next_whole_unit_where_there_are_decimals() -> None:
    assert said_of(judged("litre", "999.999 litre", qualifier="hundreds")) == ("supported", "stmt.in_range")
    assert said_of(judged("litre", "1000 litre", qualifier="hundreds")) == ("contradicted", "stmt.exceeded")


@pytest.mark.parametrize("qualifier", ["exactly", "about", "more-than"])
def test_what_is_short_of_a_closed_scope_contradicts_because_no_more_can_come(qualifier: str) -> None:
    assert said_of(judged("1000 person", scope=sums("10 person", closed=True), qualifier=qualifier)) == ("contradicted", "stmt.short_when_closed")


def test_a_target_may_be_missed_without_being_contradicted() -> None:
    assert said_of(judged("1000 person", scope=sums("10 person", closed=True), qualifier="target")) == ("part", "stmt.target_short")


def test_nothing_booked_is_no_zero() -> None:
    found = judged("1985 group")
    assert said_of(found) == ("unsupported", "stmt.no_events")
    assert (found.judged.tally, found.judged.gap) == (None, None)
    assert said_of(judged("0 group")) == ("unsupported", "stmt.no_events")


def test_what_was_taken_back_supports_nothing() -> None:
    assert said_of(judged("1985 group", "0 group")) == ("unsupported", "stmt.taken_back")
    assert said_of(judged("1985 group", "0 group", qualifier="less-than")) == ("unsupported", "stmt.taken_back")
    assert said_of(judged("1985 group", "-5 group")) == ("unsupported", "stmt.taken_back")
    assert said_of(judged("5 payment", scope=sums("9 payment"), less=sums("0 payment"))) == ("unsupported", "stmt.subtrahend_missing")
    assert said_of(judged("5 payment", scope=sums("0 payment"), less=sums("9 payment"))) == ("unsupported", "stmt.taken_back")
    assert said_of(judged("5 percent", scope=sums("0 IDR"), of=sums("9 IDR"))) == ("unsupported", "stmt.numerator_missing")


def test_what_was_taken_back_in_one_unit_does_not_hide_that_it_counts_in_another() -> None:
    assert said_of(judged("7 person", scope=sums("0 person", "7 payment"))) == ("contradicted", "stmt.counted_otherwise")


def test_the_gap_is_the_tally_less_what_was_said() -> None:
    found = judged("180000 piece", "180875 piece", qualifier="about", members={"nearest": 1000})
    assert (found.judged.tally, found.judged.gap) == (Amount(180_875, "piece"), Amount(875, "piece"))
    assert judged("10 piece", "4 piece").judged.gap == Amount(-6, "piece")


def test_the_same_number_in_another_unit_contradicts_and_says_what_is_counted() -> None:
    found = judged("24513632 person", scope=sums("24513632 payment", "29416358400000 IDR", measure="confirmed"))
    assert said_of(found) == ("contradicted", "stmt.counted_otherwise")
    assert found.judged.reason.amounts["found"] == (amount("24513632 payment", "confirmed"),)
    assert said_of(judged("24500000 person", scope=sums("24513632 payment"), qualifier="about")) == ("contradicted", "stmt.counted_otherwise")
    assert said_of(judged("1500 piece", scope=sums("1500 litre"))) == ("contradicted", "stmt.counted_otherwise")
    assert said_of(judged("1500 piece", scope=sums("1500.5 litre"))) == ("unsupported", "stmt.other_units")


def test_another_number_in_another_unit_shows_nothing() -> None:
    assert said_of(judged("24513632 person", scope=sums("7 payment"))) == ("unsupported", "stmt.other_units")
    assert said_of(judged("10 person", "12 package", qualifier="more-than")) == ("unsupported", "stmt.other_units")


def test_a_figure_in_the_unit_itself_is_never_confused() -> None:
    assert said_of(judged("24513632 person", scope=sums("24513632 payment", "24513632 person"))) == ("supported", "stmt.equal")


def test_capacity_is_no_production_and_a_rate_is_no_amount() -> None:
    rate = amount("2200 piece/day", "capacity")
    assert said_of(judged("2200 piece/day", scope=sums("2200 piece/day", measure="capacity"))) == ("supported", "stmt.equal")
    found = judged("2200 piece", scope=sums(others=(rate,)))
    assert said_of(found) == ("unsupported", "stmt.other_measures")
    assert found.judged.reason.amounts["found"] == (rate,)
    assert said_of(judged("2200 piece", scope=sums("2200 piece/day", measure="capacity"))) == ("contradicted", "stmt.counted_otherwise")


def test_what_was_made_is_not_what_was_handed_out() -> None:
    made = amount("180875 piece", "produced")
    assert said_of(judged("180000 piece", scope=sums(others=(made,)), qualifier="about")) == ("unsupported", "stmt.other_measures")


def test_evidence_and_parts_of_people_are_not_told_as_something_else() -> None:
    assert said_of(judged("5 person", scope=sums(others=(amount("5 person", "recipients.sex.f"), amount("5 person", "verified"))))) == (
        "unsupported",
        "stmt.no_events",
    )


@pytest.mark.parametrize("measure", ["target", "budget"])
def test_a_target_is_never_reached_by_announcing_it(measure: str) -> None:
    assert said_of(judged("700 box", scope=sums("700 box", measure=measure), qualifier="target")) == ("unsupported", "stmt.announced_only")
    assert said_of(judged("700 box", scope=sums(others=(amount("700 box", measure),)), qualifier="target")) == ("unsupported", "stmt.announced_only")


def test_a_difference_is_taken_in_the_unit_that_was_said() -> None:
    declared, confirmed = sums("24807792 payment", "29769350400000 IDR"), sums("24513632 payment", "29416358400000 IDR")
    assert said_of(judged("294160 payment", scope=declared, less=confirmed)) == ("supported", "stmt.equal")
    found = judged("705984000000 IDR", scope=declared, less=confirmed)
    assert said_of(found) == ("contradicted", "stmt.difference_short")
    assert found.judged.tally == Amount(35_299_200_000_000, "IDR")
    assert said_of(judged("1 payment", scope=declared, less=confirmed)) == ("contradicted", "stmt.exceeded")


def test_a_difference_needs_both_its_figures() -> None:
    assert said_of(judged("5 payment", scope=sums("9 payment"), less=sums())) == ("unsupported", "stmt.subtrahend_missing")
    assert said_of(judged("5 payment", scope=sums(), less=sums("9 payment"))) == ("unsupported", "stmt.no_events")


def test_nothing_left_of_a_difference_is_a_zero() -> None:
    assert said_of(judged("0 payment", scope=sums("9 payment"), less=sums("9 payment"))) == ("supported", "stmt.equal")


def test_a_percentage_comes_with_its_two_figures() -> None:
    found = judged("93.94 percent", scope=sums("9394 IDR"), of=sums("10000 IDR"), members={"counted_in": "IDR"})
    assert said_of(found) == ("supported", "stmt.equal")
    assert found.judged.shares == (amount("9394 IDR")._replace(measure=""), amount("10000 IDR")._replace(measure=""))
    near = judged("42 percent", scope=sums("4213 IDR"), of=sums("10000 IDR"), qualifier="more-than")
    assert (said_of(near), near.judged.gap) == (("supported", "stmt.more"), Amount(13, "percent"))


@pytest.mark.parametrize(("part", "share"), [("1 IDR", "33.33"), ("2 IDR", "66.67")])
def test_a_percentage_is_rounded_to_its_hundredths(part: str, share: str) -> None:
    assert said_of(judged(f"{share} percent", scope=sums(part), of=sums("3 IDR"))) == ("supported", "stmt.equal")


def test_a_percentage_without_its_two_figures_is_unsupported_and_says_which_is_missing() -> None:
    def reason(*, part: tuple[str, ...] = (), whole: tuple[str, ...] = (), counted_in: str = "") -> tuple[str, str]:
        return said_of(judged("42 percent", scope=sums(*part), of=sums(*whole), members={"counted_in": counted_in} if counted_in else {}))

    assert reason() == ("unsupported", "stmt.percent_figures_missing")
    assert reason(part=("1 IDR",)) == ("unsupported", "stmt.denominator_missing")
    assert reason(whole=("1 IDR",)) == ("unsupported", "stmt.numerator_missing")
    assert reason(part=("1 payment",), whole=("1 IDR",)) == ("unsupported", "stmt.percent_figures_missing")
    assert reason(part=("1 payment", "1 IDR"), whole=("2 payment", "5 IDR")) == ("unsupported", "stmt.percent_unit_open")
    assert reason(part=("21 payment", "1 IDR"), whole=("50 payment", "5 IDR"), counted_in="payment") == ("supported", "stmt.equal")
    assert said_of(judged("42 percent", "1 IDR")) == ("unsupported", "stmt.denominator_missing")
