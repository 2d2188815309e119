"""What the partners' pages need of the intake: files and events sent in, and taken back. ``deploy`` implements it with ``streams``.

Nothing here raises for what a partner did: it is told by NotDone. Unreachable is raised when a database does not answer.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from models.access import Grant
from models.reasons import Language
from models.uploads import Form, Mode, NotDone, Report, Sent, TakenBack, Upload, UploadedEvent


class Sending(Protocol):
    """The intake, as these pages see it."""

    async def form(self, stream: AsyncIterator[bytes], headers: Mapping[str, str], lang: Language) -> Form | NotDone:
        """Return a form with a file."""

    async def begin(self, form: Form, grant: Grant, *, event_type: str, mode: Mode, lang: Language) -> Upload | NotDone:
        """Begin with a file."""

    async def again(self, upload: str, grant: Grant, *, mode: Mode, may_amend: bool, lang: Language) -> Upload | NotDone:
        """Begin anew with a file that is still remembered."""

    async def wait(self, partner: str, upload: str) -> None:
        """Return when an upload is over, or after a moment."""

    async def report(self, partner: str, upload: str, lang: Language) -> Report | None:
        """Return what can be said of an upload; None if the partner has no such."""

    async def uploads(self, partner: str, *, limit: int) -> list[Upload]:
        """Return a partner's uploads, the last that came first."""

    async def events(self, partner: str, upload: str, *, after: int, limit: int) -> list[UploadedEvent] | None:
        """Return the receipts of an upload; None if the partner has no such."""

    async def annotated(self, partner: str, upload: str, lang: Language) -> tuple[str, str, bytes] | None:
        """Return name, media type and content of the annotated copy of a file; None where there is none."""

    async def take_back(self, event_ids: Sequence[str], grant: Grant, reason: str) -> TakenBack:
        """Send a reversal of every one of these events that counts."""

    async def send(self, value: bytes, grant: Grant, lang: Language) -> Sent | NotDone:
        """Send one event."""

    async def amend(self, value: bytes, grant: Grant, lang: Language) -> Sent | NotDone:
        """Send an amendment that puts the content of an event in the place of what stands under its id."""
