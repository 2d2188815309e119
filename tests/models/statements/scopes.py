"""Figures and sums to judge, said in few words."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from models.events.statements import Figure
from models.statements.figures import judge_figure
from models.statements.sums import Amount, FigureSums, PartSums, ScopeSums
from models.statements.verdicts import JudgedFigure
from models.units import UNITS, parse_steps

SCOPE = {"measures": ["distributed"]}


def amount(text: str, measure: str = "distributed") -> Amount:
    """Return an amount from "16500 piece"."""
    quantity, unit = text.split()
    return Amount(parse_steps(quantity, UNITS[unit]), unit, measure)


def sums(
    *texts: str,
    measure: str = "distributed",
    closed: bool = False,
    others: tuple[Amount, ...] = (),
    destinations: Mapping[str, tuple[Amount, ...]] | None = None,
) -> ScopeSums:
    """Return what is booked in a scope."""
    return ScopeSums(sums=tuple(amount(text, measure) for text in texts), others=others, destinations=destinations or {}, is_closed=closed)


def figure(said: str = "", qualifier: str = "exactly", **members: Any) -> Figure:
    """Return a figure that says "1985 group", or only a unit, or nothing."""
    value: dict[str, str] = {}
    if said:
        *number, value["unit"] = said.split()
        value |= {"value": number[0]} if number else {}
    return msgspec.convert({"figure": "claim", "label": "Claim", "qualifier": qualifier, **value, **members}, Figure)


def judged(
    said: str = "",
    *found: str,
    qualifier: str = "exactly",
    scope: ScopeSums | None = None,
    less: ScopeSums | None = None,
    of: ScopeSums | None = None,
    members: Mapping[str, Any] | None = None,
) -> JudgedFigure:
    """Judge one value against the sums of its scope."""
    return judge_figure(figure(said, qualifier, scope=SCOPE, **(members or {})), FigureSums(scope=scope or sums(*found), less=less, of=of))


def with_parts(
    said: str, parts: Sequence[tuple[str, ScopeSums | None]], *, qualifier: str = "exactly", own: ScopeSums | None = None, **members: Any
) -> JudgedFigure:
    """Judge a value with parts; a part without sums names no scope."""
    written = [
        {"label": f"part {number}", "value": text.split()[0], "unit": text.split()[1], **({} if found is None else {"scope": SCOPE})}
        for number, (text, found) in enumerate(parts, start=1)
    ]
    scope = {} if own is None else {"scope": SCOPE}
    found = FigureSums(scope=own, parts=tuple(PartSums(scope=one) for _, one in parts))
    return judge_figure(figure(said, qualifier, parts=written, **scope, **members), found)


def said_of(found: JudgedFigure) -> tuple[str, str]:
    """Return verdict and reason."""
    return found.verdict, found.judged.reason.code
