"""The read API's answers about people, batches of payments, evidence, samples and seals; the pages ask the same functions."""

import datetime
from typing import Any, Final, cast

from consumers.answers.batches import BatchesAnswer, batches
from consumers.answers.coverage import Coverage, coverage
from consumers.answers.dimensions import parse_by, unknown
from consumers.answers.filters import CellFilter
from consumers.answers.parts import PartsAnswer, parts_of_people
from consumers.answers.public import PublicAnswer, parse_level, public_tally
from consumers.answers.reached import Reached, reached
from consumers.answers.sample import By, Sample, ValuesDiffer, sample
from consumers.answers.seals import newest_seals
from consumers.web.answer import Addresses, Answer
from consumers.web.problems import Problem
from consumers.web.question import COMMON, cells_of, whole_number
from consumers.web.shell import Asked
from models.errors import ConfigurationError
from models.units import format_steps

PEOPLE: Final = tuple(name for name in COMMON if name not in {"measure", "unit", "table", "holder", "lot"})
BATCHES: Final = ("destination", "programme", "batch", "older_than", "as_of", "simulated", "below")
EVIDENCE: Final = PEOPLE
SAMPLED: Final = (*PEOPLE, "unit", "seed", "size", "by")
PUBLIC: Final = ("destination", "programme", "item", "measure", "unit", "by")
MOST_DRAWN: Final = 1_000
DEFAULT_SIZE: Final = 25


def addresses() -> Addresses:
    """Return these addresses of the API."""
    return {
        "/reached": ((*PEOPLE, "by"), lambda asked: _rows(reached_of(asked).to_json())),
        "/parts": ((*PEOPLE, "by"), lambda asked: _rows(parts_of(asked).to_json())),
        "/public": (PUBLIC, _public),
        "/batches": (BATCHES, lambda asked: _rows(batches_of(asked).to_json())),
        "/evidence": ((*EVIDENCE, "by"), lambda asked: _rows(coverage_of(asked).to_json())),
        "/sample": (SAMPLED, _sample),
        "/seals": ((), _seals),
    }


def reached_of(asked: Asked) -> Reached:
    """Return how many people were reached."""
    by = parse_by(asked.parameters.get("by", "destination"))
    return reached(asked.moment.connection, _cells(asked), by=by)


def parts_of(asked: Asked) -> PartsAnswer:
    """Return people by sex, age and disability."""
    return parts_of_people(asked.moment.connection, _cells(asked), by=parse_by(asked.parameters.get("by", "programme")))


def coverage_of(asked: Asked) -> Coverage:
    """Return how much of what was delivered is shown by evidence."""
    return coverage(asked.moment.connection, _cells(asked), by=parse_by(asked.parameters.get("by", "programme")))


def public_of(asked: Asked) -> PublicAnswer:
    """Return the figures that may be handed to anybody."""
    cells = _cells(asked)
    level = parse_level(parse_by(asked.parameters.get("by", "destination,programme")))
    return public_tally(asked.moment.connection, by=level, chosen={name: cells.values[name] for name in PUBLIC if name in cells.values})


def batches_of(asked: Asked) -> BatchesAnswer:
    """Return how far batches of payments have come."""
    names = tuple(name.strip() for name in asked.parameters.get("batch", "").split(",") if name.strip())
    return batches(
        asked.moment.connection,
        _cells(asked),
        now=datetime.datetime.now(datetime.UTC),
        ancestors=asked.moment.registry.ancestors,
        names=names,
        older_than=whole_number(asked.parameters, "older_than", None, most=100_000),
    )


def sample_of(asked: Asked) -> Sample:
    """Return a sample. Raises ConfigurationError without a seed."""
    parameters = asked.parameters
    if "seed" not in parameters:
        raise ConfigurationError("the parameter seed is missing", hint="publish the booking first, then draw a seed, and name it with seed=")
    by = parameters.get("by", "events")
    if by not in {"events", "value"}:
        raise unknown("way to draw", by, ("events", "value"))
    size = whole_number(parameters, "size", DEFAULT_SIZE, most=MOST_DRAWN) or DEFAULT_SIZE
    return sample(asked.moment.connection, _cells(asked), seed=parameters["seed"], size=size, by=cast("By", by))


def _sample(asked: Asked) -> Answer:
    try:
        return _rows(sample_of(asked).to_json(), "events")
    except ValuesDiffer as error:
        # Values of two units on one line would be a sum of the two.
        figures = [{"measure": "delivered", "unit": unit, "quantity": format_steps(steps, unit)} for unit, steps in error.sums.items()]
        return Answer({}, problem=Problem(kind="several-units", text=str(error.args[0]), more={"units": list(error.sums), "figures": figures}))


def _public(asked: Asked) -> Answer:
    value = public_of(asked).to_json()
    # In a sheet every row says whether it is hidden.
    return Answer(value, [{**row, "hidden": row.get("hidden")} for row in value["rows"]])


def _seals(asked: Asked) -> Answer:
    found = newest_seals(asked.moment.connection).to_json()
    return Answer({"as_of": asked.moment.head.to_json(), **found}, found["seals"])


def _rows(value: dict[str, Any], rows: str = "rows") -> Answer:
    return Answer(value, value[rows])


def _cells(asked: Asked) -> CellFilter:
    return cells_of({name: value for name, value in asked.parameters.items() if name in COMMON}, asked.moment.registry)
