"""`salur auditor`: who may look at figures from beyond this machine, and the tokens that they hold. A token is shown once."""

import re
import secrets
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading, writing
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.tokens import All, Expires, expiry, iso, now, times_of
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    from models.access import Grant

app = typer.Typer(no_args_is_help=True, help="Let auditors look at figures from elsewhere: add them, make tokens, revoke them.", rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The auditor's short name.")]
Holder = Annotated[str, typer.Argument(metavar="PREFIX|NAME", help="The token's prefix, or the auditor's name with --all.")]

DEFAULT_DAYS: Final = "90"
_NAME: Final = re.compile("[a-z0-9][a-z0-9-]{0,62}", re.ASCII)


@app.command("add")
def add(name: Name, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Let an auditor be given tokens."""
    from consumers import access

    question = asked(data=data, lang=lang, json=json)
    with writing(question.settings) as connection:
        is_new = access.admit(connection, _holder(name), now=now())
    if json:
        print_json({"auditor": name, "added": is_new})
    else:
        remarks().print(say("auditor_added" if is_new else "auditor_known", question.lang, auditor=name))


@app.command("token")
def token(name: Name, expires: Expires = DEFAULT_DAYS, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Make a token for an auditor, good for 90 days unless said otherwise, and show it this once."""
    from consumers import access
    from models.access import AUDIT, PREFIX_BYTES, SECRET_BYTES, new_token

    question = asked(data=data, lang=lang, json=json)
    made_at = now()
    expires_at = expiry(expires, made_at)
    made = new_token(secrets.token_bytes(PREFIX_BYTES + SECRET_BYTES))
    with writing(question.settings) as connection:
        access.keep(connection, made, partner=_holder(name), scopes=[AUDIT], now=made_at, expires_at=expires_at)
    if json:
        print_json({"auditor": name, "token": made.text, "prefix": made.prefix, "expires_at": iso(expires_at)})
    else:
        answers().print(made.text)
        remarks().print(say("auditor_token_once", question.lang))


@app.command("revoke")
def revoke(holder: Holder, every: All = False, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Revoke an auditor's token at once, or all of his (exit code 1 if there was none in force)."""
    from consumers import access

    question = asked(data=data, lang=lang, json=json)
    with writing(question.settings) as connection:
        found = access.revoke(connection, partner=_holder(holder), now=now()) if every else access.revoke(connection, prefix=holder, now=now())
    if json:
        print_json({"revoked": [grant.prefix for grant in found]})
    else:
        remarks().print(say("tokens_revoked", question.lang, count=len(found)))
    if not found:
        raise typer.Exit(NO)


@app.command("list")
def list_(data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """List the auditors that were let in and their tokens; the tokens themselves are not kept."""
    from consumers import access
    from models.access import AUDITOR

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings, shows_figures=False) as connection:
        grants = [grant for grant in access.all_grants(connection) if grant.partner.startswith(AUDITOR)]
        admitted = [holder.removeprefix(AUDITOR) for holder in access.admitted(connection) if holder.startswith(AUDITOR)]
    rows = [_described(grant) for grant in grants]
    if json:
        print_json({"auditors": admitted, "tokens": rows})
        return
    without = sorted(set(admitted) - {row["auditor"] for row in rows})
    columns = ("auditor", "prefix", "created_at", "expires_at", "revoked_at")
    shown = [[str(row[column] or "") for column in columns] for row in rows]
    print_table([(say(column, question.lang), False) for column in columns], [*shown, *([name, "", "", "", ""] for name in without)])


def _holder(name: str) -> str:
    from models.access import AUDITOR

    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name[:80]!r} is no name of an auditor", hint="write small letters, digits and hyphens, such as bpk-ri")
    return f"{AUDITOR}{name}"


def _described(grant: "Grant") -> dict[str, Any]:
    from models.access import AUDITOR

    return {"auditor": grant.partner.removeprefix(AUDITOR), "prefix": grant.prefix, **times_of(grant)}
