"""The process that reads one file: ``python -m streams.uploads.child``. What it is asked comes in by standard input, its answer goes out.

A file from outside may be anything. Here it can take neither the memory nor the time of the process that talks to
partners: whatever it does to this one, it ends.
"""

import os
import resource
import sys
from collections.abc import Callable
from typing import IO, Final

from models.decoding import decode
from models.naming import Registration
from models.registry import Registry
from streams.sheets import headers
from streams.sheets.annotating import annotated
from streams.sheets.mistakes import Mistake
from streams.sheets.review import Review, review
from streams.sheets.table import read
from streams.uploads import wire

MOST_MEMORY_BYTES: Final = 3 * 1024**3
MOST_PROCESSOR_SECONDS: Final = 180
_NICENESS: Final = 5


def main() -> None:
    """Answer one question."""
    # Others wait for the processor too, and they wait for less.
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_PROCESSOR_SECONDS, MOST_PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer(sys.stdin.buffer, sys.stdout.buffer)


def answer(source: IO[bytes], out: IO[bytes]) -> None:
    """Read a question and its file, and write the answer."""

    def tell(one: wire.Answer) -> None:
        out.write(wire.encode_answer(one) + b"\n")
        out.flush()

    question = wire.decode_question(source.readline())
    content = source.read(question.size)
    match question:
        case wire.ReviewIt():
            _review(question, content, tell)
        case wire.AnnotateIt():
            copy = _annotate(question, content)
            tell(wire.Annotated(-1 if copy is None else len(copy)))
            out.write(copy or b"")
            out.flush()


def _review(question: wire.ReviewIt, content: bytes, tell: Callable[[wire.Answer], None]) -> None:
    registry = Registry.shipped()
    for value in question.registrations:
        event = decode(bytes(value))
        assert isinstance(event, Registration), "what a registry took up is a registration"
        registry.apply(event)
    found = review(
        content,
        partner=question.partner,
        registry=registry,
        received_at=question.received_at,
        event_type=question.event_type,
        on_read=lambda events: tell(wire.Read(events)),
        on_judged=lambda count: tell(wire.Judged(count)),
    )
    good = {id(draft) for draft in found.good}
    drafts = [
        wire.Draft(number, draft.rows[0], draft.event["id"], draft.value.decode()) for number, draft in enumerate(found.drafts, start=1) if id(draft) in good
    ]
    for start in range(0, len(drafts), wire.DRAFTS_A_LINE):
        tell(wire.Drafts(drafts[start : start + wire.DRAFTS_A_LINE]))
    tell(wire.reviewed(found))


def _annotate(question: wire.AnnotateIt, content: bytes) -> bytes | None:
    table = read(content, recognised=headers.recognised)
    return None if isinstance(table, Mistake) else annotated(content, Review(table, [], question.mistakes), question.lang)


if __name__ == "__main__":
    main()
