"""The web process listens where only this machine can reach it, unless there is TLS and somebody to let in."""

import os
import shutil
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from consumers import access
from consumers.database import open_database
from consumers.ledger.ledger import prepare_ledger
from deploy.kafka.node import free_port
from deploy.migrations.upgrade import upgrade
from deploy.web.binding import Binding, is_loopback, refuse_unsafe
from models.access import PREFIX_BYTES, SECRET_BYTES, new_token
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
    settings = {
        "SALUR_DATABASE_URL": url,
        "SALUR_DATA": str(tmp_path),
        "SALUR_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "SALUR_WEB_HOST": "0.0.0.0",
        "SALUR_WEB_PORT": "8443",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.workers.web"], env={**os.environ, **settings}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, "without TLS" in ended.stderr) == (2, True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate of this test, and is not installed")
def test_with_tls_and_a_token_it_listens_everywhere_and_speaks_nothing_but_tls(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    upgrade(url)
    made = new_token(bytes(PREFIX_BYTES + SECRET_BYTES))
    engine = open_database(url)
    prepare_ledger(engine, partitions=1)
    with engine.begin() as connection:
        access.admit(connection, "pos", now=1)
        access.keep(connection, made, partner="pos", scopes=["read"], now=1, expires_at=None)
    engine.dispose()
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    port = free_port()
    settings = {
        "SALUR_DATABASE_URL": url,
        "SALUR_DATA": str(tmp_path),
        "SALUR_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "SALUR_WEB_HOST": "0.0.0.0",
        "SALUR_WEB_PORT": str(port),
    }
    tls = {"SALUR_WEB_TLS_CERTIFICATE": str(certificate), "SALUR_WEB_TLS_KEY": str(key)}
    with subprocess.Popen([sys.executable, "-m", "deploy.workers.web"], env={**os.environ, **settings, **tls}, stderr=subprocess.DEVNULL) as process:
        try:
            with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=ssl.create_default_context(cafile=str(certificate))) as client:
                answer = _first_answer(client, {"Authorization": f"Bearer {made.text}"})
                assert answer.status_code == 404
                # Kafka is not there: nothing is promised.
                assert client.get("/readyz").status_code == 503
            with pytest.raises(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{port}/readyz")
        finally:
            process.terminate()
            assert process.wait(timeout=30) == 0


def _first_answer(client: httpx.Client, headers: dict[str, str]) -> httpx.Response:
    deadline = time.monotonic() + 60
    while True:
        try:
            return client.get("/v1/events/x", headers=headers)
        except httpx.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
