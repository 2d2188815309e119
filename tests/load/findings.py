"""What the ledger and the tables have of what was promised: everything, once; and how long each event took from its partner to the tables."""

import bisect
import dataclasses
from pathlib import Path

import sqlalchemy as sa
from kafka import TopicPartition

from consumers.database import open_for_reading
from consumers.kafka_reading import from_the_beginning, reader, records_to_end
from models import schema
from models.tables import decode_watermark
from models.topics import WATERMARKS, changelog


@dataclasses.dataclass(frozen=True, slots=True)
class Promise:
    """One event that a client was promised: when it was first sent, and when the promise came."""

    event_id: str
    sent_at: float
    promised_at: float


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What became of the promised events: how many the ledger accepted once, which not at all, and which more than once."""

    promised: int
    lost: list[str]
    twice: list[str]
    duplicates: int
    """Records that repeated an event: sent again because nobody knew, and harmless."""


def promises(file: Path) -> list[Promise]:
    """Return what clients were promised."""
    lines = (line.split() for line in file.read_text("ascii").splitlines())
    return [Promise(event_id, float(sent), float(promised)) for event_id, sent, promised in lines]


def found(database_url: str, promised: list[Promise]) -> Found:
    """Look every promised event up in the ledger's own rows, without its index of ids."""
    decisions = schema.decisions.c
    accepted: dict[str, int] = {}
    duplicates = 0
    engine = open_for_reading(database_url)
    with engine.connect() as connection:
        rows = connection.execution_options(yield_per=10_000).execute(sa.select(decisions.event_id, decisions.disposition))
        for event_id, disposition in rows:
            if disposition == "accepted":
                accepted[event_id] = accepted.get(event_id, 0) + 1
            elif disposition == "duplicate":
                duplicates += 1
    engine.dispose()
    lost = [one.event_id for one in promised if one.event_id not in accepted]
    twice = [event_id for event_id, count in accepted.items() if count > 1]
    return Found(len(promised), lost, twice, duplicates)


def seconds_to_tables(database_url: str, bootstrap_servers: str, *, partitions: int, promised: list[Promise]) -> list[float]:
    """Return, for each promised event, how long it took from its first sending to the watermark of the tables that covers it.

    A watermark is written once the tables have every record up to its number, and Kafka stamps it.
    """
    watermarks = _watermarks(bootstrap_servers, partitions)
    engine = open_for_reading(database_url)
    with engine.connect() as connection:
        covered_at = _covered(connection, watermarks)
        decisions = schema.decisions.c
        rows = connection.execution_options(yield_per=10_000).execute(
            sa.select(decisions.event_id, decisions.booking).where(decisions.disposition == "accepted")
        )
        covered = {event_id: covered_at.get(booking) for event_id, booking in rows}
    engine.dispose()
    return [at - one.sent_at for one in promised if (at := covered.get(one.event_id)) is not None]


def _watermarks(bootstrap_servers: str, partitions: int) -> dict[int, tuple[list[int], list[float]]]:
    """Return, for each partition, the numbers of its watermarks and when each was written."""
    parts = [TopicPartition(changelog(WATERMARKS), partition) for partition in range(partitions)]
    seen: dict[int, list[tuple[int, float]]] = {partition: [] for partition in range(partitions)}
    with reader(bootstrap_servers, None) as consumer:
        from_the_beginning(consumer, parts)
        for record in records_to_end(consumer, parts):
            if record.value is not None:
                seen[record.partition].append((decode_watermark(record.value).number, record.timestamp / 1000))
    return {partition: ([number for number, _ in marks], [at for _, at in marks]) for partition, marks in seen.items()}


def _covered(connection: sa.Connection, watermarks: dict[int, tuple[list[int], list[float]]]) -> dict[int, float]:
    """Return when the tables had each booking whole."""
    columns = schema.entry_records.c
    covered: dict[int, float] = {}
    for booking, partition, number in connection.execute(sa.select(columns.booking, columns.partition, columns.number)):
        numbers, times = watermarks[partition]
        place = bisect.bisect_left(numbers, number)
        if place < len(numbers):
            covered[booking] = max(covered.get(booking, 0.0), times[place])
    return covered
