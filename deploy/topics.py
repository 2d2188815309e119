"""The topics of a Kafka cluster, created and checked against the one declaration in ``models.topics``.

A topic that exists is never changed here: partition counts decide where keys live, and settings may have been
chosen by whoever runs the cluster. What differs is reported, and the caller decides whether that is an error.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from deploy.kafka.admin import PARTITIONS, REPLICATION_FACTOR, Admin, Wanted
from models import topics
from models.errors import ConfigurationError
from models.topics import Topic

PARTNER_PARTITIONS: Final = 1
MIN_INSYNC: Final = "min.insync.replicas"

Status = Literal["created", "fine", "differs", "missing"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One property of a topic that is not what was declared."""

    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.what} is {self.found}, expected {self.expected}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    """One declared topic as it was found, or as it is now."""

    name: str
    status: Status
    differences: tuple[Difference, ...] = ()


def declared(*, partitions: int, partners: Iterable[str] = (), partner_partitions: int = PARTNER_PARTITIONS) -> tuple[Topic, ...]:
    """Return every topic of this installation: the fixed ones, and one for each partner that produces directly."""
    own = tuple(topics.inbound(topics.partner_topic(partner), partitions=partner_partitions) for partner in partners)
    for topic in own:
        if not topics.is_inbound(topic.name):
            raise ConfigurationError(f"{topic.name} is not the name of a partner's topic", hint="a partner's code has only a-z, 0-9 and dashes")
    return (*topics.declared(partitions=partitions), *own)


def ensure(
    bootstrap_servers: str,
    *,
    partitions: int,
    replication_factor: int,
    min_insync_replicas: int = 1,
    partners: Iterable[str] = (),
    client: Mapping[str, Any] | None = None,
) -> list[TopicState]:
    """Create the declared topics that are missing and return the state of all, in the order of their declaration.

    ``client`` holds further settings of the connection (security). Doing it again, or from two processes at once, is
    harmless. Raises Unreachable if no broker answers and ConfigurationError if the cluster refuses.
    """
    wanted = [
        _wanted(topic, replication_factor=replication_factor, min_insync_replicas=min_insync_replicas)
        for topic in declared(partitions=partitions, partners=partners)
    ]
    with Admin(bootstrap_servers, client) as admin:
        present = admin.names()
        created = admin.create([one for one in wanted if one.name not in present])
        return _compare(wanted, found=admin.describe(wanted), created=created)


def check(
    bootstrap_servers: str,
    *,
    partitions: int,
    replication_factor: int,
    min_insync_replicas: int = 1,
    partners: Iterable[str] = (),
    client: Mapping[str, Any] | None = None,
) -> list[TopicState]:
    """Return the state of all declared topics and create none. Raises like ``ensure``."""
    wanted = [
        _wanted(topic, replication_factor=replication_factor, min_insync_replicas=min_insync_replicas)
        for topic in declared(partitions=partitions, partners=partners)
    ]
    with Admin(bootstrap_servers, client) as admin:
        present = admin.names()
        return _compare(wanted, found=admin.describe([one for one in wanted if one.name in present]), created=frozenset())


def demand(states: Iterable[TopicState]) -> None:
    """Raise ConfigurationError, naming every topic that is missing or differs, unless all are as declared."""
    wrong = [
        f"{state.name} is missing" if state.status == "missing" else f"{state.name}: {'; '.join(map(str, state.differences))}"
        for state in states
        if state.status in ("missing", "differs")
    ]
    if wrong:
        raise ConfigurationError(
            "the topics are not as declared: " + " | ".join(wrong),
            hint="`salur topics` creates missing ones; a partition count cannot be changed in place (set SALUR_PARTITIONS to what is there), "
            "a setting can, with kafka-configs",
        )


def _wanted(topic: Topic, *, replication_factor: int, min_insync_replicas: int) -> Wanted:
    config = {**dict(topic.config), MIN_INSYNC: str(min_insync_replicas)}
    return Wanted(name=topic.name, partitions=topic.partitions, replication_factor=replication_factor, config=config)


def _compare(wanted: Sequence[Wanted], *, found: Mapping[str, Mapping[str, str]], created: frozenset[str]) -> list[TopicState]:
    states = []
    for topic in wanted:
        properties = found.get(topic.name)
        differences = () if properties is None else _differences(topic, properties)
        status: Status = "missing" if properties is None else "differs" if differences else "created" if topic.name in created else "fine"
        states.append(TopicState(name=topic.name, status=status, differences=differences))
    return states


def _differences(topic: Wanted, found: Mapping[str, str]) -> tuple[Difference, ...]:
    expected = {PARTITIONS: str(topic.partitions), REPLICATION_FACTOR: str(topic.replication_factor), **topic.config}
    return tuple(
        Difference(what=what, expected=value, found=found.get(what, "not set"))
        for what, value in expected.items()
        if not _is_enough(what, expected=value, found=found.get(what))
    )


def _is_enough(what: str, *, expected: str, found: str | None) -> bool:
    """More copies than asked for are fine; everything else must be equal."""
    if what in (REPLICATION_FACTOR, MIN_INSYNC) and found is not None:
        return int(found) >= int(expected)
    return found == expected
