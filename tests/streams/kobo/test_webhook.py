"""What KoboToolbox is answered: a receipt, everything that is wrong, a conflict for an edit; 503 for whatever may pass, and 500 never."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.database import open_database
from tests.streams.intake.house import Client, House
from tests.streams.kobo.forms import EXAMPLE, UUID, edited, submission

NAME = "serah-terima"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "kobo"
    folder.mkdir()
    (folder / f"{NAME}.toml").write_text(EXAMPLE)
    (folder / "amending.toml").write_text(EXAMPLE.replace('edits = "conflict"', 'edits = "amend"'))
    (folder / "broken.toml").write_text("partner")
    return folder


@pytest.fixture
def house(tmp_path: Path, folder: Path) -> Iterator[House]:
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    house = House(engine, mappings=folder)
    yield house
    house.close()
    engine.dispose()


@pytest.fixture
def kobo(house: House) -> Client:
    return house.partner("kdei-taipei")


async def test_a_submission_is_taken_in_once_however_often_it_is_sent(house: House, kobo: Client) -> None:
    first = await kobo.submit(NAME, submission())
    assert (first.status_code, first.json()["id"]) == (202, UUID)
    house.desk.book_next()
    again = await kobo.submit(NAME, submission(nama="read by nobody"))
    assert (again.status_code, again.headers["idempotent-replayed"], again.json()) == (202, "true", first.json())
    assert (await kobo.status(UUID)).json()["verdict"] == "accepted"
    assert len(house.log.taken) == 1


async def test_what_is_wrong_is_answered_by_question_and_stays_visible_in_the_ledger(house: House, kobo: Client) -> None:
    answer = await kobo.submit(NAME, submission(negara="mars", tanggal="3/4/2020"))
    assert answer.status_code == 422
    assert answer.headers["content-language"] == "id"
    assert {error["field"]: error["code"] for error in answer.json()["errors"]} == {"negara": "kobo.value_unmapped", "tanggal": "sheet.date_ambiguous"}
    house.desk.book_next()
    assert [row.disposition for row in house.desk.rows] == ["rejected"]
    # Mended in KoboToolbox, and sent again: the id is still free.
    assert (await kobo.submit(NAME, submission())).status_code == 202
    house.desk.book_next()
    assert [row.disposition for row in house.desk.rows] == ["rejected", "accepted"]


async def test_what_the_rules_refuse_is_kept_visible_too(house: House, kobo: Client) -> None:
    answer = await kobo.submit(NAME, submission(barang=[{"barang/jenis": "masker", "barang/jumlah": "-5"}]))
    assert answer.status_code == 422
    house.desk.book_next()
    assert [row.disposition for row in house.desk.rows] == ["rejected"]


async def test_an_edit_is_a_conflict_with_a_way_to_amend(house: House, kobo: Client) -> None:
    await kobo.submit(NAME, submission())
    house.desk.book_next()
    answer = await kobo.submit(NAME, edited(negara="taiwan", liter_hand_sanitizer="3"))
    assert (answer.status_code, answer.json()["id"]) == (409, UUID)
    assert 'edits = "amend"' in answer.json()["detail"]
    assert "salur.event.amended.v1" in answer.json()["detail"]
    house.desk.book_next()
    assert [row.disposition for row in house.desk.rows] == ["accepted", "conflict"]
    assert len((await kobo.status(UUID)).json()["conflicts"]) == 1


async def test_edits_amend_where_the_mapping_says_so_each_once(house: House, kobo: Client) -> None:
    await kobo.submit("amending", submission(liter_hand_sanitizer=None))
    house.desk.book_next()
    for litres in ("3", "3", "4"):
        answer = await kobo.submit("amending", {**edited(liter_hand_sanitizer=litres), "_uuid": f"edit-{litres}"})
        assert (answer.status_code, answer.headers["salur-amended"]) == (202, "true")
        house.desk.book_next()
    moved = [one for one in (await kobo.status(answer.json()["id"])).json()["tallies"] if one["item"] == "hand-sanitizer" and one["measure"] == "distributed"]
    assert {(one["before"], one["after"]) for one in moved} == {("3", "4")}


async def test_an_edit_of_what_was_refused_is_the_event_itself(house: House, kobo: Client) -> None:
    await kobo.submit(NAME, submission(negara="mars"))
    house.desk.book_next()
    assert (await kobo.submit(NAME, edited())).status_code == 202
    house.desk.book_next()
    assert (await kobo.status(UUID)).json()["verdict"] == "accepted"


async def test_a_token_may_stand_where_kobo_has_a_field_for_it(house: House, kobo: Client) -> None:
    stranger = Client(house)
    basic = base64.b64encode(f"kobo:{kobo.token}".encode()).decode()
    assert (await stranger.submit(NAME, submission(), Authorization=f"Basic {basic}")).status_code == 202
    for wrong in ("Basic", "Basic !", f"Basic {base64.b64encode(b'kobo').decode()}", f"Basic {base64.b64encode(bytes([255, 254])).decode()}"):
        assert (await stranger.submit(NAME, submission(), Authorization=wrong)).status_code == 401, wrong


async def test_anothers_mapping_is_not_there(house: House, folder: Path) -> None:
    other, never = house.partner("kjri-hong-kong"), house.partner("kjri-hong-kong")
    answers = [await other.submit(NAME, submission()), await never.submit("nothing", submission())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({str({**answer.json(), "correlation_id": ""}) for answer in answers}) == 1
    reading = house.partner("kdei-taipei", scopes=["read"])
    assert (await reading.submit(NAME, submission())).status_code == 403
    assert house.log.taken == []


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"<xml/>", b"\xff", b'{"a":' * 2000, b'{"_uuid": ""}', b'{"_uuid": "\\ud800"}'])
async def test_what_is_no_submission_is_refused_and_never_an_error_of_ours(kobo: Client, body: bytes) -> None:
    assert (await kobo.submit(NAME, body)).status_code == 422


async def test_whatever_may_pass_is_503_and_kobo_tries_again(house: House, kobo: Client, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await kobo.submit("broken", submission())).status_code == 503
    house.log.answers = False
    for given in (submission(), submission(negara="mars")):
        answer = await kobo.submit(NAME, given)
        assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
    house.log.answers = True
    with monkeypatch.context() as broken:
        broken.setattr("streams.kobo.routes.make", lambda *_: 1 / 0)
        assert (await kobo.submit(NAME, submission())).status_code == 503
    assert (await kobo.submit(NAME, submission())).status_code == 202


async def test_too_many_at_once_are_503_as_well(tmp_path: Path, folder: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'slow.db'}")
    house = House(engine, requests_per_second=1, mappings=folder)
    kobo = house.partner("kdei-taipei")
    assert 503 in {(await kobo.submit(NAME, submission())).status_code for _ in range(5)}
    house.close()
    engine.dispose()
