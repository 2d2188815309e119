"""`salur backup` and `salur restore`: a stack's whole state into a folder, and out of it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deploy.cli.console import answers, print_json, remarks
from deploy.cli.options import Asked, Data, Json, Lang, asked
from deploy.cli.words import say
from models.figure_words import grouped

if TYPE_CHECKING:
    from consumers.ledger.replay import Progress
    from deploy.backup.manifest import Manifest, Secrets

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Where backups are kept; each gets a folder of its own there.", file_okay=False)]
Source = Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder of one backup.", file_okay=False)]
SecretsOption = Annotated[
    Literal["encrypted", "plain", "left-out"] | None,
    typer.Option("--secrets", help="Signing key and settings: encrypted with --passphrase-file, plain, or left out (the default).", show_default=False),
]
Passphrase = Annotated[
    Path | None, typer.Option("--passphrase-file", metavar="FILE", help="Its first line is the passphrase of the secrets.", show_default=False, dir_okay=False)
]
Log = Annotated[bool, typer.Option("--log/--no-log", help="Also the log of the local Kafka, without which nothing can catch up.")]
Keep = Annotated[int, typer.Option("--keep", metavar="N", min=0, help="Delete older backups there but the newest N; 0 keeps all.")]
Seals = Annotated[Path | None, typer.Option("--seals", metavar="DIR", help="Seals that were published after the backup was made.", show_default=False)]
CatchUp = Annotated[bool, typer.Option("--catch-up/--no-catch-up", help="Decide again what was booked since the backup, from Kafka.")]


def backup(
    folder: Folder,
    secrets: SecretsOption = None,
    passphrase_file: Passphrase = None,
    log: Log = True,
    keep: Keep = 0,
    data: Data = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    """Back up everything while it runs: one moment of the ledger, sealed, with its seals, and the log of the local Kafka."""
    from deploy.backup import box, making
    from deploy.cli.progress import waiting

    question = asked(data=data, lang=lang, json=json)
    passphrase = None if passphrase_file is None else box.passphrase_from(passphrase_file)
    chosen = _secrets(secrets, passphrase)
    with waiting(say("backing_up", question.lang), quiet=json):
        where, made = making.make(question.settings, folder.absolute(), secrets=chosen, passphrase=passphrase, with_log=log, keep=keep)
    if json:
        print_json(_as_json(where, made))
    else:
        _tell(question, where, made)


def restore(
    source: Source, seals: Seals = None, passphrase_file: Passphrase = None, catch_up: CatchUp = True, data: Data = None, lang: Lang = None, json: Json = False
) -> None:
    """Bring a backup back into an empty data folder, and let it catch up from Kafka to the same roots."""
    from deploy.backup import box, restoring
    from deploy.cli.progress import reaching

    question = asked(data=data, lang=lang, json=json)
    passphrase = None if passphrase_file is None else box.passphrase_from(passphrase_file)
    with reaching(say("rebuilding_ledger", question.lang), quiet=json) as reached:

        def progress(now: "Progress") -> None:
            reached(now.booking, now.bookings)

        done = restoring.restore(question.settings, source.absolute(), passphrase=passphrase, newer_seals=seals, catch_up=catch_up, on_progress=progress)
    if json:
        print_json({"data": str(question.settings.data_dir), "backup": done.manifest.booking, "booking": done.booking, "size": done.size, "root": done.root})
        return
    lang_ = question.lang
    numbers = {"booking": grouped(str(done.booking), lang_), "since": grouped(str(done.booking - done.manifest.booking), lang_)}
    answers().print(say("restored", lang_, data=question.settings.data_dir, root=done.root, **numbers))
    if done.manifest.secrets == "left out":
        remarks().print(say("restored_without_secrets", lang_))


def _secrets(chosen: str | None, passphrase: str | None) -> "Secrets":
    match chosen:
        case "plain":
            return "plain"
        case "encrypted":
            return "encrypted"
        case None if passphrase is not None:
            return "encrypted"
        case _:
            return "left out"


def _as_json(where: Path, made: "Manifest") -> dict[str, object]:
    import msgspec

    shown: dict[str, object] = msgspec.to_builtins(made)
    return {"folder": str(where), **shown}


def _tell(question: Asked, where: Path, made: "Manifest") -> None:
    lang = question.lang
    answers().print(say("backed_up", lang, folder=where, booking=grouped(str(made.booking), lang), seal=made.seal or say("unsealed", lang)))
    out = remarks()
    if made.unsealed:
        out.print(say("backed_up_unsealed", lang, why=made.unsealed))
    if made.secrets != "encrypted":
        out.print(say("backed_up_plain" if made.secrets == "plain" else "backed_up_without_secrets", lang))
    if not made.has_log:
        out.print(say("backed_up_without_log", lang))
