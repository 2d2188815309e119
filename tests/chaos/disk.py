"""A small file system that can be filled to its last block and emptied again: an image in a file, mounted. Linux, as root."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_PIECES: Final = (1 << 30, 1 << 26, 1 << 22, 1 << 18, 1 << 12)


def why_not() -> str:
    """Return why no file system can be mounted here; empty if one can."""
    if os.geteuid() != 0:
        return "only root may mount a file system"
    missing = [name for name in ("mkfs.ext4", "mount", "umount") if _program(name) is None]
    if missing:
        return f"{', '.join(missing)} is not installed"
    # In many containers even root may not.
    with tempfile.TemporaryDirectory() as folder:
        try:
            with SmallDisk(Path(folder) / "disk", size_bytes=1 << 20):
                return ""
        except subprocess.CalledProcessError as error:
            return f"{error.cmd[0]} says: {error.stderr.decode(errors='replace').strip()}"


def _program(name: str) -> str | None:
    """Return where a program is, also where the path does not lead to those of the system."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


class SmallDisk:
    """Mounted at ``folder`` inside ``with``; it takes only as much of the real disk as is written to it."""

    def __init__(self, folder: Path, *, size_bytes: int) -> None:
        self.folder = folder
        self._image = folder.with_suffix(".img")
        self._size_bytes = size_bytes
        self._ballast = folder / "ballast"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        with self._image.open("wb") as image:
            image.truncate(self._size_bytes)
        subprocess.run([_program("mkfs.ext4") or "mkfs.ext4", "-q", "-F", "-m", "0", self._image], check=True, capture_output=True)
        subprocess.run(["mount", "-o", "loop", self._image, self.folder], check=True, capture_output=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # Lazily: a process that was killed a moment ago may still be letting go of its files.
        subprocess.run(["umount", "-l", self.folder], check=True, capture_output=True)
        self._image.unlink()

    def fill(self) -> None:
        """Leave nothing free. What others give back while the disk is full is not taken again."""
        with self._ballast.open("ab") as ballast:
            end = self._ballast.stat().st_size
            for piece in _PIECES:
                with contextlib.suppress(OSError):
                    while True:
                        os.posix_fallocate(ballast.fileno(), end, piece)
                        end += piece

    def free(self) -> None:
        """Give the space back."""
        self._ballast.unlink(missing_ok=True)

    @property
    def used_bytes(self) -> int:
        """How much others have written to it now."""
        ballast = self._ballast.stat().st_size if self._ballast.exists() else 0
        return max(0, shutil.disk_usage(self.folder).used - ballast)
