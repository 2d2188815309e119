"""The page of figures that may be handed to anybody: no count of fewer than ten people is in them, or follows from them."""

from collections.abc import Mapping
from typing import Any, Final

from consumers.web.assurance import PUBLIC, public_of
from consumers.web.view import Cell, Section, Table, View, without_repeats
from consumers.web.views.scene import Scene

ALLOWED: Final = PUBLIC
_LEVELS: Final = ("destination", "destination,programme", "destination,programme,month")


def published(scene: Scene) -> View:
    """Return the page."""
    by = scene.parameters.get("by", "destination,programme")
    answer = public_of(scene.asked)
    shown = answer.to_json()
    names = (*answer.by, "item", "measure", "quantity", "unit")
    rows = without_repeats([_row(scene, row, answer.by) for row in shown["rows"]])
    closed = [Cell(text=scene.say("public_closed", item=scene.name("item", node["item"]), node=_node(scene, node, answer.by))) for node in shown["closed"]]
    table = Table(caption=scene.say("public"), columns=scene.columns(*names, numbers={"quantity"}), rows=rows) if rows else None
    return View(
        page="public",
        title=scene.say("public"),
        lead=scene.say("public_lead"),
        sections=[Section(heading=scene.say("figures"), texts=[Cell(text=scene.say("public_rule")), *closed], table=table)],
        as_of=answer.as_of,
        intake=scene.intake_at(answer.as_of),
        asked=scene.described(),
        fields=[*scene.fields("destination", "item"), scene.choice("by", _LEVELS, by, prefix="by_level_")],
        api=("/v1/public", scene.parameters),
        is_pinnable=False,
        under="people",
    )


def _row(scene: Scene, row: Mapping[str, Any], by: tuple[str, ...]) -> list[Cell]:
    measure = scene.say("people_word") if row["measure"] == "people" else scene.speaker.measure(row["measure"])
    quantity = scene.no_figure(scene.say(f"hidden_{row['hidden']}")) if row["quantity"] is None else scene.quantity(row["quantity"], row["unit"])
    return [
        *(scene.name_cell(name, row[name]) for name in by),
        scene.name_cell("item", row["item"]),
        Cell(text=measure),
        quantity,
        Cell(text=scene.speaker.unit(row["unit"])),
    ]


def _node(scene: Scene, node: Mapping[str, str], by: tuple[str, ...]) -> str:
    return ", ".join(scene.name(name, node[name]) for name in by if name in node) or scene.say("public_top")
