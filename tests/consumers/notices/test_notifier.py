"""Nothing is missed and nothing is repeated for ever, whatever is killed or away in between."""

import pytest
import sqlalchemy as sa

from consumers.notices import bundles, targets
from consumers.notices.sending import NotTaken
from models import schema
from tests.consumers.ledger.desk import Desk, masks, reversal
from tests.consumers.notices.office import MINUTE_MS, PARTNER, Office


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def office(engine: sa.Engine) -> Office:
    return Office(Desk(engine))


def bad(event_id: str, partner: str = PARTNER) -> dict[str, object]:
    return masks(event_id, -1, partner=partner)


def test_a_partner_is_told_what_was_rejected_is_a_conflict_or_is_held_and_nothing_else(office: Office) -> None:
    office.add()
    office.desk.book(masks("fine"), bad("bad"), masks("fine", 7), masks("fine"), reversal("early", "never"), bad("others", "kjri-hong-kong"))
    assert office.look() == 1
    data = office.receiver.taken[0].body["data"]
    assert data["counts"] == {"rejected": 1, "conflict": 1, "held": 1}
    assert [(event["id"], event["state"]) for event in data["events"]] == [("bad", "rejected"), ("fine", "conflict"), ("early", "held")]
    assert data["events"][0]["reasons"][0]["pointer"] == "/data/lines/0/quantity"
    assert data["events"][2]["waits_for"] == "never"
    assert office.look(10) == 0


def test_only_what_comes_after_it_was_asked_for_is_told(office: Office) -> None:
    office.desk.book(bad("before"))
    office.add()
    office.desk.book(bad("after"))
    office.look()
    assert office.receiver.ids == [["after"]]


def test_what_comes_close_together_is_one_notice(office: Office) -> None:
    office.add(every_ms=15 * MINUTE_MS)
    office.desk.book(*(bad(f"bad-{number}") for number in range(70)))
    assert office.look() == 1
    office.desk.book(bad("next-1"))
    assert office.look(10) == 0
    office.desk.book(bad("next-2"))
    assert office.look(5) == 1
    first, second = office.receiver.taken
    assert (first.notice.counts, len(first.body["data"]["events"]), first.body["data"]["more"]) == ({"rejected": 70}, 50, 20)
    assert office.receiver.ids[1] == ["next-1", "next-2"]
    assert second.notice.first == first.notice.last + 1


def test_a_fresh_event_waits_a_moment_for_others_and_for_what_it_waits_for(office: Office) -> None:
    office.add()
    office.now -= MINUTE_MS
    office.desk.book(reversal("r", "late"))
    assert office.look() == 0
    office.desk.book(masks("late"))
    assert office.look(1) == 0
    assert office.receiver.taken == []


@pytest.mark.parametrize("times", [1, 3])
def test_a_kill_after_sending_sends_the_same_notice_again_and_then_goes_on(office: Office, times: int) -> None:
    office.add()
    office.desk.book(bad("one"))
    for _ in range(times):
        office.receiver.dies_after = Killed()
        with pytest.raises(Killed):
            office.look(5)
        # More comes before it is up again: the bundle that was sent does not change.
        office.desk.book(bad(f"more-{office.now}"))
        office.restart()
    office.look(5)
    office.look(5)
    assert set(office.receiver.names[: times + 1]) == {"notice-1-1"}
    assert office.receiver.ids[: times + 1] == [["one"]] * (times + 1)
    assert len(office.receiver.ids[-1]) == times
    assert office.look(60) == 0


def test_a_kill_between_fixing_a_bundle_and_sending_it_loses_nothing(office: Office) -> None:
    office.add()
    office.desk.book(bad("one"))
    (target,) = office.notifier.due()
    office.notifier._prepared(target)
    office.restart()
    office.desk.book(bad("two"))
    assert office.look() == 0
    assert office.look(4) == 1
    assert office.look(4) == 1
    assert office.receiver.ids == [["one"], ["two"]]


def test_two_notifiers_do_not_send_the_same_at_the_same_time(office: Office) -> None:
    office.add()
    office.desk.book(bad("one"))
    (seen_by_one,), (seen_by_other,) = office.notifier.due(), office.notifier.due()
    assert office.notifier.tell(seen_by_one)
    assert not office.notifier.tell(seen_by_other)
    assert len(office.receiver.taken) == 1


