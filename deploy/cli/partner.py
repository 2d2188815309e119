"""`salur partner`: who may send to the HTTP intake, and the tokens that they hold. A token is shown once and never again."""

import datetime
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from models.access import Grant

app = typer.Typer(no_args_is_help=True, help="Let partners send to the HTTP intake: add them, make tokens, revoke them.", rich_markup_mode=None)

Code = Annotated[str, typer.Argument(metavar="CODE", help="The partner's code.")]
Holder = Annotated[str, typer.Argument(metavar="PREFIX|CODE", help="The token's prefix, or the partner's code with --all.")]
All = Annotated[bool, typer.Option("--all", help="Every token of the partner.")]
Expires = Annotated[str, typer.Option("--expires", metavar="DAY|DAYS", help="The last day it is good for (UTC), or for how many days.", show_default=False)]
ScopeOption = Annotated[
    list[str] | None, typer.Option("--scope", metavar="publish|read", help="What it allows: publish or read; both by default.", show_default=False)
]

LONGEST_DAYS = 3660


@app.command("add")
def add(code: Code, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Let a registered partner send to the HTTP intake."""
    from consumers import access
    from consumers.registered import registry_of
    from models.registry import closest

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        partners = registry_of(connection).partners
    if code not in partners:
        similar = closest(code, partners)
        hint = f"did you mean {similar}?" if similar else "send its partner.registered event first"
        raise ConfigurationError(f"{code} is not a registered partner", hint=hint)
    with _writing(question) as connection:
        is_new = access.admit(connection, code, now=_now())
    if json:
        print_json({"partner": code, "added": is_new})
    else:
        remarks().print(say("partner_added" if is_new else "partner_known", question.lang, partner=code))


@app.command("token")
def token(code: Code, expires: Expires = "", scope: ScopeOption = None, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Make a token for a partner, and show it this once."""
    from consumers import access
    from models.access import PREFIX_BYTES, SCOPES, SECRET_BYTES, new_token

    question = asked(data=data, lang=lang, json=json)
    now = _now()
    expires_at = _expiry(expires, now)
    made = new_token(secrets.token_bytes(PREFIX_BYTES + SECRET_BYTES))
    scopes = sorted(set(scope or SCOPES))
    if not set(scopes) <= set(SCOPES):
        raise ConfigurationError("a token allows publish, read or both", hint="write --scope publish --scope read")
    with _writing(question) as connection:
        access.keep(connection, made, partner=code, scopes=scopes, now=now, expires_at=expires_at)
    if json:
        print_json({"partner": code, "token": made.text, "prefix": made.prefix, "scopes": scopes, "expires_at": _iso(expires_at)})
    else:
        answers().print(made.text)
        remarks().print(say("token_once", question.lang))


@app.command("revoke")
def revoke(holder: Holder, every: All = False, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Revoke a token at once, or all of a partner (exit code 1 if there was none in force)."""
    from consumers import access

    question = asked(data=data, lang=lang, json=json)
    with _writing(question) as connection:
        found = access.revoke(connection, partner=holder, now=_now()) if every else access.revoke(connection, prefix=holder, now=_now())
    if json:
        print_json({"revoked": [grant.prefix for grant in found]})
    else:
        remarks().print(say("tokens_revoked", question.lang, count=len(found)))
    if not found:
        raise typer.Exit(NO)


@app.command("list")
def list_(data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """List the partners that were let in and their tokens; the tokens themselves are not kept."""
    from consumers import access

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings) as connection:
        grants, admitted = access.all_grants(connection), access.admitted(connection)
    rows = [_described(grant) for grant in grants]
    if json:
        print_json({"partners": list(admitted), "tokens": rows})
        return
    without = sorted(admitted.keys() - {grant.partner for grant in grants})
    columns = ("partner", "prefix", "scopes", "created_at", "expires_at", "revoked_at")
    shown = [[str(row[name] or "") if name != "scopes" else " ".join(row[name]) for name in columns] for row in rows]
    print_table([(say(name, question.lang), False) for name in columns], [*shown, *([partner, "", "", "", "", ""] for partner in without)])


@contextmanager
def _writing(question: Asked) -> "Iterator[sa.Connection]":
    from sqlalchemy.exc import DBAPIError

    from consumers.database import is_unreachable, open_database, unreachable
    from deploy import running

    engine = open_database(running.database_url(question.settings))
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        if is_unreachable(error):
            raise unreachable(error) from error
        raise
    finally:
        engine.dispose()


def _described(grant: "Grant") -> dict[str, Any]:
    times = {name: _iso(getattr(grant, name)) for name in ("created_at", "expires_at", "revoked_at")}
    return {"partner": grant.partner, "prefix": grant.prefix, "scopes": sorted(grant.scopes), **times}


def _expiry(text: str, now: int) -> int | None:
    """Return when a token ends: after so many days, or after the day that was named."""
    if not text:
        return None
    try:
        ends = now + _days(int(text)) if text.isdigit() else _end_of(datetime.date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{text!r} is neither a day nor a number of days", hint="write --expires 2027-12-31, or --expires 90") from None
    if not now < ends <= now + _days(LONGEST_DAYS):
        raise ConfigurationError(f"a token cannot end at {text}", hint=f"name a day to come, at most {LONGEST_DAYS} days from now")
    return ends


def _days(count: int) -> int:
    return count * 86_400_000


def _end_of(day: datetime.date) -> int:
    following = datetime.datetime.combine(day, datetime.time(), datetime.UTC) + datetime.timedelta(days=1)
    return int(following.timestamp()) * 1000


def _iso(time_ms: int | None) -> str | None:
    from consumers.answers.asof import iso

    return iso(time_ms)


def _now() -> int:
    return time.time_ns() // 1_000_000
