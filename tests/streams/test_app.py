"""The application's settings are the proven ones, and it refuses to start with others."""

import dataclasses
import importlib.metadata

import pytest
from mode.supervisors import CrashingSupervisor
from yarl import URL

from models.cells import TABLES
from models.crashpoints import NO_CRASH_POINTS
from models.errors import ConfigurationError
from models.topics import ENTRIES, MAX_ENTRIES_RECORD_BYTES, WATERMARKS, changelog, declared
from streams import app as application
from streams.settings import StreamSettings
from streams.worker import compose

SETTINGS = StreamSettings(bootstrap_servers="127.0.0.1:1,[::1]:2", partitions=4)


def test_everything_that_miscounts_or_opens_a_port_is_off() -> None:
    conf = application.build(SETTINGS).conf
    assert conf.id == "salur"
    assert conf.broker == [URL("kafka://127.0.0.1:1"), URL("kafka://[::1]:2")]
    assert conf.processing_guarantee.value == "at_least_once"
    assert conf.agent_supervisor is CrashingSupervisor
    assert conf.store == URL("memory://")
    assert conf.table_standby_replicas == 0
    assert conf.topic_allow_declare is False
    assert conf.topic_disable_leader is True
    assert conf.consumer_auto_offset_reset == "earliest"
    assert conf.web_enabled is False
    assert conf.autodiscover is False
    assert conf.stream_wait_empty is False
    assert conf.producer_threaded is False
    assert conf.producer_acks == -1
    assert conf.broker_max_poll_records is None
    assert conf.key_serializer == conf.value_serializer == "raw"
    assert (conf.broker_session_timeout, conf.broker_rebalance_timeout, conf.broker_heartbeat_interval) == (6, 6, 1)


def test_a_changed_setting_is_refused() -> None:
    app = application.build(SETTINGS)
    app.conf.web_enabled = True
    with pytest.raises(ConfigurationError, match="web_enabled"):
        application.check(app)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    app = application.build(SETTINGS)
    application.check(app)
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "0.15.4")
    with pytest.raises(ConfigurationError, match=r"faust-streaming is 0\.15\.4, expected 0\.15\.3"):
        application.check(app)


async def test_the_application_reads_and_writes_only_the_declared_topics() -> None:
    app, _ = compose(dataclasses.replace(SETTINGS, bootstrap_servers="127.0.0.1:1"), NO_CRASH_POINTS)
    names = {topic.name for topic in declared(partitions=4)}
    assert app.tables.changelog_topics == {changelog(name) for name in (*TABLES, WATERMARKS)} <= names
    assert [topic for agent in app.agents.values() for topic in agent.get_topic_names()] == [ENTRIES]


def test_the_largest_records_fit() -> None:
    for topic in declared(partitions=4):
        if topic.name.endswith("-changelog"):
            assert int(dict(topic.config)["max.message.bytes"]) >= application.MAX_CHANGELOG_RECORD_BYTES
    assert application.build(SETTINGS).conf.consumer_max_fetch_size > MAX_ENTRIES_RECORD_BYTES
