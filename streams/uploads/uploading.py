"""Taking uploads in: read beside this process, held against the ledger, sent in portions, noted; and taken back.

Whatever interrupts it, the same file sent again goes on: the ids of events come from the rows, so what is there
already is found or is a duplicate, and nothing is counted twice.
"""

import asyncio
import dataclasses
import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec
import structlog

from models.access import Grant
from models.errors import Unreachable
from models.events.envelope import SOURCE_PREFIX
from models.reasons import Language
from models.uploads import Counts, Mode, Report, State, TakenBack, Upload, UploadedEvent, upload_id
from streams.intake.ports import UploadBook
from streams.intake.problems import RETRY_AFTER_SECONDS, Problem
from streams.intake.receiving import Intake, Receipt
from streams.sheets.amending import amendment, reversal
from streams.sheets.columns import full_type
from streams.sheets.mistakes import Mistake, of_violation
from streams.uploads import wire
from streams.uploads.job import MOST_AT_ONCE, Job, Jobs, report_of
from streams.uploads.reading import Reader

PORTION: Final = 500
TRIES: Final = 12
PAUSE_SECONDS: Final = 5.0
_ALL: Final = 1_000_000

log = structlog.get_logger()


class Note(Protocol):
    """Notes an upload as it is now."""

    async def __call__(self, events: Sequence[UploadedEvent] = (), *, comes_again: bool = False) -> None:
        """Note it, with the receipts of some events."""


