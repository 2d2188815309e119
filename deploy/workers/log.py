"""How a worker process logs, to stderr: one JSON line an event, in colours and columns where a person looks at a terminal."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog


def configure_log(level: str, *, worker: str, output: TextIO = sys.stderr) -> None:
    """Write one line per event of ours, and of the libraries only what is worth a warning; each says which ``worker`` it is from."""

    def named(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["worker"] = worker
        return event

    shared: list[Any] = [named, structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    if output.isatty():
        written: list[Any] = [structlog.dev.ConsoleRenderer()]
    else:
        written = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *written],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level.upper(), logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(output),
    )
    _configure_libraries(output, [structlog.stdlib.add_logger_name, *shared], written)


def _configure_libraries(output: TextIO, before: list[Any], written: list[Any]) -> None:
    """Let lines of the libraries look like ours, so that who reads JSON finds nothing else."""
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(output)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=[remove, *written]))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
