"""Whether somebody keeps the tables: every tallies' worker that is named says that it is ready."""

import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Final

URLS_VARIABLE: Final = "SALUR_TALLIES_READY_URLS"
PATIENCE_SECONDS: Final = 0.5
_OK: Final = 200


def attended_from(environ: Mapping[str, str]) -> Callable[[], bool | None]:
    """Return what tells it; None where nobody named a worker. The variable holds addresses of ``/readyz`` with commas between them."""
    urls = [url.strip() for url in environ.get(URLS_VARIABLE, "").split(",") if url.strip().startswith("http")]
    return lambda: all(map(_is_ready, urls)) if urls else None


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - an address of the operator's
            return int(answer.status) == _OK
    except (urllib.error.URLError, OSError, ValueError):
        return False
