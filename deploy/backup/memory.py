"""What a data folder remembers of its last backup."""

from pathlib import Path
from typing import Final

import msgspec

from consumers.proof.signer import write_durably

FILE: Final = "last-backup.json"


class LastBackup(msgspec.Struct, frozen=True, kw_only=True):
    """When and where the last backup was finished, and up to which booking it goes."""

    finished_at: int
    folder: str
    booking: int


def last_backup(data_dir: Path) -> LastBackup | None:
    """Return what is remembered; None if there was none, or it cannot be read."""
    try:
        return msgspec.json.decode((data_dir / FILE).read_bytes(), type=LastBackup)
    except (OSError, msgspec.MsgspecError):
        return None


def remember(data_dir: Path, backup: LastBackup) -> None:
    """Write it down."""
    write_durably(data_dir / FILE, msgspec.json.encode(backup))
