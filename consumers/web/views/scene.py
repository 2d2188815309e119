"""What every view works with: the question, the ledger at one moment, a speaker, and how addresses of other pages are written."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import sqlalchemy as sa

from consumers.answers.asof import AsOf, resolve
from consumers.answers.filters import CellFilter
from consumers.answers.intake import Intake, intake_total
from consumers.answers.tally import TallyRow
from consumers.live.figures import LiveFigure, key_of
from consumers.live.hub import Hub
from consumers.web.live import agreement, question_of
from consumers.web.question import COMMON, Parameters, address, cells_of, event_path, row_parameters
from consumers.web.shell import Asked
from consumers.web.speaking import Speaker
from consumers.web.view import Cell, Column, Field
from models.provinces import PROVINCES
from models.registry import Registry

FILTERS: Final = ("destination", "programme", "item", "partner", "measure")
"""The dimensions that the form offers as choices."""
NAMED_PAGES: Final = ("destination", "programme", "item", "partner")
"""The dimensions whose codes have a page of their own."""


class Watched(NamedTuple):
    """A question that is looked at: how it is grouped, the address of its stream, and its figures in the tables as far as they hold now."""

    by: Sequence[str]
    address: str
    figures: Mapping[str, LiveFigure]


class Scene:
    """One request for a page."""

    def __init__(self, asked: Asked, speaker: Speaker, hub: Hub | None = None) -> None:
        self.asked = asked
        self._hub = hub
        self.speaker = speaker
        self.say = speaker.say

    @property
    def connection(self) -> sa.Connection:
        """The ledger at one moment."""
        return self.asked.moment.connection

    @property
    def registry(self) -> Registry:
        """The code lists."""
        return self.asked.moment.registry

    @property
    def parameters(self) -> Parameters:
        """What is asked for."""
        return self.asked.parameters

    def cells(self, **more: str) -> CellFilter:
        """Return which cells are meant, with more said of them."""
        return cells_of({**{name: value for name, value in self.parameters.items() if name in COMMON}, **more}, self.registry)

    def intake_at(self, as_of: AsOf) -> Intake:
        """Return what had come in by then."""
        return intake_total(self.connection, as_of)

    def path(self, page: str, parameters: Parameters | None = None, **more: str | int | None) -> str:
        """Return the address of a page in the same language."""
        return address(f"/{self.speaker.language}/{page}", parameters, **more)

    def kept(self) -> Parameters:
        """Return the parameters that follow a reader from page to page: the moment, and whether simulated partners are there."""
        return {name: self.parameters[name] for name in ("as_of", "simulated") if name in self.parameters}

    def figure_path(self, row: Mapping[str, Any], **more: str) -> str:
        """Return the address of the events behind one row of an answer."""
        return self.path("figure", row_parameters({**self.parameters, **more}, row))

    def quantity(self, quantity: str | int, unit: str, *, href: str = "", note: str = "", mark: str = "") -> Cell:
        """Return a cell with a quantity, for a table that has a column of units."""
        return Cell(text=self.speaker.number(quantity), kind="number", unit=self.speaker.unit(unit), href=href, note=note, mark=mark)

    def count(self, count: str | int, of: str = "events", *, href: str = "", note: str = "") -> Cell:
        """Return a cell with a number of whatever the heading ``of`` says."""
        return Cell(text=self.speaker.number(count), kind="count", unit=self.say(of).lower(), href=href, note=note)

    def no_figure(self, text: str = "") -> Cell:
        """Return a cell without a figure, which is not 0."""
        return Cell(text=text or self.say("no_figure"), kind="none")

    def watched(self, by: Sequence[str], **more: str) -> Watched | None:
        """Return what the tables say to this question; None where nobody reads them, or they cannot tell."""
        question = question_of({**self.parameters, **more}, self.registry, by) if self._hub is not None else None
        if self._hub is None or question is None:
            return None
        found = self._hub.ask(question)
        is_same = found is not None and found.is_exact and found.as_of.booking == self.asked.moment.head.booking
        return Watched(by=question.by, address=self.path(f"live{question.name}"), figures=found.figures if found is not None and is_same else {})

    def unit_cell(self, unit: str) -> Cell:
        """Return a cell with what a unit is called."""
        return Cell(text=self.speaker.unit(unit))

    def figure_columns(self, *by: str, watched: Watched | None = None) -> list[Column]:
        """Return the headings above ``figure_cells``."""
        names = (*by, "measure", "quantity", "unit", "events", *(("beside_table",) if watched else ()))
        return self.columns(*names, numbers={"quantity", "events"})

    def figure_cells(self, row: TallyRow, more: Mapping[str, str] | None = None, watched: Watched | None = None) -> list[Cell]:
        """Return measure, quantity (which opens the events), unit and number of events of one figure, and how the table stands to it."""
        rule = self.speaker.rule_of(row.measure, programmes_rule=row.rule)
        opens = self.figure_path(row.key(), **(more or {}))
        measure = self.marked_simulated(Cell(text=self.speaker.measure(row.measure)), is_simulated=bool(row.simulated))
        cells = [
            dataclasses.replace(measure, text=measure.text + (" *" if rule else "")),
            self.quantity(row.quantity, row.unit, href=opens),
            self.unit_cell(row.unit),
            self.count(row.events, href=opens),
        ]
        if watched is None:
            return cells
        key = key_of(row, watched.by)
        mark, words = agreement(watched.figures.get(key))
        named, quantity, unit, events = cells
        return [
            named,
            dataclasses.replace(quantity, live=("quantity", key)),
            unit,
            dataclasses.replace(events, live=("events", key)),
            Cell(text=self.say(words), mark=mark, live=("agrees", key)),
        ]

    def without(self, *names: str) -> Parameters:
        """Return what is asked for but for some parameters."""
        return {name: value for name, value in self.parameters.items() if name not in names}

    def columns(self, *names: str, numbers: Collection[str] = ()) -> list[Column]:
        """Return the headings of a table by their words."""
        return [Column(text=self.say(name), is_number=name in numbers, is_unit=name == "unit") for name in names]

    def event_cell(self, source: str, event_id: str, *, note: str = "") -> Cell:
        """Return a cell that opens an event."""
        return Cell(text=event_id, href=self.path(event_path(source, event_id)), kind="code", note=note or self.name("partner", source.rpartition(":")[2]))

    def name_cell(self, dimension: str, code: str) -> Cell:
        """Return a cell with the name of a code, which opens its page if it has one."""
        return Cell(text=self.name(dimension, code), href=self.code_path(dimension, code) if self.has_page(dimension, code) else "")

    def has_page(self, dimension: str, code: str) -> bool:
        """Tell whether a code has a page of its own: it is one of a code list, and not what is unknown."""
        registry = self.registry
        lists: tuple[Collection[str], ...] = (registry.countries, registry.programmes, registry.items, registry.partners)
        return any(name == dimension and code in codes for name, codes in zip(NAMED_PAGES, lists, strict=True))

    def code_path(self, dimension: str, code: str) -> str:
        """Return the address of the page of a code."""
        return self.path(f"{dimension}/{quote(code, safe='')}", self.kept())

    def name(self, dimension: str, code: str) -> str:
        """Return what a code is called."""
        return self.speaker.name(dimension, code)

    def described(self) -> list[tuple[str, str, str]]:
        """Return what is asked for in words: (what, value, the address without it)."""
        found: list[tuple[str, str, str]] = []
        page = self.asked.names[0] if self.asked.names else ""
        for name, value in self.parameters.items():
            if name in COMMON:
                without = {
                    other: text for other, text in self.parameters.items() if other not in {name, "after"} and not (name == "programme" and other == "below")
                }
                found.append((self.say(name), self._in_words(name, value), self.path(page, without)))
        return found

    def resolved(self) -> AsOf:
        """Return the booking that is asked for."""
        return resolve(self.connection, self.cells().as_of)

    def marked_simulated(self, cell: Cell, *, is_simulated: bool) -> Cell:
        """Return a cell that says so where a simulated partner is behind it."""
        return dataclasses.replace(cell, text=f"{cell.text} ({self.say('is_simulated')})") if is_simulated else cell

    def choice(self, name: str, codes: Sequence[str], value: str, *, prefix: str = "") -> Field:
        """Return a field with a choice of codes, which have words."""
        return Field(name=name, label=self.say(name), value=value, options=[(code, self.say(f"{prefix}{code}").lower()) for code in codes])

    def fields(self, *names: str) -> Sequence[Field]:
        """Return the fields of the form that asks anew."""
        return [self._field(name) for name in names]

    def _field(self, name: str) -> Field:
        value = self.parameters.get(name, "")
        match name:
            case "simulated":
                options = [(code, self.say(f"simulated_{code}")) for code in ("no", "yes", "only")]
                return Field(name=name, label=self.say(name), value=value or "no", options=options)
            case "as_of" | "since" | "a" | "b":
                label = {"a": "diff_a", "b": "diff_b"}.get(name, name)
                return Field(name=name, label=self.say(label), value=value, hint=self.say("as_of_hint"))
            case "from" | "to":
                return Field(name=name, label=self.say(name), value=value, hint=self.say("day_hint"))
            case _ if codes := self._codes(name):
                listed = sorted(((code, self.name(name, code)) for code in codes), key=lambda pair: pair[1].lower())
                chosen = [] if value in {"", *codes} else [(value, self._in_words(name, value))]
                return Field(name=name, label=self.say(name), value=value, options=[("", self.say("all")), *chosen, *listed])
        return Field(name=name, label=self.say(name), value=value)

    def _codes(self, name: str) -> Sequence[str]:
        registry = self.registry
        with_simulated = self.parameters.get("simulated", "no") != "no"
        match name:
            case "destination":
                return sorted(registry.countries)
            case "province":
                return sorted(PROVINCES)
            case "programme":
                return sorted(registry.programmes)
            case "item":
                return sorted(registry.items)
            case "partner":
                return sorted(code for code in registry.partners if with_simulated or code not in registry.simulated)
        return ()

    def _in_words(self, name: str, value: str) -> str:
        match name:
            case "simulated":
                return self.say(f"simulated_{value}")
            case "below":
                return self.say("only_itself") if value == "no" else self.say("yes")
            case "as_of" | "from" | "to":
                return value
        return ", ".join(self.name(name, code.strip()) for code in value.split(","))
