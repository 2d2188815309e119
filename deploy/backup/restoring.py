"""Bringing a backup back into an empty data folder, and letting it catch up from Kafka.

Everything is refused before anything is written. The data folder is filled under another name and gets its own last;
a database in PostgreSQL is filled in one transaction. Catching up decides again what was booked since, in the same
order, and so comes to the same roots; where Kafka or a seal says that something is missing, nothing goes on.
"""

import contextlib
import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa

from consumers.database import open_for_reading
from consumers.ledger.replay import Progress
from consumers.proof.sealing import KEY_NAME
from consumers.proof.signer import STATE_FILE, SignedSeal, write_durably
from deploy import running
from deploy.backup import box, database, kafka_log, manifest, published
from deploy.backup.manifest import Manifest
from deploy.migrations.upgrade import knows
from deploy.rebuild import rebuild_ledger
from deploy.sealing import KEYS, SEALS
from deploy.settings import Settings
from models import schema
from models.bookings import RULES_VERSION
from models.errors import ConfigurationError, IntegrityError
from models.proof import seal as seals

PARTIAL: Final = ".restoring"

OnStep = Callable[[str], None]


class SealAhead(IntegrityError):
    """A seal covers bookings that neither the backup nor Kafka holds."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restored ledger is: as it was in the backup, and as it is after catching up."""

    manifest: Manifest
    booking: int
    size: int
    root: str


def restore(
    settings: Settings,
    backup: Path,
    *,
    passphrase: str | None = None,
    newer_seals: Path | None = None,
    catch_up: bool = True,
    on_step: OnStep = lambda _step: None,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
) -> Restored:
    """Bring a backup back and let it catch up. ``newer_seals`` is a folder of seals that were published after it was made.

    Raises ConfigurationError before anything is written, IntegrityError for what is damaged or missing, Unreachable.
    """
    on_step("checked")
    found = manifest.read(backup)
    secrets = box.opened(backup, passphrase)
    url = settings.database_url
    _refuse(settings, found, url)
    is_there = _is_there(found, url)
    newest = published.newest(backup / SEALS, newer_seals)
    partial = settings.data_dir.with_name(f"{settings.data_dir.name}{PARTIAL}")
    if partial.exists():
        # Of one who was killed here: nothing in it is used by anybody.
        shutil.rmtree(partial)
    try:
        _fill(partial, backup, newer_seals, secrets, newest, on_step)
        on_step("database")
        if not is_there:
            inside = settings.origins["database_url"] == "default"
            database.bring_back(backup, f"sqlite:///{partial / database.LEDGER}" if inside else url, schema_version=found.schema_version)
        on_step("named")
        _take_place(partial, settings.data_dir)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if catch_up:
        on_step("caught up")
        rebuild_ledger(settings, on_progress=on_progress)
    return _checked(settings, found, newest, is_last_word=catch_up)


def _refuse(settings: Settings, found: Manifest, url: str) -> None:
    """Raise ConfigurationError for whatever would make the restored stack another one than was backed up."""
    data_dir = settings.data_dir
    if running.is_claimed(data_dir):
        raise ConfigurationError(f"a stack runs on {data_dir}", hint="stop it first, or name another folder with --data")
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise ConfigurationError(f"{data_dir} is not empty", hint="name an empty folder with --data; nothing was changed")
    kind = "sqlite" if sa.make_url(url).get_backend_name() == "sqlite" else "postgresql"
    if kind != found.database:
        hint = "name an empty PostgreSQL in SALUR_DATABASE_URL" if found.database == "postgresql" else "leave SALUR_DATABASE_URL out"
        raise ConfigurationError(f"the backup is of a {found.database} ledger, but {kind} is configured", hint=hint)
    if not knows(found.schema_version):
        message = f"the backup is at version {found.schema_version}, which this program does not know"
        raise ConfigurationError(message, hint="restore it with the newer version of Salur that made it")
    if found.rules != RULES_VERSION:
        message = f"the backup was booked by rules {found.rules}, this program has rules {RULES_VERSION}"
        raise ConfigurationError(message, hint="restore it with the version of Salur that made it")
    if found.partitions != settings.partitions and settings.origins["partitions"] != "default":
        message = f"the backup routes entries to {found.partitions} partitions, but {settings.partitions} are configured"
        raise ConfigurationError(message, hint=f"set SALUR_PARTITIONS={found.partitions}; the number is fixed for a ledger's life")
    if found.has_log and settings.bootstrap_servers is not None:
        message = "the backup holds the log of a local Kafka, but another one is named in SALUR_BOOTSTRAP_SERVERS"
        raise ConfigurationError(message, hint="leave that out, or restore a backup that was made with this Kafka")
    if not found.has_log and settings.bootstrap_servers is None:
        message = "the backup was made of a ledger beside a Kafka of its own, and holds no log"
        raise ConfigurationError(message, hint="name that Kafka in SALUR_BOOTSTRAP_SERVERS")


