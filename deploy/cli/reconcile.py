"""`salur reconcile`: whether the tables, the ledger's tallies and a fold of the raw log say the same."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console

from deploy import running
from deploy.cli.console import NO, answers, print_json
from deploy.cli.options import Data, Json, Lang, asked
from deploy.cli.words import say
from deploy.settings import Language

if TYPE_CHECKING:
    from consumers.reconcile.reconcile import Reconciliation
    from deploy.running import Addresses

SHOWN_AT_MOST = 50


def command(data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Compare table, ledger and log at one booking. A difference is an incident: exit code 1."""
    question = asked(data=data, lang=lang, json=json)
    found = compare(running.addresses(question.settings), title=say("reconciling", question.lang), quiet=json)
    if json:
        print_json(found.to_json())
    else:
        tell_result(found, question.lang, out=answers())
    if not found.equal:
        raise typer.Exit(NO)


def compare(addresses: "Addresses", *, title: str, quiet: bool) -> "Reconciliation":
    """Return what comparing all three comes to. Raises Unreachable, or IntegrityError if Kafka no longer has the log."""
    from consumers.database import open_for_reading
    from consumers.reconcile.reconcile import reconcile
    from deploy.cli.progress import reaching
    from models.registry import Registry

    engine = open_for_reading(addresses.database_url)
    try:
        with reaching(title, quiet=quiet) as progress:
            return reconcile(engine, addresses.bootstrap_servers, registry=Registry.shipped(), on_progress=progress)
    finally:
        engine.dispose()


def tell_result(found: "Reconciliation", lang: Language, *, out: Console) -> None:
    """Print the one sentence, and the differences if there are any."""
    if found.equal:
        out.print(say("equal", lang, booking=found.booking))
        return
    out.print(say("different", lang, booking=found.booking, count=found.found))
    for difference in found.differences[:SHOWN_AT_MOST]:
        out.print(f"  {difference}")
