"""Wall clocks that jump: each process of a chaos run has its own, which can be set while it runs."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Final

JUMPS_SECONDS: Final = (-86_400, -3_600, -20, 20, 3_600, 86_400)
_SITE: Final = Path(__file__).with_name("jumping")


class Clocks:
    """Keeps how far each process's clock is off, in a file that the process reads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def environment(self, name: str) -> Mapping[str, str]:
        """Return the variables that give a process a clock that can be set."""
        return {"PYTHONPATH": str(_SITE), "SALUR_TEST_CLOCK": str(self._folder / name)}

    def jump(self, name: str, chance: random.Random) -> int:
        """Let one clock jump, and return how far it is off now."""
        seconds = chance.choice(JUMPS_SECONDS)
        self.set(name, seconds)
        return seconds

    def set(self, name: str, seconds: int) -> None:
        """Set one clock."""
        new = self._folder / f"{name}.new"
        new.write_text(str(seconds), encoding="ascii")
        new.replace(self._folder / name)
