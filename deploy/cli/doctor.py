"""`salur doctor`: what the stack needs, whether it is there, and one thing to do for each piece that is not."""

import typer

from deploy.cli.console import NO, UNREACHABLE, print_json, print_table
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.remark_words import remark
from deploy.cli.words import say


def command(data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Look at everything: Python, Java, disk, broker, topics, database, workers, lag; and every setting with its origin."""
    from deploy.doctor import examine

    question = asked(data=data, lang=lang, json=json)
    findings = list(examine(question.settings))
    if json:
        checks = [{"check": one.name, "state": one.state, "found": one.found, "fix": one.fix or None} for one in findings]
        print_json({"fine": all(one.state in ("fine", "not needed") for one in findings), "checks": checks, "settings": _settings(question)})
    else:
        rows = [[remark(text, question.lang) for text in (one.name, one.state, one.found, one.fix)] for one in findings]
        print_table([(say(name, question.lang), False) for name in ("check", "status", "found", "fix")], rows)
        typer.echo()
        settings = [[str(one["setting"]), str(one["value"]), remark(str(one["origin"]), question.lang)] for one in _settings(question)]
        print_table([(say(name, question.lang), False) for name in ("setting", "value", "origin")], settings)
    states = {one.state for one in findings}
    if states & {"wrong", "unreachable"}:
        raise typer.Exit(UNREACHABLE if "unreachable" in states else NO)


def _settings(question: Asked) -> list[dict[str, str | None]]:
    """Return every setting with where it came from; a password in an address is not shown."""
    from sqlalchemy import make_url

    shown: list[dict[str, str | None]] = []
    for name, origin in question.settings.origins.items():
        value = getattr(question.settings, name)
        text = make_url(value).render_as_string(hide_password=True) if name == "database_url" else value
        shown.append({"setting": name, "value": None if text is None else str(text), "origin": origin})
    return shown
