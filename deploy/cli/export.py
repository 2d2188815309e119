"""`salur export`: exactly what an answer shows, as a file with a manifest; or everything about a question as an evidence pack."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from deploy import running
from deploy.cli import filters as f
from deploy.cli.console import answers, print_json, remarks
from deploy.cli.ledger import log, read_now
from deploy.cli.options import Asked, Data, Json, Lang, Simulated, asked
from deploy.cli.progress import counting
from deploy.cli.words import say
from models.errors import ConfigurationError
from models.figure_words import grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from consumers.web.pack import Pack
    from consumers.web.shell import Asked as Question

View = Annotated[str, typer.Argument(metavar="VIEW", help="What to export: tallies, entries, statements, public, and all else that can be asked.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write to this file; its manifest stands beside it.", show_default=False, dir_okay=False)
]
Format = Annotated[
    Literal["csv", "json", "xlsx", "parquet", "iati"] | None,
    typer.Option("--format", help="The format; by default what the file's name says, else csv.", show_default=False),
]
By = Annotated[str | None, typer.Option("--by", metavar="DIM,DIM", help="Group rows by these dimensions; day and month too.", show_default=False)]
Ask = Annotated[
    list[str] | None, typer.Option("--ask", metavar="NAME=VALUE", help="Any other parameter of the view, such as a=120 or flag=late.", show_default=False)
]
PackOption = Annotated[
    bool, typer.Option("--pack", help="An evidence pack as of the last seal: figures, entries, verdicts, proofs, receipts, seals, verifiers.")
]
MANIFEST = ".manifest.json"


def command(
    view: View = "tallies",
    out: Out = None,
    format_: Format = None,
    pack: PackOption = False,
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
    province: f.Province = None,
    holder: f.Holder = None,
    lot: f.Lot = None,
    table: f.Table = None,
    by: By = None,
    happened_from: f.From = None,
    happened_to: f.To = None,
    as_of: f.AsOf = None,
    simulated: Simulated = False,
    ask: Ask = None,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Write exactly what an answer shows to a file, with a manifest: question, as of when, rows, units, hash, head of the ledger."""
    question = locals()
    command_asked = asked(data=data, lang=lang, json=json)
    if pack:
        _export_pack(command_asked, question)
    else:
        _export_view(command_asked, question)


def _export_view(command_asked: Asked, question: "Mapping[str, Any]") -> None:
    from consumers.exports.making import make
    from consumers.web.exported import opened, view_of
    from deploy.handed import publisher_of

    view, allowed = view_of(question["view"])
    format_ = question["format_"] or _format_of(question["out"])
    url = running.database_url(command_asked.settings)
    with _opened(url) as moment, counting(say("exporting", command_asked.lang), quiet=command_asked.json) as progress:
        exported = opened(moment(_parameters(question, allowed)), view)
        made = make(exported, format_, language=command_asked.lang, publisher=publisher_of(os.environ), on_rows=progress)
    manifest = made.manifest
    # The line is kept before anybody has the file.
    with made.file:
        log(url, read_now(manifest.about.as_of.booking, rows=manifest.rows, sha256=manifest.sha256))
        _keep(command_asked, made.file, question["out"] or Path(manifest.file), manifest.to_json())


def _export_pack(command_asked: Asked, question: "Mapping[str, Any]") -> None:
    from consumers.web.files import PACKED
    from consumers.web.pack import make_pack
    from deploy.cli.progress import waiting
    from deploy.handed import verifiers

    if question["format_"]:
        raise ConfigurationError("an evidence pack has no format", hint="leave --format out; a pack holds CSV and Parquet")
    url = running.database_url(command_asked.settings)
    with _opened(url) as moment, waiting(say("packing", command_asked.lang), quiet=command_asked.json):
        pack: Pack = make_pack(moment(_parameters(question, PACKED)), verifiers())
    with pack.file:
        log(url, read_now(pack.booking, rows=pack.rows, sha256=pack.sha256))
        _keep(command_asked, pack.file, question["out"] or Path(pack.name), pack.told())
    if not command_asked.json:
        unproved, receipts = len(pack.manifest["figures_without_proof"]), grouped(str(pack.manifest["receipts"]), command_asked.lang)
        remarks().print(say("packed", command_asked.lang, proofs=pack.manifest["proofs"], receipts=receipts, seal=pack.manifest["seal"]["number"]))
        if unproved:
            remarks().print(say("unproved", command_asked.lang, count=unproved))


@contextlib.contextmanager
def _opened(url: str) -> "Iterator[Callable[[Mapping[str, str]], Question]]":
    """Yield what makes a question, to one moment of the ledger, of parameters."""
    from consumers.database import open_for_reading
    from consumers.web.reading import LedgerReader
    from consumers.web.shell import Asked as Question

    engine = open_for_reading(url)
    try:
        with LedgerReader(engine).moment() as moment:
            yield lambda parameters: Question(moment, parameters, ())
    finally:
        engine.dispose()


def _parameters(question: "Mapping[str, Any]", allowed: "Sequence[str]") -> "Mapping[str, str]":
    from consumers.web.question import read_parameters

    given = [*f.words(question).items(), ("by", question["by"]), ("as_of", question["as_of"])]
    given += [("from", question["happened_from"]), ("to", question["happened_to"]), ("simulated", "yes" if question["simulated"] else None)]
    for text in question["ask"] or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise ConfigurationError(f"{text!r} is no parameter with its value", hint="write --ask NAME=VALUE, such as --ask flag=late")
        given.append((name, value))
    return read_parameters([(name, value) for name, value in given if value], allowed=allowed)


def _format_of(out: Path | None) -> Any:
    from consumers.exports.making import SUFFIXES

    name = "" if out is None else out.name.lower()
    found = next((format_ for format_, suffix in SUFFIXES.items() if name.endswith(suffix)), None)
    if found is None and name and not name.endswith(".xml"):
        raise ConfigurationError(f"{name} does not say its format", hint="name it .csv, .json, .xlsx, .parquet or .iati.xml, or say --format")
    return found or ("iati" if name.endswith(".xml") else "csv")


def _keep(command_asked: Asked, file: BinaryIO, path: Path, manifest: dict[str, Any]) -> None:
    """Put the file where it was asked for, whole or not at all, and its manifest beside it."""
    import msgspec

    manifest = {**manifest, "file": path.name}
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as out:
            file.seek(0)
            shutil.copyfileobj(file, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
        path.with_name(path.name + MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ConfigurationError(f"cannot write {path}: {error.strerror}", hint="name a file that can be written with --out") from error
    if command_asked.json:
        print_json({**manifest, "path": str(path)})
        return
    lang = command_asked.lang
    rows = manifest["rows"] if "rows" in manifest else manifest["entries"]
    words = {"rows": grouped(str(rows), lang), "bytes": grouped(str(manifest["bytes"]), lang), "sha256": manifest["sha256"]}
    answers().print(say("exported", lang, path=path, booking=manifest["as_of"]["booking"], **words))
