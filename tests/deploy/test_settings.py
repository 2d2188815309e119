"""Settings: who wins, where a value came from, and what is refused."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import deploy
from deploy import settings as declared
from deploy.settings import load
from models.errors import ConfigurationError


def test_defaults_need_no_set_up(tmp_path: Path) -> None:
    settings = load(environment={"XDG_DATA_HOME": str(tmp_path)})
    assert settings.data_dir == tmp_path / "salur"
    assert settings.bootstrap_servers is None
    assert settings.database_url == f"sqlite:///{tmp_path}/salur/ledger.sqlite"
    assert settings.partitions == 4
    assert set(settings.origins.values()) == {"default"}


def test_an_option_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "salur.toml").write_text('partitions = 12\nbatch_max_events = 60\nlang = "id"\n')
    settings = load(environment={"SALUR_PARTITIONS": "8", "SALUR_LANG": "en"}, options={"data_dir": tmp_path, "lang": "id"})
    assert (settings.partitions, settings.origins["partitions"]) == (8, "environment")
    assert (settings.batch_max_events, settings.origins["batch_max_events"]) == (60, "file")
    assert (settings.lang, settings.origins["lang"]) == ("id", "option")


def test_an_option_that_was_not_given_changes_nothing() -> None:
    assert load(environment={"SALUR_LANG": "id"}, options={"lang": None}).lang == "id"


def test_the_file_may_be_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.toml"
    file.write_text("ledger_workers = 3\n")
    assert load(environment={"SALUR_CONFIG": str(file)}).ledger_workers == 3


@pytest.mark.parametrize(
    ("environment", "closest"),
    [({"SALUR_PARTITION": "4"}, "SALUR_PARTITIONS"), ({"SALUR_DATE": "x"}, "SALUR_DATA"), ({"SALUR_BOOTSTRAP_SERVER": "x"}, "SALUR_BOOTSTRAP_SERVERS")],
)
def test_a_misspelled_name_is_refused_with_the_closest(environment: dict[str, str], closest: str) -> None:
    with pytest.raises(ConfigurationError, match=f"did you mean {closest}"):
        load(environment=environment)


def test_a_misspelled_name_in_the_file_is_refused_with_the_closest(tmp_path: Path) -> None:
    (tmp_path / "salur.toml").write_text("partitons = 4\n")
    with pytest.raises(ConfigurationError, match="did you mean partitions"):
        load(environment={}, options={"data_dir": tmp_path})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SALUR_PARTITIONS", "four"),
        ("SALUR_PARTITIONS", "0"),
        ("SALUR_LEDGER_WORKERS", "-1"),
        ("SALUR_FOLD_FLUSH_SECONDS", "nan"),
        ("SALUR_WORKER_URLS", "http://127.0.0.1:9101"),
        ("SALUR_WORKER_URLS", "web=127.0.0.1:9120"),
        ("SALUR_WORKER_URLS", "web=http://127.0.0.1:9120,web=http://127.0.0.1:9121"),
        ("SALUR_LANG", "fr"),
        ("SALUR_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load(environment={name: value})


@pytest.mark.parametrize("content", ["partitions = true", "partitions = 4.5", "partitions = ", "lang = 1"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "salur.toml").write_text(content)
    with pytest.raises(ConfigurationError):
        load(environment={}, options={"data_dir": tmp_path})


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read"):
        load(environment={"SALUR_CONFIG": str(tmp_path / "none.toml")})


def test_a_child_process_reads_the_same_settings(tmp_path: Path) -> None:
    settings = load(environment={"SALUR_PARTITIONS": "7"}, options={"data_dir": tmp_path, "lang": "id"}).replaced(bootstrap_servers="127.0.0.1:9092")
    again = load(environment=settings.as_environment())
    assert {name: getattr(again, name) for name in again.origins} == {name: getattr(settings, name) for name in settings.origins}


def test_the_language_follows_the_locale() -> None:
    assert load(environment={"LANG": "id_ID.UTF-8"}).lang == "id"
    assert load(environment={"LANG": "C.UTF-8"}).lang == "en"


ROOT = Path(deploy.__path__[0]).parent
NAME = re.compile(r"(?<![A-Z_])SALUR_[A-Z_]*[A-Z](?![A-Z_])")
OF_TEST_RUNS = {"SALUR_CRASH_POINT", "SALUR_CRASH_LOG", "SALUR_DEMO", "SALUR_CHANGELOG_CHUNK_RECORDS"}
"""What the demonstration and test runs tell workers, and no operator does."""


def named_in(*patterns: str) -> Iterator[tuple[str, str]]:
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern) if "__pycache__" not in path.parts):
        for name in NAME.findall(path.read_text("utf-8")):
            yield str(path.relative_to(ROOT)), name


def test_every_variable_that_the_code_or_a_page_names_is_a_setting() -> None:
    pages = ("README.md", "CHANGELOG.md", "deploy/**/*.md", "deploy/**/*.yaml", "deploy/systemd/*", "deploy/container/Dockerfile")
    code = ("deploy/**/*.py", "streams/**/*.py", "consumers/**/*.py", "models/**/*.py")
    known = declared._known_variables() | {declared._TEST_PREFIX.rstrip("_")}
    assert {(path, name) for path, name in named_in(*pages, *code) if name not in known} == set()


def test_every_setting_is_where_an_operator_looks() -> None:
    shown = {name for _, name in named_in("README.md", "deploy/systemd/*", "deploy/container/Dockerfile", "deploy/container/**/*.yaml")}
    assert declared._known_variables() - OF_TEST_RUNS <= shown
