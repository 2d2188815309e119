"""`salur status`: how the stack is now, at a glance."""

import typer
from rich.text import Text

from deploy.cli.console import NO, UNREACHABLE, answers, print_json, print_table
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.remark_words import remark
from deploy.cli.words import say
from deploy.settings import Language
from deploy.status import look
from models.status import Status

_COLOURS = {"ready": "green", "not ready": "yellow", "pausing": "yellow"}


def command(data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Show how the stack is now: processes, what waits, what agrees, who was heard of last (exit code 1 if not all is well)."""
    question = asked(data=data, lang=lang, json=json)
    status = look(question.settings.data_dir, question.settings.worker_urls)
    if json:
        print_json(status.to_json())
    else:
        _show(status, question.lang, str(question.settings.data_dir))
    if not status.is_running:
        raise typer.Exit(UNREACHABLE)
    if not status.is_well:
        raise typer.Exit(NO)


def _show(status: Status, lang: Language, data_dir: str) -> None:
    out = answers()
    if not status.is_running:
        out.print(say("status_not_running", lang, data=data_dir))
        return
    out.print(Text(say("status_well" if status.is_well else "status_unwell", lang), style="bold green" if status.is_well else "bold red"))
    for process in status.processes:
        line = Text(f"  {process.name:<12}")
        line.append(say(f"process_{process.state.replace(' ', '_')}", lang), style=_COLOURS.get(process.state, "red"))
        why = "; ".join(remark(reason, lang) for reason in process.why)
        out.print(line.append(f"  {process.pid or ''}  {why}".rstrip()))
    for label, value in _facts(status, lang):
        out.print(f"  {say(label, lang):<26}{value}")
    if status.partners:
        out.print()
        rows = [[partner, say("ago", lang, span=_span(seconds, lang))] for partner, seconds in status.partners]
        print_table([(say("partner", lang), False), (say("last_heard", lang), False)], rows)


def _facts(status: Status, lang: Language) -> list[tuple[str, str]]:
    def told(value: float | None) -> str:
        return say("not_known", lang) if value is None else f"{value:g}"

    def span(seconds: float | None) -> str:
        return say("not_known", lang) if seconds is None else _span(seconds, lang)

    behind = [say("lag_of", lang, group=say(f"group_{lag.group}", lang), events=lag.events, span=_span(lag.seconds, lang)) for lag in status.lags if lag.events]
    differing = [one for one in status.differences if one.amount]
    differences = "; ".join(f"{one.between}: {one.amount:g} {one.unit}" for one in differing) or say("none_differ" if status.differences else "not_known", lang)
    proof = {None: "proof_none", True: "proof_holds", False: "proof_broken"}[status.is_proof_valid]
    return [
        ("status_bookings", say("tables_hold", lang, booking=told(status.booking), tables=told(status.tables_booking))),
        ("status_lag", "; ".join(behind) or say("nothing_behind" if status.lags else "not_known", lang)),
        ("status_waits", say("held_and_rejected", lang, held=told(status.held), rejected=told(status.rejected))),
        ("status_differences", f"{differences} ({say('ago', lang, span=span(status.reconciled_seconds_ago))})"),
        ("status_proof", say(proof, lang, span=span(status.unsealed_seconds))),
        ("status_looked", say("ago", lang, span=span(status.looked_seconds_ago))),
    ]


def _span(seconds: float, lang: Language) -> str:
    for size, name in ((86_400, "span_days"), (3_600, "span_hours"), (60, "span_minutes")):
        if seconds >= 2 * size:
            return say(name, lang, count=f"{seconds / size:.0f}")
    return say("span_seconds", lang, count=f"{max(seconds, 0):.0f}")
