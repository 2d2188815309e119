"""A simulation on disk: the events, and beside them what they must come to."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from deploy.simulate.knobs import Knobs
from deploy.simulate.stream import Stream
from models.errors import ConfigurationError

EVENTS: Final = "events.jsonl"
EXPECTED: Final = "expected.json"
VERSION: Final = 1
_REPORT_EVERY: Final = 1000
_TALLY: Final = (
    *("table", "destination", "programme", "activity", "tranche", "partner", "simulated", "item", "measure", "unit", "month"),
    *("recipient_type", "holder"),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written, as it is read again: the lines by the SHA-256 of their bytes, and what they must come to."""

    lines: dict[str, bytes]
    refused: dict[str, str]
    head: int
    intake: dict[str, int]
    reasons: dict[str, int]
    tallies: dict[tuple[Any, ...], int]
    balances: dict[str, dict[str, int]]


def write(knobs: Knobs, events: Path, expected: Path, *, on_written: Callable[[int], None] = lambda _count: None) -> dict[str, int]:
    """Write both files, each under another name until it is whole, and return the intake to expect."""
    stream = Stream(knobs)
    unfinished = events.with_name(events.name + ".part")
    with unfinished.open("wb") as out:
        for count, line in enumerate(stream, start=1):
            out.write(line + b"\n")
            if not count % _REPORT_EVERY:
                on_written(_REPORT_EVERY)
    unfinished.replace(events)
    unfinished = expected.with_name(expected.name + ".part")
    with unfinished.open("w", encoding="utf-8") as out:
        json.dump(_expected(stream), out, ensure_ascii=False, separators=(",", ":"))
        out.write("\n")
    unfinished.replace(expected)
    return dict(stream.meant.intake)


def places(out: Path) -> tuple[Path, Path]:
    """Return where the two files are: in a folder, or a JSON Lines file and its companion."""
    if out.suffix == ".jsonl":
        return out, out.with_name(f"{out.stem}.{EXPECTED}")
    return out / EVENTS, out / EXPECTED


def read(out: Path) -> Written:
    """Read both files. Raises ConfigurationError if they are not there or not of this version."""
    events, expected = places(out)
    try:
        with expected.open(encoding="utf-8") as given:
            found = json.load(given)
        with events.open("rb") as given:
            lines = {hashlib.sha256(line).hexdigest(): line for line in _lines(given)}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{out} holds no simulation", hint="write one with `salur simulate --events N --seed S --out DIR`") from error
    if found.get("version") != VERSION:
        raise ConfigurationError(f"{expected} is of another version", hint="write the simulation anew; the same seed gives the same events")
    return Written(
        lines=lines,
        refused=found["refused"],
        head=found["head"],
        intake=found["intake"],
        reasons=found["reasons"],
        balances=found["balances"],
        tallies={tuple(row[name] for name in _TALLY): row["steps"] for row in (*found["tallies"], *found["stock"])},
    )


def _lines(given: Any) -> Iterator[bytes]:
    for line in given:
        yield line.rstrip(b"\n")


def _expected(stream: Stream) -> dict[str, Any]:
    meant = stream.meant
    rows = [{**dict(zip(_TALLY, cell, strict=True)), "steps": steps} for cell, steps in sorted(meant.tallies().items())]
    return {
        "version": VERSION,
        "knobs": stream.knobs.to_json(),
        "head": stream.head,
        "intake": dict(sorted(meant.intake.items())),
        "reasons": dict(sorted(meant.reasons.items())),
        "balances": meant.balances(),
        "refused": {hashlib.sha256(row).hexdigest(): reason for row, reason in sorted(stream.refused.items())},
        "tallies": [row for row in rows if row["table"] != "stock"],
        "stock": [row for row in rows if row["table"] == "stock"],
    }
