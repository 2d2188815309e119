"""The event files of the demonstration, in the order in which they are sent."""

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from streams.publishing import Line, lines_of

REGISTRATIONS: Final = "simulasi-1-mitra.jsonl"
FIRST: Final = (REGISTRATIONS, "penempatan-151-2020.jsonl")
"""Registrations, and the suspensions that later events lift."""
CLOSURES: Final = "-penutupan.jsonl"
"""How the name of a file ends that closes periods or batches."""
SIMULATED: Final = "simulasi-"

Stage = list[Line]


def stages() -> tuple[Stage, Stage, Stage]:
    """Return the lines in three stages: registrations, everything else with published figures spread evenly over simulated events, closures.

    Partitions are booked in any order, so what refers to a registration is sent when that is booked, and what closes
    a period when all of it is.
    """
    figures, others = ([line for name in names if not _has_its_stage(name) for line in lines(name)] for names in (published(), simulated()))
    return _joined(FIRST), _spread(figures, others), _joined(name for name in _names() if name.endswith(CLOSURES))


def published() -> list[str]:
    """Return the files of the published figures."""
    return [name for name in _names() if not name.startswith(SIMULATED)]


def simulated() -> list[str]:
    """Return the files of the simulated partners' events, without their registrations."""
    return [name for name in _names() if name.startswith(SIMULATED) and name != REGISTRATIONS]


def lines(name: str) -> Stage:
    """Return the lines of one file."""
    return _lines(_events() / name)


def _has_its_stage(name: str) -> bool:
    return name in FIRST or name.endswith(CLOSURES)


def _joined(names: Iterable[str]) -> Stage:
    return [line for name in names for line in lines(name)]


def _spread(few: Stage, many: Stage) -> Stage:
    """Merge two lists so that both keep their order and the shorter one is never bunched."""
    placed = [((number + 1) / (len(part) + 1), line) for part in (few, many) for number, line in enumerate(part)]
    return [line for _, line in sorted(placed, key=lambda one: one[0])]


def _names() -> list[str]:
    return sorted(entry.name for entry in _events().iterdir() if entry.name.endswith(".jsonl"))


def _events() -> Traversable:
    return files("deploy.demo") / "events"


def _lines(file: Traversable) -> Stage:
    with file.open("rb") as stream:
        return list(lines_of(stream, file=file.name))
