"""The ledger's tables. The one module of ``models`` that imports SQLAlchemy; migrations are in ``deploy``.

Booked facts (``decisions``, ``bookings``, ``links``, ``entry_records``, ``identity_segments``, ``tokens``,
``suspicions``, the histories and overlaps of cells, figures and batches), seals, ``access_log`` and the ``desk_`` tables
are only ever inserted, and triggers refuse anything else. Working state (``head``, ``positions``, ``cells``, ``figures``,
``batches``, ``held``, ``publisher``, ``sum_pages``, ``reconciliations``) can be made again from them; who may send (``access_partners``,
``access_tokens``, ``access_sessions``) is an operator's word and in no log, and ``uploads`` are notes of what came in files.

Times are milliseconds since 1970 (UTC). Quantities are whole steps of a unit; sums may outgrow 64 bits, so they
are ``ExactInteger``.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()
reads = sa.MetaData()
"""The read log's table, which is kept apart from the ledger: see ``consumers.reads.place``."""


class ExactInteger(TypeDecorator[int]):
    """An integer of any size: NUMERIC on PostgreSQL, decimal text on SQLite (whose integers stop at 64 bits)."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """Choose the column type of the database at hand."""
        return dialect.type_descriptor(sa.Numeric(60, 0) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> Any:
        """Write digits."""
        return value if value is None or dialect.name == "postgresql" else str(value)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> int | None:
        """Read digits."""
        return None if value is None else int(value)


# 64 bits everywhere, and still the row id itself on SQLite (appending then costs no second tree).
_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

REFUSED = sa.text("disposition IN ('rejected', 'conflict')")
"""What tells the decisions that claimed nothing and changed nothing; they are found by the id they were sent with."""

head = sa.Table(
    "head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("booking", sa.BigInteger, nullable=False),
    sa.Column("booked_at", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("frontier", sa.LargeBinary, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("partitions", sa.Integer, nullable=False),
    sa.CheckConstraint("id = 1", name="head_is_one_row"),
    comment="The one row that a booking locks: last booking, tree size and frontier, hash of the last booking record",
)

positions = sa.Table(
    "positions",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True),
    sa.Column("next_offset", sa.BigInteger, nullable=False),
    sa.Column("topic_id", sa.Text, nullable=False),
    sa.Column("last_offset", sa.BigInteger, nullable=False),
    sa.Column("last_sha256", sa.LargeBinary, nullable=False),
    comment="Per source partition the next offset to book, and the hash of the last record booked before it",
)

bookings = sa.Table(
    "bookings",
    metadata,
    sa.Column("booking", _Number, primary_key=True, autoincrement=False),
    sa.Column("booked_at", sa.BigInteger, nullable=False),
    sa.Column("first_decision", sa.BigInteger, nullable=False),
    sa.Column("last_decision", sa.BigInteger, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("accepted", sa.BigInteger, nullable=False),
    sa.Column("duplicate", sa.BigInteger, nullable=False),
    sa.Column("conflict", sa.BigInteger, nullable=False),
    sa.Column("rejected", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("record", sa.LargeBinary, nullable=False),
    sa.Index("bookings_by_time", "booked_at"),
    comment="One row a booking: its decisions, the running totals per disposition after it, its record for aid.bookings.v1",
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=False),
    sa.Column("booking", sa.BigInteger, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("disposition", sa.Text, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("flags", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.BigInteger, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("first", sa.BigInteger, nullable=True),
    sa.Column("postings", sa.Text, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=True),
    sa.Column("headers", sa.Text, nullable=True),
    # Written out, not bound: a database uses the index only for a question with the very same words.
    sa.Index("refusals_by_id", "partner", "event_id", sqlite_where=REFUSED, postgresql_where=REFUSED),
    comment="Every decision in booking order, which is also leaf order; 'first' is the held decision that a second one settles, "
    "or the decision whose id a duplicate or conflict repeats",
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=False),
    sa.Column("root", sa.BigInteger, nullable=False),
    sa.Column("target", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Index("links_by_root", "root", "number"),
    sa.Index("links_by_kind", "kind", "number"),
    comment="Accepted events that name another (reversal, amendment, annotation, return, receipt) with the decision named and the root "
    "of its chain; and accepted registrations (kind reference), which name themselves",
)

held = sa.Table(
    "held",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=False),
    sa.Column("waits_for_source", sa.Text, nullable=False),
    sa.Column("waits_for_id", sa.Text, nullable=False),
    sa.Column("second", sa.BigInteger, nullable=True),
    sa.Column("outcome", sa.Text, nullable=True),
    sa.Column("give_up", sa.Boolean, nullable=False, default=False),
    sa.Index("held_open", "second", "number"),
    comment="Held decisions: what each waits for, and how it was settled",
)

cells = sa.Table(
    "cells",
    metadata,
    sa.Column("cell", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("activity", sa.Text, nullable=False),
    sa.Column("tranche", sa.Text, nullable=False),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("measure", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("recipient_type", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("lot", sa.Text, nullable=False),
    sa.Column("steps", ExactInteger, nullable=False),
    sa.Column("events", sa.BigInteger, nullable=False),
    sa.Column("booking", sa.BigInteger, nullable=False),
    comment="The SQL tallies: each ledger cell with its sum, the number of its events, and the last booking that changed it",
)

cell_history = sa.Table(
    "cell_history",
    metadata,
    sa.Column("cell", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("booking", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("steps", ExactInteger, nullable=False),
    sa.Column("events", sa.BigInteger, nullable=False),
    sa.Column("members", sa.Text, nullable=False),
    sa.Index("cell_history_by_booking", "booking"),
    sqlite_with_rowid=False,
    comment="Each cell after each booking that changed it: running sum and number of events, and the JSON list of [decision, increment] that did",
)

overlaps = sa.Table(
    "overlaps",
    metadata,
    sa.Column("overlap", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("booking", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("cells", sa.Text, nullable=False),
    sa.Column("events", sa.BigInteger, nullable=False),
    comment="Sets of cells with one measure and unit that single events posted to together, with the running number of such events: "
    "what a count of distinct events over several cells must not count twice",
)

figures = sa.Table(
    "figures",
    metadata,
    sa.Column("figure", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("measure", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("month", sa.Text, nullable=False),
    sa.Column("steps", ExactInteger, nullable=False),
    sa.Column("events", sa.BigInteger, nullable=False),
    sa.Column("booking", sa.BigInteger, nullable=False),
    comment="Sums of cells: level 1 tells partners apart and level 2 months, and both leave out the finer dimensions, so that a question about "
    "many cells reads few rows; events are different events",
)

figure_history = sa.Table(
    "figure_history",
    metadata,
    sa.Column("figure", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("booking", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("steps", ExactInteger, nullable=False),
    sa.Column("events", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
    comment="Each figure after each booking that changed it: running sum and number of different events",
)

figure_overlaps = sa.Table(
    "figure_overlaps",
    metadata,
    sa.Column("overlap", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("booking", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("figures", sa.Text, nullable=False),
    sa.Column("events", sa.BigInteger, nullable=False),
    comment="Sets of figures of one level, measure and unit that single events posted to together, with the running number of such events",
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("tranche", sa.Text, nullable=False),
    sa.Column("is_payment", sa.Boolean, nullable=False),
    sqlite_with_rowid=False,
    comment="The SHA-256 of every recipient token of an accepted delivery, and what that delivery gave",
)

suspicions = sa.Table(
    "suspicions",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=False),
    sa.Column("other", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
    comment="Deliveries that gave something to a recipient token which an earlier one ('other') had served: the flag duplicate_suspected, opened",
)

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("batch", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("destination", sa.Text, primary_key=True),
    sa.Column("simulated", sa.Boolean, primary_key=True),
    sa.Column("measure", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("steps", ExactInteger, nullable=False),
    sa.Column("booking", sa.BigInteger, nullable=False),
    comment="Each batch of payments by its subject: the sum of every stage, and the booking that changed it last",
)

batch_history = sa.Table(
    "batch_history",
    metadata,
    sa.Column("batch", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, primary_key=True),
    sa.Column("destination", sa.Text, primary_key=True),
    sa.Column("simulated", sa.Boolean, primary_key=True),
    sa.Column("measure", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("booking", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("steps", ExactInteger, nullable=False),
    sa.Column("members", sa.Text, nullable=False),
    sqlite_with_rowid=False,
    comment="Each batch after each booking that changed it: the running sum of a stage, and the JSON list of [decision, increment] that changed it",
)

entry_partitions = sa.Table(
    "entry_partitions",
    metadata,
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    comment="Per partition of aid.entries.v1 the number and hash of the last record",
)

entry_records = sa.Table(
    "entry_records",
    metadata,
    sa.Column("booking", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    comment="The outbox of aid.entries.v1, kept so that the topic can be made again: lz4 frames of the records",
)

partner_times = sa.Table(
    "partner_times",
    metadata,
    sa.Column("partner", sa.Text, primary_key=True),
    sa.Column("last_occurred_at", sa.BigInteger, nullable=False),
    sa.Column("last_received_at", sa.BigInteger, nullable=False),
    comment="When each partner was last heard of",
)

identity_segments = sa.Table(
    "identity_segments",
    metadata,
    sa.Column("first", _Number, primary_key=True, autoincrement=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("keys", sa.LargeBinary, nullable=False),
    sa.Column("offsets", sa.LargeBinary, nullable=False),
    comment="Sorted 64-bit keys of the ids that decisions first..last claimed, and for each its decision less first: read at start",
)

publisher = sa.Table(
    "publisher",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("published", sa.BigInteger, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("leased_until", sa.BigInteger, nullable=False),
    sa.CheckConstraint("id = 1", name="publisher_is_one_row"),
    comment="The last booking whose records are all acknowledged by Kafka, and who publishes",
)

access_partners = sa.Table(
    "access_partners",
    metadata,
    sa.Column("partner", sa.Text, primary_key=True),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    comment="Partners that may be given tokens for the HTTP intake",
)

access_tokens = sa.Table(
    "access_tokens",
    metadata,
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=True),
    sa.Column("revoked_at", sa.BigInteger, nullable=True),
    sa.Index("access_tokens_by_partner", "partner"),
    comment="What each token allows; of the token itself only its prefix and its SHA-256",
)

access_log = sa.Table(
    "access_log",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    comment="Who was let in, with which token, until when; only ever inserted",
)

access_sessions = sa.Table(
    "access_sessions",
    metadata,
    sa.Column("sha256", sa.LargeBinary, primary_key=True),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    comment="Who is signed in to the partners' pages: the SHA-256 of what the browser holds, and the token that it stands on",
)

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("upload", sa.Text, primary_key=True),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("first_at", sa.BigInteger, nullable=False),
    sa.Column("last_at", sa.BigInteger, nullable=False),
    sa.Column("times", sa.BigInteger, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),
    sa.Index("uploads_by_partner", "partner", "last_at"),
    comment="Spreadsheets that partners uploaded, each once however often it came: what became of it, and counts as JSON; never its content",
)

upload_events = sa.Table(
    "upload_events",
    metadata,
    sa.Column("upload", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("row", sa.BigInteger, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    comment="The events of each upload that Kafka or the ledger has: their place and row in the file, and the receipt of each",
)

seals = sa.Table(
    "seals",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=False),
    sa.Column("booking", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    comment="Every seal: the bytes of its document, and the signed note that binds them; only ever inserted",
)

seal_rows = sa.Table(
    "seal_rows",
    metadata,
    sa.Column("booking", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("rows", sa.LargeBinary, nullable=False),
    sa.Column("columns", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    comment="What a sealed booking wrote to each table: one hash over its rows, which the seal binds, and short ones of each row and each column, "
    "which name the one that is changed",
)

seal_tiles = sa.Table(
    "seal_tiles",
    metadata,
    sa.Column("tile", _Number, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    comment="The root of every full run of 256 sealed leaves, so that a proof reads few rows",
)

sum_pages = sa.Table(
    "sum_pages",
    metadata,
    sa.Column("order_name", sa.Text, primary_key=True),
    sa.Column("first", sa.LargeBinary, primary_key=True),
    sa.Column("last", sa.LargeBinary, nullable=False),
    sa.Column("summary", sa.LargeBinary, nullable=False),
    sa.Column("below", sa.LargeBinary, nullable=True),
    sa.Column("members", sa.Text, nullable=False),
    sqlite_with_rowid=False,
    comment="The sealed trees of sums in pages: first and last key, what the topmost node says and the hash of what is below it, and the JSON list of "
    "[cell, sum]; read only as far as it leads to a sealed root",
)

read_log = sa.Table(
    "read_log",
    reads,
    sa.Column("number", _Number, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("as_of", sa.BigInteger, nullable=True),
    sa.Column("rows", sa.BigInteger, nullable=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    comment="Who was shown what, when, with which question; each line has the hash of the one before; only ever inserted",
)

desk_requests = sa.Table(
    "desk_requests",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("needs_second", sa.Boolean, nullable=False),
    sa.Column("edited", sa.LargeBinary, nullable=True),
    comment="What operators asked for: send again, edit and send, close, give up; by whom, why, and whether a second person must approve",
)

desk_items = sa.Table(
    "desk_items",
    metadata,
    sa.Column("request", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("decision", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
    comment="The decisions that a request is about",
)

desk_steps = sa.Table(
    "desk_steps",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=True),
    sa.Column("request", sa.BigInteger, nullable=False),
    sa.Column("decision", sa.BigInteger, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("desk_steps_by_request", "request"),
    comment="Everything that happened to requests, about one decision or (0) all of it; only ever inserted",
)

notice_targets = sa.Table(
    "notice_targets",
    metadata,
    sa.Column("target", _Number, primary_key=True, autoincrement=True),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("may_be_private", sa.Boolean, nullable=False),
    sa.Column("every_ms", sa.BigInteger, nullable=False),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("removed_at", sa.BigInteger, nullable=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("pending", sa.BigInteger, nullable=True),
    sa.Column("claimed_until", sa.BigInteger, nullable=False),
    sa.Column("next_at", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.BigInteger, nullable=False),
    sa.Column("failing_since", sa.BigInteger, nullable=True),
    sa.Column("paused_at", sa.BigInteger, nullable=True),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Column("told_at", sa.BigInteger, nullable=True),
    sa.Index("notice_targets_by_partner", "partner"),
    comment="Where partners want to be told of what was refused or waits: webhooks and mail addresses, each with the last decision that it was told of "
    "(position), the end of the bundle that is being sent (pending), and how sending goes",
)

reconciliations = sa.Table(
    "reconciliations",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("booking", sa.BigInteger, nullable=False),
    sa.Column("differences", sa.BigInteger, nullable=False),
    sa.Column("compared_at", sa.BigInteger, nullable=False),
    comment="The last comparison of tables, ledger and log by scope: at which booking, how many differences, when; what the pages' badge says",
)
