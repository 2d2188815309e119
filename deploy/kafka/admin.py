"""The administration of a Kafka cluster, any cluster: its topics and their settings, with failures said in our words.

What the topics should be is decided in ``deploy.topics``.
"""

import socket
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

from kafka import errors as kafka_errors
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from models.errors import ConfigurationError, Unreachable

CONNECT_SECONDS: Final = 15.0
PARTITIONS: Final = "partitions"
REPLICATION_FACTOR: Final = "replication factor"
_ALREADY_THERE: Final = kafka_errors.TopicAlreadyExistsError.errno


class Wanted(NamedTuple):
    """A topic as it should be."""

    name: str
    partitions: int
    replication_factor: int
    config: Mapping[str, str]


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


class Admin:
    """A connection for administration. Every method raises Unreachable when the cluster stops answering."""

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

    def create(self, missing: Sequence[Wanted]) -> frozenset[str]:
        """Create ``missing`` and return those that this call created; another process may have been faster."""
        if not missing:
            return frozenset()
        request = {
            topic.name: {"num_partitions": topic.partitions, "replication_factor": topic.replication_factor, "configs": dict(topic.config)} for topic in missing
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

    def describe(self, topics: Sequence[Wanted]) -> dict[str, dict[str, str]]:
        """Return, by name, the properties of existing topics: partitions, replication factor, and the settings that ``topics`` name."""
        if not topics:
            return {}
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=list(topic.config)) for topic in topics]
        try:
            metadata = {one["name"]: one["partitions"] for one in self._client.describe_topics([topic.name for topic in topics])}
            configs = self._client.describe_configs(resources, config_filter="all")["topic"]
        except kafka_errors.KafkaError as error:
            raise self._unreachable(error) from error
        return {
            topic.name: {
                PARTITIONS: str(len(metadata[topic.name])),
                REPLICATION_FACTOR: str(min((len(one["replica_nodes"]) for one in metadata[topic.name]), default=0)),
                **{name: str(config["value"]) for name, config in configs[topic.name].items()},
            }
            for topic in topics
        }

    def _refused(self, refused: Sequence[Mapping[str, Any]]) -> ConfigurationError:
        reasons = "; ".join(f"{one['name']}: {one.get('error_message') or kafka_errors.for_code(one['error_code']).__name__}" for one in refused)
        return ConfigurationError(
            f"{self._servers} refuses to create topics: {reasons}",
            hint="check the replication factor against the number of brokers, and the rights of this user",
        )

    def _unreachable(self, error: kafka_errors.KafkaError) -> Unreachable:
        return Unreachable(f"Kafka at {self._servers} does not answer: {error}", hint="start it, or check SALUR_BOOTSTRAP_SERVERS")
