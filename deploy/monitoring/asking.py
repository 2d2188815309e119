"""Asking the processes of a stack over their loopback ports: their health in their own words, and single metrics."""

import http.client
import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

ASK_SECONDS: Final = 3.0
_SAMPLE: Final = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$")
_LABEL: Final = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


class Health(NamedTuple):
    """What a process says of itself; ``why`` are its own sentences. ``silent`` took the connection and said nothing."""

    state: Literal["ready", "not ready", "silent", "nobody"]
    why: tuple[str, ...] = ()


class Sample(NamedTuple):
    """One value of a metrics page."""

    name: str
    labels: Mapping[str, str]
    value: float


def health(base_url: str) -> Health:
    """Ask a process whether it is ready; ``base_url`` is that of its port for metrics."""
    try:
        with urllib.request.urlopen(f"{base_url}/readyz", timeout=ASK_SECONDS):  # noqa: S310 - an address of our own making
            return Health("ready")
    except urllib.error.HTTPError as error:
        with error:
            return Health("not ready", _reasons(error))
    except urllib.error.URLError as error:
        return Health("nobody" if isinstance(error.reason, (ConnectionRefusedError, socket.gaierror)) else "silent")
    except (OSError, http.client.HTTPException):
        # Among them one that was ended in the middle of its answer.
        return Health("silent")


def samples(base_url: str) -> list[Sample]:
    """Return what a process exports; nothing if it does not answer."""
    try:
        with urllib.request.urlopen(f"{base_url}/metrics", timeout=ASK_SECONDS) as answer:  # noqa: S310 - an address of our own making
            page = answer.read().decode()
    except (OSError, http.client.HTTPException):
        return []
    return list(_parsed(page))


def _parsed(page: str) -> Iterator[Sample]:
    for line in page.splitlines():
        found = _SAMPLE.match(line)
        if found is not None:
            yield Sample(found[1], dict(_LABEL.findall(found[2] or "")), float(found[3]))


def _reasons(answer: urllib.error.HTTPError) -> tuple[str, ...]:
    try:
        return tuple(map(str, json.loads(answer.read())["why"]))
    except (ValueError, KeyError, TypeError, OSError, http.client.HTTPException):
        return ()
