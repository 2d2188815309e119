"""Alerts that events bring about: conflicts, rejections, payments that nobody confirms, stock below nothing, slowness."""

import itertools
import json
import time
import urllib.error
import urllib.request
from contextlib import closing
from socket import socket
from typing import Any

from tests.alerts.stage import Stage
from tests.consumers.ledger.desk import masks, moved, payment, reversal, wire
from tests.consumers.notices.receivers import hooked

_numbers = itertools.count(1)


def good(count: int, *, partner: str = "kdei-taipei", country: str = "TW") -> list[dict[str, Any]]:
    """Return so many events with which nothing is wrong."""
    return [masks(f"good-{next(_numbers)}", 10, partner=partner, country=country) for _ in range(count)]


def a_conflict(stage: Stage) -> None:
    """The same id twice, with other content."""
    stage.publish(masks("twice", 100))
    stage.publish(masks("twice", 999))
    stage.fires("SalurConflict", within=60)
    stage.salur("rejected", "conflicts")
    stage.diary.note("  the partner says that the first was right: nothing else is sent; it is over when 15 minutes brought no other")


def a_silent_webhook(stage: Stage) -> None:
    """A partner's webhook at which nobody listens while there is something to tell."""
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    stage.salur("partner", "add", "kbri-seoul")
    number = stage.salur("partner", "notify", "add", "kbri-seoul", "--webhook", f"http://127.0.0.1:{port}/taken", "--private", "--json").json["number"]
    stage.publish(masks("told", 100, partner="kbri-seoul", country="KR"))
    stage.publish(masks("told", 999, partner="kbri-seoul", country="KR"))
    stage.fires("SalurPartnerNotTold", within=90, channel="webhook")
    (target,) = stage.salur("partner", "notify", "list", "--json").json
    stage.diary.note(f"  it is {target['state']}: {target['last_error']}")
    with hooked(port) as (_, calls):
        stage.diary.note("  the partner mends its server")
        stage.salur("partner", "notify", "resume", number)
        stage.clears("SalurPartnerNotTold", within=60, channel="webhook")
        told = json.loads(calls[0][2])
    stage.diary.note(f"  it was told, once, of what it had missed: {told['data']['counts']}")
    assert len(calls) == 1
    (target,) = stage.salur("partner", "notify", "list", "--json").json
    assert target["state"] == "fine"


def payments_that_nobody_confirms(stage: Stage) -> None:
    """Payments of May 2020 that were sent and of which nothing was heard."""
    stage.publish(payment("sent-1", "sent"))
    stage.fires("SalurSentUnconfirmedOld", within=60)
    stage.salur("batches", "--older-than", "14")
    stage.diary.note("  the bank confirms")
    stage.publish(payment("sent-1-confirmed", "confirmed"))
    stage.clears("SalurSentUnconfirmedOld", within=60)


def stock_below_nothing(stage: Stage) -> None:
    """More dispatched than ever came in."""
    stage.publish(moved("too-many", "dispatched", 500))
    stage.fires("SalurStockNegative", within=60, holder="blk-padang")
    stage.salur("balance", "--item", "masker", code=(0, 1))
    stage.salur("explain", "--table", "stock", "--item", "masker", code=(0, 1))
    stage.diary.note("  the dispatch was entered by mistake: whoever reported it takes it back")
    stage.publish(reversal("too-many-reversed", "too-many", partner="kemnaker"))
    stage.clears("SalurStockNegative", within=60, holder="blk-padang")


def rejections(stage: Stage) -> None:
    """A partner's file with a wrong unit in each line."""
    wrong = [masks(f"unit-{number}", 10, partner="kbri-seoul", country="KR") for number in range(5)]
    for event in wrong:
        event["data"]["lines"][0]["unit"] = "litre"
    stage.publish(*wrong)
    stage.fires("SalurRejectedShareHigh", "SalurRejectedOpen", within=90)
    listed = stage.salur("rejected", "list", "--partner", "kbri-seoul", "--json").json
    found = listed["rejected"] if isinstance(listed, dict) else listed
    stage.salur("rejected", "explain", found[0]["decision"])
    stage.diary.note("  the partner mends the unit and sends the same ids again, and a hundred more")
    for event in wrong:
        event["data"]["lines"][0]["unit"] = "piece"
    stage.publish(*wrong, *good(100, partner="kbri-seoul", country="KR"))
    stage.clears("SalurRejectedShareHigh", "SalurRejectedOpen", within=90)


def slowness(stage: Stage) -> None:
    """Both tallies' workers stand still for a while, and what comes meanwhile is late."""
    stage.publish(*good(5))
    with stage.stopped("tallies-1"), stage.stopped("tallies-2"):
        stage.publish(*good(60), wait=False)
        stage.diary.note("  both tallies' workers stopped (SIGSTOP) for 14 s, with 60 events to fold")
        time.sleep(14)
    stage.fires("SalurEndToEndBurnsFast", "SalurEndToEndBurnsSlowly", within=120)
    stage.salur("doctor", "--json", code=(0, 1))
    stage.diary.note("  neither group lags: it is over when enough events were in time again")
    deadline = time.monotonic() + 300
    while {"SalurEndToEndBurnsFast", "SalurEndToEndBurnsSlowly"} & stage.firing().keys() and time.monotonic() < deadline:
        stage.publish(*good(300))
    stage.clears("SalurEndToEndBurnsFast", "SalurEndToEndBurnsSlowly", within=60)


def an_old_seal(stage: Stage) -> None:
    """Something booked after the last seal, and nobody who seals."""
    stage.salur("seal")
    stage.publish(*good(1))


def the_old_seal_renewed(stage: Stage) -> None:
    """After 20 minutes."""
    stage.fires("SalurCheckpointOld", within=1500)
    stage.salur("seal")
    stage.clears("SalurCheckpointOld", within=60)


def asked(stage: Stage, token: str, event_id: str) -> int:
    """Send one event over HTTP and return the status."""
    event = wire("distribution.recorded", masks(event_id)["data"], event_id=event_id)
    request = urllib.request.Request(f"{stage.described.web_url}/v1/events", data=json.dumps(event).encode(), method="POST")
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/cloudevents+json")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
