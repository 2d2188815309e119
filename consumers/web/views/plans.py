"""The page of plans: budgets and targets beside what came of them; a share never stands without its two figures."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from consumers.web.api import PLANNED, plans_of
from consumers.web.question import address
from consumers.web.view import Cell, Section, Table, View
from consumers.web.views.scene import Scene

ALLOWED: Final = PLANNED
_FIGURES: Final = ("budget", "realised", "target", "delivered")


def planned(scene: Scene) -> View:
    """Return the page."""
    answer = plans_of(scene.asked)
    names = ("programme", "year", "item", "unit", *_FIGURES, "remarks")
    columns = scene.columns(*names, numbers=_FIGURES)
    rows = [_row(scene, row) for row in answer.to_json()["rows"]]
    section = Section(
        heading=scene.say("plans"),
        texts=[] if rows else [Cell(text=scene.say("nothing"))],
        table=Table(caption=scene.say("plans"), columns=columns, rows=rows) if rows else None,
    )
    return View(
        page="plans",
        title=scene.say("plans"),
        lead=scene.say("plans_lead"),
        sections=[section],
        as_of=answer.as_of,
        intake=scene.intake_at(answer.as_of),
        asked=scene.described(),
        fields=scene.fields("programme", "destination", "item", "year", "as_of", "simulated"),
        api=("/v1/plans", scene.parameters),
    )


def _row(scene: Scene, row: Mapping[str, Any]) -> list[Cell]:
    shares = [
        scene.say(name, part=scene.speaker.number(share["part"]), whole=scene.speaker.number(share["whole"]), percent=scene.speaker.number(share["percent"]))
        for name, share in row["percent"].items()
        if share is not None
    ]
    where = scene.name_cell("destination", row["destination"])
    marks = [scene.say(name) for name in ("over_budget", "over_target") if row[name]]
    return [
        dataclasses.replace(scene.name_cell("programme", row["programme"]), note=where.text, note_href=where.href),
        Cell(text=row["year"]),
        scene.name_cell("item", row["item"]) if row["item"] else Cell(text="\u2013"),
        Cell(text=scene.speaker.unit(row["unit"])),
        *(_figure(scene, row, name) for name in _FIGURES),
        Cell(text="; ".join(marks), mark="contradicted" if marks else "", note="; ".join(shares)),
    ]


def _figure(scene: Scene, row: Mapping[str, Any], name: str) -> Cell:
    figure = row[name]
    if figure is None:
        return scene.no_figure()
    where = {"destination": row["destination"], "unit": row["unit"], "item": row["item"] or None, "from": f"{row['year']}-01", "to": f"{row['year']}-12"}
    own = {"programme": row["programme"], "measure": ",".join(figure["measures"]), "below": "no" if name in {"budget", "target"} else None}
    simulated = {"simulated": "only"} if row.get("simulated") else {}
    opens = address(scene.path("figure"), {**scene.kept(), **simulated}, **where, **own)
    parts = "; ".join(f"{scene.speaker.measure(measure)} {scene.speaker.number(quantity)}" for measure, quantity in figure["measures"].items())
    return scene.quantity(figure["quantity"], row["unit"], href=opens, note=parts if len(figure["measures"]) > 1 else "")
