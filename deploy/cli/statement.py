"""`salur statement`: published figures beside the tally, each with its verdict and why; one of them with every event behind it."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli import filters as f
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.explain import show_events
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, Simulated, asked
from deploy.cli.statement_lines import lines_of, verdict_word
from deploy.cli.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consumers.answers.events import BookedEvent
    from consumers.answers.statements import Opened, StatementAnswer, StatementsAnswer
    from deploy.settings import Language

Name = Annotated[str | None, typer.Argument(metavar="[STATEMENT]", help="The statement to open; without it all are listed.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=0, help="At most so many events; 0 for all. All are summed up in any case.")]


def command(
    name: Name = None, as_of: f.AsOf = None, limit: Limit = 20, simulated: Simulated = False, data: Data = None, lang: Lang = None, json: Json = False
) -> None:
    """Hold published figures against the tally: supported, part, unsupported or contradicted, and why (exit code 1 if contradicted)."""
    command_asked = asked(data=data, lang=lang, json=json)
    from consumers.answers import statement_json
    from consumers.answers.filters import parse_as_of
    from consumers.answers.statements import Statements
    from consumers.registered import registry_of

    with reading(command_asked.settings) as connection:
        statements = Statements(connection, registry_of(connection), as_of=parse_as_of(as_of) if as_of else None, simulated=simulated)
        if name is None:
            every = statements.all()
            if json:
                print_json(statement_json.of_all(every))
            else:
                _list(every, command_asked)
            return
        answer = statements.one(name, limit=limit or None)
    if json:
        print_json({"as_of": statements.as_of.to_json(), **statement_json.of_one(answer)})
    else:
        _show(answer, command_asked)
        remarks().print(say("as_of", command_asked.lang, **statements.as_of.to_json()))
    if answer.verdict == "contradicted" or not answer.adds_up:
        raise typer.Exit(NO)


def _list(every: "StatementsAnswer", command_asked: Asked) -> None:
    lang = command_asked.lang
    if not every.statements:
        remarks().print(say("no_statements", lang))
        return
    rows = [[one.published.name, verdict_word(one.verdict, lang), _day(one), one.published.data.publisher, one.published.data.text] for one in every.statements]
    print_table([(say(heading, lang), False) for heading in ("statement", "verdict", "published", "publisher", "said")], rows)
    remarks().print(say("as_of", lang, **every.as_of.to_json()))


def _day(answer: "StatementAnswer") -> str:
    published = answer.published.data.published
    return published.isoformat() if published else ""


def _show(answer: "StatementAnswer", command_asked: Asked) -> None:
    lang = command_asked.lang
    out = answers()
    published, data = answer.published, answer.published.data
    out.print(f"{published.name}: {verdict_word(answer.verdict, lang)}", style="bold")
    out.print(f"“{data.text}”")
    out.print(", ".join(part for part in (data.publisher, data.speaker or "", _day(answer), data.address or "") if part))
    if data.as_of:
        out.print(say("speaks_of_day", lang, day=data.as_of.isoformat()))
    if data.weakness:
        out.print(say("weakness", lang, text=data.weakness))
    out.print(say("reported_as", lang, partner=published.partner, id=published.event_id, decision=published.decision))
    for figure in answer.figures:
        out.print()
        for line in lines_of(figure, lang):
            out.print(line)
        for opened in figure.opened:
            _show_opened(opened, command_asked)
        if figure.showing:
            _show_showing(figure.showing, lang)


def _show_opened(opened: "Opened", command_asked: Asked) -> None:
    lang = command_asked.lang
    answers().print(f"  {say(f'role_{opened.role}', lang)}{f' ({opened.part})' if opened.part else ''}: salur explain {shlex.join(opened.words)}")
    show_events(command_asked, opened.explanation)
    for event in opened.explanation.events:
        for link in event.corrected_by:
            answers().print(f"  {say('named_by', lang, event=event.id, kind=link.kind, id=link.id)}")


def _show_showing(events: "Sequence[BookedEvent]", lang: "Language") -> None:
    names = ("booking", "event", "type", "position", "sha256")
    rows = [
        [str(event.booking), f"{event.partner}: {event.id}", event.type, f"{event.topic}[{event.partition}]@{event.offset}", event.sha256[:16]]
        for event in events
    ]
    print_table([(say(name, lang), False) for name in names], rows)
