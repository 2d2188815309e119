"""The signer of one ledger: its key, and the last thing it signed, both on disk.

The last seal is written down here, and is on the disk, before anybody else sees it; so after a crash the same seal is
published again and never another one of the same size.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.errors import ConfigurationError, IntegrityError
from models.proof.note import public_bytes, sign, verifier_key

KEY_FILE: Final = "seal.key"
STATE_FILE: Final = "last-seal.json"
_LOCK_FILE: Final = "seal.lock"
DEFAULT_ORIGIN: Final = "salur"


class SignedSeal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seal as it was signed: its number, the size of the log, the document's text and the note."""

    number: int
    size: int
    document: str
    note: str


class Signer:
    """Signs the seals of one log. Raises ConfigurationError if the key cannot be read."""

    def __init__(self, folder: Path, *, origin: str = DEFAULT_ORIGIN) -> None:
        self.origin = origin
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._key = _read_key(folder / KEY_FILE) if (folder / KEY_FILE).exists() else _make_key(folder / KEY_FILE)
        except (OSError, ValueError, UnsupportedAlgorithm) as error:
            raise ConfigurationError(f"cannot use the signing key in {folder}: {error}", hint="give it back, or start a new log with a new key") from error

    @property
    def public_key(self) -> str:
        """The public key as auditors pin it."""
        return verifier_key(self.origin, public_bytes(self._key.public_key()))

    def sign(self, text: str) -> str:
        """Return the signed note of a checkpoint."""
        return sign(text, name=self.origin, key=self._key)

    def last(self) -> SignedSeal | None:
        """Return the last seal that was signed. Raises IntegrityError if what is written down cannot be read."""
        try:
            return msgspec.json.decode((self._folder / STATE_FILE).read_bytes(), type=SignedSeal)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError as error:
            raise IntegrityError(f"{self._folder / STATE_FILE} cannot be read", hint="without it two roots could be signed for one size: restore it") from error

    def remember(self, seal: SignedSeal) -> None:
        """Write down what was signed; it is on the disk when this returns."""
        write_durably(self._folder / STATE_FILE, msgspec.json.encode(seal))

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other signers with this key waiting."""
        with (self._folder / _LOCK_FILE).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that is there whole, or not at all, whatever happens."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_key(path: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} is no Ed25519 key")
    return key


def _make_key(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return key
