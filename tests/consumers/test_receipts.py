"""Looking events up by their id, on both databases: what is claimed, what was refused, and what was booked since the last look."""

import hashlib

import pytest
import sqlalchemy as sa

from consumers import receipts
from consumers.database import open_for_reading
from consumers.ledger import identity
from consumers.receipts import Receipts
from models import schema
from models.receipts import Asked
from tests.consumers.ledger.desk import Desk, as_bytes, masks, registered, reversal

SOURCE = "urn:salur:partner:kdei-taipei"


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine)


def asked(event_id: str, quantity: int = 100) -> Asked:
    value = as_bytes(masks(event_id, quantity)) or b""
    return Asked(SOURCE, event_id, hashlib.sha256(value).digest(), value)


def test_what_was_booked_since_the_last_look_is_found(desk: Desk) -> None:
    engine = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    found = Receipts(engine)
    assert found.look([asked("m-1")]).known == (None,)
    desk.book(masks("m-1"))
    assert [known is not None and known.is_same for known in found.look([asked("m-2"), asked("m-1"), asked("m-1", 7)]).known] == [False, True, False]
    desk.book(masks("m-2"), registered("p-1", "programme", {"code": "program-baru", "start": "2020-01-01"}))
    seen = found.look([asked("m-2"), asked("m-1", 7)])
    assert [known is not None for known in seen.known] == [True, True]
    assert "program-baru" in seen.registry.programmes
    engine.dispose()


def test_a_reader_that_starts_late_knows_everything_older_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "SEGMENT_CLAIMS", 10)
    for start in range(0, 60, 6):
        desk.book(*(masks(f"m-{number}") for number in range(start, start + 6)))
    with desk.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.identity_segments)).scalar_one() > 2
    engine = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    found = Receipts(engine)
    assert all(found.look([asked(f"m-{number}") for number in range(60)]).known)
    desk.book(masks("later"))
    assert [bool(known) for known in found.look([asked("later"), asked("never")]).known] == [True, False]
    engine.dispose()


def test_an_id_whose_held_event_was_given_up_is_free_again_and_says_why(desk: Desk) -> None:
    engine = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    found = Receipts(engine)
    desk.book(reversal("r-1", {"source": "urn:salur:partner:pos", "id": "x"}))
    status = found.status(SOURCE, "r-1")
    assert status is not None
    assert status.state == "rejected"
    assert [violation.code for violation in status.violations] == ["rjct.foreign_correction"]
    assert found.status("urn:salur:partner:pos", "r-1") is None
    desk.book(reversal("r-2", "later"))
    held = found.status(SOURCE, "r-2")
    assert held is not None
    assert (held.state, held.waits_for) == ("held", (SOURCE, "later"))
    desk.book(masks("later"))
    settled = found.status(SOURCE, "r-2")
    assert settled is not None
    assert (settled.state, settled.waits_for, len(settled.moved) > 0) == ("accepted", None, True)
    engine.dispose()


def test_two_ids_that_share_a_key_are_two_ids(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "identity_key", lambda _source, _event_id: 7)
    desk.book(masks("m-1"), masks("m-2"))
    engine = open_for_reading(desk.engine.url.render_as_string(hide_password=False))
    found = Receipts(engine)
    assert [bool(known) for known in found.look([asked("m-2"), asked("m-3"), asked("m-1")]).known] == [True, False, True]
    engine.dispose()


def test_refusals_are_found_by_an_index(desk: Desk) -> None:
    """Without it every question about an unknown id would read the whole ledger."""
    desk.book(masks("m-1", -1), masks("m-2"))
    statement = str(receipts.refusals("urn:salur:partner:kdei-taipei", "m-1").compile(desk.engine, compile_kwargs={"literal_binds": True}))
    with desk.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = "\n".join(connection.exec_driver_sql("EXPLAIN " + statement.replace("%", "%%")).scalars())
        else:
            plan = "\n".join(row[3] for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement))
    assert "refusals_by_id" in plan
