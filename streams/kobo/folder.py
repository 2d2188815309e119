"""The mappings that a process serves: TOML files in a folder, each the mapping of one form by its file's name, read again when they change."""

import dataclasses
import re
from pathlib import Path
from typing import Final

from streams.kobo.mapping import Fault, FormMapping, read_mapping

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
SUFFIX: Final = ".toml"
_MOST_BYTES: Final = 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class Broken:
    """A file that is no mapping, and why."""

    faults: tuple[Fault, ...]


class Mappings:
    """The mappings of one folder, which need not be there. May be asked from one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[tuple[int, int], FormMapping | Broken]] = {}

    def find(self, name: str) -> FormMapping | Broken | None:
        """Return the mapping of this name as its file is now; Broken for a file that is none, None for no file."""
        if not NAME.fullmatch(name):
            return None
        path = self.folder / f"{name}{SUFFIX}"
        try:
            found = path.stat()
            mark = (found.st_mtime_ns, found.st_size)
            if (known := self._read.get(name)) is not None and known[0] == mark:
                return known[1]
            content = path.read_bytes() if found.st_size <= _MOST_BYTES else b""
        except FileNotFoundError:
            return None
        except OSError as error:
            return Broken((Fault("", "mapping.not_toml", given=str(error.strerror)),))
        mapping = read_mapping(content)
        read = Broken(tuple(mapping)) if isinstance(mapping, list) else mapping
        self._read[name] = (mark, read)
        return read

    def names(self) -> list[str]:
        """Return the names of all files that may be mappings."""
        if not self.folder.is_dir():
            return []
        return sorted(path.stem for path in self.folder.glob(f"*{SUFFIX}") if NAME.fullmatch(path.stem))
