"""The operators' desk: what was asked for about refused and waiting events, by whom, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("desk_requests", "desk_items", "desk_steps")


def upgrade() -> None:
    """Create the tables and the triggers."""
    op.create_table(
        "desk_requests",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("edited", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        comment="What operators asked for: send again, edit and send, close, give up; by whom, why, and whether a second person must approve",
    )
    op.create_table(
        "desk_items",
        sa.Column("request", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("decision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("request", "decision"),
        sqlite_with_rowid=False,
        comment="The decisions that a request is about",
    )
    op.create_table(
        "desk_steps",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("request", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        comment="Everything that happened to requests, about one decision or (0) all of it; only ever inserted",
    )
    op.create_index("desk_steps_by_request", "desk_steps", ["request"], unique=False)
    for statement in _append_only_triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _append_only_triggers(dialect: str) -> list[str]:
    """Return the statements that make the desk's log append-only in the database itself; PostgreSQL has the function already."""
    if dialect == "postgresql":
        return [
            f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION salur_append_only()'
            for table in _APPEND_ONLY
        ]
    return [
        f'CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON "{table}" BEGIN '
        f"SELECT RAISE(ABORT, 'table {table} is append-only: what was asked and done stays'); END"
        for table in _APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
