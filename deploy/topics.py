"""The topics of a Kafka cluster, created and checked against the one declaration in ``models.topics``.

A topic that exists is never changed here: partition counts decide where keys live, and settings may have been
chosen by whoever runs the cluster. What differs is reported, and the caller decides whether that is an error.
"""

import dataclasses
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, Self

from kafka import errors as kafka_errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from models import topics
from models.errors import ConfigurationError, Unreachable
from models.topics import Topic

CONNECT_SECONDS: Final = 15.0
PARTNER_PARTITIONS: Final = 1
_ALREADY_THERE: Final = kafka_errors.TopicAlreadyExistsError.errno

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
    partners: Iterable[str] = (),
    client: Mapping[str, Any] | None = None,
) -> list[TopicState]:
    """Create the declared topics that are missing and return the state of all, in the order of their declaration.

    ``client`` holds further settings of the connection (security). Doing it again, or from two processes at once, is
    harmless. Raises Unreachable if no broker answers and ConfigurationError if the cluster refuses.
    """
    wanted = declared(partitions=partitions, partners=partners)
    with _Admin(bootstrap_servers, client) as admin:
        there = admin.names()
        missing = [topic for topic in wanted if topic.name not in there]
        created = admin.create(missing, replication_factor=replication_factor)
        return _compare(admin, wanted, present={topic.name for topic in wanted}, created=created, replication_factor=replication_factor)


def check(
    bootstrap_servers: str,
    *,
    partitions: int,
    replication_factor: int,
    partners: Iterable[str] = (),
    client: Mapping[str, Any] | None = None,
) -> list[TopicState]:
    """Return the state of all declared topics and create none. Raises like ``ensure``."""
    wanted = declared(partitions=partitions, partners=partners)
    with _Admin(bootstrap_servers, client) as admin:
        present = admin.names() & {topic.name for topic in wanted}
        return _compare(admin, wanted, present=present, created=frozenset(), replication_factor=replication_factor)


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


def _compare(
    admin: "_Admin", wanted: Sequence[Topic], *, present: set[str], created: frozenset[str], replication_factor: int
) -> list[TopicState]:
    described = admin.describe([topic for topic in wanted if topic.name in present], replication_factor=replication_factor)
    states = []
    for topic in wanted:
        if topic.name not in present:
            states.append(TopicState(name=topic.name, status="missing"))
            continue
        expected = _properties(topic, replication_factor=replication_factor)
        found = described[topic.name]
        differences = tuple(
            Difference(what=what, expected=value, found=found.get(what, "not set"))
            for what, value in expected.items()
            if not _is_enough(what, expected=value, found=found.get(what))
        )
        status: Status = "differs" if differences else "created" if topic.name in created else "fine"
        states.append(TopicState(name=topic.name, status=status, differences=differences))
    return states


def _is_enough(what: str, *, expected: str, found: str | None) -> bool:
    """More copies than asked for are fine; everything else must be equal."""
    if what in ("replication factor", "min.insync.replicas") and found is not None:
        return int(found) >= int(expected)
    return found == expected


def _properties(topic: Topic, *, replication_factor: int) -> dict[str, str]:
    return {
        "partitions": str(topic.partitions),
        "replication factor": str(replication_factor),
        **_config(topic, replication_factor=replication_factor),
    }


def _config(topic: Topic, *, replication_factor: int) -> dict[str, str]:
    """Return the settings of ``topic``; with three copies two must have a record before it is acknowledged."""
    return {**dict(topic.config), "min.insync.replicas": str(min(2, max(1, replication_factor - 1)))}


def _accepts(server: str) -> bool:
    """Tell whether anything listens at ``host:port``. The client would try for many seconds, and keep its sockets open when it fails."""
    host, _, port = server.strip().rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigurationError(f"{server!r} is not an address of Kafka", hint="write host:port, several with commas between them")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS / 3).close()
    except (OSError, OverflowError):
        return False
    return True


class _Admin:
    """The admin client, with its failures said in our words."""

    def __init__(self, bootstrap_servers: str, client: Mapping[str, Any] | None) -> None:
        self._servers = bootstrap_servers
        if "proxy_url" not in (client or {}) and not any(_accepts(server) for server in bootstrap_servers.split(",")):
            raise Unreachable(f"Kafka at {bootstrap_servers} does not answer", hint="start it, or check SALUR_BOOTSTRAP_SERVERS")
        milliseconds = int(CONNECT_SECONDS * 1000)
        defaults = {"client_id": "salur-topics", "bootstrap_timeout_ms": milliseconds, "request_timeout_ms": milliseconds}
        try:
            self._client = KafkaAdminClient(bootstrap_servers=bootstrap_servers, **{**defaults, **(client or {})})
        except kafka_errors.KafkaError as error:
            raise self._unreachable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def names(self) -> set[str]:
        """Return the names of all topics; asking for one by name could create it where auto-creation is on."""
        try:
            return set(self._client.list_topics())
        except kafka_errors.KafkaError as error:
            raise self._unreachable(error) from error

    def create(self, missing: Sequence[Topic], *, replication_factor: int) -> frozenset[str]:
        """Create ``missing`` and return those that this call created; another process may have been faster."""
        if not missing:
            return frozenset()
        request = {
            topic.name: {
                "num_partitions": topic.partitions,
                "replication_factor": replication_factor,
                "configs": _config(topic, replication_factor=replication_factor),
            }
            for topic in missing
        }
        try:
            answer = self._client.create_topics(request, raise_errors=False)
            refused = [one for one in answer["topics"] if one["error_code"] not in (0, _ALREADY_THERE)]
            if refused:
                raise self._refused(refused)
            self._client.wait_for_topics(list(request))
        except kafka_errors.KafkaError as error:
            raise self._unreachable(error) from error
        return frozenset(one["name"] for one in answer["topics"] if one["error_code"] == 0)

    def describe(self, wanted: Sequence[Topic], *, replication_factor: int) -> dict[str, dict[str, str]]:
        """Return the properties of each topic, by the names that ``_properties`` uses."""
        if not wanted:
            return {}
        resources = [
            ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=list(_config(topic, replication_factor=replication_factor)))
            for topic in wanted
        ]
        try:
            metadata = {one["name"]: one["partitions"] for one in self._client.describe_topics([topic.name for topic in wanted])}
            configs = self._client.describe_configs(resources, config_filter="all")["topic"]
        except kafka_errors.KafkaError as error:
            raise self._unreachable(error) from error
        return {
            topic.name: {
                "partitions": str(len(metadata[topic.name])),
                "replication factor": str(min((len(one["replica_nodes"]) for one in metadata[topic.name]), default=0)),
                **{name: str(config["value"]) for name, config in configs[topic.name].items()},
            }
            for topic in wanted
        }

    def _refused(self, refused: Sequence[Mapping[str, Any]]) -> ConfigurationError:
        reasons = "; ".join(
            f"{one['name']}: {one.get('error_message') or kafka_errors.for_code(one['error_code']).__name__}" for one in refused
        )
        return ConfigurationError(
            f"{self._servers} refuses to create topics: {reasons}",
            hint="check the replication factor against the number of brokers, and the rights of this user",
        )

    def _unreachable(self, error: kafka_errors.KafkaError) -> Unreachable:
        return Unreachable(f"Kafka at {self._servers} does not answer: {error}", hint="start it, or check SALUR_BOOTSTRAP_SERVERS")
