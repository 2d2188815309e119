"""`salur up`: the whole stack on a durable folder, in the foreground."""

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deploy.cli.console import answers, print_json, remarks
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from deploy.stack import Stack, Step

LedgerWorkers = Annotated[int | None, typer.Option("--ledger-workers", metavar="N", help="How many ledger workers.", show_default=False)]
TallyWorkers = Annotated[int | None, typer.Option("--tally-workers", metavar="N", help="How many tallies' workers.", show_default=False)]

SealEvery = Annotated[float, typer.Option("--seal-every", metavar="MINUTES", min=0, help="Seal every so many minutes; 0 for never.")]
Monitoring = Annotated[bool, typer.Option("--monitoring", help="Also start Prometheus, if it is installed, with all alert rules.")]

Logs = Annotated[
    Literal["files", "prefix", "json"], typer.Option("--logs", help="Where lines of the processes go: files in the data folder, or here, named or as JSON.")
]

POLL_SECONDS = 0.5


def command(
    ledger_workers: LedgerWorkers = None,
    tally_workers: TallyWorkers = None,
    seal_every: SealEvery = 10,
    monitoring: Monitoring = False,
    logs: Logs = "files",
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Start Kafka (unless SALUR_BOOTSTRAP_SERVERS names one), the ledger, the tallies and the HTTP intake; run until Ctrl-C."""
    from deploy.stack import Stack

    question = asked(data=data, lang=lang, json=json, ledger_workers=ledger_workers, tally_workers=tally_workers)
    stopping = stop_on_signals()
    with Stack(question.settings, on_step=lambda step: None if logs == "json" else tell(step, question), quiet=json, lines=logs) as stack:
        _show(stack, question)
        stack.prepare_next_start()
        with sealing(stack, every_minutes=seal_every), watched(stack, question, is_asked=monitoring):
            keep_up(stack, stopping)
        if logs != "json":
            remarks().print(say("stopping", question.lang))


@contextlib.contextmanager
def sealing(stack: "Stack", *, every_minutes: float) -> "Iterator[None]":
    """Seal the ledger every so often, inside; 0 is never."""
    from deploy.sealing import Sealer

    sealer = Sealer(stack.settings.database_url, stack.settings.data_dir, every_seconds=every_minutes * 60)
    if every_minutes:
        sealer.start()
    try:
        yield
    finally:
        sealer.stop()


@contextlib.contextmanager
def watched(stack: "Stack", question: Asked, *, is_asked: bool) -> "Iterator[None]":
    """Run Prometheus inside, if that is asked for, and say where it is."""
    from deploy.monitoring.local_prometheus import prometheus

    if not is_asked:
        yield
        return
    with prometheus(stack.settings.data_dir, stack.described().metrics_urls) as address:
        if not question.json:
            answers().print(f"  Prometheus {address}")
        yield


def stop_on_signals() -> threading.Event:
    """Return an event that SIGINT and SIGTERM set; during the start they interrupt it instead."""
    stopping = threading.Event()

    def stop(_number: int, _frame: "FrameType | None") -> None:
        if stopping.is_set():
            return
        stopping.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopping


def keep_up(stack: "Stack", stopping: threading.Event) -> None:
    """Wait for the end. Raises ConfigurationError if a worker says that its settings are wrong."""
    try:
        while not stopping.wait(POLL_SECONDS):
            stack.tend()
            refused = stack.refused()
            if refused is not None:
                raise ConfigurationError(f"{refused.name} refuses its settings ({refused.last_exit})", hint=f"its log is in {stack.settings.data_dir / 'logs'}")
    except KeyboardInterrupt:
        return


def tell(step: "Step", question: Asked) -> None:
    """Say which step of the start begins."""
    if step != "ready":
        remarks().print(f"  … {say(f'start_{step}', question.lang)}")


def _show(stack: "Stack", question: Asked) -> None:
    described = stack.described()
    if question.json:
        import msgspec

        print_json(msgspec.to_builtins(described))
        return
    out = answers()
    out.print(say("ready", question.lang))
    out.print(f"  Kafka     {described.bootstrap_servers}")
    out.print(f"  {say('ledger', question.lang):<9} {described.database_url}")
    out.print(f"  {'HTTP':<9} {described.web_url}")
    out.print(f"  {say('folder', question.lang):<9} {stack.settings.data_dir}")
    remarks().print(say("press", question.lang))
