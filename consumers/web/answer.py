"""What an address of the read API answers: JSON, the rows of it as a sheet, or a problem; and what several of them share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from consumers.web.problems import Problem
from consumers.web.question import COMMON, MOST_ON_A_PAGE, Parameters, address, row_parameters, whole_number
from consumers.web.shell import Asked

BASE: Final = "/v1"
DEFAULT_PAGE: Final = 100

Json = dict[str, Any]


class Answer(NamedTuple):
    """What is answered: as JSON, and the rows of it as a sheet; ``problem`` instead where there can be no answer."""

    value: Json
    rows: Sequence[Mapping[str, Any]] = ()
    problem: Problem | None = None

    @property
    def booking(self) -> int:
        """The booking that it holds for; of two, the later one."""
        return int((self.value.get("as_of") or self.value["to"])["booking"])


Addresses = Mapping[str, tuple[Sequence[str], Callable[[Asked], Answer]]]
"""Addresses of the API: which parameters each takes, and what answers."""


def limit_of(parameters: Parameters, default: int = DEFAULT_PAGE) -> int:
    """Return how many rows a page has. Raises ConfigurationError."""
    return max(1, whole_number(parameters, "limit", default, most=MOST_ON_A_PAGE) or default)


def entries_of(parameters: Parameters, row: Mapping[str, Any]) -> str:
    """Return the address of the events behind one row of an answer."""
    return address(f"{BASE}/entries", row_parameters(parameters, row))


def without(*names: str) -> tuple[str, ...]:
    """Return the parameters that say which cells are meant, but for these."""
    return tuple(name for name in COMMON if name not in names)


def adding_of(parameters: Parameters) -> bool | None:
    """Return whether everything is to be added up; None leaves it to the answer."""
    return {"yes": True, "no": False}.get(parameters.get("add_up", ""))
