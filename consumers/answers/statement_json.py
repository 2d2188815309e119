"""Statements as JSON values: what was said as it was published, what the tally says, and why.

Amounts are exact decimal strings with their unit. *No figure* is null, never 0. Reasons have their stable code and
words in both languages.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from consumers.answers.statements import FigureAnswer, Opened, StatementAnswer, StatementsAnswer
from models.statements.conversions import Conversion
from models.statements.sums import Amount
from models.statements.verdicts import Judged, JudgedPart, Reason
from models.statements.words import in_words
from models.units import format_steps

_OWN_DAY: Final = {"as_of": "stated_as_of"}
"""The day that a statement speaks of; ``as_of`` is, in every answer, what the ledger said then."""


def of_all(answer: StatementsAnswer) -> dict[str, Any]:
    """Return the list."""
    return {"as_of": answer.as_of.to_json(), "statements": [_summary(one) for one in answer.statements]}


def of_one(answer: StatementAnswer) -> dict[str, Any]:
    """Return one statement with all that stands behind it."""
    published = answer.published
    return {
        "statement": published.name,
        **{_OWN_DAY.get(name, name): value for name, value in msgspec.to_builtins(published.data).items() if name not in {"statement", "figures"}},
        "event": {"source": published.source, "id": published.event_id, "decision": published.decision, "version": published.version},
        "simulated": published.is_simulated,
        "verdict": answer.verdict,
        "adds_up": answer.adds_up,
        "figures": [_figure(one) for one in answer.figures],
    }


def _summary(answer: StatementAnswer) -> dict[str, Any]:
    data = answer.published.data
    return {
        "statement": answer.published.name,
        "text": data.text,
        "publisher": data.publisher,
        "published": data.published.isoformat() if data.published else None,
        "simulated": answer.published.is_simulated,
        "verdict": answer.verdict,
        "figures": [
            {"figure": one.figure.figure, "verdict": one.judged.verdict, "reason": one.judged.judged.reason.code, **_values(one.judged.judged)}
            for one in answer.figures
        ],
    }


def _figure(answer: FigureAnswer) -> dict[str, Any]:
    judged = answer.judged
    said = msgspec.to_builtins(answer.figure)
    return {
        **{name: value for name, value in said.items() if name not in {"parts", "beside"}},
        "qualifier": answer.figure.qualifier,
        "closed": judged.is_closed,
        **_judged(judged.judged),
        "shares": None if judged.judged.shares is None else [_amount(share) for share in judged.judged.shares],
        "destinations": [{"destination": code, "amounts": _amounts(amounts) or None} for code, amounts in judged.destinations.items()],
        "parts": [{**_part(part), "scope": raw.get("scope"), "less": raw.get("less")} for part, raw in zip(judged.parts, said.get("parts", ()), strict=True)],
        "conversions": [_conversion(one) for one in answer.conversions],
        "beside": None
        if answer.other is None
        else {**msgspec.to_builtins(answer.other.named), "said": _or_none(answer.other.said), "gap": _or_none(answer.other.gap)},
        "shown_by_events": [event.to_json() for event in answer.showing],
        "opened": [_opened(one) for one in answer.opened],
    }


def _part(part: JudgedPart) -> dict[str, Any]:
    judged = {"verdict": None, "reason": None, "tally": None, "gap": None} if part.judged is None else _judged(part.judged)
    return {"label": part.label, "said": _amount(part.said), **judged}


def _judged(judged: Judged) -> dict[str, Any]:
    return {"verdict": judged.verdict, "reason": _reason(judged.reason), **_values(judged)}


def _values(judged: Judged) -> dict[str, Any]:
    return {"tally": _or_none(judged.tally), "gap": _or_none(judged.gap)}


def _reason(reason: Reason) -> dict[str, Any]:
    amounts = {name: _amounts(values) for name, values in reason.amounts.items()}
    return {"code": reason.code, "en": in_words(reason, "en"), "id": in_words(reason, "id"), "amounts": amounts, "names": dict(reason.names)}


def _opened(opened: Opened) -> dict[str, Any]:
    return {"scope_of": opened.part or None, "role": opened.role, "explain": list(opened.words), **opened.explanation.to_json()}


def _conversion(conversion: Conversion) -> dict[str, str]:
    return conversion._asdict()


def _amounts(amounts: Iterable[Amount]) -> list[dict[str, str]]:
    return [_amount(amount) for amount in amounts]


def _or_none(amount: Amount | None) -> dict[str, str] | None:
    return None if amount is None else _amount(amount)


def _amount(amount: Amount) -> dict[str, str]:
    measure = {"measure": amount.measure} if amount.measure else {}
    return {"quantity": format_steps(amount.steps, amount.unit), "unit": amount.unit, **measure}
