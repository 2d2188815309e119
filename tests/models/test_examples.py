"""The examples do what they are examples of."""

import json
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from models.decoding import Undecodable, decode
from models.events.catalogue import EVENT_TYPES
from models.reasons import RejectCode
from tests.models.examples import INVALID, VALID, encoded

FROM_DECODING = {
    "rjct.malformed",
    "rjct.unknown_field",
    "rjct.unknown_type",
    "rjct.missing_field",
    "rjct.wrong_type",
    "rjct.value_invalid",
    "rjct.time_invalid",
    "rjct.quantity_invalid",
    "rjct.currency_invalid",
    "rjct.line_numbers_invalid",
}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_example_decodes_to_its_type(path: Path) -> None:
    event = decode(path.read_bytes())

    assert not isinstance(event, Undecodable), event
    assert path.name.startswith(event.type + ".")


def test_every_type_has_a_small_and_a_full_example() -> None:
    assert {path.name for path in VALID} >= {f"{name}{kind}.json" for name in EVENT_TYPES for kind in ("", ".full")}


def test_no_two_examples_share_an_identity() -> None:
    events = [decode(path.read_bytes()) for path in VALID]

    counted = Counter((event.source, event.id) for event in events if not isinstance(event, Undecodable))

    assert max(counted.values()) == 1


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_example_is_refused_for_its_reasons_and_no_other(path: Path) -> None:
    example = json.loads(path.read_text("utf-8"))
    raw = example["raw"].encode() if "raw" in example else encoded(example["event"])

    refused = decode(raw)

    assert isinstance(refused, Undecodable)
    assert sorted(violation.code for violation in refused.violations) == sorted(example["reasons"])


def test_every_reason_that_decoding_gives_has_an_example() -> None:
    shown = {reason for path in INVALID for reason in json.loads(path.read_text("utf-8"))["reasons"]}

    assert shown == FROM_DECODING
    assert set(get_args(RejectCode)) >= FROM_DECODING
