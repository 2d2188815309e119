"""What every acting command of the desk does: write down who asks for what, and carry it out unless another person must approve."""

import dataclasses
import os
import pwd
import socket
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy import running
from deploy.cli.console import NO, UNREACHABLE, print_json, remarks
from deploy.cli.ledger import reading, writing
from deploy.cli.options import Asked
from deploy.cli.words import say

if TYPE_CHECKING:
    from contextlib import ExitStack

    from consumers.desk.waiting import Claimed
    from consumers.verdicts import Place, Verdict
    from deploy.desk import CarriedOut, Hands, Sender
    from models.desk import Kind, Person, Request

Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, in one line; it stays in the log.")]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who does this (or SALUR_OPERATOR); by default the account.", show_default=False)]
Wait = Annotated[bool, typer.Option("--wait", help="Return when what was sent is booked, with the verdicts.")]
Timeout = Annotated[float, typer.Option("--timeout", metavar="SECONDS", help="How long --wait waits.")]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Whether and how long to wait for verdicts."""

    is_asked: bool
    seconds: float


def person(question: Asked, name: str | None) -> "Person":
    """Return who does this: the name given, else that of the settings, else that of the account."""
    from models.desk import Person

    account = os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name
    return Person(name=name or question.settings.operator or account, account=f"{account}@{socket.gethostname()}")


def claimed(question: Asked) -> "Claimed":
    """Return what tells which decision has an id."""
    from consumers.database import open_for_reading
    from consumers.receipts import Receipts

    return Receipts(open_for_reading(running.database_url(question.settings))).claimed


def ask(question: Asked, *, kind: "Kind", decisions: Sequence[int], who: "Person", why: str, waiting: Waiting, edited: bytes | None = None) -> None:
    """Ask for something, and do it at once where nobody else has to approve. Ends the command where the answer is no."""
    from consumers.desk import requests

    needs_second = question.settings.second_person
    with writing(question.settings) as connection:
        request = requests.ask(connection, kind=kind, decisions=decisions, person=who, why=why, needs_second=needs_second, now=now(), edited=edited)
    if needs_second:
        _tell_that_it_waits(question, request)
        return
    finish(question, request, who, waiting)


def finish(question: Asked, request: "Request", who: "Person", waiting: Waiting) -> None:
    """Carry out what is left of a request, and say what came of it."""
    from contextlib import ExitStack

    from deploy.cli.progress import counting
    from deploy.desk import carry_out

    with ExitStack() as stack, counting(say(f"desk_{request.kind}", question.lang), quiet=question.json, total=len(request.left)) as count:
        hands = _hands(question, stack)
        before = _size(question)
        done = carry_out(request, who, hands, on_done=count)
    verdicts = _verdicts(question, before, done, waiting) if waiting.is_asked and done.sent else {}
    _report(question, request, done, verdicts)
    if done.unacknowledged:
        raise typer.Exit(UNREACHABLE)
    if any(verdict.disposition in ("rejected", "conflict") for verdict in verdicts.values()):
        raise typer.Exit(NO)


def now() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _hands(question: Asked, stack: "ExitStack") -> "Hands":
    from consumers.database import open_database, open_for_reading
    from deploy import arrival, crashpoints
    from deploy.desk import Hands
    from streams.publishing import Publisher

    url = running.database_url(question.settings)
    writes, reads = open_database(url), open_for_reading(url)
    stack.callback(writes.dispose)
    stack.callback(reads.dispose)

    def until_booked(places: "Sequence[Place]") -> None:
        arrival.until_booked(reads, arrival.ends_of(places), deadline=time.monotonic() + 60)

    def sender() -> "Sender":
        return stack.enter_context(Publisher(running.bootstrap_servers(question.settings)))

    return Hands(
        writing=writes, claimed=claimed(question), sender=sender, clock=now, points=crashpoints.from_environment(os.environ), until_booked=until_booked
    )


def _size(question: Asked) -> int:
    from consumers.verdicts import size

    with reading(question.settings, shows_figures=False) as connection:
        return size(connection)


def _verdicts(question: Asked, before: int, done: "CarriedOut", waiting: Waiting) -> "dict[int, Verdict]":
    from consumers.database import open_for_reading
    from deploy import arrival

    engine = open_for_reading(running.database_url(question.settings))
    arrival.until_booked(engine, arrival.ends_of(done.sent.values()), deadline=time.monotonic() + waiting.seconds)
    found = arrival.verdicts(engine, before, set(done.sent.values()))
    engine.dispose()
    return {number: found[place] for number, place in done.sent.items()}


def _tell_that_it_waits(question: Asked, request: "Request") -> None:
    if question.json:
        print_json({"request": request.number, "state": str(request.state), "decisions": list(request.decisions)})
    else:
        remarks().print(say("desk_waits", question.lang, request=request.number, count=len(request.decisions)))


def _report(question: Asked, request: "Request", done: "CarriedOut", verdicts: "dict[int, Verdict]") -> None:
    if question.json:
        print_json(_as_json(request, done, verdicts))
        return
    out = remarks()
    counts = {"sent": len(done.sent), request.kind: len(done.settled), "known": len(done.known), "unacknowledged": len(done.unacknowledged)}
    for what, count in counts.items():
        if count:
            out.print(say(f"desk_did_{what}", question.lang, count=count, request=request.number))
    for number, verdict in verdicts.items():
        out.print(say("desk_verdict", question.lang, decision=number, then=verdict.number, verdict=say(verdict.disposition, question.lang)))


def _as_json(request: "Request", done: "CarriedOut", verdicts: "dict[int, Verdict]") -> dict[str, Any]:
    settled: dict[str, list[int]] = {request.kind: done.settled} if request.kind in ("close", "give_up") else {}
    named = {"known": done.known, "unacknowledged": done.unacknowledged}
    return {"request": request.number, "kind": request.kind, "sent": [_sent_as_json(*one, verdicts) for one in done.sent.items()], **settled, **named}


def _sent_as_json(number: int, place: "Place", verdicts: "dict[int, Verdict]") -> dict[str, Any]:
    topic, partition, offset = place
    verdict = verdicts.get(number)
    booked = {} if verdict is None else {"disposition": verdict.disposition, "booked_as": verdict.number}
    return {"decision": number, "topic": topic, "partition": partition, "offset": offset, **booked}
