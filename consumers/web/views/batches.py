"""The page of payments by batch: how far each has come, and what was sent and not confirmed, since when."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from consumers.answers.batch_events import Stage, events_of_batch
from consumers.answers.batches import BatchesAnswer
from consumers.answers.events import BookedEvent
from consumers.web.assurance import BATCHES, batches_of
from consumers.web.question import whole_number
from consumers.web.view import Cell, Section, Table, View, without_repeats
from consumers.web.views.scene import Scene
from models.batches import BATCH_PREFIX
from models.units import format_steps

ALLOWED: Final = (*BATCHES, "after")
MOST_BATCHES: Final = 200
MOST_WAITING: Final = 100
MOST_EVENTS: Final = 50
_FIGURES: Final = ("declared", "sent", "confirmed", "delivered")
_BESIDE: Final = ("instructed", "failed", "returned", "reissued", "refunded")


def paid(scene: Scene) -> View:
    """Return the page."""
    answer = batches_of(scene.asked)
    rows = answer.to_json()["rows"]
    waiting = sorted(_waiting(rows), key=lambda one: -one[2]["days"])
    say = scene.say
    many = [Cell(text=say("more_batches", shown=scene.speaker.number(MOST_BATCHES), total=scene.speaker.number(len(rows))))] if len(rows) > MOST_BATCHES else []
    sections = [
        Section(
            heading=say("batches"), texts=many or ([] if rows else [Cell(text=say("nothing"))]), table=_lives(scene, rows[:MOST_BATCHES]) if rows else None
        ),
        *_behind(scene, answer),
        *([Section(heading=say("sent_not_confirmed"), texts=[Cell(text=say("waiting_rule"))], table=_oldest(scene, waiting))] if waiting else []),
    ]
    return View(
        page="batches",
        title=say("batches"),
        lead=say("batches_lead"),
        sections=sections,
        as_of=answer.as_of,
        intake=scene.intake_at(answer.as_of),
        asked=[*_asked(scene), *scene.described()],
        fields=scene.fields("programme", "destination", "batch", "older_than", "as_of", "simulated"),
        api=("/v1/batches", scene.without("after")),
    )


def _asked(scene: Scene) -> list[tuple[str, str, str]]:
    return [
        (scene.say(name), scene.parameters[name], scene.path("batches", scene.parameters, **{name: None}))
        for name in ("batch", "older_than")
        if name in scene.parameters
    ]


def _lives(scene: Scene, rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = scene.columns("batch", "unit", *_FIGURES, "status", numbers=_FIGURES)
    shown = [_life(scene, row, unit) for row in rows for unit in row["units"]]
    return Table(caption=scene.say("batches"), columns=columns, rows=without_repeats(shown))


def _life(scene: Scene, row: Mapping[str, Any], unit: Mapping[str, Any]) -> list[Cell]:
    say, number = scene.say, scene.speaker.number
    one = {"batch": row["batch"].removeprefix(BATCH_PREFIX), "programme": row["programme"], "destination": row["destination"], "below": "no"}
    opens = f"{scene.path('batches', {**scene.kept(), **one})}#part-2"
    name = one["batch"]
    where = f"{scene.name('programme', row['programme'])}, {scene.name('destination', row['destination'])}"
    waits = "; ".join(f"{number(quantity)} {say(f'waits_{state}')}" for state, quantity in unit["open"].items() if quantity.strip("0."))
    waiting = say("waits_for_more", what=waits) if waits else ""
    has_part = waits and unit["delivered"].strip("0.")
    status = [say("status_in_part" if has_part else f"status_{unit['status']}"), *(say(word) for word in ("complete", "closed") if {**row, **unit}[word])]
    beside = "; ".join(f"{number(unit[stage])} {scene.speaker.measure(stage)}" for stage in _BESIDE if unit[stage].strip("0."))
    return [
        scene.marked_simulated(Cell(text=name, kind="code", note=where), is_simulated=bool(row.get("simulated"))),
        scene.unit_cell(unit["unit"]),
        *(scene.quantity(unit[figure], unit["unit"], href=opens) if figure in {*unit["reported"], "delivered"} else scene.no_figure() for figure in _FIGURES),
        Cell(text=", ".join(status), mark="accepted" if unit["complete"] else "", note="; ".join(text for text in (waiting, beside) if text)),
    ]


def _behind(scene: Scene, answer: BatchesAnswer) -> list[Section]:
    """Return the events of a batch that is asked for by its name alone: those that make its figures."""
    if "batch" not in scene.parameters or len(answer.rows) != 1:
        return []
    cursor = whole_number(scene.parameters, "after", None)
    page = events_of_batch(scene.connection, answer.rows[0].key, answer.as_of, cursor=cursor, limit=MOST_EVENTS)
    columns = scene.columns("event", "type", "measure", "adds", "booking", "happened", numbers={"adds", "booking"})
    rows = [_event(scene, event, stage) for event, stages in page.events for stage in stages]
    more = [] if page.next is None else [(scene.say("next_page"), f"{scene.path('batches', scene.parameters, after=page.next)}#part-2")]
    return [Section(heading=scene.say("behind_batch"), table=Table(caption=scene.say("behind_batch"), columns=columns, rows=without_repeats(rows)), links=more)]


def _event(scene: Scene, event: BookedEvent, stage: Stage) -> list[Cell]:
    unit = scene.speaker.unit(stage.unit)
    return [
        scene.event_cell(event.source, event.id),
        Cell(text=scene.speaker.event_type(event.type), kind="code"),
        Cell(text=scene.speaker.measure(stage.measure)),
        Cell(text=f"{scene.speaker.signed(format_steps(stage.steps, stage.unit))} {unit}", kind="amount", unit=unit),
        scene.count(event.booking, "booking"),
        Cell(text=scene.speaker.moment(event.occurred_at)),
    ]


def _waiting(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    return [(row, unit, event) for row in rows for unit in row["units"] for event in unit["unconfirmed"]]


def _oldest(scene: Scene, waiting: Sequence[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]) -> Table:
    columns = scene.columns("event", "batch", "age_days", "quantity", "unit", "since_when", numbers={"age_days", "quantity"})
    shown = [
        [
            scene.event_cell(event["source"], event["id"]),
            Cell(text=row["batch"].removeprefix(BATCH_PREFIX), kind="code"),
            scene.count(event["days"], "age_days"),
            scene.quantity(event["quantity"], unit["unit"]),
            scene.unit_cell(unit["unit"]),
            Cell(text=scene.speaker.iso_moment(event["occurred_at"])),
        ]
        for row, unit, event in waiting[:MOST_WAITING]
    ]
    return Table(caption=scene.say("sent_not_confirmed"), columns=columns, rows=shown)
