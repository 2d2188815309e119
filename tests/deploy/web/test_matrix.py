"""A partner can neither read nor send for another, at any address that is served: whatever it puts into paths, questions, headers, cookies and tokens.

The addresses are those of the application itself, so one that is added is tried from then on.
"""

import base64
import hashlib
import itertools
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from consumers import access, uploads
from consumers.database import open_database, open_for_reading
from deploy.web.binding import Binding
from deploy.web.ledger_port import AccessPort, LedgerPort
from deploy.workers.web import whole_application
from models.access import PREFIX_BYTES, SCOPES, SECRET_BYTES, new_token
from models.uploads import Counts, Upload, UploadedEvent, upload_id
from tests.consumers.ledger.desk import Desk, as_bytes, masks, reversal
from tests.streams.intake.house import DeskLog, source_of
from tests.streams.kobo.forms import EXAMPLE, submission

BASE = "https://salur.example"
EXPOSED = Binding("0.0.0.0", 8443, "/certificate", "/key")
OWN, OTHER = "kdei-taipei", "kjri-hong-kong"
TEXT, QUANTITY = "rahasia-mitra-lain", 7_654_321
MARKS = (TEXT, str(QUANTITY), "7,654,321", "7.654.321")
"""What stands in the other's events, and in no request."""
HEADER = "kunci,jenis,source,mitra,tanggal,program,negara,bantuan,jumlah,satuan"
SHEET = f"{HEADER}\nforged,distribution.recorded,{OTHER},{OTHER},2020-05-03,bantuan-pmi,HK,masker,1,piece\n".encode()
FILE = b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="isi.csv"\r\n\r\n' + SHEET + b"\r\n--xyz--\r\n"
IDS = ("secret-1", "secret-refused", "secret-held")
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": BASE, "Sec-Fetch-Site": "same-origin"}

UPLOAD = upload_id(OTHER, "", bytes(32))
"""A file that the other uploaded."""

