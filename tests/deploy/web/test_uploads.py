"""A spreadsheet uploaded again and again on a whole running stack; ``python -m tests.uploads`` does the same with 10,000 rows."""

from pathlib import Path

import pytest

from tests.deploy.test_stack import Running
from tests.uploads.scenario import five_times

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]

ROWS = 1_200
"""Sent in three portions, so that there is a half at which to be killed."""


def test_a_workbook_is_counted_once_however_often_it_comes_and_whatever_is_killed(tmp_path: Path) -> None:
    stack = Running(tmp_path / "stack")
    stack.up()
    told = five_times(stack, ROWS)
    assert stack.stop() == 0
    assert 0 < told["killed_after"] < ROWS
    assert (told["receipts"], told["conflicts"], told["amended"]) == (ROWS, 3, 3)
