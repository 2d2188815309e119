"""What a partners' page consists of, beside the parts of every page: forms, a picture of an address, progress."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from consumers.web.view import Section

Kind = Literal["text", "secret", "file", "choice", "lines", "tick"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field of a form. ``error`` says what is wrong with what stands in it."""

    name: str
    label: str
    kind: Kind = "text"
    value: str = ""
    hint: str = ""
    error: str = ""
    options: Sequence[tuple[str, str]] = ()
    is_needed: bool = False
    accept: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form. One that changes something is sent with POST and carries the key of its session; ``is_grave`` marks what cannot be undone."""

    action: str
    submit: str
    inputs: Sequence[Input] = ()
    hidden: Mapping[str, str] = dataclasses.field(default_factory=dict)
    asks: bool = False
    has_file: bool = False
    is_grave: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far something has come; ``total`` is 0 while that is not known."""

    label: str
    done: int
    total: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of black squares: ``path`` draws them on a white square of ``size``."""

    title: str
    size: int
    path: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a page: a section, and what only these pages have under it."""

    section: Section
    forms: Sequence[Form] = ()
    progress: Progress | None = None
    picture: Picture | None = None
    text: str = ""
    """Shown as it was written, letter by letter."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole page. ``rows`` are those of its list, all of them, for a sheet; ``again_seconds`` is when a browser shall ask anew, 0 for never."""

    page: str
    title: str
    parts: Sequence[Part]
    lead: str = ""
    trail: Sequence[tuple[str, str]] = ()
    notice: str = ""
    alarm: str = ""
    rows: Callable[[], Iterable[Mapping[str, Any]]] | None = None
    again_seconds: int = 0
    status: int = 200

    @property
    def menu(self) -> str:
        """The entry of the menu that the page belongs to."""
        first = self.page.partition("/")[0]
        return "sent" if first in {"decisions", "events"} else first
