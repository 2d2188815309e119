"""Units: what is written is exactly what is counted, and two units never meet in one sum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.units import CURRENCIES, MAX_DIGITS, PER_DAY, UNITS, Quantity, QuantityInvalid, UnitMismatch, format_steps, parse_steps, per_day

LIMIT = 10**MAX_DIGITS - 1
steps_of_any_size = st.integers(min_value=-LIMIT, max_value=LIMIT)
any_unit = st.sampled_from(sorted(UNITS))


@given(steps_of_any_size, any_unit)
def test_reading_what_was_written_gives_the_same_steps(steps: int, code: str) -> None:
    assert parse_steps(format_steps(steps, code), UNITS[code]) == steps


@given(st.integers(min_value=-(2**53), max_value=2**53), any_unit)
def test_a_json_integer_and_the_same_digits_as_a_string_are_equal(number: int, code: str) -> None:
    unit = UNITS[code]
    if abs(number) * 10**unit.decimals > LIMIT:
        with pytest.raises(QuantityInvalid):
            parse_steps(number, unit)
        return
    assert parse_steps(number, unit) == parse_steps(str(number), unit) == number * 10**unit.decimals


@given(st.text(max_size=30), any_unit)
def test_any_text_is_either_an_exact_quantity_or_refused(text: str, code: str) -> None:
    try:
        steps = parse_steps(text, UNITS[code])
    except QuantityInvalid:
        return
    assert set(text) <= set("-.0123456789")
    assert abs(steps) <= LIMIT


@pytest.mark.parametrize(
    "text",
    [
        "٣٤",
        "\uff11\uff12",
        "1e3",
        "1E3",
        "+5",
        " 5",
        "5 ",
        "5.",
        ".5",
        "1_000",
        "",
        "-",
        "--1",
        "0x10",
        "1,000",
        "1.000.000",
        "007",
        "½",
        "²",
        "NaN",
        "inf",
        "5\n",
    ],
)
def test_another_way_to_write_a_number_is_refused(text: str) -> None:
    for code in ("piece", "litre", "IDR"):
        with pytest.raises(QuantityInvalid):
            parse_steps(text, UNITS[code])


@pytest.mark.parametrize(
    ("code", "decimals"),
    [("KRW", 0), ("IDR", 2), ("HKD", 2), ("TWD", 2), ("MYR", 2), ("SGD", 2), ("BND", 2), ("litre", 3), ("kilogram", 3), ("piece", 0), ("person-day", 0)],
)
def test_a_unit_has_its_own_number_of_decimals(code: str, decimals: int) -> None:
    unit = UNITS[code]
    assert unit.decimals == decimals
    assert parse_steps("7", unit) == 7 * 10**decimals
    with pytest.raises(QuantityInvalid):
        parse_steps("7." + "0" * (decimals + 1), unit)


def test_the_published_wage_subsidy_fits_in_minor_units() -> None:
    assert parse_steps("29416358400000", UNITS["IDR"]) == 2_941_635_840_000_000


def test_a_fraction_is_written_without_the_zeros_at_its_end() -> None:
    assert format_steps(8_500_000, "litre") == "8500"
    assert format_steps(500, "litre") == "0.5"
    assert format_steps(-1, "litre") == "-0.001"
    assert format_steps(1_471_852_440_000_000, "IDR") == "14718524400000"
    assert format_steps(-120, "KRW") == "-120"


def test_eighteen_digits_are_the_limit_counted_in_steps() -> None:
    assert parse_steps("9" * 18, UNITS["piece"]) == LIMIT
    for text, code in [("9" * 19, "piece"), ("9" * 17, "IDR"), ("1" + "0" * 18, "piece"), ("9" * 5_000, "piece")]:
        with pytest.raises(QuantityInvalid):
            parse_steps(text, UNITS[code])


def test_a_json_number_above_two_to_the_fifty_third_is_refused_and_its_string_is_not() -> None:
    with pytest.raises(QuantityInvalid):
        parse_steps(2**53 + 1, UNITS["piece"])
    assert parse_steps(str(2**53 + 1), UNITS["piece"]) == 2**53 + 1


@pytest.mark.parametrize("value", [True, 1.0, None, [1]])
def test_another_json_type_is_refused(value: object) -> None:
    with pytest.raises(QuantityInvalid):
        parse_steps(value, UNITS["piece"])  # type: ignore[arg-type]  # what a careless caller could pass


@given(steps_of_any_size, steps_of_any_size, any_unit, any_unit)
def test_only_one_unit_adds_up_and_a_mixture_names_both(first: int, second: int, left: str, right: str) -> None:
    one, other = Quantity(first, UNITS[left]), Quantity(second, UNITS[right])
    if left == right:
        assert (one + other).steps == first + second
        assert one + other - other == one
        assert (one < other) == (first < second)
        return
    for mix in (lambda: one + other, lambda: one - other, lambda: one < other, lambda: one <= other):
        with pytest.raises(UnitMismatch) as refusal:
            mix()
        assert isinstance(refusal.value, TypeError)
        assert (refusal.value.left, refusal.value.right) == (left, right)
        assert left in str(refusal.value)
        assert right in str(refusal.value)


def test_a_quantity_reads_as_its_number_and_unit() -> None:
    assert str(-Quantity(500, UNITS["litre"])) == "-0.5 litre"


def test_every_unit_that_is_counted_or_measured_has_a_rate_per_day_and_nothing_else_has() -> None:
    assert {code for code, unit in UNITS.items() if unit.kind == "rate"} == {per_day(code) for code, unit in UNITS.items() if unit.kind in {"count", "measure"}}
    assert per_day("piece") == "piece/day"
    assert "IDR/day" not in UNITS
    assert "percent/day" not in UNITS


@pytest.mark.parametrize("code", [code for code in UNITS if UNITS[code].kind == "rate"])
def test_a_rate_is_as_exact_as_what_it_counts_and_is_never_added_to_it(code: str) -> None:
    counted = code.removesuffix(PER_DAY)
    assert UNITS[code].decimals == UNITS[counted].decimals
    with pytest.raises(UnitMismatch):
        _ = Quantity(1, UNITS[code]) + Quantity(1, UNITS[counted])


def test_the_currencies_are_those_of_the_seven_destinations() -> None:
    assert sorted(CURRENCIES) == ["BND", "HKD", "IDR", "KRW", "MYR", "SGD", "TWD"]
