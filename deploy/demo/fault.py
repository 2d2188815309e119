"""The demonstration's fault: the page asks for a worker to be killed, the process that started it does so.

They meet in a file of the data folder, so a web process has no power over other processes; only `salur demo` looks
for the file.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

VARIABLE: Final = "SALUR_DEMO"
"""Set for the web process of a demonstration, and of nothing else."""
FILE: Final = "demo-kill.request"
TAKEN_SECONDS: Final = 3.0
_LOOK_SECONDS: Final = 0.1


def ask(data_dir: Path) -> bool:
    """Ask for the kill, and tell whether it was done in time."""
    request = data_dir / FILE
    request.touch()
    deadline = time.monotonic() + TAKEN_SECONDS
    while request.exists():
        if time.monotonic() > deadline:
            request.unlink(missing_ok=True)
            return False
        time.sleep(_LOOK_SECONDS / 2)
    return True


def serve(data_dir: Path, kill: Callable[[], None], *, until: threading.Event) -> None:
    """Do what is asked for, until told to stop."""
    while not until.wait(_LOOK_SECONDS):
        if (data_dir / FILE).exists():
            kill()
            (data_dir / FILE).unlink(missing_ok=True)
