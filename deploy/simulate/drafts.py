"""Drafts: events as the simulation means them, before anything goes wrong with them; and their bytes."""

import dataclasses
import datetime
import json
from typing import Any, Final

from deploy.simulate.cast import Cast
from deploy.simulate.chance import Chance
from deploy.simulate.knobs import Knobs

Data = dict[str, Any]

SOURCE: Final = "urn:salur:partner:"
_ZONES: Final = (("+07:00", 5), ("+08:00", 2), ("+09:00", 1), ("Z", 1))


@dataclasses.dataclass(slots=True)
class Draft:
    """One event. ``day`` is when it happens, ``arrival`` when it is sent, both counted from the first day."""

    kind: str
    id: str
    partner: str
    time: str
    day: int
    data: Data
    subject: str = ""
    arrival: int = 0
    undelivers: bool = False
    """Whether it returns payments that had been confirmed."""
    is_refused: bool = False
    is_repeatable: bool = True
    """Whether sending it again is a duplicate, whatever came before."""

    def whole(self) -> Data:
        """Return the event as JSON values."""
        subject = {"subject": self.subject} if self.subject else {}
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": SOURCE + self.partner,
            "type": f"salur.{self.kind}.v1",
            "time": self.time,
            **subject,
            "datacontenttype": "application/json",
            "data": self.data,
        }


def as_bytes(event: Data) -> bytes:
    """Return one line of JSON."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


class Scene:
    """Makes drafts: ids that nobody else has, times within the days asked for."""

    def __init__(self, knobs: Knobs, cast: Cast) -> None:
        self.knobs = knobs
        self.cast = cast
        self.chance = Chance(knobs.seed, "scene")
        self._count = 0

    def new(self, kind: str, partner: str, day: int, data: Data, *, subject: str = "") -> Draft:
        """Return a new draft that arrives on the day on which it happens."""
        day = min(day, self.knobs.days - 1)
        return Draft(kind, self.new_id(), partner, self._time(day), day, data, subject, arrival=day)

    def new_id(self) -> str:
        """Return an id."""
        self._count += 1
        return f"simulasi-{self.knobs.tag}-{self._count}"

    def original(self, draft: Draft, by: str) -> str | Data:
        """Return how ``by`` names a draft: by its id alone if it is its own."""
        return draft.id if draft.partner == by else {"source": SOURCE + draft.partner, "id": draft.id}

    def evidence(self) -> list[Data]:
        """Return one document."""
        return [{"kind": "bast", "reference": f"BAST-{self.chance.hexadecimal(6)}", "sha256": self.chance.hexadecimal(64)}]

    def token(self) -> str:
        """Return a pseudonym that was never used."""
        return f"hmac-sha256:simulasi:{self.chance.hexadecimal(64)}"

    def _time(self, day: int) -> str:
        """Return a moment of the day by one of the partners' clocks."""
        date = self.knobs.begin + datetime.timedelta(days=day)
        zone = self.chance.pick([zone for zone, times in _ZONES for _ in range(times)])
        hour, minute, second = self.chance.between(0, 21), self.chance.below(60), self.chance.below(60)
        return f"{date.isoformat()}T{hour:02d}:{minute:02d}:{second:02d}{zone}"


def shown(steps: int, decimals: int) -> str | int:
    """Return whole steps as a partner writes them: a number, or a decimal string."""
    if not decimals:
        return steps
    whole, fraction = divmod(steps, 10**decimals)
    return f"{whole}.{fraction:0{decimals}d}".rstrip("0").rstrip(".")
