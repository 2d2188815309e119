"""The page of people: how many were reached and by which rule, who they were as far as it was told, and every contact behind it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from consumers.web.assurance import PEOPLE, parts_of, reached_of
from consumers.web.question import row_parameters
from consumers.web.view import Cell, Chart, Section, Table, View, chart, without_repeats
from consumers.web.views.scene import Scene
from models.cells import UNKNOWN
from models.measures import RECIPIENTS

ALLOWED: Final = PEOPLE


def people(scene: Scene) -> View:
    """Return the page."""
    answer = reached_of(scene.asked)
    rows = answer.to_json()["rows"]
    parts = parts_of(scene.asked).to_json()["rows"]
    nothing = Section(heading=scene.say("no_figure"), texts=[Cell(text=scene.say("nothing"))])
    sections = [
        Section(heading=scene.say("reached"), texts=[Cell(text=scene.say("reached_rule"))], table=_reached(scene, rows), charts=_bars(scene, rows)),
        Section(heading=scene.say("contacts"), table=_contacts(scene, rows)),
        *([Section(heading=scene.say("parts_of_people"), texts=[Cell(text=scene.say("parts_rule"))], table=_parts(scene, parts))] if parts else []),
        Section(heading=scene.say("public"), texts=[Cell(text=scene.say("public_lead"), href=scene.path("public"))], is_figure=False),
    ]
    return View(
        page="people",
        title=scene.say("people"),
        lead=scene.say("people_lead"),
        sections=sections if rows else [nothing],
        as_of=answer.as_of,
        intake=scene.intake_at(answer.as_of),
        asked=scene.described(),
        fields=scene.fields("destination", "programme", "partner", "from", "to", "as_of", "simulated"),
        api=("/v1/reached", {**scene.parameters, "by": "destination"}),
    )


def _reached(scene: Scene, rows: Sequence[Mapping[str, Any]]) -> Table:
    names = ("destination", "quantity", "unit", "rule", "deliveries", "without_tokens")
    columns = scene.columns(*names, numbers={"quantity", "deliveries", "without_tokens"})
    shown = [
        [
            _with_kind(scene, scene.name_cell("destination", row["destination"]), row),
            scene.quantity(row["quantity"], row["unit"], href=_opens(scene, row, {"destination": row["destination"]})),
            scene.unit_cell(row["unit"]),
            Cell(text=scene.say(f"rule_{row['rule']}")),
            scene.count(row["events"], "deliveries"),
            scene.count(row["events_without_tokens"], "deliveries"),
        ]
        for row in rows
    ]
    return Table(caption=scene.say("reached"), columns=columns, rows=without_repeats(shown))


def _contacts(scene: Scene, rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = scene.columns("destination", "place", "programme", "quantity", "unit", "counts", numbers={"quantity"})
    shown = [
        [
            _with_kind(scene, scene.name_cell("destination", one["destination"]), row),
            Cell(text=scene.name("place", one["place"])),
            scene.name_cell("programme", one["programme"]),
            scene.quantity(one["quantity"], row["unit"], href=_opens(scene, row, {name: one[name] for name in ("destination", "place", "programme")})),
            scene.unit_cell(row["unit"]),
            Cell(text=scene.say("yes" if one["counts"] else "overlaps" if row["rule"] == "maximum" else "by_tokens")),
        ]
        for row in rows
        for one in row["contacts"]
    ]
    return Table(caption=scene.say("contacts"), columns=columns, rows=without_repeats(shown))


def _parts(scene: Scene, rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = scene.columns("programme", "measure", "dimension", "part", "quantity", "unit", numbers={"quantity"})
    shown = [_part(scene, row, *part) for row in rows for part in _told(row)]
    return Table(caption=scene.say("parts_of_people"), columns=columns, rows=without_repeats(shown))


def _told(row: Mapping[str, Any]) -> Iterator[tuple[Sequence[str], str, str]]:
    """Yield dimensions, value and quantity of every part; dimensions of which nothing was told are one row together."""
    untold = [dimension for dimension, values in row["parts"].items() if set(values) == {UNKNOWN}]
    for dimension, values in row["parts"].items():
        if dimension not in untold:
            yield from (((dimension,), value, quantity) for value, quantity in values.items())
    if untold:
        yield untold, UNKNOWN, row["quantity"]


def _part(scene: Scene, row: Mapping[str, Any], dimensions: Sequence[str], value: str, quantity: str) -> list[Cell]:
    return [
        _with_kind(scene, scene.name_cell("programme", row["programme"]), row),
        Cell(text=scene.speaker.measure(row["measure"])),
        Cell(text=", ".join(scene.say(f"dimension_{dimension}") for dimension in dimensions)),
        Cell(text=value if dimensions[0] == "age" and value != UNKNOWN else scene.say(f"part_{value}")),
        scene.quantity(quantity, row["unit"], href=_part_opens(scene, row, dimensions[0], value)),
        scene.unit_cell(row["unit"]),
    ]


def _bars(scene: Scene, rows: Sequence[Mapping[str, Any]]) -> list[Chart]:
    units = dict.fromkeys(row["unit"] for row in rows)
    drawn = [
        chart(
            scene.say("reached_in", unit=scene.speaker.unit(unit)),
            [
                (scene.name("destination", row["destination"]), scene.speaker.amount(row["quantity"], unit), int(row["quantity"]))
                for row in rows
                if row["unit"] == unit
            ],
        )
        for unit in units
    ]
    return [one for one in drawn if one is not None]


def _opens(scene: Scene, row: Mapping[str, Any], cells: Mapping[str, str]) -> str:
    """Return the address of the contacts of a row: the recipients that were told."""
    kind = {"simulated": row["simulated"]} if "simulated" in row else {}
    return scene.path("figure", row_parameters(scene.parameters, {**cells, **kind, "measure": RECIPIENTS, "unit": row["unit"]}))


def _part_opens(scene: Scene, row: Mapping[str, Any], dimension: str, value: str) -> str:
    """Return the address of a part, that of the whole for what nobody told."""
    measure = row["measure"] if value == UNKNOWN else f"{row['measure']}.{dimension}.{value}"
    kind = {"simulated": row["simulated"]} if "simulated" in row else {}
    return scene.path("figure", row_parameters(scene.parameters, {"programme": row["programme"], **kind, "measure": measure, "unit": row["unit"]}))


def _with_kind(scene: Scene, cell: Cell, row: Mapping[str, Any]) -> Cell:
    return scene.marked_simulated(cell, is_simulated=bool(row.get("simulated")))
