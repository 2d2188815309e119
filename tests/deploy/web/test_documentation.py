"""A person who never saw Salur follows the served documentation, on a real stack: each recipe is taken from its page and run as it stands."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy import running
from streams.docs.recipes import PARTNER
from tests.consumers.ledger.desk import masks
from tests.consumers.notices.receivers import hooked
from tests.contract.asking import ask
from tests.deploy.test_stack import Running
from tests.deploy.web.test_intake import Partner
from tests.streams.docs.site import blocks

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

LANGUAGES = ("en", "id")


class Reader:
    """Somebody with a shell, a folder, and what the operator of the stack handed over."""

    def __init__(self, stack: Running, folder: Path, partner: Partner) -> None:
        self.partner = partner
        self.folder = folder
        programs = folder / "bin"
        programs.mkdir()
        for name, words in {"salur": "-m deploy.cli.main", "python3": ""}.items():
            # The recipes' programs, of this environment.
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
            (programs / name).chmod(0o755)
        described = running.read(stack.folder)
        assert described is not None
        self.kafka = described.bootstrap_servers
        root = str(Path(__file__).parents[3])
        self.environment = {**stack.environment, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": root}

    def page(self, path: str) -> dict[str, str]:
        answer = httpx.get(f"{self.partner.web_url}/docs/{path}", timeout=30)
        assert answer.status_code == 200
        return blocks(answer.text)

    def follow(self, given: str, *code: str) -> list[Any]:
        """Run blocks of a page in one shell, and return every line of JSON, or of text, that they print."""
        filled = given.replace("TOKEN=…", f"TOKEN={self.partner.token}").replace("PARTNER=…", f"PARTNER={PARTNER}").replace("KAFKA=…", f"KAFKA={self.kafka}")
        assert "…" not in filled
        script = "\n".join((filled, *code))
        done = subprocess.run(["bash", "-eu"], input=script, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return [json.loads(line) if line.startswith("{") else line for line in done.stdout.replace("}{", "}\n{").splitlines()]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    stack = Running(tmp_path_factory.mktemp("stack"))
    stack.up()
    assert stack.salur("topics", "--partner", PARTNER).code == 0
    yield stack
    assert stack.stop() == 0


@pytest.fixture(scope="module")
def partner(stack: Running) -> Partner:
    return Partner(stack, PARTNER)


@pytest.fixture
def reader(stack: Running, tmp_path: Path, partner: Partner) -> Reader:
    return Reader(stack, tmp_path, partner)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recipe_by_curl_leads_to_an_accepted_event(reader: Reader, language: str) -> None:
    page = reader.page(f"{language}/")
    receipt, verdict = reader.follow(page["given"], page["curl-send"], page["curl-verdict"])
    assert receipt["id"] == verdict["id"] == "masker-2020-05-03"
    assert verdict["verdict"] == "accepted"
    assert {moved["change"] for moved in verdict["tallies"] if moved["measure"] == "distributed"} == {"100"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recipe_by_spreadsheet_leads_to_an_accepted_event(reader: Reader, language: str) -> None:
    page = reader.page(f"{language}/")
    told = reader.follow(page["given"], *(page[f"sheet-{step}"] for step in ("template", "fill", "check", "annotated", "send", "verdict")))
    assert (reader.folder / "distribution.recorded.xlsx").read_bytes()[:2] == b"PK"
    checked, sent, verdict = told
    assert (checked["state"], checked["events"], checked["errors"], checked["sent"]) == ("checked", 1, [], 0)
    assert (sent["state"], sent["sent"] + sent["sent_before"]) == ("done", 1)
    pages = httpx.get(f"{reader.partner.web_url}/{language}/mitra/uploads", follow_redirects=True, timeout=30)
    assert (pages.status_code, pages.url.path) == (200, f"/{language}/mitra/sign-in"), "the page that is named there"
    assert [one for one in reader.folder.glob("*.csv") if one.stem in {"annotated", "kembali"}], "the annotated copy"
    assert verdict["verdict"] == "accepted"
    assert {(moved["change"], moved["unit"]) for moved in verdict["tallies"] if moved["measure"] == "distributed"} >= {("100", "piece"), ("40", "package")}


@pytest.mark.parametrize(("language", "name", "copy"), [("en", "handed-out", "annotated"), ("id", "isi", "kembali")])
def test_a_mistake_in_the_recipes_spreadsheet_comes_back_at_its_cell_and_beside_its_row(reader: Reader, language: str, name: str, copy: str) -> None:
    page = reader.page(f"{language}/")
    reader.follow(page["given"], page["sheet-fill"])
    filled = reader.folder / f"{name}.csv"
    filled.write_text(filled.read_text().replace("masker", "maskr").replace("BAST-", "wrong-"), encoding="utf-8")
    checked, refused = reader.follow(page["given"], page["sheet-check"], page["sheet-annotated"], page["sheet-send"])
    for told in (checked, refused):
        (mistake,) = told["errors"]
        assert (mistake["row"], mistake["code"], mistake["closest"]) == (2, "rjct.unknown_item", ["masker"])
        assert mistake["cell"].endswith("2")
        assert mistake["hint"]
    assert (checked["state"], refused["state"], refused["sent"]) == ("checked", "refused", 0)
    first, second = (reader.folder / f"{copy}.csv").read_text(encoding="utf-8-sig").splitlines()[1:3]
    assert mistake["hint"] in first
    assert mistake["hint"] not in second


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recipe_by_python_leads_to_an_accepted_event(reader: Reader, language: str) -> None:
    page = reader.page(f"{language}/")
    reader.follow(page["given"], page["python-file"])
    (reader.folder / "send.py").write_text(page["python-program"], encoding="utf-8")
    assert reader.follow(page["given"], "python3 send.py") == ["accepted"]
    assert reader.partner.verdict("masker-2020-05-04")["verdict"] == "accepted"


@pytest.mark.debian
@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed (Debian package kcat)")
def test_three_foreign_clients_write_to_the_partners_own_topic_as_the_page_says(reader: Reader) -> None:
    page = reader.page("id/kafka")
    reader.follow(page["kafka-given"], page["kafka-kcat"])
    for name in ("confluent", "structured", "binary"):
        (reader.folder / f"{name}.py").write_text(page[f"kafka-{name}"], encoding="utf-8")
        reader.follow(page["kafka-given"], f"python3 {name}.py")
    for name in ("kcat", "confluent", "structured", "binary"):
        verdict = reader.partner.verdict(f"kafka-{name}-1")
        assert (verdict["verdict"], verdict["place"]["topic"]) == ("accepted", f"aid.in.{PARTNER}.v1"), name


def test_the_same_event_over_http_is_a_duplicate_of_the_one_written_directly(reader: Reader) -> None:
    page = reader.page("en/kafka")
    (reader.folder / "structured.py").write_text(page["kafka-structured"], encoding="utf-8")
    reader.follow(page["kafka-given"], "python3 structured.py")
    reader.partner.verdict("kafka-structured-1")
    start = reader.page("en/")
    event = json.loads(start["curl-send"].partition("-d '")[2].rpartition("'")[0].replace("'\"$PARTNER\"'", PARTNER))
    answer = reader.partner.send({**event, "id": "kafka-structured-1", "datacontenttype": "application/json"})
    assert (answer.status_code, answer.headers.get("idempotent-replayed")) == (202, "true")


def test_in_a_partners_own_topic_no_other_partner_speaks(reader: Reader, stack: Running) -> None:
    page = reader.page("en/kafka")
    forged = page["kafka-kcat"].replace(f"partner:{PARTNER}", "partner:kjri-hong-kong").replace("kafka-kcat-1", "forged-1")
    reader.follow(page["kafka-given"], forged)
    deadline = time.monotonic() + 30
    while not (found := [one for one in stack.salur("rejected", "list", "--json").json if one["id"] == "forged-1"]):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert [reason["code"] for reason in found[0]["reasons"]] == ["rjct.wrong_source"]
    assert reader.partner.http.get("/v1/events/forged-1").status_code == 404


def test_a_partner_is_told_what_was_refused_by_a_signed_call(reader: Reader, stack: Running) -> None:
    """With the commands of the page, their addresses changed to ones on this machine; the signature is checked by the page's own code."""
    verify: dict[str, Any] = {}
    page = reader.page("en/notices")
    exec(page["notices-verify"], verify)
    with hooked() as (address, calls):
        command = page["notices-webhook"].replace("https://partner.example", address) + " --private --every 0.05"
        (secret,) = reader.follow(f"export SALUR_DATA={stack.folder}", command)
        refused = masks("told-1", -1)
        assert reader.partner.send(refused).status_code == 422
        publish = "salur publish told.jsonl"
        (reader.folder / "told.jsonl").write_text(json.dumps(refused) + "\n", encoding="utf-8")
        reader.follow(f"export SALUR_DATA={stack.folder}", publish)
        deadline = time.monotonic() + 60
        while not calls:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        ((path, headers, body), *_) = calls
    assert path == "/salur"
    assert verify["is_from_salur"](secret, headers, body)
    assert not verify["is_from_salur"](secret, headers, body + b" ")
    assert "told-1" in [event["id"] for event in json.loads(body)["data"]["events"]]
    listed = stack.salur("partner", "notify", "list", "--json").json
    assert [(one["channel"], one["state"]) for one in listed] == [("webhook", "fine")]
    assert stack.salur("partner", "notify", "remove", listed[0]["number"]).code == 0
    assert stack.salur("partner", "notify", "remove", listed[0]["number"]).code == 1


