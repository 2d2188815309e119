"""What every view of the partners' pages works with: one visitor, the ledger at one moment, and addresses below /mitra."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from consumers.answers.filters import CellFilter
from consumers.web.partners.door import Visitor
from consumers.web.partners.words import say_here
from consumers.web.question import Parameters, address
from consumers.web.reading import LedgerReader
from consumers.web.shell import Asked
from consumers.web.speaking import Speaker
from consumers.web.view import Cell
from consumers.web.views.scene import Scene
from models.events.envelope import SOURCE_PREFIX

AREA: Final = "mitra"
_DAY_MS: Final = 86_400_000


class PartnerSpeaker(Speaker):
    """Says things with the words of these pages, and those of all pages."""

    def say(self, key: str, **values: object) -> str:
        """Return words."""
        return say_here(key, self.language, **values)


class Own(Scene):
    """One request of one partner. Whatever it asks is asked about its own events alone."""

    def __init__(self, asked: Asked, speaker: Speaker, visitor: Visitor, *, reader: LedgerReader, base_url: str, now: int) -> None:
        super().__init__(asked, speaker)
        self.visitor = visitor
        self.reader = reader
        self.base_url = base_url
        self.now = now

    @property
    def partner(self) -> str:
        """Whose pages these are."""
        return self.visitor.partner

    @property
    def source(self) -> str:
        """What the partner's events have as their source."""
        return SOURCE_PREFIX + self.partner

    def path(self, page: str, parameters: Parameters | None = None, **more: str | int | None) -> str:
        """Return the address of one of these pages in the same language."""
        return address(f"/{self.speaker.language}/{AREA}{'/' if page else ''}{page}", parameters, **more)

    def event_path(self, event_id: str) -> str:
        """Return the address of one of the partner's events."""
        return self.path(f"events/{quote(event_id, safe='')}")

    def event_cell(self, source: str, event_id: str, *, note: str = "") -> Cell:
        """Return a cell that opens an event, if it is the partner's own."""
        return Cell(text=event_id, href=self.event_path(event_id) if source == self.source else "", kind="code", note=note)

    def name_cell(self, dimension: str, code: str) -> Cell:
        """Return a cell with the name of a code."""
        return Cell(text=self.name(dimension, code))

    def own_cells(self, **words: str) -> CellFilter:
        """Return the partner's own cells, with more said of them."""
        is_simulated = self.partner in self.registry.simulated
        return self.cells(**words, partner=self.partner, simulated="only" if is_simulated else "no")

    def kept(self) -> Parameters:
        """Return nothing: these pages are about now."""
        return {}

    def code_path(self, dimension: str, code: str) -> str:
        """Return the address of the partner's figures of a code."""
        return self.path("figure", {dimension: code})

    def figure_path(self, row: Mapping[str, Any], **more: str) -> str:
        """Return the address of the partner's events behind one of its figures."""
        named = {name: str(value) for name, value in row.items() if name not in {"simulated", "partner"} and value != ""}
        return self.path("figure", {**named, **more, "below": "no"} if "programme" in named else {**named, **more})

    def days_since(self, time_ms: int) -> int:
        """Return how many whole days ago something was."""
        return max(0, (self.now - time_ms) // _DAY_MS)
