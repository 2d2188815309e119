"""The invariants of a ledger, checked by plain SQL and plain sums that share no code with the booking or the fold."""

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from tests.variety import DELIVERED, DELIVERIES, PAYMENTS, Figure

MINOR_STEPS = {"IDR": 100}
SHADOWS = {"evidence": "evidenced-later", "verification": "verified"}
"""Under which measure a later confirmation counts what was delivered."""


def broken(connection: sa.Connection, *, ends: Mapping[int, int]) -> list[str]:
    """Return what is broken, in words; ``ends`` are the end offsets of the events topic."""
    return [
        *_offsets_have_one_decision(connection, ends),
        *_numbers_are_dense(connection),
        *_ids_are_unique(connection),
        *_cells_are_their_members(connection),
        *_corrections_apply_once(connection),
        *_suspicions_are_what_tokens_say(connection),
        *_bytes_are_what_was_hashed(connection),
        *_intake_adds_up(connection),
        *_root_recomputes(connection),
    ]


def figures(connection: sa.Connection) -> Counter[Figure]:
    """Return the SQL tallies as a stream of events states them, in major units, without stock."""
    found: Counter[Figure] = Counter()
    rows = connection.execute(
        sa.text("SELECT destination, programme, item, measure, unit, steps FROM cells WHERE table_name NOT IN ('stock', 'partners', 'flags')")
    )
    for destination, programme, item, measure, unit, steps in rows:
        quantity, rest = divmod(int(steps), MINOR_STEPS.get(unit, 1))
        assert rest == 0
        found[destination, programme, item, measure, unit] += quantity
    return found


def intake(connection: sa.Connection) -> dict[str, int]:
    """Return the running totals per disposition after the last booking."""
    row = connection.execute(sa.text("SELECT received, accepted, duplicate, conflict, rejected, held FROM bookings ORDER BY booking DESC LIMIT 1"))
    return {name: int(value) for name, value in row.mappings().one().items()}


def _offsets_have_one_decision(connection: sa.Connection, ends: Mapping[int, int]) -> Iterator[str]:
    """I1: each offset below the position has exactly one first decision."""
    rows = connection.execute(
        sa.text(
            'SELECT "partition", COUNT(*), COUNT(DISTINCT "offset"), MIN("offset"), MAX("offset") FROM decisions '
            "WHERE NOT (first IS NOT NULL AND disposition IN ('accepted', 'rejected')) GROUP BY topic, \"partition\""
        )
    )
    for partition, decisions, offsets, lowest, highest in rows:
        if not (decisions == offsets == ends[partition] and lowest == 0 and highest == ends[partition] - 1):
            yield f"I1: partition {partition} ends at {ends[partition]}, but has {decisions} first decisions on {offsets} offsets"
    seconds = connection.execute(
        sa.text("SELECT first, COUNT(*) FROM decisions WHERE first IS NOT NULL AND disposition IN ('accepted', 'rejected') GROUP BY first HAVING COUNT(*) > 1")
    )
    yield from (f"I1: held decision {first} was settled {times} times" for first, times in seconds)


def _numbers_are_dense(connection: sa.Connection) -> Iterator[str]:
    """I1: decisions, bookings and record numbers have no gap."""
    for table, column, group in (("decisions", "number", ""), ("bookings", "booking", ""), ("entry_records", "number", '"partition"')):
        by = f" GROUP BY {group}" if group else ""
        for lowest, highest, count in connection.execute(sa.text(f"SELECT MIN({column}), MAX({column}), COUNT(*) FROM {table}{by}")):
            if (lowest, highest) != (1, count):
                yield f"I1: {table}.{column} goes from {lowest} to {highest} in {count} rows"


def _ids_are_unique(connection: sa.Connection) -> Iterator[str]:
    """I2: source and id are unique among accepted decisions."""
    rows = connection.execute(
        sa.text("SELECT source, event_id, COUNT(*) FROM decisions WHERE disposition = 'accepted' GROUP BY source, event_id HAVING COUNT(*) > 1")
    )
    yield from (f"I2: {source} {event_id} was accepted {times} times" for source, event_id, times in rows)


