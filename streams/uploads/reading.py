"""Having files read: one process a file, a few at a time, each ended when it takes too long; this process only waits."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from models.reasons import Language
from models.registry import Registry
from streams.sheets.mistake_words import SheetCode
from streams.sheets.mistakes import Mistake
from streams.uploads import wire

AT_ONCE: Final = 2
SECONDS: Final = 240.0
_LONGEST_LINE: Final = 64 * 1024 * 1024
_COMMAND: Final = (sys.executable, "-m", "streams.uploads.child")

Progress = Callable[[int, int], None]
"""Hears how many events are done, and of how many."""


class Found(NamedTuple):
    """What a file holds: the events that can be sent, and what is wrong."""

    drafts: list[wire.Draft]
    review: wire.Reviewed


class Reader:
    """Reads files. ``at_once`` processes work at a time; the others wait for their turn."""

    def __init__(self, *, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._seconds = seconds

    async def review(
        self, content: bytes, *, partner: str, event_type: str | None, received_at: int, registry: Registry | None, on_progress: Progress
    ) -> Found:
        """Return what a file of ``partner`` holds, judged by the code lists (None for those that were shipped)."""
        taken_up = registry.taken_up if registry is not None else ()
        registrations = [msgspec.Raw(msgspec.json.encode(event)) for event in taken_up]
        question = wire.ReviewIt(len(content), partner, event_type, received_at, registrations)
        drafts: list[wire.Draft] = []
        done = total = 0
        async with self._turns, contextlib.aclosing(self._ask(question, content)) as answers:
            async for answer, _ in answers:
                match answer:
                    case wire.Read(events):
                        total = events
                    case wire.Judged(count):
                        done += count
                    case wire.Drafts(some):
                        drafts += some
                    case wire.Reviewed():
                        return Found(drafts, answer)
                on_progress(done, total)
        return Found([], _refused("sheet.unreadable"))

    async def annotated(self, content: bytes, mistakes: Sequence[Mistake], lang: Language) -> bytes | None:
        """Return the partner's own file with its mistakes, None for one that cannot be written again."""
        question = wire.AnnotateIt(len(content), lang, list(mistakes))
        async with self._turns, contextlib.aclosing(self._ask(question, content)) as answers:
            async for answer, stream in answers:
                if isinstance(answer, wire.Annotated) and answer.size >= 0:
                    return await stream.readexactly(answer.size)
        return None

    async def _ask(self, question: wire.Question, content: bytes) -> AsyncGenerator[tuple[wire.Answer, asyncio.StreamReader], None]:
        """Yield the answers of a process that is given a question and a file; none come of one that was ended."""
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, limit=_LONGEST_LINE
        )
        assert process.stdout is not None
        giving = asyncio.create_task(_give(process, wire.encode_question(question) + b"\n", content))
        try:
            async with asyncio.timeout(self._seconds):
                while line := await process.stdout.readline():
                    yield wire.decode_answer(line), process.stdout
        except (TimeoutError, asyncio.IncompleteReadError, msgspec.MsgspecError):
            return
        finally:
            giving.cancel()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            # To its end, which comes now: only then is the pipe let go of.
            await process.stdout.read()
            await process.wait()
            await asyncio.gather(giving, return_exceptions=True)


async def _give(process: Any, *parts: bytes) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for part in parts:
            process.stdin.write(part)
            await process.stdin.drain()
        process.stdin.close()


def _refused(code: SheetCode) -> wire.Reviewed:
    return wire.Reviewed(rows=0, events=0, header_row=0, is_readable=False, has_keys=False, mistakes=[Mistake(0, 0, code)])
