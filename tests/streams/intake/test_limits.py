"""What is too much, too deep, too slow or of another kind is refused with what would be taken, and nobody else waits for it."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from consumers.database import open_database
from models.rates import MOST_NAMES, Rates
from streams.intake import body as bodies
from streams.intake.grouped import Grouped
from streams.intake.problems import Problem
from tests.consumers.ledger.desk import as_bytes, masks
from tests.streams.intake.house import BASE, JSON_TYPE, Client, House, codes

TAIPEI = "kdei-taipei"


def padded(size: int, event_id: str = "m-1") -> bytes:
    """Return an event of so many bytes, with blanks between its members."""
    event = as_bytes(masks(event_id)) or b""
    return event[:-1] + b" " * (size - len(event)) + b"}"


async def test_an_event_may_have_a_mebibyte_and_not_a_byte_more(house: House) -> None:
    taipei = house.partner(TAIPEI)
    assert (await taipei.send(padded(bodies.EVENT_BYTES))).status_code == 202
    refused = await taipei.send(padded(bodies.EVENT_BYTES + 1))
    assert (refused.status_code, refused.json()["limit_bytes"]) == (413, bodies.EVENT_BYTES)
    assert refused.json()["type"] == f"{BASE}/problems/too-large"


async def test_a_body_without_an_announced_length_has_the_same_limit(house: House) -> None:
    taipei = house.partner(TAIPEI)
    read = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b" " * 65_536

    answer = await taipei.request("POST", "/v1/events", content=parts(), headers=JSON_TYPE)
    assert answer.status_code == 413


@pytest.mark.parametrize("announced", ["99999999999999999999999999", "1048577", "٩٩٩٩٩٩٩٩", "-1", "x", ""])
async def test_what_a_length_says_is_no_way_around_it(announced: str) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"x" * 100
        yield b"x" * 100

    read = await bodies.read_body(parts(), {"content-length": announced}, limit_bytes=150)
    assert isinstance(read, Problem)
    assert read.kind == "too-large"


async def test_a_batch_may_have_sixteen_mebibytes_and_each_event_of_it_one(house: House) -> None:
    taipei = house.partner(TAIPEI)
    many = b"\n".join(padded(bodies.EVENT_BYTES - 1, f"m-{number}") for number in range(16))
    taken = await taipei.send_batch(many, content_type="application/x-ndjson")
    assert [result["status"] for result in taken.json()["results"]] == [202] * 16
    assert (await taipei.send_batch(many + b"\n" * 17, content_type="application/x-ndjson")).status_code == 413
    large = await taipei.send_batch(padded(bodies.EVENT_BYTES + 1) + b"\n" + padded(500, "m-17"), content_type="application/x-ndjson")
    assert [result["status"] for result in large.json()["results"]] == [413, 202]


async def test_a_body_that_does_not_come_is_given_up() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    read = await bodies.read_body(never(), {}, limit_bytes=10, seconds=0.05)
    assert isinstance(read, Problem)
    assert (read.kind, read.status) == ("too-slow", 408)


async def test_deep_nesting_is_malformed(house: House) -> None:
    taipei = house.partner(TAIPEI)
    for depth in (17, 1_000, 100_000):
        event = as_bytes(masks("m-1", data={"x": 0})) or b""
        answer = await taipei.send(event.replace(b'"x": 0', b'"x": ' + b"[" * depth + b"]" * depth))
        assert answer.status_code == 422
        assert "rjct.malformed" in {code for _, code in codes(answer.json())}


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/xml", "application/cloudevents-batch+json", "application/x-ndjson", "application/json; charset=utf-16", "*/*"],
)
async def test_other_kinds_of_bodies_are_told_which_are_taken(house: House, content_type: str) -> None:
    answer = await house.partner(TAIPEI).send(masks("m-1"), Content_Type=content_type)
    assert (answer.status_code, answer.json()["supported"]) == (415, ["application/cloudevents+json", "application/json"])


async def test_a_compressed_body_is_not_opened(house: House) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    answer = await house.partner(TAIPEI).send(bomb, Content_Encoding="gzip")
    assert answer.status_code == 415


async def test_one_event_is_not_taken_for_many_nor_many_for_one(house: House) -> None:
    taipei = house.partner(TAIPEI)
    assert (await taipei.send(json.dumps([masks("m-1")]).encode(), Content_Type="application/json")).status_code == 422
    assert (await taipei.send_batch(as_bytes(masks("m-1")) or b"", content_type="application/json")).status_code == 400
    assert (await taipei.send_batch([], content_type="application/cloudevents+json")).status_code == 415


class TestRates:
    async def test_a_token_that_asks_too_often_is_told_how_long_to_wait(self, tmp_path: Path) -> None:
        engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
        house = House(engine, requests_per_second=0.2)
        house.desk.book(masks("m-1"))
        token = house.token(TAIPEI)
        addresses = iter(range(1, 100))
        # From ever other addresses, so that it is the token's turn that is over.
        answers = [await Client(house, token, address=f"10.0.0.{next(addresses)}").send(masks(f"m-{number}")) for number in range(3)]
        assert [answer.status_code for answer in answers][-1] == 429
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 5
        other = await house.partner("kjri-hong-kong", address="10.0.1.1").status("m-1")
        assert other.status_code == 404
        house.close()
        engine.dispose()

    async def test_an_address_that_tries_tokens_is_shut_out_and_others_are_not(self, house: House) -> None:
        token = house.token(TAIPEI)
        guesses = [(await Client(house, f"salur_aaaaaaaa_{number:043}", address="10.9.0.1").status("m-1")).status_code for number in range(60)]
        assert guesses[:20] == [401] * 20
        assert guesses[-1] == 429
        assert (await Client(house, token, address="10.9.0.2").send(masks("m-1"))).status_code == 202

    def test_requests_come_back_with_time(self) -> None:
        now = 0.0
        rates = Rates(per_second=2, burst=3, clock=lambda: now)
        assert [rates.wait_seconds("a") for _ in range(4)] == [0, 0, 0, 0.5]
        assert rates.wait_seconds("b") == 0
        now = 0.5
        assert [rates.wait_seconds("a") for _ in range(2)] == [0, 0.5]
        now = 1_000.0
        assert [rates.wait_seconds("a") for _ in range(4)] == [0, 0, 0, 0.5]

    def test_names_are_forgotten_rather_than_kept_for_ever(self) -> None:
        rates = Rates(per_second=1, burst=1, clock=lambda: 0.0)
        for number in range(MOST_NAMES + 5):
            rates.wait_seconds(str(number))
        assert rates.wait_seconds(str(MOST_NAMES + 4)) > 0
        assert rates.wait_seconds("0") == 0


class TestGrouped:
    async def test_questions_that_wait_share_one_look_that_began_after_all_of_them(self) -> None:
        groups: list[list[int]] = []

        def ask(questions: object) -> list[int]:
            assert isinstance(questions, list)
            groups.append(questions)
            return [question * 2 for question in questions]

        grouped = Grouped[int, int](ask, patience_seconds=5)
        assert await asyncio.gather(*(grouped.ask(number) for number in range(100))) == [number * 2 for number in range(100)]
        assert len(groups) <= 2
        grouped.close()

    async def test_who_asked_gets_the_error_and_the_next_one_an_answer(self) -> None:
        errors = iter([ValueError("broken"), None])

        def ask(questions: object) -> list[str]:
            if (error := next(errors)) is not None:
                raise error
            return ["fine"]

        grouped = Grouped[int, str](ask, patience_seconds=5)
        with pytest.raises(ValueError, match="broken"):
            await grouped.ask(1)
        assert await grouped.ask(2) == "fine"
        grouped.close()
