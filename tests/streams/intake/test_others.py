"""A partner can neither send nor read for another, whatever it puts into source, ids, paths, tokens or headers."""

import hashlib
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from models.access import SCOPES
from tests.consumers.ledger.desk import as_bytes, masks, wire
from tests.streams.intake.house import JSON_TYPE, Client, House, codes, source_of

OWN, OTHER = "kdei-taipei", "pos"
WRONG = [("/source", "rjct.wrong_source")]

Written = dict[str, Any]


def _repeated(event: Written, first: str, last: str) -> bytes:
    text = json.dumps({**event, "source": first})
    return (text[:-1] + f', "source": {json.dumps(last)}}}').encode()


SOURCES: dict[str, Callable[[Written], object]] = {
    "plainly": lambda event: {**event, "source": source_of(OTHER)},
    "escaped": lambda event: json.dumps({**event, "source": source_of(OTHER)}).replace('"urn:', '"\\u0075rn:').encode(),
    "first of two": lambda event: _repeated(event, source_of(OTHER), source_of(OWN)),
    "last of two": lambda event: _repeated(event, source_of(OWN), source_of(OTHER)),
    "with its own behind": lambda event: {**event, "source": f"{source_of(OTHER)}|{source_of(OWN)}"},
    "with its own in front": lambda event: {**event, "source": f"{source_of(OWN)}/../{OTHER}"},
    "in capitals": lambda event: {**event, "source": source_of(OTHER).upper()},
    "with a NUL": lambda event: {**event, "source": f"{source_of(OWN)}\0{OTHER}"},
    "with a blank": lambda event: {**event, "source": f"{source_of(OTHER)} "},
    "as a list": lambda event: {**event, "source": [source_of(OTHER)]},
    "as nothing": lambda event: {**event, "source": None},
    "not at all": lambda event: {name: value for name, value in event.items() if name != "source"},
    "below data": lambda event: {**event, "source": source_of(OTHER), "data": {**event["data"], "source": source_of(OWN)}},
    "as another member": lambda event: {**event, "Source": source_of(OWN), "source": source_of(OTHER)},
}
HEADERS: dict[str, dict[str, str]] = {
    "none": {},
    "of CloudEvents": {"ce-source": source_of(OWN), "ce_source": source_of(OTHER), "ce-id": "x", "ce-specversion": "1.0", "ce-type": "x"},
    "of proxies": {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Forwarded-User": OTHER, "X-Remote-User": OTHER, "Remote-User": OTHER},
    "of other addresses": {"X-Original-URL": "/v1/events/m-1", "X-HTTP-Method-Override": "PUT", "Host": "elsewhere.test"},
    "of partners": {"X-Partner": OTHER, "X-Salur-Partner": OTHER, "Cookie": f"partner={OTHER}"},
}


async def test_no_event_of_another_goes_in(house: House) -> None:
    """Every way to write a source, with every kind of header, alone and in a batch."""
    own = house.partner(OWN)
    for how, headers in itertools.product(SOURCES, HEADERS):
        event = SOURCES[how](masks("m-1"))
        single = await own.send(event, **HEADERS[headers])
        assert single.status_code in {403, 422}, (how, headers)
        in_batch = await own.send_batch(b"[" + (as_bytes(event) or b"") + b"]", **HEADERS[headers])
        assert [result["status"] for result in in_batch.json()["results"]] == [single.status_code], (how, headers)
    assert house.log.taken == []


@pytest.mark.parametrize("headers", HEADERS)
async def test_headers_do_not_turn_an_own_event_into_anothers(house: House, headers: str) -> None:
    sent = await house.partner(OWN).send(masks("m-1"), **HEADERS[headers])
    assert (sent.status_code, sent.json()["source"]) == (202, source_of(OWN))
    assert sent.json()["status_url"].startswith("http://intake.test/")


async def test_a_foreign_source_is_all_that_is_said_of_a_foreign_event(house: House) -> None:
    own, other = house.partner(OWN), house.partner(OTHER)
    event = masks("m-1", -7, partner=OTHER, country="XX")
    booked = wire("annotation", {}, event_id="p-1", partner=OTHER)
    await other.send({**masks("p-2", partner=OTHER), "data": {}})
    house.desk.book(masks("taken", partner=OTHER))
    answers = [await own.send(one) for one in (event, booked, masks("taken", partner=OTHER), masks("taken", 5, partner=OTHER))]
    assert [answer.status_code for answer in answers] == [403] * 4
    # Neither that something is wrong with it, nor that the id is taken.
    assert all(codes(answer.json()) == WRONG for answer in answers)
    assert len({json.dumps({**answer.json(), "correlation_id": ""}) for answer in answers}) == 1


@pytest.mark.parametrize("verdict", ["accepted", "rejected", "held", "conflict"])
async def test_what_became_of_anothers_event_is_not_to_be_had(house: House, verdict: str) -> None:
    own, other = house.partner(OWN), house.partner(OTHER)
    event = wire("disbursement.sent", {"programme": "bsu", "country": "ID", "lines": [_line()]}, event_id="secret", partner=OTHER)
    match verdict:
        case "rejected":
            house.desk.book({**event, "data": {}})
        case "held":
            house.desk.book(wire("event.reversed", {"original": "x", "reason": "entered_twice"}, event_id="secret", partner=OTHER))
        case "conflict":
            house.desk.book(event, {**event, "data": {**event["data"], "lines": [_line(payments=9)]}})
        case _:
            house.desk.book(event)
    assert (await other.status("secret")).status_code == 200
    never_there = await own.status("never-there")
    for path in PATHS:
        answer = await own.request("GET", path, headers=HEADERS["of partners"])
        assert answer.status_code == 404, path
    assert _bare(await own.status("secret")) == _bare(never_there)


PATHS = (
    "/v1/events/secret",
    "/v1/events/urn:salur:partner:pos|secret",
    "/v1/events/pos/secret",
    "/v1/events/secret?source=urn:salur:partner:pos&partner=pos",
    "/v1/events/secret%00",
    "/v1/events/kdei-taipei/../secret",
    "/v1/events/secret%20",
    "/v1/partners/pos/events/secret",
)


async def test_two_partners_may_use_one_id_and_each_sees_its_own(house: House) -> None:
    own, other = house.partner(OWN), house.partner("kjri-hong-kong")
    await own.send(masks("m-1", 5))
    await other.send(masks("m-1", 7, partner="kjri-hong-kong", country="HK"))
    house.desk.book_next()
    seen = [(await one.status("m-1")).json() for one in (own, other)]
    assert [one["source"] for one in seen] == [source_of(OWN), source_of("kjri-hong-kong")]
    assert [{moved["change"] for moved in one["tallies"] if moved["table"] == "distributions"} for one in seen] == [{"5"}, {"7"}]


class TestTokens:
    async def test_a_stranger_learns_nothing(self, house: House) -> None:
        house.desk.book(masks("m-1"))
        stranger = Client(house)
        for answer in (await stranger.send(masks("m-1")), await stranger.send(b"no json"), await stranger.send_batch([]), await stranger.status("m-1")):
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="salur"')
            assert "errors" not in answer.json()

    async def test_only_the_whole_token_opens(self, house: House) -> None:
        token, others = house.token(OWN), house.token(OTHER)
        head, prefix, secret = token.split("_", 2)
        other_secret = others.split("_", 2)[2]
        wrong = [
            "",
            "x",
            prefix,
            token[:-1],
            token + "A",
            token.upper(),
            f"{head}_{prefix}_{other_secret}",
            f"{head}_{prefix}_{'A' * 43}",
            f"{head}_aaaaaaaa_{secret}",
            hashlib.sha256(token.encode()).hexdigest(),
            f"{token} {others}",
            "' OR 1=1 --",
        ]
        for number, text in enumerate(wrong):
            answer = await Client(house, address=f"10.1.0.{number}").request(
                "POST", "/v1/events", headers={**JSON_TYPE, "Authorization": f"Bearer {text}"}, content=b""
            )
            assert answer.status_code == 401, text
        for scheme in ("Basic", "Token", ""):
            answer = await Client(house, address="10.2.0.1").request(
                "POST", "/v1/events", headers={**JSON_TYPE, "Authorization": f"{scheme} {token}".strip()}, content=b""
            )
            assert answer.status_code == 401, scheme
        assert (await Client(house, token).send(masks("m-1"))).status_code == 202

    async def test_a_token_in_an_address_or_a_cookie_opens_nothing(self, house: House) -> None:
        token = house.token(OWN)
        stranger = Client(house)
        for path, headers in [
            (f"/v1/events?token={token}", {}),
            (f"/v1/events?access_token={token}", {}),
            ("/v1/events", {"Cookie": f"token={token}"}),
            ("/v1/events", {"X-Api-Key": token}),
        ]:
            answer = await stranger.request("POST", path, content=as_bytes(masks("m-1")), headers={**JSON_TYPE, **headers})
            assert answer.status_code == 401

    async def test_a_revoked_token_is_refused_at_once(self, house: House) -> None:
        own = house.partner(OWN)
        assert (await own.send(masks("m-1"))).status_code == 202
        house.revoke(own.token)
        assert [(await own.send(masks("m-2"))).status_code, (await own.status("m-1")).status_code] == [401, 401]
        assert (await house.partner(OWN).send(masks("m-2"))).status_code == 202

    async def test_a_token_ends_when_it_was_said_to(self, house: House) -> None:
        own = house.partner(OWN, expires_at=house.now + 1000)
        assert (await own.send(masks("m-1"))).status_code == 202
        house.now += 1000
        assert (await own.send(masks("m-2"))).status_code == 401

    @pytest.mark.parametrize("scope", SCOPES)
    async def test_a_token_allows_only_what_it_was_made_for(self, house: House, scope: str) -> None:
        house.desk.book(masks("m-1"))
        own = house.partner(OWN, scopes=[scope])
        publishing, reading = (202, 403) if scope == "publish" else (403, 200)
        assert (await own.send(masks("m-2"))).status_code == publishing
        assert (await own.send_batch([masks("m-3")])).status_code == publishing
        assert (await own.status("m-1")).status_code == reading

    async def test_while_its_database_is_away_a_token_that_was_good_stays_good_and_no_other_becomes_it(self, house: House) -> None:
        own, unused = house.partner(OWN), house.partner(OWN)
        assert (await own.send(masks("m-1"))).status_code == 202
        house.switch.is_away = True
        assert (await own.send(masks("m-2"))).status_code == 202
        unknown = await unused.send(masks("m-3"))
        assert (unknown.status_code, "retry-after" in unknown.headers) == (503, True)
        forged = own.token[:-4] + ("AAAA" if not own.token.endswith("AAAA") else "BBBB")
        assert (await Client(house, forged).send(masks("m-4"))).status_code == 401


def _line(*, payments: int = 10) -> dict[str, object]:
    return {"line": 1, "payments": payments, "amount": "12000000", "currency": "IDR"}


def _bare(answer: Any) -> dict[str, Any]:
    return {**answer.json(), "correlation_id": ""}
