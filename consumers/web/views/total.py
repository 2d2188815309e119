"""The page of one total: the sum of a view, or, where units or measures differ, the refusal with every figure side by side."""

from typing import Final

from consumers.answers.tally import SeveralUnits, TallyRow, one_total, tally
from consumers.web.question import COMMON
from consumers.web.view import Cell, Headline, Section, View
from consumers.web.views.scene import FILTERS, Scene

ALLOWED: Final = COMMON
REFUSED: Final = 422


def total(scene: Scene) -> View:
    """Return the page; its status is 422 where there can be no total."""
    answer = tally(scene.connection, scene.cells(), by=())
    found = one_total(answer)
    say = scene.say
    lead = ""
    if found is None:
        section = Section(heading=say("no_figure"), texts=[Cell(text=say("nothing"))])
    elif isinstance(found, SeveralUnits):
        lead = say("refused_units" if len(found.units) > 1 else "refused_measures")
        section = Section(heading=say("side_by_side"), headlines=_side_by_side(scene, found.figures), texts=[Cell(text=say("refused_hint"))])
    else:
        section = Section(heading=say("total"), headlines=_side_by_side(scene, (found,)))
    return View(
        page="total",
        title=say("refused" if lead else "total"),
        lead=lead,
        sections=[section],
        as_of=answer.as_of,
        intake=answer.intake,
        trail=[(say("overview"), scene.path("", scene.kept()))],
        asked=scene.described() or [(say("total"), say("everything"), "")],
        fields=scene.fields(*FILTERS, "unit", "from", "to", "as_of", "simulated"),
        api=("/v1/tallies", {**scene.parameters, **({} if lead else {"total": "yes"})}),
        status=REFUSED if isinstance(found, SeveralUnits) else 200,
        under="overview",
    )


def _side_by_side(scene: Scene, rows: tuple[TallyRow, ...]) -> list[Headline]:
    found = []
    for row in rows:
        kind = f" ({scene.say('is_simulated')})" if row.simulated else ""
        events = scene.say("in_events", events=scene.speaker.number(row.events))
        value = scene.quantity(row.quantity, row.unit, href=scene.figure_path(row.key()), note=events)
        found.append(Headline(what=scene.speaker.measure(row.measure) + kind, value=value))
    return found
