"""Where a data folder keeps what seals need, and the thread that seals a running stack every so often."""

import contextlib
import threading
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from consumers.database import open_database, open_for_reading
from consumers.ledger.ledger import wall_clock_ms
from consumers.proof.sealing import KEY_NAME, NothingBooked, Sealed, Sealing
from consumers.proof.signer import DEFAULT_ORIGIN, Signer
from models.crashpoints import NO_CRASH_POINTS, CrashPoints
from models.errors import SalurError

KEYS: Final = "keys"
SEALS: Final = "seals"

log = structlog.get_logger()


def signer(data_dir: Path, *, origin: str = DEFAULT_ORIGIN) -> Signer:
    """Return the signer of a data folder; its key is made when it is first needed."""
    return Signer(data_dir / KEYS, origin=origin)


def seal(database_url: str, data_dir: Path, *, origin: str = DEFAULT_ORIGIN, is_quick: bool = False, points: CrashPoints = NO_CRASH_POINTS) -> Sealed:
    """Seal what is booked. Raises NotSealable, IntegrityError, ConfigurationError."""
    reading, writing = open_for_reading(database_url), open_database(database_url)
    try:
        signs = signer(data_dir, origin=origin)
        sealing = Sealing(reading=reading, writing=writing, signer=signs, folder=data_dir / SEALS, clock=wall_clock_ms, points=points)
        return sealing.seal(is_quick=is_quick)
    finally:
        reading.dispose()
        writing.dispose()


def kept(data_dir: Path) -> dict[int, bytes]:
    """Return the seal documents in the data folder by number."""
    return {int(path.stem): path.read_bytes() for path in sorted((data_dir / SEALS).glob("[0-9]*.json"))}


def own_key(data_dir: Path) -> str | None:
    """Return the public key that the data folder's seals are signed with; None if nothing was sealed."""
    path = data_dir / SEALS / KEY_NAME
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


class Sealer:
    """Seals a stack again and again, quickly, until it is stopped. A seal that fails is told in the log and tried again."""

    def __init__(self, database_url: str, data_dir: Path, *, every_seconds: float) -> None:
        self._database_url = database_url
        self._data_dir = data_dir
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)

    def start(self) -> None:
        """Begin; the first seal is made after one span of time."""
        self._thread.start()

    def stop(self) -> None:
        """End, after a seal that is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=60)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            try:
                with contextlib.suppress(NothingBooked):
                    seal(self._database_url, self._data_dir, is_quick=True)
            except (SalurError, DBAPIError, OSError) as error:
                with contextlib.suppress(OSError):  # where that line goes may be a full disk
                    log.error("not_sealed", reason=str(error), error=type(error).__name__)  # noqa: TRY400 - expected: the sentence says it all
