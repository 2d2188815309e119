"""Opening the ledger for one question of a command."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from deploy import running
from deploy.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa


@contextlib.contextmanager
def reading(settings: Settings) -> Iterator["sa.Connection"]:
    """Yield a connection that sees one moment of the ledger. Raises Unreachable when there is none, or it does not answer."""
    from sqlalchemy.exc import DBAPIError

    from consumers.database import is_unreachable, open_for_reading, unreachable

    engine = open_for_reading(running.database_url(settings))
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        raise
    finally:
        engine.dispose()
