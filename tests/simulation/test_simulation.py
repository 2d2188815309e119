"""A few hundred worlds in virtual time; thousands are run by ``python -m tests.simulation``."""

import pytest

from tests.simulation.reached import POINTS, Reached
from tests.simulation.regressions import SEEDS
from tests.simulation.running import run_seed, run_seeds

FEW = 120


@pytest.mark.timeout(240)
def test_whatever_fails_in_a_world_nothing_is_lost_counted_twice_or_left_undone() -> None:
    run = run_seeds(range(1, FEW + 1))

    assert run.failures == {}
    assert run.seeds == FEW
    # Few worlds do not reach everything, but most of it; a long run must reach all.
    assert len(run.reached.missing()) < len(POINTS) // 5


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_that_failed_once_does_not_fail_again(seed: int) -> None:
    assert run_seed(seed, Reached()) == []


def test_one_seed_is_one_world() -> None:
    told: list[list[str]] = [[], []]

    for lines in told:
        run_seed(11, Reached(), tell=lines.append)

    assert told[0] == told[1]
    assert len(told[0]) > 10


def test_a_place_that_was_never_reached_is_named() -> None:
    reached = Reached()

    reached.sometimes("held")

    assert set(reached.missing()) == POINTS - {"held"}
    with pytest.raises(AssertionError, match="not among the places"):
        reached.sometimes("heard of")
