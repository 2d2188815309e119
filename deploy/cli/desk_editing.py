"""Editing a refused event: from a file, by single values, or in the person's own editor."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.errors import ConfigurationError

STANDARD_INPUT = "-"


def edited(original: bytes, *, file: str | None, values: Sequence[str]) -> bytes:
    """Return the new bytes of an event. Raises ConfigurationError if nothing was changed, or it cannot be."""
    if file is not None:
        made = _read(file)
    elif values:
        made = _with_values(original, values)
    elif sys.stdin.isatty():
        made = _in_editor(original)
    else:
        raise ConfigurationError("nothing was edited", hint="name the edited event with --file, or single values with --set /data/programme=CODE")
    if made == original:
        raise ConfigurationError("the edited event is the one that was refused", hint="change what `salur rejected explain` names")
    return made


def _read(file: str) -> bytes:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read().strip()
    try:
        return Path(file).read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}", hint="name a file with the edited event, or - for standard input") from error


def _with_values(original: bytes, values: Sequence[str]) -> bytes:
    event = _parsed(original)
    for text in values:
        pointer, equals, written = text.partition("=")
        if not equals or not pointer.startswith("/"):
            raise ConfigurationError(f"--set {text} is no pointer and value", hint="write --set /data/lines/0/quantity=120")
        _put(event, pointer, _value(written))
    return json.dumps(event, ensure_ascii=False).encode()


def _parsed(original: bytes) -> Any:
    try:
        return json.loads(original)
    except (ValueError, RecursionError):
        raise ConfigurationError("what was refused is not JSON", hint="write the event anew, and name it with --file") from None


def _value(written: str) -> Any:
    """Return what was written as JSON, else as text: most codes need no quotes then."""
    try:
        return json.loads(written)
    except ValueError:
        return written


def _put(event: Any, pointer: str, value: Any) -> None:
    *above, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")]
    place = event
    try:
        for part in above:
            place = place[int(part)] if isinstance(place, list) else place[part]
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    except (KeyError, IndexError, ValueError, TypeError):
        raise ConfigurationError(f"the event has no place {pointer}", hint="`salur rejected explain N --bytes` shows it") from None


def _in_editor(original: bytes) -> bytes:
    import click

    try:
        shown = json.dumps(json.loads(original), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        shown = original.decode(errors="replace")
    written = click.edit(shown + "\n", extension=".json")
    if written is None or written.strip() == shown.strip():
        raise ConfigurationError("nothing was edited", hint="save the event in the editor, or leave it")
    return written.strip().encode()
