"""`salur check`: the verdicts of a file, all errors at once, with nothing sent."""

import json
from pathlib import Path

from deploy.demo import catalogue
from tests.deploy.cli.conftest import Salur

GOOD = catalogue.lines("jps-tkm.jsonl")[0].value


def write(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def changed(event_id: str = "another", **data: object) -> bytes:
    event = json.loads(GOOD)
    event["id"] = event_id
    event["data"] |= data
    return json.dumps(event).encode()


def test_a_good_file_is_fine(salur: Salur, tmp_path: Path) -> None:
    answer = salur("check", write(tmp_path / "good.jsonl", GOOD), "--json")
    assert answer.code == 0
    assert answer.json["counts"]["accepted"] == 1
    assert answer.json["results"] == []


def test_all_errors_of_all_lines_are_told_at_once_with_line_and_closest_code(salur: Salur, tmp_path: Path) -> None:
    bad = changed(programme="jps-tkn", country="XX")
    answer = salur("check", write(tmp_path / "bad.jsonl", GOOD, b"", bad, b"{"), "--json")
    assert answer.code == 1
    second, third = answer.json["results"]
    assert (second["line"], third["line"]) == (3, 4)
    assert {reason["code"] for reason in second["reasons"]} >= {"rjct.unknown_programme", "rjct.unknown_country"}
    assert "jps-tkm" in {reason["closest"] for reason in second["reasons"]}
    assert third["reasons"][0]["code"] == "rjct.malformed"


def test_the_reasons_come_in_the_chosen_language(salur: Salur, tmp_path: Path) -> None:
    file = write(tmp_path / "bad.jsonl", changed(programme="jps-tkn"))
    assert "program belum terdaftar" in salur("check", file, "--lang", "id").out
    assert "the programme is not registered" in salur("check", file, "--lang", "en").out


def test_a_repeat_is_harmless_and_other_content_under_one_id_is_not(salur: Salur, tmp_path: Path) -> None:
    assert salur("check", write(tmp_path / "repeat.jsonl", GOOD, GOOD)).code == 0
    answer = salur("check", write(tmp_path / "conflict.jsonl", GOOD, changed("tkm-2020-10-02", recipient_type="worker")), "--json")
    assert answer.code == 1
    assert [(result["disposition"], result["first_line"]) for result in answer.json["results"]] == [("conflict", 1)]


def test_what_a_file_registers_may_be_used_by_its_later_lines(salur: Salur, tmp_path: Path) -> None:
    registrations, rest, _closures = catalogue.stages()
    simulated = next(line.value for line in rest if b"simulasi-gudang" in line.value)
    assert salur("check", write(tmp_path / "one.jsonl", simulated)).code == 1
    assert salur("check", write(tmp_path / "two.jsonl", *(line.value for line in registrations), simulated)).code == 0


def test_a_file_that_is_not_there_is_a_usage_error(salur: Salur) -> None:
    answer = salur("check", "nowhere.jsonl")
    assert answer.code == 2
    assert "nowhere.jsonl" in answer.err


def test_nothing_is_sent_when_a_line_is_bad_and_checking_first_is_asked(salur: Salur, tmp_path: Path) -> None:
    answer = salur("publish", "--check-first", write(tmp_path / "bad.jsonl", GOOD, b"{"))
    assert answer.code == 1
    assert "nothing was sent" in answer.err


def test_publishing_without_a_stack_says_how_to_start_one(salur: Salur, tmp_path: Path) -> None:
    answer = salur("publish", write(tmp_path / "good.jsonl", GOOD))
    assert answer.code == 3
    assert "salur up" in answer.err
