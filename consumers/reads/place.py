"""Where the read log is kept: a file of its own beside an SQLite ledger, a schema of its own in PostgreSQL.

Apart from the ledger for three reasons. A read never waits for a booking, and no booking for a read. Who may write
here need not be able to write anything else. And a ledger that is lost can be made again from Kafka; this cannot, so
it does not go with it.
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.database import is_unreachable, open_database, unreachable
from models import schema
from models.errors import ConfigurationError

SCHEMA: Final = "salur_reads"
SUFFIX: Final = "-reads"
_LOCK: Final = 7225872
"""Names the lock of PostgreSQL under which lines are numbered."""


def open_read_log(ledger_url: str) -> sa.Engine:
    """Return an engine for the read log of a ledger; made where it is not there yet. Raises Unreachable, ConfigurationError."""
    url = sa.make_url(ledger_url)
    if url.get_backend_name() == "sqlite":
        engine = open_database(file_beside(url))
    else:
        engine = open_database(ledger_url).execution_options(schema_translate_map={None: SCHEMA})
    try:
        _make(engine)
    except DBAPIError as error:
        engine.dispose()
        if is_unreachable(error):
            raise unreachable(error) from error
        raise ConfigurationError(
            "the read log cannot be made", hint="let the role of the web process use the schema salur_reads, or make it as another"
        ) from error
    return engine


def file_beside(ledger: sa.URL) -> str:
    """Return the address of the log that belongs to a ledger in a file."""
    path = Path(ledger.database or "ledger.sqlite")
    return f"sqlite:///{path.with_name(f'{path.stem}{SUFFIX}{path.suffix}')}"


def alone(connection: sa.Connection) -> None:
    """Wait until nobody else appends; until the end of the transaction. SQLite has let only one begin."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _make(engine: sa.Engine) -> None:
    is_postgresql = engine.dialect.name == "postgresql"
    if sa.inspect(engine).has_table(schema.read_log.name, schema=SCHEMA if is_postgresql else None):
        return
    with engine.begin() as connection:
        alone(connection)
        if is_postgresql:
            connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        schema.reads.create_all(connection)
        for statement in _append_only(is_postgresql=is_postgresql):
            connection.execute(sa.text(statement))


def _append_only(*, is_postgresql: bool) -> list[str]:
    if not is_postgresql:
        return [
            f"CREATE TRIGGER IF NOT EXISTS read_log_no_{verb.lower()} BEFORE {verb} ON read_log BEGIN SELECT RAISE(ABORT, 'the read log is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    function = f"CREATE OR REPLACE FUNCTION {SCHEMA}.append_only() RETURNS trigger LANGUAGE plpgsql AS "
    trigger = f"CREATE OR REPLACE TRIGGER read_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {SCHEMA}.read_log "
    return [
        f"{function} $$ BEGIN RAISE EXCEPTION 'the read log is append-only'; END $$",
        f"{trigger} FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.append_only()",
    ]
