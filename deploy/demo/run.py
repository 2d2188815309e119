"""The demonstration's run on a stack that is ready: publish, and know when everything is booked and in the tables.

How it looks in a terminal is ``deploy.cli.demo``; which events there are is ``deploy.demo.catalogue``.
"""

import time
from collections.abc import Callable, Iterable
from typing import Final

from consumers.database import open_for_reading
from consumers.kafka_reading import reader
from consumers.tables.reader import TablesReader
from consumers.verdicts import Place
from deploy import arrival
from deploy.demo import catalogue
from deploy.running import Addresses
from models.errors import Unreachable
from streams.publishing import Line, Publisher

DRAIN_SECONDS: Final = 120.0


def publish(addresses: Addresses, *, pause_seconds: float = 0.0, is_over: Callable[[], bool] = lambda: False) -> arrival.Ends:
    """Send the demonstration's events, one after each pause, or all at once without; return how far the log then is.

    A stage is booked before the next one is sent. Raises Unreachable if Kafka or the ledger stops answering.
    """
    engine = open_for_reading(addresses.database_url)
    try:
        with Publisher(addresses.bootstrap_servers) as publisher:
            places: list[Place] = []
            for stage in catalogue.stages():
                arrival.until_booked(engine, arrival.ends_of(places), deadline=time.monotonic() + DRAIN_SECONDS)
                for chunk in [[line] for line in stage] if pause_seconds else [stage]:
                    if is_over():
                        break
                    places += _sent(publisher, chunk)
                    time.sleep(pause_seconds)
    finally:
        engine.dispose()
    return arrival.ends_of(places)


def drain(addresses: Addresses, ends: arrival.Ends) -> None:
    """Return when everything before ``ends`` is booked and everything booked is in the tables. Raises Unreachable after two minutes."""
    deadline = time.monotonic() + DRAIN_SECONDS
    engine = open_for_reading(addresses.database_url)
    try:
        arrival.until_booked(engine, ends, deadline=deadline)
        with reader(addresses.bootstrap_servers) as consumer:
            arrival.until_in_tables(engine, TablesReader(consumer), deadline=deadline)
    finally:
        engine.dispose()


def _sent(publisher: Publisher, lines: Iterable[Line]) -> list[Place]:
    sent = list(publisher.send(lines))
    if not all(one.is_acknowledged for one in sent):
        raise Unreachable("Kafka did not acknowledge an event of the demonstration", hint="start the demonstration again")
    return [(one.topic, one.partition, one.offset) for one in sent]
