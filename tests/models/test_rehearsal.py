"""A rehearsal decides as the ledger would, about the records it is given and nothing else."""

import json
from typing import Any

import pytest

from models.registry import Registry
from models.rehearsal import Rehearsal, Verdict

NOW = 1_790_000_000_000


def distribution(event_id: str, quantity: int = 100) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "urn:salur:partner:kdei-taipei",
        "type": "salur.distribution.recorded.v1",
        "time": "2020-05-03T09:00:00+08:00",
        "data": {"programme": "bantuan-pmi", "country": "TW", "lines": [{"line": 1, "item": "masker", "quantity": quantity, "unit": "piece"}]},
    }


def correction(event_id: str, kind: str, original: str, **data: Any) -> dict[str, Any]:
    event = distribution(event_id)
    return {**event, "type": f"salur.event.{kind}.v1", "data": {"original": original, "reason": "entered_twice", **data}}


def rehearse(*events: dict[str, Any] | bytes) -> Rehearsal:
    rehearsal = Rehearsal(Registry.shipped(), received_at=NOW)
    for number, event in enumerate(events, start=1):
        rehearsal.take(number, event if isinstance(event, bytes) else json.dumps(event).encode())
    return rehearsal


def dispositions(rehearsal: Rehearsal) -> list[str]:
    return [rehearsal.verdicts[number].disposition for number in sorted(rehearsal.verdicts)]


def masks(rehearsal: Rehearsal) -> int:
    return sum(steps for cell, steps in rehearsal.cells.items() if cell.measure == "distributed")


def test_a_repeat_in_any_form_is_a_duplicate_and_other_content_is_a_conflict() -> None:
    event = distribution("a")
    reordered = json.dumps(dict(reversed(event.items())), indent=1).encode()
    rehearsal = rehearse(event, event, reordered, distribution("a", 101))
    assert dispositions(rehearsal) == ["accepted", "duplicate", "duplicate", "conflict"]
    assert [rehearsal.verdicts[number].first for number in (2, 3, 4)] == [1, 1, 1]
    assert masks(rehearsal) == 100


def test_a_rejected_line_claims_nothing_so_its_id_may_be_used_again() -> None:
    rehearsal = rehearse(distribution("a", 0), distribution("a"))
    assert dispositions(rehearsal) == ["rejected", "accepted"]
    assert [violation.code for violation in rehearsal.verdicts[1].violations] == ["rjct.quantity_invalid"]


def test_a_correction_before_its_original_waits_and_then_counts() -> None:
    rehearsal = rehearse(correction("fix", "reversed", "a"))
    assert rehearsal.verdicts == {1: Verdict(1, "held", event_id="fix")}
    rehearsal.take(2, json.dumps(distribution("a")).encode())
    assert dispositions(rehearsal) == ["accepted", "accepted"]
    assert masks(rehearsal) == 0


@pytest.mark.parametrize(
    ("corrections", "left"),
    [
        ([correction("r", "reversed", "a")], 0),
        ([correction("r", "reversed", "a"), correction("rr", "reversed", "r")], 100),
        ([correction("m", "amended", "a", replacement=distribution("x", 70)["data"])], 70),
        ([correction("m", "amended", "a", replacement=distribution("x", 70)["data"]), correction("mr", "reversed", "m")], 100),
        ([correction("m", "amended", "a", replacement=distribution("x", 70)["data"]), correction("r", "reversed", "a")], 0),
    ],
)
def test_corrections_of_corrections_leave_what_is_meant(corrections: list[dict[str, Any]], left: int) -> None:
    rehearsal = rehearse(distribution("a"), *corrections)
    assert set(dispositions(rehearsal)) == {"accepted"}
    assert masks(rehearsal) == left


def test_reversing_twice_is_refused() -> None:
    rehearsal = rehearse(distribution("a"), correction("r", "reversed", "a"), correction("again", "reversed", "a"))
    assert [violation.code for violation in rehearsal.verdicts[3].violations] == ["rjct.already_reversed"]


def test_a_held_event_that_repeats_itself_is_a_duplicate() -> None:
    waiting = correction("fix", "reversed", "a")
    assert dispositions(rehearse(waiting, waiting)) == ["held", "duplicate"]


def test_what_is_no_event_is_rejected_and_the_next_line_goes_on() -> None:
    assert dispositions(rehearse(b"\xff\xfe", b"[" * 50_000, distribution("a"))) == ["rejected", "rejected", "accepted"]


def test_the_registry_that_was_given_is_not_changed() -> None:
    registry = Registry.shipped()
    rehearsal = Rehearsal(registry, received_at=NOW)
    item = {
        "specversion": "1.0",
        "id": "i",
        "source": "urn:salur:partner:kemnaker",
        "type": "salur.item.registered.v1",
        "time": "2020-02-01T00:00:00+07:00",
        "data": {"code": "selimut", "name": {"id": "Selimut", "en": "Blanket"}, "unit": "piece"},
    }
    rehearsal.take(1, json.dumps(item).encode())
    assert rehearsal.verdicts[1].disposition == "accepted"
    assert "selimut" not in registry.items
