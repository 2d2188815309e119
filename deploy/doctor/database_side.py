"""The ledger's database: whether it answers, can be written, has this program's version, and whether clocks agree."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.database import is_unreachable, open_database, open_for_reading, unreachable
from deploy import running
from deploy.doctor.finding import Eyes, Finding
from deploy.migrations.upgrade import current_version, knows, newest_version
from models import schema

LOCK_SECONDS: Final = 5
"""A booking takes less than a second: who holds the lock for so long keeps the ledger waiting."""
SKEW_SECONDS: Final = 2.0
LATE_SECONDS: Final = 60.0
LOOKED_AT: Final = 500


def look_at_database(eyes: Eyes) -> Iterator[Finding]:
    """Look whether it answers, and at its version."""
    engine = open_for_reading(running.database_url(eyes.settings))
    shown = engine.url.render_as_string(hide_password=True)
    try:
        found = current_version(engine)
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        yield Finding(name="Database", state="wrong", found=f"{shown} is damaged, or no database of a ledger", fix="restore it: salur restore")
        return
    finally:
        engine.dispose()
    needed = newest_version()
    if found == needed:
        yield Finding(name="Database", state="fine", found=f"{shown} at version {found}")
    elif found is not None and not knows(found):
        fix = "run the newer version of Salur that made it"
        yield Finding(name="Database", state="wrong", found=f"{shown} at version {found}, which this program does not know", fix=fix)
    else:
        yield Finding(name="Database", state="wrong", found=f"{shown} at version {found}, expected {needed}", fix="`salur up` brings it to the newest version")


def look_at_lock(eyes: Eyes) -> Iterator[Finding]:
    """Take what a booking takes, for a moment, and give it back."""
    engine = open_database(running.database_url(eyes.settings))
    try:
        with engine.connect() as connection:
            _take_head(connection)
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig is not None else type(error).__name__
        held = f"no booking can be written now: {reason}"
        yield Finding(name="Writing", state="wrong", found=held, fix="end what holds its lock, or make room and give the right to write; nothing is lost")
        return
    finally:
        engine.dispose()
    yield Finding(name="Writing", state="fine", found="the next booking can be written")


def look_at_partitions(eyes: Eyes) -> Iterator[Finding]:
    """Look whether the ledger was made for as many partitions as are configured."""
    engine = open_for_reading(running.database_url(eyes.settings))
    try:
        with engine.connect() as connection, connection.begin():
            head = connection.execute(sa.select(schema.head.c.partitions, schema.head.c.booking, schema.head.c.size)).first()
    finally:
        engine.dispose()
    if head is None:
        yield Finding(name="Ledger", state="fine", found="nothing is booked yet")
    elif head.partitions != eyes.settings.partitions:
        found = f"it routes entries to {head.partitions} partitions, but {eyes.settings.partitions} are configured"
        yield Finding(name="Ledger", state="wrong", found=found, fix=f"set SALUR_PARTITIONS={head.partitions}; the number is fixed for a ledger's life")
    else:
        yield Finding(name="Ledger", state="fine", found=f"{head.size} decisions in {head.booking} bookings")


def look_at_clocks(eyes: Eyes) -> Iterator[Finding]:
    """Hold Kafka's clock, which stamps every record, against the ledger's and this machine's.

    No record is written for it: what was booked last tells when Kafka received it and when the ledger booked it.
    """
    engine = open_for_reading(running.database_url(eyes.settings))
    try:
        with engine.connect() as connection, connection.begin():
            newest, least = _seen(connection)
    finally:
        engine.dispose()
    if newest is None or least is None:
        yield Finding(name="Clock", state="fine", found="nothing is booked yet that tells Kafka's time")
        return
    fix = "let every machine take its time from one source (chrony, systemd-timesyncd); order and sums never depend on it"
    ahead = max(newest / 1000 - eyes.clock(), -least / 1000)
    if ahead > SKEW_SECONDS:
        yield Finding(name="Clock", state="wrong", found=f"Kafka's clock is {ahead:.0f} s ahead of this machine's", fix=fix)
    elif least / 1000 > LATE_SECONDS:
        found = f"everything lately was booked at least {least / 1000:.0f} s after Kafka's time: its clock is behind, or the ledger was"
        yield Finding(name="Clock", state="notice", found=found, fix=fix)
    else:
        yield Finding(name="Clock", state="fine", found=f"within {SKEW_SECONDS:.0f} s of Kafka's")


def _seen(connection: sa.Connection) -> tuple[int | None, int | None]:
    """Return when Kafka received the newest record, and the least time from receiving to booking of the last ones, in milliseconds."""
    d = schema.decisions.c
    last = sa.select(d.received_at, d.booking).order_by(d.number.desc()).limit(LOOKED_AT).subquery()
    took = schema.bookings.c.booked_at - last.c.received_at
    query = sa.select(sa.func.max(last.c.received_at), sa.func.min(took)).join_from(last, schema.bookings, schema.bookings.c.booking == last.c.booking)
    newest, least = connection.execute(query).one()
    return newest, least


def _take_head(connection: sa.Connection) -> None:
    """Take the head as a booking does, waiting only a little; given back when the transaction is rolled back."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")  # type: ignore[union-attr]  # it is open
        with connection.begin() as transaction:
            transaction.rollback()
        return
    with connection.begin() as transaction:
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        connection.execute(sa.select(schema.head.c.id).with_for_update())
        transaction.rollback()
