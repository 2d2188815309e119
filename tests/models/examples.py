"""The examples that are shipped with the contract, read for tests."""

import json
import pathlib
from typing import Any, Final

import models

_EXAMPLES: Final = pathlib.Path(models.__path__[0]) / "examples"
VALID: Final = sorted((_EXAMPLES / "valid").glob("*.json"))
INVALID: Final = sorted((_EXAMPLES / "invalid").glob("*.json"))


def valid(name: str) -> bytes:
    """Return the bytes of one valid example, such as ``salur.group.assisted.v1``."""
    return (_EXAMPLES / "valid" / f"{name}.json").read_bytes()


def valid_json(name: str) -> dict[str, Any]:
    """Return one valid example as a JSON object of the caller's own."""
    event: dict[str, Any] = json.loads(valid(name))
    return event


def encoded(event: object) -> bytes:
    """Return JSON without spaces, as most producers write it."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
