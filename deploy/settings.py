"""The settings of every process: one frozen object, read once from options, environment, file and defaults.

Each value keeps where it came from, for ``salur doctor``. Nothing here opens a connection or makes a folder. A
misspelled ``SALUR_*`` name is an error, because a setting that silently does nothing is worse than none.
"""

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from models.errors import ConfigurationError

Origin = Literal["default", "file", "environment", "option"]
Language = Literal["id", "en"]

CONFIG_NAME: Final = "SALUR_CONFIG"
CONFIG_FILE: Final = "salur.toml"
_WORKER_NAMES: Final = frozenset(
    {
        "SALUR_INSTANCE_ID",
        "SALUR_SCRATCH",
        "SALUR_CHANGELOG_CHUNK_RECORDS",
        "SALUR_CRASH_POINT",
        "SALUR_CRASH_LOG",
        "SALUR_METRICS_HOST",
        "SALUR_METRICS_PORT",
        "SALUR_TALLIES_READY_URLS",
        "SALUR_DEMO",
    }
)
"""Read by one worker each, so no setting of the stack: its lasting name, its scratch folder, its port for metrics and health; where the web
process asks whether the tables are kept, and whether it is a demonstration's; and the crash points of a test run."""
_TEST_PREFIX: Final = "SALUR_TEST_"
"""Servers that are given to the tests."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every process of one stack agrees on. ``bootstrap_servers`` None means that Salur runs its own broker.

    ``web_port`` None is any free one; ``web_url`` is the address that partners know, where it is not the one listened at.
    ``worker_urls`` is where processes that something else starts serve their health: ``ledger-1=http://127.0.0.1:9101,web=…``.
    ``operator`` is the name that requests at the desk are signed with, None for that of the account; with ``second_person``
    each of them waits until another person approved it.
    """

    data_dir: Path
    bootstrap_servers: str | None
    database_url: str
    partitions: int
    replication_factor: int
    min_insync_replicas: int
    ledger_workers: int
    tally_workers: int
    batch_max_events: int
    flush_seconds: float
    broker_heap_megabytes: int
    web_host: str
    web_port: int | None
    web_url: str | None
    web_tls_certificate: Path | None
    web_tls_key: Path | None
    web_requests_per_second: int
    web_reads_per_second: int
    web_acknowledge_seconds: float
    worker_urls: str | None
    iati_ref: str | None
    iati_name: str | None
    operator: str | None
    second_person: bool
    maven_mirror: str | None
    cache_dir: Path
    kobo_mappings: Path
    smtp_host: str | None
    smtp_port: int | None
    smtp_security: str
    smtp_user: str | None
    smtp_password_file: Path | None
    smtp_sender: str | None
    lang: Language
    log_level: str
    origins: Mapping[str, Origin] = dataclasses.field(repr=False)

    def as_environment(self) -> dict[str, str]:
        """Return the variables that make a child process read these same settings."""
        values = ((name, getattr(self, name)) for name in _DECLARED)
        return {_DECLARED[name].variable: str(value) for name, value in values if value is not None}

    def replaced(self, **values: object) -> "Settings":
        """Return a copy in which ``values`` stand as options."""
        origins: dict[str, Origin] = {**self.origins, **dict.fromkeys(values, "option")}
        changes: dict[str, Any] = {**values, "origins": origins}
        return dataclasses.replace(self, **changes)


def load(*, environment: Mapping[str, str], options: Mapping[str, object] | None = None) -> Settings:
    """Read the settings: an option wins over the environment, that over the file, that over the default.

    ``options`` are named as the members of ``Settings``; None stands for "not given". Raises ConfigurationError
    for an unknown name, a value of the wrong form, or a file that cannot be read.
    """
    _refuse_unknown(environment, known=_known_variables(), kind="environment variable")
    given = {name: value for name, value in (options or {}).items() if value is not None}
    written = {name: environment[setting.variable] for name, setting in _DECLARED.items() if environment.get(setting.variable)}
    data_dir = Path(str(given.get("data_dir") or written.get("data_dir") or _default_data_dir(environment))).expanduser()
    filed = _read_file(environment, data_dir)

    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for name, setting in _DECLARED.items():
        values[name], origins[name] = _choose(name, setting, given, written, filed)
    values["data_dir"] = data_dir.absolute()
    if values["database_url"] is None:
        values["database_url"] = f"sqlite:///{values['data_dir'] / 'ledger.sqlite'}"
    if values["cache_dir"] is None:
        values["cache_dir"] = _default_cache_dir(environment)
    if values["kobo_mappings"] is None:
        values["kobo_mappings"] = values["data_dir"] / "kobo"
    if values["lang"] is None:
        values["lang"] = default_language(environment)
    return Settings(**values, origins=origins)


