"""How notices go out: signed calls to addresses that may be called, and mails, held against a real server of each."""

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from consumers.notices import sending
from consumers.notices.addresses import is_public, read_address
from consumers.notices.sending import Mail, MailServer, NotTaken, Webhook, read_mail_address
from consumers.notices.targets import Target
from models.errors import ConfigurationError
from models.notices import STATES, Notice, Told, as_json, notice_of, secret_text
from models.reasons import Violation
from tests.consumers.notices.receivers import Hooked, hooked

SECRET = bytes(range(32))
BASE = "https://salur.example"


def notice(*, events: int = 1) -> Notice:
    told = [Told(number, STATES[number % 3], f"event-{number}", "salur.distribution.recorded.v1", waits_for="x") for number in range(events)]
    told.append(Told(99, "rejected", "", "", (Violation("rjct.unknown_item", "/data/lines/0/item", closest="masker"),)))
    return notice_of(7, "kdei-taipei", 1, 99, told, most=50)


def target(address: str, **changes: Any) -> Target:
    fields = {"target": 7, "partner": "kdei-taipei", "channel": "webhook", "address": address, "language": "id", "secret": SECRET, "may_be_private": True}
    state = {"every_ms": 1, "added_at": 1, "removed_at": None, "position": 0, "pending": 99, "claimed_until": 0, "next_at": 0, "failures": 0}
    return Target(**{**fields, **state, "failing_since": None, "paused_at": None, "last_error": "", "told_at": None, **changes})


@pytest.fixture
def hook() -> Iterator[Hooked]:
    with hooked() as found:
        yield found


def call(address: str, **changes: Any) -> None:
    body = json.dumps(as_json(notice(), "id", base_url=BASE)).encode()
    Webhook().send(target(address, **changes), notice(), body, now_seconds=1_700_000_000)


def test_a_call_is_signed_as_standard_webhooks_says(hook: Hooked) -> None:
    address, calls = hook
    call(f"{address}/taken?a=b")
    ((path, headers, body),) = calls
    assert (path, headers["content-type"], headers["webhook-id"], headers["webhook-timestamp"]) == (
        "/taken?a=b",
        "application/json",
        "notice-7-99",
        "1700000000",
    )
    # As a receiver checks it, with nothing of ours but the secret that it was shown.
    secret = base64.b64decode(secret_text(SECRET).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert json.loads(body)["data"]["events"][1]["reasons"][0]["type"] == "https://salur.example/problems/rjct.unknown_item"


@pytest.mark.parametrize(("path", "why"), [("/500", "answered with 500"), ("/401", "answered with 401"), ("/elsewhere", "answered with 302")])
def test_only_2xx_is_taken_and_nothing_is_followed(hook: Hooked, path: str, why: str) -> None:
    address, calls = hook
    with pytest.raises(NotTaken, match=why) as refused:
        call(address + path)
    assert not refused.value.for_good
    assert [path for path, _, _ in calls] == [path]


def test_gone_is_for_good(hook: Hooked) -> None:
    with pytest.raises(NotTaken) as refused:
        call(f"{hook[0]}/410")
    assert refused.value.for_good


def test_who_answers_byte_by_byte_keeps_nobody(hook: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WHOLE_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(NotTaken):
        call(f"{hook[0]}/slow")
    assert time.monotonic() - began < 5


def test_nobody_there_is_not_taken() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(NotTaken):
            call(f"http://127.0.0.1:{held.getsockname()[1]}/x")


WRONG = (
    "ftp://example.org/",
    "http://example.org/",
    "https://",
    "https://user:password@example.org/",
    "https://example.org/#x",
    "https://example.org:99999/",
    "https://exa mple.org/",
    "https://bücher.example/",
    "javascript:alert(1)",
    "//example.org",
    "https://127.0.0.1/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fd00::1]/",
    "http://localhost/",
)


@pytest.mark.parametrize("address", WRONG)
def test_an_address_that_must_not_be_called_is_refused_when_it_is_given(address: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_address(address, may_be_private=False)
    assert refused.value.hint


def test_whoever_runs_salur_may_allow_what_only_this_machine_reaches() -> None:
    assert read_address("http://127.0.0.1:8080/x?y", may_be_private=True) == (False, "127.0.0.1", 8080, "/x?y")
    assert read_address("https://10.1.2.3", may_be_private=True) == (True, "10.1.2.3", 443, "/")
    with pytest.raises(ConfigurationError):
        read_address("http://10.1.2.3/", may_be_private=True)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"], ["169.254.169.254"], ["2002:7f00:1::"], ["224.0.0.1"], ["0.0.0.0"]])
def test_a_name_that_leads_inside_is_not_called(found: list[str]) -> None:
    """Each time before it is called: what it led to when it was given says nothing."""
    with pytest.raises(NotTaken, match="not an address of the public internet"):
        Webhook(resolve=lambda _host, _port: found).send(target("https://partner.example/x", may_be_private=False), notice(), b"{}", now_seconds=1)


def test_what_is_public() -> None:
    assert [is_public(ipaddress.ip_address(one)) for one in ("93.184.216.34", "2606:4700::1", "::ffff:93.184.216.34", "100.64.0.1", "198.18.0.1")] == [
        True,
        True,
        True,
        False,
        False,
    ]


class Box:
    """Keeps the mails that a server was given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = ""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - the library's name
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[Box, MailServer]]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, MailServer("127.0.0.1", port, "none", "", "", "salur@example.org")
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("language", "subject"),
    [("id", "Salur, kdei-taipei: 2 ditolak, 1 bertentangan, 1 tertunda"), ("en", "Salur, kdei-taipei: 2 rejected, 1 in conflict, 1 held")],
)
def test_a_mail_says_it_in_the_partners_language(language: str, subject: str) -> None:
    with mail_server() as (box, server):
        for _ in range(2):
            Mail(server, base_url=BASE).send(target("lapor@partner.example", channel="mail", language=language), notice(events=3), b"", now_seconds=1)
    first, again = box.mails
    assert (first["subject"], first["to"], first["from"], first["auto-submitted"]) == (subject, "lapor@partner.example", "salur@example.org", "auto-generated")
    assert first["message-id"] == again["message-id"]
    text = first.get_content()
    assert "event-1" in text
    assert "masker?" in text
    assert f"https://salur.example/{language}/mitra" in text


def test_a_mail_that_the_server_does_not_take_is_tried_again_later() -> None:
    with mail_server() as (box, server):
        box.refuses = "450 later"
        with pytest.raises(NotTaken, match="450"):
            Mail(server, base_url=BASE).send(target("lapor@partner.example", channel="mail"), notice(), b"", now_seconds=1)
        with pytest.raises(NotTaken):
            Mail(server._replace(security="starttls"), base_url=BASE).send(target("lapor@partner.example", channel="mail"), notice(), b"", now_seconds=1)
    with pytest.raises(NotTaken):
        Mail(server, base_url=BASE).send(target("lapor@partner.example", channel="mail"), notice(), b"", now_seconds=1)
    with pytest.raises(NotTaken, match="SALUR_SMTP_HOST"):
        Mail(None, base_url=BASE).send(target("lapor@partner.example", channel="mail"), notice(), b"", now_seconds=1)


@pytest.mark.parametrize(
    "address", ["", "x", "@example.org", "x@", "x@y", "a@b.c, d@e.f", "Nama <a@b.c>", "a@b.c\nBcc: d@e.f", "a b@c.d", "ä@b.c", "a@" + "b" * 260 + ".c"]
)
def test_what_is_no_mail_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError):
        read_mail_address(address)
    assert read_mail_address("pelaporan+salur@example.org")
