"""Seeds that failed once, each with what was wrong then. A seed is another world after the simulation itself has changed; it stays all the same."""

from typing import Final

SEEDS: Final = {
    5: "a fold worker that was struck off while frozen came back without giving up its partitions",
    144: "a frozen fold worker in the middle of a flush was taken for one at rest",
    724: "two fold workers counted one partition",
    1393: "a watermark that landed before its values was noticed only by luck",
    2558: "a flush that was cut short by a freeze was taken for a whole one",
}
