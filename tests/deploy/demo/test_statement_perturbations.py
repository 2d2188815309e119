"""The demonstration's own figures, disturbed: verdicts follow the events and the words, and come back with them."""

import copy
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from consumers.answers.statements import FigureAnswer, Statements
from consumers.database import open_database
from consumers.registered import registry_of
from deploy.demo import catalogue
from tests.consumers.ledger.desk import Desk, wire
from tests.deploy.demo.test_statements import RECEIVED_AT, ROWS, WHOLE, Row

SUPPORTED = [row for row in ROWS if row.verdict == "supported"]
EXACT = [row for row in SUPPORTED if row.reason in {"stmt.equal", "stmt.parts_add_up"}]
PLAIN = [row for row in SUPPORTED if row.reason == "stmt.equal"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give a ledger of the demonstration; whatever a test changes it takes back."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('perturbed') / 'ledger.db'}")
    made = Desk(engine)
    for stage in catalogue.stages():
        made.book(*(line.value for line in stage), received_at=RECEIVED_AT)
    yield made
    engine.dispose()


OURS = "perturbation-"
_ids = itertools.count(1)
STATEMENTS = {line["data"]["statement"]: line for line in (json.loads(one.value) for one in catalogue.lines("pernyataan.jsonl"))}


def judged(desk: Desk, statement: str, figure: str) -> FigureAnswer:
    with desk.engine.connect() as connection:
        answer = Statements(connection, registry_of(connection)).unopened(statement)
    return next(one for one in answer.figures if one.figure.figure == figure)


def book(desk: Desk, kind: str, data: dict[str, Any], source: str) -> str:
    """Book one event of the partner and return its id. Raises AssertionError if it is not accepted."""
    event_id = f"{OURS}{next(_ids)}"
    desk.book(wire(kind, data, event_id=event_id, partner=source.removeprefix("urn:salur:partner:")), received_at=RECEIVED_AT)
    assert desk.rows[-1].disposition == "accepted", desk.rows[-1]
    return event_id


def reverse(desk: Desk, event_id: str, source: str) -> str:
    return book(desk, "event.reversed", {"original": event_id, "reason": "perturbed"}, source)


def behind(desk: Desk, row: Row) -> list[tuple[str, str]]:
    """Return id and source of the demonstration's events behind a figure."""
    with desk.engine.connect() as connection:
        answer = Statements(connection, registry_of(connection)).one(row.statement)
    figures = [one for one in answer.figures if one.figure.figure == row.figure]
    found = {(event.id, event.source) for figure in figures for opened in figure.opened for event in opened.explanation.events}
    return sorted((event_id, source) for event_id, source in found if not event_id.startswith(OURS))


def say(desk: Desk, statement: str, figure: str, **changes: Any) -> str:
    """Amend one figure of a statement, and return the id of the amendment; None takes a member away."""
    original = STATEMENTS[statement]
    data = copy.deepcopy(original["data"])
    said = next(one for one in data["figures"] if one["figure"] == figure)
    said |= changes
    for name in [name for name, value in said.items() if value is None]:
        del said[name]
    return book(desk, "event.amended", {"original": original["id"], "reason": "perturbed", "replacement": data}, original["source"])


@pytest.mark.parametrize("row", EXACT, ids=lambda row: f"{row.statement}:{row.figure}")
def test_a_figure_stands_and_falls_with_its_events(desk: Desk, row: Row) -> None:
    for event_id, source in behind(desk, row):
        taken_back = reverse(desk, event_id, source)
        assert judged(desk, row.statement, row.figure).judged.verdict != "supported", event_id
        reverse(desk, taken_back, source)
        assert judged(desk, row.statement, row.figure).judged.verdict == "supported", event_id


def test_placement_is_no_longer_shown_by_another_decree(desk: Desk) -> None:
    showing = STATEMENTS["kepmenaker-294"]["data"]["figures"][0]["shown_by"]
    amended = say(desk, "kepmenaker-294", "placement", shown_by={**showing, "legal_basis": "uu-cipta-kerja"})
    assert judged(desk, "kepmenaker-294", "placement").judged.verdict == "unsupported"
    reverse(desk, amended, STATEMENTS["kepmenaker-294"]["source"])
    wider = say(desk, "kepmenaker-294", "placement", shown_by={**showing, "countries": ["HK", "KR", "TW", "MY"]})
    assert judged(desk, "kepmenaker-294", "placement").judged.verdict == "part"
    reverse(desk, wider, STATEMENTS["kepmenaker-294"]["source"])


def value_of(row: Row) -> int:
    return int(next(one for one in STATEMENTS[row.statement]["data"]["figures"] if one["figure"] == row.figure)["value"])


