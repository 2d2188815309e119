"""The addresses of a running stack, and the lock that only one stack holds."""

import os
from pathlib import Path

import pytest

from deploy import holding, running
from deploy.running import AlreadyRunning, RunningStack
from deploy.settings import load
from models.errors import ConfigurationError, Unreachable

STACK = RunningStack(bootstrap_servers="127.0.0.1:29092", database_url="sqlite:////elsewhere/ledger.sqlite", processes={"salur": 17})


def test_a_command_finds_the_stack_through_its_folder(tmp_path: Path) -> None:
    running.write(tmp_path, STACK)
    assert running.read(tmp_path) == STACK
    assert running.addresses(load(environment={}, options={"data_dir": tmp_path})) == (STACK.bootstrap_servers, STACK.database_url)


def test_addresses_in_the_settings_win_over_those_of_the_stack(tmp_path: Path) -> None:
    running.write(tmp_path, STACK)
    environment = {"SALUR_BOOTSTRAP_SERVERS": "kafka:9092", "SALUR_DATABASE_URL": "postgresql+psycopg://ledger"}
    assert running.addresses(load(environment=environment, options={"data_dir": tmp_path})) == ("kafka:9092", "postgresql+psycopg://ledger")


def test_without_a_stack_the_sentence_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="salur up"):
        running.addresses(load(environment={}, options={"data_dir": tmp_path}))


def test_the_ledger_of_a_stopped_stack_can_be_asked(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").touch()
    settings = load(environment={}, options={"data_dir": tmp_path})
    assert running.database_url(settings) == settings.database_url


def test_addresses_that_were_taken_back_are_gone(tmp_path: Path) -> None:
    running.write(tmp_path, STACK)
    running.withdraw(tmp_path)
    running.withdraw(tmp_path)
    assert running.read(tmp_path) is None


def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / running.FILE).write_text("{")
    with pytest.raises(ConfigurationError, match=running.FILE):
        running.read(tmp_path)


def test_a_second_stack_on_one_folder_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    with running.claimed(tmp_path):
        assert running.is_claimed(tmp_path)
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), running.claimed(tmp_path):
            pass
    assert not running.is_claimed(tmp_path)
    with running.claimed(tmp_path):
        pass


def test_processes_that_something_else_started_are_found_by_the_setting_unless_a_stack_runs_here(tmp_path: Path) -> None:
    written = "web=http://web:9100/, ledger-1=http://ledger:9100"
    named = {"web": "http://web:9100", "ledger-1": "http://ledger:9100"}
    assert running.watched(tmp_path, None) == {}
    assert running.watched(tmp_path, written) == named
    running.write(tmp_path, RunningStack(bootstrap_servers="", database_url="", workers={"web": "http://127.0.0.1:1"}))
    assert running.watched(tmp_path, written) == named, "what was left by a killed stack says nothing"
    with running.claimed(tmp_path):
        assert running.watched(tmp_path, written) == {"web": "http://127.0.0.1:1"}


def test_workers_rest_as_long_as_somebody_asks_for_it(tmp_path: Path) -> None:
    assert not holding.is_held(tmp_path, "tallies")
    with holding.held(tmp_path, "tallies"):
        assert holding.is_held(tmp_path, "tallies")
        assert not holding.is_held(tmp_path, "ledger")
    assert not holding.is_held(tmp_path, "tallies")
