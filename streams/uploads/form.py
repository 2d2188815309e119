"""The body of an upload: a file by itself, or a form with a file and a few words, read within its limits."""

from collections.abc import AsyncIterator, Mapping
from pathlib import PurePath
from typing import Final

import multipart

from models.uploads import MODES, Form, Mode
from streams.intake import body as bodies
from streams.intake.problems import Problem

FILE_BYTES: Final = 16 * 1024 * 1024
FILE_SECONDS: Final = 300.0
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
FORM: Final = "multipart/form-data"
FILE_TYPES: Final = (XLSX, CSV, "application/octet-stream", FORM)
DEFAULT_MODE: Final[Mode] = "all-or-nothing"
_PARTS: Final = 12
_LONGEST_WORD: Final = 4096
_ENDINGS: Final[Mapping[str, str]] = {XLSX: ".xlsx", CSV: ".csv"}


async def read_form(stream: AsyncIterator[bytes], headers: Mapping[str, str]) -> Form | Problem:
    """Return what was sent, or why it was not read."""
    problem = bodies.unsupported({**headers, "content-type": bodies.media_type(headers)}, FILE_TYPES)
    if problem is not None:
        return problem
    # A form has a little more around its file.
    body = await bodies.read_body(stream, headers, limit_bytes=FILE_BYTES + 64 * 1024, seconds=FILE_SECONDS)
    if isinstance(body, Problem):
        return body
    form = _form_of(body, headers)
    if isinstance(form, Form) and len(form.content) > FILE_BYTES:
        return Problem(kind="too-large", more={"limit_bytes": FILE_BYTES})
    return form


def mode_of(text: str) -> Mode | None:
    """Return a mode by its name, the usual one for none, None for what is no mode."""
    return next((mode for mode in MODES if mode == (text or DEFAULT_MODE)), None)


def _form_of(body: bytes, headers: Mapping[str, str]) -> Form | Problem:
    kind = bodies.media_type(headers)
    if kind != FORM:
        return Form({}, body, f"upload{_ENDINGS.get(kind, '')}")
    _, options = multipart.parse_options_header(headers.get("content-type", ""))
    fields: dict[str, str] = {}
    content, name = b"", ""
    try:
        parser = multipart.MultipartParser(_Body(body), options.get("boundary", ""), part_limit=_PARTS, memory_limit=2 * FILE_BYTES, spool_limit=2 * FILE_BYTES)
        for part in parser:
            if part.filename is not None and part.name == "file":
                content, name = part.raw, PurePath(part.filename).name
            elif part.filename is None:
                fields[part.name] = part.value[:_LONGEST_WORD]
    except (multipart.MultipartError, UnicodeDecodeError, ValueError):
        return Problem(kind="malformed", more={"supported": list(FILE_TYPES)})
    return Form(fields, content, name)


class _Body:
    """The body as something that can be read from."""

    def __init__(self, body: bytes) -> None:
        self._rest = memoryview(body)

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        some, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return some
