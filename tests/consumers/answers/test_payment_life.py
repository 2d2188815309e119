"""Sums of stages tell how many payments wait, and for what, without counting one twice."""

import pytest

from consumers.answers.payment_life import PaymentLife


@pytest.mark.parametrize(
    ("life", "status", "waiting"),
    [
        ({}, "nothing", {}),
        ({"declared": 10}, "declared", {"declared": 10}),
        ({"declared": 10, "instructed": 7}, "declared", {"declared": 3, "instructed": 7}),
        ({"instructed": 10, "sent": 7}, "instructed", {"instructed": 3, "sent": 7}),
        ({"sent": 10, "confirmed": 4}, "sent", {"sent": 6}),
        ({"declared": 10, "sent": 10, "confirmed": 10}, "confirmed", {}),
        ({"declared": 10, "confirmed": 10}, "confirmed", {}),
        # Three could not be sent: they were never among those that wait to be confirmed.
        ({"instructed": 10, "sent": 7, "failed": 3, "confirmed": 5}, "sent", {"sent": 2, "returned": 3}),
        # All ten were sent, so three failed on the way.
        ({"instructed": 10, "sent": 10, "failed": 3, "confirmed": 7}, "returned", {"returned": 3}),
        ({"sent": 10, "failed": 3, "confirmed": 5}, "sent", {"sent": 2, "returned": 3}),
        # Came back before they were confirmed, and issued again.
        ({"instructed": 10, "sent": 10, "confirmed": 8, "returned": 2}, "returned", {"returned": 2}),
        ({"instructed": 10, "sent": 10, "confirmed": 8, "returned": 2, "reissued": 2}, "instructed", {"instructed": 2}),
        ({"instructed": 10, "sent": 12, "confirmed": 8, "returned": 2, "reissued": 2}, "sent", {"sent": 2}),
        ({"instructed": 10, "sent": 12, "confirmed": 10, "returned": 2, "reissued": 2}, "confirmed", {}),
        # Came back after they were confirmed, and went to the treasury.
        ({"sent": 10, "confirmed": 10, "returned": 4, "returned_confirmed": 4, "refunded": 4}, "confirmed", {}),
        ({"sent": 4, "confirmed": 4, "returned": 4, "returned_confirmed": 4, "refunded": 4}, "refunded", {}),
    ],
)
def test_what_waits_and_the_state_of_what_has_come_least_far(life: dict[str, int], status: str, waiting: dict[str, int]) -> None:
    told = PaymentLife(**life)
    assert {state: steps for state, steps in told.open.items() if steps} == waiting
    assert told.status == status


def test_delivered_is_what_was_confirmed_and_stayed_and_a_refund_never_reduces_it() -> None:
    life = PaymentLife(declared=10, sent=10, confirmed=10, returned=5, returned_confirmed=3, refunded=5)
    assert life.delivered == 7
    assert life.is_complete is False
    assert (life.undelivered, PaymentLife(confirmed=3).undelivered) == (3, None)
    assert PaymentLife(confirmed=3).is_complete is None
    assert PaymentLife(declared=3, confirmed=3).is_complete is True
