"""`salur check`: the verdicts that a file would get, without sending anything."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from deploy import running
from deploy.cli import sheet, verdicts
from deploy.cli.console import NO, print_json, remarks
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import Unreachable

if TYPE_CHECKING:
    from deploy.settings import Settings
    from models.registry import Registry
    from streams.publishing import Line

File = Annotated[list[str], typer.Argument(metavar="FILE…", help="JSON Lines, CSV or XLSX files; - reads JSON Lines from standard input.")]


def command(
    files: File,
    partner: sheet.Partner = None,
    type_: sheet.Type = None,
    annotated: sheet.Annotated_ = None,
    amendments: sheet.Amendments = None,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Say what would become of each line: all errors at once, with the closest valid code. Nothing is sent."""
    from deploy.cli.files import read

    question = asked(data=data, lang=lang, json=json)
    if sheet.are_sheets(files):
        looked = sheet.look(question, files[0], partner=partner, event_type=type_)
        sheet.give_back(question, looked, annotated=annotated, amendments=amendments)
        _tell(question, looked)
        return
    sheet.refuse_sheet_options(partner, type_, annotated, amendments)
    found = rehearse(list(read(files)), registry(question.settings))
    verdicts.print_answer(found, question.lang, as_json=json)
    if not json:
        remarks().print(say("checked", question.lang))
    if not verdicts.is_fine(found):
        raise typer.Exit(NO)


def _tell(question: Asked, looked: sheet.Looked) -> None:
    if question.json:
        print_json(looked.to_json(question))
    else:
        sheet.show(question, looked)
        remarks().print(say("checked", question.lang))
    if not looked.is_fine:
        raise typer.Exit(NO)


def rehearse(lines: "Sequence[Line]", known: "Registry") -> list[verdicts.LineVerdict]:
    """Return the verdict of every line, as the ledger would decide them in this order."""
    from models.rehearsal import Rehearsal

    rehearsal = Rehearsal(known, received_at=time.time_ns() // 1_000_000)
    for number, line in enumerate(lines, start=1):
        rehearsal.take(number, line.value)
    return [
        verdicts.LineVerdict(
            file=line.file,
            line=line.number,
            event_id=verdict.event_id,
            disposition=verdict.disposition,
            violations=verdict.violations,
            flags=verdict.flags,
            first=lines[verdict.first - 1].number if verdict.first else None,
        )
        for line, verdict in zip(lines, (rehearsal.verdicts[number] for number in range(1, len(lines) + 1)), strict=True)
    ]


def registry(settings: "Settings") -> "Registry":
    """Return the code lists of the running stack, else the shipped ones."""
    from models.registry import Registry

    try:
        running.database_url(settings)
    except Unreachable:
        return Registry.shipped()
    from consumers.registered import registry_of
    from deploy.cli.ledger import reading

    with reading(settings, shows_figures=False) as connection:
        return registry_of(connection)
