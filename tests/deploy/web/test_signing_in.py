"""Auditors sign in from elsewhere, by token or in a browser; roles keep to their side; and every answer is in the read log first."""

import asyncio
import base64
import dataclasses
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from consumers import access
from consumers.database import open_database, open_for_reading
from consumers.reads.chain import check, last_lines
from consumers.reads.place import open_read_log
from consumers.web.problems import KINDS
from deploy.web.auditors_door import as_bearer
from deploy.web.binding import Binding
from deploy.web.ledger_port import AccessPort, LedgerPort
from deploy.workers.web import auditors_of
from models.access import PREFIX_BYTES, SECRET_BYTES, new_token
from streams.intake.application import application
from tests.consumers.ledger.desk import RECEIVED_AT, Desk, masks
from tests.streams.intake.house import DeskLog

BASE = "https://salur.example"
ELSEWHERE = Binding("0.0.0.0", 8443, "/certificate", "/key")


@dataclasses.dataclass
class House:
    """Both sides of the web process, as others reach them."""

    desk: Desk
    client: httpx.AsyncClient
    url: str

    def token(self, holder: str, *scopes: str, expires_at: int | None = None) -> str:
        number = len(holder) + len(scopes) + (expires_at or 0)
        made = new_token(bytes([number % 256]) * (PREFIX_BYTES + SECRET_BYTES))
        with self.desk.engine.begin() as connection:
            access.admit(connection, holder, now=1)
            access.keep(connection, made, partner=holder, scopes=scopes, now=1, expires_at=expires_at)
        return made.text

    def reads(self) -> list[tuple[str, str, int, int | None, int | None]]:
        engine = open_read_log(self.url)
        with engine.connect() as connection:
            assert check(connection).holds
            found = [(line.read.reader, line.read.what, line.read.status, line.read.as_of, line.read.rows) for line in last_lines(connection, 50)]
        engine.dispose()
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield Desk(engine)
    engine.dispose()


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[House]:
    async with opened(desk) as found:
        yield found


class opened:  # noqa: N801 - reads as what it does
    """Both sides of the web process at an address that others reach."""

    def __init__(self, desk: Desk, binding: Binding = ELSEWHERE, base: str = BASE, **environ: str) -> None:
        self.url = desk.engine.url.render_as_string(hide_password=False)
        self.reading = open_for_reading(self.url)
        app: Any = application(
            kafka=DeskLog(desk),
            ledger=LedgerPort(self.reading),
            access=AccessPort(self.reading),
            base_url=base,
            requests_per_second=1000,
            clock=lambda: RECEIVED_AT,
            others=auditors_of({"SALUR_DATABASE_URL": self.url, **environ}, binding, base),
            kinds_of_others={str(kind): words for kind, words in KINDS.items()},
        )
        self.house = House(desk, httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base), self.url)

    async def __aenter__(self) -> House:
        return self.house

    async def __aexit__(self, *_: object) -> None:
        await self.house.client.aclose()
        self.reading.dispose()


