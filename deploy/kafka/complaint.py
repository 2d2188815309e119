"""What can be wrong with the local Kafka, said so that a person knows what to do: nothing here changes anything."""

import errno
import os
import re
import shutil
from pathlib import Path
from typing import Final

from deploy.kafka import node
from models.errors import ConfigurationError, SalurError, Unreachable

FULL_HINT: Final = "free some space and start again: nothing that was acknowledged is lost"
FATAL: Final = re.compile(r"(?:\b(?:FATAL|ERROR)\b|Exception|Error:)")
LEAST_FREE_BYTES: Final = 64 * 1024
LEAST_START_BYTES: Final = 64 * 1024 * 1024
LOG_TAIL_BYTES: Final = 64 * 1024


def check_folder(found: node.Node | None, *, data_folder: Path, kafka_version: str) -> None:
    """Raise ConfigurationError if the data are of another Kafka, of a newer one, or gone."""
    has_data = (data_folder / "meta.properties").exists()
    if found is None:
        if has_data:
            raise ConfigurationError(
                f"{data_folder} holds data of a Kafka that this Salur did not set up ({node.FILE_NAME} is missing beside it)",
                hint="use an empty data folder, or run that Kafka yourself and name it in SALUR_BOOTSTRAP_SERVERS",
            )
        return
    if _as_numbers(found.kafka_version) > _as_numbers(kafka_version):
        raise ConfigurationError(
            f"{data_folder} was written by Kafka {found.kafka_version}, this Salur brings {kafka_version}: Kafka cannot go back",
            hint="use the newer Salur again, or another data folder",
        )
    if found.formatted and not has_data:
        raise ConfigurationError(
            f"the data of the local Kafka are gone from {data_folder}",
            hint=f"restore them from a copy, or delete {data_folder.parent} to begin with an empty log",
        )


def check_ports(current: node.Node, folder: Path) -> None:
    """Raise ConfigurationError if somebody else listens at a port of this node: it is not changed without being asked."""
    for name, port in (("port", current.port), ("controller_port", current.controller_port)):
        if not node.is_free(port):
            raise ConfigurationError(
                f"port {node.HOST}:{port} of the local Kafka is taken by another program",
                hint=f"stop that program, or write another number for {name} in {folder / node.FILE_NAME}",
            )


def of_space(folder: Path) -> str:
    """Return why Kafka must not begin in ``folder`` yet, or nothing.

    It mends its files when it begins after a crash. With no room to write it takes its own list of topics for damaged,
    cuts it off at the beginning, and knows none of them any more (seen with 4.3.1).
    """
    free = shutil.disk_usage(folder).free
    return "" if free >= LEAST_START_BYTES else f"the disk of {folder} is full: {free >> 20} MiB are free, Kafka begins with {LEAST_START_BYTES >> 20}"


def check_space(folder: Path) -> None:
    """Raise ConfigurationError if there is no room to begin in."""
    if full := of_space(folder):
        raise ConfigurationError(full, hint=FULL_HINT)


def of_folder(error: OSError, folder: Path) -> ConfigurationError:
    """Return what to say of an error while writing to ``folder``."""
    if error.errno == errno.ENOSPC:
        return ConfigurationError(f"the disk of {folder} is full", hint=FULL_HINT)
    reason = os.strerror(error.errno) if error.errno else str(error)
    return ConfigurationError(f"the folder of the local Kafka, {folder}, cannot be written: {reason}", hint="make it writable, or use another data folder")


def of_log(log_file: Path, begun: int, *, what: str) -> SalurError:
    """Return what to say of a broker that failed, from what its log holds since ``begun``."""
    if not log_file.exists():
        return of_text("", log_file, what=what)
    with log_file.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(begun, size - LOG_TAIL_BYTES))
        text = file.read().decode("utf-8", errors="replace")
    return of_text(text, log_file, what=what)


def of_text(text: str, log_file: Path, *, what: str) -> SalurError:
    """Return what to say of a Kafka program that failed, from its output."""
    # The log may lie on the full disk too, and then it says nothing.
    if "No space left on device" in text or shutil.disk_usage(log_file.parent).free < LEAST_FREE_BYTES:
        return ConfigurationError(f"{what}: the disk of {log_file.parent} is full", hint=FULL_HINT)
    if "Address already in use" in text:
        return ConfigurationError(f"{what}: one of its ports is taken by another program", hint=f"stop it, or change {log_file.with_name(node.FILE_NAME)}")
    if "Permission denied" in text or "AccessDeniedException" in text or "Read-only file system" in text:
        return ConfigurationError(f"{what}: {log_file.parent} cannot be written", hint="make it writable, or use another data folder")
    if "Could not reserve enough space" in text or "OutOfMemoryError" in text:
        return ConfigurationError(f"{what}: there is not enough memory", hint="free some memory, or give it a smaller heap")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = next((line for line in lines if FATAL.search(line)), lines[-1] if lines else "it said nothing")
    return Unreachable(f"{what}: {telling}", hint=f"its log is {log_file}")


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
