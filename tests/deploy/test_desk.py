"""The operators' desk on a ledger: what is open, what is sent again counts once, and who may have it done."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

import pytest
import sqlalchemy as sa

from consumers.database import open_for_reading
from consumers.desk import requests
from consumers.desk.waiting import bytes_of, held_events, open_refusals
from consumers.gauges.ledger import RejectedOpen
from consumers.receipts import Receipts
from consumers.registered import registry_of
from consumers.verdicts import Place
from deploy import desk as acting
from models.crashpoints import NO_CRASH_POINTS, CrashPoint, CrashPoints
from models.desk import Kind, Person, Request, State, refuse_approval
from models.errors import ConfigurationError
from models.topics import EVENTS
from streams.publishing import Line, Sent
from tests.consumers.conftest import engine
from tests.consumers.ledger.desk import Desk, as_bytes, masks, registered, reversal
from tests.planted import NIK

__all__ = ["engine"]

SITI, BUDI = Person("Siti", "siti@host"), Person("Budi", "budi@host")
UNKNOWN_CODE = masks("a", data={"programme": "bantuan-baru"})
REGISTRATION = registered("reg", "programme", {"code": "bantuan-baru", "start": "2020-01-01", "parent": "bantuan-pmi"})


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


class KillAt:
    """Ends the process at one point."""

    def __init__(self, point: CrashPoint) -> None:
        self.point = point

    def hit(self, name: CrashPoint) -> None:
        if name == self.point:
            raise Killed


class Office(Desk):
    """A ledger, and an engine to read it with while it is written."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.reading = open_for_reading(engine.url.render_as_string(hide_password=False))


@pytest.fixture(name="desk")
def _desk(engine: sa.Engine) -> Iterator[Office]:
    made = Office(engine)
    yield made
    made.reading.dispose()


class Sending:
    """Puts what is sent into the inbox; ``refuses`` are lines that Kafka does not acknowledge."""

    def __init__(self, desk: Office, *, refuses: Callable[[Line], bool] = lambda _line: False) -> None:
        self.desk = desk
        self.refuses = refuses
        self.sent: list[Line] = []

    def send(self, lines: Iterable[Line]) -> Iterator[Sent]:
        for line in lines:
            if self.refuses(line):
                yield Sent(line)
                continue
            self.sent.append(line)
            self.desk.inbox.put(line.value)
            yield Sent(line, EVENTS, 0, self.desk.inbox.ends[EVENTS, 0] - 1)


def hands(desk: Office, sending: Sending | None = None, points: CrashPoints = NO_CRASH_POINTS) -> acting.Hands:
    clock = itertools.count(1_700_001_000_000)

    def until_booked(_places: Sequence[Place]) -> None:
        desk.book_next()

    sender = sending or Sending(desk)
    return acting.Hands(
        writing=desk.engine, claimed=Receipts(desk.reading).claimed, sender=lambda: sender, clock=lambda: next(clock), points=points, until_booked=until_booked
    )


def opened(desk: Office, **chosen: str) -> list[int]:
    with desk.reading.connect() as connection:
        return [one.decision for one in open_refusals(connection, Receipts(desk.reading).claimed, **chosen)]


def ask(desk: Office, kind: Kind, *decisions: int, person: Person = SITI, needs_second: bool = False, edited: bytes | None = None) -> Request:
    with desk.engine.begin() as connection:
        return requests.ask(
            connection, kind=kind, decisions=decisions, person=person, why="kode sudah didaftarkan", needs_second=needs_second, now=1, edited=edited
        )


def reread(desk: Office, request: Request) -> Request:
    with desk.engine.connect() as connection:
        found = requests.read(connection, request.number)
    assert found is not None
    return found


