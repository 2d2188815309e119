"""Bringing a ledger database to the version of this program.

A database of a newer version is refused: going on with older code could book what it does not understand.
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from consumers.database import is_unreachable, open_database, unreachable
from models.crashpoints import NO_CRASH_POINTS, CrashPoints
from models.errors import ConfigurationError

_FOLDER: Final = Path(__file__).parent


def upgrade(database_url: str, *, points: CrashPoints = NO_CRASH_POINTS, to: str = "head") -> str:
    """Bring the database to version ``to``, the newest by default, and return the newest.

    All is one transaction, so a killed upgrade leaves the version before. Raises ConfigurationError for a database
    that is newer than this program or was booked by older rules, Unreachable if it does not answer.
    """
    config = _config()
    engine = open_database(database_url)
    try:
        with engine.connect() as connection:
            _refuse_newer(connection)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            config.attributes["points"] = points
            if connection.dialect.name == "postgresql":
                # Two processes may start at once; the second one then finds nothing to do.
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7225871)"))
            command.upgrade(config, to)
            points.hit("mid_migration")
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        raise
    finally:
        engine.dispose()
    return newest_version()


def current_version(engine: sa.Engine) -> str | None:
    """Return the version of a database, None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_version() -> str:
    """Return the version that this program needs."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def knows(version: str) -> bool:
    """Tell whether this program knows a version, older than its own or the same."""
    return version in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def _refuse_newer(connection: sa.Connection) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and not knows(current):
        message = f"the database is at version {current}, which this program does not know"
        raise ConfigurationError(message, hint="run the newer version of Salur that made it; nothing was changed")
