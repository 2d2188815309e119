"""Who may send to the HTTP intake: partners, the tokens that they hold, and a log of both; refusals found by their id."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REFUSED = sa.text("disposition IN ('rejected', 'conflict')")


def upgrade() -> None:
    """Create the tables, the triggers that keep the log as it is, and the index."""
    _create_access()
    op.create_index("refusals_by_id", "decisions", ["partner", "event_id"], unique=False, sqlite_where=_REFUSED, postgresql_where=_REFUSED)
    for statement in _append_only_triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _create_access() -> None:
    op.create_table(
        "access_partners",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partner"),
        comment="Partners that may be given tokens for the HTTP intake",
    )
    op.create_table(
        "access_tokens",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("prefix"),
        comment="What each token allows; of the token itself only its prefix and its SHA-256",
    )
    op.create_index("access_tokens_by_partner", "access_tokens", ["partner"], unique=False)
    op.create_table(
        "access_log",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        comment="Who was let in, with which token, until when; only ever inserted",
    )


def _append_only_triggers(dialect: str) -> list[str]:
    """Return the statements that make the log append-only in the database itself; PostgreSQL has the function already."""
    if dialect == "postgresql":
        return [
            "CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION salur_append_only()"
        ]
    return [
        f"CREATE TRIGGER access_log_no_{verb.lower()} BEFORE {verb} ON access_log BEGIN "
        "SELECT RAISE(ABORT, 'table access_log is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]
