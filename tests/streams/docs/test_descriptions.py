"""AsyncAPI validates against the official schema, and describes what is really there; the client can be taken as a file or as a wheel."""

import base64
import hashlib
import importlib.metadata
import io
import json
import zipfile
from pathlib import Path

import jsonschema

from deploy.workers.web import client_files
from models.events.catalogue import EVENT_TYPES
from models.topics import EVENTS, inbound, partner_topic
from streams.docs import asyncapi
from streams.docs.wheel import wheel_of
from tests.streams.docs.site import browser, documentation

OFFICIAL = json.loads((Path(__file__).parent / "asyncapi-3.0.0.json").read_text("utf-8"))
"""From the npm package @asyncapi/specs 6.11.1 (Apache-2.0, see asyncapi-LICENSE), as it is."""


def test_the_asyncapi_document_is_valid() -> None:
    jsonschema.Draft7Validator(OFFICIAL).validate(asyncapi.description())


def test_it_has_every_event_with_an_example_that_fits() -> None:
    described = asyncapi.description()
    messages = described["components"]["messages"]
    assert {message["name"] for message in messages.values()} == {*EVENT_TYPES, "binary"}
    for name, message in messages.items():
        for example in message.get("examples", ()):
            jsonschema.Draft202012Validator({**message["payload"], "components": described["components"]}).validate(example["payload"])
        assert all({"$ref": f"#/components/messages/{name}"} in channel["messages"].values() for channel in described["channels"].values())


def test_its_channels_are_the_inbound_topics_with_their_settings() -> None:
    channels = asyncapi.description()["channels"]
    assert [channel["address"] for channel in channels.values()] == [EVENTS, partner_topic("{partner}")]
    declared = dict(inbound(EVENTS, partitions=1).config)
    for channel in channels.values():
        config = channel["bindings"]["kafka"]["topicConfiguration"]
        assert {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in config.items()}.items() <= declared.items()


async def test_the_client_is_handed_out_as_it_is() -> None:
    client = client_files()
    async with browser(documentation()) as http:
        assert (await http.get("/docs/salur_client.py")).content == client.module
        wheel = wheel_of(client)
        assert (await http.get(f"/docs/{wheel.name}")).content == wheel.content
        assert wheel_of(client) == wheel


def test_the_wheel_is_what_an_installer_expects(tmp_path: Path) -> None:
    wheel = wheel_of(client_files())
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as archive:
        archive.extractall(tmp_path)
    (found,) = importlib.metadata.distributions(path=[str(tmp_path)])
    assert (found.metadata["Name"], found.requires) == ("salur-client", ["httpx>=0.27,<1"])
    assert wheel.name == f"salur_client-{found.version}-py3-none-any.whl"
    for file in found.files or ():
        if file.hash is not None:
            digest = hashlib.sha256(file.read_binary()).digest()
            assert file.hash.value == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert {str(file) for file in found.files or ()} == {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
