"""No person's number gets anywhere that somebody looks: not into the database, topics, logs, metrics, pages, answers or exports.

The invariant I9 on a whole running stack. The raw inbound topics hold what partners sent, and are restricted.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import running
from models.topics import BOOKINGS, ENTRIES, REJECTED
from tests import planted
from tests.consumers.ledger.desk import masks
from tests.deploy.test_stack import Running
from tests.poison import POISON

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

NUMBERS = (planted.NIK, "B1234567", "0812-3456-7890", "002301004567508")
QUESTIONS = (
    ("tally", "--json", "--simulated"),
    ("tally", "--public", "--json"),
    ("explain", "--json", "--limit", "0"),
    ("rejected", "list", "--json"),
    ("flags", "--json"),
    ("statement", "--json"),
    ("diff", "0", "99999999", "--json"),
    ("batches", "--json"),
    ("balance", "--json"),
    ("evidence", "--json"),
    ("reconcile", "--json"),
    ("verify", "--json"),
)

PAGES = ("/en/", "/id/", "/v1/tallies", "/v1/entries", "/v1/intake", "/v1/flags")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    stack = Running(tmp_path_factory.mktemp("identity"), SALUR_LOG_LEVEL="debug")
    stack.up()
    (stack.folder / "planted.jsonl").write_bytes(b"\n".join(lines()) + b"\n")
    published = stack.salur("publish", "--wait", "--json", stack.folder / "planted.jsonl")
    assert published.json["counts"]["rejected"] > 600, published.err
    assert published.json["counts"]["accepted"] == 10
    yield stack
    assert stack.stop() == 0


def lines() -> Iterator[bytes]:
    """Yield every planted event, and good ones between them so that there is something to ask for."""
    for number in range(10):
        yield json.dumps(masks(f"good-{number}", 1)).encode()
    for poison in POISON:
        if "-at-" in poison.name and poison.value is not None:
            yield poison.value


def outputs(stack: Running) -> Iterator[tuple[str, str]]:
    """Yield everything that a partner, an operator or an auditor could read, by where it is read."""
    for question in QUESTIONS:
        done = stack.salur(*question)
        yield " ".join(("salur", *question)), done.out + done.err
    described = running.read(stack.folder)
    assert described is not None
    for address in (
        *described.metrics_urls,
        *(f"{described.web_url}{path}" for path in ("/en/", "/id/", "/v1/tallies", "/v1/entries", "/v1/intake", "/v1/flags")),
    ):
        with urllib.request.urlopen(address, timeout=30) as answer:
            yield address, answer.read().decode()
    for path in stack.folder.rglob("*"):
        if path.is_file() and not _is_inbound(path, stack.folder):
            yield str(path.relative_to(stack.folder)), path.read_bytes().decode("utf-8", errors="replace")


def _is_inbound(path: Path, folder: Path) -> bool:
    """Tell whether a file is what the partner itself holds, or a partition of the raw inbound topic."""
    parts = path.relative_to(folder).parts
    if parts[0] == "planted.jsonl":
        return True
    return any(part.startswith("aid.") for part in parts) and not any(part.startswith((BOOKINGS, ENTRIES, REJECTED)) for part in parts)


def test_no_planted_number_is_found_anywhere(stack: Running) -> None:
    read = dict(outputs(stack))
    assert len(read) > len(QUESTIONS) + 8
    found = {place: number for place, text in read.items() for number in NUMBERS if _holds(text, number)}
    assert found == {}


def test_the_search_finds_a_number_where_one_is(stack: Running) -> None:
    assert all(_holds((stack.folder / "planted.jsonl").read_text("utf-8"), number) for number in NUMBERS)


def _holds(text: str, number: str) -> bool:
    # Kafka's files are mostly zeros: looking for the digits alone first takes no time.
    return number in text and re.search(rf"(?<![0-9A-Za-z]){re.escape(number)}(?![0-9A-Za-z])", text) is not None
