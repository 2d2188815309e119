"""The acting commands of `salur rejected`: send again, edit, release, give up, close. Each is written down with its reason."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli import desk_hands as hands
from deploy.cli.console import NO, print_json, print_table, remarks
from deploy.cli.desk_hands import As, Timeout, Wait, Waiting, Why
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    from consumers.desk.waiting import Held
    from consumers.rejections import Rejection
    from models.reasons import Violation

Numbers = Annotated[list[int] | None, typer.Argument(metavar="DECISION…", help="The numbers of the decisions.", show_default=False)]
Number = Annotated[int, typer.Argument(metavar="DECISION", help="The number of the decision.")]
Partner = Annotated[str, typer.Option("--partner", metavar="CODE", help="All open ones of this partner.", show_default=False)]
Code = Annotated[str, typer.Option("--code", metavar="REASON", help="All open ones with this reason, such as rjct.unknown_programme.", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="All open ones.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Also what would be refused again.")]
File = Annotated[str | None, typer.Option("--file", metavar="FILE", help="The edited event; - for standard input.", show_default=False)]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="POINTER=VALUE", help="Put a value into its place, such as /data/programme=jps-tkm.", show_default=False)
]


def resend(
    numbers: Numbers = None,
    why: Why = ...,  # type: ignore[assignment]  # Typer's way to say that it is required
    partner: Partner = "",
    code: Code = "",
    every: All = False,
    anyway: Anyway = False,
    as_: As = None,
    wait: Wait = False,
    timeout: Timeout = 300.0,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Send refused events again as they were: those that would be accepted now, for example after a code was registered."""
    question = asked(data=data, lang=lang, json=json)
    chosen = _chosen(question, numbers, partner=partner, code=code, every=every)
    refused_again = _refused_again(question, chosen, anyway=anyway)
    to_send = [one.decision for one in chosen if not refused_again.get(one.decision)]
    _show_left(question, [one for one in chosen if refused_again.get(one.decision)], refused_again, only_answer=not to_send)
    if not to_send:
        raise typer.Exit(NO)
    hands.ask(question, kind="resend", decisions=to_send, who=hands.person(question, as_), why=why, waiting=Waiting(is_asked=wait, seconds=timeout))


