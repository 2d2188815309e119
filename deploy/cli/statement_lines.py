"""One published figure as people read it, line by line: what was said, what the tally says, and what stands beside it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from deploy.cli.words import say
from models.figure_words import grouped, measure_word, unit_word

if TYPE_CHECKING:
    from consumers.answers.statements import FigureAnswer
    from deploy.settings import Language
    from models.events.statements import Figure, Scope
    from models.statements.conversions import Conversion
    from models.statements.sums import Amount
    from models.statements.verdicts import Judged, Verdict


def lines_of(answer: "FigureAnswer", lang: "Language") -> Iterator[str]:
    """Yield the lines of a figure, without its events."""
    judged = answer.judged
    yield f"{answer.figure.figure}: {_verdict(judged.judged, lang)}"
    yield f"  {say('said', lang)}: {answer.figure.label}{_claim(answer.figure, judged.said, lang)}"
    if answer.figure.scope:
        yield f"  {say('scope', lang)}: {_scope(answer, lang)}"
    if answer.figure.unit:
        yield f"  {say('tally', lang)}: {_tally(judged.judged, lang)}"
    for part in judged.parts:
        verdict = _verdict(part.judged, lang) if part.judged else say("not_opened", lang)
        yield f"  · {part.label}: {amount_words(part.said, lang)}: {verdict}"
    for code, amounts in judged.destinations.items():
        yield f"  {code}: {', '.join(amount_words(amount, lang) for amount in amounts) or say('no_figure', lang)}"
    for conversion in answer.conversions:
        yield f"  {_conversion(conversion, lang)}"
    if answer.other:
        value = amount_words(answer.other.said, lang) if answer.other.said else say("no_figure", lang)
        yield f"  {say('other_source', lang)}: {answer.other.named.statement} ({answer.other.named.figure}): {value}{_gap(answer.other.gap, lang)}"


def verdict_word(verdict: "Verdict", lang: "Language") -> str:
    """Return what a verdict is called."""
    return say(f"verdict_{verdict}", lang)


def amount_words(amount: "Amount", lang: "Language") -> str:
    """Return an amount with its unit, and its measure if it has one."""
    from models.units import format_steps

    measure = f" ({measure_word(amount.measure, lang)})" if amount.measure else ""
    return f"{grouped(format_steps(amount.steps, amount.unit), lang)} {unit_word(amount.unit, lang)}{measure}"


def _verdict(judged: "Judged", lang: "Language") -> str:
    from models.statements.words import in_words

    return f"{verdict_word(judged.verdict, lang)} — {in_words(judged.reason, lang, lambda amount: amount_words(amount, lang))}"


def _claim(figure: "Figure", said: "Amount | None", lang: "Language") -> str:
    if said is None and not figure.unit:
        return ""
    value = amount_words(said, lang) if said else unit_word(figure.unit or "", lang)
    return f": {say(f'qualifier_{figure.qualifier}', lang)} {value}"


def _scope(answer: "FigureAnswer", lang: "Language") -> str:
    scopes = [(role, scope) for role, scope in (("", answer.figure.scope), ("minus", answer.figure.less), ("out_of", answer.figure.of)) if scope]
    words = [f"{say(role, lang) + ' ' if role else ''}{_cells(scope, lang)}" for role, scope in scopes]
    return " ".join([*words, *([f"({say('closed', lang)})"] if answer.judged.is_closed else [])])


def _cells(scope: "Scope", lang: "Language") -> str:
    import msgspec

    named = msgspec.to_builtins(scope)
    measures = ", ".join(measure_word(measure, lang) for measure in named.pop("measures"))
    listed = [f"{name}={','.join(codes) if isinstance(codes, list) else codes}" for name, codes in named.items()]
    return " · ".join([measures, *listed])


def _tally(judged: "Judged", lang: "Language") -> str:
    if judged.tally is None:
        return say("no_figure", lang)
    shares = "" if judged.shares is None else f" = {amount_words(judged.shares[0], lang)} / {amount_words(judged.shares[1], lang)}"
    return f"{amount_words(judged.tally, lang)}{shares}{_gap(judged.gap, lang)}"


def _gap(gap: "Amount | None", lang: "Language") -> str:
    if gap is None:
        return ""
    sign = "+" if gap.steps > 0 else ""
    words = amount_words(gap, lang) if gap.unit != "percent" else amount_words(gap, lang).replace(unit_word("percent", lang), say("percentage_points", lang))
    return f"; {say('gap', lang)}: {sign}{words}"


def _conversion(conversion: "Conversion", lang: "Language") -> str:
    packs = f"{grouped(conversion.quantity, lang)} {unit_word(conversion.unit, lang)} {conversion.item}"
    into = f"{grouped(conversion.into_quantity, lang)} {unit_word(conversion.into_unit, lang)} {conversion.into_item}"
    return say(
        "conversion", lang, packs=packs, qualifier=say(f"qualifier_{conversion.qualifier}", lang), into=into, source=conversion.source, date=conversion.date
    )
