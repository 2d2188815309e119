"""A receipt: that one decision is in the log, as C2SP tlog-proof text, with what the leaf says.

Whoever has it and the operator's key can check it without the ledger, now and in twenty years.
"""

import base64
from collections.abc import Sequence
from typing import Final, NamedTuple

from models.errors import IntegrityError

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"


class ReceiptInvalid(IntegrityError):
    """A text is no receipt."""


class Receipt(NamedTuple):
    """The leaf's own bytes, its index from 0, the path to the root, and the signed note."""

    leaf: bytes
    leaf_index: int
    path: Sequence[bytes]
    note: str


def encode(receipt: Receipt) -> str:
    """Return the text: the leaf travels in the line for extra data."""
    lines = [_FIRST_LINE, f"extra {_base64(receipt.leaf)}", f"index {receipt.leaf_index}", *(_base64(one) for one in receipt.path), "", receipt.note]
    return "\n".join(lines)


def decode(text: str) -> Receipt:
    """Read a receipt. Raises ReceiptInvalid."""
    head, _, note = text.partition("\n\n")
    try:
        first, extra, index, *path = head.split("\n")
        if first != _FIRST_LINE or not extra.startswith("extra ") or not index.startswith("index "):
            raise ReceiptInvalid("the text is no receipt")
        leaf = base64.b64decode(extra.removeprefix("extra "), validate=True)
        return Receipt(leaf, int(index.removeprefix("index ")), [base64.b64decode(one, validate=True) for one in path], note)
    except ValueError as error:
        raise ReceiptInvalid("the text is no receipt") from error


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
