"""The page of proofs: what was signed and when, what no seal covers yet, the key, and how anybody verifies it without us."""

from collections.abc import Mapping
from typing import Final

from consumers.answers.seals import SealRow, Seals, newest_seals
from consumers.web.shell import Verifying
from consumers.web.view import Cell, Section, Table, View
from consumers.web.views.scene import Scene

ALLOWED: Final = ()


def sealed(scene: Scene, verifying: Verifying) -> View:
    """Return the page."""
    found = newest_seals(scene.connection)
    as_of = scene.resolved()
    say = scene.say
    sections = [
        Section(heading=say("last_seal"), texts=[_state(scene, found)], facts=_facts(scene, found, verifying)),
        *([Section(heading=say("seals"), table=_table(scene, found), is_figure=False)] if found.rows else []),
        Section(
            heading=say("how_to_verify"),
            texts=[Cell(text=say(f"verify_{step}")) for step in ("key", "tools", "levels", "witness")],
            facts=_commands(scene, verifying.key),
            links=[(say("verifier_in", written_in=written_in), address) for written_in, address in verifying.addresses],
            is_figure=False,
        ),
    ]
    return View(
        page="seals",
        title=say("seals"),
        lead=say("seals_lead"),
        sections=sections,
        as_of=as_of,
        intake=scene.intake_at(as_of),
        api=("/v1/seals", {}),
        is_pinnable=False,
    )


def _state(scene: Scene, found: Seals) -> Cell:
    if found.holds is None:
        return Cell(text=scene.say("never_sealed"), mark="part")
    return Cell(text=scene.say("seal_holds" if found.holds else "seal_broken"), mark="supported" if found.holds else "contradicted")


def _facts(scene: Scene, found: Seals, verifying: Verifying) -> list[tuple[str, Cell]]:
    say, speaker = scene.say, scene.speaker
    since = say("unsealed_since", moment=speaker.moment(found.unsealed_since)) if found.unsealed else say("all_sealed")
    facts = [(say("not_sealed_yet"), scene.count(found.unsealed, "bookings", note=since))]
    if found.rows:
        last = found.rows[0]
        facts = [
            (say("sealed_at"), Cell(text=speaker.moment(last.sealed_at))),
            (say("seal"), Cell(text=say("seal_of", number=speaker.number(last.number), booking=speaker.number(last.booking), size=speaker.number(last.size)))),
            (say("root"), Cell(text=last.root, kind="code")),
            *facts,
        ]
    key = Cell(text=verifying.key, kind="code", note=say("key_note")) if verifying.key else Cell(text=say("key_elsewhere"))
    return [*facts, (say("public_key"), key)]


def _table(scene: Scene, found: Seals) -> Table:
    columns = scene.columns("seal", "sealed_at", "booking", "decisions", "root", "software", numbers={"booking", "decisions"})
    return Table(caption=scene.say("seals"), columns=columns, rows=[_row(scene, row) for row in found.rows])


def _row(scene: Scene, row: SealRow) -> list[Cell]:
    return [
        Cell(text=scene.speaker.number(row.number)),
        Cell(text=scene.speaker.moment(row.sealed_at)),
        scene.count(row.booking, "booking"),
        scene.count(row.size, "decisions"),
        Cell(text=row.root[:16], kind="code"),
        Cell(text=row.software),
    ]


def _commands(scene: Scene, key: str) -> list[tuple[str, Cell]]:
    pinned = key or "KEY"
    commands: Mapping[str, str] = {
        "command_prove": "salur prove --programme bsu --measure confirmed --unit payment --out figure.json",
        "command_verify": f"python3 salur_verify.py --key '{pinned}' figure.json",
        "command_twin": f"node salur_verify.mjs --key '{pinned}' figure.json",
        "command_witness": f"salur witness seals --key '{pinned}' --state last-seal.json",
    }
    return [(scene.say(name), Cell(text=command, kind="code")) for name, command in commands.items()]
