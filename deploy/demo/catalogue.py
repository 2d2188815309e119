"""The event files of the demonstration, in the order in which they are sent."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from streams.publishing import Line, lines_of

REGISTRATIONS: Final = "simulasi-1-mitra.jsonl"
SIMULATED: Final = "simulasi-"

Stage = list[Line]


def stages() -> tuple[Stage, Stage]:
    """Return the lines in two stages: registrations, and everything else.

    Partitions are booked in any order, so what refers to a registration is sent when that is booked.
    """
    return _lines(_events() / REGISTRATIONS), [line for name in published() + simulated() for line in _lines(_events() / name)]


def published() -> list[str]:
    """Return the files of the published figures."""
    return [name for name in _names() if not name.startswith(SIMULATED)]


def simulated() -> list[str]:
    """Return the files of the simulated partners' events, without their registrations."""
    return [name for name in _names() if name.startswith(SIMULATED) and name != REGISTRATIONS]


def lines(name: str) -> Stage:
    """Return the lines of one file."""
    return _lines(_events() / name)


def _names() -> list[str]:
    return sorted(entry.name for entry in _events().iterdir() if entry.name.endswith(".jsonl"))


def _events() -> Traversable:
    return files("deploy.demo") / "events"


def _lines(file: Traversable) -> Stage:
    with file.open("rb") as stream:
        return list(lines_of(stream, file=file.name))
