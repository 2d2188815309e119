"""Where the web process may listen: on the machine itself, or, with TLS and tokens, where others can reach it."""

import ipaddress
from typing import NamedTuple

from models.errors import ConfigurationError


class Binding(NamedTuple):
    """An address to listen at; without a certificate it speaks plain HTTP."""

    host: str
    port: int
    certificate: str = ""
    key: str = ""

    @property
    def url(self) -> str:
        """The address that a browser on this machine would use."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


def refuse_unsafe(binding: Binding, *, has_tokens: bool) -> None:
    """Raise ConfigurationError for an address that others can reach, unless there is TLS and somebody holds a token."""
    if bool(binding.certificate) != bool(binding.key):
        raise ConfigurationError("only one of SALUR_WEB_TLS_CERTIFICATE and SALUR_WEB_TLS_KEY is set", hint="name both files, or neither on a loopback address")
    if is_loopback(binding.host):
        return
    if not binding.certificate:
        raise ConfigurationError(
            f"the web process will not listen at {binding.host} without TLS: tokens would be sent in the clear",
            hint="set SALUR_WEB_TLS_CERTIFICATE and SALUR_WEB_TLS_KEY, or listen at 127.0.0.1 behind a proxy that speaks TLS",
        )
    if not has_tokens:
        raise ConfigurationError(
            f"the web process will not listen at {binding.host} while nobody holds a token", hint="make one with `salur partner add` and `salur partner token`"
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
