"""The page of what changed between two moments: each figure before and after, by cause, and the events that did it."""

from collections.abc import Mapping
from typing import Any, Final

from consumers.answers.diff import Diff, diff
from consumers.web.answer import adding_of, limit_of
from consumers.web.question import COMMON, parse_moment, whole_number
from consumers.web.view import Cell, Section, Table, View
from consumers.web.views.scene import FILTERS, Scene

ALLOWED: Final = (*(name for name in COMMON if name != "as_of"), "a", "b", "after", "limit", "add_up")


def changes(scene: Scene) -> View:
    """Return the page; without moments, from before the last booking to it."""
    head = scene.asked.moment.head.booking
    first, last = parse_moment(scene.parameters.get("a", "")), parse_moment(scene.parameters.get("b", ""))
    first = max(0, head - 1) if first is None else first
    cursor, limit = whole_number(scene.parameters, "after", None), limit_of(scene.parameters, 50)
    end = head if last is None else last
    answer = diff(scene.connection, scene.cells(), first, end, cursor=cursor, limit=limit, adding=adding_of(scene.parameters))
    shown = answer.to_json()
    sums = Section(
        heading=scene.say("figures"),
        texts=[Cell(text=_between(scene, answer)), *([] if answer.events else [Cell(text=scene.say("nothing_changed"))])],
        table=_sums(scene, answer, shown) if shown["figures"] else None,
        links=[(scene.say("add_them_up"), scene.path("diff", scene.parameters, add_up="yes"))] if answer.total is None else [],
    )
    more = [] if answer.next is None else [(scene.say("next_page"), scene.path("diff", scene.parameters, after=answer.next))]
    events = Section(heading=scene.say("events"), table=_events(scene, shown), links=more)
    pinned = {**scene.parameters, "a": str(answer.first.booking), "b": str(answer.last.booking)}
    return View(
        page="diff",
        title=scene.say("diff"),
        lead=scene.say("diff_lead"),
        sections=[sums, *([events] if answer.events else [])],
        as_of=answer.last,
        intake=scene.intake_at(answer.last),
        asked=[*((scene.say(f"diff_{name}"), scene.parameters[name], "") for name in ("a", "b") if name in scene.parameters), *scene.described()],
        fields=scene.fields("a", "b", *FILTERS, "simulated"),
        api=("/v1/diff", pinned),
        is_pinnable=False,
    )


def _between(scene: Scene, answer: Diff) -> str:
    if answer.total is None:
        return scene.say("between_many", first=answer.first.booking, last=answer.last.booking)
    return scene.say("between", total=scene.speaker.number(answer.total), first=answer.first.booking, last=answer.last.booking)


def _sums(scene: Scene, answer: Diff, shown: Mapping[str, Any]) -> Table:
    names = ("measure", "unit", "before", "causes", "after", "complete_diff")
    columns = scene.columns(*names, numbers={"before", "after"})
    return Table(caption=scene.say("figures"), columns=columns, rows=[_sum(scene, answer, figure) for figure in shown["figures"]])


def _sum(scene: Scene, answer: Diff, figure: Mapping[str, Any]) -> list[Cell]:
    causes = "; ".join(f"{_change(scene, one)} {scene.say('cause_' + one['cause'])}" for one in figure["causes"] or ())
    if figure["causes"] is None:
        causes = scene.say("causes_unread", quantity=scene.speaker.signed(figure["change"]))
    kind = f" ({scene.say('is_simulated')})" if figure.get("simulated") else ""
    row = {name: figure[name] for name in ("measure", "unit", "simulated") if name in figure}
    moments = (("before", answer.first.booking), ("after", answer.last.booking))
    before, after = (
        scene.no_figure() if figure[name] is None else scene.quantity(figure[name], figure["unit"], href=scene.figure_path(row, as_of=str(booking)))
        for name, booking in moments
    )
    words = {True: ("yes", "supported"), False: ("no", "contradicted")}
    says, mark = words.get(figure["adds_up"], ("", ""))
    verdict = Cell(text=scene.say(says) if says else "\u2013", mark=mark)
    return [
        Cell(text=scene.speaker.measure(figure["measure"]) + kind),
        Cell(text=scene.speaker.unit(figure["unit"])),
        before,
        Cell(text=causes),
        after,
        verdict,
    ]


def _events(scene: Scene, shown: Mapping[str, Any]) -> Table:
    names = ("event", "cause", "type", "change", "booking", "reason")
    columns = scene.columns(*names, numbers={"change", "booking"})
    rows = [
        [
            scene.event_cell(event["source"], event["id"]),
            Cell(text=scene.say(f"cause_{event['cause']}")),
            Cell(text=scene.speaker.event_type(event["type"]), kind="code"),
            Cell(
                text="; ".join(
                    f"{_change(scene, one)} {scene.speaker.unit(one['unit'])} ({scene.speaker.measure(one['measure'])})" for one in event["changes"]
                ),
                kind="amount",
                unit=", ".join(dict.fromkeys(scene.speaker.unit(one["unit"]) for one in event["changes"])),
            ),
            scene.count(event["booking"], "booking"),
            Cell(text=event["reason"]),
        ]
        for event in shown["events"]
    ]
    return Table(caption=scene.say("events"), columns=columns, rows=rows)


def _change(scene: Scene, change: Mapping[str, Any]) -> str:
    if "moved" in change:
        return scene.say("moved_between", quantity=scene.speaker.number(change["moved"]))
    return scene.speaker.signed(change["quantity"])
