"""`salur partner`: who may send to the HTTP intake, and the tokens that they hold. A token is shown once and never again."""

import secrets
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli import notify
from deploy.cli.console import NO, answers, print_json, print_table, remarks
from deploy.cli.ledger import reading, writing
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.tokens import All, Expires, expiry, iso, now, times_of
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    from models.access import Grant

app = typer.Typer(no_args_is_help=True, help="Let partners send to the HTTP intake: add them, make tokens, revoke them.", rich_markup_mode=None)
app.add_typer(notify.app, name="notify")

Code = Annotated[str, typer.Argument(metavar="CODE", help="The partner's code.")]
Holder = Annotated[str, typer.Argument(metavar="PREFIX|CODE", help="The token's prefix, or the partner's code with --all.")]
ScopeOption = Annotated[
    list[str] | None, typer.Option("--scope", metavar="publish|read", help="What it allows: publish or read; both by default.", show_default=False)
]


@app.command("add")
def add(code: Code, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Let a registered partner send to the HTTP intake."""
    from consumers import access
    from consumers.registered import registry_of
    from models.registry import closest

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings, shows_figures=False) as connection:
        partners = registry_of(connection).partners
    if code not in partners:
        similar = closest(code, partners)
        hint = f"did you mean {similar}?" if similar else "send its partner.registered event first"
        raise ConfigurationError(f"{code} is not a registered partner", hint=hint)
    with writing(question.settings) as connection:
        is_new = access.admit(connection, code, now=now())
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
    made_at = now()
    expires_at = expiry(expires, made_at)
    made = new_token(secrets.token_bytes(PREFIX_BYTES + SECRET_BYTES))
    scopes = sorted(set(scope or SCOPES))
    if not set(scopes) <= set(SCOPES):
        raise ConfigurationError("a token allows publish, read or both", hint="write --scope publish --scope read")
    with writing(question.settings) as connection:
        access.keep(connection, made, partner=code, scopes=scopes, now=made_at, expires_at=expires_at)
    if json:
        print_json({"partner": code, "token": made.text, "prefix": made.prefix, "scopes": scopes, "expires_at": iso(expires_at)})
    else:
        answers().print(made.text)
        remarks().print(say("token_once", question.lang))


@app.command("revoke")
def revoke(holder: Holder, every: All = False, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Revoke a token at once, or all of a partner (exit code 1 if there was none in force)."""
    from consumers import access

    question = asked(data=data, lang=lang, json=json)
    with writing(question.settings) as connection:
        found = access.revoke(connection, partner=holder, now=now()) if every else access.revoke(connection, prefix=holder, now=now())
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
    from models.access import AUDITOR

    question = asked(data=data, lang=lang, json=json)
    with reading(question.settings, shows_figures=False) as connection:
        grants = [grant for grant in access.all_grants(connection) if not grant.partner.startswith(AUDITOR)]
        admitted = [partner for partner in access.admitted(connection) if not partner.startswith(AUDITOR)]
    rows = [_described(grant) for grant in grants]
    if json:
        print_json({"partners": admitted, "tokens": rows})
        return
    without = sorted(set(admitted) - {grant.partner for grant in grants})
    columns = ("partner", "prefix", "scopes", "created_at", "expires_at", "revoked_at")
    shown = [[str(row[name] or "") if name != "scopes" else " ".join(row[name]) for name in columns] for row in rows]
    print_table([(say(name, question.lang), False) for name in columns], [*shown, *([partner, "", "", "", "", ""] for partner in without)])


def _described(grant: "Grant") -> dict[str, Any]:
    return {"partner": grant.partner, "prefix": grant.prefix, "scopes": sorted(grant.scopes), **times_of(grant)}
