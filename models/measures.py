"""Measures: what a figure counts. Which of them are deliveries, which are plans, and which say who was reached.

A measure is part of every cell, so two measures are never added. The parts of people (``recipients.sex.f``,
``trained.sex.f``) are measures of their own that name their whole, so they are never added to it, and what is not
known of a whole is it less its parts.
"""

from typing import Final

from models.cells import DISBURSEMENTS, DISTRIBUTIONS, PLANS, SERVICES, STOCK

PAYMENT_STAGES: Final = ("instructed", "sent", "confirmed", "failed", "returned", "reissued", "refunded")
DECLARED: Final = "declared"
UNDELIVERED: Final = "undelivered"
"""Payments that came back after they had been confirmed: what came back before was never delivered."""
PAID: Final = "paid"
GOODS: Final = ("produced", "procured", "dispatched", "received", "lost", "distributed", "sold", "revenue", "reinvested", "adjusted-in", "adjusted-out")
SERVED: Final = ("assisted", "engaged", "worked", "trained", "placed", "served")
OFFERED: Final = "offered"
PLANNED: Final = ("budget", "realised", "target", "capacity", "affected")
STOCK_STATES: Final = ("on-hand", "in-transit")
RECIPIENTS: Final = "recipients"
"""People reached: service contacts, never summed over stages or programmes without saying so."""

EVIDENCED: Final = "evidenced"
"""Delivered with evidence in the event itself."""
EVIDENCED_LATER: Final = "evidenced-later"
"""Delivered, and shown by evidence that was attached afterwards."""
VERIFIED: Final = "verified"
"""Delivered, and confirmed by somebody else than the partner who reported it."""

DELIVERED: Final = frozenset({"confirmed", PAID, "distributed", *SERVED})
"""What counts as delivered; of ``confirmed``, what came back afterwards (``undelivered``) is taken off."""

MEASURES: Final[dict[str, tuple[str, ...]]] = {
    DISBURSEMENTS: (DECLARED, *PAYMENT_STAGES, UNDELIVERED, PAID),
    DISTRIBUTIONS: GOODS,
    SERVICES: (OFFERED, *SERVED),
    STOCK: STOCK_STATES,
    PLANS: PLANNED,
}
"""The measures of each table; those about people and about evidence are in every table of deliveries."""

DISAGGREGATIONS: Final[dict[str, tuple[str, ...]]] = {
    "sex": ("f", "m"),
    "age": ("0-17", "18-24", "25-34", "35-44", "45-59", "60-plus"),
    "disability": ("yes", "no"),
}
"""The ways in which people are told apart, and the values of each; what no event says is unknown."""


WHOLES: Final = (RECIPIENTS, "assisted", "engaged", "trained", "placed", "served")
"""The measures that may count people and be divided into parts."""


def part_measure(whole: str, dimension: str, value: str) -> str:
    """Return the measure that counts one part of the people that ``whole`` counts."""
    return f"{whole}.{dimension}.{value}"


PARTS: Final = frozenset(part_measure(whole, dimension, value) for whole in WHOLES for dimension, values in DISAGGREGATIONS.items() for value in values)
EVIDENCE: Final = (EVIDENCED, EVIDENCED_LATER, VERIFIED)
ALL_MEASURES: Final = frozenset({*(measure for measures in MEASURES.values() for measure in measures), RECIPIENTS, *PARTS, *EVIDENCE})