def _choose(name: str, setting: "_Setting", given: Mapping[str, object], written: Mapping[str, str], filed: Mapping[str, object]) -> tuple[object, Origin]:
    if name in given:
        return setting.read(given[name], f"option for {name}"), "option"
    if name in written:
        return setting.read(written[name], setting.variable), "environment"
    if name in filed:
        return setting.read(filed[name], f"{name} in {CONFIG_FILE}"), "file"
    return setting.default, "default"


def _refuse_unknown(names: Mapping[str, object], *, known: frozenset[str], kind: str) -> None:
    for name in sorted(names):
        if (kind == "environment variable" and (not name.startswith("SALUR_") or name.startswith(_TEST_PREFIX))) or name in known:
            continue
        closest = difflib.get_close_matches(name, sorted(known), n=1)
        hint = f"did you mean {closest[0]}?" if closest else f"known are {', '.join(sorted(known))}"
        raise ConfigurationError(f"{name} is no {kind} of Salur", hint=hint)


def _known_variables() -> frozenset[str]:
    return frozenset(setting.variable for setting in _DECLARED.values()) | _WORKER_NAMES | {CONFIG_NAME}


def _read_file(environment: Mapping[str, str], data_dir: Path) -> Mapping[str, object]:
    named = environment.get(CONFIG_NAME)
    path = Path(named).expanduser() if named else data_dir / CONFIG_FILE
    if not named and not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}", hint=f"mend the path in {CONFIG_NAME}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}", hint="write lines such as partitions = 4") from error
    _refuse_unknown(content, known=frozenset(_DECLARED), kind=f"setting in {path}")
    return content


def _default_data_dir(environment: Mapping[str, str]) -> Path:
    base = environment.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "salur"


def _default_cache_dir(environment: Mapping[str, str]) -> Path:
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "salur"


def default_language(environment: Mapping[str, str]) -> Language:
    """Return the language of the locale, English unless it is Indonesian."""
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "id" if locale.startswith("id") else "en"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("expected text")
    return value


def _path(value: object) -> Path:
    return Path(_text(str(value))).expanduser().absolute()


