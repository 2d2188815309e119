"""The plot: how many episodes of each kind fill the lines asked for, and which comes when."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from deploy.simulate import figures
from deploy.simulate.chance import Chance
from deploy.simulate.drafts import Draft, Scene
from deploy.simulate.episodes import assurance, goods, payments, plans, services

Maker = Callable[[int, int], Iterator[Draft]]
"""Makes the next episode from its day and the lines of a loop that it may have."""


class Thread(NamedTuple):
    """One kind of episode: its weight among all, its lines, how many there may be at most, and how to begin it."""

    name: str
    weight: int
    lines: int
    at_most: int
    begin: Callable[[Scene, int], Maker]


def threads() -> list[Thread]:
    """Return all kinds of episodes. A published figure can be split into no more events than it has units."""
    found = [
        Thread("incentive", 40, 2, 10**9, lambda scene, _: lambda day, _loop: payments.incentive(scene, day)),
        Thread("works", 20, 1, 10**9, lambda scene, _: lambda day, _loop: iter([services.works(scene, day)])),
        Thread("training", 60, 3, 10**9, lambda scene, _: lambda day, _loop: services.training(scene, day)),
        Thread("served", 30, 1, 10**9, lambda scene, _: lambda day, _loop: iter([services.served(scene, day)])),
        Thread("spent", 5, 1, 10**9, lambda scene, _: lambda day, _loop: iter([plans.spent(scene, day)])),
        Thread("complaint", 20, 3, 10**9, lambda scene, _: lambda day, _loop: assurance.complaint(scene, day)),
        Thread("finding", 5, 2, 10**9, lambda scene, _: lambda day, _loop: assurance.finding(scene, day)),
        Thread("malaysia-persons", 20, 1, figures.MALAYSIA_PERSONS, _reached),
        Thread("sarawak", 2, 1, figures.SARAWAK_PREPARED, _prepared),
        Thread("malaysia-packages", 80, 4, figures.MALAYSIA_PACKAGES, _packages),
        *(Thread(f"consignments-{country}", 20, 4, 10**9, _consignments(country)) for country in figures.ABROAD[1:]),
        *(Thread(programme, 40, 2, total, _groups(programme, total)) for programme, (_, total) in figures.GROUPS.items()),
        *(Thread(programme, 20, 1, total, _engaged(programme, total)) for programme, total in figures.ENGAGED.items()),
    ]
    for made, lines in zip(figures.BLK, (6, 3, 3, 1), strict=True):
        found.append(Thread(f"blk-{made.item}", 20 * lines, lines, made.steps, _centres(made, lines)))
    return found


def _split(total: int, make: Callable[[Scene, int, int], Iterator[Draft]]) -> Callable[[Scene, int], Maker]:
    def begin(scene: Scene, episodes: int) -> Maker:
        sizes = scene.chance.split(total, episodes)
        return lambda day, _loop: make(scene, day, next(sizes))

    return begin


def _groups(programme: str, total: int) -> Callable[[Scene, int], Maker]:
    return _split(total, lambda scene, day, size: services.group(scene, day, programme, size))


def _engaged(programme: str, total: int) -> Callable[[Scene, int], Maker]:
    return _split(total, lambda scene, day, size: iter([services.engaged(scene, day, programme, size)]))


def _consignments(country: str) -> Callable[[Scene, int], Maker]:
    return lambda scene, _: lambda day, _loop: goods.consignment(scene, day, country, None)


def _centres(made: figures.Produced, lines: int) -> Callable[[Scene, int], Maker]:
    def begin(scene: Scene, episodes: int) -> Maker:
        centres = goods.Centres(scene, made, episodes)
        return lambda day, _loop: centres.episode(day, lines)

    return begin


_reached = _split(figures.MALAYSIA_PERSONS, lambda scene, day, size: iter([goods.reached_only(scene, day, size)]))
_prepared = _split(figures.SARAWAK_PREPARED, lambda scene, day, size: iter([goods.prepared(scene, day, size)]))
_packages = _split(figures.MALAYSIA_PACKAGES, lambda scene, day, size: goods.consignment(scene, day, "MY", size))


class Plot:
    """So many lines of episodes, the wage subsidy taking what the others leave; one or two lines that fit nothing are complaints."""

    FEWEST = 400

    def __init__(self, scene: Scene, lines: int) -> None:
        self._scene = scene
        self.lines = lines
        self._counts = _counts(lines)
        self._terms = {term: payments.Batches(scene, term, self._counts[f"bsu-{term}"]) for term in figures.BSU_PAYMENTS}

    @property
    def subjects(self) -> list[str]:
        """The batches that were declared so far."""
        return [subject for term in self._terms.values() for subject in term.subjects]

    def episodes(self) -> Iterator[tuple[str, Maker]]:
        """Yield the kind and maker of each episode, spread over the whole."""
        makers: dict[str, Maker] = {thread.name: thread.begin(self._scene, self._counts[thread.name]) for thread in threads()}
        makers |= {f"bsu-{term}": batches.episode for term, batches in self._terms.items()}
        makers["lone"] = lambda day, _loop: iter([assurance.lone_complaint(self._scene, day)])
        order = [name for name, count in self._counts.items() for _ in range(count)]
        chance = Chance(self._scene.knobs.seed, "plot")
        for last in range(len(order) - 1, 0, -1):
            other = chance.below(last + 1)
            order[last], order[other] = order[other], order[last]
        for name in order:
            yield name, makers[name]


def _counts(lines: int) -> dict[str, int]:
    """Return how many episodes of each kind together have exactly so many lines."""
    kinds = threads()
    weights = sum(kind.weight for kind in kinds) + 400
    counts = {kind.name: min(kind.at_most, max(1, lines * kind.weight // weights // kind.lines)) for kind in kinds}
    left = lines - sum(counts[kind.name] * kind.lines for kind in kinds)
    first = _episodes_in(left // 2)
    second = _episodes_in(left - _lines_of(first))
    counts |= {"bsu-1": first, "bsu-2": second, "lone": left - _lines_of(first) - _lines_of(second)}
    return counts


def _episodes_in(lines: int) -> int:
    """Return how many payment episodes, and the declarations that they need, fit."""
    episodes = lines * payments.EPISODES_PER_BATCH // (payments.EPISODE_LINES * payments.EPISODES_PER_BATCH + 1)
    while _lines_of(episodes) > lines:
        episodes -= 1
    return episodes


def _lines_of(episodes: int) -> int:
    return episodes * payments.EPISODE_LINES + payments.Batches.batches(episodes)
