"""The posting rules, written twice, come to the same for every example of the contract and for whatever can be made by it."""

import json
from collections import Counter
from importlib import resources
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings

from consumers.reconcile.recount import Postings, postings_of
from models.decoding import Undecodable, decode
from models.events.catalogue import EVENT_TYPES, DeliveryEvent, Event
from models.events.plans import PlanEvent, TargetRevised
from models.postings import post
from tests.models.deliveries import REGISTRY, counted, payment, plan

EXAMPLES: Final = sorted(path.name for path in resources.files("models").joinpath("examples", "valid").iterdir())
OWN_POSTINGS_COME_FROM_A_CHAIN: Final = TargetRevised
"""What posts nothing by itself, although it has lines."""


def recounted(event: Event, written: bytes) -> Postings:
    """Return what the recount makes of an event from its own JSON."""
    data = json.loads(written)["data"]
    return postings_of(event.type, data, partner=event.partner, simulated=event.partner in REGISTRY.simulated, day=event.day)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_posts_the_same_by_both(name: str) -> None:
    raw = resources.files("models").joinpath("examples", "valid", name).read_bytes()
    event = decode(raw)
    assert not isinstance(event, Undecodable)
    again = recounted(event, raw)
    assert again == Counter(dict(post(event, REGISTRY)))
    counts = isinstance(event, DeliveryEvent | PlanEvent) and not isinstance(event, OWN_POSTINGS_COME_FROM_A_CHAIN) and "stock.counted" not in event.type
    assert bool(again) is counts


def test_the_examples_are_of_every_type() -> None:
    assert {".".join(name.split(".")[:4]) for name in EXAMPLES} == set(EVENT_TYPES)


@settings(max_examples=300)
@given(counted)
def test_any_event_that_can_be_made_posts_the_same_by_both(event: Event) -> None:
    assert recounted(event, msgspec.json.encode(event)) == Counter(dict(post(event, REGISTRY)))


def test_a_payment_that_came_back_posts_the_same_by_both() -> None:
    came_back = payment("returned", reason="frozen", original="sent-1", evidence=[{"kind": "bast", "reference": "BAST/1"}])
    assert recounted(came_back, msgspec.json.encode(came_back)) == Counter(dict(post(came_back, REGISTRY)))


def test_a_revised_target_is_counted_by_its_chain_alone() -> None:
    revised = plan("target.revised", {"item": "masker", "quantity": 5, "unit": "piece"}, original="target-1")
    assert recounted(revised, msgspec.json.encode(revised)) == Counter()
