"""`salur demo`: everything in a temporary folder, with the events of the published figures, so that tallies can be seen moving."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli.console import NO, answers, print_table, remarks
from deploy.cli.options import Asked, Json, Lang, Simulated, asked
from deploy.cli.words import say
from models.cells import PLANS
from models.figure_words import grouped

if TYPE_CHECKING:
    from consumers.answers.tally import TallyAnswer
    from deploy.running import Addresses
    from deploy.stack import Stack
    from models.statements.verdicts import Verdict

Once = Annotated[bool, typer.Option("--once", help="Drain, print the tallies, reconcile, and end with 0 or 1.")]

PACE_SECONDS = 0.15
REFRESH_SECONDS = 0.4


def command(once: Once = False, simulated: Simulated = False, lang: Lang = None, json: Json = False) -> None:
    """Show Salur at work on published figures. Simulated partners make tallies move; they are left out unless asked for."""
    from deploy.cli.up import stop_on_signals, tell
    from deploy.demo import fault
    from deploy.stack import SHORT_LIVED_JVM, Stack

    began = time.monotonic()
    stopping = stop_on_signals()
    with _temporary_folder() as folder:
        question = asked(data=folder, lang=lang, json=json)
        made = {} if once else {fault.VARIABLE: "1"}
        with Stack(question.settings, on_step=lambda step: tell(step, question), quiet=json, jvm_flags=SHORT_LIVED_JVM, web_environment=made) as stack:
            if once:
                is_equal = _once(stack, question, began, simulated=simulated)
            else:
                _stay(stack, question, stopping, began, simulated=simulated)
                return
    if not is_equal:
        raise typer.Exit(NO)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="salur-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _once(stack: "Stack", question: Asked, began: float, *, simulated: bool) -> bool:
    """Publish, wait until all is in the tables, print the tallies, reconcile; return whether all three are equal."""
    from deploy.cli.reconcile import compare, tell_result
    from deploy.cli.tally import show
    from deploy.demo import run

    addresses = _addresses(stack)
    remarks().print(f"  … {say('demo_publishing', question.lang)}")
    ends = run.publish(addresses)
    answer = _tally(addresses, simulated=simulated)
    seconds = grouped(f"{time.monotonic() - began:.1f}", question.lang)
    remarks().print(f"  … {say('demo_first', question.lang, seconds=seconds)}")
    run.drain(addresses, ends)
    answer = _tally(addresses, simulated=simulated)
    # The JSON of --once is the tally's alone; for people it comes last, where a terminal still shows it.
    if not question.json:
        _show_statements(question, addresses)
        _show_plans(question, _tally(addresses, simulated=simulated, by=_PLANS_BY, table=PLANS), by=_PLANS_BY)
    show(question, answer, by=_BY)
    reconciled = compare(addresses, title=say("reconciling", question.lang), quiet=question.json)
    tell_result(reconciled, question.lang, out=remarks() if question.json else answers())
    return reconciled.equal


def _stay(stack: "Stack", question: Asked, stopping: threading.Event, began: float, *, simulated: bool) -> None:
    """Publish slowly in the background and show the tallies moving until Ctrl-C."""
    addresses = _addresses(stack)
    failed: list[BaseException] = []

    def publish() -> None:
        from deploy.demo import run

        try:
            run.publish(addresses, pause_seconds=PACE_SECONDS, is_over=stopping.is_set)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            failed.append(error)

    publishing = threading.Thread(target=publish, name="demo publisher", daemon=True)
    publishing.start()
    from deploy.demo import fault

    killing = {"data_dir": stack.settings.data_dir, "kill": lambda: stack.kill("tallies"), "until": stopping}
    threading.Thread(target=fault.serve, kwargs=killing, name="demo fault", daemon=True).start()
    remarks().print(f"  {stack.described().web_url}/{question.lang}/")
    remarks().print(f"  salur tally --data {stack.settings.data_dir}    {say('press', question.lang)}")
    try:
        _watch(addresses, question, stopping, publishing, began, simulated=simulated)
    except KeyboardInterrupt:
        stopping.set()
    publishing.join(timeout=10)
    if failed:
        raise failed[0]


def _watch(addresses: "Addresses", question: Asked, stopping: threading.Event, publishing: threading.Thread, began: float, *, simulated: bool) -> None:
    from deploy.cli.live import LiveTallies
    from deploy.cli.tally import show

    if not answers().is_terminal:
        publishing.join()
        show(question, _tally(addresses, simulated=simulated), by=_BY)
        stopping.wait()
        return
    with LiveTallies(question.lang, began=began, by=_BY) as live:
        while not stopping.is_set():
            live.show(_tally(addresses, simulated=simulated), is_publishing=publishing.is_alive())
            stopping.wait(REFRESH_SECONDS)


def _show_plans(question: Asked, answer: "TallyAnswer", *, by: Sequence[str]) -> None:
    from deploy.cli.tally import cells_of, headings

    lang = question.lang
    answers().print(say("demo_plans", lang))
    print_table(headings(by, answer.rows, lang, is_tables=False), [cells_of(row, by, lang) for row in answer.rows])
    answers().print()


def _show_statements(question: Asked, addresses: "Addresses") -> None:
    """Print every published figure with its verdict; of those that no event shows, only the names."""
    from consumers.answers.statements import Statements
    from consumers.database import open_for_reading
    from consumers.registered import registry_of
    from deploy.cli.statement_lines import verdict_word

    lang = question.lang
    engine = open_for_reading(addresses.database_url)
    try:
        with engine.connect() as connection, connection.begin():
            statements = Statements(connection, registry_of(connection)).all().statements
    finally:
        engine.dispose()
    answers().print(say("demo_statements", lang))
    found = sorted((_VERDICTS.index(one.verdict), one.published.name, one.published.data.text) for one in statements)
    bare = _VERDICTS.index("unsupported")
    rows = [[verdict_word(_VERDICTS[place], lang), name, text] for place, name, text in found if place != bare]
    print_table([(say(heading, lang), False) for heading in ("verdict", "statement", "said")], rows)
    answers().print(f"{verdict_word('unsupported', lang)}: {', '.join(name for place, name, _ in found if place == bare)}\n")


_VERDICTS: tuple["Verdict", ...] = ("supported", "part", "contradicted", "unsupported")
_BY = ("destination", "programme", "item")
_PLANS_BY = ("destination", "programme", "activity", "item", "recipient_type")


def _tally(addresses: "Addresses", *, simulated: bool, by: Sequence[str] = _BY, table: str = "") -> "TallyAnswer":
    from consumers.answers.filters import CellFilter
    from consumers.answers.tally import tally
    from consumers.database import open_for_reading

    engine = open_for_reading(addresses.database_url)
    try:
        with engine.connect() as connection, connection.begin():
            values = {"table": frozenset({table})} if table else {}
            return tally(connection, CellFilter(values=values, simulated=frozenset({False, simulated})), by=by)
    finally:
        engine.dispose()


def _addresses(stack: "Stack") -> "Addresses":
    from deploy.running import Addresses

    described = stack.described()
    return Addresses(described.bootstrap_servers, described.database_url)
