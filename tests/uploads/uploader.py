"""A partner's program that uploads to a running stack, and the eye that sees how far an upload is without asking the web process."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from consumers import uploads
from consumers.database import open_for_reading
from deploy import running
from tests.deploy.test_stack import Running
from tests.deploy.web.test_intake import Partner

UNTIL_SECONDS = 240
T = TypeVar("T")


class Uploader(Partner):
    """A partner that uploads."""

    def upload(self, content: bytes, **question: str) -> dict[str, Any]:
        """Send a file, and ask until it is read and sent."""
        answer = self.http.post("/v1/uploads", params=question, files={"file": ("isi.xlsx", content)}, timeout=120)
        told: dict[str, Any] = answer.json()
        if answer.status_code != 202:
            return told

        def report() -> dict[str, Any] | None:
            found: dict[str, Any] = self.http.get(told["status_url"]).json()
            return None if found["state"] in {"reading", "sending"} else found

        return until(report, "the upload is over")

    def receipts(self, upload: str) -> list[dict[str, Any]]:
        """Return every receipt of an upload."""
        found: list[dict[str, Any]] = []
        following: str | None = f"/v1/uploads/{upload}/receipts"
        while following:
            page = self.http.get(following).json()
            found += page["receipts"]
            following = page["next"]
        return found

    def wait_until_ready(self) -> None:
        """Return when the web process answers."""

        def answers() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return self.http.get("/v1/uploads").status_code == 200
            return False

        until(answers, "the web process answers")


def until(look: Callable[[], T | None], expected: str, *, every_seconds: float = 0.2) -> T:
    """Look again and again until there is something to return."""
    deadline = time.monotonic() + UNTIL_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"not in {UNTIL_SECONDS} s: {expected}"
        time.sleep(every_seconds)
    return found


def kill_the_web_process_amid(stack: Running, upload: str, *, receipts: int) -> int:
    """Kill it once an upload has so many receipts, which are seen in the database; return how many these were."""
    described = running.read(stack.folder)
    assert described is not None
    engine = open_for_reading(described.database_url)

    def noted() -> int:
        with engine.connect() as connection:
            return uploads.events_count(connection, upload)

    try:
        until(lambda: noted() >= receipts, f"{receipts} receipts are noted", every_seconds=0.002)
        os.kill(described.processes["web"], signal.SIGKILL)
        return noted()
    finally:
        engine.dispose()
