"""A ledger's tables filled by hand: what a booking would have written, without the booking. For tests of what reads them."""

import dataclasses
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from models import schema
from models.cells import DISTRIBUTIONS, STOCK, TALLY_TABLES, LedgerCell

FIRST_BOOKED_AT = 1_600_000_000_000
DISPOSITIONS = ("accepted", "duplicate", "conflict", "rejected", "held")


def cell(**values: Any) -> LedgerCell:
    """Return a cell of masks handed out in Taiwan, but for what is said."""
    usual: dict[str, Any] = {
        "table": DISTRIBUTIONS,
        "destination": "TW",
        "programme": "bantuan-pmi",
        "activity": "unknown",
        "tranche": "unknown",
        "partner": "kdei-taipei",
        "simulated": False,
        "item": "masker",
        "measure": "distributed",
        "unit": "piece",
        "day": "2020-05-03",
        "recipient_type": "pmi",
        "place": "unknown",
        "holder": "kdei-taipei",
        "lot": "unknown",
    }
    return LedgerCell(**{**usual, **values})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Told:
    """One decision to write down. ``corrects`` is (target, kind)."""

    postings: Sequence[tuple[LedgerCell, int]] = ()
    disposition: str = "accepted"
    partner: str = "kdei-taipei"
    corrects: tuple[int, str] | None = None
    raw: bytes = b"{}"
    flags: Sequence[str] = ()
    type: str = "salur.distribution.recorded.v1"
    occurred_at: int = FIRST_BOOKED_AT


