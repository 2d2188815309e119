"""The ledger: decisions, cells and their history, bookings, the outbox; and triggers that refuse to change what was booked."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from models.schema import ExactInteger

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = (
    "bookings",
    "cell_history",
    "decisions",
    "entry_records",
    "identity_segments",
    "links",
    "overlaps",
)


def upgrade() -> None:
    """Create the tables and the triggers."""
    _create_working_state()
    _create_booked_facts()
    for statement in _append_only_triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _create_working_state() -> None:
    op.create_table(
        "cells",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("tranche", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("recipient_type", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("steps", ExactInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("booking", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cell"),
        comment="The SQL tallies: each ledger cell with its sum, the number of its events, and the last booking that changed it",
    )
    op.create_table(
        "entry_partitions",
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("partition"),
        comment="Per partition of aid.entries.v1 the number and hash of the last record",
    )
    op.create_table(
        "head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("partitions", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="head_is_one_row"),
        sa.PrimaryKeyConstraint("id"),
        comment="The one row that a booking locks: last booking, tree size and frontier, hash of the last booking record",
    )
    op.create_table(
        "held",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("waits_for_source", sa.Text(), nullable=False),
        sa.Column("waits_for_id", sa.Text(), nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("give_up", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        comment="Held decisions: what each waits for, and how it was settled",
    )
    op.create_index("held_open", "held", ["second", "number"], unique=False)
    op.create_table(
        "partner_times",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("last_occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("last_received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partner"),
        comment="When each partner was last heard of",
    )
    op.create_table(
        "positions",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.Text(), nullable=False),
        sa.Column("last_offset", sa.BigInteger(), nullable=False),
        sa.Column("last_sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
        comment="Per source partition the next offset to book, and the hash of the last record booked before it",
    )
    op.create_table(
        "publisher",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="publisher_is_one_row"),
        sa.PrimaryKeyConstraint("id"),
        comment="The last booking whose records are all acknowledged by Kafka, and who publishes",
    )


def _create_booked_facts() -> None:
    op.create_table(
        "bookings",
        sa.Column("booking", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.Column("first_decision", sa.BigInteger(), nullable=False),
        sa.Column("last_decision", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("conflict", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("booking"),
        comment="One row a booking: its decisions, the running totals per disposition after it, its record for aid.bookings.v1",
    )
    op.create_index("bookings_by_time", "bookings", ["booked_at"], unique=False)
    op.create_table(
        "cell_history",
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("steps", ExactInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "booking"),
        comment="Each cell after each booking that changed it: running sum and number of events, and the JSON list of [decision, increment] that did",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "decisions",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("booking", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.Column("postings", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        comment="Every decision in booking order, which is also leaf order; 'first' is the held decision that a second one settles, or the decision whose id a duplicate or conflict repeats",
    )
    op.create_table(
        "entry_records",
        sa.Column("booking", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("booking", "partition", "number"),
        comment="The outbox of aid.entries.v1, kept so that the topic can be made again: lz4 frames of the records",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity_segments",
        sa.Column("first", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("offsets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("first"),
        comment="Sorted 64-bit keys of the ids that decisions first..last claimed, and for each its decision less first: read at start",
    )
    op.create_table(
        "links",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("root", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        comment="Accepted events that name another (reversal, amendment, annotation, return, receipt) with the decision named and the root of its chain; and accepted registrations (kind reference), which name themselves",
    )
    op.create_index("links_by_kind", "links", ["kind", "number"], unique=False)
    op.create_index("links_by_root", "links", ["root", "number"], unique=False)
    op.create_table(
        "overlaps",
        sa.Column("overlap", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("overlap", "booking"),
        comment="Sets of cells with one measure and unit that single events posted to together, with the running number of such events: what a count of distinct events over several cells must not count twice",
    )


def _append_only_triggers(dialect: str) -> Iterator[str]:
    """Return the statements that make the booked facts append-only in the database itself."""
    if dialect == "postgresql":
        yield (
            "CREATE FUNCTION salur_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'table % is append-only: a mistake is corrected by a new event', TG_TABLE_NAME; END $$"
        )
        for table in _APPEND_ONLY:
            yield (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON \"{table}\" "
                "FOR EACH STATEMENT EXECUTE FUNCTION salur_append_only()"
            )
        return
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON \"{table}\" BEGIN "
                f"SELECT RAISE(ABORT, 'table {table} is append-only: a mistake is corrected by a new event'); END"
            )
