"""`salur rejected`: the operators' desk. Here is what only looks: refused and held events, and what is wrong with one of them."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import desk, desk_requests
from deploy.cli import filters as f
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.desk_hands import claimed
from deploy.cli.ledger import reading
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.words import say

if TYPE_CHECKING:
    from consumers.conflicts import Conflict
    from consumers.desk.waiting import Held
    from consumers.rejections import Rejection
    from deploy.settings import Language

app = typer.Typer(no_args_is_help=True, help="Look at refused and held events, and do something about them.", rich_markup_mode=None)

Partner = Annotated[str, typer.Option("--partner", metavar="CODE", help="Only those of this partner; unknown for unreadable ones.", show_default=False)]
Before = Annotated[int | None, typer.Option("--before", metavar="DECISION", help="Go on before this decision.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]
Decision = Annotated[int, typer.Argument(metavar="DECISION", help="The number of the decision, as `salur rejected list` shows it.")]
Open = Annotated[bool, typer.Option("--open", help="Only those whose id was not accepted since, and that no operator dealt with.")]
Code = Annotated[str, typer.Option("--code", metavar="REASON", help="With --open: only those with this reason.", show_default=False)]
Bytes = Annotated[bool, typer.Option("--bytes", help="Print the event itself, to be edited; nothing else.")]


@app.command("list")
def list_(
    partner: Partner = "",
    before: Before = None,
    as_of: f.AsOf = None,
    limit: Limit = 50,
    open_: Open = False,
    code: Code = "",
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """List refused records, the newest first."""
    from consumers.answers.filters import parse_as_of
    from consumers.desk.waiting import open_refusals
    from consumers.rejections import rejections

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        if open_ or code:
            found = open_refusals(connection, claimed(question), partner=partner, code=code)
            found = [one for one in reversed(found) if before is None or one.decision < before][:limit]
        else:
            found = rejections(connection, partner=partner, before=before, as_of=parse_as_of(as_of) if as_of else None, limit=limit)
    if json:
        print_json([_with_words(one, question.lang) for one in found])
    elif found:
        columns = [(say(name, question.lang), name == "decision") for name in ("decision", "partner", "event", "position", "reason")]
        print_table(columns, [_cells(one, question.lang) for one in found])
    else:
        remarks().print(say("nothing_open" if open_ or code else "nothing_rejected", question.lang))


@app.command("conflicts")
def conflicts(partner: Partner = "", before: Before = None, limit: Limit = 50, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """List ids that came again with other content, the newest first, with the hash of what stands and of what came."""
    from consumers import conflicts as found_in

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        found = found_in.conflicts(connection, partner=partner, before=before, limit=limit)
    if json:
        print_json([one.to_json() for one in found])
    elif found:
        names = ("decision", "partner", "event", "received_at", "came_sha256", "stands", "stands_sha256")
        print_table([(say(name, question.lang), name in {"decision", "stands"}) for name in names], [_conflict_cells(one) for one in found])
    else:
        remarks().print(say("nothing_conflicts", question.lang))


@app.command("held")
def held(partner: Partner = "", data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """List held events with what each waits for, and whether that was refused."""
    from consumers.desk.waiting import held_events

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        found = held_events(connection, partner=partner)
    if json:
        print_json([one.to_json() for one in found])
    elif found:
        names = ("decision", "partner", "event", "type", "received_at", "waits_for", "what_to_do")
        print_table([(say(name, question.lang), name == "decision") for name in names], [_held_cells(one, question.lang) for one in found])
    else:
        remarks().print(say("nothing_held", question.lang))


@app.command("explain")
def explain(decision: Decision, bytes_: Bytes = False, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Explain one refused record: every rule that it breaks, where, and what to do."""
    from consumers.desk.waiting import bytes_of
    from consumers.rejections import rejection
    from models.reason_words import explain as in_words

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        found = rejection(connection, decision)
        raw = bytes_of(connection, found) if found is not None and bytes_ else b""
    if found is None:
        remarks().print(say("not_rejected", question.lang, decision=decision))
        raise typer.Exit(NO)
    if bytes_:
        sys.stdout.buffer.write(raw + b"\n")
        return
    if json:
        print_json(_with_words(found, question.lang))
        return
    out = answers()
    out.print(f"{found.topic}[{found.partition}]@{found.offset}  {found.source} {found.id}  {found.type}")
    out.print(f"SHA-256 {found.sha256}")
    for violation in found.violations:
        out.print(f"  {violation.code}: {in_words(violation, question.lang)}")


app.command("resend")(desk.resend)
app.command("fix")(desk.fix)
app.command("release")(desk.release)
app.command("give-up")(desk.give_up)
app.command("close")(desk.close)
app.command("requests")(desk_requests.list_requests)
app.command("approve")(desk_requests.approve)
app.command("decline")(desk_requests.decline)
app.command("finish")(desk_requests.finish)
app.command("log")(desk_requests.log)


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


def _conflict_cells(one: "Conflict") -> list[str]:
    return [str(one.decision), one.partner, one.id, str(one.to_json()["received_at"]), one.sha256, str(one.stands), one.stands_sha256]


def _held_cells(found: "Held", lang: "Language") -> list[str]:
    from consumers.answers.asof import iso

    if found.is_given_up:
        to_do = say("held_given_up", lang)
    elif found.refused is None:
        to_do = say("held_never_came", lang)
    else:
        to_do = say("held_refused", lang, refused=found.refused, decision=found.decision)
    waits_for = f"{found.waits_for_source} {found.waits_for_id}"
    return [str(found.decision), found.partner, found.id, found.type, iso(found.received_at) or "", waits_for, to_do]
