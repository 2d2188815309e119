"""The page of an event: what became of it, what it corrects and what corrected it, and every figure that it moved."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from consumers.answers.event import OpenedEvent
from consumers.answers.links import Link
from consumers.answers.moved import MovedCell
from consumers.answers.tally import tally
from consumers.web.api import event_named
from consumers.web.question import cells_of, event_path, row_parameters
from consumers.web.shell import Shell
from consumers.web.view import Cell, Section, Table, View
from consumers.web.views.figure import CORRECTIONS
from consumers.web.views.scene import Scene
from models.expectation_words import in_words

ALLOWED: Final = ()
_COARSE: Final = ("table", "destination", "programme", "item", "simulated")


def event(scene: Scene, shell: Shell) -> View:
    """Return the page. Raises NotBooked."""
    found = event_named(scene.asked, shell)
    is_corrected = any(link.kind in CORRECTIONS for link in found.named_by)
    sections = [
        Section(heading=scene.say("event"), facts=_facts(scene, found), is_figure=False),
        *([_refusal(scene, found)] if found.violations else []),
        Section(
            heading=scene.say("moved"),
            texts=[] if found.moved else [Cell(text=scene.say("moved_nothing"))],
            table=_moved_table(scene, found, is_struck=is_corrected) if found.moved else None,
        ),
        *([Section(heading=scene.say("moved_figures"), table=_figures_table(scene, found))] if found.moved else []),
    ]
    return View(
        page=event_path(found.source, found.id),
        title=f"{scene.say('event')} {found.id}",
        sections=sections,
        as_of=found.as_of,
        intake=scene.intake_at(found.as_of),
        trail=[(scene.say("overview"), scene.path("")), *_partner_step(scene, found.partner)],
        api=(f"/v1/{event_path(found.source, found.id)}", {}),
        is_pinnable=False,
    )


def _partner_step(scene: Scene, partner: str) -> list[tuple[str, str]]:
    return [(scene.name("partner", partner), scene.code_path("partner", partner))] if scene.has_page("partner", partner) else []


def _facts(scene: Scene, found: OpenedEvent) -> list[tuple[str, Cell]]:
    say = scene.say
    facts = [
        (say("state"), Cell(text=say(found.state), mark=found.state)),
        (say("partner"), scene.name_cell("partner", found.partner)),
        (say("type"), Cell(text=scene.speaker.event_type(found.type), kind="code")),
        (say("happened"), Cell(text=scene.speaker.moment(found.occurred_at))),
        (say("received"), Cell(text=scene.speaker.moment(found.received_at))),
        (
            say("booked"),
            Cell(text=f"{scene.speaker.moment(found.booked_at)} ({say('booking').lower()} {found.booking}, {say('decision').lower()} {found.decision})"),
        ),
        (say("position"), Cell(text=f"{found.topic}[{found.partition}]@{found.offset}", kind="code")),
        (
            say("sha256"),
            Cell(text=found.sha256, kind="code", note="" if found.size_bytes is None else say("bytes", size=scene.speaker.number(found.size_bytes))),
        ),
    ]
    facts += [(say("flag"), Cell(text=scene.speaker.reason(flag), note=flag)) for flag in found.flags]
    if found.waits_for:
        facts.append((say("waits_for"), scene.event_cell(*found.waits_for)))
    if found.names:
        facts.append((say("names"), _link_cell(scene, found.names, is_by=False)))
    return [*facts, *((say("named_by"), _link_cell(scene, link, is_by=True)) for link in found.named_by)]


def _link_cell(scene: Scene, link: Link, *, is_by: bool) -> Cell:
    kind = scene.speaker.kind("link" if is_by else "of", link.kind)
    return scene.event_cell(link.source, link.id, note=kind)


def _refusal(scene: Scene, found: OpenedEvent) -> Section:
    none = "\u2013"
    rows = [
        [
            Cell(text=scene.speaker.reason(one.code), note=one.code),
            Cell(text=one.pointer or "/", kind="code"),
            Cell(text=in_words(one.expected, scene.speaker.language) if one.expected else none),
            Cell(text=one.closest or none, kind="code"),
        ]
        for one in found.violations
    ]
    columns = scene.columns("reason", "where", "expected", "closest")
    return Section(heading=scene.say("why_refused"), table=Table(caption=scene.say("why_refused"), columns=columns, rows=rows), is_figure=False)


def _moved_table(scene: Scene, found: OpenedEvent, *, is_struck: bool) -> Table:
    names = ("cell", "measure", "before", "change", "after", "unit")
    columns = scene.columns(*names, numbers={"before", "change", "after"})
    return Table(caption=scene.say("moved"), columns=columns, rows=[_moved_row(scene, cell, is_struck=is_struck) for cell in found.moved])


def _moved_row(scene: Scene, cell: MovedCell, *, is_struck: bool) -> list[Cell]:
    shown = cell.to_json()
    opens = scene.path("figure", row_parameters({}, shown))
    return [
        Cell(text=_cell_words(scene, cell.dimensions), href=opens),
        Cell(text=scene.speaker.measure(cell.measure)),
        scene.quantity(shown["before"], cell.unit),
        dataclasses.replace(scene.quantity(shown["change"], cell.unit), text=scene.speaker.signed(shown["change"]), is_struck=is_struck),
        scene.quantity(shown["after"], cell.unit, href=opens),
        Cell(text=scene.speaker.unit(cell.unit)),
    ]


def _cell_words(scene: Scene, dimensions: Mapping[str, str | bool]) -> str:
    """Return what a cell is about; what is unknown of it is left to the address."""
    shown = [scene.name(name, str(value)) for name, value in dimensions.items() if name not in {"table", "simulated"} and value != "unknown"]
    return " · ".join([*shown, *([scene.say("is_simulated")] if dimensions.get("simulated") else [])])


def _figures_table(scene: Scene, found: OpenedEvent) -> Table:
    """Return the figures of the overview that hold the event: the cells without day, place and all else."""
    figures: dict[tuple[Any, ...], dict[str, Any]] = {}
    for cell in found.moved:
        row = {name: value for name, value in cell.dimensions.items() if name in _COARSE}
        row |= {"measure": cell.measure, "unit": cell.unit}
        figures.setdefault(tuple(row.values()), row)
    names = ("destination", "programme", "item", "measure", "figure_now", "unit")
    # A stock has a holder instead.
    none = {"destination": scene.say("over_all"), "programme": "\u2013", "item": "\u2013"}
    columns = scene.columns(*names, numbers={"figure_now"})
    rows = [
        [
            *(scene.name_cell(name, row[name]) if row.get(name) else Cell(text=none[name]) for name in names[:3]),
            Cell(text=scene.speaker.measure(row["measure"])),
            _quantity_now(scene, row),
            Cell(text=scene.speaker.unit(row["unit"])),
        ]
        for row in figures.values()
    ]
    return Table(caption=scene.say("moved_figures"), columns=columns, rows=rows)


def _quantity_now(scene: Scene, row: Mapping[str, Any]) -> Cell:
    asked = row_parameters({}, row)
    found = tally(scene.connection, cells_of(asked, scene.registry), by=()).rows
    return scene.quantity(found[0].quantity, row["unit"], href=scene.path("figure", asked)) if found else scene.no_figure()
