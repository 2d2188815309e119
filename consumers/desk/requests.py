"""Where requests of operators and their steps are kept. Rows are only ever added; what they mean is ``models.desk``."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import schema
from models.desk import SETTLES, Action, Kind, Person, Request, State, Step, refuse_taken, refuse_words

_requests = schema.desk_requests
_items = schema.desk_items
_steps = schema.desk_steps


class Line(NamedTuple):
    """One line of the log: a request being made, or a step of one. ``action`` of the first is ``asked``."""

    at: int
    request: int
    kind: Kind
    action: str
    person: Person
    decision: int
    detail: str


def ask(
    connection: sa.Connection, *, kind: Kind, decisions: Collection[int], person: Person, why: str, needs_second: bool, now: int, edited: bytes | None = None
) -> Request:
    """Write down a request. Raises ConfigurationError for one that has nothing to say, or that another one is about."""
    refuse_words("the reason", why)
    refuse_words("the name", person.name)
    assert decisions, "a request is about something"
    if connection.dialect.name == "postgresql":
        # Two people may ask for the same at once; on SQLite the transaction is exclusive already.
        connection.execute(sa.text("LOCK TABLE desk_items IN EXCLUSIVE MODE"))
    refuse_taken(decisions, unfinished(connection))
    row = {"at": now, "kind": kind, "person": person.name, "account": person.account, "why": why, "needs_second": needs_second, "edited": edited}
    number = connection.execute(sa.insert(_requests).returning(_requests.c.number), row).scalar_one()
    connection.execute(sa.insert(_items), [{"request": number, "decision": decision} for decision in sorted(set(decisions))])
    found = read(connection, number)
    assert found is not None
    return found


def note(connection: sa.Connection, request: int, steps: Iterable[tuple[int, str]], *, action: Action, person: Person, now: int) -> None:
    """Add steps, each a decision (0 for the whole request) with its detail."""
    rows = [
        {"request": request, "decision": decision, "at": now, "action": action, "person": person.name, "account": person.account, "detail": detail}
        for decision, detail in steps
    ]
    if rows:
        connection.execute(sa.insert(_steps), rows)


def read(connection: sa.Connection, number: int) -> Request | None:
    """Return one request with its steps, None if there is none."""
    return next(iter(_read(connection, [_requests.c.number == number])), None)


def latest(connection: sa.Connection, *, limit: int) -> list[Request]:
    """Return the newest requests, newest first."""
    numbers = connection.scalars(sa.select(_requests.c.number).order_by(_requests.c.number.desc()).limit(limit)).all()
    return list(reversed(_read(connection, [_requests.c.number.in_(numbers)])))


def unfinished(connection: sa.Connection) -> list[Request]:
    """Return the requests that somebody still has to approve or carry out, oldest first."""
    ended = sa.exists().where(_steps.c.request == _requests.c.number, _steps.c.action.in_(("done", "declined")))
    return [request for request in _read(connection, [~ended]) if request.state in (State.WAITS, State.OPEN)]


def settled(connection: sa.Connection) -> frozenset[int]:
    """Return the refused decisions that operators have dealt with."""
    return frozenset(connection.scalars(sa.select(_steps.c.decision).where(_steps.c.action.in_(sorted(SETTLES)))))


def log(connection: sa.Connection, *, limit: int) -> list[Line]:
    """Return the newest lines of the log, in the order in which they were written."""
    asked = connection.execute(sa.select(_requests).order_by(_requests.c.number.desc()).limit(limit)).all()
    steps = connection.execute(
        sa.select(_steps, _requests.c.kind).join_from(_steps, _requests, _requests.c.number == _steps.c.request).order_by(_steps.c.number.desc()).limit(limit)
    ).all()
    lines = [Line(row.at, row.number, row.kind, "asked", Person(row.person, row.account), 0, row.why) for row in asked]
    lines += [Line(row.at, row.request, row.kind, row.action, Person(row.person, row.account), row.decision, row.detail) for row in reversed(steps)]
    # A request comes before its own steps, also within one millisecond.
    return sorted(lines, key=lambda line: (line.at, line.request, line.action != "asked"))[-limit:]


def _read(connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool]]) -> list[Request]:
    rows = connection.execute(sa.select(_requests).where(*conditions).order_by(_requests.c.number)).all()
    numbers = [row.number for row in rows]
    decisions: defaultdict[int, list[int]] = defaultdict(list)
    for request, decision in connection.execute(sa.select(_items.c.request, _items.c.decision).where(_items.c.request.in_(numbers))):
        decisions[request].append(decision)
    steps: defaultdict[int, list[Step]] = defaultdict(list)
    for step in connection.execute(sa.select(_steps).where(_steps.c.request.in_(numbers)).order_by(_steps.c.number)):
        steps[step.request].append(_step(step))
    return [
        Request(
            number=row.number,
            at=row.at,
            kind=row.kind,
            person=Person(row.person, row.account),
            why=row.why,
            needs_second=row.needs_second,
            decisions=tuple(sorted(decisions[row.number])),
            edited=None if row.edited is None else bytes(row.edited),
            steps=tuple(steps[row.number]),
        )
        for row in rows
    ]


def _step(row: Any) -> Step:
    return Step(number=row.number, at=row.at, action=row.action, person=Person(row.person, row.account), decision=row.decision, detail=row.detail)
