"""What must hold when a world has come to rest, checked by plain sums over rows and JSON that share nothing with booking or fold."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import lz4.frame

from models.topics import WATERMARKS, changelog
from tests.chaos import invariants
from tests.simulation.oracle import Oracle
from tests.simulation.world import World

NO_RECORD = "0" * 64


def broken(world: World) -> Iterator[str]:
    """Yield what is broken, in words."""
    decisions = sorted(world.database.rows("decisions"), key=lambda row: row.number)
    yield from _offsets_have_one_decision(world, decisions)
    yield from _numbers_are_dense(world)
    yield from _ids_are_unique(decisions)
    yield from _cells_are_their_members(world, decisions)
    yield from _decisions_are_right(world, decisions)
    yield from _root_recomputes(world, decisions)
    yield from _log_says_what_the_ledger_says(world)


def tables_differ(world: World) -> Iterator[str]:
    """I3: yield where the materialized tables are not the sums of the entries records, or of the ledger's cells."""
    cells, partners = _sums_of_entries(world)
    found_cells: Counter[str] = Counter()
    found_partners: Counter[tuple[str, str]] = Counter()
    for process in world.folds:
        for name, table in process.store.by_name.items():
            if name == WATERMARKS:
                continue
            for key, value in table.data.data.items():
                if table.data._key_partition[key] in process.partitions:
                    _add_value(found_cells, found_partners, name, key.decode(), json.loads(value))
    yield from _differences("I3 tables", found_cells, cells)
    yield from _differences("I3 tables, partners", found_partners, partners)


def changelogs_differ(world: World) -> Iterator[str]:
    """I3: yield where the changelogs, read once more to the end, are not the sums of the entries records."""
    cells, partners = _sums_of_entries(world)
    found_cells: Counter[str] = Counter()
    found_partners: Counter[tuple[str, str]] = Counter()
    for partition in world.log.changelogs:
        for (topic, key), value in partition.items():
            if topic != changelog(WATERMARKS):
                _add_value(found_cells, found_partners, topic, key.decode(), json.loads(value))
    yield from _differences("I3 changelogs", found_cells, cells)
    yield from _differences("I3 changelogs, partners", found_partners, partners)


def _add_value(cells: Counter[str], partners: Counter[tuple[str, str]], _table: str, key: str, value: dict[str, Any]) -> None:
    for cell, steps, _ in value.get("cells", ()):
        cells[json.dumps(cell)] += int(steps)
    for name, count in value.get("counts", {}).items():
        partners[key, name] += count