def test_what_was_refused_for_a_missing_code_is_accepted_once_the_code_is_there(desk: Office) -> None:
    desk.book(UNKNOWN_CODE, masks("b", item="masker", data={"programme": "bantuan-baru"}), b"{not json")
    assert opened(desk) == [1, 2, 3]
    assert opened(desk, code="rjct.unknown_programme") == [1, 2]
    desk.book(REGISTRATION)
    assert desk.dispositions[-1] == "accepted", desk.rows[-1]
    with desk.engine.connect() as connection:
        values = {number: bytes_of(connection, acting.refused(connection, number)) for number in (1, 2, 3)}
        again = acting.rehearsed(values, registry_of(connection), now=1_800_000_000_000)
    assert [number for number, violations in again.items() if not violations] == [1, 2]
    done = acting.carry_out(ask(desk, "resend", 1, 2), SITI, hands(desk))
    assert list(done.sent) == [1, 2]
    assert opened(desk) == [3], "what was sent is no longer open, booked or not"
    desk.book_next()
    assert desk.dispositions[-2:] == ["accepted", "accepted"]
    assert desk.intake()["rejected"] == 3, "nothing that was decided is changed"
    desk.check()


def test_a_replay_that_is_killed_in_the_middle_is_begun_again_and_counts_once(desk: Office) -> None:
    desk.book(*(masks(f"a{number}", data={"programme": "bantuan-baru"}) for number in range(4)), REGISTRATION)
    request = ask(desk, "resend", 1, 2, 3, 4)
    sending = Sending(desk)
    with pytest.raises(Killed):
        acting.carry_out(request, SITI, hands(desk, sending, KillAt("mid_rejected_replay")))
    assert (reread(desk, request).state, len(reread(desk, request).left)) == (State.OPEN, 4), "sent, and not noted"
    # Begun again at once, before the ledger has booked the first copies.
    acting.carry_out(reread(desk, request), SITI, hands(desk, sending))
    assert len(sending.sent) == 8
    desk.book_next()
    assert [desk.dispositions[5:].count(name) for name in ("accepted", "duplicate")] == [4, 4]
    assert desk.sums("item") == {"masker": 400}
    assert reread(desk, request).state is State.DONE
    desk.check()


def test_one_begun_again_after_the_ledger_booked_it_sends_nothing(desk: Office) -> None:
    desk.book(UNKNOWN_CODE, REGISTRATION)
    request = ask(desk, "resend", 1)
    with pytest.raises(Killed):
        acting.carry_out(request, SITI, hands(desk, points=KillAt("mid_rejected_replay")))
    desk.book_next()
    sending = Sending(desk)
    done = acting.carry_out(reread(desk, request), SITI, hands(desk, sending))
    assert (done.known, sending.sent) == ([1], [])
    [known, end] = reread(desk, request).steps
    assert (known.action, known.decision, known.detail, end.action) == ("known", 1, "decision 3", "done")


def test_what_kafka_does_not_acknowledge_stays_to_be_finished(desk: Office) -> None:
    desk.book(UNKNOWN_CODE, masks("b", data={"programme": "bantuan-baru"}), REGISTRATION)
    request = ask(desk, "resend", 1, 2)
    done = acting.carry_out(request, SITI, hands(desk, Sending(desk, refuses=lambda line: line.number == 2)))
    assert (list(done.sent), done.unacknowledged) == ([1], [2])
    assert (reread(desk, request).state, reread(desk, request).left) == (State.OPEN, (2,))
    with pytest.raises(ConfigurationError, match="decision 2 is in request 1 already"):
        ask(desk, "close", 2)
    acting.carry_out(reread(desk, request), BUDI, hands(desk))
    assert [(step.action, step.person.name) for step in reread(desk, request).steps] == [("sent", "Siti"), ("sent", "Budi"), ("done", "Budi")]


def test_a_registration_among_them_is_booked_before_what_uses_it_is_sent(desk: Office) -> None:
    desk.book({**REGISTRATION, "data": {**REGISTRATION["data"], "parent": "no-such"}}, UNKNOWN_CODE)
    mended = ask(desk, "fix", 1, edited=as_bytes(REGISTRATION))
    acting.carry_out(mended, SITI, hands(desk))
    desk.book_next()
    acting.carry_out(ask(desk, "resend", 2), SITI, hands(desk))
    desk.book_next()
    assert desk.dispositions == ["rejected", "rejected", "accepted", "accepted"]


