"""Reason codes: every way in which an event is refused, flagged or held.

A code is stable for ever: partners' programs compare it. ``rjct.`` refuses, ``flag.`` is accepted and shown,
``held.`` waits. A violation says where (a JSON pointer) and what was expected, never what was sent: the value
could be a person's. When a code applies is decided in ``models.rules``, ``models.decoding`` and
``models.corrections``; the words for people are in ``models.reason_words``.
"""

import dataclasses
from typing import Literal

import msgspec

RejectCode = Literal[
    "rjct.malformed",
    "rjct.unknown_field",
    "rjct.missing_field",
    "rjct.wrong_type",
    "rjct.value_invalid",
    "rjct.time_invalid",
    "rjct.unknown_type",
    "rjct.unknown_partner",
    "rjct.unknown_programme",
    "rjct.unknown_item",
    "rjct.unknown_country",
    "rjct.unknown_unit",
    "rjct.unknown_recipient_type",
    "rjct.unknown_holder",
    "rjct.unknown_legal_basis",
    "rjct.partner_not_entitled",
    "rjct.wrong_source",
    "rjct.item_unsuitable",
    "rjct.unit_mismatch",
    "rjct.quantity_invalid",
    "rjct.currency_invalid",
    "rjct.line_numbers_invalid",
    "rjct.time_in_future",
    "rjct.time_before_programme",
    "rjct.already_reversed",
    "rjct.foreign_correction",
    "rjct.original_unsuitable",
    "rjct.disaggregation_exceeds_total",
    "rjct.personal_data",
    "rjct.code_already_registered",
    "rjct.simulation_unmarked",
    "rjct.given_up",
]
FlagCode = Literal[
    "flag.return_exceeds_sent",
    "flag.received_exceeds_dispatched",
    "flag.batch_total_mismatch",
    "flag.late",
    "flag.out_of_order",
    "flag.outlier",
    "flag.after_period_close",
    "flag.after_fiscal_year",
    "flag.over_target",
    "flag.over_budget",
    "flag.reinvested_exceeds_revenue",
    "flag.negative_stock",
    "flag.no_evidence",
    "flag.group_size_unusual",
    "flag.duplicate_suspected",
    "flag.skewed_clock",
]
HeldCode = Literal["held.original_not_booked"]
ReasonCode = RejectCode | FlagCode | HeldCode

Language = Literal["en", "id"]


class Violation(msgspec.Struct, frozen=True, order=True):
    """One rule that an event breaks: where (JSON pointer), what was expected, and the closest valid code.

    ``expected`` and ``closest`` are words of ours or codes of a code list, never a value of the event.
    """

    code: ReasonCode
    pointer: str = ""
    expected: str = ""
    closest: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """What a reason says, and what to do about it, in one language."""

    text: str
    hint: str


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """The words of one code."""

    en: Words
    id: Words

    def words(self, language: Language) -> Words:
        """Return the words of ``language``."""
        return self.id if language == "id" else self.en
