"""What is sent: lines, their keys, and the spool of what was not acknowledged."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from models.decoding import Undecodable, decode
from streams.publishing import Line, Spool, is_registration, key_of, key_of_event, lines_of
from tests.models.examples import VALID


def event(**members: Any) -> bytes:
    usual = {"specversion": "1.0", "id": "a-1", "source": "urn:salur:partner:kdei-taipei", "type": "salur.distribution.recorded.v1", "data": {}}
    return json.dumps({**usual, **members}).encode()


def test_blank_lines_are_skipped_but_counted() -> None:
    lines = list(lines_of(io.BytesIO(b'{"a":1}\n\n  \r\n{"b":2}\r\n{"c":3}'), file="f"))
    assert lines == [Line("f", 1, b'{"a":1}'), Line("f", 4, b'{"b":2}'), Line("f", 5, b'{"c":3}')]


def test_the_key_is_source_and_id() -> None:
    assert key_of(event()) == b"urn:salur:partner:kdei-taipei|a-1"


@pytest.mark.parametrize("kind", ["reversed", "amended", "annotated"])
def test_a_correction_shares_the_key_of_its_original(kind: str) -> None:
    correction = event(id="fix-1", type=f"salur.event.{kind}.v1", data={"original": "a-1", "reason": "entered_twice"})
    assert key_of(correction) == key_of(event())


def test_a_correction_may_name_its_original_with_its_source() -> None:
    original = {"source": "urn:salur:partner:kemlu", "id": "b-1"}
    assert key_of(event(type="salur.event.reversed.v1", data={"original": original})) == b"urn:salur:partner:kemlu|b-1"


def test_an_event_that_was_read_has_the_key_of_its_bytes() -> None:
    for example in VALID:
        read = decode(example.read_bytes())
        assert not isinstance(read, Undecodable)
        assert key_of_event(read) == key_of(example.read_bytes())


@pytest.mark.parametrize(
    "value",
    [b"", b"{", b"[]", b"null", b'{"id":1}', event(source=None), event(type="salur.event.reversed.v1", data={}), b"\xff", b"[" * 100_000,
     event(type="salur.event.reversed.v1", data={"original": {"id": "x"}})],
)  # fmt: skip
def test_what_cannot_be_read_has_no_key_and_is_sent_all_the_same(value: bytes) -> None:
    assert key_of(value) is None


def test_the_spool_keeps_each_line_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "new" / "spool.jsonl")
    assert spool.lines() == []
    assert spool.replace([Line("f", 1, b"one"), Line("f", 2, b"two"), Line("g", 9, b"one")]) == 2
    assert [line.value for line in spool.lines()] == [b"one", b"two"]


def test_an_empty_spool_leaves_no_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    spool.replace([Line("f", 1, b"one")])
    assert spool.replace([]) == 0
    assert not spool.path.exists()


def test_a_registration_is_known_by_its_type() -> None:
    assert is_registration(event(type="salur.partner.registered.v1"))
    assert not is_registration(event())
    assert not is_registration(b"{")
