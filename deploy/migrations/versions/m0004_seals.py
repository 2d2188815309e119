"""Seals, and what makes them quick to prove and precise to check."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("seals", "seal_rows", "seal_tiles")


def upgrade() -> None:
    """Create the tables and the triggers."""
    op.create_table(
        "seals",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("booking", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        comment="Every seal: the bytes of its document, and the signed note that binds them; only ever inserted",
    )
    op.create_table(
        "seal_rows",
        sa.Column("booking", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("columns", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("booking", "table_name"),
        comment="What a sealed booking wrote to each table: one hash over its rows, which the seal binds, and short ones of each row and each column, "
        "which name the one that is changed",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seal_tiles",
        sa.Column("tile", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tile"),
        comment="The root of every full run of 256 sealed leaves, so that a proof reads few rows",
    )
    for statement in _append_only_triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _append_only_triggers(dialect: str) -> list[str]:
    """Return the statements that make seals append-only in the database itself; PostgreSQL has the function already."""
    if dialect == "postgresql":
        return [
            f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION salur_append_only()'
            for table in _APPEND_ONLY
        ]
    return [
        f'CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON "{table}" BEGIN '
        f"SELECT RAISE(ABORT, 'table {table} is append-only: a seal stands as it was signed'); END"
        for table in _APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
