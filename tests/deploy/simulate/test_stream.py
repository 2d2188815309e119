"""The stream: as many lines as asked for, the same for a seed, with every published figure exact whatever the volume."""

import hashlib
import json
from collections import Counter
from typing import Any

import pytest

from deploy.simulate import figures
from deploy.simulate.chance import Chance
from deploy.simulate.knobs import Knobs, from_json
from deploy.simulate.stream import Stream
from models.errors import ConfigurationError
from models.events.catalogue import EVENT_TYPES
from models.registry import Registry

SMALL = Knobs(events=1_500, seed=7)
ALL_SHARES = ("duplicates", "conflicts", "late", "corrections", "returns", "bad", "bursts", "outage")


def streamed(knobs: Knobs) -> tuple[Stream, list[bytes]]:
    stream = Stream(knobs)
    return stream, list(stream)


def meant(stream: Stream, **dimensions: Any) -> int:
    """Return the sum over the cells with these dimensions."""
    return sum(steps for cell, steps in stream.meant.cells.items() if all(getattr(cell, name) == value for name, value in dimensions.items()))


def test_a_seed_gives_the_same_bytes_on_every_platform() -> None:
    _, lines = streamed(SMALL)
    assert lines == streamed(SMALL)[1]
    assert lines != streamed(Knobs(events=1_500, seed=8))[1]
    # Made once and written down: another Python, system or library must come to it too.
    chance = Chance(7, "test")
    assert [chance.below(10**9) for _ in range(3)] == [470449791, 802397957, 573457463]


@pytest.mark.parametrize("events", [900, 1_499, 4_000])
def test_there_are_exactly_as_many_lines_as_asked_for(events: int) -> None:
    stream, lines = streamed(Knobs(events=events, seed=3))
    assert len(lines) == events == stream.meant.intake["received"]
    assert sum(stream.meant.intake[name] for name in ("accepted", "duplicate", "conflict", "rejected", "held")) == events


@pytest.mark.parametrize("events", [900, 12_000])
def test_the_published_figures_stay_exact_however_finely_they_are_split(events: int) -> None:
    stream, _ = streamed(Knobs(events=events, seed=5))
    for term, payments in figures.BSU_PAYMENTS.items():
        for unit, steps in (("payment", payments), ("IDR", payments * 1_200_000 * 100)):
            confirmed, undelivered = (meant(stream, programme="bsu", tranche=term, measure=measure, unit=unit) for measure in ("confirmed", "undelivered"))
            assert confirmed - undelivered == steps
    for programme, (item, groups) in figures.GROUPS.items():
        assert meant(stream, programme=programme, item=item, measure="assisted") == groups
        assert meant(stream, programme=programme, measure="recipients") == groups * 20
    parts = [meant(stream, programme=programme, measure="engaged") for programme in figures.ENGAGED]
    assert parts == list(figures.ENGAGED.values())
    assert sum(parts) == 327_013
    for made in figures.BLK:
        assert meant(stream, item=made.item, measure="produced") == made.steps
    assert meant(stream, destination="MY", item="sembako", measure="distributed") == 109_168
    assert meant(stream, destination="MY", item="sembako", measure="recipients") == 239_675
    assert meant(stream, destination="MY", item="sembako", measure="procured") == 3_453
    assert meant(stream, measure="affected") == 1_757_464


def test_the_balance_of_every_item_holds() -> None:
    stream, _ = streamed(SMALL)
    assert {item.split()[0] for item in stream.meant.balances()} == {"masker", "sembako", "hand-sanitizer", "baju-pelindung", "wastafel"}


def test_every_type_of_event_is_in_it() -> None:
    stream, lines = streamed(Knobs(events=3_000, seed=1, returns=80_000))
    assert {json.loads(line)["type"] for line in lines if line not in stream.refused} == set(EVENT_TYPES)


def test_nobody_can_mistake_a_simulated_partner_for_a_real_one() -> None:
    _, lines = streamed(SMALL)
    real = set(Registry.shipped().partners)
    for line in lines:
        if b"partner.registered" in line:
            data = json.loads(line)["data"]
            assert data["code"].startswith("simulasi-")
            assert data["simulated"] is True
            assert data["code"] not in real


@pytest.mark.parametrize("share", ["duplicates", "conflicts", "corrections", "returns", "bad"])
def test_a_knob_at_zero_leaves_its_part_out(share: str) -> None:
    none: dict[str, Any] = dict.fromkeys(ALL_SHARES, 0)
    stream, lines = streamed(Knobs(events=1_500, seed=2, **none))
    assert set(stream.meant.intake) == {"received", "accepted"}
    assert len({hashlib.sha256(line).digest() for line in lines}) == 1_500
    more, _ = streamed(Knobs(events=1_500, seed=2, **{**none, share: 100_000}))
    assert more.meant.intake != stream.meant.intake or more.meant.cells != stream.meant.cells


def test_a_late_event_arrives_a_month_after_it_happened_and_an_unreachable_bank_all_at_once() -> None:
    calm: dict[str, Any] = dict.fromkeys(ALL_SHARES, 0)
    days = [json.loads(line)["time"][:10] for line in streamed(Knobs(events=1_500, seed=2, **calm))[1]]
    late = [json.loads(line)["time"][:10] for line in streamed(Knobs(events=1_500, seed=2, **{**calm, "late": 100_000}))[1]]
    assert disorder(late) > disorder(days)


def disorder(days: list[str]) -> int:
    """Return how many lines are more than 25 days behind the newest before them."""
    newest, found = days[0], 0
    for day in days:
        newest = max(newest, day)
        found += (int(newest[5:7]) - int(day[5:7])) * 30 + int(newest[8:10]) - int(day[8:10]) > 25
    return found


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"duplicates": 2_000_000}, "--duplicates is a share"),
        ({"corrections": 400_000, "bad": 200_000}, "less than half"),
        ({"partners": 3}, "every part"),
        ({"days": 500}, "before the programmes begin"),
        ({"events": 300}, "too few events"),
        ({"events": 10**9}, "more than the published figures"),
    ],
)
def test_impossible_knobs_are_refused_in_words(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        list(Stream(Knobs(**{"events": 1_500, "seed": 1, **wrong})))


def test_knobs_are_read_back_as_they_were_written() -> None:
    knobs = Knobs(events=1_234, seed=9, late=0, partners=60)
    assert from_json(json.loads(json.dumps(knobs.to_json()))) == knobs


@pytest.mark.parametrize(("total", "parts"), [(10, 10), (11, 10), (1_000_000, 7), (1, 1), (639, 600)])
def test_a_split_adds_up_and_no_part_is_empty(total: int, parts: int) -> None:
    sizes = list(Chance(1).split(total, parts))
    assert (sum(sizes), len(sizes)) == (total, parts)
    assert min(sizes) >= 1


def test_chance_is_even() -> None:
    chance = Chance(3, "even")
    counts = Counter(chance.below(6) for _ in range(60_000))
    assert set(counts) == set(range(6))
    assert all(9_600 < count < 10_400 for count in counts.values())
