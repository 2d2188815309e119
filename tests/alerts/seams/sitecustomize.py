"""Two ways to break a process of a running stack that no signal has; Python imports a module of this name before anything else.

SIGUSR2 blocks its main thread, and with it its event loop, for an hour. While the folder ``SALUR_TEST_BROKEN`` has a
file with the name of a module, importing that module fails, as it would with a mistake in it.
"""

import importlib.abc
import importlib.machinery
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

_HOUR = 3600


class _Broken(importlib.abc.MetaPathFinder):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if (self._folder / fullname).exists():
            raise ImportError(f"{fullname} has a mistake in it")
        return None


if "SALUR_TEST_BROKEN" in os.environ:
    sys.meta_path.insert(0, _Broken(Path(os.environ["SALUR_TEST_BROKEN"])))
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGUSR2, lambda _number, _frame: time.sleep(_HOUR))
