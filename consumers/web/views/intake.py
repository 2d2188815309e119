"""The page of the intake: what came in and what became of it, in all and by partner; who is silent is shown as silent."""

import dataclasses
from typing import Final

from consumers.answers.asof import resolve
from consumers.answers.intake import DISPOSITIONS, PartnerIntake, intake
from consumers.web.view import Cell, Section, Table, View
from consumers.web.views.scene import Scene

ALLOWED: Final = ("as_of", "simulated")


def received(scene: Scene) -> View:
    """Return the page."""
    cells = scene.cells()
    answer = intake(scene.connection, booking=resolve(scene.connection, cells.as_of).booking)
    partners = [one for one in answer.partners if one.simulated in cells.simulated]
    heard = {one.partner for one in answer.partners}
    silent = [code for code in sorted(scene.registry.partners) if code not in heard and (code in scene.registry.simulated) in cells.simulated]
    identity = scene.say("identity_holds" if answer.adds_up else "identity_broken")
    names = ("partner", "received", *DISPOSITIONS, "last_happened", "last_received")
    columns = scene.columns(*names, numbers={"received", *DISPOSITIONS})
    rows = [*(_heard(scene, one) for one in partners), *(_silent(scene, code) for code in silent)]
    total = answer.total.to_json()
    return View(
        page="intake",
        title=scene.say("intake"),
        lead=scene.say("intake_lead"),
        sections=[
            Section(
                heading=scene.say("intake"),
                texts=[
                    Cell(text=scene.say("intake_identity", **{name: scene.speaker.number(count) for name, count in total.items()})),
                    Cell(text=identity, mark="supported" if answer.adds_up else "contradicted"),
                ],
            ),
            Section(heading=scene.say("per_partner"), table=Table(caption=scene.say("per_partner"), columns=columns, rows=rows)),
        ],
        as_of=answer.as_of,
        intake=answer.total,
        asked=scene.described(),
        fields=scene.fields("as_of", "simulated"),
        api=("/v1/intake", {name: value for name, value in scene.parameters.items() if name == "as_of"}),
    )


def _heard(scene: Scene, one: PartnerIntake) -> list[Cell]:
    counts = one.intake.to_json()
    name = scene.name_cell("partner", one.partner)
    kind = f" ({scene.say('is_simulated')})" if one.simulated else ""
    return [
        dataclasses.replace(name, text=name.text + kind),
        *(scene.count(counts[name]) for name in ("received", *DISPOSITIONS)),
        Cell(text=scene.speaker.moment(one.last_occurred_at)),
        Cell(text=scene.speaker.moment(one.last_received_at)),
    ]


def _silent(scene: Scene, code: str) -> list[Cell]:
    empty = [scene.no_figure("\u2013") for _ in ("received", *DISPOSITIONS)]
    return [scene.name_cell("partner", code), *empty, Cell(text="\u2013"), Cell(text=scene.say("silent"), mark="silent")]
