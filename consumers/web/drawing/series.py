"""Time series: a column for each month from the first to the last, on a scale that several charts may share.

A month without a figure has no column, which is not one of height 0.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from consumers.web.view import Month, Series

WIDTH: Final = 320
HEIGHT: Final = 96
MOST_MONTHS: Final = 120


def months_of(figures: Iterable[Mapping[str, int]]) -> list[str]:
    """Return every month from the first to the last that any of the figures has; the newest only, where there are too many."""
    known = sorted({month for one in figures for month in one if month})
    return list(_between(known[0], known[-1]))[-MOST_MONTHS:] if known else []


def series(caption: str, figures: Mapping[str, int], months: Sequence[str], *, scale: tuple[int, int], ends: tuple[str, str]) -> Series:
    """Return the columns of one measure in one unit, in steps by month; ``ends`` are the scale's least and greatest value in words."""
    least, greatest = min(scale[0], 0), max(scale[1], 0)
    span = max(greatest - least, 1)
    step = WIDTH / max(len(months), 1)
    width = min(step * 0.78, 26.0)
    zero = HEIGHT * greatest / span
    columns = []
    for number, month in enumerate(months):
        if month in figures:
            tall = max(HEIGHT * abs(figures[month]) / span, 1.0 if figures[month] else 0.0)
            top = zero - tall if figures[month] >= 0 else zero
            columns.append(Month(x=round(number * step + (step - width) / 2, 1), y=round(top, 1), width=round(width, 1), height=round(tall, 1)))
    return Series(
        caption=caption, columns=columns, zero=round(zero, 1), width=WIDTH, height=HEIGHT, first=months[0], last=months[-1], least=ends[0], greatest=ends[1]
    )


def _between(first: str, last: str) -> Iterator[str]:
    year, month = int(first[:4]), int(first[5:7])
    for number in itertools.count():
        found = f"{year + (month - 1 + number) // 12:04}-{(month - 1 + number) % 12 + 1:02}"
        yield found
        if found >= last:
            return