def _cells_are_their_members(connection: sa.Connection) -> Iterator[str]:
    """I3, I4, I8: postings of decisions == members of cells == running sums == tallies, in whole integers; flags likewise."""
    posted: Counter[int] = Counter()
    for (postings,) in connection.execute(sa.text("SELECT postings FROM decisions WHERE postings <> '[]'")):
        for cell, delta in json.loads(postings):
            posted[cell] += delta
    raised: Counter[str] = Counter()
    for (flags,) in connection.execute(sa.text("SELECT flags FROM decisions WHERE flags <> '[]'")):
        raised.update(json.loads(flags))
    counted: Counter[str] = Counter()
    listed: Counter[int] = Counter()
    last: dict[int, int] = {}
    for cell, members, steps in connection.execute(sa.text("SELECT cell, members, steps FROM cell_history ORDER BY cell, booking")):
        listed[cell] += sum(delta for _, delta in json.loads(members))
        last[cell] = int(steps)
    for cell, table, measure, steps in connection.execute(sa.text("SELECT cell, table_name, measure, steps FROM cells")):
        others = {"partners": (), "flags": (listed[cell],)}.get(table, (posted[cell], listed[cell]))
        if {int(steps), last.get(cell, 0), *others} != {int(steps)}:
            yield f"I3: cell {cell} has tally {steps}, history {last.get(cell)}, postings {posted[cell]}, members {listed[cell]}"
        counted[measure] += int(steps) if table == "flags" else 0
    yield from (
        f"I3: {flag} is counted {counted[flag]} times, raised {raised[flag]} times" for flag in set(raised) | set(+counted) if counted[flag] != raised[flag]
    )


def _corrections_apply_once(connection: sa.Connection) -> Iterator[str]:
    """I5: an event that a reversal stands against counts for nothing in all; without amendments it counts for itself and what confirms it."""
    chains = _chains(connection)
    # Only of what is corrected or corrects: a long run has millions of others.
    wanted = {*chains, *(number for members in chains.values() for number, _, _ in members)}
    posted = {
        number: Counter(dict(json.loads(postings)))
        for number, postings in connection.execute(sa.text("SELECT number, postings FROM decisions WHERE disposition = 'accepted'"))
        if number in wanted
    }
    columns = "destination, programme, activity, tranche, partner, simulated, item, unit, day, recipient_type, place, holder, lot, table_name"
    cells = {row[0]: (row[1], tuple(row[2:])) for row in connection.execute(sa.text(f"SELECT cell, measure, {columns} FROM cells"))}
    for root, members in chains.items():
        total = Counter(posted[root])
        for number, _, _ in members:
            total.update(posted[number])
        counts = _named(total, cells)
        if not _stands(root, members):
            expected: Named = Counter()
        elif any(kind == "amendment" for _, _, kind in members):
            continue
        else:
            expected = _confirmed(_named(posted[root], cells), {kind for number, _, kind in members if _stands(number, members)})
        if counts != expected:
            yield f"I5: decision {root} and {[number for number, _, _ in members]} come to {dict(counts)}, expected {dict(expected)}"


def _chains(connection: sa.Connection) -> dict[int, list[tuple[int, int, str]]]:
    """Return what corrects or confirms each event: number, target and kind, in order."""
    chains: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
    query = "SELECT number, root, target, kind FROM links WHERE kind IN ('reversal', 'amendment', 'evidence', 'verification') ORDER BY number"
    for number, root, target, kind in connection.execute(sa.text(query)):
        chains[root].append((number, target, kind))
    return dict(chains)


Named = Counter[tuple[str, tuple[object, ...]]]
"""Steps by measure and by all that else makes a cell."""


def _named(postings: Mapping[int, int], cells: Mapping[int, tuple[str, tuple[object, ...]]]) -> Named:
    return Counter({cells[cell]: steps for cell, steps in postings.items() if steps})


def _stands(number: int, members: list[tuple[int, int, str]]) -> bool:
    return not any(kind == "reversal" and target == number and _stands(one, members) for one, target, kind in members)


def _confirmed(own: Named, kinds: set[str]) -> Named:
    total = Counter(own)
    for kind in kinds & set(SHADOWS):
        if kind == "evidence" and any(measure == "evidenced" for measure, _ in own):
            continue
        for (measure, rest), steps in own.items():
            if measure in DELIVERED:
                total[SHADOWS[kind], rest] += steps
    return total


