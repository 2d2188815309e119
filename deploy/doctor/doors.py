"""Who comes in: tokens that end, and the certificate of the web process."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from consumers import access
from consumers.database import open_for_reading
from deploy import running
from deploy.doctor.finding import Eyes, Finding
from deploy.web.binding import Binding, refuse_unsafe
from models.access import Grant

SOON_SECONDS: Final = 14 * 86_400.0


def look_at_tokens(eyes: Eyes) -> Iterator[Finding]:
    """Look for holders whose last token has ended, or ends soon."""
    engine = open_for_reading(running.database_url(eyes.settings))
    try:
        with engine.connect() as connection, connection.begin():
            grants = [grant for grant in access.all_grants(connection) if grant.revoked_at is None]
    finally:
        engine.dispose()
    last: defaultdict[str, float] = defaultdict(float)
    for grant in grants:
        last[grant.partner] = max(last[grant.partner], _ends(grant))
    now = eyes.clock()
    ended = sorted(holder for holder, ends in last.items() if ends <= now)
    soon = sorted(holder for holder, ends in last.items() if now < ends <= now + SOON_SECONDS)
    for holder in ended:
        found = f"the last token of {holder} ended on {_day(last[holder])}: it is refused"
        yield Finding(name="Tokens", state="wrong", found=found, fix=f"salur partner token {holder}, or revoke the old one if nobody needs it")
    for holder in soon:
        found = f"the last token of {holder} ends on {_day(last[holder])}"
        yield Finding(name="Tokens", state="notice", found=found, fix=f"salur partner token {holder}")
    if not ended and not soon:
        yield Finding(name="Tokens", state="fine", found=f"{len(last)} holders, none ends within 14 days")


def look_at_certificate(eyes: Eyes) -> Iterator[Finding]:
    """Look whether the web process can listen as it is told to, with a certificate that others take."""
    settings = eyes.settings
    binding = Binding(settings.web_host, settings.web_port or 1, str(settings.web_tls_certificate or ""), str(settings.web_tls_key or ""))
    # Whether somebody holds a token is looked at by itself.
    refuse_unsafe(binding, has_tokens=True)
    if settings.web_tls_certificate is None or settings.web_tls_key is None:
        yield Finding(name="Certificate", state="not needed", found="only this machine can reach the web process")
        return
    yield _judged(settings.web_tls_certificate, settings.web_tls_key, eyes.clock())


def _judged(certificate_file: Path, key_file: Path, now: float) -> Finding:
    unreadable = next((path for path in (certificate_file, key_file) if _bytes(path) is None), None)
    if unreadable is not None:
        return _wrong(f"{unreadable} cannot be read", "mend the path, or give the user of the web process the right to read it")
    try:
        certificate = x509.load_pem_x509_certificate(_bytes(certificate_file) or b"")
        key = serialization.load_pem_private_key(_bytes(key_file) or b"", password=None)
    except (ValueError, TypeError):
        return _wrong(f"{certificate_file} or {key_file} is no PEM file that can be used", "give a certificate and its key without a password")
    public = certificate.public_key()
    if public.public_bytes(*_PLAIN) != key.public_key().public_bytes(*_PLAIN):
        return _wrong(f"{key_file} is not the key of {certificate_file}", "name the two that were issued together")
    begins, ends = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
    if now < begins:
        return _wrong(f"{certificate_file} is not valid before {_day(begins)}", "check this machine's clock, or have it issued anew")
    if now >= ends:
        return _wrong(f"{certificate_file} ended on {_day(ends)}", "renew it, and start the web process again")
    if now + SOON_SECONDS >= ends:
        return Finding(name="Certificate", state="notice", found=f"{certificate_file} ends on {_day(ends)}", fix="renew it")
    return Finding(name="Certificate", state="fine", found=f"{certificate_file} is good until {_day(ends)}")


_PLAIN: Final = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _wrong(found: str, fix: str) -> Finding:
    return Finding(name="Certificate", state="wrong", found=found, fix=fix)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _ends(grant: Grant) -> float:
    return float("inf") if grant.expires_at is None else grant.expires_at / 1000


def _day(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
