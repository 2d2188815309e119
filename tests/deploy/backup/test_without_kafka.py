"""A backup holds one moment, whole or not at all; what is damaged, foreign or in the way is refused before anything is written."""

import fcntl
import json
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from consumers import access
from consumers.database import open_database
from consumers.reads.place import open_read_log
from deploy import running
from deploy.backup import making, manifest, restoring
from deploy.backup.memory import last_backup
from deploy.sealing import seal
from deploy.settings import Settings, load
from models import schema
from models.access import new_token
from models.errors import ConfigurationError, IntegrityError
from tests.consumers.ledger.desk import Desk, masks, reversal

PASSPHRASE = "seekor kuda di atas bukit"


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


class Place:
    """A data folder with a ledger, sealed; Kafka is somewhere else, and asked nothing."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        folder.mkdir()
        (folder / "salur.toml").write_text('lang = "id"\n')
        self.engine = open_database(url)
        self.desk = Desk(self.engine)
        self.desk.book(masks("a"), masks("b", -1), reversal("r", "never"))
        with self.engine.begin() as connection:
            access.admit(connection, "pos", now=1)
            access.keep(connection, new_token(bytes(37)), partner="pos", scopes=["publish"], now=1, expires_at=None)
        open_read_log(url).dispose()
        seal(url, folder)

    def settings(self, folder: Path | None = None, url: str | None = None, **more: str) -> Settings:
        environment = {"SALUR_BOOTSTRAP_SERVERS": "127.0.0.1:1", "SALUR_DATABASE_URL": url or self.url, **more}
        return load(environment=environment, options={"data_dir": folder or self.folder})

    def back_up(self, **options: Any) -> Path:
        where, _ = making.make(self.settings(), self.folder.parent / "backups", **{"secrets": "encrypted", "passphrase": PASSPHRASE, **options})
        return where


@pytest.fixture(name="place")
def _place(database_url: str, tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "data", database_url)
    yield made
    made.engine.dispose()


@pytest.fixture(name="lite")
def _lite(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "data", f"sqlite:///{tmp_path / 'somewhere.sqlite'}")
    yield made
    made.engine.dispose()


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {table.name: sorted(tuple(map(str, row)) for row in connection.execute(sa.select(table))) for table in schema.metadata.sorted_tables}
    engine.dispose()
    return found


def emptied(place: Place) -> str:
    """Return the address of an empty database of the same kind, in place of the old one."""
    if place.engine.dialect.name == "sqlite":
        return f"sqlite:///{place.folder.parent / 'new.sqlite'}"
    place.engine.dispose()
    with place.engine.begin() as connection:
        for name in ("public", "salur_reads"):
            connection.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    return place.url


def test_what_is_restored_is_what_was_backed_up_row_by_row(place: Place) -> None:
    before = everything(place.url)
    backup = place.back_up()
    manifest = json.loads((backup / "manifest.json").read_text())
    assert (manifest["booking"], manifest["size"], manifest["seal"], manifest["secrets"], manifest["unsealed"]) == (1, 3, 1, "encrypted", "")
    url, target = emptied(place), place.folder.parent / "restored"
    done = restoring.restore(place.settings(target, url), backup, passphrase=PASSPHRASE, catch_up=False)
    assert (done.booking, done.root) == (1, manifest["root"])
    assert everything(url) == before
    names = ("keys/seal.key", "keys/last-seal.json", "seals/00000001.json", "seals/00000001.note", "seals/key.txt", "salur.toml")
    assert all((target / name).read_bytes() == (place.folder / name).read_bytes() for name in names)
    assert stat.S_IMODE((target / "keys" / "seal.key").stat().st_mode) == 0o600
    # It goes on: ids are known, numbers continue, and the next seal follows the last.
    engine = open_database(url)
    again = Desk(engine, inbox=place.desk.inbox, migrate=False)
    again.book(masks("a"), masks("c"))
    assert again.dispositions == ["accepted", "rejected", "held", "duplicate", "accepted"]
    with engine.begin() as connection:
        access.keep(connection, new_token(bytes([1] * 37)), partner="pos", scopes=["publish"], now=2, expires_at=None)
    engine.dispose()
    assert seal(url, target).seal.number == 2


def test_a_backup_can_be_checked_with_nothing_but_sha256sum(lite: Place) -> None:
    backup = lite.back_up()
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=backup, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_password_and_the_key_are_in_no_file_that_can_be_read(lite: Place) -> None:
    (lite.folder / "salur.toml").write_text('database_url = "postgresql+psycopg://salur:very-secret@db/salur"\n')
    key = (lite.folder / "keys" / "seal.key").read_bytes()
    for options in ({}, {"secrets": "left out", "passphrase": None}):
        backup = lite.back_up(**options)
        for path in backup.rglob("*"):
            assert not path.is_file() or (b"very-secret" not in path.read_bytes() and key not in path.read_bytes()), path
        assert stat.S_IMODE(backup.stat().st_mode) == 0o700
        shutil.rmtree(backup)


def test_without_its_secrets_a_stack_is_restored_and_can_seal_nothing(lite: Place) -> None:
    backup = lite.back_up(secrets="left out", passphrase=None)
    target = lite.folder.parent / "restored"
    url = emptied(lite)
    restoring.restore(lite.settings(target, url), backup, catch_up=False)
    assert not (target / "keys").exists()
    with pytest.raises(IntegrityError, match="no state of the signer"):
        seal(url, target)


def _damage(backup: Path) -> None:
    path = backup / "ledger.sqlite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _lose(backup: Path) -> None:
    (backup / "seals" / "00000001.note").unlink()


def _add(backup: Path) -> None:
    (backup / "seals" / "00000002.json").write_text("{}")


def _change_the_manifest(backup: Path) -> None:
    (backup / "manifest.json").write_text((backup / "manifest.json").read_text().replace('"size": 3', '"size": 4'))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_damage, "ledger.sqlite is not what was backed up"),
        (_lose, "00000001.note is missing from the backup"),
        (_add, "00000002.json does not belong to the backup"),
        (_change_the_manifest, "manifest.json is not what was backed up"),
    ],
)
def test_a_damaged_backup_is_refused_and_nothing_is_written(lite: Place, harm: Callable[[Path], None], words: str) -> None:
    backup = lite.back_up()
    harm(backup)
    target = lite.folder.parent / "restored"
    with pytest.raises(IntegrityError, match=words):
        restoring.restore(lite.settings(target, emptied(lite)), backup, passphrase=PASSPHRASE, catch_up=False)
    assert not target.exists()
    assert not (lite.folder.parent / "new.sqlite").exists()


def test_what_is_in_the_way_is_named(lite: Place, tmp_path: Path) -> None:
    backup = lite.back_up()
    free, url = tmp_path / "restored", f"sqlite:///{tmp_path / 'new.sqlite'}"

    def refused(settings: Settings, source: Path = backup, passphrase: str | None = PASSPHRASE) -> str:
        with pytest.raises(ConfigurationError) as refusal:
            restoring.restore(settings, source, passphrase=passphrase, catch_up=False)
        assert not free.exists()
        return str(refusal.value)

    assert "is no backup of Salur" in refused(lite.settings(free, url), tmp_path)
    assert "is not empty" in refused(lite.settings(lite.folder, url))
    assert "is encrypted" in refused(lite.settings(free, url), passphrase=None)
    assert "does not open with this passphrase" in refused(lite.settings(free, url), passphrase="seekor kuda di bawah bukit")
    assert "the backup is of a sqlite ledger, but postgresql is configured" in refused(lite.settings(free, "postgresql+psycopg://x@127.0.0.1:9/x"))
    assert "routes entries to 4 partitions, but 8 are configured" in refused(lite.settings(free, url, SALUR_PARTITIONS="8"))
    assert "holds no log" in refused(load(environment={}, options={"data_dir": free}))
    with running.claimed(tmp_path / "running"):
        assert "a stack runs on" in refused(lite.settings(tmp_path / "running", url))
    other = Place(tmp_path / "other", f"sqlite:///{tmp_path / 'other.sqlite'}")
    other.desk.book(masks("more"))
    other.engine.dispose()
    assert "there is a ledger at" in refused(lite.settings(free, other.url))


def test_a_backup_of_later_rules_or_another_version_is_refused(lite: Place) -> None:
    backup = lite.back_up()
    found = manifest.read(backup)
    target, url = lite.folder.parent / "restored", emptied(lite)
    for changes, words in (({"rules": 99}, "rules 99"), ({"schema_version": "9999"}, "version 9999"), ({"format": 7}, "format 7")):
        values = {name: getattr(found, name) for name in found.__struct_fields__}
        (backup / "SHA256SUMS").unlink()
        manifest.write(backup, manifest.Manifest(**{**values, **changes}))
        with pytest.raises(ConfigurationError, match=words):
            restoring.restore(lite.settings(target, url), backup, passphrase=PASSPHRASE, catch_up=False)


@pytest.mark.parametrize("step", ["sealed", "database", "seals", "log", "named"])
def test_a_backup_that_is_killed_leaves_none_and_the_next_one_clears_up(lite: Place, step: str) -> None:
    def kill(reached: str) -> None:
        if reached == step:
            raise Killed

    with pytest.raises(Killed):
        lite.back_up(on_step=kill)
    backups = lite.folder.parent / "backups"
    assert [path.name for path in backups.glob("salur-backup-*") if not path.name.endswith(".partial")] == []
    assert last_backup(lite.folder) is None
    done = lite.back_up()
    assert [path for path in backups.iterdir() if path.is_dir()] == [done]


@pytest.mark.parametrize("step", ["checked", "seals", "log", "database", "named"])
def test_a_restore_that_is_killed_leaves_nothing_half_and_works_the_next_time(place: Place, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    backup = place.back_up()
    before = everything(place.url)
    target, url = place.folder.parent / "restored", emptied(place)

    def kill(reached: str) -> None:
        if reached == step:
            # Who is killed does not clear up either.
            monkeypatch.setattr(shutil, "rmtree", lambda *_args, **_more: None)
            raise Killed

    with pytest.raises(Killed):
        restoring.restore(place.settings(target, url), backup, passphrase=PASSPHRASE, catch_up=False, on_step=kill)
    monkeypatch.undo()
    assert not target.exists()
    restoring.restore(place.settings(target, url), backup, passphrase=PASSPHRASE, catch_up=False)
    assert everything(url) == before


def test_older_backups_go_when_so_many_are_kept_and_two_at_once_are_refused(lite: Place) -> None:
    backups = lite.folder.parent / "backups"
    for day in (1, 2, 3):
        (backups / f"salur-backup-2020010{day}T000000Z-1").mkdir(parents=True)
    newest = lite.back_up(keep=2)
    assert [path for path in sorted(backups.iterdir()) if path.is_dir()] == [backups / "salur-backup-20200103T000000Z-1", newest]
    with (backups / making.LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ConfigurationError, match="another backup is being made"):
            lite.back_up()


def test_a_ledger_that_cannot_be_sealed_is_backed_up_all_the_same_and_says_so(lite: Place) -> None:
    key = lite.folder / "keys" / "seal.key"
    key.unlink()
    backup = lite.back_up()
    assert "seal.key is missing" in json.loads((backup / "manifest.json").read_text())["unsealed"]
    assert not key.exists(), "no new key stands where the old one is missing"


def test_a_backup_made_while_everything_is_written_holds_one_moment(lite: Place) -> None:
    """The copy is taken in one go: whoever books meanwhile is in it wholly or not at all."""
    writing = open_database(lite.url)
    with writing.begin() as connection:
        connection.execute(sa.update(schema.head).values(booked_at=7))
        backup = lite.back_up()
    writing.dispose()
    with sa.create_engine(f"sqlite:///{backup / 'ledger.sqlite'}").connect() as connection:
        assert connection.execute(sa.select(schema.head.c.booked_at)).scalar_one() != 7
