"""What is set up for partners beside the intake: how they are told, and the forms that are served."""

import socket
from collections.abc import Iterator
from typing import Final

from consumers.database import open_for_reading
from consumers.notices import targets
from deploy import running
from deploy.doctor.finding import Eyes, Finding
from deploy.monitoring.notices_side import mail_server_of
from streams.kobo.folder import Broken, Mappings

PATIENCE_SECONDS: Final = 3.0


def look_at_mail(eyes: Eyes) -> Iterator[Finding]:
    """Look whether mail can be handed in: the settings, the file of the password, and whether a server greets."""
    server = mail_server_of(eyes.settings.as_environment())
    if server is None:
        yield Finding(name="Mail", state="not needed", found="no mail server is set; webhooks work without")
        return
    place = f"{server.host}:{server.port}"
    try:
        socket.create_connection((server.host, server.port), timeout=PATIENCE_SECONDS).close()
    except OSError as error:
        found = f"nobody takes mail at {place}: {error.strerror or error}"
        yield Finding(name="Mail", state="unreachable", found=found, fix="mend SALUR_SMTP_HOST and SALUR_SMTP_PORT; notices wait and are sent later")
    else:
        yield Finding(name="Mail", state="fine", found=f"{place} answers")


def look_at_notices(eyes: Eyes) -> Iterator[Finding]:
    """Look for webhooks and addresses that take nothing."""
    engine = open_for_reading(running.database_url(eyes.settings))
    try:
        with engine.connect() as connection, connection.begin():
            told = targets.listed(connection)
    finally:
        engine.dispose()
    by_mail = [one for one in told if one.channel == "mail"]
    if by_mail and eyes.settings.smtp_host is None:
        found = f"{len(by_mail)} mail addresses are told nothing: no mail server is set"
        yield Finding(name="Notices", state="wrong", found=found, fix="set SALUR_SMTP_HOST and SALUR_SMTP_SENDER, and start the monitor again")
    failing = [one for one in told if one.failures or one.paused_at is not None]
    for one in failing:
        yield _failing(one)
    if not told:
        yield Finding(name="Notices", state="not needed", found="no partner asked to be told")
    elif not failing and not (by_mail and eyes.settings.smtp_host is None):
        yield Finding(name="Notices", state="fine", found=f"{len(told)} addresses, each of them takes notices")


def _failing(one: targets.Target) -> Finding:
    if one.paused_at is not None:
        found = f"{one.channel} {one.target} of {one.partner} is tried no more"
        return Finding(name="Notices", state="notice", found=found, fix=f"ask the partner, then salur partner notify resume {one.target}")
    found = f"{one.channel} {one.target} of {one.partner} takes no notices just now"
    return Finding(name="Notices", state="notice", found=found, fix="`salur partner notify list` says why; it is tried again by itself for three days")


def look_at_forms(eyes: Eyes) -> Iterator[Finding]:
    """Look for mappings of forms that are none: what such a form reports is answered with 503 until it is mended."""
    mappings = Mappings(eyes.settings.kobo_mappings)
    names = mappings.names()
    if not names:
        yield Finding(name="Forms", state="not needed", found="no form reports by itself")
        return
    broken = {name: found for name in names if isinstance(found := mappings.find(name), Broken)}
    for name, found in broken.items():
        path = mappings.folder / f"{name}.toml"
        yield Finding(name="Forms", state="wrong", found=f"{path} is no mapping: {len(found.faults)} mistakes", fix=f"salur kobo check {path}")
    if not broken:
        yield Finding(name="Forms", state="fine", found=f"{len(names)} mappings in {mappings.folder}")
