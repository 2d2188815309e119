"""Whether a scope is closed: whether its owner said that nothing more is expected in any part of it.

Closings are by programme (with all below it), destination and days. So only a scope that names programmes,
destinations and a last day can be closed; without a first day it begins with its programme.
"""

import datetime
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple


class Closing(NamedTuple):
    """A programme's days at one destination that were closed; ISO dates in Asia/Jakarta, both included."""

    programme: str
    country: str
    first: str
    last: str


class Span(NamedTuple):
    """What a scope names: its programmes, destinations and days. An empty day is open."""

    programmes: Collection[str]
    countries: Collection[str]
    first: str
    last: str


def is_closed(span: Span, closings: Sequence[Closing], *, above: Callable[[str], Collection[str]], start: Callable[[str], str]) -> bool:
    """Tell whether every day of the span is closed for each of its programmes at each of its destinations.

    ``above`` gives a programme with all above it, ``start`` the first day of one.
    """
    if not span.programmes or not span.countries or not span.last:
        return False
    return all(
        _covers([one for one in closings if one.country == country and one.programme in above(programme)], first=span.first or start(programme), last=span.last)
        for programme in span.programmes
        for country in span.countries
    )


def _covers(closings: Iterable[Closing], *, first: str, last: str) -> bool:
    """Tell whether the closings together leave out no day."""
    day = first
    for closing in sorted(closings, key=lambda one: one.first):
        if closing.first > day:
            break
        if closing.last >= day:
            day = _day_after(closing.last)
    return day > last


def _day_after(day: str) -> str:
    date = datetime.date.fromisoformat(day)
    return "9999-12-32" if date == datetime.date.max else (date + datetime.timedelta(days=1)).isoformat()
