"""Our own Faust sensor: how long a rebalance takes until tables are recovered and records flow.

Faust's built-in Prometheus sensor is not used: its names follow no convention and its labels grow without bound.
"""

import time
from typing import Any

import faust

from streams.progress import TallyWatch


class RebalanceSensor(faust.Sensor):  # type: ignore[misc]  # Faust has no annotations
    """Tells ``watch`` about every rebalance that came to its end; one that another cut short ends with the other."""

    def __init__(self, watch: TallyWatch) -> None:
        super().__init__()
        self._watch = watch
        self._since: float | None = None

    def on_rebalance_start(self, app: Any) -> dict[str, Any]:  # noqa: ARG002 - Faust's signature
        """Note when it began."""
        if self._since is None:
            self._since = time.monotonic()
        return {}

    def on_rebalance_end(self, app: Any, state: dict[str, Any]) -> None:  # noqa: ARG002 - Faust's signature
        """Say how long it took."""
        if self._since is not None:
            began, self._since = self._since, None
            self._watch.recovered(seconds=time.monotonic() - began)
