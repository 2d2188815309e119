"""Checkpoints of the Merkle log and the notes that sign them, in the formats of C2SP (tlog-checkpoint, signed-note).

A checkpoint says: the log named ``origin`` has so many leaves and this root. Lines after these three are extensions;
ours binds the seal document. Which sizes are ever signed is not decided here: see ``consumers.proof``.
"""

import base64
import hashlib
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.errors import IntegrityError

_ED25519: Final = b"\x01"
_DASH: Final = "\u2014 "
_KEY_ID_BYTES: Final = 4


class NoteInvalid(IntegrityError):
    """A note is not of the form, or not signed by the key that was expected."""


class Checkpoint(NamedTuple):
    """The state of a log: its origin, how many leaves it has, its root, and lines that mean something to us alone."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Return the text that is signed; every line ends in a newline."""
    lines = (checkpoint.origin, str(checkpoint.size), base64.b64encode(checkpoint.root).decode(), *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint. Raises NoteInvalid."""
    try:
        origin, size, root, *extensions = text.removesuffix("\n").split("\n")
        made = Checkpoint(origin, int(size), base64.b64decode(root, validate=True), tuple(extensions))
    except ValueError as error:
        raise NoteInvalid("the text is no checkpoint: expected the lines origin, size, root") from error
    if checkpoint_text(made) != text:
        raise NoteInvalid("the checkpoint is not written in its one form")
    return made


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """Return the 32 bytes of a public key."""
    return key.public_bytes_raw()


def verifier_key(name: str, public: bytes) -> str:
    """Return the key as an auditor pins it: name+key id+base64."""
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def parse_verifier_key(written: str) -> tuple[str, bytes]:
    """Return name and public bytes of a pinned key. Raises NoteInvalid."""
    try:
        name, key_id, encoded = written.strip().split("+", 2)
        content = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise NoteInvalid("the key is not of the form name+id+base64") from error
    public = content[1:]
    if content[:1] != _ED25519 or len(public) != 32 or _key_id(name, public).hex() != key_id:
        raise NoteInvalid("the key is no Ed25519 key, or its id is not that of its bytes")
    return name, public


def sign(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """Return the signed note: the text, an empty line, and one signature."""
    signature = _key_id(name, public_bytes(key.public_key())) + key.sign(text.encode())
    return f"{text}\n{_DASH}{name} {base64.b64encode(signature).decode()}\n"


def open_note(note: str, *, key: str) -> str:
    """Return the text of a note that ``key`` (as ``verifier_key`` writes it) signed. Raises NoteInvalid."""
    name, public = parse_verifier_key(key)
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise NoteInvalid("the note has no signatures")
    text += "\n"
    wanted = _key_id(name, public)
    for line in signatures.removesuffix("\n").split("\n"):
        if not line.startswith(f"{_DASH}{name} "):
            continue
        try:
            signature = base64.b64decode(line.removeprefix(f"{_DASH}{name} "), validate=True)
            if signature[:_KEY_ID_BYTES] == wanted:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[_KEY_ID_BYTES:], text.encode())
                return text
        except (InvalidSignature, ValueError) as error:
            raise NoteInvalid(f"the signature of {name} does not fit the note") from error
    raise NoteInvalid(f"the note is not signed by {name}")


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:_KEY_ID_BYTES]
