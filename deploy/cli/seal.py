"""`salur seal`: sign what is booked."""

from typing import Annotated

import typer

from deploy import running
from deploy.cli.console import answers, print_json
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.words import say
from models.figure_words import grouped

Quick = Annotated[bool, typer.Option("--quick", help="Take full runs of leaves as they were sealed before; read only what came later.")]
Origin = Annotated[str, typer.Option("--origin", metavar="NAME", help="Name of the log that seals are signed for.")]


def command(quick: Quick = False, origin: Origin = "salur", data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Sign what is booked: check all rows, then seal them together with every sum. Nothing is signed that does not hold (exit code 1)."""
    question = asked(data=data, lang=lang, json=json)
    from deploy.cli.progress import waiting
    from deploy.sealing import seal, signer

    folder = question.settings.data_dir
    with waiting(say("sealing", question.lang), quiet=json):
        made = seal(running.database_url(question.settings), folder, origin=origin, is_quick=quick)
    key = signer(folder, origin=origin).public_key
    log = made.seal.log
    if json:
        told = {"number": made.seal.number, "booking": made.seal.booking, "size": log.size, "root": log.root.hex()}
        print_json({**told, "is_new": made.is_new, "key": key, "note": made.note})
        return
    out = answers()
    words = {"number": made.seal.number, "size": grouped(str(log.size), question.lang), "booking": made.seal.booking, "root": log.root.hex()}
    out.print(say("sealed" if made.is_new else "sealed_before", question.lang, **words))
    out.print(say("public_key", question.lang))
    out.print(key)
