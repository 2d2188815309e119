"""How a stack is now, for people, as values. Who asks the processes is ``deploy.status``; who shows it are a command and a page."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

State = Literal["ready", "not ready", "silent", "nobody", "pausing"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process: its id if it runs, its state, and what it waits for in its own words."""

    name: str
    pid: int | None
    state: State
    why: Sequence[str] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far a group is behind, over all partitions: records, and how long the oldest has waited."""

    group: str
    events: int
    seconds: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What reconciling found between two sides in one unit."""

    between: str
    unit: str
    amount: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A stack now. Times are seconds ago; None is what nobody could tell."""

    is_running: bool
    processes: Sequence[Process] = ()
    looked_seconds_ago: float | None = None
    booking: int | None = None
    tables_booking: int | None = None
    unpublished: int | None = None
    lags: Sequence[Lag] = ()
    held: int | None = None
    rejected: int | None = None
    differences: Sequence[Difference] = ()
    reconciled_seconds_ago: float | None = None
    is_proof_valid: bool | None = None
    unsealed_seconds: float | None = None
    partners: Sequence[tuple[str, float]] = ()

    @property
    def is_well(self) -> bool:
        """Whether every process is ready, nothing differs, and what is sealed holds."""
        ready = bool(self.processes) and all(process.state == "ready" for process in self.processes)
        return self.is_running and ready and not any(one.amount for one in self.differences) and self.is_proof_valid is not False

    def to_json(self) -> dict[str, Any]:
        """Return the status as JSON values."""
        partners = [{"partner": partner, "seconds_ago": round(seconds)} for partner, seconds in self.partners]
        return {"well": self.is_well, **dataclasses.asdict(self), "partners": partners}
