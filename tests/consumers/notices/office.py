"""A ledger, targets of partners, and senders that do what a test says."""

import dataclasses
from typing import Any

import msgspec

from consumers.notices import targets
from consumers.notices.notifier import Notifier
from consumers.notices.sending import NotTaken
from consumers.notices.targets import Target
from models.notices import Channel, Notice
from models.reasons import Language
from tests.consumers.ledger.desk import BOOKED_AT, Desk

BASE = "https://salur.example"
PARTNER = "kdei-taipei"
MINUTE_MS = 60_000


@dataclasses.dataclass
class Taken:
    """One notice that a receiver took."""

    target: Target
    notice: Notice
    body: dict[str, Any]


class Receiver:
    """Takes notices, or refuses them, or falls over as if the process had been killed."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.refuses: NotTaken | None = None
        self.dies_after: BaseException | None = None

    def send(self, target: Target, notice: Notice, body: bytes, *, now_seconds: int) -> None:
        assert now_seconds > 0
        if self.refuses is not None:
            raise self.refuses
        self.taken.append(Taken(target, notice, msgspec.json.decode(body)))
        if self.dies_after is not None:
            error, self.dies_after = self.dies_after, None
            raise error

    @property
    def ids(self) -> list[list[str | None]]:
        """The ids that each notice told."""
        return [[event["id"] for event in one.body["data"]["events"]] for one in self.taken]

    @property
    def names(self) -> list[str]:
        return [one.notice.name for one in self.taken]


class Office:
    """One notifier and everything around it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.now = BOOKED_AT + MINUTE_MS
        self.receiver = Receiver()
        self.outcomes: list[tuple[str, str]] = []
        self.restart()

    def restart(self) -> None:
        """Forget everything that is not in the database."""
        self.notifier = Notifier(
            self.desk.engine,
            {"webhook": self.receiver, "mail": self.receiver},
            base_url=BASE,
            clock=lambda: self.now,
            jitter=lambda: 0.5,
            on_outcome=lambda channel, outcome: self.outcomes.append((channel, outcome)),
        )

    def add(self, partner: str = PARTNER, *, channel: Channel = "webhook", language: Language = "en", every_ms: int = MINUTE_MS) -> int:
        with self.desk.engine.begin() as connection:
            return targets.add(
                connection,
                partner=partner,
                channel=channel,
                address="https://partner.example/hook",
                language=language,
                secret=b"s" * 32,
                may_be_private=False,
                every_ms=every_ms,
                now=self.now,
            )

    def look(self, minutes: float = 0) -> int:
        """Let time pass, tell what is due, and return how many targets took something."""
        self.now += int(minutes * MINUTE_MS)
        return sum(self.notifier.tell(target) for target in self.notifier.due())

    def listed(self) -> list[Target]:
        with self.desk.engine.connect() as connection:
            return targets.listed(connection)
