"""An event that is sent gets a receipt once Kafka has it, the same receipt when it is sent again, and later its verdict."""

import asyncio
import hashlib
import json

import pytest

from tests.consumers.ledger.desk import as_bytes, masks, registered, reversal
from tests.streams.intake.house import BASE, House, codes, source_of

TAIPEI = "kdei-taipei"


async def test_an_event_gets_a_receipt_and_then_its_verdict(house: House) -> None:
    taipei = house.partner(TAIPEI)
    sent = await taipei.send(masks("m-1"))
    sha256 = hashlib.sha256(as_bytes(masks("m-1")) or b"").hexdigest()
    assert sent.status_code == 202
    assert sent.json() == {"id": "m-1", "source": source_of(TAIPEI), "sha256": sha256, "status_url": f"{BASE}/v1/events/m-1"}
    assert sent.headers["location"] == sent.json()["status_url"]
    assert (await taipei.status("m-1")).status_code == 404
    house.desk.book_next()
    answer = (await taipei.status("m-1")).json()
    assert (answer["verdict"], answer["booking"], answer["sha256"]) == ("accepted", 1, sha256)
    assert {flag["code"] for flag in answer["flags"]} >= {"flag.late", "flag.no_evidence"}
    (moved,) = [moved for moved in answer["tallies"] if moved["table"] == "distributions"]
    assert (moved["destination"], moved["item"], moved["unit"]) == ("TW", "masker", "piece")
    assert (moved["before"], moved["change"], moved["after"]) == ("0", "100", "100")


async def test_no_receipt_before_kafka_has_the_event(house: House) -> None:
    taipei = house.partner(TAIPEI)
    house.log.open_gate.clear()
    sending = asyncio.create_task(taipei.send(masks("m-1")))
    done, _ = await asyncio.wait([sending], timeout=0.3)
    assert not done
    house.log.open_gate.set()
    assert (await sending).status_code == 202


async def test_what_kafka_did_not_acknowledge_is_unknown_and_is_sent_again_with_the_same_id(house: House) -> None:
    taipei = house.partner(TAIPEI)
    house.log.answers = False
    unknown = await taipei.send(masks("m-1"))
    assert (unknown.status_code, int(unknown.headers["retry-after"]) > 0) == (503, True)
    house.log.answers = True
    assert (await taipei.send(masks("m-1"))).status_code == 202
    house.desk.book_next()
    assert house.desk.dispositions == ["accepted"]


async def test_the_same_event_gets_the_same_receipt_and_is_not_sent_on(house: House) -> None:
    taipei = house.partner(TAIPEI)
    first = await taipei.send(masks("m-1"))
    house.desk.book_next()
    again = await taipei.send(masks("m-1"))
    reordered = await taipei.send(json.dumps(masks("m-1"), indent=3, sort_keys=True).encode())
    assert [answer.status_code for answer in (first, again, reordered)] == [202] * 3
    assert first.json() == again.json() == reordered.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == reordered.headers["idempotent-replayed"] == "true"
    assert len(house.log.taken) == 1


async def test_the_same_id_with_other_content_is_told_both_hashes(house: House) -> None:
    taipei = house.partner(TAIPEI)
    first = await taipei.send(masks("m-1", 100))
    house.desk.book_next()
    other = await taipei.send(masks("m-1", 101))
    assert other.status_code == 409
    assert other.json()["standing_sha256"] == first.json()["sha256"]
    assert other.json()["sha256"] == hashlib.sha256(as_bytes(masks("m-1", 101)) or b"").hexdigest()
    assert other.json()["type"] == f"{BASE}/problems/id-taken"
    assert len(house.log.taken) == 1


async def test_what_is_sent_at_the_same_time_counts_once_and_shows_its_conflict(house: House) -> None:
    taipei = house.partner(TAIPEI)
    same = await asyncio.gather(*(taipei.send(masks("m-1")) for _ in range(20)), taipei.send(masks("m-1", 999)))
    assert {answer.status_code for answer in same} == {202}
    assert len({answer.json()["sha256"] for answer in same[:-1]}) == 1
    house.desk.book_next()
    assert sorted(house.desk.dispositions) == ["accepted", "conflict", *["duplicate"] * 19]
    status = (await taipei.status("m-1")).json()
    assert status["verdict"] == "accepted"
    assert [one["sha256"] for one in status["conflicts"]] == [same[-1].json()["sha256"]]
    assert (await taipei.send(masks("m-1"))).headers["idempotent-replayed"] == "true"


async def test_a_held_event_says_what_it_waits_for_and_then_its_verdict(house: House) -> None:
    taipei = house.partner(TAIPEI)
    assert (await taipei.send(reversal("r-1", "m-1"))).status_code == 202
    house.desk.book_next()
    held = (await taipei.status("r-1", Accept_Language="id")).json()
    assert (held["verdict"], held["held"]["waits_for"]) == ("held", {"source": source_of(TAIPEI), "id": "m-1"})
    assert held["held"]["detail"] == "peristiwa merujuk pada peristiwa asal yang belum dibukukan"
    await taipei.send(masks("m-1"))
    house.desk.book_next()
    settled = (await taipei.status("r-1")).json()
    assert settled["verdict"] == "accepted"
    assert [(moved["before"], moved["change"], moved["after"]) for moved in settled["tallies"] if moved["table"] == "distributions"] == [("100", "-100", "0")]
    assert house.log.taken[0].key == house.log.taken[1].key == f"{source_of(TAIPEI)}|m-1".encode()


