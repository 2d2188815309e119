"""A copy with a bug planted in it is always caught."""

import subprocess
import sys

import pytest

from tests.simulation import mutants

WITHIN = 600
RARELY_MET = {"held-release-lost-by-a-restart": 3_000}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", mutants.MUTANTS)
def test_a_planted_bug_is_caught(name: str) -> None:
    seeds = RARELY_MET.get(name, WITHIN)
    command = [sys.executable, "-m", "tests.simulation", "--mutant", name, "--seeds", str(seeds), "--processes", "1"]

    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)

    assert ended.stderr == ""
    assert ended.returncode == 1
    assert "fails; replay it with" in ended.stdout


def test_a_bug_whose_place_is_gone_is_not_planted_silently() -> None:
    code = "from tests.simulation import mutants\nmutants._plant(mutants.Mutant('models.corrections', 'no such line', ''))\nimport models.corrections\n"

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert ended.returncode == 1
    assert "the place of the planted bug is not in models.corrections" in ended.stderr
