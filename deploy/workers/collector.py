"""The garbage collector of a ledger worker."""

import gc


def collect_rarely() -> None:
    """Look for cycles seldom: a booking makes many objects that live to its end and no cycles, and looking took a fifth of the time.

    The threshold is above what one booking holds at a time, so that looking begins between bookings and not within one.
    """
    gc.freeze()
    gc.set_threshold(1_000_000, 10, 10)