async def test_an_event_that_the_ledger_rejects_shows_every_reason(house: House) -> None:
    taipei = house.partner(TAIPEI)
    house.desk.book(masks("m-1", country="XX", data={"programme": "bantuan-pmj"}))
    status = (await taipei.status("m-1")).json()
    assert status["verdict"] == "rejected"
    assert set(codes(status)) >= {("/data/country", "rjct.unknown_country"), ("/data/programme", "rjct.unknown_programme")}
    # The id is still free: the mended event is taken under it.
    assert (await taipei.send(masks("m-1"))).status_code == 202
    house.desk.book_next()
    assert (await taipei.status("m-1")).json()["verdict"] == "accepted"


async def test_a_code_is_known_as_soon_as_its_registration_is_booked(house: House) -> None:
    taipei = house.partner(TAIPEI)
    event = masks("m-1", data={"programme": "program-baru"})
    assert ("/data/programme", "rjct.unknown_programme") in codes((await taipei.send(event)).json())
    house.desk.book(registered("p-1", "programme", {"code": "program-baru", "start": "2020-01-01"}))
    assert ("/data/programme", "rjct.unknown_programme") not in codes((await taipei.send(event)).json())


async def test_while_the_ledger_is_away_events_are_taken_without_a_look(house: House) -> None:
    taipei = house.partner(TAIPEI)
    await taipei.send(masks("m-1"))
    house.desk.book_next()
    house.switch.is_away = True
    again = await taipei.send(masks("m-1"))
    assert (again.status_code, "idempotent-replayed" in again.headers) == (202, False)
    # What only its lists can say is left to the ledger; what is certain is still answered.
    assert (await taipei.send(masks("m-2", data={"programme": "nanti-terdaftar"}))).status_code == 202
    assert (await taipei.send(masks("m-3", -1))).status_code == 422
    asked = await taipei.status("m-1")
    assert (asked.status_code, "retry-after" in asked.headers) == (503, True)
    house.switch.is_away = False
    house.desk.book_next()
    assert house.desk.dispositions == ["accepted", "duplicate", "rejected"]


async def test_tallies_are_told_as_they_were_just_before_and_after_within_one_booking(house: House) -> None:
    taipei = house.partner(TAIPEI)
    for number, quantity in enumerate((5, 7, 11), start=1):
        await taipei.send(masks(f"m-{number}", quantity))
    house.desk.book_next()
    found = []
    for number in (1, 2, 3):
        tallies = (await taipei.status(f"m-{number}")).json()["tallies"]
        found += [(moved["before"], moved["change"], moved["after"]) for moved in tallies if moved["table"] == "distributions"]
    assert found == [("0", "5", "5"), ("5", "7", "12"), ("12", "11", "23")]


@pytest.mark.parametrize("event_id", ["a/b", "a//b/", "a b", "ä?x=1#y", "100%", "..", "%2F", "batch"])
async def test_every_id_that_an_event_may_have_can_be_asked_for(house: House, event_id: str) -> None:
    taipei = house.partner(TAIPEI)
    sent = await taipei.send(masks(event_id))
    assert sent.status_code == 202, sent.text
    house.desk.book_next()
    assert (await taipei.status(event_id)).json()["id"] == event_id
    assert (await taipei.request("GET", sent.json()["status_url"])).json()["id"] == event_id


class TestBatches:
    async def test_a_batch_has_a_result_for_every_event_in_its_order(self, house: House) -> None:
        taipei = house.partner(TAIPEI)
        await taipei.send(masks("known"))
        house.desk.book_next()
        batch = [masks("m-1"), masks("m-2", -5), masks("m-3", partner="pos"), masks("known"), masks("known", 7), 5, masks("m-4")]
        answer = await taipei.send_batch(batch)
        results = answer.json()["results"]
        assert answer.status_code == 207
        assert [(result["index"], result["status"]) for result in results] == list(enumerate([202, 422, 403, 202, 409, 422, 202]))
        assert [result.get("replayed", False) for result in results] == [False, False, False, True, False, False, False]
        assert results[6]["receipt"]["id"] == "m-4"
        house.desk.book_next()
        assert house.desk.dispositions == ["accepted"] * 3

    @pytest.mark.parametrize("content_type", ["application/jsonl", "application/x-ndjson", "application/x-jsonlines; charset=utf-8"])
    async def test_lines_are_a_batch_too(self, house: House, content_type: str) -> None:
        lines = b"\r\n\n".join(as_bytes(masks(f"m-{number}")) or b"" for number in range(3)) + b"\n"
        answer = await house.partner(TAIPEI).send_batch(lines, content_type=content_type)
        assert (answer.status_code, len(answer.json()["results"])) == (202, 3)

    async def test_a_hash_is_that_of_the_very_bytes_of_the_event(self, house: House) -> None:
        inner = b'{ "specversion":"1.0"  ' + (as_bytes(masks("m-1")) or b"")[len(b'{"specversion": "1.0"') :]
        answer = await house.partner(TAIPEI).send_batch(b"[ " + inner + b" ]")
        assert answer.json()["results"][0]["receipt"]["sha256"] == hashlib.sha256(inner).hexdigest()
        assert house.log.taken[0].value == inner

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[1,", b"[" * 100_000, b"\xff[]", b"null"])
    async def test_what_is_no_batch_is_malformed(self, house: House, body: bytes) -> None:
        answer = await house.partner(TAIPEI).send_batch(body)
        assert (answer.status_code, answer.json()["type"]) == (400, f"{BASE}/problems/malformed")

    async def test_a_batch_that_kafka_does_not_take_is_unknown(self, house: House) -> None:
        house.log.answers = False
        answer = await house.partner(TAIPEI).send_batch([masks("m-1"), masks("m-2")])
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
