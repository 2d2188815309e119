"""A stage with its own broker for each test: the topics' names are fixed, and workers must not meet the members of another test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.kafka.broker import LocalBroker
from tests.streams.stage import Stage


@pytest.fixture
def stage(own_kafka: LocalBroker, tmp_path: Path) -> Iterator[Stage]:
    """Give topics of two partitions and no worker yet."""
    stage = Stage(own_kafka.bootstrap_servers, tmp_path)
    yield stage
    # Shown by pytest if the test failed.
    print(stage.logs())
    stage.close()
