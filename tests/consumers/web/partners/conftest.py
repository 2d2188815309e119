"""Fixtures: a ledger that a test books to, the partners' pages over it, and partners that sign in as a browser would."""

import contextlib
import hashlib
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar, Router
from litestar.testing import TestClient

from consumers import access
from consumers.database import open_database, open_for_reading
from consumers.web.application import auditors, partners
from deploy.cli.remark_words import remark
from deploy.web.ledger_port import AccessPort, LedgerPort, UploadBook
from deploy.web.sending import Sending
from models.access import PREFIX_BYTES, SCOPES, SECRET_BYTES, new_token
from streams.intake.application import application
from streams.intake.door import Door
from streams.intake.receiving import Intake
from streams.uploads import routes as upload_routes
from streams.uploads.uploading import Uploads
from tests.consumers.ledger.desk import RECEIVED_AT, Desk
from tests.consumers.web.conftest import KeptReads
from tests.consumers.web.html import Page
from tests.streams.intake.house import DeskLog, Switch, documented

BASE = "http://salur.test"
DAY_MS = 86_400_000


class Place:
    """The intake and the pages over one ledger, with a clock of its own. Kafka is the ledger's inbox; ``book`` books what is there."""

    def __init__(self, url: str, *, base_url: str = BASE, is_open: bool = False, pages_per_second: float = 1000) -> None:
        self.engine = open_database(url)
        self.desk = Desk(self.engine, migrate=False)
        self.reading = open_for_reading(url)
        self.now = RECEIVED_AT + DAY_MS
        self.base_url = base_url
        self.log = DeskLog(self.desk)
        self.switch = Switch(LedgerPort(self.reading), AccessPort(self.reading))
        self.uploads: Uploads | None = None

        def beside(intake: Intake, door: Door) -> list[Router]:
            self.uploads = Uploads(intake, UploadBook(self.reading, self.engine), clock=lambda: self.now, pause_seconds=0.05)
            own = partners(
                self.reading,
                self.engine,
                Sending(self.uploads, intake),
                base_url=base_url,
                clock=lambda: self.now,
                translate=remark,
                is_open=is_open,
                pages_per_second=pages_per_second,
            )
            return [upload_routes.router(self.uploads, door, base_url=base_url), *own]

        self.app = application(
            kafka=self.log,
            ledger=self.switch,
            access=self.switch,
            base_url=base_url,
            requests_per_second=10_000,
            clock=lambda: self.now,
            others=auditors(self.reading, base_url=base_url, reads=KeptReads(), translate=remark),
            beside=beside,
        )
        self.client: TestClient[Litestar] = TestClient(self.app, base_url=base_url, raise_server_exceptions=False)
        self.client.__enter__()
        self._tokens = 0

    def token(self, partner: str, *, scopes: Collection[str] = SCOPES, expires_at: int | None = None) -> str:
        """Give a partner a new token."""
        self._tokens += 1
        made = new_token(hashlib.sha512(f"{id(self)} {self._tokens}".encode()).digest()[: PREFIX_BYTES + SECRET_BYTES])
        with self.engine.begin() as connection:
            access.admit(connection, partner, now=self.now)
            access.keep(connection, made, partner=partner, scopes=scopes, now=self.now, expires_at=expires_at)
        return made.text

    def revoke(self, token: str) -> None:
        """Revoke a token."""
        with self.engine.begin() as connection:
            access.revoke(connection, prefix=token.split("_")[1], now=self.now)

    def close(self) -> None:
        self.client.__exit__(None, None, None)
        self.reading.dispose()
        self.engine.dispose()


class Browser:
    """A browser: it keeps cookies, says where its forms come from, and follows no redirect by itself."""

    def __init__(self, place: Place, token: str = "") -> None:
        self.place = place
        self.token = token
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        """Send anything, with the cookies that there are."""
        client = self.place.client
        client.cookies.clear()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given = {**({"Cookie": cookies} if cookies else {}), **(headers or {})}
        response = client.request(method, path, headers=given, follow_redirects=False, **more)
        for name, morsel in SimpleCookie(response.headers.get("set-cookie", "")).items():
            self.cookies = {other: value for other, value in self.cookies.items() if other != name}
            if morsel["max-age"] != "0":
                self.cookies[name] = morsel.value
        client.cookies.clear()
        return response

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def page(self, path: str, status: int = 200) -> Page:
        response = self.get(path)
        assert response.status_code == status, f"{path}: {response.status_code} {response.text[:300]}"
        return read(response)

    def send(self, path: str, fields: Mapping[str, str], *, files: Any = None, **headers: str) -> httpx.Response:
        """Send a form as a page of this host would."""
        given = {"Origin": self.place.base_url, "Sec-Fetch-Site": "same-origin", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.ask("POST", path, data=dict(fields), files=files, headers={name: value for name, value in given.items() if value})

    def sign_in(self, language: str = "en", **more: str) -> httpx.Response:
        return self.send(f"/{language}/mitra/sign-in", {"token": self.token, **more})

    def key(self, path: str = "/en/mitra") -> str:
        """Return the key that forms of this session carry."""
        return next(value for name, value in self.page(path).hidden if name == "key")

    def upload(self, content: bytes, name: str = "isi.xlsx", *, mode: str = "all-or-nothing", language: str = "en", **more: str) -> httpx.Response:
        """Send a file by the form of the page."""
        fields = {"key": self.key(), "mode": mode, "type": "", **more}
        return self.send(f"/{language}/mitra/uploads", fields, files={"file": (name, content, "application/octet-stream")})

    def program(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask as a program does: with the token, and without cookies."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        self.place.client.cookies.clear()
        response = self.place.client.request(method, path, headers=headers, follow_redirects=False, **more)
        return documented(response) if path.startswith("/v1/uploads") else response


def read(response: httpx.Response) -> Page:
    """Return a page, which no browser may keep and nothing strange is in."""
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    found = Page(response.text)
    assert not found.forbidden
    assert found.fields == found.labels
    assert found.references <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    return found


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a ledger in which nothing is booked, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    engine = open_database(f"sqlite:///{path}")
    Desk(engine)
    engine.dispose()
    # What the last connection left in the log beside it goes into the file.
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def place(empty_ledger: Path, tmp_path: Path) -> Iterator[Place]:
    """Give the pages over an empty ledger."""
    opened = Place(f"sqlite:///{shutil.copy(empty_ledger, tmp_path / 'ledger.db')}")
    yield opened
    opened.close()


@pytest.fixture
def taipei(place: Place) -> Browser:
    """Give a partner that is signed in."""
    browser = Browser(place, place.token("kdei-taipei"))
    assert browser.sign_in().status_code == 303
    return browser
