"""How auditors come in: their tokens, as Bearer or as the password of HTTP Basic, through the same door as partners'.

Basic is there so that a browser can ask for the token without any script; the name given with it counts for nothing.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Final

from consumers.web.problems import Kind, Problem
from consumers.web.responses import AnyRequest
from models.access import AUDIT, AUDITOR
from streams.intake.door import Door
from streams.intake.problems import Problem as Refusal

_BASIC: Final = "basic "
_LONGEST: Final = 1_000
_KINDS: Final[Mapping[str, Kind]] = {"not-signed-in": "sign-in-needed", "not-permitted": "auditors-only", "too-many-requests": "too-many-questions"}


class AuditorsDoor:
    """Lets auditors in."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def enter(self, request: AnyRequest) -> str | Problem:
        """Return the name of the auditor who holds the token, or why there is none."""
        # The address of the connection: what a proxy's header says of it could be said by anybody.
        address = request.client.host if request.client else ""
        found = await self._door.enter(as_bearer(request.headers.get("authorization")), address=address, scope=AUDIT)
        if isinstance(found, Refusal):
            return Problem(kind=_KINDS.get(found.kind, "not-available"), retry_after_seconds=found.retry_after_seconds)
        if not found.partner.startswith(AUDITOR):
            return Problem(kind="auditors-only")
        return found.partner


def as_bearer(authorization: str | None) -> str | None:
    """Return the header as if the token had been sent as such; a password that is none opens nothing."""
    given = (authorization or "")[:_LONGEST]
    if given[: len(_BASIC)].lower() != _BASIC:
        return authorization
    try:
        decoded = base64.b64decode(given[len(_BASIC) :].strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return f"Bearer {decoded.partition(':')[2].strip()}"
