"""Verdicts: what may be said of a published figure, and why, as values. The rules are beside it, the words in ``words``.

Every reason code belongs to exactly one verdict and never changes its meaning.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

from models.statements.sums import Amount

Verdict = Literal["supported", "part", "unsupported", "contradicted"]

ReasonCode = Literal[
    "stmt.equal",
    "stmt.near",
    "stmt.more",
    "stmt.less",
    "stmt.in_range",
    "stmt.realised",
    "stmt.shown",
    "stmt.parts_add_up",
    "stmt.short_so_far",
    "stmt.target_short",
    "stmt.shown_in_part",
    "stmt.parts_differ",
    "stmt.parts_incomplete",
    "stmt.parts_unopened",
    "stmt.sum_refused",
    "stmt.no_events",
    "stmt.taken_back",
    "stmt.other_measures",
    "stmt.other_units",
    "stmt.announced_only",
    "stmt.no_scope",
    "stmt.subtrahend_missing",
    "stmt.numerator_missing",
    "stmt.denominator_missing",
    "stmt.percent_figures_missing",
    "stmt.percent_unit_open",
    "stmt.exceeded",
    "stmt.short_when_closed",
    "stmt.difference_short",
    "stmt.counted_otherwise",
    "stmt.part_contradicted",
    "stmt.parts_exceed",
]

_SUPPORTED: Final = ("stmt.equal", "stmt.near", "stmt.more", "stmt.less", "stmt.in_range", "stmt.realised", "stmt.shown", "stmt.parts_add_up")
_PART: Final = (
    "stmt.short_so_far",
    "stmt.target_short",
    "stmt.shown_in_part",
    "stmt.parts_differ",
    "stmt.parts_incomplete",
    "stmt.parts_unopened",
    "stmt.sum_refused",
)
_CONTRADICTED: Final = (
    "stmt.exceeded",
    "stmt.short_when_closed",
    "stmt.difference_short",
    "stmt.counted_otherwise",
    "stmt.part_contradicted",
    "stmt.parts_exceed",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code, and the amounts and names that its words speak of."""

    code: ReasonCode
    amounts: Mapping[str, Sequence[Amount]] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    @property
    def verdict(self) -> Verdict:
        """The verdict that this reason leads to."""
        if self.code in _SUPPORTED:
            return "supported"
        if self.code in _PART:
            return "part"
        return "contradicted" if self.code in _CONTRADICTED else "unsupported"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is said of a value: the reason, the tally's own value (None when there is none, which is not 0), and the gap to what was said.

    ``shares`` are the two figures of a percentage.
    """

    reason: Reason
    tally: Amount | None = None
    gap: Amount | None = None
    shares: tuple[Amount, Amount] | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict alone."""
        return self.reason.verdict


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPart:
    """One part as it was published, and what is said of it; None for a part that names no scope."""

    label: str
    said: Amount
    judged: Judged | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFigure:
    """One figure as it was published, and what is said of it and its parts.

    ``destinations`` holds each that the scope names, with what is booked there; nothing there is *no figure*.
    ``is_closed`` tells that nothing more is expected in its scope.
    """

    said: Amount | None
    judged: Judged
    parts: tuple[JudgedPart, ...] = ()
    destinations: Mapping[str, tuple[Amount, ...]] = dataclasses.field(default_factory=dict)
    is_closed: bool = False

    @property
    def verdict(self) -> Verdict:
        """The verdict alone."""
        return self.judged.verdict


def of_statement(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a statement from those on its figures.

    One contradicted figure contradicts it; otherwise figures of one verdict give it theirs, and any mixture is *part*.
    """
    if "contradicted" in verdicts:
        return "contradicted"
    return verdicts[0] if len(set(verdicts)) == 1 else "part"
