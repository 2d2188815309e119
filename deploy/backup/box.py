"""A box for what must not lie about: the signing key, the signer's memory, and the file of settings, which may hold a password.

Encrypted with AES-256-GCM under a key that scrypt makes of a passphrase; without one it is plain JSON.
"""

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from consumers.proof.signer import write_durably
from models.errors import ConfigurationError

ENCRYPTED: Final = "secrets.enc"
PLAIN: Final = "secrets.json"
LEAST_CHARACTERS: Final = 12
_COST: Final = 2**15
_NONCE_BYTES: Final = 12
_SALT_BYTES: Final = 16


class _Box(msgspec.Struct, frozen=True, kw_only=True):
    kdf: str = "scrypt"
    n: int = _COST
    r: int = 8
    p: int = 1
    cipher: str = "AES-256-GCM"
    salt: bytes
    nonce: bytes
    content: bytes


def close(folder: Path, files: Mapping[str, bytes], passphrase: str | None) -> None:
    """Write files into one box, encrypted if there is a passphrase."""
    content = msgspec.json.encode({name: base64.b64encode(value).decode() for name, value in files.items()})
    if passphrase is None:
        write_durably(folder / PLAIN, content)
        return
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_key(passphrase, salt, n=_COST, r=8, p=1)).encrypt(nonce, content, None)
    write_durably(folder / ENCRYPTED, msgspec.json.encode(_Box(salt=salt, nonce=nonce, content=sealed)))


def opened(folder: Path, passphrase: str | None) -> dict[str, bytes]:
    """Return what is in the box, nothing if there is none. Raises ConfigurationError without the right passphrase."""
    if (folder / PLAIN).exists():
        content = (folder / PLAIN).read_bytes()
    elif (folder / ENCRYPTED).exists():
        content = _decrypted(folder / ENCRYPTED, passphrase)
    else:
        return {}
    return {name: base64.b64decode(value) for name, value in msgspec.json.decode(content, type=dict[str, str]).items()}


def passphrase_from(path: Path) -> str:
    """Return the first line of a file. Raises ConfigurationError if it is too short to protect anything."""
    try:
        line = path.read_text(encoding="utf-8").split("\n", 1)[0].strip()
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}", hint="name a file whose first line is the passphrase") from error
    if len(line) < LEAST_CHARACTERS:
        raise ConfigurationError(f"the passphrase in {path} has fewer than {LEAST_CHARACTERS} characters", hint="take a longer one, and keep it elsewhere")
    return line


def _decrypted(path: Path, passphrase: str | None) -> bytes:
    if passphrase is None:
        raise ConfigurationError(f"{path} is encrypted", hint="name the file with its passphrase: --passphrase-file")
    box = msgspec.json.decode(path.read_bytes(), type=_Box)
    try:
        return AESGCM(_key(passphrase, box.salt, n=box.n, r=box.r, p=box.p)).decrypt(box.nonce, box.content, None)
    except InvalidTag:
        raise ConfigurationError(f"{path} does not open with this passphrase", hint="name the file with the one that the backup was made with") from None


def _key(passphrase: str, salt: bytes, *, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode())
