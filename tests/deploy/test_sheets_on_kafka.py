"""Spreadsheets on a whole running stack: sent twice, by two at once, killed half-way, and with rows edited afterwards."""

import contextlib
import datetime
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from kafka import KafkaConsumer, TopicPartition

from deploy import running
from models.topics import EVENTS
from tests.deploy.test_stack import SALUR, Running, figures
from tests.streams.sheets.sheets import row, xlsx

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(400)]

ROWS = 2000
MINE = ("--partner", "kdei-taipei", "--json")
MASKS = ("bantuan-pmi", "distributed", "piece")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    stack = Running(tmp_path_factory.mktemp("stack"))
    stack.up()
    yield stack
    assert stack.stop() == 0


def masks(stack: Running) -> int:
    return int(figures(stack).get(MASKS, "0"))


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(xlsx(rows))
    return path


def numbered(name: str, rows: int = ROWS) -> list[dict[str, Any]]:
    return [row(f"{name}-{number}", jumlah=number) for number in range(1, rows + 1)]


def test_the_same_file_is_counted_once_however_often_and_by_however_many_it_is_sent(stack: Running, tmp_path: Path) -> None:
    file, before, total = written(tmp_path / "a.xlsx", numbered("a")), masks(stack), ROWS * (ROWS + 1) // 2
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: stack.salur("publish", file, "--wait", *MINE), range(2)))
    assert [answer.code for answer in answers] == [0, 0], [answer.err for answer in answers]
    assert masks(stack) == before + total
    for _ in range(3):
        again = stack.salur("publish", file, "--wait", *MINE)
        assert (again.code, again.json["sent_before"], again.json["sent"]) == (0, ROWS, 0)
    assert masks(stack) == before + total


def test_a_publisher_that_was_killed_half_way_is_finished_by_sending_the_file_again(stack: Running, tmp_path: Path) -> None:
    rows = [row(f"half-{number}", jumlah=1) for number in range(6_000)]
    file, before = written(tmp_path / "half.xlsx", rows), masks(stack)
    described = running.read(stack.folder)
    assert described is not None
    with contextlib.closing(KafkaConsumer(bootstrap_servers=described.bootstrap_servers)) as consumer:
        partitions = [TopicPartition(EVENTS, number) for number in consumer.partitions_for_topic(EVENTS)]
        empty = consumer.end_offsets(partitions)
        publisher = subprocess.Popen([*SALUR, "publish", str(file), *MINE], env=stack.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while consumer.end_offsets(partitions) == empty:
            assert publisher.poll() is None
            assert time.monotonic() < deadline
    publisher.send_signal(signal.SIGKILL)
    publisher.wait()
    done = stack.salur("publish", file, "--wait", *MINE)
    assert done.code == 0, done.err
    assert masks(stack) == before + len(rows)


def test_rows_that_were_edited_are_conflicts_with_amendments_that_put_them_right(stack: Running, tmp_path: Path) -> None:
    rows, before = numbered("e", 10), masks(stack)
    assert stack.salur("publish", written(tmp_path / "first.xlsx", rows), "--wait", *MINE).code == 0
    for number in (2, 5, 7):
        rows[number]["jumlah"] += 100
    edited, back, amendments = written(tmp_path / "edited.xlsx", rows), tmp_path / "back.xlsx", tmp_path / "amendments.jsonl"
    refused = stack.salur("publish", edited, "--wait", "--mode", "good-rows", "--annotated", back, "--amendments", amendments, *MINE)
    assert (refused.code, refused.json["keys_taken"], refused.json["sent_before"], refused.json["sent"]) == (1, 3, 7, 0)
    assert [(mistake["row"], mistake["code"]) for mistake in refused.json["mistakes"]] == [(number + 2, "sheet.id_taken") for number in (2, 5, 7)]
    assert masks(stack) == before + 55
    sheet = openpyxl.load_workbook(back).worksheets[0]
    assert [bool(sheet.cell(number, sheet.max_column).value) for number in range(2, 12)] == [number in (2, 5, 7) for number in range(10)]
    for _ in range(2):
        assert stack.salur("publish", amendments, "--wait", "--json").code == 0
    assert masks(stack) == before + 355


def test_good_rows_count_only_in_the_mode_that_says_so(stack: Running, tmp_path: Path) -> None:
    rows = [row("m-1", jumlah=10), row("m-2", jumlah="1.500"), row("m-3", jumlah=20, tanggal=datetime.date(2020, 5, 4))]
    file, before = written(tmp_path / "mixed.xlsx", rows), masks(stack)
    for mode, sent, counted in (("check", 0, 0), ("all-or-nothing", 0, 0), ("good-rows", 2, 30)):
        answer = stack.salur("publish", file, "--wait", "--mode", mode, *MINE)
        assert (answer.code, answer.json["mode"], answer.json["sent"]) == (1, mode, sent), answer.err
        assert masks(stack) == before + counted
        assert json.dumps(answer.json["mistakes"]).count("sheet.number_ambiguous") == 1


def test_a_whole_file_is_taken_back_once(stack: Running, tmp_path: Path) -> None:
    file, before = written(tmp_path / "undo.xlsx", numbered("u", 10)), masks(stack)
    assert stack.salur("publish", file, "--wait", *MINE).code == 0
    assert masks(stack) == before + 55
    for disposition in ("accepted", "duplicate"):
        undone = stack.salur("publish", file, "--undo", "entered twice", "--wait", *MINE)
        assert (undone.code, undone.json["counts"][disposition]) == (0, 10), undone.err
        assert masks(stack) == before
