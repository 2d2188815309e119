"""Responses: the headers that every answer has, and the mark by which a browser asks whether anything was booked since."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request, Response

from models.languages import preferred
from models.reasons import Language

JSON: Final = "application/json"
HTML: Final = "text/html"
NOT_MODIFIED: Final = 304

AS_OF: Final = "Salur-As-Of"
"""The header with the booking that an answer holds for."""
ROWS: Final = "Salur-Rows"
"""The header with the number of rows that an answer shows."""
SHA256: Final = "Salur-SHA256"
"""The header with the hash of a file that is handed out."""

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}

AnyRequest = Request[Any, Any, Any]


def language_of(request: AnyRequest) -> Language:
    """Return the language that a request asks for in its header."""
    return preferred(request.headers.get("accept-language"))


def mark_of(request: AnyRequest, *, booking: int, more: str = "") -> str:
    """Return the ETag: the same as long as nothing is booked, for one address and one version of the program."""
    asked = f"{request.url.path}?{request.url.query}|{request.headers.get('accept', '')}|{request.headers.get('accept-language', '')}|{more}"
    return f'W/"{booking}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"'


def is_known(request: AnyRequest, mark: str) -> bool:
    """Tell whether the asker has this very answer already."""
    return mark in {part.strip() for part in request.headers.get("if-none-match", "").split(",")}


def not_modified(mark: str) -> Response[bytes]:
    """Return the answer that there is nothing new."""
    return Response(content=b"", status_code=NOT_MODIFIED, headers={**SAFE_HEADERS, "ETag": mark})


def respond(content: bytes, media_type: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """Return an answer with the headers that all have."""
    return Response(content=content, status_code=status, media_type=media_type, headers={**SAFE_HEADERS, "Vary": "Accept, Accept-Language", **(headers or {})})


def as_json(value: Any) -> bytes:
    """Return JSON."""
    return msgspec.json.encode(value)
