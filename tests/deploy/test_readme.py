"""The README's commands exist, its options too, and the paths that it names are there."""

import re
import shlex
from pathlib import Path

import pytest

from deploy.settings import _known_variables
from tests.deploy.cli.conftest import Salur, salur

__all__ = ["salur"]

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
LINES = [line.split("#")[0].strip() for block in BLOCKS for line in block.splitlines()]
COMMANDS = sorted({line[line.index("salur ") :] for line in LINES if re.search(r'(^|" )salur ', line)})
INLINE = sorted(set(re.findall(r"`(salur [a-z][^`]*)`", README)))


def test_there_are_commands_to_look_at() -> None:
    assert len(COMMANDS) > 10
    assert "salur demo --once" in COMMANDS


@pytest.mark.parametrize("line", COMMANDS + [line for line in INLINE if "…" not in line])
def test_every_command_of_the_readme_exists_with_its_options(salur: Salur, line: str) -> None:
    words = shlex.split(line)[1:]
    if words[0].startswith("-"):
        assert words[0] in salur("--help").out
        return
    named = words[:2] if words[0] in {"auditor", "partner", "rejected"} and len(words) > 1 else words[:1]
    answer = salur(*named, "--help")
    assert answer.code == 0, line
    for option in (word for word in words if word.startswith("--")):
        assert option in answer.out, line


def test_the_settings_that_the_readme_names_are_settings() -> None:
    assert set(re.findall(r"\bSALUR_[A-Z_]+\b", README)) <= _known_variables()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:models|streams|consumers|deploy|tests)/[a-z0-9_/.-]*)`", README))))
def test_the_paths_that_the_readme_names_are_there(path: str) -> None:
    assert (ROOT / path).exists()
