"""The verdict on one figure: its value, its parts, or what shows a claim without value.

Parts: their values must make the whole by its own qualifier, and each that names a scope is held against it exactly.
Parts in several units are never added: the figure is *part* at best, and the words name every part. Parts that explain
less than the whole leave it *part*, even where a tally of the whole is right; parts that come to more contradict it.
Parts without scopes that add up say something and open nothing: *part*.

A claim without value is shown by anything that counts in its scope, or by the events that it names; where it names
several destinations, at each of them.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import UNSET

from models.events.statements import Figure, Part
from models.measures import PLANNED
from models.statements.sums import Amount, FigureSums, PartSums, in_one_unit
from models.statements.values import ANNOUNCED, Claim, claim_of, judge_value
from models.statements.verdicts import Judged, JudgedFigure, JudgedPart, Reason

_NOT_DONE: Final = frozenset(PLANNED) - {"realised"}
"""Measures of what is to come, can be or is needed; they say nothing of what was done."""


def judge_figure(figure: Figure, found: FigureSums) -> JudgedFigure:
    """Return the verdict on a figure from what was found for its scopes. Its form has passed ``models.rules``."""
    claim = claim_of(figure)
    destinations = found.scope.destinations if found.scope is not None else {}
    if claim is None:
        return JudgedFigure(said=None, judged=_judge_showing(figure, found), destinations=destinations)
    own = None if found.scope is None else judge_value(claim, found.scope, less=found.less, of=found.of)
    parts = [] if figure.parts is UNSET else [_judge_part(part, sums) for part, sums in zip(figure.parts, found.parts, strict=True)]
    judged = _with_parts(claim, own, parts) if parts else own or Judged(reason=Reason("stmt.no_scope"))
    is_closed = found.scope is not None and found.scope.is_closed
    return JudgedFigure(said=claim.said, judged=judged, parts=tuple(parts), destinations=_in_unit(destinations, claim.unit), is_closed=is_closed)


def _in_unit(destinations: Mapping[str, tuple[Amount, ...]], unit: str) -> dict[str, tuple[Amount, ...]]:
    return {code: tuple(amount for amount in amounts if amount.unit == unit and amount.steps) for code, amounts in destinations.items()}


def _judge_part(part: Part, found: PartSums) -> JudgedPart:
    claim = claim_of(part)
    assert claim is not None
    assert claim.said is not None, "a part has a value"
    judged = None if found.scope is None else judge_value(claim, found.scope, less=found.less)
    return JudgedPart(label=part.label, said=claim.said, judged=judged)


def _with_parts(claim: Claim, own: Judged | None, parts: Sequence[JudgedPart]) -> Judged:
    """Return what own scope and parts say together."""
    reason = _reason(claim, own, parts)
    if own is not None:
        return dataclasses.replace(own, reason=reason)
    total = _sum_of_tallies(claim, parts)
    if total is None:
        return Judged(reason=reason)
    return Judged(reason=reason, tally=Amount(total, claim.unit), gap=claim.gap(total))


def _reason(claim: Claim, own: Judged | None, parts: Sequence[JudgedPart]) -> Reason:
    contradicted = next((part for part in parts if part.judged is not None and part.judged.verdict == "contradicted"), None)
    if own is not None and own.verdict == "contradicted":
        return own.reason
    if contradicted is not None:
        return Reason("stmt.part_contradicted", names={"label": contradicted.label})
    opened = [judged for judged in (own, *(part.judged for part in parts)) if judged is not None]
    said = tuple(part.said for part in parts)
    if {amount.unit for amount in said} != {claim.unit}:
        return _reason_of_several_units(opened, said)
    made = sum(amount.steps for amount in said)
    amounts = {"said": (claim.said,) if claim.said else (), "made": (Amount(made, claim.unit),), "gap": _missing(claim, made)}
    fit = claim.fit(made)
    if fit == "over":
        return Reason("stmt.parts_exceed", amounts)
    if own is not None and own.verdict == "part":
        return own.reason
    is_opened = own is not None or all(part.judged is not None for part in parts)
    reason = _reason_of_one_unit(opened, amounts, is_whole=fit == "fits", is_opened=is_opened)
    # Where some parts open nothing, it is the whole's own tally that supports it.
    return own.reason if own is not None and reason.code == "stmt.parts_add_up" and len(opened) <= len(parts) else reason


def _reason_of_several_units(opened: Sequence[Judged], said: tuple[Amount, ...]) -> Reason:
    if any(judged.verdict != "unsupported" for judged in opened):
        return Reason("stmt.sum_refused", {"parts": said})
    return opened[0].reason if opened else Reason("stmt.no_scope")


def _reason_of_one_unit(opened: Sequence[Judged], amounts: Mapping[str, Sequence[Amount]], *, is_whole: bool, is_opened: bool) -> Reason:
    verdicts = {judged.verdict for judged in opened}
    if not opened:
        return Reason("stmt.parts_unopened", amounts) if is_whole else Reason("stmt.no_scope")
    if verdicts == {"unsupported"}:
        return opened[0].reason
    if verdicts != {"supported"} or not is_opened:
        return Reason("stmt.parts_differ", amounts)
    return Reason("stmt.parts_add_up" if is_whole else "stmt.parts_incomplete", amounts)


def _missing(claim: Claim, made: int) -> tuple[Amount, ...]:
    """Return what the parts leave unexplained of the whole."""
    return () if claim.steps is None else (Amount(claim.steps - made, claim.unit),)


def _sum_of_tallies(claim: Claim, parts: Sequence[JudgedPart]) -> int | None:
    """Return the sum of the parts' tallies, None where one has none or another unit."""
    tallies = [None if part.judged is None else part.judged.tally for part in parts]
    found = [tally for tally in tallies if tally is not None and tally.unit == claim.unit]
    return in_one_unit(found)[claim.unit] if found and len(found) == len(tallies) else None


def _judge_showing(figure: Figure, found: FigureSums) -> Judged:
    if found.shown is not None:
        return Judged(reason=_shown(found.shown, is_target=False))
    if found.scope is None:
        return Judged(reason=Reason("stmt.no_scope"))
    is_target = figure.qualifier == "target"
    shown = _showing(figure, found.scope.sums, is_target=is_target)
    places = {code: len(_showing(figure, amounts, is_target=is_target)) for code, amounts in found.scope.destinations.items()}
    reason = _shown(places or {"": len(shown)}, is_target=is_target)
    if reason.code != "stmt.no_events":
        return Judged(reason=Reason(reason.code, {"found": shown} if shown else {}, reason.names))
    others = tuple(amount for amount in found.scope.other_measures() if amount.measure not in _NOT_DONE)
    return Judged(reason=Reason("stmt.other_measures", {"found": others}) if others else reason)


def _showing(figure: Figure, amounts: Sequence[Amount], *, is_target: bool) -> tuple[Amount, ...]:
    """Return what counts for a claim without value; a plan does not count for what is to come."""
    return tuple(amount for amount in amounts if amount.steps and figure.unit in {UNSET, amount.unit} and not (is_target and amount.measure in ANNOUNCED))


def _shown(places: Mapping[str, int], *, is_target: bool) -> Reason:
    at = sorted(code for code, events in places.items() if events)
    if not at:
        return Reason("stmt.announced_only" if is_target else "stmt.no_events")
    missing = sorted(places.keys() - set(at))
    names = {"places": ", ".join(code for code in at if code), "missing": ", ".join(missing)}
    return Reason("stmt.shown_in_part" if missing else "stmt.shown", names={name: text for name, text in names.items() if text})
