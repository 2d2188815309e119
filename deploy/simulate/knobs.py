"""The knobs of a simulation, and how many lines each of them comes to. Shares are parts per million, so that all is whole."""

import dataclasses
import datetime
import hashlib
from typing import Any, Final

from models.errors import ConfigurationError

MILLION: Final = 1_000_000
FEWEST_PARTNERS: Final = 14
MOST_EVENTS: Final = 5_000_000
_PROGRAMMES_BEGIN: Final = datetime.date(2020, 1, 2)
_SHARES: Final = ("duplicates", "conflicts", "late", "corrections", "returns", "bad", "bursts", "outage")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What was asked for. ``until`` is the last day on which something happens."""

    events: int
    seed: int
    partners: int = 40
    days: int = 300
    until: datetime.date = datetime.date(2020, 12, 31)
    duplicates: int = 100_000
    conflicts: int = 10_000
    late: int = 50_000
    corrections: int = 30_000
    returns: int = 20_000
    bad: int = 10_000
    bursts: int = 200_000
    outage: int = 50_000

    def __post_init__(self) -> None:
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= MILLION:
                raise ConfigurationError(f"--{name} is a share", hint="give a number from 0 to 1")
        if self.duplicates + self.conflicts + self.corrections + self.returns + self.bad > MILLION // 2:
            raise ConfigurationError("less than half of the events would be plain ones", hint="lower the shares, together to at most 0.5")
        if self.events > MOST_EVENTS:
            raise ConfigurationError(f"{self.events} events are more than the published figures can be split into", hint=f"at most {MOST_EVENTS}")
        if self.partners < FEWEST_PARTNERS:
            raise ConfigurationError(f"{self.partners} partners cannot play every part", hint=f"at least {FEWEST_PARTNERS} are needed")
        if self.days < 1 or self.begin < _PROGRAMMES_BEGIN:
            raise ConfigurationError("the days reach back before the programmes begin", hint=f"start on {_PROGRAMMES_BEGIN} or later, with --days and --until")

    @property
    def begin(self) -> datetime.date:
        """The first day on which something happens."""
        return self.until - datetime.timedelta(days=self.days - 1)

    @property
    def years(self) -> range:
        """The fiscal years that the days touch."""
        return range(self.begin.year, self.until.year + 1)

    @property
    def tag(self) -> str:
        """A short name of exactly these knobs, so that the events of two simulations never share an id."""
        return hashlib.sha256(repr(sorted(self.to_json().items())).encode()).hexdigest()[:8]

    def lines(self, share: str) -> int:
        """Return how many of all lines a share is."""
        return int(self.events * getattr(self, share) // MILLION)

    def to_json(self) -> dict[str, Any]:
        """Return the knobs as they are written down beside the events."""
        return {**dataclasses.asdict(self), "until": self.until.isoformat()}


def from_json(written: dict[str, Any]) -> Knobs:
    """Return the knobs that were written down."""
    return Knobs(**{**written, "until": datetime.date.fromisoformat(written["until"])})


class Quota:
    """So many lines, spread evenly over the way: how many are due by now."""

    def __init__(self, lines: int) -> None:
        self.left = lines
        self._lines = lines

    def due(self, done: int, of: int) -> int:
        """Return how many lines should have been taken after ``done`` of ``of`` steps, and were not."""
        return self.left - (self._lines - self._lines * done // of)

    def take(self, lines: int = 1) -> None:
        """Take some lines."""
        assert lines <= self.left, "no more lines than there are"
        self.left -= lines
