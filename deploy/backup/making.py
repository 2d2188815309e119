"""Making a backup of a stack while it runs.

First everything booked is sealed, then one moment of the database is written, then the seals and what the signer
needs, while nobody else seals, and last the log of a local Kafka, which so holds at least what the database took.
All of it goes into a folder under another name, which gets its own when everything is on the disk: who is killed on
the way leaves nothing that could be taken for a backup.
"""

import contextlib
import datetime
import fcntl
import importlib.metadata
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from consumers.proof.sealing import KEY_NAME, NothingBooked
from consumers.proof.signer import KEY_FILE, STATE_FILE
from deploy import running
from deploy.backup import box, database, kafka_log, manifest
from deploy.backup.manifest import Manifest, Secrets
from deploy.backup.memory import LastBackup, remember
from deploy.sealing import KEYS, SEALS, own_key, seal, signer
from deploy.settings import CONFIG_FILE, Settings
from models.bookings import RULES_VERSION
from models.errors import ConfigurationError, IntegrityError

NAME: Final = "salur-backup-"
PARTIAL: Final = ".partial"
LOCK: Final = ".salur-backup.lock"
SPOOL: Final = "spool.jsonl"

OnStep = Callable[[str], None]


def make(
    settings: Settings,
    folder: Path,
    *,
    secrets: Secrets,
    passphrase: str | None = None,
    with_log: bool = True,
    keep: int = 0,
    on_step: OnStep = lambda _step: None,
) -> tuple[Path, Manifest]:
    """Make one backup in ``folder`` and return where it is; with ``keep``, only so many of the newest stay. Raises SalurError."""
    with _alone(folder):
        for left in folder.glob(f"{NAME}*{PARTIAL}"):
            shutil.rmtree(left)
        now = datetime.datetime.now(datetime.UTC)
        partial = folder / f"{NAME}{now:%Y%m%dT%H%M%SZ}{PARTIAL}"
        partial.mkdir(mode=0o700)
        made = _fill(partial, settings, secrets=secrets, passphrase=passphrase, with_log=with_log, on_step=on_step)
        manifest.write(partial, made)
        on_step("named")
        done = partial.with_name(f"{partial.name.removesuffix(PARTIAL)}-{made.booking}")
        partial.rename(done)
        _sync(folder)
        remember(settings.data_dir, LastBackup(finished_at=time.time_ns() // 1_000_000, folder=str(done), booking=made.booking))
        _prune(folder, keep)
        return done, made


def _fill(partial: Path, settings: Settings, *, secrets: Secrets, passphrase: str | None, with_log: bool, on_step: OnStep) -> Manifest:
    url = running.database_url(settings)
    on_step("sealed")
    unsealed = _why_not_sealed(url, settings.data_dir)
    with contextlib.nullcontext() if unsealed else signer(settings.data_dir).alone():
        on_step("database")
        moment = database.save(url, partial)
        on_step("seals")
        _copy_seals(settings.data_dir, partial, up_to=moment.seal)
        _keep_secrets(settings.data_dir, partial, secrets=secrets, passphrase=passphrase)
    if (settings.data_dir / SPOOL).exists():
        shutil.copyfile(settings.data_dir / SPOOL, partial / SPOOL)
    on_step("log")
    has_local = with_log and settings.bootstrap_servers is None
    cluster = kafka_log.copy(settings.data_dir, partial, on_file=lambda _file: None) if has_local else ""
    return Manifest(
        software=importlib.metadata.version("salur"),
        rules=RULES_VERSION,
        schema_version=moment.schema_version,
        database="sqlite" if sa.make_url(url).get_backend_name() == "sqlite" else "postgresql",
        made_at=time.time_ns() // 1_000_000,
        booking=moment.booking,
        size=moment.size,
        root=moment.root,
        seal=moment.seal,
        partitions=moment.partitions,
        has_log=bool(cluster),
        cluster_id=cluster,
        unsealed=unsealed,
        secrets=secrets,
        settings=_shown(settings),
    )


def _why_not_sealed(url: str, data_dir: Path) -> str:
    """Seal what is booked, and return why that is not possible: a backup is wanted most when something is wrong. Empty if it is sealed."""
    if own_key(data_dir) is not None and not (data_dir / KEYS / KEY_FILE).exists():
        # Asked for a signer, it would make a new key, which must not stand where the old one is missing.
        return f"{data_dir / KEYS / KEY_FILE} is missing"
    try:
        with contextlib.suppress(NothingBooked):
            seal(url, data_dir, is_quick=True)
    except (IntegrityError, ConfigurationError) as error:
        return Exception.__str__(error)
    return ""


def _copy_seals(data_dir: Path, partial: Path, *, up_to: int) -> None:
    (partial / SEALS).mkdir()
    for path in sorted((data_dir / SEALS).glob("[0-9]*.*")):
        if int(path.stem) <= up_to:
            shutil.copyfile(path, partial / SEALS / path.name)
    if (data_dir / SEALS / KEY_NAME).exists():
        shutil.copyfile(data_dir / SEALS / KEY_NAME, partial / SEALS / KEY_NAME)


def _keep_secrets(data_dir: Path, partial: Path, *, secrets: Secrets, passphrase: str | None) -> None:
    if secrets == "left out":
        return
    if (secrets == "encrypted") != (passphrase is not None):
        raise ConfigurationError("a passphrase encrypts, and encrypting needs one", hint="add --passphrase-file FILE, or choose --secrets plain or left-out")
    wanted = {f"{KEYS}/{name}": data_dir / KEYS / name for name in (KEY_FILE, STATE_FILE)} | {CONFIG_FILE: data_dir / CONFIG_FILE}
    box.close(partial, {name: path.read_bytes() for name, path in wanted.items() if path.exists()}, passphrase)


def _shown(settings: Settings) -> dict[str, str | None]:
    """Return the settings that a backup may show: without a password, and without what belongs to one machine."""
    names = ("partitions", "replication_factor", "min_insync_replicas", "bootstrap_servers", "second_person")
    shown = {name: None if (value := getattr(settings, name)) is None else str(value) for name in names}
    return {**shown, "database_url": sa.make_url(settings.database_url).render_as_string(hide_password=True)}


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let only one backup be made in a folder at a time. Raises ConfigurationError if it cannot be written, or another is at work."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("a")
    except OSError as error:
        raise ConfigurationError(f"cannot use {folder}: {error.strerror}", hint="name a folder that can be written") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(f"another backup is being made in {folder}", hint="wait for it, or name another folder") from None
        yield


def _prune(folder: Path, keep: int) -> None:
    finished = sorted(path for path in folder.glob(f"{NAME}*") if path.is_dir() and not path.name.endswith(PARTIAL))
    for old in finished[:-keep] if keep else []:
        shutil.rmtree(old)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
