"""Forms that come in: their fields, and whether they are of the sender's own pages."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl

import anyio.to_thread
from litestar import Response

from consumers.web.partners.door import Visitor, is_key_of, is_own_form
from consumers.web.partners.scene import PartnerSpeaker
from consumers.web.partners.shell import Frame, Refused
from consumers.web.responses import AnyRequest
from models.reasons import Language

FORM_BYTES: Final = 64 * 1024
MEND_BYTES: Final = 3 * 1024 * 1024
"""An event of the largest size, with every letter escaped that a form escapes."""
Fields = Mapping[str, str]


def sender(frame: Frame, request: AnyRequest, language: Language, fields: Fields) -> Visitor:
    """Return who sent a form. Raises Refused for a form that is not of the sender's own pages."""
    visitor = frame.visitor(request, language)
    if not is_own_form(request, base_url=frame.shell.base_url) or not is_key_of(visitor, fields.get("key", "")):
        raise Refused(403, PartnerSpeaker(language).say("form_strange"))
    return visitor


async def fields_of(request: AnyRequest) -> Fields:
    """Return the fields of a small form; whatever is no form has none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True, max_num_fields=1000))


async def in_thread(make: Callable[[], Response[bytes]]) -> Response[bytes]:
    """Run what blocks beside the loop."""
    return await anyio.to_thread.run_sync(make)
