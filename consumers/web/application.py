"""The auditors' side put together: the read API and the pages, as routers that a web application takes in."""

from collections.abc import Callable, Collection
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import sqlalchemy as sa
from litestar import Response, Router

from consumers.web import api, pages
from consumers.web.badge import Badge, never_compared
from consumers.web.problems import Translate
from consumers.web.reading import LedgerReader
from consumers.web.responses import AnyRequest, respond
from consumers.web.shell import Shell
from models.reasons import Language

LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "::1", "localhost"})
MISDIRECTED: Final = 421


def in_english(text: str, _language: Language) -> str:
    """Return an error's words as they are, where nobody translates them."""
    return text


def auditors(
    engine: sa.Engine, *, base_url: str, badge: Badge = never_compared, translate: Translate = in_english, hosts: Collection[str] | None = None
) -> list[Router]:
    """Return the routers. ``engine`` is one of ``open_for_reading``, ``base_url`` the address that people know.

    ``hosts`` are the only names under which they answer (None for any): a page elsewhere that has its own name lead
    here, and a proxy that others can reach, are answered with nothing.
    """
    shell = Shell(reader=LedgerReader(engine), badge=badge, base_url=base_url.rstrip("/"), translate=translate, version=_version())
    return [Router(path="/", route_handlers=[api.router(shell), *pages.routers(shell)], before_request=_only(hosts))]


def _only(hosts: Collection[str] | None) -> Callable[[AnyRequest], Response[bytes] | None]:
    def refuse(request: AnyRequest) -> Response[bytes] | None:
        if hosts is None or (request.url.hostname or "") in hosts:
            return None
        return respond(b"", "text/plain", status=MISDIRECTED)

    return refuse


def _version() -> str:
    try:
        return f"{version('salur')}|{pages.asset_path('salur.css')}"
    except PackageNotFoundError:
        return pages.asset_path("salur.css")
