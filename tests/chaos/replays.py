"""Operators who send refused events again, killed in the middle of it: begun again, nothing is refused, lost or counted otherwise."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import sqlalchemy as sa

from tests.chaos import invariants
from tests.chaos.faults import Say
from tests.chaos.stack import Stack

PATIENCE_SECONDS = 900
"""After a long run tens of thousands of events wait to be sent again."""


def kill_replays(stack: Stack, times: int, *, say: Say) -> Iterator[str]:
    """Kill as many replays of everything that is open; yield what is not as it must be then. The stack is drained before and after."""
    say("killing operators who send refused events again")
    with stack.reading.connect() as connection:
        before = invariants.figures(connection)
    for attempt in range(times):
        words = ("resend", "--all", "--anyway", "--why", "chaos") if attempt == 0 else ("finish",)
        end = _salur(stack, *words, SALUR_CRASH_POINT="mid_rejected_replay:1")
        if end != -signal.SIGKILL:
            yield f"a replay that was to be killed ended with {end}"
    # What is sent as it was is refused as it was (exit code 1), or was refused in the order in which it came, and counts now.
    if times and (end := _salur(stack, "finish")) not in {0, 1}:
        yield f"finishing the replay ended with {end}"
    stack.wait_until_drained(seconds=PATIENCE_SECONDS)
    with stack.reading.connect() as connection:
        yield from invariants.broken(connection, ends=stack.ends())
        left = connection.execute(sa.text("SELECT COUNT(*) FROM desk_requests WHERE number NOT IN (SELECT request FROM desk_steps WHERE action = 'done')"))
        if left.scalar_one():
            yield "a replay was not finished"
        if invariants.figures(connection) != before and not _accepted_again(connection):
            yield "a replay changed figures although nothing more was accepted"


def _accepted_again(connection: sa.Connection) -> bool:
    """Tell whether some event that was refused once was accepted when it was sent again."""
    rows = "SELECT COUNT(*) FROM decisions a JOIN desk_items i ON 1 = 1 JOIN decisions r ON r.number = i.decision WHERE a.disposition = 'accepted'"
    return bool(connection.execute(sa.text(f"{rows} AND a.source = r.source AND a.event_id = r.event_id AND a.number > r.number")).scalar_one())


def _salur(stack: Stack, *words: str, **environment: str) -> int:
    """Run a command of the desk on the stack's own Kafka and database, and return its exit code."""
    own = {"SALUR_DATA": str(stack.folder), "SALUR_DATABASE_URL": stack.database_url, "SALUR_BOOTSTRAP_SERVERS": stack.bootstrap_servers}
    argv = [sys.executable, "-m", "deploy.cli.main", "rejected", *words]
    done = subprocess.run(argv, env={**os.environ, **own, **environment}, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    return done.returncode
