"""A process that seals a ledger again and again, and may be killed while it does; ``python -m tests.chaos.sealer FOLDER``."""

import contextlib
import itertools
import os
import sys
import time
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from consumers.proof.sealing import NothingBooked
from deploy import crashpoints
from deploy.sealing import seal
from models.errors import SalurError

NOT_SEALED: Final = "NOT SEALED"
REST_SECONDS: Final = 1.0
_TIMES: Final = 2
"""It rests for so many times as long as a seal took."""


def main() -> None:
    """Seal until killed. Whatever does not answer now is tried again; what may not be sealed is said, and must never happen."""
    folder, url = Path(sys.argv[1]), os.environ["SALUR_DATABASE_URL"]
    points = crashpoints.from_environment(os.environ)
    for _ in itertools.count():
        began = time.monotonic()
        try:
            with contextlib.suppress(NothingBooked, DBAPIError, OSError):
                seal(url, folder, is_quick=True, points=points)
        except SalurError as error:
            print(f"{NOT_SEALED}: {error}", flush=True)
        time.sleep(max(REST_SECONDS, _TIMES * (time.monotonic() - began)))


if __name__ == "__main__":
    main()