def test_a_submission_of_a_form_becomes_an_accepted_event_as_the_page_says(reader: Reader, stack: Running) -> None:
    page = reader.page("en/kobo")
    (reader.folder / "serah-terima.toml").write_text(page["kobo-mapping"], encoding="utf-8")
    (reader.folder / "submission.json").write_text(page["kobo-submission"], encoding="utf-8")
    start = reader.page("en/")
    (address,) = reader.follow(start["given"], f"export SALUR_DATA={stack.folder}", page["kobo-check"], f"{page['kobo-try']} >&2", page["kobo-add"])
    assert address == f"{reader.partner.web_url}/v1/kobo/serah-terima"
    (receipt,) = reader.follow(start["given"], page["kobo-send"])
    verdict = reader.partner.verdict(receipt["id"])
    assert verdict["verdict"] == "accepted"
    assert {(moved["change"], moved["unit"]) for moved in verdict["tallies"] if moved["measure"] == "distributed"} >= {("120", "piece"), ("2.5", "litre")}


@pytest.mark.parametrize("path", ["/v1/openapi.json", "/v1/figures/openapi.json"])
def test_the_served_descriptions_keep_what_they_promise(reader: Reader, path: str) -> None:
    """A few cases for each operation; `python -m tests.contract` asks five hundred."""
    token = reader.partner.token if path == "/v1/openapi.json" else ""
    asked = ask(reader.folder, reader.partner.web_url + path, examples=4, seed=1, token=token)
    assert asked.is_kept, asked.report[-20_000:]
