"""The intake's records in a real Kafka: where each is, in order, and what is said of those that Kafka did not take in time."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from aiokafka.errors import KafkaError
from kafka import KafkaConsumer

from deploy import topics
from deploy.kafka.broker import LocalBroker
from models.partitioner import partition_of
from models.topics import EVENTS
from streams.intake.lane import Call, Lane
from streams.intake.log import KafkaLog
from streams.intake.ports import Outgoing, Place

PARTITIONS = 4


def records(count: int, *, name: str = "e", size: int = 300) -> list[Outgoing]:
    return [Outgoing(f"urn:salur:partner:kdei-taipei|{name}-{number}".encode(), f"{name}-{number} ".encode().ljust(size, b"x")) for number in range(count)]


async def connected(servers: str, *, acknowledge_seconds: float = 20.0) -> KafkaLog:
    log = KafkaLog(servers, acknowledge_seconds=acknowledge_seconds)
    await log.start()
    while not log.is_connected:  # noqa: ASYNC110 - it is what operators look at, and tells nobody
        await asyncio.sleep(0.02)
    return log


@pytest.mark.kafka
@pytest.mark.timeout(180)
class TestOnKafka:
    @pytest.fixture
    def broker(self, own_kafka: LocalBroker) -> LocalBroker:
        topics.ensure(own_kafka.bootstrap_servers, partitions=PARTITIONS, replication_factor=1)
        return own_kafka

    @pytest.fixture
    async def log(self, broker: LocalBroker) -> AsyncIterator[KafkaLog]:
        log = await connected(broker.bootstrap_servers)
        yield log
        await log.stop()

    async def test_each_record_is_where_it_is_said_to_be_however_many_are_sent_side_by_side(self, broker: LocalBroker, log: KafkaLog) -> None:
        calls = [records(1, name=f"one-{number}") for number in range(200)] + [records(700, name=f"many-{number}") for number in range(5)]
        answers = await asyncio.gather(*(log.append(call) for call in calls))
        places = {place: record for call, answer in zip(calls, answers, strict=True) for record, place in zip(call, answer, strict=True)}
        assert None not in places
        assert len(places) == 200 + 5 * 700
        assert stored(broker, len(places)) == {place: record.value for place, record in places.items()}
        assert all(place.partition == partition_of(record.key.decode(), PARTITIONS) for place, record in places.items() if place is not None)

    async def test_the_records_of_a_call_keep_their_order_in_each_partition(self, log: KafkaLog) -> None:
        places = await log.append(records(5_000))
        for partition in range(PARTITIONS):
            offsets = [place.offset for place in places if place is not None and place.partition == partition]
            assert len(offsets) > 1_000
            assert offsets == sorted(offsets)

    async def test_records_larger_than_a_batch_go_one_by_one(self, log: KafkaLog) -> None:
        places = await log.append(records(16, size=1024 * 1024))
        assert None not in places
        assert len(set(places)) == 16

    async def test_nothing_is_sent_for_nothing(self, log: KafkaLog) -> None:
        assert await log.append([]) == []

    async def test_what_was_not_acknowledged_in_time_is_unknown_and_the_next_is_taken_again(self, broker: LocalBroker) -> None:
        log = await connected(broker.bootstrap_servers, acknowledge_seconds=2.0)
        assert None not in await log.append(records(3, name="before"))
        broker.kill()
        unknown = await asyncio.gather(*(log.append(records(40, name=f"while-{number}")) for number in range(5)))
        assert unknown == [[None] * 40] * 5
        broker.start()
        async with asyncio.timeout(60):
            while None in await log.append(records(1, name="after")):
                pass
        await log.stop()


async def test_before_kafka_answered_nothing_waits() -> None:
    log = KafkaLog("127.0.0.1:1")
    assert await log.append(records(2)) == [None, None]


class Silent:
    """Kafka's client while the broker stands still: it has taken one batch, and no other until it is told to."""

    def __init__(self) -> None:
        self.taken: list[FullBuilder] = []
        self.goes_on = asyncio.Event()
        self.error: Exception | None = None

    def create_batch(self) -> "FullBuilder":
        return FullBuilder()

    async def send_batch(self, builder: "FullBuilder", topic: str, *, partition: int) -> "asyncio.Future[Place]":
        if self.taken:
            await self.goes_on.wait()
        if self.error is not None:
            raise self.error
        builder.close()
        self.taken.append(builder)
        done: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        done.set_result(Place(topic, partition, 100 * len(self.taken)))
        return done


class FullBuilder:
    """A batch of two."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.is_closed = False

    def append(self, *, timestamp: None, key: bytes, value: bytes) -> int | None:  # noqa: ARG002 - as the client's
        if self.is_closed or len(self.values) == 2:
            return None
        self.values.append(value)
        return len(self.values)

    def close(self) -> None:
        self.is_closed = True


class TestALane:
    def add(self, lane: Lane, sent: Sequence[Outgoing]) -> Call:
        call = Call(len(sent))
        for index, record in enumerate(sent):
            lane.add(record, call, index)
        return call

    async def test_many_calls_share_a_batch_and_each_is_told_of_its_own_records(self) -> None:
        client, released = Silent(), [0]
        client.goes_on.set()
        lane = Lane(client, EVENTS, 2, released.append)
        calls = [self.add(lane, records(3, name="a")), self.add(lane, records(1, name="b"))]
        for call in calls:
            await asyncio.wait_for(call.settled, 10)
        assert [len(builder.values) for builder in client.taken] == [2, 2]
        assert [place and place.offset for call in calls for place in call.places] == [100, 101, 200, 201]
        assert sum(released) == 4 * 300

    async def test_what_nobody_waits_for_any_more_is_not_sent_when_the_broker_goes_on(self) -> None:
        client, released = Silent(), [0]
        lane = Lane(client, EVENTS, 0, released.append)
        first = self.add(lane, records(2, name="first"))
        await asyncio.wait_for(first.settled, 10)
        waiting = self.add(lane, records(2, name="waiting"))
        await asyncio.sleep(0)
        late, kept = self.add(lane, records(2, name="late")), self.add(lane, records(2, name="kept"))
        late.give_up()
        client.goes_on.set()
        await asyncio.wait_for(kept.settled, 10)
        assert [builder.values[0].split()[0] for builder in client.taken] == [b"first-0", b"waiting-0", b"kept-0"]
        assert (waiting.places[1], late.places) == (Place(EVENTS, 0, 201), [None, None])
        assert sum(released) == 8 * 300

    @pytest.mark.parametrize("error", [KafkaError("closed"), TimeoutError()])
    async def test_what_the_client_does_not_take_is_unknown_and_waits_no_longer(self, error: Exception) -> None:
        client, released = Silent(), [0]
        client.error = error
        lane = Lane(client, EVENTS, 0, released.append)
        call = self.add(lane, records(3))
        await asyncio.wait_for(call.settled, 10)
        assert call.places == [None] * 3
        assert sum(released) == 3 * 300
        client.error = None
        again = self.add(lane, records(1))
        await asyncio.wait_for(again.settled, 10)
        assert again.places == [Place(EVENTS, 0, 100)]


def stored(broker: LocalBroker, count: int) -> dict[Place | None, bytes]:
    consumer = KafkaConsumer(EVENTS, bootstrap_servers=broker.bootstrap_servers, auto_offset_reset="earliest", consumer_timeout_ms=20_000)
    found: dict[Place | None, bytes] = {}
    for record in consumer:
        found[Place(record.topic, record.partition, record.offset)] = record.value
        if len(found) == count:
            break
    consumer.close()
    return found
