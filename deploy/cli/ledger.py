"""Opening the ledger for one question of a command. What a command was shown is in the read log before it is printed."""

import contextlib
import getpass
import shlex
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from deploy import running
from deploy.settings import Settings
from models.errors import Unreachable

if TYPE_CHECKING:
    import sqlalchemy as sa

    from models.reads import Read


@contextlib.contextmanager
def reading(settings: Settings, *, shows_figures: bool = True) -> Iterator["sa.Connection"]:
    """Yield a connection that sees one moment of the ledger. Raises Unreachable when there is none, or it does not answer.

    What ends the block is shown only if its line is in the read log: that, too, raises Unreachable.
    """
    from sqlalchemy.exc import DBAPIError

    from consumers.answers.asof import resolve
    from consumers.database import is_unreachable, open_for_reading, unreachable

    url = running.database_url(settings)
    engine = open_for_reading(url)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
            booking = resolve(connection, None).booking if shows_figures else None
        if booking is not None:
            log(url, read_now(booking))
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        raise
    finally:
        engine.dispose()


@contextlib.contextmanager
def writing(settings: Settings) -> Iterator["sa.Connection"]:
    """Yield a connection whose transaction is kept at the end. Raises Unreachable."""
    from sqlalchemy.exc import DBAPIError

    from consumers.database import is_unreachable, open_database, unreachable

    engine = open_database(running.database_url(settings))
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        raise
    finally:
        engine.dispose()


def log(ledger_url: str, *reads: "Read") -> None:
    """Keep lines of the read log. Raises Unreachable, and then the answer must not be given."""
    from sqlalchemy.exc import DBAPIError

    from consumers.reads.place import alone, open_read_log
    from consumers.reads.writer import append_all

    engine = open_read_log(ledger_url)
    try:
        with engine.begin() as connection:
            alone(connection)
            append_all(connection, list(reads))
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        message = f"the read log does not take a line ({reason}), and no figure is shown without one"
        raise Unreachable(message, hint="check that its disk has space, then ask again") from error
    finally:
        engine.dispose()


def read_now(booking: int, **more: Any) -> "Read":
    """Return the line of the command that runs, with its words as they were written."""
    from models.reads import Read, shown, written

    words = sys.argv[1:]
    return Read(
        at=time.time_ns() // 1_000_000,
        reader=f"local:{_user()}",
        channel="command",
        what=shown(" ".join(["salur", *words[:1]])),
        asked=written({"words": shlex.join(words)}),
        status=200,
        as_of=booking,
        **more,
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # Containers run as numbers that have no name.
        return "unknown"
