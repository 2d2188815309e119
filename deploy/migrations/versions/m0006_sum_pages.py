"""The trees of sums in pages, so that a seal hashes again only what changed since the one before."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the next seal fills it."""
    op.create_table(
        "sum_pages",
        sa.Column("order_name", sa.Text(), nullable=False),
        sa.Column("first", sa.LargeBinary(), nullable=False),
        sa.Column("last", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.Column("below", sa.LargeBinary(), nullable=True),
        sa.Column("members", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_name", "first"),
        comment="The sealed trees of sums in pages: first and last key, what the topmost node says and the hash of what is below it, and the JSON list of "
        "[cell, sum]; read only as far as it leads to a sealed root",
        sqlite_with_rowid=False,
    )
