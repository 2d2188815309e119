"""What booked events count for as of a booking: which chain a correction belongs to, and the version of an event that stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.events import AT_ONCE
from consumers.ledger.headers import headers_from_text
from models import schema
from models.corrections import AMENDMENT, CHAIN_KINDS, REVERSAL
from models.decoding import Undecodable, decode, decode_replacement
from models.events.catalogue import Event
from models.events.corrections import EventAmended

_links = schema.links.c
_decisions = schema.decisions.c
_CORRECTIONS: Final = (REVERSAL, AMENDMENT)


def last_decision(connection: sa.Connection, as_of: AsOf) -> int:
    """Return the number of the last decision booked by then, 0 if there was none."""
    bookings = schema.bookings.c
    return connection.execute(sa.select(bookings.last_decision).where(bookings.booking == as_of.booking)).scalar() or 0


def roots(connection: sa.Connection, as_of: AsOf) -> Mapping[int, int]:
    """Return the first event of the chain of every event that corrects or confirms another; any other event is its own."""
    query = sa.select(_links.number, _links.root).where(_links.kind.in_(sorted(CHAIN_KINDS)), _links.number <= last_decision(connection, as_of))
    return {number: root for number, root in connection.execute(query)}  # noqa: C416 - rows are not pairs to mypy


def amended(connection: sa.Connection, as_of: AsOf) -> set[int]:
    """Return the events that were ever amended."""
    query = sa.select(_links.root).where(_links.kind == AMENDMENT, _links.number <= last_decision(connection, as_of)).distinct()
    return set(connection.execute(query).scalars())


def noted(connection: sa.Connection, kind: str, as_of: AsOf) -> list[int]:
    """Return the events that are listed by a kind of their own (a count of stock, a statement), in booking order."""
    query = sa.select(_links.number).where(_links.kind == kind, _links.number <= last_decision(connection, as_of)).order_by(_links.number)
    return list(connection.execute(query).scalars())


def standing_versions(connection: sa.Connection, numbers: Collection[int], as_of: AsOf) -> Mapping[int, Event]:
    """Return each of these events as it stands: its newest active amendment, or itself; one that is reversed is left out."""
    last = last_decision(connection, as_of)
    corrections: dict[int, list[tuple[int, int, str]]] = {}
    for part in in_parts(sorted(numbers)):
        query = sa.select(_links.root, _links.number, _links.target, _links.kind).where(
            _links.root.in_(part), _links.kind.in_(_CORRECTIONS), _links.number <= last
        )
        for root, number, target, kind in connection.execute(query.order_by(_links.number)):
            corrections.setdefault(root, []).append((number, target, kind))
    versions = {number: _version(number, corrections.get(number, ())) for number in numbers}
    events = _events(connection, {number for version in versions.values() if version is not None for number in version})
    return {number: _as_amended(events, version) for number, version in versions.items() if version is not None}


def in_parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the numbers in as many parts as queries need."""
    return (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))


def _version(root: int, corrections: Sequence[tuple[int, int, str]]) -> tuple[int, ...] | None:
    """Return the event and the amendment that stands for it, if one does; None if it is reversed."""
    undone: set[int] = set()
    # A reversal names something older, so from the newest to the oldest each is known to stand when it is met.
    for number, target, kind in reversed(corrections):
        if kind == REVERSAL and number not in undone:
            undone.add(target)
    if root in undone:
        return None
    standing = [number for number, _, kind in corrections if kind == AMENDMENT and number not in undone]
    return (root, standing[-1]) if standing else (root,)


def _events(connection: sa.Connection, numbers: Collection[int]) -> Mapping[int, Event]:
    found: dict[int, Event] = {}
    for part in in_parts(sorted(numbers)):
        query = sa.select(_decisions.number, _decisions.raw, _decisions.headers).where(_decisions.number.in_(part))
        for number, raw, headers in connection.execute(query):
            event = decode(bytes(raw), headers_from_text(headers))
            assert not isinstance(event, Undecodable), f"decision {number} was accepted, so its bytes are an event"
            found[number] = event
    return found


def _as_amended(events: Mapping[int, Event], version: Sequence[int]) -> Event:
    original = events[version[0]]
    if len(version) == 1:
        return original
    amendment = events[version[1]]
    assert isinstance(amendment, EventAmended), "only event.amended replaces what a count, a consignment or a delivery says"
    replaced = decode_replacement(original, amendment.data.replacement)
    assert not isinstance(replaced, tuple), "an accepted amendment can be read"
    return replaced
