"""Closed periods and batches: of what nothing more is expected. What comes all the same is accepted and shown.

A closing covers its programme and all below it at one destination. Periods are calendar days in Asia/Jakarta, both
ends included, and may overlap; closing something twice changes nothing. Whether a closing may be made is decided in
``models.rules``.
"""

import datetime
from collections.abc import Iterable
from typing import Final

from msgspec import UNSET

from models.events.assurance import PeriodClosure

_JAKARTA: Final = datetime.timezone(datetime.timedelta(hours=7))
_LENGTH_OF_A_DATE: Final = len("2020-05-03")


def day_of(date_or_moment: str) -> str | None:
    """Return the day in Jakarta, as an ISO date, of an ISO date or of a moment with its offset; None if the calendar has no such day."""
    try:
        if len(date_or_moment) == _LENGTH_OF_A_DATE:
            return datetime.date.fromisoformat(date_or_moment).isoformat()
        return datetime.datetime.fromisoformat(date_or_moment).astimezone(_JAKARTA).date().isoformat()
    except (ValueError, OverflowError):
        return None


class Closings:
    """What is closed by now; ``anything`` is a plain attribute because every event is asked."""

    __slots__ = ("_batches", "_periods", "anything")

    def __init__(self) -> None:
        self.anything = False
        self._periods: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
        self._batches: set[tuple[str, str, str]] = set()

    def copy(self) -> "Closings":
        """Return equal closings that grow on their own."""
        other = Closings()
        other._periods = self._periods.copy()
        other._batches = self._batches.copy()
        other.anything = self.anything
        return other

    def close(self, closure: PeriodClosure) -> None:
        """Take up an accepted closing."""
        self.anything = True
        programme, country = closure.programme, closure.country
        if closure.period is not UNSET:
            first, last = day_of(closure.period.start), day_of(closure.period.end)
            assert first is not None, "a rule refuses a period that begins on no day"
            assert last is not None, "a rule refuses a period that ends on no day"
            self._periods[programme, country] = self._periods.get((programme, country), frozenset()) | {(first, last)}
        self._batches |= {(programme, country, batch) for batch in closure.batches or ()}

    def cover(self, programmes: Iterable[str], country: str, *, day: str, subject: str) -> bool:
        """Tell whether the day, or the batch that the subject names, is closed for one of the programmes at the destination."""
        # Plain loops: every event is asked about once anything is closed, and a generator costs more than the answer.
        for programme in programmes:
            if (programme, country, subject) in self._batches:
                return True
            for first, last in self._periods.get((programme, country), ()):
                if first <= day <= last:
                    return True
        return False
