"""What is wrong is told all at once, in the language that was asked for, with what to do, and without a value of anybody's."""

import itertools
import json
import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from models.languages import preferred
from models.reason_words import REASONS
from streams.intake.openapi import description
from streams.intake.problem_words import KINDS
from tests.consumers.ledger.desk import masks
from tests.planted import NIK, OTHERS
from tests.poison import POISON
from tests.streams.intake.house import BASE, Client, House, codes

TAIPEI = "kdei-taipei"
CODES_TOO = {
    "rjct.unknown_programme",
    "rjct.unknown_country",
    "rjct.unknown_recipient_type",
    "rjct.unknown_legal_basis",
    "rjct.unknown_item",
    "rjct.unknown_unit",
} | {"rjct.currency_invalid", "rjct.personal_data"}
WRONG_SHAPE: dict[str, Any] = {
    **masks("m-1"),
    "time": "kemarin",
    "colour": "red",
    "data": {"programme": 5, "country": "TW", "lines": [{"line": 0, "item": "masker", "quantity": 1.5}, {"line": 2, "quantity": -3, "unit": ["piece"]}]},
}
WRONG_CODES = masks("m-2", country="TWN", data={"programme": "jps-tkn", "recipient_type": "pmj", "lines": [
    {"line": 1, "item": "maskr", "quantity": "0", "unit": "piece"},
    {"line": 1, "item": "sembako", "quantity": "1.5", "unit": "piece"},
]})  # fmt: skip


async def test_wrong_codes_are_told_together_with_what_is_wrong_with_the_shape(house: House) -> None:
    event = masks("m-1", 1.5, country="TWN", data={"programme": "bantuan-pm", "zzzzzz": "red"})
    answer = await house.partner(TAIPEI).send(event, Accept_Language="en")
    assert codes(answer.json()) == [
        ("/data/country", "rjct.unknown_country"),
        ("/data/lines/0/quantity", "rjct.quantity_invalid"),
        ("/data/programme", "rjct.unknown_programme"),
        ("/data/zzzzzz", "rjct.unknown_field"),
    ]
    assert [error.get("closest") for error in answer.json()["errors"]] == ["TW", None, "bantuan-pmi", None]


async def test_everything_that_is_wrong_with_the_shape_is_told_at_once(house: House) -> None:
    answer = await house.partner(TAIPEI).send(WRONG_SHAPE)
    assert answer.status_code == 422
    assert set(codes(answer.json())) >= {
        ("/colour", "rjct.unknown_field"),
        ("/data/lines/0/line", "rjct.line_numbers_invalid"),
        ("/data/lines/0/quantity", "rjct.quantity_invalid"),
        ("/data/lines/0/unit", "rjct.missing_field"),
        ("/data/lines/1/item", "rjct.missing_field"),
        ("/data/lines/1/quantity", "rjct.quantity_invalid"),
        ("/data/lines/1/unit", "rjct.wrong_type"),
        ("/data/programme", "rjct.wrong_type"),
        ("/time", "rjct.time_invalid"),
    }
    assert house.log.taken == []


@pytest.mark.parametrize(("language", "did_you_mean"), [("id", "mungkin maksud Anda {}?"), ("en", "did you mean {}?")])
async def test_every_wrong_code_has_the_closest_right_one_as_its_hint(house: House, language: str, did_you_mean: str) -> None:
    answer = await house.partner(TAIPEI).send(WRONG_CODES, Accept_Language=language)
    errors = {error["pointer"]: error for error in answer.json()["errors"] if "closest" in error}
    for pointer, closest in [("/data/programme", "jps-tkm"), ("/data/country", "TW"), ("/data/lines/0/item", "masker"), ("/data/recipient_type", "pmi")]:
        assert (errors[pointer]["closest"], errors[pointer]["hint"]) == (closest, did_you_mean.format(closest))
    assert {"rjct.quantity_invalid", "rjct.unit_mismatch", "rjct.line_numbers_invalid"} <= {code for _, code in codes(answer.json())}


@pytest.mark.parametrize("event", [WRONG_SHAPE, WRONG_CODES])
async def test_both_languages_tell_the_same_errors_in_other_words(house: House, event: object) -> None:
    taipei = house.partner(TAIPEI)
    indonesian, english = [await taipei.send(event, Accept_Language=language) for language in ("id", "en")]
    assert codes(indonesian.json()) == codes(english.json())
    assert [answer.headers["content-language"] for answer in (indonesian, english)] == ["id", "en"]
    pairs = zip(indonesian.json()["errors"], english.json()["errors"], strict=True)
    assert all(one["detail"] != other["detail"] and one["type"] == other["type"] for one, other in pairs)
    assert indonesian.json()["type"] == english.json()["type"] == f"{BASE}/problems/event-refused"


