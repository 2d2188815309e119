"""No address shows a figure past the gate: whatever is served below it is in the read log first, or is not shown."""

import json
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.consumers.web.conftest import BASE, Client, KeptReads, served

SHOWS_NO_FIGURE = {"/", "/v1/figures/openapi.json"}
NAMES = {"number": "1", "decision": "1", "name": "tallies.csv", "statement": "sarawak-3453", "partner": "kdei-taipei", "code": "TW", "rest": "nothing"}


@pytest.fixture(scope="module")
def reads() -> KeptReads:
    return KeptReads()


@pytest.fixture(scope="module")
def app(demonstration: sa.Engine, reads: KeptReads) -> Litestar:
    return served(demonstration, reads=reads)


@pytest.fixture(scope="module")
def web(app: Litestar) -> Iterator[Client]:
    with TestClient(app, base_url=BASE) as client:
        yield client


def addresses(app: Litestar) -> list[str]:
    """Return one address of every route, but for those that are known to show no figure."""
    found = sorted({re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: NAMES.get(name[1], "1"), route.path) for route in app.routes})
    return [path for path in found if path not in SHOWS_NO_FIGURE and not path.startswith("/assets/")]


def test_every_answer_is_in_the_read_log(app: Litestar, web: Client, reads: KeptReads) -> None:
    paths = addresses(app)
    assert len(paths) > 60
    for path in paths:
        before = len(reads.lines)
        status = web.get(path).status_code
        assert status < 500, path
        assert [(line.what, line.status, line.reader) for line in reads.lines[before:]] == [(path, status, "local")], path


def test_no_answer_is_given_while_the_read_log_cannot_be_written(app: Litestar, web: Client, reads: KeptReads) -> None:
    reads.is_broken = True
    try:
        for path in addresses(app):
            response = web.get(path)
            assert response.status_code == 503, path
            assert "Salur-Rows" not in response.headers
            assert response.headers["retry-after"] == "5"
    finally:
        reads.is_broken = False


def test_a_line_says_what_was_asked_as_of_when_and_how_much_was_shown(web: Client, reads: KeptReads) -> None:
    web.get("/v1/tallies?destination=MY&destination=TW&as_of=3&place=3174051708450001")
    line = reads.lines[-1]
    assert (line.channel, line.as_of) == ("api", 3)
    assert json.loads(line.asked) == {"destination": "MY,TW", "as_of": "3", "place": "(withheld: a person's number)"}
    shown = web.get("/v1/exports/tallies.csv?destination=MY")
    line = reads.lines[-1]
    assert (line.rows, line.sha256) == (int(shown.headers["salur-rows"]), shown.headers["salur-sha256"])
    again = web.get("/v1/exports/tallies.csv?destination=MY", headers={"If-None-Match": shown.headers["etag"]})
    assert (again.status_code, reads.lines[-1].status) == (304, 304)
    web.get("/id/figure?destination=MY")
    assert (reads.lines[-1].channel, reads.lines[-1].rows is not None) == ("page", True)
