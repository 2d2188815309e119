"""`salur kobo`: mappings of KoboToolbox forms: checked, tried on a submission, and put where the web process serves them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    from streams.kobo.mapping import Fault, FormMapping

app = typer.Typer(no_args_is_help=True, help="Take in submissions of KoboToolbox forms, by mapping files.", rich_markup_mode=None)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The mapping, a TOML file.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="The mappings, TOML files.")]
SubmissionFile = Annotated[Path, typer.Argument(metavar="SUBMISSION", help="A submission as JSON, as KoboToolbox shows it.")]


@app.command("example")
def example() -> None:
    """Print a mapping to begin with; it says what each line is for."""
    import importlib.resources

    answers().print(
        importlib.resources.files("streams.kobo").joinpath("example.toml").read_text("utf-8"), markup=False, highlight=False, soft_wrap=True, end=""
    )


@app.command("check")
def check(files: Files, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Say everything that is wrong with mappings (exit code 1 if anything is)."""
    question = asked(data=data, lang=lang, json=json)
    read = {str(file): _read(question, file) for file in files}
    faults = {file: found if isinstance(found, list) else [] for file, found in read.items()}
    if json:
        print_json([{"file": file, "faults": [fault.to_json(question.lang) for fault in found]} for file, found in faults.items()])
    else:
        _show(question, faults)
    if any(faults.values()):
        raise typer.Exit(NO)


@app.command("try")
def try_(file: File, submission: SubmissionFile, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Show the event that a mapping makes of a submission, and its verdict; nothing is sent (exit code 1 unless it would be accepted)."""
    import msgspec

    from deploy.cli import verdicts
    from deploy.cli.check import registry, rehearse
    from streams.kobo.submission import SubmissionError, make
    from streams.publishing import Line

    question = asked(data=data, lang=lang, json=json)
    mapping = _mapping(question, file)
    try:
        given = msgspec.json.decode(_content(submission))
    except msgspec.MsgspecError as error:
        raise ConfigurationError(f"{submission} is not JSON: {error}", hint="save one submission as JSON") from error
    made = make(mapping, given)
    errors = (made,) if isinstance(made, SubmissionError) else made.errors
    found = [] if isinstance(made, SubmissionError) or errors else rehearse([Line(str(submission), 1, made.value)], registry(question.settings))
    told = [error.to_json(question.lang, pages="/problems/") for error in errors]
    event = None if isinstance(made, SubmissionError) else made.event
    if json:
        print_json({"event": event, "errors": told, **verdicts.to_json(found, question.lang)})
    else:
        if event is not None:
            answers().print_json(data=event)
        rows = [[one["field"], one["pointer"], f"{one['code']} {one['detail']}", one["hint"]] for one in told]
        if rows:
            print_table([(say(name, question.lang), False) for name in ("asked", "where", "mistake", "mend")], rows)
        if found:
            verdicts.print_answer(found, question.lang, as_json=False)
    if errors or not verdicts.is_fine(found):
        raise typer.Exit(NO)


@app.command("add")
def add(file: File, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Check a mapping and put it where it is served; prints the address for the form's REST service. Adding it again replaces it."""
    from deploy import running
    from streams.kobo.folder import NAME, SUFFIX
    from streams.kobo.routes import PATH

    question = asked(data=data, lang=lang, json=json)
    mapping = _mapping(question, file)
    if file.suffix != SUFFIX or not NAME.fullmatch(file.stem):
        raise ConfigurationError(f"{file.name} cannot be part of an address", hint="name it with a-z, 0-9 and dashes, as in serah-terima.toml")
    folder = question.settings.kobo_mappings
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f".{file.name}.new"
    written.write_bytes(_content(file))
    written.replace(folder / file.name)
    described = running.read(question.settings.data_dir)
    address = f"{(described.web_url if described is not None else question.settings.web_url) or 'https://…'}{PATH}{file.stem}"
    if json:
        print_json({"mapping": file.stem, "partner": mapping.partner, "type": mapping.event_type, "address": address})
    else:
        answers().print(address)
        remarks().print(say("kobo_added", question.lang, partner=mapping.partner))


def _mapping(question: Asked, file: Path) -> "FormMapping":
    """Return a mapping; if it is none, say why and end the command."""
    read = _read(question, file)
    if isinstance(read, list):
        _show(question, {str(file): read})
        raise typer.Exit(NO)
    return read


def _read(question: Asked, file: Path) -> "FormMapping | list[Fault]":
    from deploy.cli.check import registry
    from streams.kobo.mapping import read_mapping

    return read_mapping(_content(file), registry(question.settings))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}", hint="name a file that is there") from error


def _show(question: Asked, faults: "dict[str, list[Fault]]") -> None:
    rows = []
    for file, found in faults.items():
        for fault in found:
            text, hint = fault.words(question.lang)
            rows.append([file, fault.place, text, hint])
        if not found:
            remarks().print(say("kobo_fine", question.lang, file=file))
    if rows:
        print_table([(say(name, question.lang), False) for name in ("file", "where", "mistake", "mend")], rows)
