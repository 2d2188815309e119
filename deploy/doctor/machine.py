"""The machine: Python, Java, Kafka's files, ports, the data folder with its rights, and the disk."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deploy import running
from deploy.doctor.finding import DiskSpace, Eyes, Finding
from deploy.kafka import complaint, jars, java, node
from deploy.sealing import KEYS
from deploy.settings import Settings
from deploy.stack import KAFKA
from streams.publishing import Spool

OLDEST_PYTHON: Final = (3, 11)
LEAST_DISK_BYTES: Final = 1024**3
LITTLE_DISK_BYTES: Final = 5 * 1024**3
LEAST_FREE_FILES: Final = 10_000
SPOOL: Final = "spool.jsonl"
_GIVEN: Final = "Kafka is given by its address"


def look_at_python(_eyes: Eyes) -> Iterator[Finding]:
    """Look at the version that runs this."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        yield Finding(name="Python", state="fine", found=found)
    else:
        yield Finding(name="Python", state="wrong", found=found, fix="install Python 3.11 or newer")


def look_at_java(eyes: Eyes) -> Iterator[Finding]:
    """Look for a Java that the local Kafka runs on."""
    if eyes.settings.bootstrap_servers is not None:
        yield Finding(name="Java", state="not needed", found=_GIVEN)
        return
    found = java.find(eyes.environment)
    yield Finding(name="Java", state="fine", found=f"{found.version} ({found.origin})")


def look_at_kafka_files(eyes: Eyes) -> Iterator[Finding]:
    """Look whether every pinned file of Kafka is there, byte for byte."""
    if eyes.settings.bootstrap_servers is not None:
        yield Finding(name="Kafka's files", state="not needed", found=_GIVEN)
        return
    listed = jars.locked()
    folder = eyes.settings.cache_dir / f"kafka-{listed.kafka_version}"
    missing = jars.missing_from(folder, listed)
    if missing:
        found = f"{len(missing)} of {len(listed.jars)} are not in {folder}"
        yield Finding(name="Kafka's files", state="wrong", found=found, fix="run `salur up` once with a network, or set SALUR_MAVEN_MIRROR")
    else:
        yield Finding(name="Kafka's files", state="fine", found=f"{len(listed.jars)} in {folder}")


def look_at_data_folder(eyes: Eyes) -> Iterator[Finding]:
    """Look at who may do what in the data folder, and for what waits in it."""
    settings = eyes.settings
    folder = _existing(settings.data_dir)
    problem = _folder_problem(settings.data_dir, folder)
    if problem is not None:
        yield problem
        return
    yield Finding(name="Data folder", state="fine", found=f"{settings.data_dir}")
    waiting = len(Spool(settings.data_dir / SPOOL).lines())
    if waiting:
        found = f"{waiting} events wait in {settings.data_dir / SPOOL} to be sent"
        yield Finding(name="Spool", state="notice", found=found, fix="`salur publish` sends them with the next file")


def look_at_kafka_folder(eyes: Eyes) -> Iterator[Finding]:
    """Look at the local Kafka's folder: whose it is, which version wrote it, and whether its ports are free while it rests."""
    settings = eyes.settings
    if settings.bootstrap_servers is not None:
        yield Finding(name="Kafka's folder", state="not needed", found=_GIVEN)
        return
    folder = settings.data_dir / KAFKA
    found = node.read(folder)
    complaint.check_folder(found, data_folder=folder / "data", kafka_version=jars.locked().kafka_version)
    if found is None:
        yield Finding(name="Kafka's folder", state="fine", found="nothing is in it yet; the first `salur up` makes it")
        return
    if not running.is_claimed(settings.data_dir):
        complaint.check_ports(found, folder)
    yield Finding(name="Kafka's folder", state="fine", found=f"of Kafka {found.kafka_version}, port {found.port}")


def look_at_ports(eyes: Eyes) -> Iterator[Finding]:
    """Look whether the web process will find its port free, if it does not run yet."""
    settings = eyes.settings
    port = settings.web_port
    if running.is_claimed(settings.data_dir) or port is None:
        yield Finding(name="Ports", state="not needed", found="any free ones are taken" if port is None else "the stack runs and has them")
    elif node.is_free(port):
        yield Finding(name="Ports", state="fine", found=f"port {port} is free for the web process")
    else:
        fix = "stop that program, or write another number in SALUR_WEB_PORT"
        yield Finding(name="Ports", state="wrong", found=f"port {port} of the web process is taken by another program", fix=fix)


