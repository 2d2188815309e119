"""What assurance needs: recipient tokens and the suspicions they raise, and the sums of batches."""

import sqlalchemy as sa
from alembic import op

from models.schema import ExactInteger

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("batch_history", "suspicions", "tokens")


def upgrade() -> None:
    """Create the tables and the triggers."""
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
    for statement in _append_only_triggers(op.get_bind().dialect.name):
        op.execute(statement)


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
