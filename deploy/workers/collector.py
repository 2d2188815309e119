"""The garbage collector of a ledger worker."""

import gc


def collect_rarely() -> None:
    """Look for cycles seldom: a booking makes many objects that live to its end and no cycles, and looking took a fifth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
