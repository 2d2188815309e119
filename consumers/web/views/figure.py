"""The page of a figure: the events of exactly its cells, corrected ones struck through, and whether they add up to it."""

from collections.abc import Mapping, Sequence
from typing import Final

from consumers.answers.explain import ExplainedEvent, ExplainedFigure, Explanation, explain
from consumers.answers.links import Link
from consumers.web.answer import adding_of, limit_of
from consumers.web.question import COMMON, event_path, whole_number
from consumers.web.view import Cell, Headline, Section, Table, View
from consumers.web.views.scene import FILTERS, Scene
from models.corrections import AMENDMENT, REVERSAL
from models.units import format_steps

ALLOWED: Final = (*COMMON, "after", "limit", "newest_first", "add_up")
_MARKS: Final[Mapping[bool | None, str]] = {True: "supported", False: "contradicted", None: ""}
_MOST_HEADLINES: Final = 4
ASKED: Final = (*FILTERS, "unit", "province", "place", "from", "to", "as_of", "simulated")
"""What the form of the page asks."""
CORRECTIONS: Final = frozenset({AMENDMENT, REVERSAL})


def figure(scene: Scene) -> View:
    """Return the page."""
    parameters = scene.parameters
    explanation = explain(
        scene.connection,
        scene.cells(),
        cursor=whole_number(parameters, "after", None),
        limit=limit_of(parameters, 50),
        newest_first=parameters.get("newest_first", "no") != "no",
        adding=adding_of(parameters),
    )
    several = len(explanation.figures) > 1
    texts = [Cell(text=scene.say("several_figures"))] if several else [_sum(scene, one) for one in explanation.figures]
    rules = dict.fromkeys(scene.speaker.rule_of(one.figure.measure, programmes_rule=one.figure.rule) for one in explanation.figures)
    texts += [Cell(text=rule) for rule in rules if rule]
    sums = Section(
        heading=scene.say("figure"),
        headlines=[_headline(scene, one) for one in explanation.figures] if len(explanation.figures) <= _MOST_HEADLINES else (),
        texts=texts or [Cell(text=scene.say("nothing"))],
        table=_sums_table(scene, explanation) if several else None,
        links=[(scene.say("add_them_up"), scene.path("figure", scene.parameters, add_up="yes"))] if explanation.adds_up is None else [],
    )
    behind = Section(heading=scene.say("behind"), table=events_table(scene, explanation, scene.say("behind")), links=_pages(scene, explanation))
    return View(
        page="figure",
        title=scene.say("figure"),
        sections=[sums, *([behind] if explanation.figures else [])],
        as_of=explanation.as_of,
        intake=scene.intake_at(explanation.as_of),
        trail=[(scene.say("overview"), scene.path("", scene.kept()))],
        asked=scene.described() or [(scene.say("figure"), scene.say("everything"), "")],
        fields=scene.fields(*ASKED),
        hidden={name: value for name, value in parameters.items() if name in COMMON and name not in ASKED},
        api=("/v1/entries", parameters),
    )


def events_table(scene: Scene, explanation: Explanation, caption: str) -> Table:
    """Return the events of an explanation, one a row."""
    names = ("event", "type", "adds", "happened", "booking", "remarks", "sha256")
    columns = scene.columns(*names, numbers={"adds", "booking"})
    return Table(caption=caption, columns=columns, rows=[_row(scene, event) for event in explanation.events])


def sum_words(scene: Scene, one: ExplainedFigure) -> str:
    """Return a figure beside the sum of its events."""
    amount = f"{scene.speaker.amount(one.figure.quantity, one.figure.unit)} ({scene.speaker.measure(one.figure.measure)})"
    if one.adds_up is None:
        return scene.say("not_added_up", quantity=amount, events=scene.speaker.number(one.figure.events))
    events = scene.speaker.number(one.events or 0)
    if one.adds_up:
        return scene.say("adds_up", quantity=amount, events=events)
    return scene.say(
        "does_not_add_up", quantity=amount, events=events, sum=scene.speaker.amount(format_steps(one.steps or 0, one.figure.unit), one.figure.unit)
    )


