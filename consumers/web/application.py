"""The auditors' side put together: the read API and the pages, as routers that a web application takes in."""

from importlib.metadata import PackageNotFoundError, version

import sqlalchemy as sa
from litestar import Router

from consumers.web import api, pages
from consumers.web.badge import Badge, never_compared
from consumers.web.problems import Translate
from consumers.web.reading import LedgerReader
from consumers.web.shell import Shell
from models.reasons import Language


def in_english(text: str, _language: Language) -> str:
    """Return an error's words as they are, where nobody translates them."""
    return text


def auditors(engine: sa.Engine, *, base_url: str, badge: Badge = never_compared, translate: Translate = in_english) -> list[Router]:
    """Return the routers. ``engine`` is one of ``open_for_reading``, ``base_url`` the address that people know."""
    shell = Shell(reader=LedgerReader(engine), badge=badge, base_url=base_url.rstrip("/"), translate=translate, version=_version())
    return [api.router(shell), *pages.routers(shell)]


def _version() -> str:
    try:
        return f"{version('salur')}|{pages.style_path()}"
    except PackageNotFoundError:
        return pages.style_path()
