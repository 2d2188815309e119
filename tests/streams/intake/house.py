"""The intake in this process: a real ledger on SQLite behind it, a log that does what a test says, partners with tokens.

Every answer is held against the served description: an answer that it does not document fails the test.
"""

import asyncio
import functools
import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import sqlalchemy as sa

from consumers import access
from consumers.database import open_for_reading
from deploy.web.ledger_port import AccessPort, LedgerPort
from models.access import PREFIX_BYTES, SCOPES, SECRET_BYTES, Grant, new_token
from models.errors import Unreachable
from models.events.envelope import SOURCE_PREFIX
from models.receipts import Asked, Seen, Status
from models.topics import EVENTS
from models.uploads import Standing
from streams.intake.application import application
from streams.intake.openapi import description
from streams.intake.ports import Outgoing, Place
from streams.kobo import routes as kobo
from streams.kobo.folder import Mappings
from streams.kobo.submission import submission_codes
from tests.consumers.ledger.desk import RECEIVED_AT, Desk, as_bytes

BASE = "http://intake.test"
NOW = RECEIVED_AT
DESCRIBED = description(BASE)
SHAPES = (
    (re.compile(r"/v1/events"), "/v1/events"),
    (re.compile(r"/v1/events:batch"), "/v1/events:batch"),
    (re.compile(r"/v1/events/.+"), "/v1/events/{id}"),
    (re.compile(r"/v1/kobo/.+"), "/v1/kobo/{mapping}"),
    (re.compile(r"/v1/uploads"), "/v1/uploads"),
    (re.compile(r"/v1/uploads/[^/]+"), "/v1/uploads/{upload}"),
    (re.compile(r"/v1/uploads/[^/]+/annotated"), "/v1/uploads/{upload}/annotated"),
    (re.compile(r"/v1/uploads/[^/]+/receipts"), "/v1/uploads/{upload}/receipts"),
    (re.compile(r"/v1/uploads/[^/]+/reversals"), "/v1/uploads/{upload}/reversals"),
)
JSON_TYPE = {"Content-Type": "application/cloudevents+json"}


