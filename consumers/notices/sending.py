"""How a notice goes out: an HTTPS request with a signature, or a mail. Each either was taken, or raises NotTaken."""

import contextlib
import email.message
import email.policy
import http.client
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple, Protocol

from consumers.notices.addresses import Endpoint, Resolve, by_system, read_address, resolved
from consumers.notices.targets import Target
from models.errors import ConfigurationError
from models.notices import Notice, as_mail, signature

TRY_SECONDS: Final = 10.0
WHOLE_SECONDS: Final = 30.0
_GONE: Final = 410
_READ_BYTES: Final = 1024

Security = Literal["none", "starttls", "tls"]


class NotTaken(Exception):
    """The notice was not taken. ``for_good`` says that trying again is useless."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


class Sender(Protocol):
    """One way out."""

    def send(self, target: Target, notice: Notice, body: bytes, *, now_seconds: int) -> None:
        """Send a notice; ``body`` is its JSON. Raises NotTaken."""


class Webhook:
    """Calls webhooks, signed as the Standard Webhooks specification says. Follows nothing, and reads no more than it must."""

    def __init__(self, *, resolve: Resolve = by_system, context: ssl.SSLContext | None = None) -> None:
        self._resolve = resolve
        self._context = context or ssl.create_default_context()

    def send(self, target: Target, notice: Notice, body: bytes, *, now_seconds: int) -> None:
        """Call the webhook. Raises NotTaken unless it answers with 2xx."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "salur",
            "webhook-id": notice.name,
            "webhook-timestamp": str(now_seconds),
            "webhook-signature": signature(target.secret, name=notice.name, timestamp=now_seconds, body=body),
        }
        try:
            endpoint = read_address(target.address, may_be_private=target.may_be_private)
            ip_address = resolved(endpoint, may_be_private=target.may_be_private, resolve=self._resolve)
            status = self._call(endpoint, ip_address, body, headers)
        except ConfigurationError as error:
            raise NotTaken(str(error)) from error
        except (OSError, http.client.HTTPException) as error:
            raise NotTaken(f"{type(error).__name__}: {error}") from error
        if not 200 <= status < 300:
            raise NotTaken(f"answered with {status}", for_good=status == _GONE)

    def _call(self, endpoint: Endpoint, ip_address: str, body: bytes, headers: dict[str, str]) -> int:
        connection = _Pinned(endpoint, ip_address, self._context)
        with _at_most(WHOLE_SECONDS, connection.cut):
            try:
                connection.request("POST", endpoint.path, body=body, headers=headers)
                response = connection.getresponse()
                response.read(_READ_BYTES)
                return response.status
            finally:
                connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the very address that was looked at, under the name that the certificate must have."""

    def __init__(self, endpoint: Endpoint, ip_address: str, context: ssl.SSLContext) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=TRY_SECONDS)
        self._endpoint = endpoint
        self._ip_address = ip_address
        self._context = context

    def connect(self) -> None:
        """Connect."""
        plain = socket.create_connection((self._ip_address, self._endpoint.port), TRY_SECONDS)
        self.sock = self._context.wrap_socket(plain, server_hostname=self._endpoint.host) if self._endpoint.is_https else plain

    def cut(self) -> None:
        """End it from another thread: whoever answers byte by byte does not keep anybody."""
        held = self.sock
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


class MailServer(NamedTuple):
    """Where mail is handed in; without a user, nobody signs in."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    sender: str


class Mail:
    """Hands mails to one server; None for no server at all."""

    def __init__(self, server: MailServer | None, *, base_url: str, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._base_url = base_url
        self._context = context or ssl.create_default_context()

    def send(self, target: Target, notice: Notice, body: bytes, *, now_seconds: int) -> None:  # noqa: ARG002 - a mail says it in words
        """Hand the mail in. Raises NotTaken unless the server takes it."""
        if self._server is None:
            raise NotTaken("no mail server is set: SALUR_SMTP_HOST")
        mail = mail_of(target, notice, sender=self._server.sender, base_url=self._base_url)
        try:
            with self._connected(self._server) as smtp:
                smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise NotTaken(f"the server does not take mail for this address: {_codes(error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(f"{type(error).__name__}: {error}") from error

    @contextlib.contextmanager
    def _connected(self, server: MailServer) -> Iterator[smtplib.SMTP]:
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TRY_SECONDS, context=self._context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TRY_SECONDS)
        with smtp:
            if server.security == "starttls":
                smtp.starttls(context=self._context)
            if server.user:
                smtp.login(server.user, server.password)
            yield smtp


def mail_of(target: Target, notice: Notice, *, sender: str, base_url: str) -> email.message.EmailMessage:
    """Return the mail; the same notice has the same Message-ID, so that a mail program can show a repeat as one."""
    subject, text = as_mail(notice, target.language, base_url=base_url)
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, target.address, subject
    mail["Message-ID"] = f"<{notice.name}.{target.added_at}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = target.language
    mail.set_content(text)
    return mail


def read_mail_address(address: str) -> str:
    """Return an address as it was given. Raises ConfigurationError for what is none."""
    name, at, domain = address.rpartition("@")
    is_plain = address.isascii() and address.isprintable() and not any(character in address for character in ' <>,;:"\\()[]')
    if not (name and at and "." in domain.strip(".") and is_plain and len(address) <= 254):
        raise ConfigurationError("this is not a mail address", hint="write one such as pelaporan@example.org, without a name")
    return address


def _codes(error: smtplib.SMTPRecipientsRefused) -> str:
    return ", ".join(str(code) for code, _ in error.recipients.values())


@contextlib.contextmanager
def _at_most(seconds: float, cut: Callable[[], None]) -> Iterator[None]:
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
