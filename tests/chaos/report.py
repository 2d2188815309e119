"""What a chaos run came to."""

import dataclasses
from collections import Counter
from collections.abc import Iterator


@dataclasses.dataclass(slots=True, kw_only=True)
class Report:
    """What happened and what was found; ``problems`` is empty for a run that held."""

    events: int
    web_events: int = 0
    seconds: float = 0.0
    crashes: dict[str, int] = dataclasses.field(default_factory=dict)
    done: Counter[str] = dataclasses.field(default_factory=Counter)
    booking: int = 0
    decisions: int = 0
    seals: int = 0
    resident_megabytes: dict[str, int] = dataclasses.field(default_factory=dict)
    disk_megabytes: int = 0
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def process_kills(self) -> int:
        """How many processes were killed, at named points and at random."""
        return sum(self.crashes.values()) + self.done["kill"]

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        yield f"{self.events} events to Kafka and {self.web_events} over HTTP in {self.seconds:.0f} s; {self.booking} bookings, {self.decisions} decisions"
        yield f"crash points: {', '.join(f'{name} {times}' for name, times in sorted(self.crashes.items())) or 'none'}"
        yield f"{self.process_kills} process kills; faults: {', '.join(f'{name} {times}' for name, times in sorted(self.done.items())) or 'none'}"
        yield f"{self.seals} seals; disk {self.disk_megabytes} MB; resident at most: {', '.join(f'{n} {mb} MB' for n, mb in self.resident_megabytes.items())}"
        yield "table = ledger = log = oracle" if not self.problems else f"{len(self.problems)} problems"
        yield from self.problems
