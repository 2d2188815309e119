"""Which views can be a file, and each of them as rows: exactly what its address answers, over all pages of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from consumers.answers.asof import AsOf, resolve
from consumers.answers.intake import intake_total
from consumers.answers.public import CHOICES, LEVELS, public_tally
from consumers.answers.tally import tally
from consumers.exports.entries import entries
from consumers.exports.iati_file import Figure
from consumers.exports.making import Exported
from consumers.exports.manifest import About, ledger_at, newest_received_at
from consumers.exports.sheet import Column, Kind, Row, Sheet, Value, sheet_of
from consumers.web import api, assurance
from consumers.web.answer import Addresses, Answer
from consumers.web.question import COMMON, MOST_ON_A_PAGE, cells_of, parse_moment
from consumers.web.shell import Asked
from models.errors import ConfigurationError

ENTRIES: Final = "entries"
_OF_PAGES: Final = frozenset({"after", "limit", "newest_first", "add_up", "total"})
"""Parameters of a page and not of the view."""
_IATI_BY: Final = ("programme", "destination", "month", "item")
_WHOLE: Final = frozenset({"decision", "booking", "partition", "offset", "first", "events", "size_bytes"})
_OF_NOW: Final = frozenset({"last_occurred_at", "last_received_at"})
"""Members that say how it is now, whatever booking was asked for: a file as of a booking is the same for ever, so it has none."""
_ADDRESSES: Final = frozenset({"entries", "address", "event"})
"""Members that are addresses of ours: of no use in a file."""


def _addresses() -> Addresses:
    # Seals are files already, each with its own signature.
    return {path: answered for path, answered in {**api.simple(), **assurance.addresses()}.items() if path != "/seals"}


def views() -> Mapping[str, tuple[str, ...]]:
    """Return every view that can be a file, with the parameters that say what is in it."""
    return {path.strip("/"): tuple(name for name in allowed if name not in _OF_PAGES) for path, (allowed, _) in _addresses().items()}


def opened(asked: Asked, view: str) -> Exported:
    """Return a view as rows. Raises ConfigurationError for wrong parameters."""
    as_of = _as_of(asked)
    pinned = asked if "as_of" not in views()[view] else asked._replace(parameters={**asked.parameters, "as_of": str(as_of.booking)})
    connection = asked.moment.connection
    about = About(
        view=view,
        question=dict(pinned.parameters),
        as_of=as_of,
        intake=intake_total(connection, as_of),
        ledger=ledger_at(connection, as_of),
        newest_received_at=newest_received_at(connection, as_of),
    )
    figures = _FIGURES[view](pinned) if view in _FIGURES else None
    return Exported(about=about, sheet=_sheet(pinned, view, as_of), registry=asked.moment.registry, figures=figures, is_public=view == "public")


def _sheet(asked: Asked, view: str, as_of: AsOf) -> Sheet:
    if view == ENTRIES:
        return entries(asked.moment.connection, cells_of(asked.parameters, asked.moment.registry), as_of)
    allowed, make = _addresses()[f"/{view}"]
    if "after" in allowed and not (view == "flags" and "flag" not in asked.parameters):
        return _paged(_pages(asked, make))
    return sheet_of(map(_told, make(asked).rows))


def _pages(asked: Asked, make: Callable[[Asked], Answer]) -> Iterator[Mapping[str, Any]]:
    following: int | None = 0
    while following is not None:
        more = {"limit": str(MOST_ON_A_PAGE), **({"after": str(following)} if following else {})}
        answer = make(asked._replace(parameters={**asked.parameters, **more}))
        yield from map(_told, answer.rows)
        following = answer.value.get("next")


def _paged(rows: Iterator[Mapping[str, Any]]) -> Sheet:
    """Return rows of which all have the same members as a sheet, one in memory at a time: what is nested stands as JSON."""
    first = next(rows, None)
    if first is None:
        return Sheet((), ())
    names = list(first)

    def told() -> Iterator[Row]:
        yield [_plain(first[name]) for name in names]
        for row in rows:
            yield [_plain(row.get(name)) for name in names]

    return Sheet(tuple(Column(name, _kind(name)) for name in names), told())


def _kind(name: str) -> Kind:
    return "whole" if name in _WHOLE else "text"


def _plain(value: Any) -> Value:
    if value is None or isinstance(value, str | int | bool):
        return value
    return msgspec.json.encode(value).decode()


def _told(row: Mapping[str, Any]) -> Mapping[str, Any]:
    kept = ((name, value) for name, value in row.items() if name not in _OF_NOW)
    return {name: value for name, value in kept if name not in _ADDRESSES or not str(value).startswith("/v1/")}


def _as_of(asked: Asked) -> AsOf:
    named = asked.parameters.get("as_of") or asked.parameters.get("b", "")
    return resolve(asked.moment.connection, parse_moment(named)) if named else asked.moment.head


def _figures_of_tallies(asked: Asked) -> Iterator[Figure]:
    cells = cells_of({name: value for name, value in asked.parameters.items() if name in COMMON}, asked.moment.registry)
    for row in tally(asked.moment.connection, cells, by=_IATI_BY).rows:
        yield Figure(**row.group, measure=row.measure, unit=row.unit, quantity=row.quantity)


def _figures_for_anybody(asked: Asked) -> Iterator[Figure]:
    chosen = cells_of({name: value for name, value in asked.parameters.items() if name in CHOICES}, asked.moment.registry).values
    for row in public_tally(asked.moment.connection, by=LEVELS, chosen=dict(chosen)).rows:
        yield Figure(**row.group, item=row.item, measure=row.measure, unit=row.unit, quantity=row.quantity)


_FIGURES: Final[Mapping[str, Callable[[Asked], Iterator[Figure]]]] = {"tallies": _figures_of_tallies, "public": _figures_for_anybody}

TOLD_TO_IATI: Final = tuple(_FIGURES)


def view_of(name: str) -> tuple[str, Sequence[str]]:
    """Return a view and its parameters by its name. Raises ConfigurationError."""
    known = views()
    if name not in known:
        raise ConfigurationError(f"there is no view {name!r} to export", hint=f"known are {', '.join(known)}")
    return name, known[name]