def _whole(*, least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        # A float or a truth value of the file is not a whole number, though int() would take both.
        number = int(value) if isinstance(value, str) and value.strip().removeprefix("-").isdecimal() else value
        if type(number) is not int or not least <= number <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return number

    return read


def _seconds(value: object) -> float:
    try:
        number = float(value) if isinstance(value, (str, int, float)) else 0.0
    except ValueError:
        number = 0.0
    if not 0.01 <= number <= 60:
        raise ValueError("expected seconds from 0.01 to 60")
    return number


def worker_urls_of(written: str | None) -> dict[str, str]:
    """Return the addresses that ``worker_urls`` names, by process. Raises ValueError for anything that is no list of them."""
    parts = [part.strip().partition("=") for part in (written or "").split(",") if part.strip()]
    if any(not _PROCESS.fullmatch(name) or not _ADDRESS.fullmatch(url) for name, _, url in parts) or len({name for name, _, _ in parts}) < len(parts):
        raise ValueError("expected different names with their addresses, such as ledger-1=http://127.0.0.1:9101,web=http://127.0.0.1:9120")
    return {name: url.rstrip("/") for name, _, url in parts}


_PROCESS: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_ADDRESS: Final = re.compile(r"https?://[^/?#\s]+/?")


def _worker_urls(value: object) -> str:
    worker_urls_of(written := _text(value))
    return written


def _yes_or_no(value: object) -> bool:
    """Read a truth value of the file, or a word of the environment."""
    word = str(value).lower()
    if word not in ("true", "yes", "false", "no"):
        raise ValueError("expected yes or no")
    return word in ("true", "yes")


def _one_of(*allowed: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return str(value)

    return read


@dataclasses.dataclass(frozen=True, slots=True)
class _Setting:
    variable: str
    default: object
    parse: Callable[[object], object]

    def read(self, value: object, place: str) -> object:
        try:
            return self.parse(value)
        except ValueError as error:
            raise ConfigurationError(f"{place}: {error}", hint="see `salur doctor` for every setting and its origin") from error


_DECLARED: Final[Mapping[str, _Setting]] = {
    "data_dir": _Setting("SALUR_DATA", None, _path),
    "bootstrap_servers": _Setting("SALUR_BOOTSTRAP_SERVERS", None, _text),
    "database_url": _Setting("SALUR_DATABASE_URL", None, _text),
    "partitions": _Setting("SALUR_PARTITIONS", 4, _whole(least=1, most=1000)),
    "replication_factor": _Setting("SALUR_REPLICATION_FACTOR", 1, _whole(least=1, most=9)),
    "min_insync_replicas": _Setting("SALUR_MIN_INSYNC_REPLICAS", 1, _whole(least=1, most=9)),
    "ledger_workers": _Setting("SALUR_LEDGER_WORKERS", 1, _whole(least=0, most=64)),
    "tally_workers": _Setting("SALUR_TALLY_WORKERS", 1, _whole(least=0, most=64)),
    "batch_max_events": _Setting("SALUR_BATCH_MAX_EVENTS", 5000, _whole(least=1, most=100_000)),
    "flush_seconds": _Setting("SALUR_FOLD_FLUSH_SECONDS", 0.3, _seconds),
    "broker_heap_megabytes": _Setting("SALUR_BROKER_HEAP_MEGABYTES", 512, _whole(least=128, most=65_536)),
    "web_host": _Setting("SALUR_WEB_HOST", "127.0.0.1", _text),
    "web_port": _Setting("SALUR_WEB_PORT", None, _whole(least=1, most=65_535)),
    "web_url": _Setting("SALUR_WEB_URL", None, _text),
    "web_tls_certificate": _Setting("SALUR_WEB_TLS_CERTIFICATE", None, _path),
    "web_tls_key": _Setting("SALUR_WEB_TLS_KEY", None, _path),
    "web_requests_per_second": _Setting("SALUR_WEB_REQUESTS_PER_SECOND", 5000, _whole(least=1, most=1_000_000)),
    "web_reads_per_second": _Setting("SALUR_WEB_READS_PER_SECOND", 50, _whole(least=1, most=1_000_000)),
    "web_acknowledge_seconds": _Setting("SALUR_WEB_ACKNOWLEDGE_SECONDS", 10.0, _seconds),
    "worker_urls": _Setting("SALUR_WORKER_URLS", None, _worker_urls),
    "operator": _Setting("SALUR_OPERATOR", None, _text),
    "second_person": _Setting("SALUR_SECOND_PERSON", False, _yes_or_no),
    "kobo_mappings": _Setting("SALUR_KOBO_MAPPINGS", None, _path),
    "smtp_host": _Setting("SALUR_SMTP_HOST", None, _text),
    "smtp_port": _Setting("SALUR_SMTP_PORT", None, _whole(least=1, most=65_535)),
    "smtp_security": _Setting("SALUR_SMTP_SECURITY", "starttls", _one_of("none", "starttls", "tls")),
    "smtp_user": _Setting("SALUR_SMTP_USER", None, _text),
    "smtp_password_file": _Setting("SALUR_SMTP_PASSWORD_FILE", None, _path),
    "smtp_sender": _Setting("SALUR_SMTP_SENDER", None, _text),
    "iati_ref": _Setting("SALUR_IATI_REF", None, _text),
    "iati_name": _Setting("SALUR_IATI_NAME", None, _text),
    "maven_mirror": _Setting("SALUR_MAVEN_MIRROR", None, _text),
    "cache_dir": _Setting("SALUR_CACHE_DIR", None, _path),
    "lang": _Setting("SALUR_LANG", None, _one_of("id", "en")),
    "log_level": _Setting("SALUR_LOG_LEVEL", "info", _one_of("debug", "info", "warning", "error")),
}
