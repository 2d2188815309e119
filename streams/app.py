"""The Faust application: its settings, and the check that they and the installed versions are the proven ones.

What is switched off is switched off because it miscounts, restarts, opens a port or reads classes from the wire;
``check`` refuses to start otherwise. Topics are declared in ``models.topics`` and exist before the worker starts.
"""

import importlib.metadata
import tempfile
from pathlib import Path
from typing import Final

import faust
from faust.types.enums import ProcessingGuarantee
from mode.supervisors import CrashingSupervisor
from yarl import URL

from models.errors import ConfigurationError
from models.topics import FAUST_APP_ID
from streams.settings import StreamSettings

PINNED: Final = {"faust-streaming": "0.15.3", "mode-streaming": "0.7.", "aiokafka": "0.14."}
"""The versions that ``streams.transport`` was proved against; a value that ends in a dot pins the minor version."""

MAX_CHANGELOG_RECORD_BYTES: Final = 16 * 1024 * 1024
"""As the changelog topics allow it (``models.topics``)."""

REQUIRED: Final[dict[str, object]] = {
    "processing_guarantee": ProcessingGuarantee.AT_LEAST_ONCE,
    "agent_supervisor": CrashingSupervisor,
    "store": URL("memory://"),
    "table_standby_replicas": 0,
    "topic_allow_declare": False,
    "topic_disable_leader": True,
    "consumer_auto_offset_reset": "earliest",
    "stream_wait_empty": False,
    "stream_publish_on_commit": False,
    "producer_acks": -1,
    "producer_threaded": False,
    "producer_max_request_size": MAX_CHANGELOG_RECORD_BYTES,
    "producer_compression_type": "lz4",
    "broker_max_poll_records": None,
    "consumer_max_fetch_size": 4 * 1024 * 1024,
    "cython_optimizations": True,
    "web_enabled": False,
    "autodiscover": False,
    "key_serializer": "raw",
    "value_serializer": "raw",
}


def build(settings: StreamSettings) -> faust.App:
    """Return the application without agents and tables; nothing connects before it is started."""
    scratch = Path(settings.scratch_directory or tempfile.gettempdir()) / "salur-streams"
    return faust.App(
        FAUST_APP_ID,
        broker=[URL(f"kafka://{server.strip()}") for server in settings.bootstrap_servers.split(",")],
        datadir=scratch,
        topic_partitions=settings.partitions,
        consumer_group_instance_id=settings.instance_id or None,
        broker_session_timeout=settings.session_timeout_seconds,
        broker_rebalance_timeout=settings.session_timeout_seconds,
        broker_heartbeat_interval=settings.heartbeat_seconds,
        broker_request_timeout=settings.request_timeout_seconds,
        producer_request_timeout=settings.request_timeout_seconds,
        broker_commit_interval=settings.commit_seconds,
        producer_linger=0.002,
        producer_max_batch_size=1024 * 1024,
        stream_buffer_maxsize=256,
        **REQUIRED,
    )


def check(app: faust.App) -> None:
    """Raise ConfigurationError unless the settings and the installed versions are those that were proved."""
    for name, expected in REQUIRED.items():
        actual = getattr(app.conf, name)
        if actual != expected:
            raise ConfigurationError(f"Faust setting {name} is {actual!r}, expected {expected!r}")
    for distribution, pin in PINNED.items():
        version = importlib.metadata.version(distribution)
        if not (version.startswith(pin) if pin.endswith(".") else version == pin):
            raise ConfigurationError(f"{distribution} is {version}, expected {pin}", hint="install the locked versions: `uv sync`")
