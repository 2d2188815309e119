"""What every view of the partners' pages works with: one visitor, the ledger at one moment, and addresses below /mitra."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import quote

from consumers.answers.filters import CellFilter
from consumers.web.partners.door import Visitor
from consumers.web.partners.ports import Sending
from consumers.web.partners.words import WORDS, say_here
from consumers.web.question import Parameters, address
from consumers.web.shell import Asked, Shell
from consumers.web.speaking import Speaker
from consumers.web.view import Cell
from consumers.web.views.scene import Scene
from models.events.envelope import SOURCE_PREFIX
from models.reasons import Language

AREA: Final = "mitra"
_DAY_MS: Final = 86_400_000


class PartnerSpeaker(Speaker):
    """Says things with the words of these pages, and those of all pages."""

    def say(self, key: str, **values: object) -> str:
        """Return words."""
        return say_here(key, self.language, **values)

    def kind(self, prefix: str, code: str) -> str:
        """Return the words of a code that comes with a prefix, the code itself where it has none."""
        key = f"{prefix}_{code}"
        return say_here(key, self.language) if key in WORDS else super().kind(prefix, code)


class House(Protocol):
    """What a view may ask beyond its moment of the ledger: the frame of its page."""

    @property
    def shell(self) -> Shell:
        """The reader of the ledger, and the address that people know."""

    @property
    def sending(self) -> Sending:
        """The intake."""

    @property
    def clock(self) -> Callable[[], int]:
        """Now, in milliseconds since 1970."""


class Own(Scene):
    """One request of one partner. Whatever it asks is asked about its own events alone."""

    def __init__(self, asked: Asked, speaker: Speaker, visitor: Visitor, *, frame: House) -> None:
        super().__init__(asked, speaker)
        self.visitor = visitor
        self.reader = frame.shell.reader
        self.base_url = frame.shell.base_url
        self.now = frame.clock()
        self.sending = frame.sending

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

    @property
    def language(self) -> Language:
        """The language of the page."""
        return self.speaker.language

    def days_since(self, time_ms: int) -> int:
        """Return how many whole days ago something was."""
        return max(0, (self.now - time_ms) // _DAY_MS)
