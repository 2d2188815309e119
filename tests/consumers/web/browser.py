"""A real browser, and pages served to it over a socket."""

import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

CHROMIUM = shutil.which("chromium")
SCREENS = "SALUR_TEST_SCREENSHOTS"
"""Names a folder in which screenshots are kept to be looked at."""

marks = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")]


@contextlib.contextmanager
def listening(app: Any) -> Iterator[str]:
    """Serve an application on a free port, and give its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@contextlib.contextmanager
def launched() -> Iterator[Any]:
    """Give a browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def screenshot(page: Any, folder: Path, name: str) -> bytes:
    """Take a picture of a whole page, and keep it where somebody looks, or else in the test's folder."""
    kept = Path(os.environ.get(SCREENS) or folder)
    kept.mkdir(parents=True, exist_ok=True)
    written = "".join(letter if letter.isalnum() else "-" for letter in name)
    return bytes(page.screenshot(path=kept / f"{written}.png", full_page=True))


def violations(page: Any) -> list[tuple[str, list[str]]]:
    """Return which rules of accessibility a page breaks, and where."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in axe.Axe().run(page).response["violations"]]
