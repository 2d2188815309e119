"""The last verdict of each comparison, kept in the ledger's database, so that every web process can show the same one.

Working state: whoever compares replaces what is there. It proves nothing, and a ledger made again from Kafka begins without.
"""

from typing import Final, NamedTuple

import sqlalchemy as sa

from models import schema

SCOPES: Final = ("tables", "ledger", "log")
_kept = schema.reconciliations


class Verdict(NamedTuple):
    """What a comparison found: at which booking, how many differences, when (milliseconds since 1970)."""

    scope: str
    booking: int
    differences: int
    compared_at: int


def keep(writing: sa.Engine, verdict: Verdict) -> None:
    """Replace the verdict of a scope. Raises what the database raises."""
    with writing.begin() as connection:
        values = verdict._asdict()
        if not connection.execute(sa.update(_kept).where(_kept.c.scope == verdict.scope).values(values)).rowcount:
            connection.execute(sa.insert(_kept).values(values))


def verdicts(connection: sa.Connection) -> dict[str, Verdict]:
    """Return the verdicts by scope; none before the first comparison."""
    return {row.scope: Verdict(*row) for row in connection.execute(sa.select(*_kept.c))}
