"""Which addresses a webhook may have: what a partner names must not reach what only this machine or this network can reach.

An address is looked at twice: when it is given, and each time before it is used, when its name is resolved and the
connection goes to the very address that was looked at; so a name that changes its mind in between gains nothing.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from models.errors import ConfigurationError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

LONGEST: Final = 2_000
_TRANSLATED: Final = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 networks that lead on to IPv4 addresses, private ones too."""


class Endpoint(NamedTuple):
    """A webhook's address, read."""

    is_https: bool
    host: str
    port: int
    path: str


def read_address(address: str, *, may_be_private: bool) -> Endpoint:
    """Read an address as it was given. Raises ConfigurationError, saying what is wrong with it; its name is not resolved."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ConfigurationError("this is not an address", hint="write one such as https://example.org/salur") from None
    if len(address) > LONGEST or any(ord(character) <= 32 or ord(character) > 126 for character in address):
        raise ConfigurationError("an address has no blanks and only ASCII characters", hint="write it percent-encoded")
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ConfigurationError("a webhook's address begins with https:// and a name", hint="write one such as https://example.org/salur")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ConfigurationError("a webhook's address holds no user and no fragment", hint="who calls is seen from the signature of each call")
    if parts.scheme == "http" and not (may_be_private and _is_loopback(parts.hostname)):
        raise ConfigurationError("a webhook is called over https only", hint="http is for this machine itself, where whoever runs Salur allows it")
    literal = _literal(parts.hostname)
    if literal is not None and not may_be_private and not is_public(literal):
        raise _private(parts.hostname)
    is_https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Endpoint(is_https, parts.hostname, port or (443 if is_https else 80), path)


def resolved(endpoint: Endpoint, *, may_be_private: bool, resolve: Resolve) -> str:
    """Return the IP address to connect to. Raises ConfigurationError if any that the name has is not public, OSError if it has none."""
    found = resolve(endpoint.host, endpoint.port)
    if not found:
        raise OSError("the name has no address")
    if not may_be_private and not all(is_public(ipaddress.ip_address(one)) for one in found):
        raise _private(endpoint.host)
    return found[0]


def by_system(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name as this machine resolves it. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


def is_public(address: IpAddress) -> bool:
    """Tell whether an address is one of the public internet, whatever way it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" if literal is None else literal.is_loopback


def _private(host: str) -> ConfigurationError:
    return ConfigurationError(f"{host} is not an address of the public internet", hint="whoever runs Salur can allow it with --private")
