"""The command as a person runs it, in this process: words in, exit code and output back."""

import dataclasses
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.cli.main import main


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value that was printed."""
        return json.loads(self.out)


Salur = Callable[..., Answer]


@pytest.fixture
def salur(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Salur:
    """Run `salur WORD…` with a data folder of its own and no settings from outside."""
    for name in [name for name in os.environ if name.startswith("SALUR_") and not name.startswith("SALUR_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SALUR_DATA", str(tmp_path))
    monkeypatch.setenv("LANG", "C.UTF-8")

    def run(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["salur", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 0 if code is None else 1, printed.out, printed.err)

    return run
