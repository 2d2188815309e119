"""Mending a refused event, and putting a conflict right: from the page, with the same id, and with what is wrong beside its field."""

import json

import pytest

from consumers.web.partners.mending import MEMBER, members_of, mended
from tests.consumers.ledger.desk import as_bytes, masks
from tests.consumers.web.partners.conftest import Browser, Place, read

QUANTITY = f"{MEMBER}/data/lines/0/quantity"


def fields_of(raw: bytes) -> dict[str, str]:
    return {MEMBER + pointer: value for pointer, value in (members_of(raw) or {}).items()}


def test_a_refused_event_is_mended_in_a_form_and_keeps_its_id(place: Place, taipei: Browser) -> None:
    wrong = masks("m-1", -7)
    place.desk.book(wrong)
    shown = taipei.page("/en/mitra/events/m-1")
    form = taipei.page(next(link for link in shown.links if link.endswith("/mend")))
    assert "lines \u203a 0 \u203a quantity" in form.text
    assert "the quantity" in form.text
    answer = taipei.send("/en/mitra/decisions/1/mend", {**fields_of(as_bytes(wrong) or b""), QUANTITY: "70", "key": taipei.key()})
    assert "m-1 was taken in" in read(answer).text
    place.desk.book_next()
    assert place.desk.dispositions == ["rejected", "accepted"]
    assert place.desk.sums("measure", table="distributions")["distributed"] == 70
    assert "accepted" in taipei.page("/en/mitra/events/m-1").text


def test_what_is_still_wrong_is_told_beside_its_field_and_what_was_written_stays(place: Place, taipei: Browser) -> None:
    wrong = masks("m-1", -7)
    place.desk.book(wrong)
    fields = {**fields_of(as_bytes(wrong) or b""), QUANTITY: "0", f"{MEMBER}/data/country": "TWN", "key": taipei.key()}
    again = taipei.send("/id/mitra/decisions/1/mend", fields)
    assert again.status_code == 422
    page = read(again)
    assert "TWN" in again.text
    assert "TW" in page.text
    assert "negara tujuan tidak ada dalam daftar" in page.text
    assert place.log.taken == []


def test_the_whole_event_may_be_written_anew(place: Place, taipei: Browser) -> None:
    place.desk.book(b'{"not": "an event"', masks("m-1", -7))
    # What names no partner is nobody's to see.
    assert taipei.get("/en/mitra/decisions/1/mend").status_code == 404
    answer = taipei.send("/en/mitra/decisions/2/mend", {"event": json.dumps(masks("m-1", 8)), "key": taipei.key()})
    assert "m-1 was taken in" in read(answer).text
    place.desk.book_next()
    assert place.desk.sums("measure", table="distributions")["distributed"] == 8


def test_mending_sends_nothing_for_another_partner(place: Place, taipei: Browser) -> None:
    place.desk.book(masks("m-1", -7), masks("hk", -7, partner="kjri-hong-kong", country="HK"))
    foreign = taipei.send("/en/mitra/decisions/1/mend", {"event": json.dumps(masks("m-1", 8, partner="kjri-hong-kong", country="HK")), "key": taipei.key()})
    assert foreign.status_code == 403
    assert taipei.get("/en/mitra/decisions/2/mend").status_code == 404
    assert taipei.send("/en/mitra/decisions/2/mend", {"event": json.dumps(masks("m-1", 8)), "key": taipei.key()}).status_code == 404
    fields = {**fields_of(as_bytes(masks("m-1", -7)) or b""), f"{MEMBER}/source": "urn:salur:partner:kjri-hong-kong", QUANTITY: "3", "key": taipei.key()}
    assert "m-1 was taken in" in read(taipei.send("/en/mitra/decisions/1/mend", fields)).text
    assert [json.loads(record.value)["source"] for record in place.log.taken] == ["urn:salur:partner:kdei-taipei"]


def test_only_what_was_refused_can_be_mended(place: Place, taipei: Browser) -> None:
    place.desk.book(masks("m-1", 5), masks("m-1", 6))
    for decision in (1, 2):
        assert taipei.get(f"/en/mitra/decisions/{decision}/mend").status_code == 404


def test_a_conflict_is_put_right_by_an_amendment(place: Place, taipei: Browser) -> None:
    place.desk.book(masks("m-1", 5), masks("m-1", 6))
    assert "Put this content in the place of what stands" in taipei.page("/en/mitra/decisions/2").text
    answer = taipei.send("/en/mitra/decisions/2/amend", {"key": taipei.key()})
    assert "was taken in" in read(answer).text
    place.desk.book_next()
    assert place.desk.sums("measure", table="distributions")["distributed"] == 6
    assert taipei.send("/en/mitra/decisions/1/amend", {"key": taipei.key()}).status_code == 404


def test_while_kafka_is_away_nothing_is_promised(place: Place, taipei: Browser) -> None:
    place.desk.book(masks("m-1", -7))
    place.log.answers = False
    answer = taipei.send("/en/mitra/decisions/1/mend", {"event": json.dumps(masks("m-1", 8)), "key": taipei.key()})
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("member", "written", "expected"),
    [
        ("/data/lines/0/quantity", "12", 12),
        ("/data/lines/0/quantity", "1.5", "1.5"),
        ("/data/programme", "7", "7"),
        ("/data/activity", "baru", "baru"),
        ("/subject", "x", "x"),
    ],
)
def test_a_number_stays_a_number_and_a_text_a_text(member: str, written: str, expected: object) -> None:
    event = json.loads(mended(as_bytes(masks("m-1", 5)) or b"", {MEMBER + member: written}))
    for token in member.split("/")[1:]:
        event = event[int(token)] if token.isdigit() else event[token]
    assert event == expected


def test_an_empty_field_takes_its_member_away_and_strange_names_change_nothing() -> None:
    raw = as_bytes(masks("m-1", 5)) or b""
    assert "recipient_type" not in json.loads(mended(raw, {f"{MEMBER}/data/recipient_type": ""}))["data"]
    strange = {
        f"{MEMBER}/id": "x",
        f"{MEMBER}/data/lines/9/quantity": "1",
        f"{MEMBER}/data/lines/x": "1",
        MEMBER: "1",
        "/data/country": "HK",
        f"{MEMBER}x": "1",
    }
    assert json.loads(mended(raw, strange)) == json.loads(raw)
    assert members_of(b"[1]") is None
    assert members_of(b"{") is None
    assert members_of(b"[" * 100_000) is None
