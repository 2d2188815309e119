"""Broken set-ups of which nothing runs: the doctor names the cause of each, with one thing to do about it, in both languages."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cli.remark_words import remark
from tests.deploy.cli.conftest import Salur, salur
from tests.deploy.cli.test_indonesian import is_a_command
from tests.deploy.doctor.broken import WITHOUT_KAFKA, Broken, Place

__all__ = ["salur"]

ROOT = Path(__file__).parents[3]
SERIOUS = {"wrong", "unreachable"}


@pytest.fixture(name="place")
def _place(salur: Salur, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    folder = tmp_path / "data"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        place = Place(folder, monkeypatch, stack)
        place.set(SALUR_DATA=folder)
        yield place


@pytest.mark.parametrize("broken", WITHOUT_KAFKA, ids=lambda broken: f"{broken.breaks.__name__} ({broken.check})")
def test_the_cause_of_a_broken_set_up_is_named_with_what_to_do(salur: Salur, place: Place, broken: Broken) -> None:
    broken.breaks(place)
    answer = salur("doctor", "--json")
    found = [one for one in answer.json["checks"] if one["check"] == broken.check]
    named = [one for one in found if one["state"] == broken.state and broken.words in one["found"]]
    assert named, found
    assert all(one["fix"] for one in answer.json["checks"] if one["state"] in {*SERIOUS, "notice"})
    if broken.state in SERIOUS:
        assert answer.json["fine"] is False
        assert answer.code in {1, 2, 3}
    assert "very-secret" not in answer.out + answer.err
    untold = [text for one in named for text in (one["found"], one["fix"]) if remark(text, "id") == text and not is_a_command(text)]
    assert untold == [], "every finding has Indonesian words"


def test_so_many_different_set_ups_are_broken() -> None:
    assert len({broken.breaks for broken in WITHOUT_KAFKA}) >= 55


def test_nothing_is_changed_by_looking(salur: Salur, place: Place) -> None:
    before = sorted(place.folder.rglob("*"))
    salur("doctor")
    assert sorted(place.folder.rglob("*")) == before


def without_privileges(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as somebody for whom the rights of files count, which they do not for root."""
    environment = {"SALUR_DATA": str(folder), "PATH": os.environ["PATH"], "HOME": str(folder.parent)}
    dropped = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    argv = [*dropped, sys.executable, "-m", "deploy.cli.main", *words]
    return subprocess.run(argv, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("rights", "words"), [(0o300, "may not be read"), (0o500, "may not be written")], ids=["a folder that may not be read", "one that may not be written"]
)
def test_a_folder_without_its_rights_is_named(tmp_path: Path, rights: int, words: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(rights)
    answer = without_privileges(folder, "doctor", "--json")
    folder.chmod(0o700)
    [found] = [one for one in json.loads(answer.stdout)["checks"] if one["check"] == "Data folder"]
    assert (found["state"], words in found["found"]) == ("wrong", True), found


def test_a_file_in_it_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").touch()
    (tmp_path / "ledger.sqlite").chmod(0o400)
    answer = without_privileges(tmp_path, "doctor", "--json")
    [found] = [one for one in json.loads(answer.stdout)["checks"] if one["check"] == "Data folder"]
    assert "ledger.sqlite belongs to another user" in found["found"]
