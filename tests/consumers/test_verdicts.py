"""Looking up what became of records that were sent, and what was refused."""

import sqlalchemy as sa

from consumers import rejections, verdicts
from consumers.database import open_for_reading
from models import schema
from tests.consumers.books import Books, Told, cell


def place(number: int) -> tuple[str, int, int]:
    return "aid.events.v1", number % 4, number


def test_each_record_has_its_newest_decision(books: Books) -> None:
    books.book(Told(), Told(disposition="held"), Told(disposition="rejected"))
    books.book(Told(postings=[(cell(), 5)]))
    with books.engine.begin() as connection:
        # The fourth decision settles the second: it is about the same record.
        same = {"partition": 2, "offset": 2}
        connection.execute(sa.delete(schema.decisions).where(schema.decisions.c.number == 4))
        second = dict(connection.execute(sa.select(schema.decisions).where(schema.decisions.c.number == 2)).mappings().one())
        connection.execute(sa.insert(schema.decisions), {**second, **same, "number": 4, "booking": 2, "disposition": "accepted", "first": 2})
    engine = open_for_reading(books.engine.url.render_as_string(hide_password=False))
    with engine.connect() as connection, connection.begin():
        found = verdicts.verdicts_since(connection, 0, {place(1), place(2), place(3)})
        later = verdicts.verdicts_since(connection, 3, {place(1), place(2), place(3)})
    engine.dispose()
    assert {one: verdict.disposition for one, verdict in found.items()} == {place(1): "accepted", place(2): "accepted", place(3): "rejected"}
    assert set(later) == {place(2)}


def test_a_record_is_booked_when_its_partition_is_past_it(books: Books) -> None:
    with books.engine.begin() as connection:
        connection.execute(
            sa.insert(schema.positions), {"topic": "aid.events.v1", "partition": 0, "next_offset": 7, "topic_id": "", "last_offset": 6, "last_sha256": b""}
        )
        assert verdicts.is_booked(connection, {("aid.events.v1", 0): 7})
        assert not verdicts.is_booked(connection, {("aid.events.v1", 0): 8})
        assert not verdicts.is_booked(connection, {("aid.events.v1", 1): 1})
        assert verdicts.is_booked(connection, {})
        assert verdicts.unbooked(connection, {("aid.events.v1", 0): 9, ("aid.events.v1", 1): 3}) == 5


def test_rejections_come_newest_first_and_page_by_page(books: Books) -> None:
    books.book(Told(disposition="rejected"), Told(), Told(disposition="rejected", partner="kemlu"), Told(disposition="rejected"))
    with books.engine.begin() as connection:
        assert [one.decision for one in rejections.rejections(connection)] == [4, 3, 1]
        assert [one.decision for one in rejections.rejections(connection, partner="kemlu")] == [3]
        assert [one.decision for one in rejections.rejections(connection, before=4, limit=1)] == [3]
        assert rejections.rejection(connection, 2) is None
        found = rejections.rejection(connection, 3)
    assert found is not None
    assert (found.partner, found.topic, found.offset, found.to_json()["reasons"]) == ("kemlu", "aid.events.v1", 3, [])
