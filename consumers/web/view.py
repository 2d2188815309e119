"""What a page consists of: facts, tables and charts as values. How they look is the template's and the style sheet's."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from consumers.answers.asof import AsOf
from consumers.answers.intake import Intake
from consumers.web.question import Parameters

Kind = Literal["text", "code", "number", "count", "amount", "terms", "none"]
"""What a cell holds. A ``number`` has its unit in the column beside it, a ``count`` in the heading, an ``amount`` in its
own text, ``terms`` are several with the unit in its column; ``none`` stands where there is no figure, which is not 0."""
NUMBERS: Final = frozenset({"number", "count", "amount", "terms"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table, or one value of a fact. ``note`` stands under it, ``is_struck`` strikes it through.

    A cell with a number says its ``unit``. ``is_repeated`` says that the row above has the same. ``live`` names the part
    of a figure, and the figure, that the cell shows where figures move.
    """

    text: str
    href: str = ""
    kind: Kind = "text"
    unit: str = ""
    note: str = ""
    note_href: str = ""
    is_struck: bool = False
    is_repeated: bool = False
    mark: str = ""
    live: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if (self.kind in NUMBERS) != bool(self.unit):
            raise ValueError(f"a number has a unit and nothing else has one: {self.kind} in {self.unit!r}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The heading of a column."""

    text: str
    is_number: bool = False
    is_unit: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first cell of each row is its heading."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A figure in large letters: what it counts, and its value, a cell with a number."""

    what: str
    value: Cell


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its label, its value in words, and how long it is of a thousand; None where there is nothing to draw."""

    label: str
    value: str
    length: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars of one measure in one unit; the table beside it has the same figures."""

    caption: str
    bars: Sequence[Bar]
    kind: Literal["bars"] = "bars"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One column of a time series, in units of the drawing."""

    x: float
    y: float
    width: float
    height: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A time series of one measure in one unit: columns, the height of 0, the first and last month, the ends of the scale in words."""

    caption: str
    columns: Sequence[Month]
    zero: float
    width: int
    height: int
    first: str
    last: str
    least: str
    greatest: str
    kind: Literal["series"] = "series"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """One circle of the map with its words beside it; ``is_empty`` where there is no figure."""

    x: int
    y: int
    radius: float
    label: str
    value: str
    label_x: int
    label_y: int
    anchor: Literal["start", "end"]
    is_empty: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A map of one measure in one unit: paths of the land around and of the destinations, and circles."""

    caption: str
    width: int
    height: int
    land: str
    shapes: Sequence[str]
    circles: Sequence[Circle]
    kind: Literal["map"] = "map"


Drawing = Chart | Series | Map


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page. ``is_figure`` says that it shows figures, which then carry what they hold for.

    ``is_wide`` puts the drawings above the table instead of beside it, ``is_live`` says that its figures move.
    """

    heading: str
    headlines: Sequence[Headline] = ()
    texts: Sequence[Cell] = ()
    facts: Sequence[tuple[str, Cell]] = ()
    table: Table | None = None
    charts: Sequence[Drawing] = ()
    links: Sequence[tuple[str, str]] = ()
    is_figure: bool = True
    is_wide: bool = False
    is_live: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the form that asks anew; with ``options`` it is a choice of (code, name)."""

    name: str
    label: str
    value: str
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A whole page: ``api`` is the address that gives the same to programs, ``is_pinnable`` whether ``as_of`` keeps it for ever.

    ``is_about_now`` is one that nobody could keep: it says how things are and not what was booked.
    ``under`` is the page of the menu that it belongs to, if it is none itself, ``live`` the address of its stream.
    """

    page: str
    title: str
    sections: Sequence[Section]
    as_of: AsOf
    intake: Intake
    lead: str = ""
    trail: Sequence[tuple[str, str]] = ()
    asked: Sequence[tuple[str, str, str]] = ()
    fields: Sequence[Field] = ()
    hidden: Mapping[str, str] = dataclasses.field(default_factory=dict)
    api: tuple[str, Parameters] | None = None
    is_pinnable: bool = True
    is_about_now: bool = False
    opens_fields: bool = False
    status: int = 200
    under: str = ""
    live: str = ""

    @property
    def menu(self) -> str:
        """The page of the menu that is marked."""
        return self.under or self.page


def without_repeats(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return the rows, the heading of one marked where the row above has the same: it is then shown, and opens, only once."""
    above = ""
    found: list[list[Cell]] = []
    for first, *others in rows:
        found.append([dataclasses.replace(first, href="", note="", is_repeated=True) if first.text == above else first, *others])
        above = first.text
    return found


def chart(caption: str, rows: Sequence[tuple[str, str, int]]) -> Chart | None:
    """Return the chart of (label, value in words, steps), None where there is nothing to compare."""
    longest = max((steps for _, _, steps in rows), default=0)
    if len(rows) < 2 or longest <= 0:
        return None
    bars = [Bar(label=label, value=value, length=None if steps < 0 else max(1, steps * 1000 // longest) if steps else 0) for label, value, steps in rows]
    return Chart(caption=caption, bars=bars)
