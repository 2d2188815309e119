"""What an amendment puts in the place of its original."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decoding import Undecodable, decode, decode_replacement
from models.events.catalogue import Event
from models.events.corrections import EventAmended
from models.events.goods import DistributionRecorded
from tests.models.examples import VALID, encoded, valid, valid_json


def event_of(name: str) -> Event:
    event = decode(valid(name))
    assert not isinstance(event, Undecodable)
    return event


ORIGINAL = event_of("salur.distribution.recorded.v1")


def replaced(replacement: dict[str, Any]) -> Event:
    event = decode_replacement(ORIGINAL, encoded(replacement))
    assert not isinstance(event, tuple), event
    return event


def test_a_replacement_has_the_envelope_of_the_original_and_the_new_data() -> None:
    amendment = event_of("salur.event.amended.v1")
    assert isinstance(amendment, EventAmended)

    event = decode_replacement(ORIGINAL, amendment.data.replacement)

    assert isinstance(event, DistributionRecorded)
    assert (event.id, event.source, event.time, event.subject) == (ORIGINAL.id, ORIGINAL.source, ORIGINAL.time, ORIGINAL.subject)
    assert event.data.lines[0].quantity == "16000"


def test_a_replacement_may_move_the_event_in_time() -> None:
    event = replaced(valid_json("salur.event.amended.v1")["data"]["replacement"] | {"time": "2020-04-30T23:30:00+08:00"})

    assert event.day == "2020-04-30"
    assert replaced(json.loads(msgspec.json.encode(event))["data"]).day == "2020-05-03"


# An amendment is never replaced itself: amending it again replaces the newest version of its original.
@pytest.mark.parametrize("path", [path for path in VALID if "event.amended" not in path.stem], ids=lambda path: path.stem)
def test_replacing_an_event_by_itself_changes_nothing(path: Path) -> None:
    event = decode(path.read_bytes())
    assert not isinstance(event, Undecodable)

    assert decode_replacement(event, encoded(json.loads(path.read_bytes())["data"])) == event


@pytest.mark.parametrize(
    ("replacement", "expected"),
    [
        (b"[]", [("/data/replacement", "rjct.wrong_type")]),
        (b"{", [("/data/replacement", "rjct.malformed")]),
        (b'{"programme":"a","programme":"b"}', [("/data/replacement/programme", "rjct.malformed")]),
        (b'{"programme":"a","country":"TW"}', [("/data/replacement/lines", "rjct.missing_field")]),
        (
            b'{"programme":"a","country":"TW","lines":[{"line":1,"item":"masker","quantity":1.0,"unit":"piece"}]}',
            [("/data/replacement/lines/0/quantity", "rjct.quantity_invalid")],
        ),
        (b'{"programme":"a","country":"TW","lines":[{"line":1,"item":"masker"}]}', [("/data/replacement/lines/0/quantity", "rjct.missing_field")]),
        (
            b'{"programme":"a","country":"TW","time":"0001-01-01T00:00:00Z","lines":[{"line":1,"item":"masker","quantity":1,"unit":"piece"}]}',
            [("/data/replacement/time", "rjct.time_invalid")],
        ),
    ],
)
def test_what_is_wrong_is_pointed_at_inside_the_amendment(replacement: bytes, expected: list[tuple[str, str]]) -> None:
    found = decode_replacement(ORIGINAL, replacement)

    assert isinstance(found, tuple)
    assert [(violation.pointer, violation.code) for violation in found] == expected


@given(st.sampled_from(VALID), st.binary(max_size=60) | st.sampled_from([b"{}", b'{"time":1}', b'{"time":null,"original":"x","reason":"y","replacement":{}}']))
def test_any_replacement_of_any_event_gets_an_answer(path: Path, replacement: bytes) -> None:
    event = decode(path.read_bytes())
    assert not isinstance(event, Undecodable)

    answer = decode_replacement(event, replacement)

    assert answer
