"""`salur rebuild`: the tables folded anew from the entries, or a lost ledger made again from Kafka."""

from typing import TYPE_CHECKING, Annotated

import typer

from deploy import running
from deploy.cli.console import answers, print_json
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.figure_words import grouped

if TYPE_CHECKING:
    from consumers.ledger.replay import Progress

Ledger = Annotated[bool, typer.Option("--ledger", help="Make a lost or restored ledger again from Kafka, to the same Merkle root.")]

WAIT_SECONDS = 600.0


def command(ledger: Ledger = False, data: Data = None, lang: Lang = None, json: Json = False) -> None:
    """Fold the tables anew; with --ledger, decide the raw log again in the order of the bookings topic."""
    question = asked(data=data, lang=lang, json=json)
    if ledger:
        _ledger(question)
    else:
        _tables(question)


def _ledger(question: Asked) -> None:
    from deploy.cli.progress import reaching
    from deploy.rebuild import rebuild_ledger

    with reaching(say("rebuilding_ledger", question.lang), quiet=question.json) as reached:

        def progress(now: "Progress") -> None:
            reached(now.booking, now.bookings)

        made = rebuild_ledger(question.settings, on_progress=progress)
    if question.json:
        print_json({"bookings": made.bookings, "decisions": made.decisions, "root": made.root})
    else:
        answers().print(
            say(
                "rebuilt_ledger",
                question.lang,
                bookings=grouped(str(made.bookings), question.lang),
                decisions=grouped(str(made.decisions), question.lang),
                root=made.root,
            )
        )


def _tables(question: Asked) -> None:
    from deploy.cli.progress import waiting
    from deploy.rebuild import rebuild_tables

    with waiting(say("rebuilding_tables", question.lang), quiet=question.json):
        is_running = rebuild_tables(question.settings)
        if is_running:
            _wait_for_tables(running.addresses(question.settings))
    if question.json:
        print_json({"rebuilt": is_running})
    else:
        answers().print(say("rebuilt_tables" if is_running else "rebuilt_later", question.lang))


def _wait_for_tables(addresses: "running.Addresses") -> None:
    import time

    from consumers.database import open_for_reading
    from consumers.kafka_reading import reader
    from consumers.tables.reader import TablesReader
    from deploy import arrival

    engine = open_for_reading(addresses.database_url)
    with reader(addresses.bootstrap_servers) as consumer:
        arrival.until_in_tables(engine, TablesReader(consumer), deadline=time.monotonic() + WAIT_SECONDS)
    engine.dispose()
