"""Statements as they stand in a ledger: corrected, taken back, as of any booking, and held against their own kind of partner."""

from typing import Any

import pytest

from consumers.answers.statement_json import of_all, of_one
from consumers.answers.statements import StatementAnswer, Statements
from consumers.registered import registry_of
from models.errors import ConfigurationError
from tests.consumers.ledger.desk import Desk, amendment, masks, registered, reversal, wire

TAIWAN = {"measures": ["distributed"], "programmes": ["bantuan-pmi"], "countries": ["TW"], "items": ["masker"]}


@pytest.fixture
def desk(engine: Any) -> Desk:
    return Desk(engine)


def published(
    event_id: str = "s-1", code: str = "masks", *, figures: list[dict[str, Any]] | None = None, partner: str = "kemnaker-humas", **said: Any
) -> dict[str, Any]:
    """Return a statement that 100 masks were handed out in Taiwan."""
    claims = figures or [figure(**{name: said.pop(name) for name in ("value", "unit", "qualifier", "scope", "parts") if name in said})]
    data = {"statement": code, "text": "seratus masker", "publisher": "A newspaper", "figures": claims, **said}
    return wire("statement.published", data, event_id=event_id, partner=partner)


def figure(name: str = "claim", **members: Any) -> dict[str, Any]:
    return {"figure": name, "label": "Masks", "value": 100, "unit": "piece", "scope": TAIWAN, **members}


def ask(desk: Desk, **question: Any) -> dict[str, StatementAnswer]:
    """Return all statements by name."""
    with desk.engine.connect() as connection:
        return {one.published.name: one for one in Statements(connection, registry_of(connection), **question).all().statements}


def opened(desk: Desk, name: str = "masks", **question: Any) -> StatementAnswer:
    with desk.engine.connect() as connection:
        return Statements(connection, registry_of(connection), **question).one(name)


def verdict(desk: Desk, name: str = "masks", **question: Any) -> tuple[str, str]:
    found = ask(desk, **question)[name]
    return found.verdict, found.figures[0].judged.judged.reason.code


def test_a_statement_is_held_against_what_is_booked_before_and_after_it(desk: Desk) -> None:
    desk.book(published())
    assert verdict(desk) == ("unsupported", "stmt.no_events")
    desk.book(masks("m-1", 60))
    assert verdict(desk) == ("part", "stmt.short_so_far")
    desk.book(masks("m-2", 40))
    assert verdict(desk) == ("supported", "stmt.equal")
    desk.book(masks("m-3", 1))
    assert verdict(desk) == ("contradicted", "stmt.exceeded")
    desk.book(reversal("r-3", "m-3"))
    assert verdict(desk) == ("supported", "stmt.equal")


def test_every_older_booking_still_gives_its_verdict(desk: Desk) -> None:
    desk.book(masks("m-1", 60))
    desk.book(published())
    desk.book(masks("m-2", 40))
    desk.book(reversal("r-1", "m-1"))
    assert "masks" not in ask(desk, as_of=1)
    assert [verdict(desk, as_of=booking)[0] for booking in (2, 3, 4)] == ["part", "supported", "part"]


def test_an_amended_statement_is_judged_by_its_newest_words(desk: Desk) -> None:
    desk.book(masks("m-1", 60), published())
    desk.book(amendment("a-1", "s-1", published(value=60), partner="kemnaker-humas"))
    assert verdict(desk) == ("supported", "stmt.equal")
    assert ask(desk)["masks"].published.version == 3
    desk.book(amendment("a-2", "s-1", published(value=50), partner="kemnaker-humas"))
    assert verdict(desk) == ("contradicted", "stmt.exceeded")
    desk.book(reversal("r-1", "a-2", partner="kemnaker-humas"))
    assert verdict(desk) == ("supported", "stmt.equal")
    assert [verdict(desk, as_of=booking)[0] for booking in (1, 2, 3, 4)] == ["part", "supported", "contradicted", "supported"]


def test_a_statement_that_was_taken_back_is_gone_until_that_is_taken_back_too(desk: Desk) -> None:
    desk.book(published())
    desk.book(reversal("r-1", "s-1", partner="kemnaker-humas"))
    assert ask(desk) == {}
    desk.book(reversal("r-2", "r-1", partner="kemnaker-humas"))
    assert set(ask(desk)) == {"masks"}
    assert set(ask(desk, as_of=1)) == {"masks"}


