"""The badge: at which booking table, ledger and log were last found to say the same, if anybody compared them.

Who compares, and where the verdict is kept, is the composition's; a page only says what it was told, and says plainly
when it was told nothing.
"""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """The verdict of the latest comparison: ``compared_at`` in milliseconds since 1970."""

    booking: int
    differences: int
    compared_at: int


Badge = Callable[[], Reconciled | None]


def never_compared() -> Reconciled | None:
    """Return that nobody compared them."""
    return None
