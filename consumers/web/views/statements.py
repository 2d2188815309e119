"""The pages of published figures: all of them with their verdicts, and one with its parts and the events behind it."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from consumers.answers.statements import FigureAnswer, Opened, StatementAnswer
from consumers.web.answer import limit_of
from consumers.web.api import statement_named, statements_of
from consumers.web.view import Cell, Column, Section, Table, View
from consumers.web.views.figure import events_table, sum_words
from consumers.web.views.scene import Scene
from models.events.statements import Figure
from models.statements.sums import Amount
from models.statements.verdicts import Judged, JudgedPart
from models.statements.words import in_words
from models.units import format_steps

ALLOWED: Final = ("as_of", "simulated", "limit")
_EVENTS: Final = 20


def statements(scene: Scene) -> View:
    """Return the list, one row a figure."""
    every = statements_of(scene.asked).all()
    names = ("statement", "verdict", "publisher", "said", "tally", "why")
    rows = [_listed(scene, one, figure) for one in every.statements for figure in one.figures]
    columns = [Column(text=scene.say(name)) for name in names]
    section = Section(
        heading=scene.say("statements"),
        texts=[] if rows else [Cell(text=scene.say("no_statements"))],
        table=Table(caption=scene.say("statements"), columns=columns, rows=rows) if rows else None,
    )
    return View(
        page="statements",
        title=scene.say("statements"),
        lead=scene.say("statements_lead"),
        sections=[section],
        as_of=every.as_of,
        intake=scene.intake_at(every.as_of),
        asked=scene.described(),
        fields=scene.fields("as_of", "simulated"),
        api=("/v1/statements", scene.parameters),
    )


def statement(scene: Scene) -> View:
    """Return one statement. Raises NotBooked."""
    every = statements_of(scene.asked)
    answer = statement_named(every, scene.asked.names[0], limit=limit_of(scene.parameters, _EVENTS))
    sections = [Section(heading=scene.say("statement"), facts=_facts(scene, answer), is_figure=False)]
    for figure in answer.figures:
        sections += _figure_sections(scene, figure)
    name = quote(answer.published.name, safe="")
    return View(
        page=f"statements/{name}",
        title=f"“{answer.published.data.text}”",
        sections=sections,
        as_of=every.as_of,
        intake=scene.intake_at(every.as_of),
        trail=[(scene.say("statements"), scene.path("statements", scene.kept()))],
        asked=scene.described(),
        fields=scene.fields("as_of", "simulated"),
        api=(f"/v1/statements/{name}", scene.parameters),
    )


def _listed(scene: Scene, answer: StatementAnswer, figure: FigureAnswer) -> list[Cell]:
    published, judged = answer.published, figure.judged.judged
    named = [published.name, *([scene.say("is_simulated")] if published.is_simulated else [])]
    return [
        Cell(text=f"“{published.data.text}”", href=scene.path(f"statements/{quote(published.name, safe='')}", scene.kept()), note=", ".join(named)),
        Cell(text=scene.say(f"verdict_{judged.verdict}"), mark=judged.verdict),
        Cell(text=published.data.publisher, note=published.data.published.isoformat() if published.data.published else scene.say("undated")),
        Cell(text=_claim(scene, figure), note=figure.figure.label),
        _tally(scene, judged) if figure.figure.unit else Cell(text="\u2013"),
        Cell(text=_why(scene, judged)),
    ]


def _facts(scene: Scene, answer: StatementAnswer) -> list[tuple[str, Cell]]:
    published, data, say = answer.published, answer.published.data, scene.say
    facts = [
        (say("verdict"), Cell(text=say(f"verdict_{answer.verdict}"), mark=answer.verdict)),
        (say("publisher"), Cell(text=data.publisher)),
        (say("published"), Cell(text=data.published.isoformat() if data.published else say("undated"))),
    ]
    if data.speaker:
        facts.append((say("speaker"), Cell(text=data.speaker)))
    if data.address:
        facts.append((say("address"), Cell(text=data.address)))
    if data.as_of:
        facts.append((say("speaks_of"), Cell(text=data.as_of.isoformat())))
    if data.weakness:
        facts.append((say("weakness"), Cell(text=data.weakness)))
    return [*facts, (say("reported_as"), scene.event_cell(published.source, published.event_id))]


def _figure_sections(scene: Scene, answer: FigureAnswer) -> list[Section]:
    judged = answer.judged
    say = scene.say
    facts = [
        (say("verdict"), Cell(text=say(f"verdict_{judged.judged.verdict}"), mark=judged.judged.verdict, note=_why(scene, judged.judged))),
        (say("said"), Cell(text=_claim(scene, answer) or answer.figure.label)),
    ]
    if answer.figure.unit:
        facts.append((say("tally"), _tally(scene, judged.judged)))
    facts += [
        (scene.name("destination", code), Cell(text=", ".join(_amount(scene, amount) for amount in amounts) or say("no_figure")))
        for code, amounts in judged.destinations.items()
    ]
    if answer.other:
        text = _amount(scene, answer.other.said) if answer.other.said else say("no_figure")
        where = scene.path(f"statements/{quote(answer.other.named.statement, safe='')}", scene.kept())
        facts.append((say("other_source"), Cell(text=f"{answer.other.named.statement}: {text}", href=where, note=_gap(scene, answer.other.gap))))
    texts = [Cell(text=_conversion(scene, conversion._asdict())) for conversion in answer.conversions]
    sections = [Section(heading=answer.figure.label, facts=facts, texts=texts, table=_parts(scene, judged.parts) if judged.parts else None)]
    sections += [_opened(scene, one) for one in answer.opened]
    if answer.showing:
        rows = [[scene.event_cell(one.source, one.id), Cell(text=scene.speaker.event_type(one.type), kind="code")] for one in answer.showing]
        columns = [Column(text=say("event")), Column(text=say("type"))]
        sections.append(Section(heading=say("shown_by"), table=Table(caption=say("shown_by"), columns=columns, rows=rows)))
    return sections


def _opened(scene: Scene, opened: Opened) -> Section:
    heading = scene.say(f"role_{opened.role}") + (f": {opened.part}" if opened.part else "")
    parameters = {**_parameters(opened.words), **scene.kept()}
    if "as_of" not in scene.parameters:
        parameters.pop("as_of", None)
    return Section(
        heading=heading,
        texts=[Cell(text=sum_words(scene, one), mark="supported" if one.adds_up else "contradicted") for one in opened.explanation.figures],
        table=events_table(scene, opened.explanation, heading),
        links=[(scene.say("behind"), scene.path("figure", parameters))],
    )


def _parts(scene: Scene, parts: Sequence[JudgedPart]) -> Table:
    rows = [
        [
            Cell(text=part.label),
            Cell(text=_amount(scene, part.said), kind="amount", unit=scene.speaker.unit(part.said.unit)),
            Cell(text=scene.say(f"verdict_{part.judged.verdict}"), mark=part.judged.verdict) if part.judged else Cell(text=scene.say("not_opened")),
            _tally(scene, part.judged) if part.judged else Cell(text=scene.say("no_figure")),
            Cell(text=_why(scene, part.judged) if part.judged else ""),
        ]
        for part in parts
    ]
    columns = [
        Column(text=scene.say("parts")),
        Column(text=scene.say("said"), is_number=True),
        *(Column(text=scene.say(name)) for name in ("verdict", "tally", "why")),
    ]
    return Table(caption=scene.say("parts"), columns=columns, rows=rows)


def _parameters(words: Sequence[str]) -> Mapping[str, str]:
    """Return the parameters of an address for the words of a command."""
    found: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name = word.removeprefix("--").replace("-", "_")
        found[name] = "yes" if name == "simulated" else next(rest)
    return found


def _claim(scene: Scene, answer: FigureAnswer) -> str:
    figure: Figure = answer.figure
    said = answer.judged.judged and answer.judged.said
    if said is None and not figure.unit:
        return ""
    value = _amount(scene, said) if said else scene.speaker.unit(figure.unit or "")
    return f"{scene.say(f'qualifier_{figure.qualifier}')} {value}"


def _tally(scene: Scene, judged: Judged) -> Cell:
    if judged.tally is None:
        return Cell(text=scene.say("no_figure"))
    shares = "" if judged.shares is None else f" = {_amount(scene, judged.shares[0])} / {_amount(scene, judged.shares[1])}"
    return Cell(text=_amount(scene, judged.tally) + shares, note=_gap(scene, judged.gap))


def _gap(scene: Scene, gap: Amount | None) -> str:
    if gap is None or not gap.steps:
        return ""
    unit = scene.say("percentage_points") if gap.unit == "percent" else scene.speaker.unit(gap.unit)
    return f"{scene.say('gap')}: {scene.speaker.signed(format_steps(gap.steps, gap.unit))} {unit}"


def _why(scene: Scene, judged: Judged) -> str:
    text = in_words(judged.reason, scene.speaker.language, lambda amount: _amount(scene, amount))
    return text[:1].upper() + text[1:]


def _amount(scene: Scene, amount: Amount) -> str:
    measure = f" ({scene.speaker.measure(amount.measure)})" if amount.measure else ""
    return scene.speaker.amount(format_steps(amount.steps, amount.unit), amount.unit) + measure


def _conversion(scene: Scene, fact: Mapping[str, str]) -> str:
    packs = f"{scene.speaker.amount(fact['quantity'], fact['unit'])} {scene.name('item', fact['item'])}"
    into = f"{scene.speaker.amount(fact['into_quantity'], fact['into_unit'])} {scene.name('item', fact['into_item'])}"
    return scene.say(
        "conversion", packs=packs, qualifier=scene.speaker.kind("qualifier", fact["qualifier"]), into=into, source=fact["source"], date=fact["date"]
    )
