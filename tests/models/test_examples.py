"""The examples do what they are examples of."""

import json
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from models.decoding import Undecodable, decode
from models.events.assurance import AssuranceEvent
from models.events.catalogue import EVENT_TYPES
from models.events.plans import BatchDeclared, PlanEvent
from models.events.services import IncentivePaid, PersondaysWorked, PlacementMade, ProceedsReinvested, ServiceDelivered, TrainingDelivered, TrainingOffered
from models.events.statements import StatementPublished
from models.reasons import RejectCode
from models.rules.catalogue import violations
from models.shape import shape_violations
from models.strict_json import parse
from tests.models.deliveries import NOW_MS, REGISTRY
from tests.models.examples import INVALID, VALID, encoded

LATER = (
    *(BatchDeclared, IncentivePaid, PersondaysWorked, PlacementMade, ProceedsReinvested),
    *(ServiceDelivered, TrainingDelivered, TrainingOffered, StatementPublished),
)

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

    read = decode(raw)
    found = read.violations if isinstance(read, Undecodable) else violations(read, REGISTRY, NOW_MS)

    assert isinstance(read, Undecodable) is not path.stem.startswith("rule-")
    assert sorted(violation.code for violation in found) == sorted(example["reasons"])


@pytest.mark.parametrize("path", [path for path in INVALID if path.stem.startswith("rule-")], ids=lambda path: path.stem)
def test_a_schema_gives_no_other_reason_than_the_rules(path: Path) -> None:
    example = json.loads(path.read_text("utf-8"))

    assert {found.code for found in shape_violations(parse(encoded(example["event"])).value)} <= set(example["reasons"])


def test_every_reason_that_decoding_gives_has_an_example() -> None:
    shown = {reason for path in INVALID if not path.stem.startswith("rule-") for reason in json.loads(path.read_text("utf-8"))["reasons"]}

    assert shown == FROM_DECODING
    assert set(get_args(RejectCode)) >= FROM_DECODING


def test_every_type_beside_the_first_deliveries_has_an_example_of_what_is_refused() -> None:
    shown = {example["event"].get("type") for example in (json.loads(path.read_text("utf-8")) for path in INVALID) if "event" in example}

    refused = {str(event.__struct_config__.tag) for event in (*get_args(AssuranceEvent), *get_args(PlanEvent), *LATER)}
    assert shown >= refused
