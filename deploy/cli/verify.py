"""`salur verify`: the ledger's own database, or proofs that somebody handed over."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli.console import NO, answers, print_json, remarks
from deploy.cli.ledger import reading
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError
from models.figure_words import grouped

if TYPE_CHECKING:
    from consumers.proof.verification import Verified

Bundles = Annotated[
    list[Path] | None, typer.Argument(metavar="[PROOF]...", help="Proofs to be checked; none for the ledger's own database.", show_default=False)
]
Key = Annotated[str | None, typer.Option("--key", metavar="KEY", help="The operator's public key, or a file that holds it.", show_default=False)]

SHOWN_AT_MOST = 20


def command(proofs: Bundles = None, key: Key = None, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Check the whole database against itself and its seals, or proofs that somebody handed over (exit code 1 names the first bad row)."""
    question = asked(data=data, lang=lang, json=json)
    if proofs:
        _proofs(question, proofs, key)
        return
    found = _database(question, key)
    if json:
        print_json(found.to_json())
    else:
        _show(question, found)
    if not found.holds:
        raise typer.Exit(NO)


def read_key(given: str) -> str:
    """Return a key that was given, or is in the file that was."""
    path = Path(given)
    return path.read_text(encoding="utf-8").strip() if "+" not in given and path.is_file() else given


def _proofs(question: Asked, proofs: list[Path], given: str | None) -> None:
    from deploy.sealing import own_key
    from deploy.verifiers import salur_verify

    key = read_key(given) if given else own_key(question.settings.data_dir)
    if key is None:
        raise ConfigurationError("no key to check with", hint="give the operator's public key with --key")
    if not given:
        remarks().print(say("key_of_own", question.lang))
    code = salur_verify.main(["--key", key, *map(str, proofs)])
    if code:
        raise typer.Exit(code)


def _database(question: Asked, given: str | None) -> "Verified":
    from consumers.proof.verification import verify
    from deploy.cli.progress import counting
    from deploy.sealing import kept, own_key

    folder = question.settings.data_dir
    key = read_key(given) if given else own_key(folder)
    with reading(question.settings) as connection, counting(say("verifying", question.lang), quiet=question.json) as progress:
        return verify(connection, key=key, kept=kept(folder), on_progress=progress)


def _show(question: Asked, found: "Verified") -> None:
    lang, out = question.lang, answers()
    if found.holds:
        seal = say("unsealed", lang) if found.seal is None else str(found.seal.number)
        out.print(say("verified", lang, decisions=grouped(str(found.decisions), lang), booking=found.booking, seal=seal))
        return
    out.print(say("not_verified", lang, count=grouped(str(found.found), lang)))
    for flaw in found.flaws[:SHOWN_AT_MOST]:
        out.print(f"  {flaw}")