async def test_every_type_opens_a_page_with_its_words_in_both_languages(house: House) -> None:
    stranger = Client(house)
    index = (await stranger.request("GET", "/problems/")).text
    explained = {**{str(kind): reason for kind, reason in KINDS.items()}, **REASONS}
    for (code, words), language in itertools.product(explained.items(), ("id", "en")):
        assert f'href="{code}"' in index
        page = await stranger.request("GET", f"/problems/{code}", headers={"Accept-Language": language})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert page.text.startswith(f'<!doctype html>\n<html lang="{language}">')
        assert "default-src 'none'" in page.headers["content-security-policy"]
        for text in (words.en.text, words.en.hint, words.id.text, words.id.hint):
            assert _escaped(text)[1:] in page.text


async def test_what_is_nowhere_is_a_problem_too(house: House) -> None:
    stranger = Client(house)
    assert (await stranger.request("GET", "/problems/nothing")).status_code == 404
    for method, path, status in [
        ("GET", "/nothing", 404),
        ("DELETE", "/v1/events", 405),
        ("PUT", "/v1/events/m-1", 405),
        ("GET", "/problems/../../etc/passwd", 404),
    ]:
        answer = await stranger.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), path


async def test_what_is_refused_at_once_is_what_the_ledger_would_reject_for_the_same_reasons(house: House) -> None:
    """Every record that the ledger's tests call poison, sent over HTTP by whom it names: nothing breaks, and both say the same."""
    clients: dict[str, Client] = {}
    answers = []
    sent = [poison for poison in POISON if poison.value and not poison.headers]
    for number, poison in enumerate(sent):
        partner = _partner_of(poison.value or b"")
        if partner not in clients:
            clients[partner] = house.partner(partner, address=f"10.3.0.{number % 250}")
        answers.append(await clients[partner].send(poison.value))
        if answers[-1].status_code != 202:
            house.desk.inbox.put(poison.value)
    house.desk.book_next()
    differing = []
    for poison, answer, row in zip(sent, answers, house.desk.rows, strict=True):
        told = [code for _, code in codes(answer.json())] if answer.status_code == 422 else []
        # Of what is not even well-formed the intake also tells the wrong codes that it can read.
        also = [code for code in told if code not in row.reasons]
        is_same = (row.disposition, row.reasons) == ("rejected", [code for code in told if code not in also]) and set(also) <= CODES_TOO
        if answer.status_code not in {202, 403, 413} and not (answer.status_code == 422 and is_same):
            differing.append((poison.name, answer.status_code, told, row.disposition, row.reasons))
    assert differing == []
    assert len(sent) > 100


@pytest.mark.parametrize("planted", [NIK, *OTHERS])
async def test_nothing_that_could_be_a_persons_comes_back(house: House, planted: str) -> None:
    taipei = house.partner(TAIPEI)
    events = [
        masks("m-1", data={"note": planted}),
        masks("m-2", data={planted: 1}),
        masks("m-3", country=planted),
        masks("m-4", data={"programme": planted}),
        *([masks(planted)] if planted == NIK else []),  # other numbers are usual in ids
        {**masks("m-5"), planted: planted},
        {**masks("m-6"), "time": planted},
        {**masks("m-7"), "type": planted},
    ]
    answers = [await taipei.send(event) for event in events]
    answers.append(await taipei.send_batch(events))
    answers.append(await taipei.send(json.dumps(planted).encode() + b"{"))
    for answer in answers:
        if answer.status_code != 202:
            assert planted not in answer.text
            assert not any(planted in value for value in answer.headers.values())


async def test_an_error_of_ours_says_nothing_of_itself(house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    taipei = house.partner(TAIPEI)

    async def fail(_records: object) -> None:
        raise RuntimeError(f"secret {NIK}")

    monkeypatch.setattr(house.log, "append", fail)
    answer = await taipei.send(masks("m-1"))
    printed = capsys.readouterr()
    assert (answer.status_code, answer.json()["type"]) == (500, f"{BASE}/problems/internal")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert NIK not in printed.out + printed.err
    assert answer.json()["correlation_id"] in printed.out + printed.err


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("id", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en;q=0.8, id;q=0.9", "id"),
        ("en, id;q=0.9", "en"),
        ("fr, id;q=0.1", "id"),
        ("*", "en"),
        ("id;q=0, en;q=0.1", "en"),
        ("id;q=x", "en"),
        ("," * 1000 + "id", "en"),
        ("in", "id"),
    ],
)
def test_the_language_is_the_one_that_was_preferred(header: str | None, language: str) -> None:
    assert preferred(header) == language


async def test_the_description_is_valid_openapi_and_is_served(house: House) -> None:
    served = await Client(house).request("GET", "/v1/openapi.json")
    assert served.json() == description(BASE)
    assert served.json()["openapi"].startswith("3.1")
    validate(served.json())


async def test_the_described_example_is_taken_as_it_is(house: House) -> None:
    example = description(BASE)["paths"]["/v1/events"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert (await house.partner(TAIPEI).send(example)).status_code == 202
    house.desk.book_next()
    assert house.desk.dispositions == ["accepted"]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace('"', "&#34;")


def _partner_of(value: bytes) -> str:
    found = re.search(rb'"source": ?"urn:salur:partner:([a-z0-9-]+)"', value)
    return found[1].decode() if found else TAIPEI