def look_at_disk(eyes: Eyes) -> Iterator[Finding]:
    """Look at the room that is left where the data are."""
    space = space_of(_existing(eyes.settings.data_dir))
    found = f"{space.free_bytes / 1024**3:.1f} GiB free for {eyes.settings.data_dir}"
    if space.free_bytes < LEAST_DISK_BYTES:
        yield Finding(name="Disk", state="wrong", found=found, fix="free some space: below 1 GiB Kafka may stop; nothing that was acknowledged is lost")
    elif space.free_files is not None and space.free_files < LEAST_FREE_FILES:
        found = f"room for {space.free_files} more files for {eyes.settings.data_dir}"
        yield Finding(name="Disk", state="wrong", found=found, fix="delete files that nobody needs, or move the data folder to another disk")
    elif space.free_bytes < LITTLE_DISK_BYTES:
        yield Finding(name="Disk", state="notice", found=found, fix="make room before it falls below 1 GiB")
    else:
        yield Finding(name="Disk", state="fine", found=found)


def space_of(folder: Path) -> DiskSpace:
    """Return the room that is left for us on the disk of a folder."""
    about = os.statvfs(folder)
    return DiskSpace(about.f_bavail * about.f_frsize, about.f_favail if about.f_files else None)


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())


def _folder_problem(data_dir: Path, folder: Path) -> Finding | None:
    """Return what is wrong with the data folder, or with what is above it while it is not there."""
    another = "name another folder with --data"
    if not folder.is_dir():
        return Finding(name="Data folder", state="wrong", found=f"{folder} is no folder", fix=another)
    if not os.access(folder, os.R_OK | os.X_OK):
        return Finding(name="Data folder", state="wrong", found=f"{folder} may not be read", fix="run this as the user who owns it, or give him the right")
    if not os.access(folder, os.W_OK):
        return Finding(name="Data folder", state="wrong", found=f"{folder} may not be written", fix=another)
    for path, allowed in ((data_dir, 0o755), (data_dir / KEYS, 0o700), (data_dir / KEYS / "seal.key", 0o600)):
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0
        if mode & ~allowed & 0o777:
            found = f"others may do more with {path} than they should: its rights are {mode:03o}"
            return Finding(name="Data folder", state="wrong", found=found, fix=f"chmod {mode & allowed:03o} {path}")
    foreign = _foreign_file(data_dir)
    if foreign is not None:
        found = f"{foreign} belongs to another user, and may not be written"
        return Finding(name="Data folder", state="wrong", found=found, fix="run every command as one user, and give him these files with chown")
    return None


def _foreign_file(data_dir: Path) -> Path | None:
    """Return something in the data folder that this user cannot write although a stack must."""
    if not data_dir.is_dir():
        return None
    return next((path for path in sorted(data_dir.iterdir()) if not os.access(path, os.W_OK)), None)


def look_at_settings(eyes: Eyes) -> Iterator[Finding]:
    """Look for settings that do not go together."""
    settings = eyes.settings
    problem = _contradiction(settings)
    if problem is not None:
        yield Finding(name="Settings", state="wrong", found=problem[0], fix=problem[1])
    else:
        given = sum(origin != "default" for origin in settings.origins.values())
        yield Finding(name="Settings", state="fine", found=f"{given} given, {len(settings.origins) - given} by default")


def _contradiction(settings: Settings) -> tuple[str, str] | None:
    if settings.min_insync_replicas > settings.replication_factor:
        found = f"{settings.min_insync_replicas} replicas must be in sync, but there are only {settings.replication_factor}"
        return found, "set SALUR_REPLICATION_FACTOR to at least SALUR_MIN_INSYNC_REPLICAS"
    if settings.bootstrap_servers is None and settings.replication_factor > 1:
        found = f"{settings.replication_factor} replicas are wanted of the one local Kafka"
        return found, "leave SALUR_REPLICATION_FACTOR out, or name your own cluster in SALUR_BOOTSTRAP_SERVERS"
    return None
