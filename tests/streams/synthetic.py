"""Synthetic entries records, numbered and chained, and an oracle that adds them up in the plainest way."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from models.cells import PARTNERS, TableCell, table_key
from models.entries import NO_RECORD, EntriesRecord, Entry, PartnerActivity, encode, record_hash

TALLIES = (
    ("disbursements", "sent", "IDR"),
    ("distributions", "distributed", "package"),
    ("services", "provided", "person"),
    ("stock", "on-hand", "piece"),
    ("plans", "target", "person"),
)


def cell(random_: random.Random, partition: int, keys: int, *, tallies: Sequence[tuple[str, str, str]] = TALLIES) -> TableCell:
    """Return one of a limited number of cells; keys of different partitions differ."""
    table, measure, unit = random_.choice(tallies)
    stock = table == "stock"
    number = random_.randrange(keys)
    return TableCell(
        table=table,
        destination="" if stock else f"C{partition}",
        programme="" if stock else f"programme-{number}",
        activity="" if stock else random_.choice(("", "training")),
        tranche="",
        partner="" if stock else f"partner-{random_.randrange(3)}",
        simulated=False,
        item=f"item-{number}" if stock else "",
        measure=measure,
        unit=unit,
        month="" if stock else f"2024-{random_.randrange(1, 4):02d}",
        recipient_type="" if stock else "person",
        holder=f"holder-{partition}" if stock else "",
    )


def record(
    random_: random.Random, *, partition: int, number: int, previous: str, entries: int, keys: int = 5, tallies: Sequence[tuple[str, str, str]] = TALLIES
) -> EntriesRecord:
    """Return record ``number`` of a partition."""
    cells = list({cell(random_, partition, keys, tallies=tallies): None for _ in range(random_.randint(1, 8))})
    return EntriesRecord(
        partition=partition,
        number=number,
        booking=number * 2,
        booked_at=1_790_000_000_000 + number,
        previous=previous,
        cells=cells,
        entries=[
            Entry(
                decision=number * 1000 + index,
                source="urn:salur:partner:kemnaker",
                id=f"{partition}-{number}-{index}",
                postings=[(random_.randrange(len(cells)), random_.randint(-5, 10**12)) for _ in range(random_.randint(1, 3))],
            )
            for index in range(entries)
        ],
        partners=[
            PartnerActivity(f"partner-{partition}-{random_.randrange(2)}", {"received": entries, "held": random_.randint(-2, 2)}, number * 10, number * 20)
        ],
    )


def wide_record(*, cells: int, number: int = 1, previous: str = NO_RECORD) -> EntriesRecord:
    """Return a record for one value with a great many cells."""
    base = TableCell("services", "HK", "wide", "", "", "", False, "", "provided", "person", "2024-01", "person", "")
    return EntriesRecord(
        partition=0,
        number=number,
        booking=number,
        booked_at=0,
        previous=previous,
        cells=[base._replace(activity=f"activity-{index:06d}-{'x' * 80}") for index in range(cells)],
        entries=[Entry(1, "urn:salur:partner:kemnaker", "wide", [(index, index + 1) for index in range(cells)])],
        partners=[],
    )


def chain(*, partition: int, records: int, entries: int = 3, seed: int = 1, keys: int = 5, plans_since: int = 1) -> list[bytes]:
    """Return the bytes of records 1 to ``records`` of a partition; those before ``plans_since`` know of no plans."""
    random_ = random.Random(f"{seed}/{partition}")
    values = []
    previous = NO_RECORD
    for number in range(1, records + 1):
        tallies = TALLIES if number >= plans_since else TALLIES[:-1]
        value = encode(record(random_, partition=partition, number=number, previous=previous, entries=entries, keys=keys, tallies=tallies))
        values.append(value)
        previous = record_hash(value)
    return values


def oracle(values: Sequence[bytes]) -> dict[tuple[str, str], Any]:
    """Add up records once each: per (table, key) either {cell: (steps, postings)} or a partner's counts and times.

    Shares no code with the fold: it reads plain JSON and adds posting by posting.
    """
    sums: dict[tuple[str, str], dict[TableCell, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    partners: dict[tuple[str, str], tuple[Counter[str], list[int], list[int]]] = {}
    for value in values:
        plain = json.loads(value)
        cells = [TableCell(*members) for members in plain["cells"]]
        for _, _, _, postings in plain["entries"]:
            for index, delta in postings:
                one = sums[cells[index].table, table_key(cells[index])][cells[index]]
                one[0] += delta
                one[1] += 1
        for partner, counts, occurred, received in plain["partners"]:
            total, times, arrivals = partners.setdefault((PARTNERS, partner), (Counter(), [], []))
            for disposition, increment in counts.items():
                total[disposition] += increment
            times.append(occurred)
            arrivals.append(received)
    result: dict[tuple[str, str], Any] = {key: {cell: (steps, postings) for cell, (steps, postings) in cells.items()} for key, cells in sums.items()}
    for key, (total, times, arrivals) in partners.items():
        result[key] = (dict(total), max(times), max(arrivals))
    return result
