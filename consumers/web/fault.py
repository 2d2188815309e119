"""The demonstration's button: it kills the worker that counts, so that everybody sees the badge turn stale, and the same totals come back.

Only a composition that gives a ``kill`` has the button. Another page cannot press it: a request must carry the token
of the page, and a browser must say that it comes from this server.
"""

import asyncio
import hmac
import secrets
from collections.abc import Callable
from typing import Any, Final

from litestar import Response, post

from consumers.web import responses
from consumers.web.responses import AnyRequest
from models.reasons import Language

PATH: Final = "/demo/kill"
FORBIDDEN: Final = 403
SEE_OTHER: Final = 303
_NOT_DONE: Final = 503
_LONGEST_BODY: Final = 1_000


class Fault:
    """What the button does, and the token that its form carries."""

    def __init__(self, kill: Callable[[], bool]) -> None:
        self.kill = kill
        self.token = secrets.token_urlsafe(32)

    def may(self, request: AnyRequest, token: str) -> bool:
        """Tell whether a request comes from a page of this server. Pages send no referrer, so a browser calls their origin null."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
        is_from_here = site == "same-origin" if site is not None else origin in {"null", str(request.base_url).rstrip("/")}
        return is_from_here and hmac.compare_digest(token.encode(), self.token.encode())


def handler(fault: Fault, language: Language, *, then: Callable[[], None]) -> Any:
    """Return the address that the button posts to; ``then`` is called once it is done."""

    @post(PATH, name=f"{language}_kill", status_code=SEE_OTHER, request_max_body_size=_LONGEST_BODY)
    async def kill(request: AnyRequest) -> Response[bytes]:
        form = await request.form()
        if not fault.may(request, str(form.get("token", ""))):
            return responses.respond(b"", "text/plain", status=FORBIDDEN)
        is_done = await asyncio.to_thread(fault.kill)
        then()
        return responses.respond(b"", "text/plain", status=SEE_OTHER if is_done else _NOT_DONE, headers={"Location": f"/{language}/"})

    return kill
