"""Telling systemd how a worker is: ready, alive, and what it waits for. Without systemd (``NOTIFY_SOCKET``) nothing is done.

The protocol is that of sd_notify(3): datagrams to a socket. ``WATCHDOG=1`` is sent only while the loop turns, so systemd
starts a silent worker again as the watchdog of ``salur up`` does.
"""

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Final

from deploy.monitoring.health import Health

SOCKET: Final = "NOTIFY_SOCKET"
_EVERY_SECONDS: Final = 1.0
_STATUS_CHARACTERS: Final = 200


class Notifier:
    """Says once that a worker is ready, and then again and again that it lives."""

    def __init__(self, address: str, health: Health) -> None:
        # A name that begins with @ is one of the kernel's, with a NUL in its place.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._health = health
        self._was_ready = False
        self._status = ""

    def tell(self) -> None:
        """Say how it is now, if there is anything to say."""
        if self._health.live():
            return
        why = self._health.ready()
        lines = ["WATCHDOG=1"]
        if not why and not self._was_ready:
            self._was_ready = True
            lines.append("READY=1")
        status = (why[0] if why else "ready").splitlines()[0][:_STATUS_CHARACTERS]
        if status != self._status:
            self._status = status
            lines.append(f"STATUS={status}")
        self._send("\n".join(lines))

    def tell_forever(self) -> None:
        """Say it every second, to the end of the process."""
        pause = threading.Event()
        while not pause.wait(_EVERY_SECONDS):
            self.tell()

    def _send(self, message: str) -> None:
        # A systemd that does not listen must not end a worker; it will notice the silence.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(message.encode(), self._address)


def notify_if_asked(environ: Mapping[str, str], health: Health) -> None:
    """Start telling systemd in a thread of its own, if systemd started this process."""
    address = environ.get(SOCKET, "")
    if address:
        threading.Thread(target=Notifier(address, health).tell_forever, name="systemd", daemon=True).start()
