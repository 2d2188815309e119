"""The HTTP intake of a whole running stack, on a real Kafka: from `salur partner` to the tally, also while Kafka is stopped."""

import asyncio
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy import running
from tests.consumers.ledger.desk import masks
from tests.deploy.test_stack import Running, figures

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
VERDICT_SECONDS = 30
CLOUDEVENT = {"Content-Type": "application/cloudevents+json"}


class Partner:
    """A partner's program on a running stack."""

    def __init__(self, stack: Running, code: str) -> None:
        described = running.read(stack.folder)
        assert described is not None
        self.web_url = str(described.web_url)
        stack.salur("partner", "add", code)
        made = stack.salur("partner", "token", code, "--json")
        assert made.code == 0, made.err
        self.token = str(made.json["token"])
        self.http = httpx.Client(base_url=self.web_url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60)

    def send(self, event: Any) -> httpx.Response:
        return self.http.post("/v1/events", content=json.dumps(event), headers=CLOUDEVENT)

    def verdict(self, event_id: str) -> Any:
        deadline = time.monotonic() + VERDICT_SECONDS
        while (answer := self.http.get(f"/v1/events/{event_id}")).status_code != 200:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.05)
        return answer.json()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    stack = Running(tmp_path_factory.mktemp("stack"), SALUR_WEB_ACKNOWLEDGE_SECONDS="3")
    stack.up()
    yield stack
    assert stack.stop() == 0


def test_what_is_sent_over_http_is_in_the_ledger_and_in_the_tables(stack: Running) -> None:
    taipei = Partner(stack, "kdei-taipei")
    before = figures(stack).get(("bantuan-pmi", "distributed", "piece"), "0")
    assert taipei.send(masks("http-1", 123)).status_code == 202
    batch = [masks(f"http-b-{number}", 1) for number in range(50)]
    answer = taipei.http.post("/v1/events:batch", json=batch)
    assert (answer.status_code, {result["status"] for result in answer.json()["results"]}) == (202, {202})
    assert taipei.verdict("http-1")["verdict"] == "accepted"
    for event in batch:
        assert taipei.verdict(event["id"])["verdict"] == "accepted"
    assert int(figures(stack)["bantuan-pmi", "distributed", "piece"]) == int(before) + 173
    again = taipei.send(masks("http-1", 123))
    assert (again.status_code, again.headers["idempotent-replayed"]) == (202, "true")
    assert taipei.send(masks("http-1", 124)).status_code == 409


def test_a_correction_shares_the_partition_of_its_original(stack: Running) -> None:
    taipei = Partner(stack, "kdei-taipei")
    taipei.send(masks("keyed"))
    reversed_ = {**masks("keyed-r"), "type": "salur.event.reversed.v1", "data": {"original": "keyed", "reason": "entered_twice"}}
    assert taipei.send(reversed_).status_code == 202
    places = [taipei.verdict(event_id)["place"] for event_id in ("keyed", "keyed-r")]
    assert places[0]["partition"] == places[1]["partition"]


def test_while_kafka_is_stopped_nothing_is_promised_and_afterwards_nothing_is_lost_or_doubled(stack: Running) -> None:
    taipei = Partner(stack, "kjri-hong-kong")
    described = running.read(stack.folder)
    assert described is not None
    kafka = described.processes["kafka"]
    events = [masks(f"stop-{number}", 1, partner="kjri-hong-kong", country="HK") for number in range(40)]
    promised = [event["id"] for event in events[:10] if taipei.send(event).status_code == 202]
    os.kill(kafka, signal.SIGSTOP)
    try:
        answers = asyncio.run(_send_all(taipei, events))
    finally:
        os.kill(kafka, signal.SIGCONT)
    known = [answer for answer in answers if answer.status_code == 202]
    unknown = [answer for answer in answers if answer.status_code == 503]
    assert len(known) + len(unknown) == len(events)
    assert unknown
    assert all(int(answer.headers["retry-after"]) > 0 for answer in unknown)
    deadline = time.monotonic() + 60
    for event in events:
        while (answer := taipei.send(event)).status_code == 503:
            assert time.monotonic() < deadline
        assert answer.status_code == 202, answer.text
    for event_id in [*promised, *(event["id"] for event in events)]:
        assert taipei.verdict(event_id)["verdict"] == "accepted"
    found = stack.salur("tally", "--json", "--destination", "HK", "--item", "masker", "--measure", "distributed")
    assert [row["quantity"] for row in found.json["rows"]] == ["40"]
    assert stack.salur("reconcile").code == 0


def test_a_killed_web_process_comes_back_at_the_same_address(stack: Running) -> None:
    taipei = Partner(stack, "kdei-taipei")
    described = running.read(stack.folder)
    assert described is not None
    os.kill(described.processes["web"], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while True:
        try:
            answer = taipei.send(masks("after-kill"))
            if answer.status_code == 202:
                break
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert taipei.verdict("after-kill")["verdict"] == "accepted"


def test_tokens_are_made_listed_and_revoked_by_the_command(stack: Running) -> None:
    hong_kong = Partner(stack, "kjri-hong-kong")
    prefix = hong_kong.token.split("_")[1]
    listed = stack.salur("partner", "list", "--json").json
    (mine,) = [one for one in listed["tokens"] if one["prefix"] == prefix]
    assert (mine["partner"], mine["scopes"], mine["revoked_at"]) == ("kjri-hong-kong", ["publish", "read"], None)
    assert hong_kong.token not in json.dumps(listed)
    assert hong_kong.http.get("/v1/events/x").status_code == 404
    assert stack.salur("partner", "revoke", prefix, "--json").json == {"revoked": [prefix]}
    assert hong_kong.http.get("/v1/events/x").status_code == 401
    assert stack.salur("partner", "revoke", prefix).code == 1


def test_the_recipe_of_the_readme_works_as_it_is_written(stack: Running) -> None:
    """A person who follows it gets from a token to an accepted event."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    (recipe,) = [block for block in blocks if "/v1/events" in block]
    salur = f"salur() {{ '{__import__('sys').executable}' -m deploy.cli.main \"$@\"; }}\n"
    done = subprocess.run(["bash", "-euc", salur + recipe], env=stack.environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    receipt, verdict = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")][:2]
    assert receipt["id"] == "masker-2020-05-03"
    assert verdict["verdict"] == "accepted"


async def _send_all(partner: Partner, events: list[dict[str, Any]]) -> list[httpx.Response]:
    async with httpx.AsyncClient(base_url=partner.web_url, headers={**CLOUDEVENT, "Authorization": f"Bearer {partner.token}"}, timeout=60) as http:
        return await asyncio.gather(*(http.post("/v1/events", content=json.dumps(event)) for event in events))