HEADERS: dict[str, dict[str, str]] = {
    "none": {},
    "of proxies": {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1;host=localhost", "X-Forwarded-Host": "localhost", "X-Real-IP": "127.0.0.1"},
    "of users": {"X-Forwarded-User": OTHER, "X-Remote-User": OTHER, "Remote-User": OTHER, "X-Partner": OTHER, "X-Salur-Partner": OTHER},
    "of other addresses": {"X-Original-URL": f"/v1/events/{IDS[0]}", "X-Rewrite-URL": f"/v1/partners/{OTHER}/events/{IDS[0]}", "X-HTTP-Method-Override": "GET"},
    "of a loopback host": {"Host": "localhost"},
}
QUESTIONS = ("", f"?partner={OTHER}&source={source_of(OTHER)}&simulated=yes", f"?partner={OWN}&partner={OTHER}&format=csv&limit=500")
NAMES: dict[str, tuple[str, ...]] = {
    "event_id": (*IDS, f"{OTHER}/{IDS[0]}", f"{source_of(OTHER)}|{IDS[0]}", f"..%2f{OTHER}%2f{IDS[0]}"),
    "partner": (OTHER,),
    "code": (OTHER, "HK", "masker"),
    "decision": ("1", "2", "3", "4"),
    "number": ("1",),
    "name": ("theirs", "tallies.json", "entries.csv"),
    "statement": ("secret-1",),
    "short": ("distribution.recorded",),
    "upload": (UPLOAD,),
    "rest": (f"partners/{OTHER}/events/{IDS[0]}", f"partner/{OTHER}"),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    desk = Desk(engine)
    data = {"activity": TEXT}
    desk.book(
        masks(IDS[0], QUANTITY, partner=OTHER, country="HK", data=data),
        masks(IDS[1], -QUANTITY, partner=OTHER, country="HK", data=data),
        {**reversal(IDS[2], "never", partner=OTHER), "data": {"original": "never", "reason": TEXT}},
        masks("own", 5, partner=OWN),
    )
    theirs = Upload(
        id=UPLOAD, partner=OTHER, name=f"{TEXT}.xlsx", sha256=bytes(32), type="", mode="good-rows", state="done", first_at=1, last_at=1, counts=Counts(sent=1)
    )
    with engine.begin() as connection:
        uploads.note(connection, theirs, comes_again=True)
        uploads.note_events(connection, UPLOAD, [UploadedEvent(1, 2, IDS[0], bytes(32))])
    yield desk
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "kobo"
    folder.mkdir()
    (folder / "theirs.toml").write_text(EXAMPLE.replace(f'"{OWN}"', f'"{OTHER}"', 1))
    return folder


@pytest.fixture
def log(desk: Desk) -> DeskLog:
    return DeskLog(desk)


@pytest.fixture
def app(desk: Desk, log: DeskLog, folder: Path) -> Iterator[Litestar]:
    """Everything that is served, as others reach it over TLS."""
    url = desk.engine.url.render_as_string(hide_password=False)
    reading = open_for_reading(url)
    environ = {"SALUR_DATABASE_URL": url, "SALUR_KOBO_MAPPINGS": str(folder), "SALUR_WEB_READS_PER_SECOND": "10000"}
    yield whole_application(environ, EXPOSED, BASE, kafka=log, ledger=LedgerPort(reading), grants=AccessPort(reading))
    reading.dispose()


def token(desk: Desk, partner: str) -> str:
    made = new_token(hashlib.sha512(partner.encode()).digest()[: PREFIX_BYTES + SECRET_BYTES])
    with desk.engine.begin() as connection:
        access.admit(connection, partner, now=1)
        access.keep(connection, made, partner=partner, scopes=SCOPES, now=1, expires_at=None)
    return made.text


async def entered(app: Any, desk: Desk) -> dict[str, httpx.AsyncClient]:
    """Return everybody who is not the other partner: each with its way to say who it is."""
    own, theirs = token(desk, OWN), token(desk, OTHER)
    mixed = f"{theirs.rpartition('_')[0]}_{own.rpartition('_')[2]}"
    basic = base64.b64encode(f"{OTHER}:{own}".encode()).decode()
    said = {
        "a stranger": {},
        "its own token": {"Authorization": f"Bearer {own}"},
        "its own token as a password, under the other's name": {"Authorization": f"Basic {basic}"},
        "the other's prefix with its own secret": {"Authorization": f"Bearer {mixed}"},
        "the hash of the other's token": {"Authorization": f"Bearer {hashlib.sha256(theirs.encode()).hexdigest()}"},
        "a cookie with the other's name": {"Cookie": f"partner={OTHER}; salur-session={OTHER}"},
    }

    def client(number: int, headers: dict[str, str]) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, client=(f"10.0.{number}.1", 1), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    clients = {how: client(number, headers) for number, (how, headers) in enumerate(said.items())}
    signed = clients["its own session"] = client(99, {})
    answer = await signed.post("/en/mitra/sign-in", content=f"token={own}".encode(), headers=FORM)
    assert answer.status_code == 303, answer.text[:300]
    return clients


@pytest.fixture
async def visitors(app: Litestar, desk: Desk) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    clients = await entered(app, desk)
    yield clients
    for client in clients.values():
        await client.aclose()


def addresses(app: Litestar, method: str) -> list[str]:
    """Return every address that takes a method, with what belongs to the other partner in the place of each name."""
    found: list[str] = []
    for route in app.routes:
        if method not in getattr(route, "methods", ()):
            continue
        names = re.findall(r"\{([a-z_]+):[a-z]+\}", route.path)
        assert set(names) <= NAMES.keys(), f"{route.path}: say what belongs to another partner there"
        parts = re.split(r"\{[a-z_]+:[a-z]+\}", route.path)
        filled = itertools.product(*(NAMES[name] for name in names))
        found += ["".join(part + value for part, value in itertools.zip_longest(parts, values, fillvalue="")) for values in filled]
    return found


def leaks(answer: httpx.Response) -> list[str]:
    """Return what of the other partner's stands in an answer, and was not in the question."""
    said = answer.text + str(dict(answer.headers))
    asked = str(answer.request.url)
    return [mark for mark in (*MARKS, *IDS) if mark in said and mark not in asked and not any(name in asked for name in IDS if name == mark)]


@pytest.mark.timeout(300)
async def test_nothing_of_another_partner_is_read_at_any_address(app: Litestar, visitors: dict[str, httpx.AsyncClient]) -> None:
    tried = 0
    for path in addresses(app, "GET"):
        for how, client in visitors.items():
            # Every header with the ways that open something; the others open nothing, whatever they say besides.
            more = HEADERS if how in {"its own token", "its own session"} else {"none": {}}
            for (what, headers), question in itertools.product(more.items(), QUESTIONS):
                answer = await client.get(path + question, headers=headers)
                tried += 1
                assert answer.status_code < 500, (path, how, what, answer.text[:300])
                assert leaks(answer) == [], (path, question, how, what, answer.status_code)
    assert tried > 2_000


async def test_the_other_partner_itself_reads_all_of_it(app: Any, desk: Desk) -> None:
    """Or the marks that are looked for above would be in no answer at all."""
    headers = {"Authorization": f"Bearer {token(desk, OTHER)}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE, headers=headers) as client:
        assert str(QUANTITY) in (await client.get(f"/v1/events/{IDS[0]}")).text
        assert [(await client.get(f"/v1/events/{one}")).json()["verdict"] for one in IDS] == ["accepted", "rejected", "held"]
        assert TEXT in (await client.get(f"/v1/uploads/{UPLOAD}")).text


async def test_nothing_is_sent_for_another_partner_at_any_address(app: Litestar, log: DeskLog, visitors: dict[str, httpx.AsyncClient]) -> None:
    forged = as_bytes(masks("forged", 1, partner=OTHER, country="HK")) or b""
    bodies = {
        "application/cloudevents+json": forged,
        "application/cloudevents-batch+json": b"[" + forged + b"]",
        "application/x-ndjson": forged,
        "application/json": json.dumps({**submission(), "source": source_of(OTHER)}).encode(),
        "text/csv": SHEET,
        "multipart/form-data; boundary=xyz": FILE,
        "application/x-www-form-urlencoded": f"partner={OTHER}&source={source_of(OTHER)}&id=forged&event={IDS[0]}".encode(),
    }
    for path in addresses(app, "POST"):
        if path.endswith(("/sign-in", "/sign-out")):
            continue
        for (how, client), (kind, body), headers in itertools.product(visitors.items(), bodies.items(), HEADERS.values()):
            told = {**headers, "Content-Type": kind, "Origin": BASE, "Sec-Fetch-Site": "same-origin"}
            answer = await client.post(f"{path}?partner={OTHER}", content=body, headers=told)
            # 503 is how KoboToolbox is told of too many tries without a token.
            assert answer.status_code < 500 or answer.status_code == 503, (path, how, kind, answer.text[:300])
            assert leaks(answer) == [], (path, how, kind)
    assert [record for record in log.taken if OTHER.encode() in record.value] == []


async def test_other_methods_open_nothing(app: Litestar, visitors: dict[str, httpx.AsyncClient]) -> None:
    for path, method in itertools.product(addresses(app, "GET")[::7], ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT")):
        answer = await visitors["its own token"].request(method, path)
        assert 400 <= answer.status_code < 500, (method, path, answer.status_code)
        assert leaks(answer) == []
