"""The seal: what the operator of a ledger signs about it at one booking, each naming the one before.

The document is canonical JSON (RFC 8785). Its hash stands in an extension line of the checkpoint, so one signature
holds for both. It is hashed as it was received, never written again first.
"""

import hashlib
from typing import Final

import msgspec

from models.errors import IntegrityError
from models.proof.note import Checkpoint, checkpoint_text, parse_checkpoint

VERSION: Final = 1
NO_SEAL: Final = "0" * 64
"""``previous`` of the first seal."""
_EXTENSION: Final = "salur-seal"


class SealInvalid(IntegrityError):
    """A seal is not of the form, or does not fit its checkpoint or the seal before it."""


class Seal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sealed. Hashes are hex.

    ``checkpoint`` is origin, size and root; ``consistency`` leads to it from the seal before. ``tallies`` has one
    root per order of the tree of sums, ``rows`` binds every booked row since the seal before, ``record`` is the hash of
    the last booking record, ``positions`` are topic, partition and next offset.
    """

    v: int = VERSION
    number: int
    previous: str
    checkpoint: str
    consistency: list[str]
    booking: int
    booked_at: int
    sealed_at: int
    record: str
    rows: str
    tallies: dict[str, str]
    counts: dict[str, int]
    positions: list[tuple[str, int, int]]
    software: str

    @property
    def log(self) -> Checkpoint:
        """The checkpoint, read."""
        return parse_checkpoint(self.checkpoint)


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Seal)


def encode(seal: Seal) -> bytes:
    """Return the document's bytes."""
    return _encoder.encode(seal)


def decode(document: bytes) -> Seal:
    """Read a document. Raises SealInvalid."""
    try:
        return _decoder.decode(document)
    except msgspec.MsgspecError as error:
        raise SealInvalid(f"this is no seal document: {error}") from error


def seal_hash(document: bytes) -> str:
    """Return the hash by which the checkpoint, and the next seal, name a document."""
    return hashlib.sha256(document).hexdigest()


def text_to_sign(document: bytes) -> str:
    """Return the checkpoint of a document with the line that binds the document."""
    seal = decode(document)
    return checkpoint_text(seal.log._replace(extensions=(f"{_EXTENSION} {seal.number} {seal_hash(document)}",)))
