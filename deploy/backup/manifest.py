"""What a backup says of itself, and whether it is whole: a manifest, and the hash of every file beside it.

``SHA256SUMS`` has the form that ``sha256sum -c`` reads, and covers the manifest too.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from consumers.proof.signer import write_durably
from models.errors import ConfigurationError, IntegrityError

FORMAT: Final = 1
FILE: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"

Secrets = Literal["encrypted", "plain", "left out"]


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One backup. ``booking``, ``size`` and ``root`` are those of the ledger in it, ``seal`` is its newest, 0 for none.

    ``unsealed`` says why not everything in it is under a seal, empty if it is.

    ``cluster_id`` is that of a local Kafka, whose log is in the backup if ``has_log``.
    """

    format: int = FORMAT
    software: str
    rules: int
    schema_version: str
    database: Literal["sqlite", "postgresql"]
    made_at: int
    booking: int
    size: int
    root: str
    seal: int
    partitions: int
    has_log: bool
    cluster_id: str
    unsealed: str = ""
    secrets: Secrets
    settings: dict[str, str | None]


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, and the hashes of all files that are there."""
    write_durably(folder / FILE, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    lines = [f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in _files(folder)]
    write_durably(folder / SUMS, "".join(lines).encode())


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup of which every byte is there. Raises ConfigurationError for what is none, IntegrityError if it is damaged."""
    if not (folder / SUMS).is_file() or not (folder / FILE).is_file():
        raise ConfigurationError(f"{folder} is no backup of Salur", hint=f"name the folder that holds {FILE} and {SUMS}")
    _refuse_damaged(folder)
    try:
        manifest = msgspec.json.decode((folder / FILE).read_bytes(), type=Manifest)
    except msgspec.MsgspecError as error:
        raise ConfigurationError(f"{folder / FILE} is of another version: {error}", hint="restore it with the version of Salur that made it") from error
    if manifest.format != FORMAT:
        message = f"{folder} has format {manifest.format}, this program reads {FORMAT}"
        raise ConfigurationError(message, hint="restore it with the version of Salur that made it")
    return manifest


def _refuse_damaged(folder: Path) -> None:
    listed: dict[str, str] = {}
    for line in (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    present = {str(path.relative_to(folder)): path for path in _files(folder)}
    hint = "take another backup: what is damaged is not restored"
    for name in sorted(listed.keys() | present.keys()):
        if name not in present:
            raise IntegrityError(f"{folder / name} is missing from the backup", hint=hint)
        if name not in listed:
            raise IntegrityError(f"{folder / name} does not belong to the backup", hint=f"take it away, or another backup; {SUMS} lists what does")
        if _sha256(present[name]) != listed[name]:
            raise IntegrityError(f"{folder / name} is not what was backed up: its hash differs", hint=hint)


def _files(folder: Path) -> Iterator[Path]:
    """Yield every file but the list of hashes itself, in order."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / SUMS)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
