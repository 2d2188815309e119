"""Asking a web process of this machine whether it is ready."""

import http.client
import ssl

from deploy.web.binding import Binding

PROBE_SECONDS = 1.0


def is_ready(binding: Binding) -> bool:
    """Tell whether the web process listens and has found Kafka."""
    try:
        connection = _connect(binding)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return False


def _connect(binding: Binding) -> http.client.HTTPConnection:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(binding.host, binding.host)  # noqa: S104 - where to ask, not where to listen
    if not binding.certificate:
        return http.client.HTTPConnection(host, binding.port, timeout=PROBE_SECONDS)
    # Whose certificate it is does not matter to ask one's own child whether it is there.
    context = ssl._create_unverified_context()  # noqa: S323, SLF001
    return http.client.HTTPSConnection(host, binding.port, timeout=PROBE_SECONDS, context=context)