def _sums_of_entries(world: World) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return the sums of the entries records in the log, each number once, by their JSON."""
    cells: Counter[str] = Counter()
    partners: Counter[tuple[str, str]] = Counter()
    for records in world.log.entries:
        seen: set[int] = set()
        for value in records:
            record = json.loads(value)
            if record["number"] in seen:
                continue
            seen.add(record["number"])
            names = [json.dumps(cell) for cell in record["cells"]]
            for _, _, _, postings in record["entries"]:
                for index, delta in postings:
                    cells[names[index]] += delta
            for partner, counts, _, _ in record["partners"]:
                partners.update({(partner, name): change for name, change in counts.items()})
    return cells, partners


def _differences(what: str, found: Counter[Any], expected: Counter[Any]) -> Iterator[str]:
    for key in found.keys() | expected.keys():
        if found[key] != expected[key]:
            yield f"{what}: {key} is {found[key]}, expected {expected[key]}"


def _offsets_have_one_decision(world: World, decisions: list[Any]) -> Iterator[str]:
    """I1, I12: every record that came in has exactly one first decision, every held one at most one second."""
    first: Counter[tuple[str, int, int]] = Counter()
    second: Counter[int] = Counter()
    for row in decisions:
        if row.first is not None and row.disposition in {"accepted", "rejected"}:
            second[row.first] += 1
        else:
            first[row.topic, row.partition, row.offset] += 1
    sent = Counter({(*place, candidate.record.offset): 1 for place, records in world.log.inbound.records.items() for candidate in records})
    for record in first.keys() | sent.keys():
        if first[record] != sent[record]:
            yield f"I1: {record} has {first[record]} first decisions"
    for place, offset in world.promised:
        if not first[(*place, offset)]:
            yield f"I12: {place} {offset} was acknowledged and is not decided"
    yield from (f"I1: held decision {number} was settled {times} times" for number, times in second.items() if times > 1)


def _numbers_are_dense(world: World) -> Iterator[str]:
    """I1: decisions, bookings and the records of each entries partition are numbered without a gap, and chain."""
    tables = world.database.tables
    for name in ("decisions", "bookings"):
        if sorted(tables[name]) != list(range(1, len(tables[name]) + 1)):
            yield f"I1: {name} are not dense"
    for partition, head in tables["entry_partitions"].items():
        previous, numbers = NO_RECORD, []
        for row in sorted((row for row in world.database.rows("entry_records") if row.partition == partition), key=lambda row: row.number):
            value = lz4.frame.decompress(row.value)
            if json.loads(value)["previous"] != previous:
                yield f"I1: record {row.number} of partition {partition} does not follow the one before"
            previous = hashlib.sha256(value).hexdigest()
            numbers.append(row.number)
        if numbers != list(range(1, head.number + 1)) or previous != head.hash:
            yield f"I1: records of partition {partition} are not dense up to {head.number}"


def _ids_are_unique(decisions: list[Any]) -> Iterator[str]:
    """I2: source and id are unique among the accepted."""
    accepted = Counter((row.source, row.event_id) for row in decisions if row.disposition == "accepted")
    yield from (f"I2: {name} was accepted {times} times" for name, times in accepted.items() if times > 1)


def _cells_are_their_members(world: World, decisions: list[Any]) -> Iterator[str]:
    """I3, I4, I8: postings == members of cells == running sums == tallies, in integers."""
    posted: Counter[int] = Counter()
    events: Counter[int] = Counter()
    for row in decisions:
        for cell, delta in json.loads(row.postings):
            posted[cell] += delta
            events[cell] += 1
    listed: defaultdict[int, list[Any]] = defaultdict(list)
    last: dict[int, Any] = {}
    for row in sorted(world.database.rows("cell_history"), key=lambda row: (row.cell, row.booking)):
        listed[row.cell] += json.loads(row.members)
        last[row.cell] = row
    for row in world.database.rows("cells"):
        members = sum(delta for _, delta in listed[row.cell])
        sums = {"partners": {last[row.cell].steps}, "flags": {members, last[row.cell].steps}}
        if not isinstance(row.steps, int) or sums.get(row.table_name, {posted[row.cell], members, last[row.cell].steps}) != {row.steps}:
            yield f"I3: cell {row.cell} has {row.steps}, posted {posted[row.cell]}, members {members}, history {last[row.cell].steps}"
        if row.table_name not in {"partners", "flags"} and row.events != events[row.cell]:
            yield f"I8: cell {row.cell} has {row.events} events, {events[row.cell]} posted to it"


def _decisions_are_right(world: World, decisions: list[Any]) -> Iterator[str]:
    """I3, I5: every decision is what the raw bytes and the decisions before it make it, and all come to the tallies."""
    raw = {(*place, one.record.offset): one.record.value for place, records in world.log.inbound.records.items() for one in records}
    oracle = Oracle(world.reached.sometimes)
    oracle.given_up = frozenset(world.given_up | {row.number for row in world.database.rows("held") if row.give_up})
    for row in decisions:
        oracle.take(row.number, row.disposition, raw[row.topic, row.partition, row.offset] or b"", row.first, topic=row.topic)
    yield from oracle.problems
    yield from (f"I5: held decision {number} was never decided again, although its original is booked" for number in oracle.waiting)
    found: Counter[Any] = Counter()
    for row in world.database.rows("cells"):
        if row.table_name not in {"stock", "partners", "flags"}:
            found[row.destination, row.programme, row.item, row.measure, row.unit] += row.steps
    figures = Counter({key: steps // 100 if key[-1] == "IDR" else steps for key, steps in found.items() if steps})
    yield from _differences("I5 figures", figures, oracle.figures())


def _root_recomputes(world: World, decisions: list[Any]) -> Iterator[str]:
    """I6: the root of the last booking is that of all decisions, by the definition of RFC 6962."""
    rows = world.database.tables["bookings"]
    if rows:
        leaves: list[bytes] = [invariants._leaf(row._asdict()) for row in decisions]
        for number in {len(rows), (len(rows) + 1) // 2}:
            if json.loads(rows[number].record)["root"] != invariants._root(leaves[: rows[number].last_decision]).hex():
                yield f"I6: the root of booking {number} does not recompute"


def _log_says_what_the_ledger_says(world: World) -> Iterator[str]:
    """Bookings and entries in the log, each number once, are those of the ledger; so are the partners' counts."""
    published = list(dict.fromkeys(world.log.bookings))
    if published != [row.record for _, row in sorted(world.database.tables["bookings"].items())]:
        yield "I1: the bookings topic is not the ledger's bookings"
    stored: defaultdict[int, list[tuple[int, bytes]]] = defaultdict(list)
    for row in world.database.rows("entry_records"):
        stored[row.partition].append((row.number, lz4.frame.decompress(row.value)))
    for partition, records in enumerate(world.log.entries):
        if list(dict.fromkeys(records)) != [value for _, value in sorted(stored[partition])]:
            yield f"I1: entries partition {partition} is not the ledger's outbox"
    _, partners = _sums_of_entries(world)
    counted: Counter[tuple[str, str]] = Counter()
    for row in world.database.rows("cells"):
        if row.table_name == "partners":
            counted[row.partner, row.measure] += row.steps
            counted[row.partner, "received"] += row.steps
    yield from _differences("I3 partners", Counter({key: count for key, count in partners.items() if count}), Counter({k: v for k, v in counted.items() if v}))
