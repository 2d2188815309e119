"""Making the tables, or a lost ledger, again from Kafka while the workers concerned rest.

The tables are disposable: their changelogs are deleted and declared anew, and the workers fold every entry again.
The ledger is decided once more in the order of the bookings topic (``consumers.ledger.replay``).
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from consumers.database import open_database
from consumers.ledger.replay import Progress, Replayed, replay
from deploy import holding, running, topics
from deploy.groups import LEDGER_GROUP, TALLIES_GROUP, groups
from deploy.migrations import upgrade
from deploy.settings import Settings
from deploy.stack import SHORT_LIVED_JVM, Stack
from models.cells import TABLES
from models.errors import SalurError, Unreachable
from models.topics import WATERMARKS, changelog

REST_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.1
_CHANGELOGS: Final = tuple(changelog(table) for table in (*TABLES, WATERMARKS))


class StillRunning(SalurError):
    """Workers that must rest go on."""


def rebuild_tables(settings: Settings) -> bool:
    """Empty the tables, so that the tallies' workers fold every entry again; return whether a stack that runs does so now.

    Raises Unreachable, and StillRunning if workers that this machine does not manage go on.
    """
    with _resting(settings, "tallies") as (servers, _database_url, is_running):
        _delete(servers, _CHANGELOGS)
        states = topics.ensure(
            servers, partitions=settings.partitions, replication_factor=settings.replication_factor, min_insync_replicas=settings.min_insync_replicas
        )
        topics.demand(states)
    return is_running


def rebuild_ledger(settings: Settings, *, on_progress: Callable[[Progress], None]) -> Replayed:
    """Bring the database to the end of the bookings topic, from wherever it is. Raises what ``replay`` raises, and StillRunning."""
    with _resting(settings, "ledger") as (servers, database_url, _is_running):
        upgrade.upgrade(database_url)
        engine = open_database(database_url)
        try:
            return replay(engine, bootstrap_servers=servers, on_progress=on_progress)
        finally:
            engine.dispose()


@contextlib.contextmanager
def _resting(settings: Settings, kind: holding.Kind) -> Iterator[tuple[str, str, bool]]:
    """Yield (Kafka, database, is a stack running here) while these workers rest: those of the running stack, or of one begun for this."""
    if running.is_claimed(settings.data_dir) or settings.bootstrap_servers is not None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with holding.held(settings.data_dir, kind):
            servers = running.bootstrap_servers(settings)
            _wait_for_rest(servers, LEDGER_GROUP if kind == "ledger" else TALLIES_GROUP)
            stack = running.read(settings.data_dir)
            is_default = settings.origins["database_url"] == "default"
            yield servers, stack.database_url if stack and is_default else settings.database_url, running.is_claimed(settings.data_dir)
        return
    with Stack(settings, bare=True, jvm_flags=SHORT_LIVED_JVM) as alone:
        yield str(alone.settings.bootstrap_servers), alone.settings.database_url, False


def _wait_for_rest(servers: str, group: str) -> None:
    deadline = time.monotonic() + REST_SECONDS
    with groups(servers) as asking:
        while members := asking.states([group])[0].members:
            if time.monotonic() > deadline:
                raise StillRunning(f"{members} workers of group {group} go on", hint="stop them, and run this again")
            time.sleep(POLL_SECONDS)


def _delete(servers: str, names: tuple[str, ...]) -> None:
    """Delete topics and wait until they are gone, so that they can be declared anew."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=servers.split(","), client_id="salur-rebuild")
        try:
            present = [name for name in names if name in set(admin.list_topics())]
            if present:
                admin.delete_topics(present)
            deadline = time.monotonic() + REST_SECONDS
            while set(admin.list_topics()) & set(names):
                if time.monotonic() > deadline:
                    raise Unreachable("the old tables' topics do not go away", hint="check that delete.topic.enable is on")
                time.sleep(POLL_SECONDS)
        finally:
            admin.close()
    except KafkaError as error:
        raise Unreachable(f"Kafka at {servers} does not delete topics ({type(error).__name__})", hint="check its log and the rights of this user") from error
