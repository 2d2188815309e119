"""The read log as the gate awaits it, over the one that is written by a thread."""

import asyncio

from consumers.reads.writer import ReadLog
from models.reads import Read


class AwaitedReads:
    """Awaits each line."""

    def __init__(self, log: ReadLog) -> None:
        self._log = log

    async def append(self, read: Read) -> None:
        """Keep one line. Raises Unreachable when it is not kept."""
        await asyncio.wrap_future(self._log.append(read))
