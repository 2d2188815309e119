"""The posting rules, written twice, come to the same for every example of the contract."""

import json
from collections import Counter
from importlib import resources

import pytest

from consumers.reconcile.recount import postings_of
from models.decoding import Undecodable, decode
from models.events.catalogue import DeliveryEvent
from models.postings import post
from models.registry import Registry

EXAMPLES = sorted(path.name for path in resources.files("models").joinpath("examples", "valid").iterdir())


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_posts_the_same_by_both(name: str) -> None:
    raw = resources.files("models").joinpath("examples", "valid", name).read_bytes()
    event = decode(raw)
    assert not isinstance(event, Undecodable)
    if not isinstance(event, DeliveryEvent):
        return
    registry = Registry.shipped()
    written = json.loads(raw)["data"]
    recounted = postings_of(event.type, written, partner=event.partner, simulated=event.partner in registry.simulated, day=event.day)
    assert recounted == Counter(dict(post(event, registry)))
    assert recounted or "stock.counted" in event.type
