"""The second person's commands of `salur rejected`: what waits, approve, decline, finish; and the log of it all."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import desk_hands as hands
from deploy.cli.console import answers, print_json, print_table, remarks
from deploy.cli.desk_hands import As, Timeout, Wait, Waiting
from deploy.cli.ledger import reading, writing
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from consumers.desk.requests import Line
    from deploy.settings import Language
    from models.desk import Request

Number = Annotated[int, typer.Argument(metavar="REQUEST", help="The number of the request.")]
Maybe = Annotated[int | None, typer.Argument(metavar="REQUEST", help="The number of the request; without it all are listed.", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="Also those that are finished.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]
Because = Annotated[str, typer.Option("--why", metavar="TEXT", help="A remark for the log.", show_default=False)]

DECISIONS_SHOWN = 5


def list_requests(number: Maybe = None, every: All = False, limit: Limit = 50, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """List what operators asked for and nobody finished; or show one request, with what would change."""
    from consumers.desk import requests

    question = asked(data=data, lang=lang, json=json)
    if number is not None:
        _show(question, number)
        return
    with reading(question.settings) as connection:
        found = requests.latest(connection, limit=limit) if every else requests.unfinished(connection)[:limit]
    if json:
        print_json([_as_json(one) for one in found])
    elif found:
        names = ("request", "asked_at", "kind", "decisions", "person", "state", "reason")
        print_table([(say(name, question.lang), name == "request") for name in names], [_cells(one, question.lang) for one in found])
    else:
        remarks().print(say("desk_no_requests", question.lang))


def approve(
    number: Number, why: Because = "", as_: As = None, wait: Wait = False, timeout: Timeout = 300.0, data: Data = None, lang: Lang = None, json: Json = False
) -> None:
    """Approve what another person asked for, and carry it out."""
    question = asked(data=data, lang=lang, json=json)
    who = hands.person(question, as_)
    with writing(question.settings) as connection:
        request = _judged(connection, number, action="approved", who=who, why=why)
    hands.finish(question, request, who, Waiting(is_asked=wait, seconds=timeout))


def decline(number: Number, why: hands.Why = ..., as_: As = None, data: Data = None, lang: Lang = None, json: Json = False) -> None:  # type: ignore[assignment]
    """Decline what another person asked for; it may be asked for again."""
    question = asked(data=data, lang=lang, json=json)
    with writing(question.settings) as connection:
        request = _judged(connection, number, action="declined", who=hands.person(question, as_), why=why)
    if json:
        print_json(_as_json(request))
    else:
        remarks().print(say("desk_declined", question.lang, request=number))


def finish(
    number: Maybe = None, as_: As = None, wait: Wait = False, timeout: Timeout = 300.0, data: Data = None, lang: Lang = None, json: Json = False
) -> None:
    """Carry out what was interrupted: every approved request with something left, or one. As often as you like."""
    from consumers.desk import requests
    from models.desk import State

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings, shows_figures=False) as connection:
        found = [one for one in requests.unfinished(connection) if one.state is State.OPEN and number in (None, one.number)]
        waits = number is not None and not found and _read(connection, number).state is State.WAITS
    if waits:
        raise ConfigurationError(f"request {number} waits for another person", hint=f"`salur rejected approve {number}`")
    for one in found:
        hands.finish(question, one, hands.person(question, as_), Waiting(is_asked=wait, seconds=timeout))
    if not found:
        if json:
            print_json({"request": number, "sent": []})
        else:
            remarks().print(say("desk_no_requests", question.lang))


def log(limit: Limit = 200, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Show who did what, when and why; nothing is ever taken out of this log."""
    from consumers.desk import requests

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        lines = requests.log(connection, limit=limit)
    if json:
        print_json([_line_as_json(line) for line in lines])
        return
    names = ("at", "request", "kind", "step", "decision", "person", "account", "detail")
    print_table([(say(name, question.lang), name in ("request", "decision")) for name in names], [_line_cells(line, question.lang) for line in lines])