def test_a_code_belongs_to_the_first_who_took_it(desk: Desk) -> None:
    desk.book(published())
    desk.book(published("s-2", value=5, partner="kemlu"))
    assert set(ask(desk)) == {"masks", "masks@2"}
    assert ask(desk)["masks@2"].published.partner == "kemlu"


def test_an_unknown_statement_is_a_wrong_word_with_the_closest_right_one(desk: Desk) -> None:
    desk.book(published())
    with pytest.raises(ConfigurationError) as wrong:
        opened(desk, "mask")
    assert wrong.value.hint == "the closest is 'masks'"


def test_a_statement_cannot_speak_of_what_came_after_it_unless_it_is_a_target(desk: Desk) -> None:
    desk.book(masks("m-1", 60), masks("m-2", 40, time="2020-06-02T09:00:00+08:00"))
    desk.book(published(published="2020-07-01", as_of="2020-05-31"))
    desk.book(published("s-2", "later", published="2020-07-01"))
    desk.book(published("s-3", "aim", published="2020-05-01", qualifier="target"))
    assert verdict(desk) == ("part", "stmt.short_so_far")
    assert verdict(desk, "later") == ("supported", "stmt.equal")
    assert verdict(desk, "aim") == ("supported", "stmt.realised")


def closing(event_id: str, first: str, last: str, **more: str) -> dict[str, Any]:
    data = {"programme": "bantuan-pmi", "country": "TW", "period": {"start": first, "end": last}, **more}
    return wire("period.closed", data, event_id=event_id, partner="kemnaker", time="2020-08-01T00:00:00+07:00")


def test_what_is_short_contradicts_once_the_owner_closed_the_period(desk: Desk) -> None:
    desk.book(masks("m-1", 60), published(as_of="2020-05-31"))
    desk.book(closing("c-1", "2020-01-01", "2020-04-30"))
    assert verdict(desk) == ("part", "stmt.short_so_far")
    desk.book(closing("c-2", "2020-05-01", "2020-05-31"))
    assert verdict(desk) == ("contradicted", "stmt.short_when_closed")
    assert ask(desk)["masks"].figures[0].judged.is_closed
    assert verdict(desk, as_of=2) == ("part", "stmt.short_so_far")


def test_programmes_below_the_one_that_was_said_count_too(desk: Desk) -> None:
    lines = [{"line": 1, "item": "peserta", "quantity": 100, "unit": "person"}]
    data = {"programme": "inkubasi-bisnis", "country": "ID", "lines": lines}
    desk.book(wire("participants.engaged", data, event_id="p-1", partner="kemnaker-ppkk"))
    scope = {"measures": ["engaged"], "programmes": ["perluasan-kesempatan-kerja"]}
    desk.book(published(unit="person", scope=scope))
    assert verdict(desk) == ("supported", "stmt.equal")


def test_simulated_events_support_only_simulated_statements(desk: Desk) -> None:
    simulated = {"code": "simulasi-taipei", "simulated": True, "programmes": ["bantuan-pmi"], "countries": ["TW"], "reports": ["goods", "statements"]}
    desk.book(registered("p-1", "partner", simulated))
    desk.book(masks("m-1", 100, partner="simulasi-taipei"), published(), published("s-2", "made-up", partner="simulasi-taipei"))
    assert verdict(desk) == ("unsupported", "stmt.no_events")
    assert "made-up" not in ask(desk)
    assert verdict(desk, simulated=True) == ("unsupported", "stmt.no_events")
    assert verdict(desk, "made-up", simulated=True) == ("supported", "stmt.equal")


def test_a_claim_is_shown_by_events_that_post_nothing_until_they_are_of_something_else(desk: Desk) -> None:
    showing = {"type": "salur.programme.resumed.v1", "programmes": ["penempatan"], "legal_basis": "kepmenaker-294-2020"}
    desk.book(published(figures=[{"figure": "claim", "label": "Placement", "shown_by": showing}]))
    assert verdict(desk) == ("unsupported", "stmt.no_events")
    resumed = {"programme": "penempatan", "country": "HK", "legal_basis": "uu-cipta-kerja"}
    desk.book(wire("programme.resumed", resumed, event_id="p-1", partner="kemnaker-binapenta"))
    assert verdict(desk) == ("unsupported", "stmt.no_events")
    desk.book(wire("programme.resumed", {**resumed, "legal_basis": "kepmenaker-294-2020"}, event_id="p-2", partner="kemnaker-binapenta"))
    assert verdict(desk) == ("supported", "stmt.shown")
    assert [event.id for event in opened(desk).figures[0].showing] == ["p-2"]


