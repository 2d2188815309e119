"""What the process that reads files is asked and what it answers: JSON, a line each; after a question come the bytes of the file."""

from typing import Final

import msgspec

from models.reasons import Language
from streams.sheets.mistakes import Mistake
from streams.sheets.review import Review

DRAFTS_A_LINE: Final = 200


class ReviewIt(msgspec.Struct, tag="review"):
    """Read the file and judge it. ``registrations`` are events that the code lists took up since they were shipped."""

    size: int
    partner: str
    event_type: str | None
    received_at: int
    registrations: list[msgspec.Raw]


class AnnotateIt(msgspec.Struct, tag="annotate"):
    """Give the file back with these mistakes beside its rows."""

    size: int
    lang: Language
    mistakes: list[Mistake]


Question = ReviewIt | AnnotateIt


class Read(msgspec.Struct, tag="read"):
    """The file was read: it has so many events."""

    events: int


class Judged(msgspec.Struct, tag="judged"):
    """So many more events were judged."""

    count: int


class Draft(msgspec.Struct, array_like=True):
    """An event that can be sent: its place among the events of the file, its first row, its id, and its bytes."""

    number: int
    row: int
    id: str
    value: str


class Drafts(msgspec.Struct, tag="drafts"):
    """Some of the events that can be sent."""

    drafts: list[Draft]


class Reviewed(msgspec.Struct, tag="reviewed"):
    """The end of a review. ``header_row`` is 0 for a file that could not be read at all; ``events`` counts those with mistakes too."""

    rows: int
    events: int
    header_row: int
    is_readable: bool
    has_keys: bool
    mistakes: list[Mistake]


class Annotated(msgspec.Struct, tag="annotated"):
    """The annotated copy follows, so many bytes of it; -1 for a file that cannot be written again."""

    size: int


Answer = Read | Judged | Drafts | Reviewed | Annotated

encode_question: Final = msgspec.json.Encoder().encode
decode_question: Final = msgspec.json.Decoder(Question).decode
encode_answer: Final = msgspec.json.Encoder().encode
decode_answer: Final = msgspec.json.Decoder(Answer).decode


def reviewed(review: Review) -> Reviewed:
    """Return the end of a review."""
    return Reviewed(
        rows=review.rows,
        events=len(review.drafts),
        header_row=review.table.header_row if review.table else 0,
        is_readable=review.is_readable,
        has_keys=any(draft.key for draft in review.drafts),
        mistakes=review.mistakes,
    )