def _is_there(found: Manifest, url: str) -> bool:
    """Tell whether this very ledger is at the address already: somebody was killed between it and the folder. Raises ConfigurationError for another."""
    there = database.found_at(url)
    if there is None:
        return False
    if (there.booking, there.size, there.root) == (found.booking, found.size, found.root):
        return True
    shown = sa.make_url(url).render_as_string(hide_password=True)
    raise ConfigurationError(f"there is a ledger at {shown} already", hint="name an empty database in SALUR_DATABASE_URL; nothing was changed")


def _fill(partial: Path, backup: Path, newer_seals: Path | None, secrets: dict[str, bytes], newest: SignedSeal | None, on_step: OnStep) -> None:
    partial.mkdir(mode=0o700, parents=True)
    on_step("seals")
    for folder in (backup / SEALS, newer_seals):
        if folder is not None:
            for path in sorted(folder.glob("[0-9]*.*")):
                (partial / SEALS).mkdir(exist_ok=True)
                shutil.copyfile(path, partial / SEALS / path.name)
    if (backup / SEALS / KEY_NAME).exists():
        (partial / SEALS).mkdir(exist_ok=True)
        shutil.copyfile(backup / SEALS / KEY_NAME, partial / SEALS / KEY_NAME)
    for name, content in secrets.items():
        path = partial / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
    if newest is not None and secrets:
        # The signer goes on from the newest seal that anybody has seen: it never signs another of the same number.
        write_durably(partial / KEYS / STATE_FILE, msgspec.json.encode(newest))
    if (backup / "spool.jsonl").exists():
        shutil.copyfile(backup / "spool.jsonl", partial / "spool.jsonl")
    on_step("log")
    kafka_log.place(backup, partial)


def _take_place(partial: Path, data_dir: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        data_dir.rmdir()
    partial.rename(data_dir)


def _checked(settings: Settings, found: Manifest, newest: SignedSeal | None, *, is_last_word: bool) -> Restored:
    """Return what came of it. Raises SealAhead if a seal covers more than there is, after everything was done to catch up."""
    engine = open_for_reading(running.database_url(settings))
    try:
        with engine.connect() as connection, connection.begin():
            now = database.moment(connection)
            sealed = connection.execute(sa.select(sa.func.max(schema.seals.c.booking))).scalar() or 0
    finally:
        engine.dispose()
    covered = max(sealed, seals.decode(newest.document.encode()).booking if newest is not None else 0)
    if is_last_word and covered > now.booking:
        number = newest.number if newest is not None else now.seal
        message = f"seal {number} covers booking {covered}, but the backup and Kafka end at booking {now.booking}: {covered - now.booking} bookings are missing"
        raise SealAhead(message, hint="restore a newer backup, or the topics that hold them; nothing is signed until then")
    return Restored(manifest=found, booking=now.booking, size=now.size, root=now.root)