def test_only_types_that_post_nothing_may_show_a_claim(desk: Desk) -> None:
    showing = {"type": "salur.distribution.recorded.v1"}
    desk.book(published(figures=[{"figure": "claim", "label": "Masks", "shown_by": showing}]))
    assert [row.reasons for row in desk.rows] == [["rjct.unknown_type"]]


def test_each_destination_is_told_apart_and_nothing_is_no_figure(desk: Desk) -> None:
    desk.book(masks("m-1", 100), published(scope={**TAIWAN, "countries": ["TW", "HK"]}))
    [shown] = of_one(opened(desk))["figures"]
    assert shown["destinations"] == [
        {"destination": "TW", "amounts": [{"quantity": "100", "unit": "piece", "measure": "distributed"}]},
        {"destination": "HK", "amounts": None},
    ]


def test_the_events_behind_every_scope_add_up_and_can_be_asked_for_again(desk: Desk) -> None:
    desk.book(masks("m-1", 60), masks("m-2", 40), published(as_of="2020-12-31"))
    answer = opened(desk)
    assert answer.adds_up
    [scope] = answer.figures[0].opened
    assert [event.id for event in scope.explanation.events] == ["m-1", "m-2"]
    words = "--measure distributed --programme bantuan-pmi --destination TW --item masker --unit piece --to 2020-12-31 --as-of 1"
    assert scope.words == tuple(words.split())


def test_what_is_counted_in_another_unit_is_opened_too(desk: Desk) -> None:
    desk.book(masks("m-1", 100), published(unit="person"))
    answer = opened(desk)
    assert answer.figures[0].judged.judged.reason.code == "stmt.counted_otherwise"
    assert [event.id for event in answer.figures[0].opened[0].explanation.events] == ["m-1"]


def test_two_sources_stand_beside_each_other_with_their_gap(desk: Desk) -> None:
    desk.book(published(figures=[figure(beside={"statement": "other", "figure": "claim"})]))
    [alone] = of_one(opened(desk))["figures"]
    assert alone["beside"] == {"statement": "other", "figure": "claim", "said": None, "gap": None}
    desk.book(published("s-2", "other", value=98))
    [beside] = of_one(opened(desk))["figures"]
    assert beside["beside"] == {"statement": "other", "figure": "claim", "said": {"quantity": "98", "unit": "piece"}, "gap": {"quantity": "2", "unit": "piece"}}


def test_the_list_has_one_line_for_each_with_what_the_tally_says(desk: Desk) -> None:
    desk.book(masks("m-1", 60), published(published="2020-06-01"))
    with desk.engine.connect() as connection:
        listed = of_all(Statements(connection, registry_of(connection)).all())
    assert listed["as_of"]["booking"] == 1
    [line] = listed["statements"]
    assert line["figures"] == [
        {
            "figure": "claim",
            "verdict": "part",
            "reason": "stmt.short_so_far",
            "tally": {"quantity": "60", "unit": "piece"},
            "gap": {"quantity": "-40", "unit": "piece"},
        }
    ]


def test_a_statement_may_speak_of_a_stock_which_has_no_day(desk: Desk) -> None:
    made = {"programme": "blk-produksi", "country": "ID", "lines": [{"line": 1, "item": "masker", "quantity": 100, "unit": "piece"}]}
    desk.book(wire("goods.produced", made, event_id="g-1", partner="blk-padang"))
    desk.book(published(scope={"measures": ["on-hand"], "holders": ["blk-padang"]}, as_of="2020-12-31"))
    assert verdict(desk) == ("supported", "stmt.equal")
    [scope] = opened(desk).figures[0].opened
    assert scope.words == ("--measure", "on-hand", "--holder", "blk-padang", "--unit", "piece", "--as-of", "2")
    assert scope.explanation.adds_up


def test_what_is_no_accepted_event_of_the_ledger_is_no_statement(desk: Desk) -> None:
    desk.book(published(partner="kdei-taipei"), published("s-2", unit="maskers"))
    assert [row.disposition for row in desk.rows] == ["rejected", "rejected"]
    assert ask(desk) == {}
