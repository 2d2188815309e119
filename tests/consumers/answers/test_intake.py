"""The intake: every event received is in exactly one disposition, for all and for each partner, now and then."""

import sqlalchemy as sa

from consumers.answers.intake import Intake, intake
from models import schema
from tests.consumers.books import Books, Told


def test_received_is_the_sum_of_the_dispositions(books: Books) -> None:
    books.book(Told(), Told(disposition="duplicate"), Told(disposition="rejected", partner="unknown"))
    books.book(Told(disposition="conflict"), Told(disposition="held", partner="simulasi-a"))
    with books.engine.connect() as connection:
        now, then = intake(connection), intake(connection, booking=1)
    assert now.adds_up
    assert now.total == Intake(received=5, accepted=1, duplicate=1, conflict=1, rejected=1, held=1)
    assert {partner.partner: partner.intake.received for partner in now.partners} == {"kdei-taipei": 3, "simulasi-a": 1, "unknown": 1}
    assert then.adds_up
    assert then.total.received == 3
    assert [partner["simulated"] for partner in now.to_json()["partners"]] == [False, True, False]


def test_a_partner_that_lost_an_event_does_not_add_up(books: Books) -> None:
    books.book(Told(), Told())
    with books.engine.begin() as connection:
        connection.execute(sa.update(schema.cells).values(steps=1))
    with books.engine.connect() as connection:
        assert not intake(connection).adds_up