def _judged(connection: "sa.Connection", number: int, *, action: "Any", who: "Any", why: str) -> "Request":
    """Add one step to a request that waits. Raises ConfigurationError if this person may not."""
    from consumers.desk import requests
    from models.desk import refuse_approval, refuse_words

    request = _read(connection, number)
    refuse_words("the name", who.name)
    if why:
        refuse_words("the reason", why)
    refuse_approval(request, who)
    requests.note(connection, number, [(0, why)], action=action, person=who, now=hands.now())
    return _read(connection, number)


def _read(connection: "sa.Connection", number: int) -> "Request":
    from consumers.desk import requests

    found = requests.read(connection, number)
    if found is None:
        raise ConfigurationError(f"there is no request {number}", hint="`salur rejected requests --all` lists them")
    return found


def _show(question: Asked, number: int) -> None:
    from consumers.desk.waiting import bytes_of
    from deploy.desk import refused

    with reading(question.settings) as connection:
        request = _read(connection, number)
        change = _change(bytes_of(connection, refused(connection, request.decisions[0])), request.edited) if request.edited else []
    if question.json:
        print_json({**_as_json(request), "change": change})
        return
    out = answers()
    out.print(f"{request.number}  {say(f'desk_{request.kind}', question.lang)}  {say(f'state_{request.state}', question.lang)}")
    out.print(f"  {say('asked_at', question.lang)} {_iso(request.at)} · {request.person.name} ({request.person.account})")
    out.print(f"  {request.why}")
    out.print(f"  {say('decisions', question.lang)}: {', '.join(map(str, request.decisions))}")
    for line in change:
        out.print(f"  {line}")
    for step in request.steps:
        words = say(f"step_{step.action}", question.lang)
        out.print(f"  {_iso(step.at)} {words} {step.decision or ''} {step.person.name} ({step.person.account}) {step.detail}".rstrip())


def _change(before: bytes, after: bytes) -> list[str]:
    """Return the lines that differ, of both events written over many lines."""
    import difflib
    import json

    def lines(value: bytes) -> list[str]:
        try:
            return json.dumps(json.loads(value), ensure_ascii=False, indent=1, sort_keys=True).splitlines()
        except (ValueError, RecursionError):
            return value.decode(errors="backslashreplace").splitlines()

    return [line for line in difflib.unified_diff(lines(before), lines(after), lineterm="", n=0) if not line.startswith(("---", "+++", "@@"))]


def _as_json(request: "Request") -> dict[str, Any]:
    return {
        "request": request.number,
        "kind": request.kind,
        "state": str(request.state),
        "asked_at": _iso(request.at),
        "person": request.person.name,
        "account": request.person.account,
        "why": request.why,
        "decisions": list(request.decisions),
        "left": list(request.left),
        "edited_sha256": _sha256(request.edited),
        "steps": [
            {"at": _iso(step.at), "step": step.action, "decision": step.decision or None, "person": step.person.name, "account": step.person.account}
            | {"detail": step.detail}
            for step in request.steps
        ],
    }


def _sha256(value: bytes | None) -> str | None:
    import hashlib

    return None if value is None else hashlib.sha256(value).hexdigest()


def _cells(request: "Request", lang: "Language") -> "Sequence[str]":
    shown = ", ".join(map(str, request.decisions[:DECISIONS_SHOWN])) + (" …" if len(request.decisions) > DECISIONS_SHOWN else "")
    kind, state = say(f"desk_{request.kind}", lang), say(f"state_{request.state}", lang)
    return [str(request.number), _iso(request.at), kind, shown, request.person.name, state, request.why]


def _line_as_json(line: "Line") -> dict[str, Any]:
    what = {"at": _iso(line.at), "request": line.request, "kind": line.kind, "step": line.action, "decision": line.decision or None}
    return {**what, "person": line.person.name, "account": line.person.account, "detail": line.detail}


def _line_cells(line: "Line", lang: "Language") -> "Sequence[str]":
    words = (say(f"desk_{line.kind}", lang), say(f"step_{line.action}", lang))
    return [_iso(line.at), str(line.request), *words, str(line.decision or ""), line.person.name, line.person.account, line.detail]


def _iso(at: int) -> str:
    from consumers.answers.asof import iso

    return iso(at) or ""
