"""What a stack needs, looked at piece by piece: each finding says what was found and, if it is not fine, the one thing to do.

Nothing is changed and nothing raises: a piece that cannot be looked at is a finding too.
"""

import dataclasses
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Final, Literal

from sqlalchemy.exc import DBAPIError

from consumers.database import open_for_reading, unreachable
from consumers.kafka_reading import partitions_of, reader
from consumers.tables.coverage import coverage
from consumers.tables.reader import read_tables
from consumers.verdicts import unbooked
from deploy import running, topics
from deploy.groups import LEDGER_GROUP, TALLIES_GROUP, groups
from deploy.kafka import jars, java, probe
from deploy.migrations.upgrade import current_version, newest_version
from deploy.settings import Settings
from models.errors import SalurError, Unreachable
from models.topics import is_inbound

OLDEST_PYTHON: Final = (3, 11)
LEAST_DISK_BYTES: Final = 1024**3
RUN_HINT: Final = "start the stack: salur up --data {data_dir}"

State = Literal["fine", "wrong", "unreachable", "not needed"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece: its state, what was found, and what to do if it is not fine."""

    name: str
    state: State
    found: str
    fix: str = ""


Look = Callable[[Settings], Finding]


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each piece, the ones that others stand on first."""
    for name, look in _LOOKS.items():
        try:
            yield look(settings)
        except Unreachable as error:
            yield Finding(name=name, state="unreachable", found=Exception.__str__(error), fix=error.hint)
        except SalurError as error:
            yield Finding(name=name, state="wrong", found=Exception.__str__(error), fix=error.hint)


def _python(_settings: Settings) -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        return Finding(name="Python", state="fine", found=found)
    return Finding(name="Python", state="wrong", found=found, fix="install Python 3.11 or newer")


def _java(settings: Settings) -> Finding:
    if settings.bootstrap_servers is not None:
        return Finding(name="Java", state="not needed", found="Kafka is given by its address")
    found = java.find(os.environ)
    return Finding(name="Java", state="fine", found=f"{found.version} ({found.origin})")


def _kafka_files(settings: Settings) -> Finding:
    if settings.bootstrap_servers is not None:
        return Finding(name="Kafka's files", state="not needed", found="Kafka is given by its address")
    listed = jars.locked()
    folder = settings.cache_dir / f"kafka-{listed.kafka_version}"
    missing = jars.missing_from(folder, listed)
    if not missing:
        return Finding(name="Kafka's files", state="fine", found=f"{len(listed.jars)} in {folder}")
    found = f"{len(missing)} of {len(listed.jars)} are not in {folder}"
    return Finding(name="Kafka's files", state="wrong", found=found, fix="run `salur up` once with a network, or set SALUR_MAVEN_MIRROR")


def _disk(settings: Settings) -> Finding:
    folder = next(folder for folder in (settings.data_dir, *settings.data_dir.parents) if folder.exists())
    free = shutil.disk_usage(folder).free
    found = f"{free / 1024**3:.1f} GiB free for {settings.data_dir}"
    if not os.access(folder, os.W_OK):
        return Finding(name="Data folder", state="wrong", found=f"{folder} may not be written", fix="name another folder with --data")
    if free < LEAST_DISK_BYTES:
        return Finding(name="Data folder", state="wrong", found=found, fix="free some space: below 1 GiB Kafka may stop")
    return Finding(name="Data folder", state="fine", found=found)


def _broker(settings: Settings) -> Finding:
    servers = running.bootstrap_servers(settings)
    answers = {server: probe.ask(*_host_and_port(server)) for server in servers.split(",")}
    if "kafka" in answers.values():
        return Finding(name="Broker", state="fine", found=f"answers at {servers}")
    if "other" in answers.values():
        return Finding(name="Broker", state="unreachable", found=f"something else listens at {servers}", fix="mend SALUR_BOOTSTRAP_SERVERS")
    fix = "start it, or mend SALUR_BOOTSTRAP_SERVERS" if settings.bootstrap_servers else RUN_HINT.format(data_dir=settings.data_dir)
    return Finding(name="Broker", state="unreachable", found=f"nobody listens at {servers}", fix=fix)


def _host_and_port(server: str) -> tuple[str, int]:
    host, _, port = server.strip().rpartition(":")
    return host.strip("[]"), int(port) if port.isdecimal() else 0


def _topics(settings: Settings) -> Finding:
    states = topics.check(
        running.bootstrap_servers(settings),
        partitions=settings.partitions,
        replication_factor=settings.replication_factor,
        min_insync_replicas=settings.min_insync_replicas,
    )
    topics.demand(states)
    return Finding(name="Topics", state="fine", found=f"{len(states)} as declared, {settings.partitions} partitions")


def _database(settings: Settings) -> Finding:

    engine = open_for_reading(running.database_url(settings))
    try:
        found, needed = current_version(engine), newest_version()
    except DBAPIError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()
    shown = f"{engine.url.render_as_string(hide_password=True)} at version {found}"
    if found == needed:
        return Finding(name="Database", state="fine", found=shown)
    return Finding(name="Database", state="wrong", found=f"{shown}, expected {needed}", fix="`salur up` brings it to the newest version")


def _workers(settings: Settings) -> Finding:
    with groups(running.bootstrap_servers(settings)) as asking:
        states = asking.states([LEDGER_GROUP, TALLIES_GROUP])
    found = ", ".join(f"{group.name}: {group.members} ({group.state})" for group in states)
    if all(group.is_settled for group in states):
        return Finding(name="Workers", state="fine", found=found)
    return Finding(name="Workers", state="wrong", found=found, fix=f"look at {settings.data_dir / 'logs'}; `salur up` starts workers again by itself")


def _ledger_lag(settings: Settings) -> Finding:
    with reader(running.bootstrap_servers(settings)) as consumer:
        partitions = [partition for topic in sorted(consumer.topics()) if is_inbound(topic) for partition in partitions_of(consumer, topic)]
        ends = {(partition.topic, partition.partition): end for partition, end in consumer.end_offsets(partitions).items()}
    engine = open_for_reading(running.database_url(settings))
    with engine.connect() as connection, connection.begin():
        waiting = unbooked(connection, ends)
    engine.dispose()
    return Finding(name="Ledger", state="fine", found=f"{waiting} events wait to be booked")


def _tables_lag(settings: Settings) -> Finding:
    snapshot = read_tables(running.bootstrap_servers(settings))
    engine = open_for_reading(running.database_url(settings))
    with engine.connect() as connection, connection.begin():
        covered = coverage(connection, snapshot)
    engine.dispose()
    found = f"hold booking {covered.booking} of {covered.head}"
    if covered.is_drained:
        return Finding(name="Tables", state="fine", found=found)
    return Finding(name="Tables", state="wrong", found=found, fix="wait a moment and look again; if it stays, `salur rebuild` folds them anew")


_LOOKS: Final[dict[str, Look]] = {
    "Python": _python,
    "Java": _java,
    "Kafka's files": _kafka_files,
    "Data folder": _disk,
    "Broker": _broker,
    "Topics": _topics,
    "Database": _database,
    "Workers": _workers,
    "Ledger": _ledger_lag,
    "Tables": _tables_lag,
}
