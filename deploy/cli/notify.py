"""`salur partner notify`: where a partner is told of what was rejected, is a conflict or is held: webhooks and mail addresses."""

import secrets
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading, writing
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    from consumers.notices.targets import Target
    from deploy.settings import Language
    from models.notices import Channel

app = typer.Typer(no_args_is_help=True, help="Tell partners what was rejected, is a conflict or is held, by webhook or mail.", rich_markup_mode=None)

Code = Annotated[str, typer.Argument(metavar="CODE", help="The partner's code.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The number that `salur partner notify list` shows.")]
WebhookOption = Annotated[str, typer.Option("--webhook", metavar="URL", help="An https address that is called, signed.", show_default=False)]
MailOption = Annotated[str, typer.Option("--mail", metavar="ADDRESS", help="A mail address.", show_default=False)]
In = Annotated[str, typer.Option("--in", metavar="id|en", help="The language that the partner is told in.")]
Every = Annotated[float, typer.Option("--every", metavar="MINUTES", help="At most so often; what comes in between is bundled.", show_default=False)]
Private = Annotated[bool, typer.Option("--private", help="Allow an address that only this network or this machine can reach.")]

EVERY_MINUTES = {"webhook": 1.0, "mail": 15.0}


@app.command("add")
def add(
    code: Code,
    webhook: WebhookOption = "",
    mail: MailOption = "",
    in_: In = "id",
    every: Every = 0.0,
    private: Private = False,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Tell a partner from now on; a webhook's secret is shown this once."""
    from consumers import access
    from consumers.notices import targets
    from models.notices import SECRET_BYTES, secret_text

    question = asked(data=data, lang=lang, json=json)
    channel, address = _checked(webhook, mail, private=private)
    minutes = every or EVERY_MINUTES[channel]
    if in_ not in {"id", "en"} or not 0 < minutes <= 10_080:
        raise ConfigurationError("a partner is told in id or en, at most every so many minutes", hint="write --in id --every 15")
    secret = secrets.token_bytes(SECRET_BYTES)
    with writing(question.settings) as connection:
        if code not in access.admitted(connection):
            raise ConfigurationError(f"{code} may not send yet", hint=f"let it in with `salur partner add {code}`")
        number = targets.add(
            connection,
            partner=code,
            channel=channel,
            address=address,
            language="id" if in_ == "id" else "en",
            secret=secret,
            may_be_private=private,
            every_ms=int(minutes * 60_000),
            now=_now(),
        )
    shown = secret_text(secret) if channel == "webhook" else None
    if json:
        print_json({"number": number, "partner": code, "channel": channel, "address": address, "secret": shown})
        return
    if shown:
        answers().print(shown)
    remarks().print(say("notice_added_webhook" if shown else "notice_added_mail", question.lang, number=number, partner=code))


@app.command("list")
def list_(data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """List where partners are told, and how that goes."""
    from consumers.notices import targets

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings, shows_figures=False) as connection:
        rows = [_described(target) for target in targets.listed(connection)]
    if json:
        print_json(rows)
        return
    columns = ("number", "partner", "channel", "address", "state", "told_at", "last_error")
    print_table([(say(f"notice_{name}", question.lang), name == "number") for name in columns], [[str(row[name] or "") for name in columns] for row in rows])


@app.command("remove")
def remove(number: Number, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Tell nothing to this address any more (exit code 1 if there is none)."""
    from consumers.notices import targets

    question = asked(data=data, lang=lang, json=json)
    with writing(question.settings) as connection:
        is_done = targets.remove(connection, number, now=_now())
    _say_done("notice_removed", number, is_done=is_done, lang=question.lang, json=json)


@app.command("resume")
def resume(number: Number, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Try an address again at once, from where it stopped: nothing is missed (exit code 1 if there is none)."""
    from consumers.notices import targets

    question = asked(data=data, lang=lang, json=json)
    with writing(question.settings) as connection:
        is_done = targets.resume(connection, number)
    _say_done("notice_resumed", number, is_done=is_done, lang=question.lang, json=json)


def _checked(webhook: str, mail: str, *, private: bool) -> "tuple[Channel, str]":
    from consumers.notices.addresses import read_address
    from consumers.notices.sending import read_mail_address

    if bool(webhook) == bool(mail):
        raise ConfigurationError("a target is one webhook or one mail address", hint="write --webhook https://… or --mail name@example.org")
    if mail:
        return "mail", read_mail_address(mail)
    read_address(webhook, may_be_private=private)
    return "webhook", webhook


def _described(target: "Target") -> dict[str, Any]:
    from consumers.answers.asof import iso

    state = "paused" if target.paused_at is not None else "failing" if target.failures else "fine"
    named = {"number": target.target, "partner": target.partner, "channel": target.channel, "address": target.address, "language": target.language}
    return {**named, "state": state, "failures": target.failures, "told_at": iso(target.told_at), "position": target.position, "last_error": target.last_error}


def _say_done(what: str, number: int, *, is_done: bool, lang: "Language", json: bool) -> None:
    if json:
        print_json({"number": number, "done": is_done})
    else:
        remarks().print(say(what if is_done else "notice_nothing", lang, number=number))
    if not is_done:
        raise typer.Exit(NO)


def _now() -> int:
    return time.time_ns() // 1_000_000
