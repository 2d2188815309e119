"""A simulation through a real Kafka: figures, flags and suspicions as expected for the order booked, then and at every earlier booking."""

from itertools import groupby
from pathlib import Path

import pytest

from consumers.reconcile.reconcile import reconcile
from deploy.kafka.broker import LocalBroker
from deploy.simulate import checking, writing
from deploy.simulate.knobs import Knobs
from models.registry import Registry
from streams.publishing import Line, Publisher, is_registration
from tests.chaos.stack import Stack

EVENTS = 2_000
SECONDS = 120


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_simulation_comes_to_what_it_must_through_kafka_and_at_every_booking(own_kafka: LocalBroker, tmp_path: Path) -> None:
    writing.write(Knobs(events=EVENTS, seed=7), tmp_path / writing.EVENTS, tmp_path / writing.EXPECTED)
    written = writing.read(tmp_path)
    lines = [Line("", number, line) for number, line in enumerate((tmp_path / writing.EVENTS).read_bytes().splitlines())]
    with Stack(tmp_path, own_kafka, batch_events=40) as stack:
        for _, some in groupby(lines[: written.head], key=lambda line: is_registration(line.value)):
            send(stack, list(some))
            stack.wait_until_booked(seconds=SECONDS)
        send(stack, lines[written.head :])
        stack.wait_until_drained(seconds=SECONDS)
        with stack.reading.connect() as connection, connection.begin():
            result = checking.check(connection, written, moments=checking.random_bookings(connection, 200, seed=7))
        reconciled = reconcile(stack.reading, stack.bootstrap_servers, registry=Registry.shipped())
    assert result.shown == []
    assert result.decisions >= EVENTS
    assert result.moments == min(200, result.bookings) > 20
    assert result.diffs == -(-result.moments // 10)
    assert [str(difference) for difference in reconciled.differences] == []


def send(stack: Stack, lines: list[Line]) -> None:
    with Publisher(stack.bootstrap_servers) as publisher:
        assert all(sent.is_acknowledged for sent in publisher.send(lines))
