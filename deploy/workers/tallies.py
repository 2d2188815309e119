"""The tallies' worker as a process: reads the environment, sets up the log, runs, and exits with the worker's code."""

import logging
import os
import sys
from collections.abc import Mapping

import structlog

from deploy import crashpoints
from models.errors import ConfigurationError
from streams import worker
from streams.settings import StreamSettings

USAGE_ERROR = 2


def settings_from(environ: Mapping[str, str]) -> StreamSettings:
    """Read the settings. Raises ConfigurationError, naming the variable."""
    return StreamSettings(
        bootstrap_servers=_required(environ, "SALUR_BOOTSTRAP_SERVERS"),
        partitions=int(_number(environ, "SALUR_PARTITIONS", None)),
        instance_id=environ.get("SALUR_INSTANCE_ID", ""),
        flush_seconds=_number(environ, "SALUR_FOLD_FLUSH_SECONDS", 0.3),
        changelog_chunk_records=int(_number(environ, "SALUR_CHANGELOG_CHUNK_RECORDS", 500)),
        scratch_directory=environ.get("SALUR_SCRATCH", ""),
    )


def main() -> None:
    """Run until stopped."""
    configure_log(os.environ.get("SALUR_LOG_LEVEL", "INFO"))
    try:
        settings = settings_from(os.environ)
        crash_points = crashpoints.from_environment(os.environ)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        sys.exit(USAGE_ERROR)
    code = worker.run(settings, crash_points)
    sys.stderr.flush()
    # Not sys.exit: after a crash the consumer's thread may still be running, and nothing is left to be saved.
    os._exit(code)


def configure_log(level: str) -> None:
    """Write one JSON line per event to stderr; of Faust only what is worth a warning."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level.upper(), logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    if not (value := environ.get(name, "")):
        raise ConfigurationError(f"{name} is not set", hint="for example SALUR_BOOTSTRAP_SERVERS=127.0.0.1:9092 SALUR_PARTITIONS=4")
    return value


def _number(environ: Mapping[str, str], name: str, default: float | None) -> float:
    text = _required(environ, name) if default is None else environ.get(name, "") or str(default)
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number < 1e6:
        raise ConfigurationError(f"{name} is {text!r}, expected a number above 0")
    return number


if __name__ == "__main__":
    main()
