"""`salur witness`: an auditor's own memory of the last seal."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.options import Json, Lang
from deploy.cli.verify import read_key

Seals = Annotated[Path, typer.Argument(metavar="SEALS", help="Folder of seals, as the operator publishes it.", show_default=False)]
State = Annotated[Path, typer.Option("--state", metavar="FILE", help="File that keeps the last seal seen.", show_default=False, dir_okay=False)]
Key = Annotated[str, typer.Option("--key", metavar="KEY", help="The operator's public key, or a file that holds it.", show_default=False)]


def command(seals: Seals, state: State, key: Key, lang: Lang = None, json: Json = False) -> None:
    """Hold a folder of seals against the last seal seen here, and remember the newest. Run it where the operator cannot write."""
    del lang, json  # the verifier always answers in JSON
    from deploy.verifiers import salur_verify

    code = salur_verify.main(["--key", read_key(key), "--witness", str(state), str(seals)])
    if code:
        raise typer.Exit(code)
