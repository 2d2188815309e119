"""The badge says no more than was compared, says it at which booking, and says when that is long ago."""

from collections.abc import Mapping

import pytest

from consumers.reconcile.verdicts import Verdict
from consumers.web.badge import Kind, Now, Watch, in_words, kind_of
from consumers.web.speaking import Speaker
from models.errors import Unreachable

MINUTE = 60_000


def compared(tables: int, ledger: int, log: int, *, at: int = 0, differences: int = 0) -> Mapping[str, Verdict]:
    found = {"tables": tables, "ledger": ledger, "log": log}
    return {scope: Verdict(scope, booking, differences if scope == "log" else 0, at) for scope, booking in found.items()}


@pytest.mark.parametrize(
    ("found", "now", "kind", "words"),
    [
        ({}, Now(head=3, at=0), "unknown", "Table, ledger and log: not compared"),
        (compared(5, 5, 5), Now(head=5, at=0), "supported", "table = ledger = log at booking 5"),
        (compared(5, 5, 5), Now(head=5, at=99 * MINUTE), "supported", "table = ledger = log at booking 5"),
        (compared(7, 6, 5), Now(head=7, at=0), "supported", "table = ledger at booking 7, ledger = log at booking 5"),
        (compared(5, 5, 5), Now(head=9, at=MINUTE // 2), "supported", "table = ledger = log at booking 5; 4 newer being compared"),
        (compared(5, 5, 5), Now(head=9, at=2 * MINUTE), "stale", "stale: table = ledger = log at booking 5; 4 newer bookings not compared since"),
        (compared(5, 5, 5), Now(head=5, at=0, is_attended=False), "stale", "stale: nobody keeps the tables at the moment; last table = ledger = log"),
        (compared(5, 5, 5), Now(head=5, at=0, is_attended=True), "supported", "table = ledger = log at booking 5"),
        (compared(5, 5, 5, differences=2), Now(head=5, at=0, is_attended=False), "contradicted", "2 differences between table, ledger and log at booking 5"),
        ({"tables": Verdict("tables", 5, 0, 0)}, Now(head=5, at=0), "unknown", "Table, ledger and log: not compared"),
    ],
)
def test_what_a_badge_says(found: Mapping[str, Verdict], now: Now, kind: Kind, words: str) -> None:
    assert kind_of(found, now) == kind
    assert in_words(found, now, Speaker("en")).startswith(words)
    assert in_words(found, now, Speaker("id"))


def test_it_is_looked_up_once_a_second_at_most_and_anew_when_it_must_be() -> None:
    time = [0.0]
    looked: list[int] = []

    def badge() -> Mapping[str, Verdict]:
        looked.append(1)
        return compared(5, 5, 5)

    watch = Watch(badge, head=lambda: 5, clock=lambda: time[0], monotonic=lambda: time[0])
    for _ in range(3):
        watch.look()
    assert len(looked) == 1
    time[0] = 1.5
    watch.look()
    watch.forget()
    watch.look()
    assert len(looked) == 3


def test_its_mark_changes_with_its_words_and_only_then() -> None:
    found: list[Mapping[str, Verdict]] = [compared(5, 5, 5)]
    attended: list[bool | None] = [True]
    watch = Watch(lambda: found[0], head=lambda: 5, attended=lambda: attended[0])
    first = watch.mark()
    found[0] = compared(5, 5, 5, at=1)
    watch.forget()
    assert watch.mark() == first, "it was compared again, with the same result"
    attended[0] = False
    watch.forget()
    assert watch.mark() != first


def test_a_ledger_that_is_away_is_told_by_its_error() -> None:
    def away() -> int:
        raise Unreachable("away", hint="wait")

    with pytest.raises(Unreachable):
        Watch(dict, head=away).look()
