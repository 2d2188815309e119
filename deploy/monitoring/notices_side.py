"""The notices of the monitor's process: by which mail server, and what is shown of how they go."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from consumers.database import is_unreachable, open_database, open_for_reading
from consumers.notices import targets
from consumers.notices.notifier import Notifier
from consumers.notices.sending import Mail, MailServer, Security, Sender, Webhook
from deploy.monitoring.instruments import Instruments
from deploy.web.binding import is_loopback
from deploy.workers.variables import required
from models import metrics
from models.errors import ConfigurationError
from models.metrics import Reading
from models.notices import CHANNELS, Channel

_PORTS: Final[Mapping[Security, int]] = {"none": 25, "starttls": 587, "tls": 465}


def notifier_of(environ: Mapping[str, str], instruments: Instruments) -> Notifier:
    """Return what tells partners, and show how it goes. Raises ConfigurationError for settings of mail that cannot be."""
    engine = open_database(required(environ, "SALUR_DATABASE_URL"))
    base_url = (environ.get("SALUR_WEB_URL") or "").rstrip("/")
    counter = instruments.counter(metrics.NOTICES)
    # A writer's connection would wait for whoever has the database locked, and with it everybody who looks at the monitor.
    reading = open_for_reading(required(environ, "SALUR_DATABASE_URL"))
    instruments.read_at_scrape(lambda: _failing(reading))
    senders: dict[Channel, Sender] = {"webhook": Webhook(), "mail": Mail(mail_server_of(environ), base_url=base_url)}
    return Notifier(engine, senders, base_url=base_url, on_outcome=lambda channel, outcome: counter.labels(channel, outcome).inc())


def mail_server_of(environ: Mapping[str, str]) -> MailServer | None:
    """Read where mail is handed in, None if nowhere. Raises ConfigurationError, naming the variable."""
    host = environ.get("SALUR_SMTP_HOST", "")
    if not host:
        return None
    security = _security(environ.get("SALUR_SMTP_SECURITY", "starttls"))
    if security == "none" and not is_loopback(host):
        raise ConfigurationError(f"mail is not handed to {host} in the clear", hint="set SALUR_SMTP_SECURITY to starttls or tls")
    sender = environ.get("SALUR_SMTP_SENDER", "")
    if "@" not in sender:
        raise ConfigurationError("SALUR_SMTP_SENDER is not a mail address", hint="set it to the address that mails come from")
    user, file = environ.get("SALUR_SMTP_USER", ""), environ.get("SALUR_SMTP_PASSWORD_FILE", "")
    if bool(user) != bool(file):
        raise ConfigurationError("only one of SALUR_SMTP_USER and SALUR_SMTP_PASSWORD_FILE is set", hint="set both, or neither")
    return MailServer(host, int(environ.get("SALUR_SMTP_PORT") or _PORTS[security]), security, user, _password(file), sender)


def _security(written: str) -> Security:
    match written:
        case "none" | "starttls" | "tls":
            return written
        case _:
            raise ConfigurationError(f"SALUR_SMTP_SECURITY is {written!r}", hint="set it to starttls, tls or none")


def _password(file: str) -> str:
    if not file:
        return ""
    try:
        return Path(file).read_text("utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}", hint="mend SALUR_SMTP_PASSWORD_FILE") from error


def _failing(engine: sa.Engine) -> Iterable[Reading]:
    try:
        with engine.connect() as connection:
            found = targets.listed(connection)
    except sa.exc.DBAPIError as error:
        if not is_unreachable(error):
            raise
        return []
    failing = [one.channel for one in found if one.failures or one.paused_at is not None]
    return [Reading(metrics.NOTICES_FAILING, (channel,), failing.count(channel)) for channel in CHANNELS]
