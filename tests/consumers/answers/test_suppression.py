"""Nobody who knows every published number and the rules can find a hidden count of people, or narrow it below 1 to 9."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.answers.suppression import Path, Publication, publication

ANY_SMALL = set(range(1, 10))
CODES = "abcd"
Seen = tuple[frozenset[tuple[Path, int]], frozenset[Path], frozenset[Path], frozenset[Path]]


def seen(made: Publication) -> Seen:
    """Return everything that a reader sees."""
    return frozenset(made.shown.items()), made.small, made.beside, made.closed


def splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to split a total into parts of 0 or more."""
    for bars in itertools.combinations(range(total + parts - 1), parts - 1):
        edges = (-1, *bars, total + parts - 1)
        yield tuple(right - left - 1 for left, right in itertools.pairwise(edges))


def totals_of(leaves: Mapping[Path, int]) -> dict[Path, int]:
    found: dict[Path, int] = defaultdict(int)
    for path, count in leaves.items():
        for length in range(len(path) + 1):
            found[path[:length]] += count
    return found


def hidden_small(leaves: Mapping[Path, int]) -> dict[Path, int]:
    return {path: count for path, count in totals_of(leaves).items() if 1 <= count <= 9}


def attack(paths: Sequence[Path], total: int, publish: Callable[[Mapping[Path, int]], Publication] = publication) -> tuple[int, int]:
    """Attack every tree of these leaves and this total: for each thing that can be seen, take all trees that look so.

    Returns how many small counts were attacked, and at how many the attack succeeded.

    A small count is found, or narrowed, if it has not every value from 1 to 9 in the trees that look the same.
    """
    look_the_same: dict[Seen, dict[Path, set[int]]] = defaultdict(lambda: defaultdict(set))
    victims: set[tuple[Seen, Path]] = set()
    for counts in splits(total, len(paths)):
        leaves = dict(zip(paths, counts, strict=True))
        view = seen(publish(leaves))
        for path, count in hidden_small(leaves).items():
            look_the_same[view][path].add(count)
            victims.add((view, path))
    narrowed = [victim for victim in victims if look_the_same[victim[0]][victim[1]] != ANY_SMALL]
    return len(victims), len(narrowed)


@pytest.mark.parametrize("total", [*range(10, 36), 45, 63])
def test_no_tree_with_one_level_gives_a_small_count_away(total: int) -> None:
    victims, narrowed = attack([(code,) for code in CODES], total)
    assert (victims > 0, narrowed) == (True, 0)


@pytest.mark.parametrize("total", [10, 11, 13, 19, 22])
def test_no_tree_with_two_levels_gives_a_small_count_away(total: int) -> None:
    paths = [("a", "x"), ("a", "y"), ("b", "x"), ("c", "x"), ("d", "x")]
    assert attack(paths, total)[1] == 0


def test_nothing_is_shown_of_fewer_than_ten() -> None:
    for total in range(1, 10):
        made = publication({("a",): total - 1, ("b",): 1})
        assert not made.shown
        assert made.small == frozenset({()})


def hide_small_only(leaves: Mapping[Path, int]) -> Publication:
    small = {path for path, count in leaves.items() if 1 <= count <= 9}
    shown = {path: count for path, count in leaves.items() if count > 9} | {(): sum(leaves.values())}
    return Publication(shown=shown, small=frozenset(small), beside=frozenset(), closed=frozenset())


def hide_the_next_too(leaves: Mapping[Path, int]) -> Publication:
    careless = hide_small_only(leaves)
    others = sorted((count, path) for path, count in careless.shown.items() if path)
    if not careless.small or not others:
        return careless
    beside = others[0][1]
    shown = {path: count for path, count in careless.shown.items() if path != beside}
    return Publication(shown=shown, small=careless.small, beside=frozenset({beside}), closed=frozenset())


@pytest.mark.parametrize("careless", [hide_small_only, hide_the_next_too])
def test_the_attack_succeeds_where_it_is_made_easy(careless: Callable[[Mapping[Path, int]], Publication]) -> None:
    paths: list[Path] = [(code,) for code in CODES]
    assert sum(attack(paths, total, careless)[1] for total in (20, 40)) > 0


def test_a_small_count_is_hidden_with_the_smallest_other_and_the_rest_is_shown() -> None:
    made = publication({("a",): 5, ("b",): 40, ("c",): 50, ("d",): 60})
    assert made.shown == {(): 155, ("c",): 50, ("d",): 60}
    assert made.small == frozenset({("a",)})
    assert made.beside == frozenset({("b",)})
    assert not made.closed


