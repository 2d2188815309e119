"""Partners that send over HTTP while everything is hurt: an event that got a receipt must be there in the end, once, whatever happened."""

import json
import secrets
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from consumers import access
from consumers.database import open_database
from deploy.client.salur_client import Client, Receipt, Refused
from models.access import PREFIX_BYTES, SCOPES, SECRET_BYTES, new_token
from tests.variety import Figure
from tests.workload import Mix, Workload

PREFIX: Final = "web"
PLAIN: Final = Mix(duplicates=0, conflicts=0, corrections=0, poison=0)
PARTNERS: Final = ("kdei-taipei", "kjri-hong-kong", "kbri-kuala-lumpur", "kbri-singapura", "kbri-seoul", "bank-penyalur", "kemnaker-ppkk")
_SOURCE: Final = "urn:salur:partner:"
_AT_ONCE: Final = 20
_DAY_MS: Final = 86_400_000


def tokens(database_url: str) -> dict[str, str]:
    """Let the partners in, and return a token for each. Clocks jump, so each was made long ago and lasts for long."""
    engine = open_database(database_url)
    now = time.time_ns() // 1_000_000
    made = {}
    with engine.begin() as connection:
        for partner in PARTNERS:
            access.admit(connection, partner, now=now - 30 * _DAY_MS)
            token = new_token(secrets.token_bytes(PREFIX_BYTES + SECRET_BYTES))
            access.keep(connection, token, partner=partner, scopes=SCOPES, now=now - 30 * _DAY_MS, expires_at=now + 30 * _DAY_MS)
            made[partner] = token.text
    engine.dispose()
    return made


class WebPartners:
    """Sends ``events`` events, spread over so many seconds, from a thread of its own; ``finish`` sends what is left and waits."""

    def __init__(self, url: str, tokens: dict[str, str], *, folder: Path, seed: int, events: int, seconds: float) -> None:
        self._workload = Workload(seed=seed + 77, events=events, mix=PLAIN, prefix=PREFIX)
        self._messages = iter(self._workload)
        folder.mkdir(parents=True, exist_ok=True)
        self._clients = {partner: Client(url, token=token, partner=partner, spool=folder / f"{partner}.jsonl", attempts=2) for partner, token in tokens.items()}
        self._rest_seconds = max(0.01, seconds / max(1, events // _AT_ONCE))
        self._finishing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="web partners", daemon=True)
        self.receipts: set[str] = set()
        self.problems: list[str] = []
        self.unknown = 0

    @property
    def figures(self) -> Counter[Figure]:
        """What all events come to; complete after ``finish``."""
        return self._workload.figures

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def finish(self, *, seconds: float) -> None:
        """Send the rest, and what had no answer, until everything has a receipt."""
        self._finishing.set()
        deadline = time.monotonic() + seconds
        self._thread.join(timeout=seconds)
        while any(client._spool is not None and client._spool.waiting() for client in self._clients.values()):
            if time.monotonic() > deadline:
                self.problems.append(f"web: some events had no receipt after {seconds:.0f} s")
                break
            for client in self._clients.values():
                self._note(client.resend())
        for client in self._clients.values():
            client.close()

    def check(self, connection: sa.Connection) -> Counter[str]:
        """I12: note what was promised and is not there; return the repeats that the log has, by disposition."""
        ours = {"ours": f"{PREFIX}-%"}
        counts = sa.text("SELECT disposition, COUNT(*) FROM decisions WHERE event_id LIKE :ours GROUP BY disposition")
        found = Counter({str(disposition): int(count) for disposition, count in connection.execute(counts, ours)})
        accepted = set(connection.scalars(sa.text("SELECT event_id FROM decisions WHERE disposition = 'accepted' AND event_id LIKE :ours"), ours))
        if lost := self.receipts - accepted:
            self.problems.append(f"I12: {len(lost)} events have a receipt and are not there, {sorted(lost)[:3]} among them")
        if self._workload.intake["received"] != len(self.receipts):
            self.problems.append(f"web: {self._workload.intake['received']} events were to be sent, {len(self.receipts)} have a receipt")
        if set(found) - {"accepted", "duplicate"} or found["accepted"] != len(self.receipts):
            self.problems.append(f"web: {dict(found)} decisions for {len(self.receipts)} receipts")
        return found

    def _run(self) -> None:
        while batch := list(islice(self._messages, _AT_ONCE)):
            by_partner: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
            for message in batch:
                event = json.loads(message.value)
                by_partner[event["source"].removeprefix(_SOURCE)].append(event)
            for partner, events in by_partner.items():
                self._note(self._clients[partner].send_all(events))
            if not self._finishing.wait(0):
                self._finishing.wait(self._rest_seconds)

    def _note(self, results: Sequence[object]) -> None:
        for result in results:
            if isinstance(result, Receipt):
                self.receipts.add(result.id)
            elif isinstance(result, Refused):
                self.problems.append(f"web: {result}")
            else:
                self.unknown += 1
