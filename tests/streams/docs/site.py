"""The documentation as a browser gets it, and what can be read out of its pages."""

import html
import re
from typing import Any

import httpx
from litestar import Litestar

from deploy.workers.web import client_files
from models.events.catalogue import EVENT_TYPES
from models.registry import Registry
from streams.docs import pages, words
from streams.sheets.columns import short_type

BASE = "http://docs.test"
SHORTS = [short_type(event_type) for event_type in EVENT_TYPES]
PROSE = tuple(words.PAGES)
PATHS = [f"/docs/{language}/{page}" for language in ("en", "id") for page in (*PROSE, *(f"events/{short}" for short in SHORTS))]


async def no_lists() -> Registry | None:
    return None


def documentation(now: pages.Now = no_lists) -> Any:
    return Litestar([pages.router(base_url=BASE, now=now, client=client_files())], openapi_config=None, logging_config=None)


def browser(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)


def blocks(page: str) -> dict[str, str]:
    """Return every block of code of a page, by its name."""
    found = re.findall(r'<code id="([^"]+)">(.*?)</code>', page, re.DOTALL)
    assert len({name for name, _ in found}) == len(found)
    return {name: html.unescape(text) for name, text in found}


def links(page: str) -> set[str]:
    return {html.unescape(link) for link in re.findall(r'(?:href|src)="([^"#]+)', page)}
