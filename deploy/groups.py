"""The consumer groups of the workers, as Kafka sees them: whether each group has settled and who reads what."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from kafka.admin import KafkaAdminClient
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, KafkaError

from models.errors import Unreachable
from models.topics import FAUST_APP_ID

LEDGER_GROUP: Final = "salur-ledger"
TALLIES_GROUP: Final = FAUST_APP_ID
_SETTLED: Final = "Stable"
_NOT_YET: Final = (CoordinatorLoadInProgressError, CoordinatorNotAvailableError)
_PATIENCE_SECONDS: Final = 5.0


class Group(NamedTuple):
    """One consumer group: its state in Kafka's word, and how many members it has."""

    name: str
    state: str
    members: int

    @property
    def is_settled(self) -> bool:
        """Whether its members have their partitions."""
        return self.state == _SETTLED and self.members > 0


class Groups:
    """A connection that asks for groups again and again."""

    def __init__(self, admin: KafkaAdminClient) -> None:
        self._admin = admin

    def states(self, names: Sequence[str]) -> list[Group]:
        """Return the groups in the order of their names; one that nobody has joined yet is ``Dead``. Raises Unreachable."""
        described: dict[str, Any] | None = None
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while described is None:
            try:
                described = self._admin.describe_groups(list(names))
            except _NOT_YET as error:
                # A cluster that nobody has asked for groups yet makes the place for them first.
                if time.monotonic() > deadline:
                    raise _silent(error) from error
                time.sleep(0.1)
            except KafkaError as error:
                raise _silent(error) from error
        return [_group(name, described.get(name) or {}) for name in names]

    def is_settled(self, name: str) -> bool:
        """Tell whether a group has settled; False while Kafka does not say."""
        try:
            return self.states([name])[0].is_settled
        except Unreachable:
            return False


@contextlib.contextmanager
def groups(bootstrap_servers: str) -> Iterator[Groups]:
    """Open a connection for the time of a question. Raises Unreachable."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","), client_id="salur-groups", bootstrap_timeout_ms=8_000)
    except KafkaError as error:
        raise Unreachable(f"Kafka at {bootstrap_servers} does not answer", hint="start it, or check SALUR_BOOTSTRAP_SERVERS") from error
    try:
        yield Groups(admin)
    finally:
        admin.close()


def _silent(error: KafkaError) -> Unreachable:
    return Unreachable(f"Kafka does not tell about its groups ({type(error).__name__})", hint="check that the broker runs")


def _group(name: str, described: dict[str, Any]) -> Group:
    return Group(name, str(described.get("group_state", "Dead")), len(described.get("members", ())))
