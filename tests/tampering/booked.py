"""Which tables hold booked facts, and why the others do not: a new table must be named here before the tests pass."""

from typing import Any, Final

import sqlalchemy as sa

from models import schema

BOOKED: Final = frozenset({
    "batch_history", "batches", "bookings", "cell_history", "cells", "decisions", "entry_partitions", "entry_records", "figure_history", "figure_overlaps",
    "figures", "head", "held", "identity_segments", "links", "overlaps", "partner_times", "positions", "seal_rows", "seal_tiles", "seals", "sum_pages",
    "suspicions", "tokens",
})  # fmt: skip
"""Tables of booked facts, of what is summed from them, and of what was sealed: every column is changed here, and must be noticed."""
CHAINED: Final = frozenset({"read_log"})
"""Tables with a chain of their own: every column is changed here, too, and `salur read-log` must notice."""
NOT_BOOKED: Final = {
    "publisher": "how far the outbox is sent, and who sends: a repeat is harmless downstream",
    "reconciliations": "when tables were last compared: the next comparison writes it anew",
    "access_partners": "an operator's word about who may send",
    "access_tokens": "an operator's word about who may send",
    "access_sessions": "who is signed in for the moment",
    "access_log": "only ever inserted; kept from changes by triggers alone",
    "uploads": "notes of files; what became of their rows is in the decisions",
    "upload_events": "notes of files; what became of their rows is in the decisions, and each receipt stands for itself",
    "desk_requests": "what operators asked for, only ever inserted and kept by triggers alone; what came of it is booked as events",
    "desk_items": "what operators asked for, only ever inserted and kept by triggers alone; what came of it is booked as events",
    "desk_steps": "what operators asked for, only ever inserted and kept by triggers alone; what came of it is booked as events",
    "notice_targets": "where partners want to be told; what they are told is read from the decisions",
}
"""Tables that hold no booked fact, and why."""
LEFT_OUT: Final = {
    ("positions", "topic_id"): "Kafka's own id of the topic: `salur reconcile` and the worker hold it against Kafka",
    ("held", "give_up"): "an operator's wish that was not carried out yet",
}
TABLES: Final = tuple(table for table in schema.metadata.sorted_tables if table.name in BOOKED)


def columns() -> list[tuple[sa.Table, sa.Column[Any]]]:
    """Return every column that holds something booked, summed or sealed."""
    return [(table, column) for table in TABLES for column in table.columns if (table.name, column.name) not in LEFT_OUT]


def unclassified() -> list[str]:
    """Return tables of which nobody has said whether they hold booked facts, and those that are named but do not exist."""
    there = {table.name for metadata in (schema.metadata, schema.reads) for table in metadata.sorted_tables}
    return sorted(there ^ {*BOOKED, *CHAINED, *NOT_BOOKED})