def test_where_the_smallest_other_would_give_it_away_nothing_below_is_shown() -> None:
    made = publication({("a",): 5, ("b",): 11, ("c",): 50, ("d",): 60})
    assert made.shown == {(): 126}
    assert made.closed == frozenset({()})
    assert made.shows(())
    assert not made.shows(("d",))


@st.composite
def trees(draw: st.DrawFn) -> dict[Path, int]:
    """Make a tree of three levels below the top, with small and large counts in it."""
    counts = st.one_of(st.integers(1, 9), st.integers(10, 30), st.integers(1, 20_000))
    paths = st.tuples(st.sampled_from(CODES), st.sampled_from(CODES), st.sampled_from(CODES))
    return draw(st.dictionaries(paths, counts, min_size=1, max_size=24))


@settings(max_examples=150, deadline=None)
@given(trees())
def test_for_every_value_of_every_small_count_there_is_another_tree_that_looks_the_same(leaves: dict[Path, int]) -> None:
    view = seen(publication(leaves))
    for path in hidden_small(leaves):
        for value in ANY_SMALL:
            found = next((other for other in alternatives(leaves, path, value) if totals_of(other)[path] == value and seen(publication(other)) == view), None)
            assert found is not None, (path, value)


@settings(max_examples=300, deadline=None)
@given(trees())
def test_what_is_shown_is_true_and_what_is_small_is_never_shown(leaves: dict[Path, int]) -> None:
    made = publication(leaves)
    totals = totals_of(leaves)
    assert all(totals[path] == count >= 10 for path, count in made.shown.items())
    assert all(1 <= totals[path] <= 9 for path in made.small)
    assert all(made.shows(path) for path in made.shown)
    assert not any(made.shows(path) for path in totals if path not in made.shown)


def alternatives(leaves: Mapping[Path, int], path: Path, value: int) -> Iterator[dict[Path, int]]:
    """Yield other trees in which a node has another value; found by trying."""
    totals = totals_of(leaves)
    made = publication(leaves)
    if () not in made.shown:
        for wanted in range(value, 10):
            yield {(*path, *"aaa"[len(path) :]): value, ("d" if path[:1] != ("d",) else "c", "a", "a"): wanted - value}
        return
    depth = next(length for length in range(1, len(path) + 1) if path[:length] not in made.shown)
    front, parent = path[:depth], path[: depth - 1]
    group = {(*parent, code): totals.get((*parent, code), 0) for code in CODES}
    hidden = [node for node in group if node != front and (parent in made.closed or made.hides(node))]
    for wanted in [value] if front == path else dict.fromkeys((totals[front], value, 9)):
        for changed in regrouped(group, front, wanted, hidden):
            if wanted >= value and all(count >= 0 for count in changed.values()):
                yield planted(leaves, group, changed, path, value)


def regrouped(group: Mapping[Path, int], front: Path, wanted: int, hidden: Sequence[Path]) -> Iterator[dict[Path, int]]:
    """Yield siblings of the same total, with ``wanted`` for one of them: what is hidden may be anything."""
    left = group[front] + sum(group[node] for node in hidden) - wanted
    tried = [dict.fromkeys((group[node], 0, 1, 9, 10, left // 2, (left + 1) // 2)) for node in hidden]
    for values in itertools.product(*tried):
        for last, node in enumerate(hidden):
            given = {other: count for place, (other, count) in enumerate(zip(hidden, values, strict=True)) if place != last}
            yield {**group, front: wanted, **given, node: left - sum(given.values())}


def planted(leaves: Mapping[Path, int], group: Mapping[Path, int], changed: Mapping[Path, int], path: Path, value: int) -> dict[Path, int]:
    """Return the leaves with a group of siblings changed: a changed sibling has all in one leaf, and ``path`` has its value."""
    [front] = [node for node in changed if path[: len(node)] == node]
    other = [node for node in changed if node == front or changed[node] != group[node]]
    kept = {leaf: count for leaf, count in leaves.items() if not any(leaf[: len(node)] == node for node in other)}
    for node in other:
        if node != front:
            kept[(*node, *"aaa"[len(node) :])] = changed[node]
    kept[(*path, *"aaa"[len(path) :])] = value
    if changed[front] > value:
        away = next(code for code in CODES if code != path[len(front)])
        kept[(*front, away, *"aaa"[len(front) + 1 :])] = changed[front] - value
    return kept
