"""What an event knows of itself, and what the catalogue knows of events."""

import datetime
import json
from pathlib import Path
from typing import get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decoding import Undecodable, decode
from models.events.catalogue import EVENT_CLASSES, EVENT_TYPES, Event
from models.events.goods import DistributionRecorded
from tests.models.examples import VALID, encoded, valid, valid_json

JAKARTA = datetime.timezone(datetime.timedelta(hours=7))


def event_at(time: str) -> Event:
    event = decode(encoded(valid_json("salur.distribution.recorded.v1") | {"time": time}))
    assert not isinstance(event, Undecodable), event
    return event


def test_an_event_names_its_partner_its_type_and_its_day() -> None:
    event = decode(valid("salur.distribution.recorded.v1"))

    assert isinstance(event, DistributionRecorded)
    assert event.partner == "kdei-taipei"
    assert event.type == "salur.distribution.recorded.v1"
    assert event.day == "2020-05-03"
    assert event.occurred_at_ms == 1_588_467_600_000


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2020-12-31T16:59:59Z", "2020-12-31"),
        ("2020-12-31T17:00:00Z", "2021-01-01"),
        ("2021-01-01T00:30:00+08:00", "2020-12-31"),
        ("2020-12-31T23:59:59.999999+07:00", "2020-12-31"),
        ("1969-12-31T16:59:59Z", "1969-12-31"),
    ],
)
def test_the_day_is_that_of_jakarta(time: str, day: str) -> None:
    assert event_at(time).day == day


@given(st.datetimes(min_value=datetime.datetime(1900, 1, 2), max_value=datetime.datetime(2999, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_day_and_milliseconds_are_exact_at_any_moment_and_offset(moment: datetime.datetime, offset_minutes: int) -> None:
    aware = moment.replace(tzinfo=datetime.timezone(datetime.timedelta(minutes=offset_minutes)))

    event = event_at(aware.isoformat())

    assert event.day == aware.astimezone(JAKARTA).date().isoformat()
    assert event.occurred_at_ms == (aware - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(milliseconds=1)


def test_wire_names_are_of_one_form_and_each_is_used_once() -> None:
    assert len(EVENT_TYPES) == len(EVENT_CLASSES)
    for name, event_class in EVENT_TYPES.items():
        salur, noun, verb, version = name.split(".")
        assert (salur, version) == ("salur", "v1")
        assert event_class.__name__ == "".join(part.capitalize() for part in (*noun.split("-"), verb))


def test_every_struct_on_the_wire_is_frozen_refuses_unknown_members_and_writes_no_default() -> None:
    waiting: list[type[msgspec.Struct]] = [*EVENT_CLASSES]
    seen = set[type[msgspec.Struct]]()
    while waiting:
        struct = waiting.pop()
        seen.add(struct)
        config = struct.__struct_config__
        assert (config.frozen, config.forbid_unknown_fields, config.omit_defaults, config.gc) == (True, True, True, False), struct
        inner = {found for hint in get_type_hints(struct).values() for found in structs_in(hint)}
        waiting.extend(inner - seen)
    assert len(seen) > len(EVENT_CLASSES)


def structs_in(hint: object) -> set[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return {hint}
    return {found for argument in getattr(hint, "__args__", ()) for found in structs_in(argument)}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_an_event_written_again_reads_the_same(path: Path) -> None:
    event = decode(path.read_bytes())
    written = msgspec.json.encode(event)

    assert msgspec.json.encode(decode(written)) == written
    assert json.loads(written)["data"] == json.loads(path.read_bytes())["data"]