class DeskLog:
    """A log that is the ledger's inbox. ``answers`` is cleared to make Kafka fall silent; ``open_gate`` is cleared to keep it waiting."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.answers = True
        self.open_gate = asyncio.Event()
        self.open_gate.set()
        self.taken: list[Outgoing] = []

    @property
    def is_connected(self) -> bool:
        return self.answers

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def append(self, records: Sequence[Outgoing]) -> list[Place | None]:
        await self.open_gate.wait()
        if not self.answers:
            return [None] * len(records)
        places: list[Place | None] = []
        for record in records:
            self.taken.append(record)
            self.desk.inbox.put(record.value)
            places.append(Place(EVENTS, 0, self.desk.inbox.ends[EVENTS, 0] - 1))
        return places


class Switch:
    """Ledger and grants that can be made unreachable."""

    def __init__(self, ledger: LedgerPort, grants: AccessPort) -> None:
        self._ledger = ledger
        self._grants = grants
        self.is_away = False

    def look(self, asked: Sequence[Asked]) -> Seen:
        self._refuse()
        return self._ledger.look(asked)

    def status(self, source: str, event_id: str) -> Status | None:
        self._refuse()
        return self._ledger.status(source, event_id)

    def standings(self, source: str, event_ids: Sequence[str]) -> list[Standing | None]:
        self._refuse()
        return self._ledger.standings(source, event_ids)

    def grants(self, prefixes: Collection[str]) -> Mapping[str, Grant]:
        self._refuse()
        return self._grants.grants(prefixes)

    def _refuse(self) -> None:
        if self.is_away:
            raise Unreachable("the database is away")


class House:
    """One intake with everything behind it."""

    def __init__(self, engine: sa.Engine, *, requests_per_second: float = 10_000, mappings: Path | None = None) -> None:
        self.desk = Desk(engine)
        self.reading = open_for_reading(engine.url.render_as_string(hide_password=False))
        self.log = DeskLog(self.desk)
        self.switch = Switch(LedgerPort(self.reading), AccessPort(self.reading))
        self.now = NOW
        self.app = application(
            kafka=self.log,
            ledger=self.switch,
            access=self.switch,
            base_url=BASE,
            requests_per_second=requests_per_second,
            clock=lambda: self.now,
            kinds_of_others=submission_codes(),
            beside=lambda intake, door: [kobo.router(intake, door, find=Mappings(mappings or Path("nowhere")).find, base_url=BASE)],
        )
        self._tokens = 0

    def token(self, partner: str, *, scopes: Collection[str] = SCOPES, expires_at: int | None = None) -> str:
        """Give a partner a new token."""
        self._tokens += 1
        made = new_token(hashlib.sha512(str(self._tokens).encode()).digest()[: PREFIX_BYTES + SECRET_BYTES])
        with self.desk.engine.begin() as connection:
            access.admit(connection, partner, now=self.now)
            access.keep(connection, made, partner=partner, scopes=scopes, now=self.now, expires_at=expires_at)
        return made.text

    def revoke(self, token: str) -> None:
        """Revoke a token."""
        with self.desk.engine.begin() as connection:
            access.revoke(connection, prefix=token.split("_")[1], now=self.now)

    def partner(self, code: str, *, address: str = "10.0.0.1", **token: Any) -> "Client":
        """Return a client that signs in as a partner."""
        return Client(self, self.token(code, **token), address=address)

    def close(self) -> None:
        self.reading.dispose()


class Client:
    """A partner's program; without a token a stranger's."""

    def __init__(self, house: House, token: str = "", *, address: str = "10.0.0.1") -> None:
        self.token = token
        # Two descriptions of one interface, ASGI, which mypy cannot see to be the same.
        app: Any = house.app
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        self._http = httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Authorization": f"Bearer {token}"} if token else {})

    async def send(self, event: object, **headers: str) -> httpx.Response:
        """Send one event."""
        return documented(await self._http.post("/v1/events", content=as_bytes(event) or b"", headers={**JSON_TYPE, **_named(headers)}))

    async def send_batch(self, body: object, *, content_type: str = "application/cloudevents-batch+json", **headers: str) -> httpx.Response:
        """Send many events, as a list or as ready bytes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return documented(await self._http.post("/v1/events:batch", content=content, headers={"Content-Type": content_type, **_named(headers)}))

    async def submit(self, mapping: str, submission: object, **headers: str) -> httpx.Response:
        """Send a submission of a form."""
        content = submission if isinstance(submission, bytes) else json.dumps(submission).encode()
        given = {"Content-Type": "application/json", **_named(headers)}
        return documented(await self._http.post(f"/v1/kobo/{mapping}", content=content, headers=given))

    async def status(self, event_id: str, **headers: str) -> httpx.Response:
        """Ask what became of an event."""
        quoted = httpx.URL(BASE).copy_with(raw_path=b"/v1/events/" + _quoted(event_id))
        return documented(await self._http.get(quoted, headers=_named(headers)))

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send anything."""
        return await self._http.request(method, path, **more)


def documented(response: httpx.Response) -> httpx.Response:
    """Assert that the description has this answer, and that it is an answer of ours."""
    request = response.request
    path = next(name for shape, name in SHAPES if shape.fullmatch(request.url.path))
    answers = DESCRIBED["paths"][path][request.method.lower()]["responses"]
    assert str(response.status_code) in answers, f"{request.method} {path} → {response.status_code} is not documented"
    content_type = response.headers["content-type"].partition("; charset")[0]
    assert content_type in answers[str(response.status_code)]["content"], content_type
    schema = answers[str(response.status_code)]["content"][content_type]["schema"]
    if "$ref" in schema:
        _validator(schema["$ref"]).validate(response.json())
    if response.status_code >= 400:
        assert response.json()["correlation_id"] == response.headers["x-correlation-id"]
        assert response.json()["status"] == response.status_code
    return response


@functools.cache
def _validator(reference: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": reference, "components": DESCRIBED["components"]})


def source_of(partner: str) -> str:
    return SOURCE_PREFIX + partner


def codes(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return pointer and code of every error of a problem."""
    return [(error["pointer"], error["code"]) for error in answer["errors"]]


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _quoted(event_id: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in event_id.encode()).encode()
