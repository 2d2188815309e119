"""Which faults a seed has, and how often: every seed leaves most of them out, so that rare ones meet each other undisturbed."""

import dataclasses
import random
from typing import Final

from models.crashpoints import CrashPoint

SYNCHRONOUS_POINTS: Final[tuple[CrashPoint, ...]] = (
    "after_poll",
    "in_batch_before_insert",
    "mid_correction",
    "after_insert_before_tally",
    "before_commit",
    "after_commit_before_publish",
    "mid_publish",
    "after_publish_before_mark",
)
FOLD_POINTS: Final[tuple[CrashPoint, ...]] = (
    "after_fold_before_changelog",
    "mid_changelog",
    "after_changelog_before_ack",
    "after_ack_before_commit",
    "mid_revoke",
    "mid_recovery",
)


@dataclasses.dataclass(slots=True)
class Swarm:
    """Chances per occasion, and sizes."""

    steps: int
    sends: int
    inbound_partitions: int
    entries_partitions: int
    ledgers: int
    publishers: int
    folds: int
    points: dict[CrashPoint, float]
    kill: float
    kill_in_flight: float
    freeze: float
    rebalance_ledger: float
    rebalance_fold: float
    meanwhile: float
    away: float
    commit_lost: float
    commit_unknown: float
    unheard: float
    unacknowledged: float
    clock: float
    restore: float
    give_up: float
    hole: float
    slow_publisher: bool
    slow_changelog: bool
    own_topic: bool
    poll_at_most: int
    batch_at_most: int
    max_released: int
    max_entries: int
    max_bookings: int
    chunk: int
    unflushed_bytes: int
    linger_ms: int
    orphans_seconds: float


def choose(chance: random.Random) -> Swarm:
    """Choose for one seed."""

    def maybe(most: float, share: float = 0.4) -> float:
        return chance.random() * most if chance.random() < share else 0.0

    return Swarm(
        steps=chance.choice([30, 60, 100, 160]),
        sends=chance.choice([5, 10, 16, 28]),
        inbound_partitions=chance.randint(1, 3),
        entries_partitions=chance.randint(1, 3),
        ledgers=chance.choice([1, 2, 2, 3]),
        publishers=chance.choice([1, 1, 2]),
        folds=chance.choice([1, 2, 2, 3]),
        points={point: maybe(0.3, 0.15) for point in (*SYNCHRONOUS_POINTS, *FOLD_POINTS)},
        kill=maybe(0.03),
        kill_in_flight=maybe(0.2, 0.25),
        freeze=maybe(0.03),
        rebalance_ledger=maybe(0.06),
        rebalance_fold=maybe(0.05),
        meanwhile=maybe(0.6, 0.6),
        away=maybe(0.1, 0.25),
        commit_lost=maybe(0.15, 0.25),
        commit_unknown=maybe(0.15, 0.25),
        unheard=maybe(0.6),
        unacknowledged=maybe(0.4),
        clock=maybe(0.05, 0.3),
        restore=maybe(0.015, 0.2),
        give_up=maybe(0.03, 0.25),
        hole=maybe(0.3, 0.25),
        slow_publisher=chance.random() < 0.25,
        slow_changelog=chance.random() < 0.2,
        own_topic=chance.random() < 0.25,
        poll_at_most=chance.choice([1, 2, 3, 8]),
        batch_at_most=chance.choice([1, 3, 8, 20]),
        max_released=chance.choice([1, 2, 1000]),
        max_entries=chance.choice([1, 2, 2000]),
        max_bookings=chance.choice([1, 2, 50]),
        chunk=chance.choice([1, 2, 500]),
        unflushed_bytes=chance.choice([600, 3000, 1 << 26]),
        linger_ms=chance.choice([0, 5]),
        orphans_seconds=chance.choice([1.0, 5.0, 25.0]),
    )