def basic(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anybody:{token}".encode()).decode()}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_nobody_reads_from_elsewhere_without_a_token(house: House) -> None:
    house.desk.book(masks("one", 5))
    for path in ("/v1/tallies", "/en/", "/id/figure", "/v1/partners/kdei-taipei/events/one", "/v1/statements", "/en/nothing-here"):
        answer = await house.client.get(path)
        assert answer.status_code == 401, path
        assert [value.split(" ")[0] for name, value in answer.headers.multi_items() if name == "www-authenticate"] == ["Basic", "Bearer"]
        assert "masker" not in answer.text
    assert (await house.client.get("/v1/tallies")).json()["type"] == f"{BASE}/problems/sign-in-needed"
    assert "Masuk untuk melihat angka" in (await house.client.get("/id/")).text
    assert house.reads() == []


async def test_what_shows_no_figure_needs_no_token(house: House) -> None:
    assert (await house.client.get("/v1/figures/openapi.json")).status_code == 200
    assert (await house.client.get("/problems/sign-in-needed")).status_code == 200
    sheet = (await house.client.get("/en/")).text.partition('stylesheet" href="')[2].partition('"')[0]
    assert (await house.client.get(sheet)).status_code == 200


async def test_an_auditor_signs_in_as_a_program_and_in_a_browser(house: House) -> None:
    house.desk.book(masks("one", 5))
    token = house.token("auditor:bpk-ri", "audit")
    assert (await house.client.get("/v1/tallies", headers=bearer(token))).json()["rows"][0]["quantity"] == "5"
    assert "Overview" in (await house.client.get("/en/", headers=basic(token))).text
    assert house.reads() == [("auditor:bpk-ri", "/v1/tallies", 200, 1, 1), ("auditor:bpk-ri", "/en", 200, 1, 7 + 1)]  # the map names all destinations


async def test_a_token_opens_neither_after_its_end_nor_when_it_is_revoked(house: House) -> None:
    token = house.token("auditor:bpk-ri", "audit", expires_at=RECEIVED_AT)
    assert (await house.client.get("/v1/tallies", headers=bearer(token))).status_code == 401
    other = house.token("auditor:bpkp", "audit")
    assert (await house.client.get("/v1/tallies", headers=bearer(other))).status_code == 200
    with house.desk.engine.begin() as connection:
        access.revoke(connection, partner="auditor:bpkp", now=2)
    assert (await house.client.get("/v1/tallies", headers=bearer(other))).status_code == 401


async def test_an_auditor_sends_nothing_and_a_partner_reads_no_figures(house: House) -> None:
    auditor, partner = house.token("auditor:bpk-ri", "audit"), house.token("kdei-taipei", "publish", "read")
    sent = await house.client.post("/v1/events", json=masks("one", 5), headers={**bearer(auditor), "Content-Type": "application/cloudevents+json"})
    assert (sent.status_code, sent.json()["type"]) == (403, f"{BASE}/problems/not-permitted")
    assert (await house.client.get("/v1/events/one", headers=bearer(auditor))).status_code == 403
    read = await house.client.get("/v1/tallies", headers=bearer(partner))
    assert (read.status_code, read.json()["type"]) == (403, f"{BASE}/problems/auditors-only")
    assert (await house.client.get("/en/", headers=basic(partner))).status_code == 403
    assert house.reads() == []


async def test_guessing_and_asking_too_much_is_slowed_down(desk: Desk) -> None:
    async with opened(desk, SALUR_WEB_READS_PER_SECOND="1") as house:
        token = house.token("auditor:bpk-ri", "audit")
        answers = await asyncio.gather(*(house.client.get("/v1/tallies", headers=bearer(token)) for _ in range(15)))
        assert {answer.status_code for answer in answers} == {200, 429}
        limited = next(answer for answer in answers if answer.status_code == 429)
        assert int(limited.headers["retry-after"]) >= 1
        assert limited.json()["type"].endswith("/too-many-questions")
    async with opened(desk, SALUR_WEB_READS_PER_SECOND="1000") as house:
        guess = bearer(f"salur_aaaaaaaa_{'x' * 43}")
        answers_to_guesses: list[int] = []
        while 429 not in answers_to_guesses and len(answers_to_guesses) < 200:
            answers_to_guesses.append((await house.client.get("/v1/tallies", headers=guess)).status_code)
        assert answers_to_guesses.count(401) >= 30
        assert answers_to_guesses[-1] == 429


async def test_behind_a_proxy_auditors_sign_in_too(desk: Desk) -> None:
    async with opened(desk, Binding("127.0.0.1", 8080), "https://salur.example") as house:
        assert (await house.client.get("/v1/tallies")).status_code == 401
        assert (await house.client.get("/v1/tallies", headers={"Host": "elsewhere.example"})).status_code == 421
        token = house.token("auditor:bpk-ri", "audit")
        assert (await house.client.get("/v1/tallies", headers=bearer(token))).status_code == 200


async def test_a_proxy_that_nobody_named_lets_nobody_in(desk: Desk) -> None:
    async with opened(desk, Binding("127.0.0.1", 8080), "http://127.0.0.1:8080") as house:
        assert (await house.client.get("/v1/tallies")).status_code == 200
        for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"):
            answer = await house.client.get("/v1/tallies", headers={name: "for=192.0.2.7"})
            assert (answer.status_code, "SALUR_WEB_URL" in answer.json()["detail"]) == (401, True)
        assert [reader for reader, *_ in house.reads()] == ["local"]


async def test_an_answer_whose_line_cannot_be_kept_is_not_given(house: House) -> None:
    house.desk.book(masks("one", 5))
    token = house.token("auditor:bpk-ri", "audit")
    engine = open_read_log(house.url)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE read_log RENAME TO elsewhere"))
    for path in ("/v1/tallies", "/v1/tallies?format=csv", "/en/"):
        answer = await house.client.get(path, headers=bearer(token))
        assert (answer.status_code, "masker" in answer.text) == (503, False), path
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO read_log"))
    assert (await house.client.get("/v1/tallies", headers=bearer(token))).status_code == 200
    engine.dispose()


@pytest.mark.parametrize(
    "password", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"nothing").decode(), "Basic " + base64.b64encode(b"\xff:\xff").decode()]
)
def test_a_password_that_is_none_opens_nothing(password: str) -> None:
    assert as_bearer(password) in {None, "Bearer ", password}


def test_the_name_given_with_a_password_counts_for_nothing() -> None:
    assert as_bearer(basic("salur_x")["Authorization"]) == "Bearer salur_x"
    assert as_bearer("Bearer salur_x") == "Bearer salur_x"
    assert as_bearer(None) is None
