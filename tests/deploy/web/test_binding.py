"""The web process listens where only this machine can reach it, unless there is TLS and somebody to let in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.migrations.upgrade import upgrade
from deploy.web.binding import Binding, is_loopback, refuse_unsafe
from models.errors import ConfigurationError

TLS = {"certificate": "/c.pem", "key": "/k.pem"}


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)]
)
def test_what_is_loopback(host: str, expected: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is expected


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "intake.example"])
def test_an_address_that_others_reach_needs_tls_and_a_token(host: str) -> None:
    with pytest.raises(ConfigurationError, match="TLS"):
        refuse_unsafe(Binding(host, 443), has_tokens=True)
    with pytest.raises(ConfigurationError, match="nobody holds a token"):
        refuse_unsafe(Binding(host, 443, **TLS), has_tokens=False)
    refuse_unsafe(Binding(host, 443, **TLS), has_tokens=True)


def test_half_of_tls_is_refused_anywhere() -> None:
    with pytest.raises(ConfigurationError, match="only one"):
        refuse_unsafe(Binding("127.0.0.1", 443, certificate="/c.pem"), has_tokens=True)


def test_loopback_needs_nothing() -> None:
    refuse_unsafe(Binding("127.0.0.1", 8080), has_tokens=False)
    assert Binding("::1", 8080).url == "http://[::1]:8080"
    assert Binding("127.0.0.1", 8443, **TLS).url == "https://127.0.0.1:8443"


def test_the_process_itself_refuses_with_the_exit_code_for_wrong_settings(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    upgrade(url)
    settings = {"SALUR_DATABASE_URL": url, "SALUR_BOOTSTRAP_SERVERS": "127.0.0.1:1", "SALUR_WEB_HOST": "0.0.0.0", "SALUR_WEB_PORT": "8443"}
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.workers.web"], env={**os.environ, **settings}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, "without TLS" in ended.stderr) == (2, True)