class Uploads:
    """All uploads of this process. ``clock`` gives milliseconds since 1970."""

    def __init__(
        self,
        intake: Intake,
        book: UploadBook,
        *,
        clock: Callable[[], int],
        reader: Reader | None = None,
        pause_seconds: float = PAUSE_SECONDS,
        jobs: Jobs | None = None,
    ) -> None:
        self._intake = intake
        self._book = book
        self._clock = clock
        self._reader = reader or Reader()
        self._pause_seconds = pause_seconds
        self._jobs = jobs or Jobs(time.monotonic)

    async def start(self, content: bytes, grant: Grant, *, name: str, event_type: str, mode: Mode, lang: Language, may_amend: bool = False) -> Upload | Problem:
        """Begin with a file; one that is being worked at already is not begun twice. ``event_type`` is that of rows that say none."""
        kind = (full_type(event_type) or "") if event_type else ""
        sha256 = hashlib.sha256(content).digest()
        upload = upload_id(grant.partner, kind, sha256)
        known = self._jobs.find(grant.partner, upload)
        if known is not None and not known.is_over:
            return known.upload
        if self._jobs.running(grant.partner) >= MOST_AT_ONCE or not self._jobs.make_room(len(content)):
            return Problem(kind="too-many-requests", retry_after_seconds=RETRY_AFTER_SECONDS)
        now = self._clock()
        first = Upload(id=upload, partner=grant.partner, name=name, sha256=sha256, type=kind, mode=mode, state="reading", first_at=now, last_at=now)
        job = Job(first, content, may_amend, time.monotonic())
        self._jobs.keep(job)
        job.task = asyncio.create_task(self._work(job, grant, lang))
        return job.upload

    async def again(self, upload: str, grant: Grant, *, mode: Mode, lang: Language, may_amend: bool = False) -> Upload | Problem | None:
        """Begin anew with a file that is still known; None for one that is not."""
        job = self._jobs.find(grant.partner, upload)
        if job is None:
            return None
        return await self.start(job.content, grant, name=job.upload.name, event_type=job.upload.type, mode=mode, lang=lang, may_amend=may_amend)

    async def wait(self, partner: str, upload: str, *, seconds: float) -> None:
        """Return when an upload is over, or after so long."""
        job = self._jobs.find(partner, upload)
        if job is not None and job.task is not None:
            await asyncio.wait([job.task], timeout=seconds)

    async def report(self, partner: str, upload: str, lang: Language) -> Report | None:
        """Return what can be said of an upload; None if the partner has no such. Raises Unreachable."""
        job = self._jobs.find(partner, upload)
        try:
            noted = await asyncio.to_thread(self._book.upload, partner, upload)
        except Unreachable:
            if job is None:
                raise
            noted = None
        if job is not None:
            report = report_of(job, lang)
            return report if noted is None else msgspec.structs.replace(report, upload=_as_noted(report.upload, noted))
        if noted is None:
            return None
        # Nobody here works at it: who did was stopped, or it is another process.
        return Report(upload=msgspec.structs.replace(noted, state="unfinished") if noted.is_running else noted)

    async def uploads(self, partner: str, *, before: int | None = None, limit: int) -> list[Upload]:
        """Return a partner's uploads, the last that came first. Raises Unreachable."""
        noted = await asyncio.to_thread(lambda: self._book.uploads(partner, before=before, limit=limit))
        live = {job.upload.id: job.upload for job in self._jobs.all() if job.upload.partner == partner}
        return [
            _as_noted(live[one.id], one) if one.id in live else msgspec.structs.replace(one, state="unfinished") if one.is_running else one for one in noted
        ]

    async def events(self, partner: str, upload: str, *, after: int = 0, limit: int) -> list[UploadedEvent] | None:
        """Return the receipts of an upload in the order of the file; None if the partner has no such. Raises Unreachable."""
        if await asyncio.to_thread(self._book.upload, partner, upload) is None:
            return None
        return await asyncio.to_thread(lambda: self._book.events(upload, after=after, limit=limit))

    async def annotated(self, partner: str, upload: str, lang: Language) -> tuple[str, bytes] | None:
        """Return the name of a file and its annotated copy; None where the file is not known any more, or cannot be written again."""
        job = self._jobs.find(partner, upload)
        if job is None or not job.is_over:
            return None
        copy = await self._reader.annotated(job.content, job.mistakes, lang)
        return None if copy is None else (job.upload.name, copy)

    async def take_back(self, event_ids: Sequence[str], grant: Grant, reason: str) -> TakenBack:
        """Send a reversal of every one of these events that counts. Raises Unreachable while the ledger does not answer."""
        sent = before = missing = unknown = 0
        for start in range(0, len(event_ids), PORTION):
            standings = await self._intake.standings(event_ids[start : start + PORTION], grant)
            values = [reversal(SOURCE_PREFIX + grant.partner, one.event_id, one.time, reason) for one in standings if one is not None and not one.is_reversed]
            answers = await self._intake.take(values, grant) if values else []
            sent += sum(isinstance(answer, Receipt) for answer in answers)
            unknown += sum(isinstance(answer, Problem) for answer in answers)
            before += sum(one is not None and one.is_reversed for one in standings)
            missing += sum(one is None for one in standings)
        return TakenBack(sent, before, missing, unknown)

    async def take_back_upload(self, upload: str, grant: Grant, reason: str) -> TakenBack | None:
        """Take back every event of an upload; None if the partner has no such. Raises Unreachable."""
        noted = await self.events(grant.partner, upload, limit=_ALL)
        return None if noted is None else await self.take_back([one.event_id for one in noted], grant, reason)

    async def close(self) -> None:
        """Stop what is running; uploading the same file again goes on with it."""
        running = [job.task for job in self._jobs.all() if job.task is not None and not job.task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _work(self, job: Job, grant: Grant, lang: Language) -> None:
        work = _Work(
            job=job,
            grant=grant,
            lang=lang,
            intake=self._intake,
            reader=self._reader,
            note=self._noting(job),
            pause_seconds=self._pause_seconds,
            received_at=self._clock(),
        )
        try:
            await work.run()
        except Exception as error:  # noqa: BLE001 - whatever it was, the upload is not finished, and says so
            _failed(job, error)

    def _noting(self, job: Job) -> "Note":
        async def note(events: Sequence[UploadedEvent] = (), *, comes_again: bool = False) -> None:
            upload = job.upload
            try:
                await asyncio.to_thread(lambda: self._book.note(upload, events, comes_again=comes_again))
            except Unreachable:
                # Partners are not kept waiting for what is only a note; sending the file again notes it.
                log.warning("upload_not_noted", upload=upload.id)

        return note


@dataclasses.dataclass(slots=True, kw_only=True)
class _Work:
    """One run through one file."""

    job: Job
    grant: Grant
    lang: Language
    intake: Intake
    reader: Reader
    note: Note
    pause_seconds: float
    received_at: int

    async def run(self) -> None:
        """Read, compare, send as far as the mode allows, and say what came of it."""
        job = self.job
        await self.note(comes_again=True)
        found = await self.reader.review(
            job.content,
            partner=self.grant.partner,
            event_type=job.upload.type or None,
            received_at=self.received_at,
            registry=await self.intake.lists(),
            on_progress=self._progress,
        )
        job.mistakes, job.is_readable, job.has_keys = list(found.review.mistakes), found.review.is_readable, found.review.has_keys
        self._count(rows=found.review.rows, events=found.review.events, with_mistakes=found.review.events - len(found.drafts))
        to_send = await self._compare(found.drafts)
        mode = job.upload.mode
        is_sending = mode == "good-rows" or (mode == "all-or-nothing" and not job.mistakes)
        if is_sending:
            await self._send(to_send)
        self._end("checked" if mode == "check" else "done" if is_sending and job.is_readable else "refused")
        await self.note()

    async def _compare(self, drafts: Sequence[wire.Draft]) -> list[tuple[wire.Draft, bytes]]:
        """Find what the ledger has already, and return the rest: each draft with the bytes to send of it."""
        to_send: list[tuple[wire.Draft, bytes]] = []
        for start in range(0, len(drafts), PORTION):
            some = drafts[start : start + PORTION]
            known = await self.intake.known([draft.value.encode() for draft in some], self.grant) or [None] * len(some)
            receipts: list[UploadedEvent] = []
            taken: list[wire.Draft] = []
            for draft, one in zip(some, known, strict=True):
                if one is None:
                    to_send.append((draft, draft.value.encode()))
                elif one.is_same:
                    receipts.append(UploadedEvent(draft.number, draft.row, draft.id, one.sha256))
                else:
                    taken.append(draft)
            to_send += await self._compare_taken(taken)
            self._count(sent_before=len(receipts))
            if receipts and self.job.upload.mode != "check":
                await self.note(receipts)
        return to_send

    async def _compare_taken(self, drafts: Sequence[wire.Draft]) -> list[tuple[wire.Draft, bytes]]:
        """Return the amendments to send of events whose id stands with other content; where they may not be sent, these are mistakes."""
        if not drafts:
            return []
        amendments = [amendment(msgspec.json.decode(draft.value), self.lang) for draft in drafts]
        known = await self.intake.known(amendments, self.grant) or [None] * len(drafts)
        there = [draft for draft, one in zip(drafts, known, strict=True) if one is not None]
        self._count(amended=len(there))
        rest = [(draft, value) for draft, value, one in zip(drafts, amendments, known, strict=True) if one is None]
        if self.job.may_amend:
            return rest
        for draft, _ in rest:
            self._refuse(draft, Mistake(draft.row, 0, "sheet.id_taken"))
        self._count(taken=len(rest))
        return []

    async def _send(self, to_send: Sequence[tuple[wire.Draft, bytes]]) -> None:
        job = self.job
        job.upload = msgspec.structs.replace(job.upload, state="sending")
        job.done, job.total = 0, len(to_send)
        await self.note()
        for start in range(0, len(to_send), PORTION):
            waiting = list(to_send[start : start + PORTION])
            for attempt in range(TRIES):
                if attempt:
                    await asyncio.sleep(self.pause_seconds)
                waiting = await self._send_portion(waiting)
                if not waiting:
                    break
            if waiting:
                self._count(unacknowledged=len(to_send) - job.done)
                return

    async def _send_portion(self, portion: list[tuple[wire.Draft, bytes]]) -> list[tuple[wire.Draft, bytes]]:
        """Send some events, and return those that Kafka did not acknowledge."""
        answers = await self.intake.take([value for _, value in portion], self.grant)
        receipts: list[UploadedEvent] = []
        unknown: list[tuple[wire.Draft, bytes]] = []
        for (draft, value), answer in zip(portion, answers, strict=True):
            if isinstance(answer, Receipt):
                receipts.append(UploadedEvent(draft.number, draft.row, answer.event_id, answer.sha256))
            elif answer.kind == "not-available":
                unknown.append((draft, value))
            else:
                self._refuse_by(draft, answer)
        self.job.done += len(portion) - len(unknown)
        self._count(sent=len(receipts))
        await self.note(receipts)
        return unknown

    def _refuse_by(self, draft: wire.Draft, problem: Problem) -> None:
        if problem.kind == "id-taken":
            self._count(taken=1)
            self._refuse(draft, Mistake(draft.row, 0, "sheet.id_taken"))
        for violation in problem.violations:
            self._refuse(draft, of_violation(violation, row=draft.row, column=0, header=""))

    def _refuse(self, _draft: wire.Draft, mistake: Mistake) -> None:
        self.job.mistakes = sorted({*self.job.mistakes, mistake})

    def _count(self, **more: int) -> None:
        counts = self.job.upload.counts
        added = {name: getattr(counts, name) + count for name, count in more.items()}
        self.job.upload = msgspec.structs.replace(self.job.upload, counts=msgspec.structs.replace(counts, **added))

    def _end(self, state: State) -> None:
        counts: Counts = msgspec.structs.replace(self.job.upload.counts, mistakes=len(self.job.mistakes))
        ended: State = "unfinished" if counts.unacknowledged else state
        self.job.upload = msgspec.structs.replace(self.job.upload, state=ended, counts=counts)

    def _progress(self, done: int, total: int) -> None:
        self.job.done, self.job.total = done, total


def _as_noted(live: Upload, noted: Upload) -> Upload:
    """Return an upload as it is now, with how often it came and since when, which only the notes know."""
    return msgspec.structs.replace(live, times=noted.times, first_at=noted.first_at)


def _failed(job: Job, error: Exception) -> None:
    # What, not why: the message of an error may hold a value of the file.
    log.error("upload_failed", error=type(error).__name__, upload=job.upload.id)
    job.upload = msgspec.structs.replace(job.upload, state="unfinished")
