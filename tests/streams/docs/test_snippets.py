"""Each example is one event, whether it is shown as JSON, as a command, as Python or as rows: all four are read back."""

import hashlib
import json
import os
import subprocess
import sys
import types
from typing import Any

import httpx
import pytest

from deploy.client import salur_client
from models.decoding import Undecodable, decode
from models.events.catalogue import EVENT_TYPES
from streams.docs import snippets
from streams.docs.recipes import PARTNER
from streams.sheets.columns import SHEET_TYPES
from streams.sheets.review import review
from tests.streams.docs.site import SHORTS, blocks, browser, documentation
from tests.streams.sheets.sheets import NOW, REGISTRY

FILLED = {"URL": "http://docs.test", "TOKEN": "salur_aaaaaaaa_" + "A" * 43}


def run(script: list[str]) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["bash", "-eu"], input="\n".join(script).encode(), capture_output=True, env={**os.environ, **FILLED}, timeout=60, check=True)


def example(short: str) -> dict[str, Any]:
    return snippets.example(f"salur.{short}.v1")


def partner_of(event: dict[str, Any]) -> str:
    return str(event["source"]).rpartition(":")[2]


async def test_the_json_of_every_page_is_an_event_that_is_valid() -> None:
    async with browser(documentation()) as http:
        for short in SHORTS:
            shown = blocks((await http.get(f"/docs/en/events/{short}")).text)
            for name in ("example", "full-example"):
                assert not isinstance(decode(shown[name].encode()), Undecodable), (short, name)


async def test_the_command_of_every_page_sends_its_example() -> None:
    """A shell reads them, with a curl that writes down what it would send."""
    script = ['curl() { while [ "$1" != -d ]; do shift; done; printf "%s\\0" "$2"; }']
    async with browser(documentation()) as http:
        for short in SHORTS:
            shown = blocks((await http.get(f"/docs/id/events/{short}")).text)
            script += [f"PARTNER={partner_of(example(short))}", shown["curl"]]
    done = run(script)
    sent = [json.loads(text) for text in done.stdout.split(b"\0")[:-1]]
    assert sent == [example(short) for short in SHORTS]


async def test_the_program_of_every_page_sends_its_example(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    sent: list[Any] = []

    def intake(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"verdict": "accepted"})
        event = json.loads(request.content)
        sent.append(event)
        return httpx.Response(
            202, json={"id": event["id"], "source": event["source"], "sha256": hashlib.sha256(request.content).hexdigest(), "status_url": "x"}
        )

    class Client(salur_client.Client):
        def __init__(self, url: str, **options: Any) -> None:
            super().__init__(url, transport=httpx.MockTransport(intake), **{**options, "spool": None})

    module = types.ModuleType("salur_client")
    module.__dict__["Client"] = Client
    monkeypatch.setitem(sys.modules, "salur_client", module)
    async with browser(documentation()) as http:
        for short in SHORTS:
            for name, value in {**FILLED, "PARTNER": partner_of(example(short))}.items():
                monkeypatch.setenv(name, value)
            exec(compile(blocks((await http.get(f"/docs/en/events/{short}")).text)["python"], short, "exec"), {})
    assert sent == [example(short) for short in SHORTS]
    assert capsys.readouterr().out == "accepted\n" * len(SHORTS)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_the_rows_of_every_page_are_its_example(event_type: str) -> None:
    event = snippets.example(event_type)
    for language in ("en", "id"):
        rows = snippets.rows(event, "id" if language == "id" else "en")
        assert (rows is not None) is (event_type in SHEET_TYPES)
        if rows is None:
            continue
        written = snippets.as_csv(rows, "id" if language == "id" else "en").encode()
        found = review(written, partner=partner_of(event), registry=REGISTRY, received_at=NOW)
        (draft,) = found.drafts
        assert not [mistake for mistake in found.mistakes if mistake.code.startswith("sheet.")], found.mistakes
        left_out = {name: event[name] for name in event.keys() - draft.event.keys()}
        assert as_text({**draft.event, **left_out}) == as_text(event)


def as_text(value: Any) -> Any:
    """Return JSON with every number as text: a quantity may be written either way."""
    match value:
        case dict():
            return {name: as_text(member) for name, member in value.items()}
        case list():
            return [as_text(member) for member in value]
        case bool():
            return value
        case _:
            return str(value)


def test_a_partner_and_a_quote_survive_the_shell() -> None:
    event = {**example("event.annotated"), "data": {"original": "x", "text": "Jum'at $HOME `date` \\"}}
    done = run(['curl() { printf "%s" "${@: -1}"; }', f"PARTNER={PARTNER}", snippets.curl(event)])
    assert json.loads(done.stdout)["data"]["text"] == event["data"]["text"]