def _suspicions_are_what_tokens_say(connection: sa.Connection) -> Iterator[str]:
    """Each delivery to a recipient whom another one that counted then had served elsewhere, or had paid the same instalment, is flagged, and no other."""
    chains = _chains(connection)
    given: defaultdict[bytes, list[tuple[int, tuple[str, ...], str | None]]] = defaultdict(list)
    expected: set[tuple[int, int, bytes]] = set()
    query = "SELECT number, type, partner, raw FROM decisions WHERE disposition = 'accepted' ORDER BY number"
    for number, event_type, partner, raw in connection.execute(sa.text(query)):
        if event_type not in DELIVERIES or b"hmac-sha256:" not in bytes(raw):
            continue
        event = json.loads(bytes(raw))
        data = event.get("data", event)
        where = (partner, data["programme"], data["country"])
        instalment = data.get("tranche") if event_type in PAYMENTS else None
        for token in dict.fromkeys(data.get("tokens", ())):
            sha256 = hashlib.sha256(token.encode()).digest()
            for earlier, elsewhere, other in given[sha256]:
                counted = _stands(earlier, [member for member in chains.get(earlier, ()) if member[0] < number])
                if counted and (where != elsewhere or (instalment is not None and instalment == other)):
                    expected.add((number, earlier, sha256))
            given[sha256].append((number, where, instalment))
    found = {(number, other, bytes(token)) for number, other, token in connection.execute(sa.text("SELECT number, other, token FROM suspicions"))}
    flagged = set(connection.scalars(sa.text("SELECT number FROM decisions WHERE flags LIKE '%duplicate_suspected%'")))
    if found != expected or flagged != {number for number, _, _ in expected}:
        yield f"suspicions: {len(found)} of {len(flagged)} flagged deliveries, expected {len(expected)}; {sorted(found ^ expected)[:3]}"


def _bytes_are_what_was_hashed(connection: sa.Connection) -> Iterator[str]:
    """I8: every accepted event has its raw bytes, and they are the ones that were hashed."""
    for number, raw, sha256 in connection.execute(sa.text("SELECT number, raw, sha256 FROM decisions WHERE disposition = 'accepted'")):
        if raw is None or hashlib.sha256(bytes(raw)).digest() != bytes(sha256):
            yield f"I8: the bytes of decision {number} are not those that were hashed"


def _intake_adds_up(connection: sa.Connection) -> Iterator[str]:
    """Received = accepted + duplicate + conflict + rejected + held, after every booking."""
    rows = connection.execute(sa.text("SELECT booking FROM bookings WHERE received <> accepted + duplicate + conflict + rejected + held ORDER BY booking"))
    yield from (f"intake: booking {booking} does not add up" for (booking,) in rows)


def _root_recomputes(connection: sa.Connection) -> Iterator[str]:
    """I6: the root of the last booking is that of all decisions, by the definition of RFC 6962."""
    query = 'SELECT number, booking, topic, "partition", "offset", disposition, reasons, source, event_id, sha256 FROM decisions ORDER BY number'
    leaves = [_leaf(row) for row in connection.execute(sa.text(query)).mappings()]
    record = connection.execute(sa.text("SELECT record FROM bookings ORDER BY booking DESC LIMIT 1")).scalar_one()
    if json.loads(record)["root"] != _root(leaves).hex():
        yield "I6: the root of the last booking does not recompute"


def _leaf(row: sa.RowMapping) -> bytes:
    leaf = {
        "booking": row["booking"],
        "disposition": row["disposition"],
        "event_id": row["event_id"],
        "offset": row["offset"],
        "partition": row["partition"],
        "reasons": [reason["code"] for reason in json.loads(row["reasons"])],
        "sha256": bytes(row["sha256"]).hex(),
        "source": row["source"],
        "topic": row["topic"],
        "v": 1,
    }
    text = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def _root(leaves: list[bytes]) -> bytes:
    level = leaves
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0] if level else hashlib.sha256(b"").digest()


def sqlite_is_sound(path: str) -> bool:
    """Tell whether SQLite itself finds its file sound."""
    with sqlite3.connect(path) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))
