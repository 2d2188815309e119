"""Kafka headers as the ledger keeps them: JSON text of [name, hex of the value], only where they carry content."""

import json
from collections.abc import Sequence

Headers = Sequence[tuple[str, bytes]]


def headers_to_text(headers: Headers) -> str | None:
    """Return the headers to keep: those of CloudEvents' binary mode; None when there are none."""
    kept = [(name, (value or b"").hex()) for name, value in headers if name.startswith("ce_") or name == "content-type"]
    return json.dumps(kept) if any(name.startswith("ce_") for name, _ in kept) else None


def headers_from_text(text: str | None) -> list[tuple[str, bytes]]:
    """Read what ``headers_to_text`` wrote."""
    return [] if text is None else [(name, bytes.fromhex(value)) for name, value in json.loads(text)]