def test_an_edited_event_keeps_its_name_and_must_be_better_than_before(desk: Office) -> None:
    desk.book(masks("a", item="masker", data={"country": "XX"}), b'{"id": 1}')
    with desk.engine.connect() as connection:
        original, nameless = acting.refused(connection, 1), acting.refused(connection, 2)
        registry = registry_of(connection)

    def refuse(refused: object, event: object, *, anyway: bool = False) -> None:
        value = as_bytes(event)
        assert value is not None
        acting.refuse_edited(refused, value, acting.rehearsed({1: value}, registry, now=1_800_000_000_000)[1], anyway=anyway)  # type: ignore[arg-type]

    refuse(original, masks("a"))
    refuse(nameless, masks("whatever"))
    with pytest.raises(ConfigurationError, match="another id"):
        refuse(original, masks("b"))
    with pytest.raises(ConfigurationError, match="another source"):
        refuse(original, masks("a", partner="pos"))
    with pytest.raises(ConfigurationError, match=r"would be refused again: rjct\.quantity_invalid"):
        refuse(original, masks("a", -1))
    refuse(original, masks("a", -1), anyway=True)
    with pytest.raises(ConfigurationError, match=r"rjct\.personal_data"):
        refuse(original, masks("a", data={"activity": f"Siti {NIK}"}), anyway=True)


def test_what_came_over_a_topic_of_somebody_else_is_never_sent_for_him(desk: Office) -> None:
    desk.book(masks("a"), topic="aid.in.pos.v1")
    assert desk.rows[0].reasons == ["rjct.wrong_source"]
    with desk.engine.connect() as connection:
        refused = acting.refused(connection, 1)
        with pytest.raises(ConfigurationError, match="is not the topic of kdei-taipei"):
            bytes_of(connection, refused)


def test_bytes_that_may_hold_a_person_cannot_be_sent_from_here(desk: Office) -> None:
    desk.book(masks("a", data={"activity": f"Siti {NIK}"}))
    assert desk.rows[0].reasons == ["rjct.personal_data"]
    with desk.engine.connect() as connection, pytest.raises(ConfigurationError, match="are not kept"):
        bytes_of(connection, acting.refused(connection, 1))


def test_an_event_in_binary_mode_is_sent_again_whole(desk: Office) -> None:
    event = UNKNOWN_CODE
    headers = [(f"ce_{name}", str(event[name]).encode()) for name in ("specversion", "id", "source", "type", "time")]
    desk.book(as_bytes(event["data"]), headers=headers)
    desk.book(REGISTRATION)
    acting.carry_out(ask(desk, "resend", 1), SITI, hands(desk))
    desk.book_next()
    assert desk.dispositions == ["rejected", "accepted", "accepted"]
    assert desk.rows[2].event_id == "a"


def test_only_the_newest_attempt_is_open_and_none_once_its_id_is_accepted(desk: Office) -> None:
    desk.book(masks("a", -1), masks("a", -2), masks("b", -1))
    assert opened(desk) == [2, 3]
    desk.book(masks("a"))
    assert opened(desk) == [3]


def test_held_events_say_what_they_wait_for_and_are_given_up_by_the_next_booking(desk: Office) -> None:
    desk.book(reversal("r1", "a"), reversal("r2", "never"), masks("a", data={"programme": "bantuan-baru"}))
    with desk.engine.connect() as connection:
        assert [(one.decision, one.waits_for_id, one.refused, one.is_given_up) for one in held_events(connection)] == [
            (1, "a", 3, False),
            (2, "never", None, False),
        ]
    request = ask(desk, "give_up", 2)
    assert acting.carry_out(request, SITI, hands(desk)).settled == [2]
    with desk.engine.connect() as connection:
        assert [one.is_given_up for one in held_events(connection)] == [False, True]
    desk.book_next()
    assert (desk.rows[-1].disposition, desk.rows[-1].reasons, desk.rows[-1].first) == ("rejected", ["rjct.given_up"], 2)
    # What the other one waits for is sent again: that releases it.
    desk.book(REGISTRATION)
    acting.carry_out(ask(desk, "resend", 3), SITI, hands(desk))
    desk.book_next()
    assert [(row.disposition, row.first) for row in desk.rows[-2:]] == [("accepted", None), ("accepted", 1)]
    desk.check()


def test_one_that_was_released_meanwhile_is_not_given_up(desk: Office) -> None:
    desk.book(reversal("r1", "a"))
    request = ask(desk, "give_up", 1, needs_second=True)
    desk.book(masks("a"))
    done = acting.carry_out(request, BUDI, hands(desk))
    assert (done.settled, done.known) == ([], [1])
    assert desk.book_next() is None


