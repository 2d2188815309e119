"""What a page or an answer of the API is asked: the parameters of its address, read; and addresses, written from parameters.

The address is the whole question, so it can be kept, sent and cited. Parameters are those of the commands: dimensions,
``from`` and ``to`` (happened), ``as_of`` (known), ``by``, ``simulated``; ``below=no`` means a programme itself, without those
below it, which is what a row of a table is about.
"""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urlencode

from consumers.answers.dimensions import COLUMNS, unknown
from consumers.answers.filters import CellFilter, first_day, last_day, parse_filter
from consumers.registered import known_codes
from models.errors import ConfigurationError
from models.registry import Registry

NO: Final = "no"
SIMULATED: Final = ("no", "yes", "only")
COMMON: Final = (*COLUMNS, "from", "to", "as_of", "simulated", "below")
"""The parameters that say which cells are meant, in the order in which addresses have them."""
MOST_ON_A_PAGE: Final = 500
_LONGEST: Final = 500

Parameters = Mapping[str, str]


def read_parameters(pairs: Sequence[tuple[str, str]], *, allowed: Sequence[str]) -> Parameters:
    """Return the parameters by name, empty ones left out. Raises ConfigurationError for one that is not known, or too long."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed:
            raise unknown("parameter", name[:50], allowed)
        if len(value) > _LONGEST:
            raise ConfigurationError(f"the parameter {name} is longer than {_LONGEST} characters", hint="ask for less at once")
        if text := value.strip():
            found[name] = f"{found[name]},{text}" if name in found else text
    return MappingProxyType({name: found[name] for name in allowed if name in found})


def cells_of(parameters: Parameters, registry: Registry) -> CellFilter:
    """Return which cells are meant. Raises ConfigurationError, which names the closest valid code."""
    simulated = _one_of("simulated", parameters.get("simulated", NO), SIMULATED)
    wanted = parse_filter(
        {name: parameters[name] for name in COLUMNS if name in parameters},
        known_codes(registry),
        simulated=simulated != NO,
        happened_from=parameters.get("from", ""),
        happened_to=parameters.get("to", ""),
        as_of=parameters.get("as_of", ""),
    )
    values = dict(wanted.values)
    if _one_of("below", parameters.get("below", "yes"), ("yes", NO)) == NO and "programme" in values:
        named = {code.strip().lower() for code in parameters["programme"].split(",")}
        values["programme"] = frozenset(code for code in values["programme"] if code.lower() in named)
    kinds = frozenset({True}) if simulated == "only" else wanted.simulated
    return dataclasses.replace(wanted, values=MappingProxyType(values), simulated=kinds)


def row_parameters(parameters: Parameters, row: Mapping[str, Any]) -> Parameters:
    """Return the parameters that ask for the cells of one row of an answer, given by the row's dimensions, measure and unit."""
    found = {name: value for name, value in parameters.items() if name in COMMON}
    for name, value in row.items():
        if name == "simulated":
            found["simulated"] = "only" if value else NO
        elif name in {"day", "month"}:
            if value:
                found["from"] = max(first_day(found["from"]) if "from" in found else "", first_day(str(value)))
                found["to"] = min(last_day(found["to"]) if "to" in found else "9999", last_day(str(value)))
        elif name in COLUMNS and value != "":
            found[name] = str(value)
            if name == "programme":
                found["below"] = NO
    return ordered(found)


def ordered(parameters: Parameters) -> Parameters:
    """Return the parameters in the order that addresses have, without those that say what goes without saying."""
    first = {name: parameters[name] for name in COMMON if name in parameters and not (name == "simulated" and parameters[name] == NO)}
    return {**first, **{name: value for name, value in parameters.items() if name not in COMMON}}


def address(path: str, parameters: Parameters | None = None, **more: str | int | None) -> str:
    """Return a path with parameters; ``more`` replaces some, and None takes one away."""
    together: dict[str, Any] = {**(parameters or {}), **more}
    query = urlencode([(name, value) for name, value in together.items() if value not in {None, ""}], quote_via=quote, safe=",:")
    return f"{path}?{query}" if query else path


def event_path(source: str, event_id: str) -> str:
    """Return the part of an address that names an event; an id may hold anything, so all of it is escaped."""
    return f"partners/{quote(source.rpartition(':')[2], safe='')}/events/{quote(event_id, safe='')}"


def whole_number(parameters: Parameters, name: str, default: int | None, *, most: int = 2**62) -> int | None:
    """Return a parameter that is a number. Raises ConfigurationError."""
    text = parameters.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= most):
        raise ConfigurationError(f"the parameter {name} is no whole number from 0 to {most}", hint="write digits only")
    return int(text)


def parse_moment(text: str) -> int | datetime.datetime | None:
    """Return a booking or a moment, None where none was named. Raises ConfigurationError."""
    return parse_filter({}, known_codes(Registry()), as_of=text).as_of


def _one_of(name: str, value: str, valid: Sequence[str]) -> str:
    if value not in valid:
        raise unknown(f"value of {name}", value, valid)
    return value
