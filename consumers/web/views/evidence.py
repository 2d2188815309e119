"""The pages of evidence: how much of what was delivered is shown by it, and a sample to be audited that anyone can draw again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from consumers.answers.sample import Sample
from consumers.web.assurance import EVIDENCE, SAMPLED, coverage_of, sample_of
from consumers.web.question import row_parameters
from consumers.web.view import Cell, Section, Table, View, without_repeats
from consumers.web.views.scene import Scene
from models.measures import DELIVERED

ALLOWED: Final = (*EVIDENCE, "by")
SAMPLE_ALLOWED: Final = SAMPLED
_SHOWN: Final = ("evidenced", "evidenced-later", "without", "verified")


def evidence(scene: Scene) -> View:
    """Return the page of coverage."""
    by = scene.parameters.get("by", "programme")
    answer = coverage_of(scene.asked)
    rows = answer.to_json()["rows"]
    section = Section(
        heading=scene.say("coverage"),
        texts=[Cell(text=scene.say("coverage_rule" if rows else "nothing"))],
        table=_table(scene, rows, by) if rows else None,
        links=[(scene.say("draw_sample"), scene.path("sample", {name: value for name, value in scene.parameters.items() if name != "by"}))],
    )
    return View(
        page="evidence",
        title=scene.say("evidence"),
        lead=scene.say("evidence_lead"),
        sections=[section],
        as_of=answer.as_of,
        intake=scene.intake_at(answer.as_of),
        asked=scene.described(),
        fields=[
            *scene.fields("destination", "programme", "partner", "from", "to", "as_of", "simulated"),
            scene.choice("by", ("programme", "partner", "destination", "place"), by),
        ],
        api=("/v1/evidence", scene.parameters),
    )


def sample(scene: Scene) -> View:
    """Return the page of a sample; without a seed, how one is drawn."""
    parameters = scene.parameters
    by = parameters.get("by", "events")
    drawn = sample_of(scene.asked) if "seed" in parameters else None
    as_of = scene.resolved() if drawn is None else drawn.as_of
    sections = [Section(heading=scene.say("how_drawn"), texts=[Cell(text=scene.say("seed_rule")), Cell(text=scene.say(f"recipe_{by}"))], is_figure=False)]
    return View(
        page="sample",
        title=scene.say("sample"),
        lead=scene.say("sample_lead"),
        sections=[*([] if drawn is None else [_drawn(scene, drawn)]), *sections],
        as_of=as_of,
        intake=scene.intake_at(as_of),
        trail=[(scene.say("evidence"), scene.path("evidence", scene.kept()))],
        asked=[*((scene.say(name), parameters[name], "") for name in ("seed", "size") if name in parameters), *scene.described()],
        fields=[
            *scene.fields("seed", "size"),
            scene.choice("by", ("events", "value"), by, prefix="drawn_by_"),
            *scene.fields("destination", "programme", "partner", "item", "unit", "from", "to", "as_of", "simulated"),
        ],
        api=("/v1/sample", parameters) if drawn is not None else None,
        opens_fields=drawn is None,
        under="evidence",
    )


def _table(scene: Scene, rows: Sequence[Mapping[str, Any]], by: str) -> Table:
    columns = scene.columns(by, "unit", "delivered", *_SHOWN, "share_shown", numbers={"delivered", *_SHOWN})
    return Table(caption=scene.say("coverage"), columns=columns, rows=without_repeats([_row(scene, row, by) for row in rows]))


def _row(scene: Scene, row: Mapping[str, Any], by: str) -> list[Cell]:
    kind = {"simulated": row["simulated"]} if "simulated" in row else {}

    def opens(name: str) -> str:
        measure = ",".join(sorted(DELIVERED)) if name == "delivered" else name
        return scene.path("figure", row_parameters(scene.parameters, {by: row[by], **kind, "measure": measure, "unit": row["unit"]}))

    figures = [
        scene.quantity(
            row[name]["quantity"],
            row["unit"],
            href="" if name == "without" else opens(name),
            note=scene.say("in_events", events=scene.speaker.number(row[name]["events"])),
        )
        for name in ("delivered", *_SHOWN)
    ]
    shares = [_share(scene, row["percent"]["with_evidence"][what]) for what in ("quantity", "events")]
    return [
        scene.marked_simulated(scene.name_cell(by, row[by]), is_simulated=bool(row.get("simulated"))),
        scene.unit_cell(row["unit"]),
        *figures,
        Cell(text=shares[0] or "\u2013", note=scene.say("of_deliveries", share=shares[1]) if shares[1] else ""),
    ]


def _share(scene: Scene, share: Mapping[str, Any] | None) -> str:
    if share is None:
        return ""
    return scene.say("two_figures", **{name: scene.speaker.number(share[name]) for name in ("part", "whole", "percent")})


def _drawn(scene: Scene, drawn: Sample) -> Section:
    say, number = scene.say, scene.speaker.number
    facts = [
        (say("seed"), Cell(text=drawn.seed, kind="code")),
        (say("size"), scene.count(drawn.size, "deliveries")),
        (say("population"), scene.count(len(drawn.members), "deliveries")),
        (say("population_sha256"), Cell(text=drawn.population_sha256, kind="code")),
    ]
    if drawn.unit is not None:
        facts += [
            (say(f"sample_{name}"), Cell(text=say("steps_of", steps=number(getattr(drawn, name)), unit=scene.speaker.unit(drawn.unit))))
            for name in ("whole", "interval", "start")
        ]
    by = "key" if drawn.by == "events" else "points"
    columns = scene.columns("event", "type", "values", "booking", by, numbers={"values", "booking", *({by} if by == "points" else ())})
    rows = [_member(scene, one.to_json(), by) for one in drawn.events]
    table = Table(caption=say("sample"), columns=columns, rows=rows) if rows else None
    return Section(heading=say("sample"), facts=facts, texts=[] if rows else [Cell(text=say("nothing"))], table=table)


def _member(scene: Scene, one: Mapping[str, Any], by: str) -> list[Cell]:
    values = "; ".join(scene.speaker.amount(value["quantity"], value["unit"]) for value in one["values"])
    return [
        scene.event_cell(one["source"], one["id"]),
        Cell(text=scene.speaker.event_type(one["type"]), kind="code"),
        Cell(text=values, kind="amount", unit=", ".join(scene.speaker.unit(value["unit"]) for value in one["values"])),
        scene.count(one["booking"], "booking"),
        scene.count(one["points"], "points") if by == "points" else Cell(text=one["key"][:16], kind="code"),
    ]
