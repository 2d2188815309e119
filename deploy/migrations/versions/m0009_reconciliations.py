"""The last verdict of each comparison of tables, ledger and log, for the badge of the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; it is working state, so nothing guards it."""
    op.create_table(
        "reconciliations",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("booking", sa.BigInteger(), nullable=False),
        sa.Column("differences", sa.BigInteger(), nullable=False),
        sa.Column("compared_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
        comment="The last comparison of tables, ledger and log by scope: at which booking, how many differences, when; what the pages' badge says",
    )
