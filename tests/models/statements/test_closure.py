"""A scope is closed when its owner closed every day of it, for every programme and destination that it names."""

import pytest

from models.statements.closure import Closing, Span, is_closed

ABOVE = {"jps": ("jps",), "jps-tkm": ("jps-tkm", "jps"), "bsu": ("bsu",)}
YEAR = ("2020-01-01", "2020-12-31")


def closed(span: Span, *closings: Closing) -> bool:
    return is_closed(span, closings, above=lambda programme: ABOVE[programme], start=lambda _programme: "2020-01-01")


def test_a_closing_covers_its_programme_and_all_below_at_its_destination() -> None:
    closing = Closing("jps", "ID", *YEAR)
    assert closed(Span(["jps"], ["ID"], *YEAR), closing)
    assert closed(Span(["jps-tkm"], ["ID"], *YEAR), closing)
    assert not closed(Span(["bsu"], ["ID"], *YEAR), closing)
    assert not closed(Span(["jps"], ["MY"], *YEAR), closing)
    assert not closed(Span(["jps"], ["ID"], *YEAR), Closing("jps-tkm", "ID", *YEAR))


def test_every_programme_and_every_destination_must_be_closed() -> None:
    ours = Closing("bsu", "ID", *YEAR)
    assert not closed(Span(["bsu", "jps"], ["ID"], *YEAR), ours)
    assert closed(Span(["bsu", "jps"], ["ID"], *YEAR), ours, Closing("jps", "ID", *YEAR))
    assert not closed(Span(["bsu"], ["ID", "MY"], *YEAR), ours)


@pytest.mark.parametrize(
    ("closings", "expected"),
    [
        ([("2020-01-01", "2020-06-30"), ("2020-07-01", "2020-12-31")], True),
        ([("2020-07-01", "2020-12-31"), ("2020-01-01", "2020-06-30")], True),
        ([("2020-01-01", "2020-06-30"), ("2020-07-02", "2020-12-31")], False),
        ([("2020-01-01", "2020-08-31"), ("2020-03-01", "2020-04-01"), ("2020-06-01", "2020-12-31")], True),
        ([("2019-01-01", "2021-12-31")], True),
        ([("2020-01-02", "2020-12-31")], False),
        ([("2020-01-01", "2020-12-30")], False),
        ([], False),
    ],
)
def test_closings_together_must_leave_out_no_day(closings: list[tuple[str, str]], expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert closed(Span(["bsu"], ["ID"], *YEAR), *(Closing("bsu", "ID", *days) for days in closings)) is expected


def test_a_scope_without_an_end_is_never_closed_and_one_without_a_beginning_starts_with_its_programme() -> None:
    closing = Closing("bsu", "ID", "2020-01-01", "9999-12-31")
    assert not closed(Span(["bsu"], ["ID"], "2020-01-01", ""), closing)
    assert closed(Span(["bsu"], ["ID"], "", "2021-01-01"), closing)
    assert not closed(Span(["bsu"], ["ID"], "2019-12-31", "2021-01-01"), closing)
    assert not closed(Span([], ["ID"], *YEAR), closing)
    assert not closed(Span(["bsu"], [], *YEAR), closing)
