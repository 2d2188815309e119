"""What the partners' pages send, handed to the intake; what it answers, in the words of the page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from models.access import Grant
from models.reasons import Language
from models.uploads import Form, Mode, NotDone, Report, SaidError, Sent, TakenBack, Upload, UploadedEvent
from streams.intake.problem_words import KINDS
from streams.intake.problems import Problem, errors_of
from streams.intake.receiving import Intake, Receipt
from streams.sheets.amending import amendment
from streams.uploads.form import CSV, XLSX, read_form
from streams.uploads.routes import annotated_name
from streams.uploads.uploading import Uploads

T = TypeVar("T")

WAIT_SECONDS: Final = 8.0
"""So long a browser is kept waiting before it is shown how far an upload is."""


class Sending:
    """The intake, for the pages of partners who are signed in."""

    def __init__(self, uploads: Uploads, intake: Intake) -> None:
        self._uploads = uploads
        self._intake = intake

    async def form(self, stream: AsyncIterator[bytes], headers: Mapping[str, str], lang: Language) -> Form | NotDone:
        """Return a form with a file."""
        return _said(await read_form(stream, headers), lang)

    async def begin(self, form: Form, grant: Grant, *, event_type: str, mode: Mode, lang: Language) -> Upload | NotDone:
        """Begin with a file."""
        return _said(await self._uploads.start(form.content, grant, name=form.name, event_type=event_type, mode=mode, lang=lang), lang)

    async def again(self, upload: str, grant: Grant, *, mode: Mode, may_amend: bool, lang: Language) -> Upload | NotDone:
        """Begin anew with a file that is still remembered."""
        begun = await self._uploads.again(upload, grant, mode=mode, lang=lang, may_amend=may_amend)
        return _said(Problem(kind="unknown-upload") if begun is None else begun, lang)

    async def wait(self, partner: str, upload: str) -> None:
        """Return when an upload is over, or after a moment."""
        await self._uploads.wait(partner, upload, seconds=WAIT_SECONDS)

    async def report(self, partner: str, upload: str, lang: Language) -> Report | None:
        """Return what can be said of an upload; None if the partner has no such. Raises Unreachable."""
        return await self._uploads.report(partner, upload, lang)

    async def uploads(self, partner: str, *, limit: int) -> list[Upload]:
        """Return a partner's uploads, the last that came first. Raises Unreachable."""
        return await self._uploads.uploads(partner, limit=limit)

    async def events(self, partner: str, upload: str, *, after: int, limit: int) -> list[UploadedEvent] | None:
        """Return the receipts of an upload; None if the partner has no such. Raises Unreachable."""
        return await self._uploads.events(partner, upload, after=after, limit=limit)

    async def annotated(self, partner: str, upload: str, lang: Language) -> tuple[str, str, bytes] | None:
        """Return name, media type and content of the annotated copy of a file; None where there is none."""
        found = await self._uploads.annotated(partner, upload, lang)
        if found is None:
            return None
        name, content = found
        is_workbook = content.startswith(b"PK")
        return f"{annotated_name(name)}.{'xlsx' if is_workbook else 'csv'}", XLSX if is_workbook else CSV, content

    async def take_back(self, event_ids: Sequence[str], grant: Grant, reason: str) -> TakenBack:
        """Send a reversal of every one of these events that counts. Raises Unreachable."""
        return await self._uploads.take_back(event_ids, grant, reason)

    async def send(self, value: bytes, grant: Grant, lang: Language) -> Sent | NotDone:
        """Send one event."""
        (answer,) = await self._intake.take([value], grant)
        return Sent(answer.event_id, answer.sha256.hex()) if isinstance(answer, Receipt) else not_done(answer, lang)

    async def amend(self, value: bytes, grant: Grant, lang: Language) -> Sent | NotDone:
        """Send an amendment that puts the content of an event in the place of what stands under its id."""
        return await self.send(amendment(msgspec.json.decode(value), lang), grant, lang)


def not_done(problem: Problem, lang: Language) -> NotDone:
    """Return a problem in words."""
    words = KINDS[problem.kind].words(lang)
    errors = tuple(
        SaidError(error["pointer"], error["code"], error["detail"], error["hint"], error.get("closest", ""))
        for error in errors_of(problem.violations, lang, base_url="")
    )
    return NotDone(problem.status, words.text, words.hint, errors, problem.retry_after_seconds)


def _said(answer: T | Problem, lang: Language) -> T | NotDone:
    return not_done(answer, lang) if isinstance(answer, Problem) else answer
