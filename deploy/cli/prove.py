"""`salur prove`: a figure or a decision, provable to somebody who has nothing of ours."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import filters as f
from deploy.cli.console import answers, print_json
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.tally import wanted_cells
from deploy.cli.words import say
from models.figure_words import grouped

if TYPE_CHECKING:
    import sqlalchemy as sa

Complete = Annotated[bool, typer.Option("--complete", help="Carry every decision, so that all sums can be made again from the bytes that partners sent.")]
Decision = Annotated[int | None, typer.Option("--decision", metavar="NUMBER", help="A receipt for this decision instead of a figure.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Write the proof to this file.", show_default=False, dir_okay=False)]


def command(
    out: Out,
    destination: f.Destination = None,
    programme: f.Programme = None,
    activity: f.Activity = None,
    tranche: f.Tranche = None,
    partner: f.Partner = None,
    item: f.Item = None,
    measure: f.Measure = None,
    unit: f.Unit = None,
    recipient_type: f.RecipientType = None,
    place: f.Place = None,
    holder: f.Holder = None,
    lot: f.Lot = None,
    table: f.Table = None,
    happened_from: f.From = None,
    happened_to: f.To = None,
    complete: Complete = False,
    decision: Decision = None,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Hand a figure, or one decision, to somebody who has nothing of ours: a proof under the last seal."""
    question = {**locals(), "as_of": None, "simulated": False}
    command_asked = asked(data=data, lang=lang, json=json)
    with reading(command_asked.settings) as connection:
        told = _prove_figure(connection, question, out, command_asked) if decision is None else _prove_decision(connection, decision, out)
    if json:
        print_json(told)
        return
    words = {name: grouped(str(value), command_asked.lang) if name in {"steps", "bytes"} else value for name, value in told.items()}
    answers().print(say("proved_figure" if decision is None else "proved_decision", command_asked.lang, **words))


def _prove_decision(connection: "sa.Connection", number: int, out: Path) -> dict[str, Any]:
    from consumers.proof.bundles import LastSeal, receipt_of

    out.write_text(receipt_of(connection, number), encoding="utf-8")
    return {"kind": "receipt", "number": number, "seal": LastSeal(connection).seal.number, "path": str(out)}


def _prove_figure(connection: "sa.Connection", question: dict[str, Any], out: Path, command_asked: Asked) -> dict[str, Any]:
    from consumers.proof.bundles import LastSeal, compact, complete, wanted_of
    from deploy.cli.progress import counting

    wanted = wanted_of(wanted_cells(connection, question))
    last = LastSeal(connection).seal
    if question["complete"]:
        title = say("proving", command_asked.lang)
        with out.open("wb") as file, counting(title, quiet=command_asked.json, total=last.log.size) as progress:
            figure = complete(connection, wanted, file, on_progress=progress)
    else:
        import msgspec

        content = compact(connection, wanted)
        out.write_bytes(content)
        figure = msgspec.json.decode(content)["figure"]
    kind = "complete" if question["complete"] else "compact"
    return {"kind": kind, "seal": last.number, "unit": wanted["unit"][0], "wanted": wanted, **figure, "path": str(out), "bytes": out.stat().st_size}
