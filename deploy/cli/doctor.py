"""`salur doctor`: what the stack needs, whether it is there, and one thing to do for each piece that is not."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from deploy.cli.console import NO, UNREACHABLE, USAGE, print_json, print_table
from deploy.cli.options import Asked, Data, Json, Lang, asked, spoken
from deploy.cli.remark_words import remark
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deploy.doctor.finding import Finding
    from deploy.settings import Language


def command(data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Look at everything: machine, settings, Kafka, database, clocks, workers, lag, what waits, reconciliation, proof, tokens; and every setting."""
    from deploy.doctor.examination import SERIOUS, examine
    from deploy.doctor.finding import Eyes

    try:
        question = asked(data=data, lang=lang, json=json)
    except ConfigurationError as error:
        _tell_of_settings(error, data, lang or spoken([], os.environ), as_json=json)
        raise typer.Exit(USAGE) from None
    findings = list(examine(Eyes(settings=question.settings, environment=os.environ)))
    states = {one.state for one in findings}
    if json:
        print_json({"fine": not states & SERIOUS, "checks": _as_json(findings), "settings": _settings(question)})
    else:
        _show(findings, question.lang)
        typer.echo()
        settings = [[str(one["setting"]), str(one["value"]), remark(str(one["origin"]), question.lang)] for one in _settings(question)]
        print_table([(say(name, question.lang), False) for name in ("setting", "value", "origin")], settings)
    if states & SERIOUS:
        raise typer.Exit(UNREACHABLE if "unreachable" in states else NO)


def _tell_of_settings(error: ConfigurationError, data: Path | None, lang: "Language", *, as_json: bool) -> None:
    """Say what is wrong with the settings, and nothing else: what they should be is not known."""
    from deploy.doctor.finding import Finding

    findings = [Finding(name="Settings", state="wrong", found=Exception.__str__(error), fix=error.hint)]
    if as_json:
        print_json({"fine": False, "checks": _as_json(findings), "settings": [{"setting": "data_dir", "value": str(data) if data else None, "origin": None}]})
    else:
        _show(findings, lang)


def _show(findings: "Sequence[Finding]", lang: "Language") -> None:
    rows = [[remark(text, lang) for text in (one.name, one.state, one.found, one.fix)] for one in findings]
    print_table([(say(name, lang), False) for name in ("check", "status", "found", "fix")], rows)


def _as_json(findings: "Sequence[Finding]") -> list[dict[str, str | None]]:
    return [{"check": one.name, "state": one.state, "found": one.found, "fix": one.fix or None} for one in findings]


def _settings(question: Asked) -> list[dict[str, str | None]]:
    """Return every setting with where it came from; a password in an address is not shown."""
    shown: list[dict[str, str | None]] = []
    for name, origin in question.settings.origins.items():
        value = getattr(question.settings, name)
        text = _without_password(value) if name == "database_url" else value
        shown.append({"setting": name, "value": None if text is None else str(text), "origin": origin})
    return shown


def _without_password(url: str) -> str:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "?"
