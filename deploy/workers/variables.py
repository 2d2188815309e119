"""Reading the environment of a worker process; errors name the variable."""

from collections.abc import Mapping

from models.errors import ConfigurationError


def required(environ: Mapping[str, str], name: str) -> str:
    """Return a variable that must be set."""
    if not (value := environ.get(name, "")):
        raise ConfigurationError(f"{name} is not set", hint="for example SALUR_BOOTSTRAP_SERVERS=127.0.0.1:9092 SALUR_PARTITIONS=4")
    return value


def number(environ: Mapping[str, str], name: str, default: float | None) -> float:
    """Return a variable that is a number above 0; without a default it must be set."""
    text = required(environ, name) if default is None else environ.get(name, "") or str(default)
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1e12:
        raise ConfigurationError(f"{name} is {text!r}, expected a number above 0")
    return value
