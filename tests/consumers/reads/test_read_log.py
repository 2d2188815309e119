"""The read log keeps every line in order, on both databases, and finds the one that somebody touched."""

import concurrent.futures
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consumers.reads.chain import check, last_lines, lines
from consumers.reads.place import SCHEMA, file_beside, open_read_log
from consumers.reads.writer import ReadLog, append_all
from models import schema
from models.errors import ConfigurationError, Unreachable
from models.reads import START, WITHHELD, Anchor, Read, parse_anchor, shown, written


def read(number: int = 1, **values: Any) -> Read:
    usual: dict[str, Any] = {"at": 1_700_000_000_000 + number, "reader": "bpk", "channel": "api", "what": "/v1/tallies", "asked": "{}", "status": 200}
    return Read(**{**usual, **values})


@dataclasses.dataclass
class Kept:
    """A log with what it was opened by."""

    engine: sa.Engine
    log: ReadLog

    def append(self, *reads: Read) -> None:
        for future in [self.log.append(one) for one in reads]:
            future.result(10)


@pytest.fixture
def kept(database_url: str) -> Iterator[Kept]:
    engine = open_read_log(database_url)
    log = ReadLog(engine)
    yield Kept(engine, log)
    log.close()


def untriggered(engine: sa.Engine, statement: str) -> None:
    """Do to the table what its triggers refuse, as somebody who owns the database can."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text(f"ALTER TABLE {SCHEMA}.read_log DISABLE TRIGGER ALL"))
            connection.execute(sa.text(f"SET search_path TO {SCHEMA}"))
        else:
            for verb in ("update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER IF EXISTS read_log_no_{verb}"))
        connection.exec_driver_sql(statement)
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET search_path TO public"))


def test_lines_are_dense_and_chained_however_many_append_at_once(kept: Kept) -> None:
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for done in pool.map(lambda number: kept.log.append(read(number)), range(200)):
            done.result(30)
    with kept.engine.connect() as connection:
        found = list(lines(connection))
        assert [line.number for line in found] == list(range(1, 201))
        assert (found[0].previous, {line.read.at for line in found}) == (START, {read(number).at for number in range(200)})
        assert check(connection).to_json() == {"holds": True, "lines": 200, "last": f"200:{found[-1].hash}", "flaw": None}


def test_two_processes_append_to_one_chain(kept: Kept, database_url: str) -> None:
    other = ReadLog(open_read_log(database_url))
    for done in [log.append(read(number)) for number in range(40) for log in (kept.log, other)]:
        done.result(30)
    other.close()
    with kept.engine.connect() as connection:
        assert check(connection).last.number == 80


@pytest.mark.parametrize("statement", ["UPDATE read_log SET reader = 'x'", "DELETE FROM read_log"])
def test_the_database_refuses_to_change_a_line(kept: Kept, statement: str) -> None:
    kept.append(read())
    prefix = f"{SCHEMA}." if kept.engine.dialect.name == "postgresql" else ""
    with pytest.raises(DBAPIError, match="append-only"), kept.engine.begin() as connection:
        connection.execute(sa.text(statement.replace("read_log", f"{prefix}read_log")))


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        *((f"UPDATE read_log SET {column} = {value} WHERE number = 5", "line 5 was changed") for column, value in (
            ("at", "1"), ("reader", "'other'"), ("channel", "'page'"), ("what", "'/v1/intake'"), ("asked", "'{\"a\":1}'"), ("status", "304"),
            ("as_of", "7"), ("rows", "9"), ("sha256", "'0'"), ("hash", "'0'"))),
        ("UPDATE read_log SET previous = '0' WHERE number = 5", "line 5 does not follow"),
        ("DELETE FROM read_log WHERE number = 5", "after line 4 comes line 6"),
        ("UPDATE read_log SET number = -5 WHERE number = 5", "after line 0 comes line -5"),
        ("DELETE FROM read_log WHERE number > 5", "line 10, which was seen before, is gone"),
    ],
)  # fmt: skip
def test_whoever_touches_the_log_is_found(tmp_path: Path, statement: str, flaw: str) -> None:
    engine = open_read_log(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with engine.begin() as connection:
        append_all(connection, list(map(read, range(10))))
    with engine.connect() as connection:
        remembered = check(connection).last
    untriggered(engine, statement)
    with engine.connect() as connection:
        found = check(connection, remembered)
    engine.dispose()
    assert not found.holds
    assert flaw in found.flaw


def test_whoever_touches_it_in_postgresql_is_found_too(kept: Kept) -> None:
    kept.append(*map(read, range(3)))
    untriggered(kept.engine, "UPDATE read_log SET rows = 7 WHERE number = 2")
    with kept.engine.connect() as connection:
        assert check(connection).flaw == "line 2 was changed"


def test_a_log_that_was_written_anew_is_found_by_who_remembers_the_old_one(kept: Kept, tmp_path: Path) -> None:
    kept.append(*map(read, range(3)))
    with kept.engine.connect() as connection:
        assert check(connection, Anchor(2, "0" * 64)).flaw.endswith("the log was written anew")
        assert check(connection, Anchor(2, last_lines(connection, 2)[0].hash)).holds


def test_lines_are_found_by_reader_and_time(kept: Kept) -> None:
    kept.append(*(read(number, reader="bpk" if number % 2 else "local") for number in range(10)))
    with kept.engine.connect() as connection:
        assert [line.number for line in lines(connection, reader="bpk")] == [2, 4, 6, 8, 10]
        assert [line.number for line in lines(connection, since=read(3).at, until=read(5).at)] == [4, 5, 6]
        assert [line.number for line in last_lines(connection, 2, reader="local")] == [7, 9]
        assert [line.number for line in lines(connection, after=8, limit=1)] == [9]


def test_a_log_that_cannot_be_written_says_so_and_goes_on_when_it_can(kept: Kept) -> None:
    prefix = f"{SCHEMA}." if kept.engine.dialect.name == "postgresql" else ""
    with kept.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {prefix}read_log RENAME TO elsewhere"))
    with pytest.raises(Unreachable):
        kept.append(read())
    with kept.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {prefix}elsewhere RENAME TO read_log"))
    kept.append(read())
    with kept.engine.connect() as connection:
        assert check(connection).last.number == 1


def test_a_full_queue_refuses_instead_of_growing(tmp_path: Path) -> None:
    engine = open_read_log(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    log = ReadLog(engine)
    with engine.begin():  # nobody else may write meanwhile
        futures = [log.append(read()) for _ in range(11_000)]
        assert sum(isinstance(future.exception(), Unreachable) for future in futures if future.done()) >= 400
    log.close()


def test_it_is_apart_from_the_ledger(tmp_path: Path, database_url: str) -> None:
    engine = open_read_log(database_url)
    if engine.dialect.name == "sqlite":
        assert Path(engine.url.database or "").name == "ledger-reads.sqlite"
        assert file_beside(sa.make_url("sqlite:////data/ledger.db")) == "sqlite:////data/ledger-reads.db"
    else:
        assert sa.inspect(engine).get_table_names() == []
        assert sa.inspect(engine).get_table_names(schema=SCHEMA) == [schema.read_log.name]
    engine.dispose()


def test_no_persons_number_enters_the_log() -> None:
    assert written({"place": "3174051708450001", "item": "masker"}) == f'{{"place":"{WITHHELD}","item":"masker"}}'
    assert shown("/v1/partners/x/events/3174051708450001") == WITHHELD
    assert len(shown("x" * 9_000)) == 2_000
    assert written({"a": "\n\x1b[31m"}) == '{"a":"\\n\\u001b[31m"}'


@pytest.mark.parametrize("text", ["", "5", "5:abc", "x:" + "0" * 64, "5:" + "0" * 63])
def test_a_remembered_line_is_written_as_it_is_printed(text: str) -> None:
    assert parse_anchor("5:" + "0" * 64) == Anchor(5, "0" * 64)
    with pytest.raises(ConfigurationError, match="no line of the read log"):
        parse_anchor(text)
