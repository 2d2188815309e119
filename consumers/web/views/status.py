"""The page of the status: the processes in their own words, what waits, whether everything agrees, and who was heard of last.

It is about now, and no figure is on it. Where nobody knows the processes (they run on other machines), it says so, and
what the ledger itself tells stays.
"""

from collections.abc import Sequence
from typing import Final

from consumers.answers.intake import intake
from consumers.web.problems import Translate
from consumers.web.view import Cell, Section, Table, View
from consumers.web.views.scene import Scene
from models.status import Process, Status

ALLOWED: Final = ()
_MARKS: Final = {"ready": "supported", "not ready": "part", "pausing": "part", "nobody": "part", "silent": "contradicted"}
_SPANS: Final = ((86_400, "span_days"), (3_600, "span_hours"), (60, "span_minutes"))


def now(scene: Scene, status: Status | None, translate: Translate) -> View:
    """Return the page."""
    as_of = scene.resolved()
    sections = [Section(heading=scene.say("status"), texts=[_verdict(scene, status)], facts=_facts(scene, status) if status else (), is_figure=False)]
    if status is not None and status.processes:
        columns = scene.columns("process", "state", "why")
        rows = [_process(scene, process, translate) for process in status.processes]
        sections.append(Section(heading=scene.say("processes"), table=Table(caption=scene.say("processes"), columns=columns, rows=rows), is_figure=False))
    sections.append(_partners(scene))
    return View(
        page="status",
        title=scene.say("status"),
        lead=scene.say("status_lead"),
        sections=sections,
        as_of=as_of,
        intake=scene.intake_at(as_of),
        is_pinnable=False,
        is_about_now=True,
    )


def _verdict(scene: Scene, status: Status | None) -> Cell:
    if status is None or not status.is_running:
        return Cell(text=scene.say("status_elsewhere"), mark="part")
    return Cell(text=scene.say("status_well" if status.is_well else "status_unwell"), mark="supported" if status.is_well else "contradicted")


def _facts(scene: Scene, status: Status) -> Sequence[tuple[str, Cell]]:
    if not status.is_running:
        return ()
    say = scene.say

    def told(value: float | None) -> str:
        return say("not_known") if value is None else scene.speaker.number(str(int(value)))

    behind = [say("lag_of", group=say(f"group_{lag.group}"), events=told(lag.events), span=_span(scene, lag.seconds)) for lag in status.lags if lag.events]
    differing = [f"{one.between}: {one.amount:g} {scene.speaker.unit(one.unit)}" for one in status.differences if one.amount]
    agrees = say("none_differ") if status.differences else say("not_known")
    proof = {None: "proof_none", True: "proof_holds", False: "proof_broken"}[status.is_proof_valid]
    return [
        (say("status_bookings"), Cell(text=say("tables_hold", booking=told(status.booking), tables=told(status.tables_booking)))),
        (say("status_lag"), Cell(text="; ".join(behind) or say("nothing_behind" if status.lags else "not_known"))),
        (say("status_waits"), Cell(text=say("held_and_rejected", held=told(status.held), rejected=told(status.rejected)))),
        (
            say("status_differences"),
            Cell(
                text="; ".join(differing) or agrees,
                mark="contradicted" if differing else "supported" if status.differences else "",
                note=_ago(scene, status.reconciled_seconds_ago),
            ),
        ),
        (say("status_proof"), Cell(text=say(proof, span=_span(scene, status.unsealed_seconds)), mark="contradicted" if status.is_proof_valid is False else "")),
        (say("status_looked"), Cell(text=_ago(scene, status.looked_seconds_ago))),
    ]


def _process(scene: Scene, process: Process, translate: Translate) -> list[Cell]:
    why = "; ".join(translate(reason, scene.speaker.language) for reason in process.why)
    words = scene.say(f"process_{process.state.replace(' ', '_')}")
    return [Cell(text=process.name, kind="code"), Cell(text=words, mark=_MARKS[process.state]), Cell(text=why or "\u2013")]


def _partners(scene: Scene) -> Section:
    """Return when every partner was last heard of, which the ledger knows wherever the processes run."""
    answer = intake(scene.connection, booking=scene.resolved().booking)
    heard = sorted((one for one in answer.partners if one.last_received_at), key=lambda one: -(one.last_received_at or 0))
    columns = scene.columns("partner", "last_received", "last_happened")
    rows = [
        [scene.name_cell("partner", one.partner), Cell(text=scene.speaker.moment(one.last_received_at)), Cell(text=scene.speaker.moment(one.last_occurred_at))]
        for one in heard
    ]
    return Section(heading=scene.say("last_heard"), table=Table(caption=scene.say("last_heard"), columns=columns, rows=rows))


def _ago(scene: Scene, seconds: float | None) -> str:
    return scene.say("not_known") if seconds is None else scene.say("ago", span=_span(scene, seconds))


def _span(scene: Scene, seconds: float | None) -> str:
    if seconds is None:
        return scene.say("not_known")
    for size, name in _SPANS:
        if seconds >= 2 * size:
            return scene.say(name, count=scene.speaker.number(str(round(seconds / size))))
    return scene.say("span_seconds", count=scene.speaker.number(str(round(max(seconds, 0)))))
