"""How much came in, and what became of it: received = accepted + duplicate + conflict + rejected + held, always."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from consumers.answers.asof import AsOf, iso, resolve
from consumers.answers.history import cells_as_of
from models import schema
from models.cells import PARTNERS

DISPOSITIONS: Final = ("accepted", "duplicate", "conflict", "rejected", "held")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Events received, and how many of them are in each disposition now; ``held`` counts those still waiting."""

    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    held: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every event received is in exactly one disposition."""
        return self.received == self.accepted + self.duplicate + self.conflict + self.rejected + self.held

    def to_json(self) -> dict[str, int]:
        """Return the answer's ``intake``."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PartnerIntake:
    """The intake of one partner, and when it was last heard of (milliseconds, 0 for never; as now, also in an older answer)."""

    partner: str
    simulated: bool
    intake: Intake
    last_occurred_at: int
    last_received_at: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IntakeAnswer:
    """The intake of all, and of each partner; ``adds_up`` when the partners make the whole."""

    as_of: AsOf
    total: Intake
    partners: tuple[PartnerIntake, ...]

    @property
    def adds_up(self) -> bool:
        """Whether the identity holds for the whole and for each partner, and the partners make the whole."""
        parts = [partner.intake for partner in self.partners]
        whole = {name: sum(getattr(part, name) for part in parts) for name in ("received", *DISPOSITIONS)}
        return self.total.adds_up and all(part.adds_up for part in parts) and whole == self.total.to_json()

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {
            "as_of": self.as_of.to_json(),
            "intake": self.total.to_json(),
            "adds_up": self.adds_up,
            "partners": [
                {
                    "partner": partner.partner,
                    "simulated": partner.simulated,
                    **partner.intake.to_json(),
                    "last_occurred_at": iso(partner.last_occurred_at),
                    "last_received_at": iso(partner.last_received_at),
                }
                for partner in self.partners
            ],
        }


def intake_total(connection: sa.Connection, as_of: AsOf) -> Intake:
    """Return the intake of all partners together after a booking."""
    columns = schema.bookings.c
    row = connection.execute(sa.select(columns.received, *(columns[name] for name in DISPOSITIONS)).where(columns.booking == as_of.booking)).mappings().first()
    return Intake(**dict(row)) if row else Intake()


def intake(connection: sa.Connection, *, booking: int | None = None) -> IntakeAnswer:
    """Return the intake of all and of each partner after a booking, the last one by default."""
    as_of = resolve(connection, booking)
    cells = schema.cells.c
    counts: dict[tuple[str, bool], dict[str, int]] = {}
    rows = cells_as_of(connection, (cells.partner, cells.simulated, cells.measure), [cells.table_name == PARTNERS], as_of)
    for _cell, steps, _events, partner, simulated, measure in rows:
        of_partner = counts.setdefault((partner, bool(simulated)), {})
        of_partner[measure] = of_partner.get(measure, 0) + steps
    times = {row.partner: (row.last_occurred_at, row.last_received_at) for row in connection.execute(sa.select(schema.partner_times))}
    return IntakeAnswer(
        as_of=as_of, total=intake_total(connection, as_of), partners=tuple(_partner_intake(*key, found, times) for key, found in sorted(counts.items()))
    )


def _partner_intake(partner: str, simulated: bool, found: Mapping[str, int], times: Mapping[str, tuple[int, int]]) -> PartnerIntake:  # noqa: FBT001 - a column, not a switch
    occurred_at, received_at = times.get(partner, (0, 0))
    counts = {name: found.get(name, 0) for name in DISPOSITIONS}
    return PartnerIntake(
        partner=partner, simulated=simulated, intake=Intake(received=sum(counts.values()), **counts), last_occurred_at=occurred_at, last_received_at=received_at
    )
