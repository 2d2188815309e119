"""What `salur partner` and `salur auditor` share: when a token ends."""

import datetime
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import ConfigurationError

if TYPE_CHECKING:
    from models.access import Grant

All = Annotated[bool, typer.Option("--all", help="Every token of the holder.")]
Expires = Annotated[str, typer.Option("--expires", metavar="DAY|DAYS", help="The last day it is good for (UTC), or for how many days.", show_default=False)]

LONGEST_DAYS = 3660


def times_of(grant: "Grant") -> dict[str, Any]:
    """Return when a token was made, ends and was revoked."""
    return {name: iso(getattr(grant, name)) for name in ("created_at", "expires_at", "revoked_at")}


def expiry(text: str, at: int) -> int | None:
    """Return when a token ends: after so many days, or after the day that was named."""
    if not text:
        return None
    try:
        ends = at + _days(int(text)) if text.isdigit() else _end_of(datetime.date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{text!r} is neither a day nor a number of days", hint="write --expires 2027-12-31, or --expires 90") from None
    if not at < ends <= at + _days(LONGEST_DAYS):
        raise ConfigurationError(f"a token cannot end at {text}", hint=f"name a day to come, at most {LONGEST_DAYS} days from now")
    return ends


def _days(count: int) -> int:
    return count * 86_400_000


def _end_of(day: datetime.date) -> int:
    following = datetime.datetime.combine(day, datetime.time(), datetime.UTC) + datetime.timedelta(days=1)
    return int(following.timestamp()) * 1000


def iso(time_ms: int | None) -> str | None:
    """Return a time as people write it to programs."""
    from consumers.answers import asof

    return asof.iso(time_ms)


def now() -> int:
    """Return the milliseconds since 1970."""
    return time.time_ns() // 1_000_000
