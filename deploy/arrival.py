"""Waiting until records that were sent are booked and in the tables, and learning their verdicts. Polls, with a deadline."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Final

import sqlalchemy as sa

from consumers.tables.coverage import coverage
from consumers.tables.reader import TablesReader
from consumers.verdicts import Place, Verdict, is_booked, verdicts_since
from models.errors import Unreachable

POLL_SECONDS: Final = 0.1

Ends = Mapping[tuple[str, int], int]
"""The next offset after the last one of interest, per topic and partition."""


def ends_of(places: Collection[Place]) -> dict[tuple[str, int], int]:
    """Return how far every partition must be booked for all of these records to be."""
    ends: dict[tuple[str, int], int] = {}
    for topic, partition, offset in places:
        ends[topic, partition] = max(ends.get((topic, partition), 0), offset + 1)
    return ends


def until_booked(engine: sa.Engine, ends: Ends, *, deadline: float, on_poll: Callable[[], None] = lambda: None) -> None:
    """Return when the ledger has decided everything before ``ends``. Raises Unreachable at the deadline (monotonic seconds)."""

    def booked() -> bool:
        with engine.connect() as connection, connection.begin():
            return is_booked(connection, ends)

    _until(booked, deadline, "the ledger has not booked everything yet", on_poll)


def until_in_tables(engine: sa.Engine, tables: TablesReader, *, deadline: float, on_poll: Callable[[], None] = lambda: None) -> None:
    """Return when the tables hold everything that is booked. Raises Unreachable at the deadline."""

    def drained() -> bool:
        snapshot = tables.snapshot()
        with engine.connect() as connection, connection.begin():
            return coverage(connection, snapshot).is_drained

    _until(drained, deadline, "the tables do not hold everything yet", on_poll)


def verdicts(engine: sa.Engine, after: int, places: Collection[Place]) -> dict[Place, Verdict]:
    """Return the decisions after decision ``after`` about these records."""
    with engine.connect() as connection, connection.begin():
        return verdicts_since(connection, after, places)


def _until(holds: Callable[[], bool], deadline: float, sentence: str, on_poll: Callable[[], None]) -> None:
    while not holds():
        if time.monotonic() > deadline:
            raise Unreachable(sentence, hint="`salur doctor` shows who is behind; nothing is lost, ask again later")
        on_poll()
        time.sleep(POLL_SECONDS)
