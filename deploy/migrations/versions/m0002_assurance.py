"""Recipient tokens and the suspicions they raise, sums of batches, and figures that answer a question about many cells.

A ledger that holds bookings already has none of these sums. It was booked by other rules, so its events are sent again.
"""

import sqlalchemy as sa
from alembic import op

from models.errors import ConfigurationError
from models.schema import ExactInteger

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("batch_history", "figure_history", "figure_overlaps", "suspicions", "tokens")


def upgrade() -> None:
    """Create the tables and the triggers. Raises ConfigurationError for a ledger with bookings."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM bookings")).scalar_one():
        message = "this ledger was booked by a version that kept no sums of figures and batches"
        raise ConfigurationError(message, hint="begin with a new data folder (or an empty database and empty topics) and send the events again")
    _create_assurance()
    _create_figures()
    op.create_index("cell_history_by_booking", "cell_history", ["booking"], unique=False)
    for statement in _append_only_triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _create_assurance() -> None:
    op.create_table(
        "tokens",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("tranche", sa.Text(), nullable=False),
        sa.Column("is_payment", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("token", "number"),
        comment="The SHA-256 of every recipient token of an accepted delivery, and what that delivery gave",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "suspicions",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("other", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", "other", "token"),
        comment="Deliveries that gave something to a recipient token which an earlier one ('other') had served: the flag duplicate_suspected, opened",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "batches",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("steps", ExactInteger(), nullable=False),
        sa.Column("booking", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "programme", "destination", "simulated", "measure", "unit"),
        comment="Each batch of payments by its subject: the sum of every stage, and the booking that changed it last",
    )
    op.create_table(
        "batch_history",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("booking", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("steps", ExactInteger(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "programme", "destination", "simulated", "measure", "unit", "booking"),
        comment="Each batch after each booking that changed it: the running sum of a stage, and the JSON list of [decision, increment] that changed it",
        sqlite_with_rowid=False,
    )


def _create_figures() -> None:
    op.create_table(
        "figures",
        sa.Column("figure", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("steps", ExactInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("booking", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("figure"),
        comment="Sums of cells: level 1 tells partners apart and level 2 months, and both leave out the finer dimensions, so that a question about "
        "many cells reads few rows; events are different events",
    )
    op.create_table(
        "figure_history",
        sa.Column("figure", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("steps", ExactInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("figure", "booking"),
        comment="Each figure after each booking that changed it: running sum and number of different events",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "figure_overlaps",
        sa.Column("overlap", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("overlap", "booking"),
        comment="Sets of figures of one level, measure and unit that single events posted to together, with the running number of such events",
    )


def _append_only_triggers(dialect: str) -> list[str]:
    """Return the statements that make booked facts append-only in the database itself; PostgreSQL has the function already."""
    if dialect == "postgresql":
        return [
            f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION salur_append_only()'
            for table in _APPEND_ONLY
        ]
    return [
        f'CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON "{table}" BEGIN '
        f"SELECT RAISE(ABORT, 'table {table} is append-only: a mistake is corrected by a new event'); END"
        for table in _APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