class Books:
    """Writes bookings into a fresh database, keeping cells, histories and overlaps as a ledger would."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.decisions = 0
        self.bookings = 0
        self._cells: dict[LedgerCell, int] = {}
        self._sums: dict[int, list[int]] = {}
        self._overlaps: dict[tuple[int, ...], list[int]] = {}
        self._figures: dict[tuple[Any, ...], int] = {}
        self._members: dict[int, set[int]] = {}
        self._shared: dict[tuple[int, ...], int] = {}
        self._intake: Counter[str] = Counter()
        self._roots: dict[int, int] = {}
        schema.metadata.create_all(engine)

    def book(self, *told: Told) -> int:
        """Write one booking of these decisions and return its number."""
        self.bookings += 1
        first = self.decisions + 1
        changed: dict[int, list[tuple[int, int]]] = {}
        overlapped: set[tuple[int, ...]] = set()
        with self.engine.begin() as connection:
            for decision in told:
                self._decide(connection, decision, changed, overlapped)
            self._write_history(connection, changed)
            self._write_figures(connection, changed)
            for cells in overlapped:
                number, events = self._overlaps[cells]
                connection.execute(sa.insert(schema.overlaps), {"overlap": number, "booking": self.bookings, "cells": json.dumps(cells), "events": events})
            counts = {name: self._intake[name] for name in DISPOSITIONS}
            connection.execute(
                sa.insert(schema.bookings),
                {
                    "booking": self.bookings,
                    "booked_at": self.booked_at(self.bookings),
                    "first_decision": first,
                    "last_decision": self.decisions,
                    "received": sum(counts.values()),
                    **counts,
                    "record": b"",
                },
            )
        return self.bookings

    def booked_at(self, booking: int) -> int:
        """Return the time of a booking, a minute after the one before."""
        return FIRST_BOOKED_AT + booking * 60_000

    def _decide(self, connection: sa.Connection, told: Told, changed: dict[int, list[tuple[int, int]]], overlapped: set[tuple[int, ...]]) -> None:
        self.decisions += 1
        number = self.decisions
        self._intake[told.disposition] += 1
        numbered = [(self._number_of(connection, where), delta) for where, delta in told.postings]
        for where, delta in numbered:
            changed.setdefault(where, []).append((number, delta))
        activity = self._number_of(
            connection,
            LedgerCell("partners", "", "", "", "", told.partner, told.partner.startswith("simulasi-"), "", told.disposition, "event", "", "", "", "", ""),
        )
        changed.setdefault(activity, []).append((0, 1))
        for flag in told.flags:
            flagged = LedgerCell(
                "flags", "TW", "bantuan-pmi", "", "", told.partner, told.partner.startswith("simulasi-"), "", flag, "event", "", "", "", "", ""
            )
            changed.setdefault(self._number_of(connection, flagged), []).append((number, 1))
        for group in self._groups(numbered):
            self._overlaps.setdefault(group, [len(self._overlaps) + 1, 0])[1] += 1
            overlapped.add(group)
        if told.corrects is not None:
            target, kind = told.corrects
            root = self._roots.get(target, target)
            self._roots[number] = root
            connection.execute(sa.insert(schema.links), {"number": number, "root": root, "target": target, "kind": kind})
        connection.execute(
            sa.insert(schema.decisions),
            {
                "number": number,
                "booking": self.bookings,
                "topic": "aid.events.v1",
                "partition": number % 4,
                "offset": number,
                "disposition": told.disposition,
                "reasons": "[]",
                "flags": json.dumps(told.flags),
                "source": f"urn:salur:partner:{told.partner}",
                "event_id": f"event-{number}",
                "type": told.type,
                "partner": told.partner,
                "occurred_at": told.occurred_at,
                "received_at": FIRST_BOOKED_AT + number,
                "sha256": hashlib.sha256(told.raw).digest(),
                "first": None,
                "postings": json.dumps(numbered),
                "raw": told.raw,
                "headers": None,
            },
        )

    def _groups(self, numbered: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        names = {number: (where.measure, where.unit) for where, number in self._cells.items()}
        ordered = sorted((where for where, _ in numbered), key=lambda where: (names[where], where))
        groups = (tuple(cells) for _, cells in itertools.groupby(ordered, key=names.__getitem__))
        return [group for group in groups if len(group) > 1]

    def _number_of(self, connection: sa.Connection, where: LedgerCell) -> int:
        if where not in self._cells:
            self._cells[where] = len(self._cells) + 1
            values = where._asdict()
            values["table_name"] = values.pop("table")
            connection.execute(sa.insert(schema.cells), {"cell": self._cells[where], **values, "steps": 0, "events": 0, "booking": 0})
        return self._cells[where]

    def _write_history(self, connection: sa.Connection, changed: dict[int, list[tuple[int, int]]]) -> None:
        for where, members in changed.items():
            total = self._sums.setdefault(where, [0, 0])
            total[0] += sum(delta for _, delta in members)
            total[1] += len(members)
            tallied = [member for member in members if member[0]]
            connection.execute(
                sa.insert(schema.cell_history), {"cell": where, "booking": self.bookings, "steps": total[0], "events": total[1], "members": json.dumps(tallied)}
            )
            connection.execute(sa.update(schema.cells).where(schema.cells.c.cell == where).values(steps=total[0], events=total[1], booking=self.bookings))

    def _write_figures(self, connection: sa.Connection, changed: dict[int, list[tuple[int, int]]]) -> None:
        """Sum the cells again by partner (level 1) and by month (level 2), without day, place and all else."""
        cells = {number: where for where, number in self._cells.items() if where.table in TALLY_TABLES and where.table != STOCK}
        of_event: dict[int, dict[tuple[int, str, str], set[int]]] = {}
        touched: set[int] = set()
        for number in changed.keys() & cells.keys():
            where = cells[number]
            for key in _figure_keys(where):
                figure = self._figures.setdefault(key, len(self._figures) + 1)
                touched.add(figure)
                for decision, _ in changed[number]:
                    self._members.setdefault(figure, set()).add(decision)
                    of_event.setdefault(decision, {}).setdefault((key[0], where.measure, where.unit), set()).add(figure)
        for figure in touched:
            self._write_figure(connection, figure)
        for figures in [tuple(sorted(alike)) for kinds in of_event.values() for alike in kinds.values() if len(alike) > 1]:
            self._shared[figures] = self._shared.get(figures, 0) + 1
            row = {"overlap": [*self._shared].index(figures) + 1, "booking": self.bookings, "figures": json.dumps(figures), "events": self._shared[figures]}
            same = sa.and_(schema.figure_overlaps.c.overlap == row["overlap"], schema.figure_overlaps.c.booking == self.bookings)
            connection.execute(sa.delete(schema.figure_overlaps).where(same))
            connection.execute(sa.insert(schema.figure_overlaps), row)

    def _write_figure(self, connection: sa.Connection, figure: int) -> None:
        key = next(key for key, number in self._figures.items() if number == figure)
        names = ("level", "table_name", "destination", "programme", "partner", "simulated", "item", "measure", "unit", "month")
        steps = sum(self._sums[number][0] for where, number in self._cells.items() if key in _figure_keys(where) and number in self._sums)
        sums = {"steps": steps, "events": len(self._members[figure])}
        connection.execute(sa.delete(schema.figures).where(schema.figures.c.figure == figure))
        row = {"figure": figure, **dict(zip(names, key, strict=True)), **sums, "booking": self.bookings}
        connection.execute(sa.insert(schema.figures), row)
        connection.execute(sa.insert(schema.figure_history), {"figure": figure, "booking": self.bookings, **sums})


def _figure_keys(where: LedgerCell) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return what the figures of a cell are about: by partner, and by month."""
    first = (where.table, where.destination, where.programme)
    rest = (where.simulated, where.item, where.measure, where.unit)
    return (1, *first, where.partner, *rest, ""), (2, *first, "", *rest, where.day[:7])
