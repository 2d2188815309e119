"""The places that a run must reach: a fault that never happened proves nothing."""

from collections import Counter
from typing import Final

from tests.simulation.swarm import FOLD_POINTS, SYNCHRONOUS_POINTS

POINTS: Final = frozenset(
    {
        *(f"killed at {point}" for point in (*SYNCHRONOUS_POINTS, *FOLD_POINTS)),
        "ledger worker killed",
        "publisher killed",
        "fold worker killed",
        "fold worker frozen past its session",
        "fold worker found itself stale",
        "ledger worker found its batch booked by another",
        "ledger worker went on after others had worked",
        "ledger partitions handed over",
        "fold partitions handed over",
        "database away",
        "commit lost",
        "commit of unknown outcome",
        "acknowledgement late",
        "acknowledgement lost to a partner, who sent again",
        "record of a dead process landed",
        "record published twice",
        "two publishers at once",
        "lease taken over",
        "record seen again by the fold",
        "record of an older assignment ignored",
        "values ahead of their watermark recovered",
        "partition counted anew after a late write",
        "watermark of a flush that was cut short missing",
        "fold waited for a flush",
        "clock jumped back",
        "clock jumped forward",
        "database made again from the log",
        "database restored from a backup",
        "held",
        "released and accepted",
        "released and rejected",
        "release left for the next booking",
        "given up",
        "id used again after it was refused",
        "duplicate",
        "duplicate in another form",
        "conflict",
        "rejected for its content",
        "rejected for an unregistered item",
        "accepted for a registered item",
        "already reversed",
        "reversal of a reversal",
        "amendment of an amendment",
        "reversal of an amendment",
        "amended while confirmed",
        "evidence given later",
        "verified",
        "returned after it was confirmed",
        "batch cut short by the poll",
        "offsets with holes",
        "entries record split",
        "topic of a partner's own",
        "rejected in another partner's topic",
        "flush unfinished when its partitions were given up",
    }
)


class Reached:
    """How often each place was reached."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def sometimes(self, name: str) -> None:
        """Note that a place was reached."""
        assert name in POINTS, f"not among the places to reach: {name}"
        self.counts[name] += 1

    def missing(self) -> list[str]:
        """Return the places that were never reached."""
        return sorted(POINTS - self.counts.keys())