CHANGES: list[tuple[str, Any, str]] = [
    ("one more", lambda value: {"value": str(value + 1)}, "part"),
    ("one less", lambda value: {"value": str(value - 1)}, "contradicted"),
    ("twice as much", lambda value: {"value": str(2 * value)}, "part"),
    ("more than", lambda _value: {"qualifier": "more-than"}, "part"),
    ("more than one less", lambda value: {"qualifier": "more-than", "value": str(value - 1)}, "supported"),
    ("less than one more", lambda value: {"qualifier": "less-than", "value": str(value + 1)}, "supported"),
    ("less than", lambda _value: {"qualifier": "less-than"}, "contradicted"),
    ("about", lambda value: {"qualifier": "about", "value": str(value + 4), "nearest": 5}, "supported"),
    ("too roughly", lambda value: {"qualifier": "about", "value": str(value + 5), "nearest": 5}, "part"),
    ("in a unit that nobody counts", lambda _value: {"unit": "household", "value": 7}, "unsupported"),
    ("nowhere to look", lambda _value: {"scope": None}, "unsupported"),
    ("another destination", lambda _value: {"scope": {"measures": ["distributed", "assisted", "produced"], "countries": ["BN"]}}, "unsupported"),
]


@pytest.mark.parametrize("row", PLAIN, ids=lambda row: f"{row.statement}:{row.figure}")
def test_a_verdict_follows_what_was_said(desk: Desk, row: Row) -> None:
    for name, changed, verdict in CHANGES:
        say(desk, row.statement, row.figure, **changed(value_of(row)))
        assert judged(desk, row.statement, row.figure).judged.verdict == verdict, name
    say(desk, row.statement, row.figure)
    assert judged(desk, row.statement, row.figure).judged.verdict == "supported"


def test_the_very_number_in_another_unit_is_contradicted(desk: Desk) -> None:
    amendment = say(desk, "bsu-2020-laporan", "term-1-payments", unit="person")
    found = judged(desk, "bsu-2020-laporan", "term-1-payments").judged
    assert (found.verdict, found.judged.reason.code) == ("contradicted", "stmt.counted_otherwise")
    reverse(desk, amendment, STATEMENTS["bsu-2020-laporan"]["source"])


def test_a_target_is_part_until_it_is_reached(desk: Desk) -> None:
    data = {
        "programme": "bantuan-pmi",
        "country": "TW",
        "recipient_type": "pmi",
        "lines": [{"line": 1, "item": "masker-kotak", "quantity": 300, "unit": "box"}],
    }
    first = book(desk, "distribution.recorded", data, "urn:salur:partner:kdei-taipei")
    assert judged(desk, "masker-pmi-700-kotak", "boxes").judged.verdict == "part"
    assert judged(desk, "masker-pmi", "masks").judged.verdict == "part"
    data = {**data, "country": "HK", "lines": [{"line": 1, "item": "masker-kotak", "quantity": 400, "unit": "box"}]}
    second = book(desk, "distribution.recorded", data, "urn:salur:partner:kjri-hong-kong")
    assert judged(desk, "masker-pmi-700-kotak", "boxes").judged.verdict == "supported"
    reverse(desk, first, "urn:salur:partner:kdei-taipei")
    reverse(desk, second, "urn:salur:partner:kjri-hong-kong")
    assert judged(desk, "masker-pmi-700-kotak", "boxes").judged.verdict == "unsupported"


def test_one_more_event_contradicts_a_figure_that_was_exact(desk: Desk) -> None:
    data = {"programme": "wirausaha-digital", "country": "ID", "lines": [{"line": 1, "item": "peserta", "quantity": 1, "unit": "person"}]}
    sent = wire("participants.engaged", data, event_id=f"{OURS}{next(_ids)}", partner="kemnaker-ppkk", time="2020-06-01T00:00:00+07:00")
    desk.book(sent, received_at=RECEIVED_AT)
    assert judged(desk, "perluasan-327013", "workers").judged.judged.reason.code == "stmt.exceeded"
    reverse(desk, sent["id"], sent["source"])
    assert judged(desk, "perluasan-327013", "workers").judged.verdict == "supported"


def test_hundreds_are_hundreds(desk: Desk) -> None:
    data = {"programme": "vaksinasi", "country": "ID", "lines": [{"line": 1, "item": "dosis-vaksin", "recipients": {"count": 99, "unit": "person"}}]}
    verdicts = []
    for count in (99, 100, 999, 1_000):
        data["lines"][0]["recipients"] = {"count": count, "unit": "person"}  # type: ignore[index]  # a line of the data above
        sent = book(desk, "service.delivered", data, "urn:salur:partner:kemnaker-lattas")
        verdicts.append(judged(desk, "vaksinasi-ratusan", "people").judged.verdict)
        reverse(desk, sent, "urn:salur:partner:kemnaker-lattas")
    assert verdicts == ["part", "supported", "supported", "contradicted"]


def test_everything_was_put_back(desk: Desk) -> None:
    with desk.engine.connect() as connection:
        answers = {one.published.name: one.verdict for one in Statements(connection, registry_of(connection)).all().statements}
    assert {name: answers[name] for name in WHOLE} == WHOLE
