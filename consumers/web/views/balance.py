"""The page of the mass balance: every equation with its terms, counted stock beside it, and goods on their way."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from consumers.answers.balance import OPENING, BalanceLine, balance
from consumers.web.api import GOODS, goods_of
from consumers.web.view import Cell, Section, Table, View
from consumers.web.views.scene import Scene

ALLOWED: Final = GOODS
_COUNTED: Final = ("counted", "book", "variance", "adjusted", "unexplained")
_ON_THE_WAY: Final = ("dispatched", "received", "damaged", "missing", "open")


def goods(scene: Scene) -> View:
    """Return the page."""
    answer = balance(scene.connection, goods_of(scene.asked))
    shown = answer.to_json()
    verdict = Cell(text=scene.say("holds" if answer.holds else "holds_not"), mark="supported" if answer.holds else "contradicted")
    has_lines = bool(answer.lines or answer.totals)
    sections = [Section(heading=scene.say("balance"), texts=[verdict if has_lines else Cell(text=scene.say("nothing"))])]
    if answer.totals:
        sections.append(Section(heading=scene.say("over_all"), table=_lines(scene, answer.totals, "over_all", is_total=True)))
    if answer.lines:
        sections.append(Section(heading=scene.say("per_holder"), table=_lines(scene, answer.lines, "per_holder", is_total=False)))
    if shown["counts"]:
        sections.append(Section(heading=scene.say("stock_counts"), table=_counts(scene, shown["counts"])))
    for key, title in (("in_transit", "consignments"), ("received_without_dispatch", "without_dispatch")):
        if shown[key]:
            sections.append(Section(heading=scene.say(title), table=_consignments(scene, shown[key], title)))
    return View(
        page="balance",
        title=scene.say("balance"),
        lead=scene.say("balance_lead"),
        sections=sections,
        as_of=answer.as_of,
        intake=scene.intake_at(answer.as_of),
        asked=scene.described(),
        fields=scene.fields("item", "since", "as_of", "simulated"),
        hidden={name: scene.parameters[name] for name in ("holder", "lot") if name in scene.parameters},
        api=("/v1/balance", scene.parameters),
    )


def _lines(scene: Scene, lines: Sequence[BalanceLine], caption: str, *, is_total: bool) -> Table:
    names = ("item", *(() if is_total else ("holder", "lot")), "unit", "came_in", "there_and_out", "uncovered", "unexplained")
    columns = scene.columns(*names, numbers={"uncovered", "unexplained"})
    return Table(caption=scene.say(caption), columns=columns, rows=[_line(scene, line, is_total=is_total) for line in lines])


def _line(scene: Scene, line: BalanceLine, *, is_total: bool) -> list[Cell]:
    shown = line.to_json()
    row = {name: shown[name] for name in ("item", "holder", "lot", "unit", "simulated") if shown.get(name) is not None}
    opens = scene.path(
        "figure", _opening(scene, row), measure=",".join([*(name for name in line.left if name != OPENING), *line.right]), table="distributions,stock"
    )
    kind = f" ({scene.say('is_simulated')})" if line.simulated else ""
    where = [] if is_total else [Cell(text=scene.name("holder", line.holder or "")), Cell(text=_lot(scene, line.lot))]
    return [
        Cell(text=scene.name("item", line.item) + kind, href=opens),
        *where,
        Cell(text=scene.speaker.unit(line.unit)),
        *(Cell(text=_side(scene, side, shown), kind="terms", unit=scene.speaker.unit(line.unit)) for side in (line.left, line.right)),
        _found(scene, shown, "uncovered"),
        _found(scene, shown, "unexplained"),
    ]


def _opening(scene: Scene, row: Mapping[str, Any]) -> Mapping[str, str]:
    named = {name: str(value) for name, value in row.items() if name != "simulated"}
    kind = {"simulated": "only"} if row.get("simulated") else {}
    return {**scene.kept(), **kind, **named}


def _found(scene: Scene, shown: Mapping[str, Any], name: str) -> Cell:
    return scene.quantity(shown[name], shown["unit"], mark="contradicted" if shown[name].strip("-0.") else "")


def _side(scene: Scene, terms: Mapping[str, int], shown: Mapping[str, Any]) -> str:
    """Return the terms of one side that are not 0, each with its name."""
    named = [(name, scene.say("opening") if name == OPENING else scene.speaker.measure(name)) for name, steps in terms.items() if steps]
    return " + ".join(f"{scene.speaker.number(shown[name])} ({word})" for name, word in named) or "0"


def _counts(scene: Scene, counts: Sequence[Mapping[str, Any]]) -> Table:
    names = ("item", "holder", "lot", "unit", "counted_at", *_COUNTED, "explained_by")
    columns = scene.columns(*names, numbers=_COUNTED)
    rows = [
        [
            scene.name_cell("item", count["item"]),
            Cell(text=scene.name("holder", count["holder"])),
            Cell(text=scene.say("all_lots") if count["lot"] is None else _lot(scene, count["lot"])),
            Cell(text=scene.speaker.unit(count["unit"])),
            scene.event_cell(count["source"], count["id"], note=count["counted_at"]),
            *(scene.quantity(count[name], count["unit"]) for name in _COUNTED),
            Cell(text=" ".join(event["id"] for event in count["explained_by"])),
        ]
        for count in counts
    ]
    return Table(caption=scene.say("stock_counts"), columns=columns, rows=rows)


def _consignments(scene: Scene, consignments: Sequence[Mapping[str, Any]], caption: str) -> Table:
    names = ("consignment", "sender", "receiver", "item", "unit", "age_days", *_ON_THE_WAY)
    columns = scene.columns(*names, numbers={"age_days", *_ON_THE_WAY})
    rows = [
        [
            scene.event_cell(one["source"], one["id"], note=one["subject"] or ""),
            Cell(text=scene.name("holder", one["from"])),
            Cell(text=scene.name("holder", one["to"])),
            scene.name_cell("item", one["item"]),
            Cell(text=scene.speaker.unit(one["unit"])),
            scene.count(one["age_days"], "age_days"),
            *(scene.quantity(one[name], one["unit"]) for name in _ON_THE_WAY),
        ]
        for one in consignments
    ]
    return Table(caption=scene.say(caption), columns=columns, rows=rows)


def _lot(scene: Scene, lot: str | None) -> str:
    return scene.say("unknown") if lot == "unknown" else lot or ""
