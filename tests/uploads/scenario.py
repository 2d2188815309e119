"""The same workbook five times: killed half-way, twice in parallel, twice more, then with three rows edited; each row must count once."""

import contextlib
import hashlib
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import httpx

from models.uploads import upload_id
from tests.deploy.test_stack import Running, figures
from tests.deploy.web.test_intake import Partner
from tests.streams.sheets.sheets import row, xlsx
from tests.uploads.uploader import Uploader, kill_the_web_process_amid, until

MASKS = ("bantuan-pmi", "distributed", "piece")
TRIES = 3
MORE = 1000
"""So much is added to each row that is edited."""


class Sheet(NamedTuple):
    """A workbook of distributions and what it sums up to."""

    rows: list[dict[str, Any]]
    content: bytes
    total: int


def sheet(name: str, count: int) -> Sheet:
    """Return a workbook whose n-th row hands out n masks, so that every subset of rows that somebody might count sums up differently soon."""
    rows = [row(f"{name}-{number}", jumlah=number) for number in range(1, count + 1)]
    return Sheet(rows, xlsx(rows), count * (count + 1) // 2)


def five_times(stack: Running, rows: int) -> dict[str, Any]:
    """Upload it all, and hold tallies and receipts to what they must be; returns what happened, with how long it took."""
    taipei = Uploader(stack, "kdei-taipei")
    expected = masks(stack)
    for attempt in range(TRIES):
        given = sheet(f"u{attempt}", rows)
        killed_after = _killed_half_way(stack, taipei, given)
        began = time.monotonic()
        parallel = _twice_at_once(taipei, given)
        seconds_finishing = time.monotonic() - began
        expected += given.total
        _until(stack, expected)
        finished = max(parallel, key=lambda one: int(one["sent"]))
        if finished["sent"]:
            break
        # All of it was sent before the process was dead: that was no half, so once more with other rows.
    else:
        raise AssertionError(f"never killed half-way in {TRIES} attempts")
    assert 0 < finished["sent_before"] < rows
    assert finished["sent"] + finished["sent_before"] == rows
    receipts = [taipei.receipts(parallel[0]["id"])]
    began = time.monotonic()
    for _ in range(2):
        again = taipei.upload(given.content)
        assert (again["state"], again["sent"], again["sent_before"]) == ("done", 0, rows), again
        receipts.append(taipei.receipts(again["id"]))
    seconds_again = (time.monotonic() - began) / 2
    assert all(one == receipts[0] for one in receipts)
    assert [one["row"] for one in receipts[0]] == list(range(2, rows + 2))
    assert masks(stack) == expected
    edited = _edited(stack, taipei, given, expected)
    assert stack.salur("reconcile").code == 0
    return {
        "rows": rows,
        "file_kb": len(given.content) // 1024,
        "killed_after": killed_after,
        "attempts": attempt + 1,
        "found_when_finishing": finished["sent_before"],
        "sent_when_finishing": finished["sent"],
        "seconds_finishing": round(seconds_finishing, 1),
        "seconds_again": round(seconds_again, 1),
        "receipts": len(receipts[0]),
        **edited,
        "tally": masks(stack),
        "table_ledger_log_equal": True,
    }


def others_meanwhile(stack: Running, rows: int) -> dict[str, Any]:
    """Check a workbook, and let another partner ask all the time: a loop that stood still while the file is read would show in one long wait."""
    taipei, hong_kong = Uploader(stack, "kdei-taipei"), Partner(stack, "kjri-hong-kong")
    content = sheet("meanwhile", rows).content
    began = threading.Event()
    waits: list[float] = []

    def check() -> dict[str, Any]:
        began.set()
        return taipei.upload(content, mode="check")

    with ThreadPoolExecutor(1) as other:
        checked = other.submit(check)
        began.wait()
        while not checked.done():
            then = time.perf_counter()
            assert hong_kong.http.get("/v1/events/nothing").status_code == 404
            waits.append(time.perf_counter() - then)
        assert checked.result()["state"] == "checked"
    waits.sort()
    return {"requests": len(waits), "median_ms": round(waits[len(waits) // 2] * 1000, 1), "longest_ms": round(waits[-1] * 1000)}


def masks(stack: Running) -> int:
    """Return how many masks the tally has."""
    return int(figures(stack).get(MASKS, "0"))


def _killed_half_way(stack: Running, taipei: Uploader, given: Sheet) -> int:
    """Upload while the web process is killed after a third of the receipts, and wait for the next one; returns how many these were."""
    upload = upload_id("kdei-taipei", "", hashlib.sha256(given.content).digest())
    with ThreadPoolExecutor(1) as other:
        killing = other.submit(kill_the_web_process_amid, stack, upload, receipts=len(given.rows) // 3)
        with contextlib.suppress(httpx.TransportError):
            taipei.upload(given.content)
        killed_after = killing.result()
    taipei.wait_until_ready()
    return killed_after


def _twice_at_once(taipei: Uploader, given: Sheet) -> Sequence[dict[str, Any]]:
    with ThreadPoolExecutor(2) as both:
        parallel = list(both.map(lambda _: taipei.upload(given.content), range(2)))
    assert [one["state"] for one in parallel] == ["done", "done"], parallel
    return parallel


def _edited(stack: Running, taipei: Uploader, given: Sheet, expected: int) -> dict[str, Any]:
    """Upload it with three rows edited: they are conflicts and change nothing, until it is said that they are amended."""
    rows = len(given.rows)
    places = (7, rows // 2, rows - 2)
    edited = xlsx([{**one, "jumlah": one["jumlah"] + MORE} if place in places else one for place, one in enumerate(given.rows)])
    refused = taipei.upload(edited)
    assert (refused["state"], refused["taken"], refused["sent_before"], refused["sent"]) == ("refused", 3, rows - 3, 0)
    assert [(one["row"], one["code"]) for one in refused["errors"]] == [(place + 2, "sheet.id_taken") for place in places]
    assert all("amend" in one["hint"] for one in refused["errors"]), refused["errors"]
    assert masks(stack) == expected
    amended = taipei.upload(edited, amend="yes")
    assert (amended["state"], amended["sent"]) == ("done", 3)
    _until(stack, expected + 3 * MORE)
    return {"conflicts": refused["taken"], "amended": amended["sent"]}


def _until(stack: Running, expected: int) -> None:
    """Wait until the tally is what it must be; it must never be more."""

    def is_there() -> bool:
        now = masks(stack)
        assert now <= expected
        return now == expected

    until(is_there, f"a tally of {expected}")
