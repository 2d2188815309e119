"""Breaking processes of a stack in ways that no signal has: a blocked event loop, a module with a mistake in it."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

SEAMS: Final = Path(__file__).with_name("seams")


class Breaking:
    """``environment`` is what the stack is started with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that make a stack breakable."""
        return {"PYTHONPATH": str(SEAMS), "SALUR_TEST_BROKEN": str(self._folder)}

    @contextlib.contextmanager
    def broken(self, module: str) -> Iterator[None]:
        """Let processes that start inside the block fail to import a module."""
        (self._folder / module).touch()
        try:
            yield
        finally:
            (self._folder / module).unlink()
