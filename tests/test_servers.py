"""The servers that other tests rely on are the real ones."""

import pytest
import sqlalchemy as sa
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient

from tests.conftest import Kafka


def test_each_database_begins_empty_and_takes_a_table(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.execute(sa.text("CREATE TABLE aid (quantity BIGINT)"))
    engine.dispose()


@pytest.mark.kafka
def test_a_record_comes_back_from_the_shared_kafka(kafka: Kafka) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    admin.create_topics({"test-servers": {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    producer.send("test-servers", b"value").get(timeout=10)
    producer.close()
    consumer = KafkaConsumer("test-servers", bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest", consumer_timeout_ms=10_000)
    assert next(consumer).value == b"value"
    consumer.close()
