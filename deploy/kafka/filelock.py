"""Who holds the lock on a file, as the kernel knows it (POSIX record locks: the kind that Java takes)."""

import fcntl
import struct
import sys
from pathlib import Path


def holder_of(path: Path) -> int | None:
    """Return the id of the process that holds a write lock on ``path``, or None if nobody does.

    0 or below: somebody does whom this process cannot see (another container).
    """
    try:
        file = path.open("rb+")
    except FileNotFoundError:
        return None
    with file:
        # struct flock has its members in another order on each system.
        if sys.platform == "darwin":
            answer = fcntl.fcntl(file, fcntl.F_GETLK, struct.pack("qqihh", 0, 0, 0, fcntl.F_WRLCK, 0))
            _, _, pid, kind, _ = struct.unpack("qqihh", answer)
        else:
            answer = fcntl.fcntl(file, fcntl.F_GETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
            kind, _, _, _, pid = struct.unpack("hhqqi4x", answer)
    return None if kind == fcntl.F_UNLCK else int(pid)