def test_closed_ones_are_neither_listed_nor_counted_as_open(desk: Office) -> None:
    desk.book(b"\xff", masks("a", -1))
    gauge = RejectedOpen()

    def counted() -> dict[str, float]:
        with desk.engine.connect() as connection:
            return {reading.labels[0]: reading.value for reading in gauge.readings(connection)}

    assert counted() == {"rjct.malformed": 1, "rjct.quantity_invalid": 1}
    acting.carry_out(ask(desk, "close", 1), SITI, hands(desk))
    assert opened(desk) == [2]
    assert counted() == {"rjct.malformed": 0, "rjct.quantity_invalid": 1}
    acting.carry_out(ask(desk, "close", 2), SITI, hands(desk))
    assert counted() == {"rjct.quantity_invalid": 0}
    with desk.engine.connect() as connection:
        assert {reading.value for reading in RejectedOpen().readings(connection)} <= {0}, "one that starts later counts the same"


def test_nobody_approves_what_they_asked_for_themselves(desk: Office) -> None:
    desk.book(masks("a", -1))
    request = ask(desk, "close", 1, needs_second=True)
    assert request.state is State.WAITS
    for name in ("Siti", "SITI", " siti "):
        with pytest.raises(ConfigurationError, match="was made by Siti"):
            refuse_approval(request, Person(name, "other@host"))
    refuse_approval(request, BUDI)
    with desk.engine.begin() as connection:
        requests.note(connection, request.number, [(0, "ya")], action="approved", person=BUDI, now=2)
    with pytest.raises(ConfigurationError, match="waits for nobody"):
        refuse_approval(reread(desk, request), BUDI)
    acting.carry_out(reread(desk, request), BUDI, hands(desk))
    with desk.engine.connect() as connection:
        lines = requests.log(connection, limit=100)
    assert [(line.action, line.person.name, line.person.account, line.decision) for line in lines] == [
        ("asked", "Siti", "siti@host", 0),
        ("approved", "Budi", "budi@host", 0),
        ("closed", "Budi", "budi@host", 1),
        ("done", "Budi", "budi@host", 0),
    ]


def test_what_is_declined_may_be_asked_for_again(desk: Office) -> None:
    desk.book(masks("a", -1))
    request = ask(desk, "close", 1, needs_second=True)
    with desk.engine.begin() as connection:
        requests.note(connection, request.number, [(0, "tanya mitra dulu")], action="declined", person=BUDI, now=2)
    assert reread(desk, request).state is State.DECLINED
    assert ask(desk, "close", 1).number == 2


@pytest.mark.parametrize("words", ["", "  ", "x" * 501, "two\nlines", "\x1b[31mred"])
def test_words_that_would_forge_the_log_are_refused(desk: Office, words: str) -> None:
    desk.book(masks("a", -1))
    with desk.engine.begin() as connection, pytest.raises(ConfigurationError):
        requests.ask(connection, kind="close", decisions=[1], person=SITI, why=words, needs_second=False, now=1)
    with desk.engine.begin() as connection, pytest.raises(ConfigurationError):
        requests.ask(connection, kind="close", decisions=[1], person=Person(words, "x"), why="why", needs_second=False, now=1)


def test_the_log_cannot_be_changed_in_the_database(desk: Office) -> None:
    desk.book(masks("a", -1))
    acting.carry_out(ask(desk, "close", 1), SITI, hands(desk))
    for table, verb in itertools.product(("desk_requests", "desk_items", "desk_steps"), ("UPDATE {} SET request = 9", "DELETE FROM {}")):
        statement = verb.format(table).replace("request", "number" if table == "desk_requests" else "request")
        with desk.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text(statement.replace("desk_numbers", "desk_requests")))


def test_many_at_once_are_sent_in_portions(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "CHUNK", 3)
    desk.book(*(masks(f"a{number}", -1) for number in range(8)))
    assert len(opened(desk)) == 8
    seen: list[int] = []
    done = acting.carry_out(ask(desk, "resend", *opened(desk)), SITI, hands(desk), on_done=seen.append)
    assert (len(done.sent), sum(seen), max(seen)) == (8, 8, 3)
    assert sorted(done.sent) == list(range(1, 9))
