"""The `salur` command, composed: which commands there are, and what happens to an error.

A command imports what it needs when it runs, so that `salur --help` and shell completion are quick.
"""

import os
import sys

import typer
import typer.main

from deploy.cli import (
    auditor,
    backup,
    balance,
    batches,
    check,
    demo,
    diff,
    doctor,
    evidence,
    explain,
    export,
    flags,
    kobo,
    partner,
    plan,
    prove,
    publish,
    reached,
    readlog,
    rebuild,
    reconcile,
    rejected,
    runbook,
    sample,
    seal,
    simulate,
    statement,
    status,
    tally,
    template,
    topics,
    up,
    verify,
    witness,
)
from deploy.cli.console import complain
from deploy.cli.help_words import into_indonesian
from deploy.cli.options import spoken
from models.errors import SalurError

INTERRUPTED = 130

app = typer.Typer(
    name="salur",
    help="Track public aid: every figure opens down to the exact events that make it.",
    epilog="Exit codes: 0 fine, 1 the answer is no, 2 wrong words or set-up, 3 something needed does not answer.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.command("demo")(demo.command)
app.command("up")(up.command)
app.command("publish")(publish.command)
app.command("check")(check.command)
app.command("template")(template.command)
app.command("tally")(tally.command)
app.command("explain")(explain.command)
app.command("export")(export.command)
app.command("statement")(statement.command)
app.command("diff")(diff.command)
app.command("plan")(plan.command)
app.command("batches")(batches.command)
app.command("flags")(flags.command)
app.command("balance")(balance.command)
app.command("reached")(reached.command)
app.command("evidence")(evidence.command)
app.command("sample")(sample.command)
app.add_typer(rejected.app, name="rejected")
app.add_typer(partner.app, name="partner")
app.add_typer(kobo.app, name="kobo")
app.add_typer(auditor.app, name="auditor")
app.command("readlog")(readlog.command)
app.command("seal")(seal.command)
app.command("prove")(prove.command)
app.command("verify")(verify.command)
app.command("witness")(witness.command)
app.command("reconcile")(reconcile.command)
app.command("rebuild")(rebuild.command)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("simulate")(simulate.command)
app.command("topics")(topics.command)
app.command("status")(status.command)
app.command("doctor")(doctor.command)
app.command("runbook")(runbook.command)


def main() -> None:
    """Run the command of this process and end it with the right code; a SalurError is told without a traceback."""
    lang = spoken(sys.argv[1:], os.environ)
    command = typer.main.get_command(app)
    if lang == "id":
        into_indonesian(command)
    try:
        command()
    except SalurError as error:
        sys.exit(complain(error, lang))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
