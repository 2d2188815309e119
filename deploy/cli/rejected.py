"""`salur rejected`: which records were refused, and what is wrong with one of them. Nothing is changed here."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import filters as f
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.words import say

if TYPE_CHECKING:
    from consumers.rejections import Rejection
    from deploy.settings import Language

app = typer.Typer(no_args_is_help=True, help="Look at refused records: list them, or explain one.", rich_markup_mode=None)

Partner = Annotated[str, typer.Option("--partner", metavar="CODE", help="Only those of this partner; unknown for unreadable ones.", show_default=False)]
Before = Annotated[int | None, typer.Option("--before", metavar="DECISION", help="Go on before this decision.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]
Decision = Annotated[int, typer.Argument(metavar="DECISION", help="The number of the decision, as `salur rejected list` shows it.")]


@app.command("list")
def list_(
    partner: Partner = "", before: Before = None, as_of: f.AsOf = None, limit: Limit = 50, data: Data = None, lang: Lang = None, json: Json = False
) -> None:
    """List refused records, the newest first."""
    from consumers.answers.filters import parse_as_of
    from consumers.rejections import rejections

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        found = rejections(connection, partner=partner, before=before, as_of=parse_as_of(as_of) if as_of else None, limit=limit)
    if json:
        print_json([_with_words(one, question.lang) for one in found])
    elif found:
        columns = [(say(name, question.lang), name == "decision") for name in ("decision", "partner", "event", "position", "reason")]
        print_table(columns, [_cells(one, question.lang) for one in found])
    else:
        remarks().print(say("nothing_rejected", question.lang))


@app.command("explain")
def explain(decision: Decision, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Explain one refused record: every rule that it breaks, where, and what to do."""
    from consumers.rejections import rejection
    from models.reason_words import explain as in_words

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        found = rejection(connection, decision)
    if found is None:
        remarks().print(say("not_rejected", question.lang, decision=decision))
        raise typer.Exit(NO)
    if json:
        print_json(_with_words(found, question.lang))
        return
    out = answers()
    out.print(f"{found.topic}[{found.partition}]@{found.offset}  {found.source} {found.id}  {found.type}")
    out.print(f"SHA-256 {found.sha256}")
    for violation in found.violations:
        out.print(f"  {violation.code}: {in_words(violation, question.lang)}")


def _with_words(found: "Rejection", lang: "Language") -> dict[str, Any]:
    from models.reason_words import explain as in_words

    answer = found.to_json()
    for reason, violation in zip(answer["reasons"], found.violations, strict=True):
        reason["text"] = in_words(violation, lang)
    return answer


def _cells(found: "Rejection", lang: "Language") -> list[str]:
    from models.reason_words import explain as in_words

    position = f"{found.topic}[{found.partition}]@{found.offset}"
    reasons = "; ".join(f"{violation.code} {in_words(violation, lang)}" for violation in found.violations)
    return [str(found.decision), found.partner, found.id, position, reasons]