def fix(
    number: Number,
    why: Why = ...,  # type: ignore[assignment]
    file: File = None,
    values: Set = None,
    anyway: Anyway = False,
    as_: As = None,
    wait: Wait = False,
    timeout: Timeout = 300.0,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Edit one refused event and send it with the same id: from a file, by single values, or in $EDITOR."""
    from consumers.desk.waiting import bytes_of
    from consumers.registered import registry_of
    from deploy import desk
    from deploy.cli.desk_editing import edited

    question = asked(data=data, lang=lang, json=json)
    _refuse_done(question, [number])
    with reading(question.settings, shows_figures=False) as connection:
        original = desk.refused(connection, number)
        # What replaces it from a file needs none of its bytes, which may not be kept.
        made = edited(b"" if file is not None else bytes_of(connection, original), file=file, values=values or ())
        violations = desk.rehearsed({number: made}, registry_of(connection), now=hands.now())[number]
    desk.refuse_edited(original, made, violations, anyway=anyway)
    hands.ask(question, kind="fix", decisions=[number], who=hands.person(question, as_), why=why, waiting=Waiting(is_asked=wait, seconds=timeout), edited=made)


def release(
    number: Number,
    why: Why = ...,  # type: ignore[assignment]
    as_: As = None,
    wait: Wait = False,
    timeout: Timeout = 300.0,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Release a held event: send again the refused event that it waits for, if that would be accepted now."""
    question = asked(data=data, lang=lang, json=json)
    one = next((held for held in _held(question) if held.decision == number), None)
    if one is None:
        raise ConfigurationError(f"decision {number} holds nothing", hint="`salur rejected held` lists what waits")
    if one.refused is None:
        message = f"decision {number} waits for {one.waits_for_id} of {one.waits_for_source}, which never came"
        raise ConfigurationError(message, hint="ask the partner to send it; or `salur rejected give-up` it, if that id is wrong")
    original = _chosen(question, [one.refused], partner="", code="", every=False)
    if _refused_again(question, original)[one.refused]:
        message = f"decision {number} waits for what decision {one.refused} refused, and would refuse again"
        raise ConfigurationError(message, hint=f"mend that one: salur rejected fix {one.refused}")
    hands.ask(question, kind="resend", decisions=[one.refused], who=hands.person(question, as_), why=why, waiting=Waiting(is_asked=wait, seconds=timeout))


def give_up(
    numbers: Numbers = None,
    why: Why = ...,  # type: ignore[assignment]
    partner: Partner = "",
    as_: As = None,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Give up on held events: the next booking refuses them, and their ids are free again."""
    question = asked(data=data, lang=lang, json=json)
    waiting = [one for one in _held(question, partner=partner) if not one.is_given_up]
    wanted = set(numbers or ()) or ({one.decision for one in waiting} if partner else set())
    _refuse_nothing(sorted(wanted), "name decisions, or --partner")
    missing = sorted(wanted - {one.decision for one in waiting})
    if missing:
        raise ConfigurationError(f"decision {missing[0]} holds nothing", hint="`salur rejected held` lists what waits")
    hands.ask(question, kind="give_up", decisions=sorted(wanted), who=hands.person(question, as_), why=why, waiting=Waiting(is_asked=False, seconds=0))


def close(
    numbers: Numbers = None,
    why: Why = ...,  # type: ignore[assignment]
    partner: Partner = "",
    code: Code = "",
    every: All = False,
    as_: As = None,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Close refused events that nobody will mend: they stay refused, and are no longer counted as open."""
    question = asked(data=data, lang=lang, json=json)
    chosen = [one.decision for one in _chosen(question, numbers, partner=partner, code=code, every=every)]
    hands.ask(question, kind="close", decisions=chosen, who=hands.person(question, as_), why=why, waiting=Waiting(is_asked=False, seconds=0))


def _held(question: Asked, *, partner: str = "") -> "Sequence[Held]":
    from consumers.desk.waiting import held_events

    with reading(question.settings, shows_figures=False) as connection:
        return held_events(connection, partner=partner)


def _chosen(question: Asked, numbers: list[int] | None, *, partner: str, code: str, every: bool) -> "list[Rejection]":
    """Return what a command is about. Raises ConfigurationError for a decision that is not open, or if nothing is named."""
    from consumers.desk.waiting import open_refusals

    if not numbers and not (partner or code or every):
        raise ConfigurationError("it is not said which", hint="name decisions, or --partner, --code or --all")
    if numbers:
        _refuse_done(question, numbers)
    with reading(question.settings, shows_figures=False) as connection:
        found = open_refusals(connection, hands.claimed(question), partner=partner, code=code)
    chosen = [one for one in found if one.decision in set(numbers)] if numbers else found
    missing = sorted(set(numbers or ()) - {one.decision for one in chosen})
    if missing:
        raise ConfigurationError(f"decision {missing[0]} is not open", hint="its id was accepted or refused anew since: `salur rejected list --open`")
    _refuse_nothing(chosen, "`salur rejected list --open` shows what is open")
    return chosen


def _refuse_done(question: Asked, numbers: Sequence[int]) -> None:
    from consumers.desk.requests import settled
    from deploy.desk import refused

    with reading(question.settings, shows_figures=False) as connection:
        for number in numbers:
            refused(connection, number)
        done = sorted(settled(connection) & set(numbers))
    if done:
        raise ConfigurationError(f"decision {done[0]} was dealt with before", hint="`salur rejected log` says how, when and by whom")


def _refuse_nothing(found: Sequence[object], hint: str) -> None:
    if not found:
        raise ConfigurationError("there is nothing to do", hint=hint)


def _refused_again(question: Asked, chosen: "Sequence[Rejection]", *, anyway: bool = False) -> "dict[int, tuple[Violation, ...]]":
    """Return why each would be refused again; with ``anyway`` only for those that cannot be sent at all."""
    from consumers.desk.waiting import bytes_of
    from consumers.registered import registry_of
    from deploy.desk import rehearsed
    from models.reasons import Violation

    values: dict[int, bytes] = {}
    lost: dict[int, tuple[Violation, ...]] = {}
    with reading(question.settings, shows_figures=False) as connection:
        for one in chosen:
            try:
                values[one.decision] = bytes_of(connection, one)
            except ConfigurationError:
                # Nothing that could be sent: it is refused for what it was refused for.
                lost[one.decision] = one.violations
        return {**dict.fromkeys(values, ()), **lost, **({} if anyway else rehearsed(values, registry_of(connection), now=hands.now()))}


def _show_left(question: Asked, left: "Sequence[Rejection]", why: "dict[int, tuple[Violation, ...]]", *, only_answer: bool) -> None:
    from models.reason_words import explain

    if not left:
        return
    if question.json:
        if only_answer:
            print_json({"sent": [], "left": [{"decision": one.decision, "reasons": [reason.code for reason in why[one.decision]]} for one in left]})
        return
    remarks().print(say("desk_left", question.lang, count=len(left)))
    if only_answer:
        columns = [(say(name, question.lang), name == "decision") for name in ("decision", "event", "reason")]
        rows = [[str(one.decision), one.id, "; ".join(explain(reason, question.lang) for reason in why[one.decision])] for one in left]
        print_table(columns, rows)
