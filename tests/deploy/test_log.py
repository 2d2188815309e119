"""Lines of workers: JSON for programs, whoever wrote them, and one line each whatever is in them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from deploy.workers.log import configure_log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:], logging.root.level = before


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_our_lines_and_those_of_libraries_are_json_with_the_name_of_the_worker() -> None:
    output = io.StringIO()
    configure_log("info", worker="ledger", output=output)
    structlog.get_logger().warning("booked_by_another", topic="aid.events.v1", odd="two\nlines \x1b[31m")
    logging.getLogger("kafka.client").warning("broker %s\nis gone", 1)
    structlog.get_logger().error("publisher_stopped", exc_info=OSError("no space"))
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [(line["worker"], line["level"], line["event"]) for line in lines] == [
        ("ledger", "warning", "booked_by_another"),
        ("ledger", "warning", "broker 1\nis gone"),
        ("ledger", "error", "publisher_stopped"),
    ]
    assert lines[1]["logger"] == "kafka.client"
    assert "no space" in lines[2]["exception"]


def test_a_person_at_a_terminal_gets_words() -> None:
    output = Terminal()
    configure_log("info", worker="ledger", output=output)
    structlog.get_logger().info("booked_by_another", topic="aid.events.v1")
    assert "booked_by_another" in output.getvalue()
    assert not output.getvalue().startswith("{")


def test_what_is_below_the_level_is_not_written() -> None:
    output = io.StringIO()
    configure_log("warning", worker="web", output=output)
    structlog.get_logger().info("nothing")
    logging.getLogger("kafka").info("nothing")
    assert output.getvalue() == ""
