"""The seeded stream is the same for the same seed, and its usual mix the one that the benchmarks have always measured."""

import hashlib
import json

from models.events.catalogue import EVENT_TYPES
from tests.variety import COUNTED, IN_MONEY, partner_of
from tests.workload import Mix, Workload


def test_the_usual_mix_is_the_one_that_was_measured_before() -> None:
    digest = hashlib.sha256()
    for message in Workload(seed=4, events=2000):
        digest.update(message.key + b"\0" + message.value + b"\n")
    assert digest.hexdigest() == "87ff3158454fc8843617af775384d0d8ca66e2654905b6104c086b471fa127da"


def test_a_stream_is_the_same_for_the_same_seed() -> None:
    mix = Mix(variety=0.5)
    first, second, other = (Workload(seed=seed, events=500, mix=mix) for seed in (1, 1, 2))
    assert list(first) == list(second) != list(other)
    assert (first.figures, first.intake) == (second.figures, second.intake)


def test_every_message_is_counted_once() -> None:
    workload = Workload(seed=7, events=1000, mix=Mix(variety=0.5))
    assert sum(1 for _ in workload) == workload.intake["received"] == 1000
    assert workload.intake["received"] == sum(count for name, count in workload.intake.items() if name != "received")


def test_the_whole_variety_has_plans_services_and_assurance_in_it() -> None:
    found = {json.loads(message.value)["type"] for message in Workload(seed=7, events=3000, mix=Mix(poison=0.0, variety=0.5))}
    wanted = {*COUNTED, *IN_MONEY, *(f"salur.{name}.v1" for name in ("evidence.attached", "delivery.verified", "duplicate.adjudicated", "target.revised"))}
    assert wanted <= found <= set(EVENT_TYPES)
    assert {partner_of(name) for name in COUNTED} == {"kemnaker", "kemnaker-ppkk", "kemnaker-lattas", "kemnaker-binapenta"}