def link_words(scene: Scene, link: Link, *, is_by: bool) -> str:
    """Return what one event is to another."""
    if is_by:
        return scene.say("corrected_by", kind=scene.speaker.kind("link", link.kind), event=link.id)
    return scene.say("corrects", kind=scene.speaker.kind("of", link.kind), event=link.id)


def _headline(scene: Scene, one: ExplainedFigure) -> Headline:
    opens = "" if {"measure", "unit"} <= scene.parameters.keys() else _opening(scene, one)
    return Headline(what=scene.speaker.measure(one.figure.measure), value=scene.quantity(one.figure.quantity, one.figure.unit, href=opens))


def _sum(scene: Scene, one: ExplainedFigure) -> Cell:
    return Cell(text=sum_words(scene, one), mark=_MARKS[one.adds_up])


def _sums_table(scene: Scene, explanation: Explanation) -> Table:
    names = ("measure", "quantity", "unit", "events", "complete_diff")
    columns = scene.columns(*names, numbers={"quantity", "events"})
    words = {True: scene.say("yes"), False: scene.say("no"), None: "\u2013"}
    rows = [
        [
            Cell(text=scene.speaker.measure(one.figure.measure)),
            scene.quantity(one.figure.quantity, one.figure.unit, href=_opening(scene, one)),
            Cell(text=scene.speaker.unit(one.figure.unit)),
            scene.count(one.figure.events),
            Cell(text=words[one.adds_up], mark=_MARKS[one.adds_up]),
        ]
        for one in explanation.figures
    ]
    return Table(caption=scene.say("figures"), columns=columns, rows=rows)


def _opening(scene: Scene, one: ExplainedFigure) -> str:
    return scene.path("figure", {**scene.parameters, "measure": one.figure.measure, "unit": one.figure.unit}, after=None)


def _pages(scene: Scene, explanation: Explanation) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if "after" in scene.parameters:
        found.append((scene.say("first_page"), scene.path("figure", scene.parameters, after=None)))
    if explanation.next is not None:
        found.append((scene.say("next_page"), scene.path("figure", scene.parameters, after=explanation.next)))
    if "newest_first" not in scene.parameters:
        found.append((scene.say("newest_first"), scene.path("figure", scene.parameters, newest_first="yes", after=None)))
    return found


def _row(scene: Scene, event: ExplainedEvent) -> list[Cell]:
    corrections = [link for link in event.corrected_by if link.kind in CORRECTIONS]
    shown = event.to_json()["contributions"]
    words = [link_words(scene, event.corrects, is_by=False)] if event.corrects else []
    words += [link_words(scene, link, is_by=True) for link in event.corrected_by]
    linked = [*([event.corrects] if event.corrects else []), *event.corrected_by]
    where = scene.path(event_path(linked[0].source, linked[0].id)) if linked else ""
    note = "; ".join([*([scene.say("struck")] if corrections else []), *(scene.speaker.reason(flag) for flag in event.flags)])
    return [
        scene.event_cell(event.source, event.id),
        Cell(text=scene.speaker.event_type(event.type), kind="code"),
        _adds(scene, shown, is_struck=bool(corrections)),
        Cell(text=scene.speaker.moment(event.occurred_at)),
        scene.count(event.booking, "booking", note=f"{event.topic}[{event.partition}]@{event.offset}"),
        Cell(text="; ".join(words), href=where, note=note),
        Cell(text=event.sha256[:16], kind="code"),
    ]


def _adds(scene: Scene, parts: Sequence[Mapping[str, str]], *, is_struck: bool) -> Cell:
    text = "; ".join(f"{scene.speaker.signed(part['quantity'])} {scene.speaker.unit(part['unit'])}" for part in parts)
    units = ", ".join(dict.fromkeys(scene.speaker.unit(part["unit"]) for part in parts))
    return Cell(text=text, kind="amount" if parts else "none", unit=units, is_struck=is_struck)