def test_what_is_not_taken_is_tried_again_ever_less_often_and_then_paused_until_resumed(office: Office) -> None:
    number = office.add()
    office.desk.book(bad("one"))
    office.receiver.refuses = NotTaken("answered with 500")
    pauses = []
    for _ in range(5):
        office.look()
        (target,) = office.listed()
        pauses.append(target.next_at - office.now)
        office.now = target.next_at
    assert pauses == [10_000, 20_000, 40_000, 80_000, 160_000]
    assert (target.failures, target.last_error, target.paused_at) == (5, "answered with 500", None)
    while office.listed()[0].paused_at is None:
        office.now = max(office.now + 1, office.listed()[0].next_at)
        office.look()
    assert 3 * 1440 <= (office.now - (target.failing_since or 0)) / MINUTE_MS < 4 * 1440
    assert office.outcomes[-1] == ("webhook", "paused")
    office.receiver.refuses = None
    office.desk.book(bad("two"))
    assert office.look(1440) == 0
    with office.desk.engine.begin() as connection:
        assert targets.resume(connection, number)
    assert [office.look(2), office.look(2)] == [1, 1]
    assert office.receiver.ids == [["one"], ["two"]]


def test_an_address_that_is_gone_for_good_is_paused_at_once(office: Office) -> None:
    office.add()
    office.desk.book(bad("one"))
    office.receiver.refuses = NotTaken("answered with 410", for_good=True)
    office.look()
    assert office.listed()[0].paused_at == office.now


def test_a_removed_target_is_told_nothing(office: Office) -> None:
    number = office.add()
    office.desk.book(bad("one"))
    with office.desk.engine.begin() as connection:
        assert not targets.remove(connection, number, partner="pos", now=office.now)
        assert targets.remove(connection, number, partner=PARTNER, now=office.now)
        assert not targets.remove(connection, number, now=office.now)
        assert not targets.resume(connection, number)
    assert (office.look(), office.listed()) == (0, [])


def test_a_flood_is_told_in_several_notices_and_none_is_left_out(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_DECISIONS", 20)
    office.add()
    office.desk.book(*(bad(f"bad-{number}") for number in range(45)))
    while office.look(2):
        pass
    assert [sum(one.notice.counts.values()) for one in office.receiver.taken] == [20, 20, 5]


def test_the_position_moves_over_what_is_nobodys_business(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consumers.notices.notifier.LET_BEHIND", 3)
    office.add()
    office.desk.book(*(masks(f"fine-{number}") for number in range(5)))
    office.look()
    assert (office.listed()[0].position, office.receiver.taken) == (5, [])


def test_each_partner_is_told_its_own_and_no_other(office: Office) -> None:
    partners = ("kdei-taipei", "kjri-hong-kong", "pos")
    for partner in partners:
        office.add(partner)
    office.desk.book(*(bad(f"of-{partner}", partner) for partner in partners))
    office.look()
    assert {one.target.partner: [event["id"] for event in one.body["data"]["events"]] for one in office.receiver.taken} == {
        partner: [f"of-{partner}"] for partner in partners
    }


def test_no_notice_holds_what_could_be_a_person(office: Office) -> None:
    nik, phone = "3171234567890123", "081234567890"
    office.add()
    office.desk.book(
        masks("p-1", data={"activity": f"untuk {nik}"}),
        bad(f"bad-{nik}"),
        b'{"specversion":"1.0","id":"x","source":"urn:salur:partner:kdei-taipei","type":"'
        + phone.encode()
        + b'","time":"2020-05-03T09:00:00+08:00","data":{}}',
        reversal("r", f"id-{nik}"),
    )
    office.look()
    said = str(office.receiver.taken)
    assert nik not in said
    assert phone not in said
    assert office.receiver.taken[0].notice.counts


def test_reading_for_notices_writes_nothing_to_the_ledger(office: Office) -> None:
    office.add()
    office.desk.book(bad("one"), masks("two"))
    before = {name: rows for name, rows in office.desk.state().items() if name != schema.notice_targets.name}
    office.look()
    assert {name: rows for name, rows in office.desk.state().items() if name != schema.notice_targets.name} == before
