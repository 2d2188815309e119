"""The committed JSON Schemas are those of the structs, and no change to one breaks a partner."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import deploy.export_schemas as exporter
from models.events.catalogue import EVENT_TYPES
from models.json_schema import Schema, breaking_changes, schema_of
from tests.models.examples import VALID

STALE = "the structs changed → run: python -m deploy.export_schemas"


def committed(event_type: str) -> Schema:
    schema: Schema = json.loads((exporter.SCHEMAS / f"{event_type}.json").read_text("utf-8"))
    return schema


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_the_committed_schema_is_that_of_the_struct(event_type: str) -> None:
    assert (exporter.SCHEMAS / f"{event_type}.json").read_text("utf-8") == exporter.text_of(schema_of(event_type)), STALE


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_no_struct_breaks_the_committed_schema(event_type: str) -> None:
    assert breaking_changes(committed(event_type), schema_of(event_type)) == []


def test_no_schema_is_left_of_a_type_that_is_gone() -> None:
    assert {path.stem for path in exporter.SCHEMAS.glob("*.json")} == set(EVENT_TYPES)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_the_schema_is_a_schema(event_type: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(event_type))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_example_meets_the_schema_of_its_type(path: Path) -> None:
    event = json.loads(path.read_bytes())

    jsonschema.validate(event, schema_of(event["type"]))


@pytest.mark.parametrize(
    ("definition", "change", "broken"),
    [
        ("Distribution", {"required": ["programme", "country", "lines", "channel"]}, "$.data.channel: required now"),
        ("Reach", {"properties.lot.maxLength": 64}, "$.data.lines[].lot: lower maxLength"),
        ("Reach", {"properties.item.minLength": 2}, "$.data.lines[].item: higher minLength"),
        ("Reach", {"properties.quantity.type": "integer"}, "$.data.lines[].quantity: fewer types"),
        ("Evidence", {"properties.sha256.pattern": "^[0-9A-F]{64}$"}, "$.data.evidence[].sha256: another pattern"),
        ("Reach", {"dependentRequired.quantity": ["unit", "lot"]}, "$.data.lines[]: a condition was added"),
        ("Place", {"dependentRequired": {"code": ["edition"]}}, "$.data.place: a condition was added"),
        ("DistributionRecorded", {"properties.specversion.enum": ["1.1"]}, "$.specversion: fewer values"),
        ("Recipients", {"properties.unit.enum": ["person"]}, "$.data.lines[].recipients.unit: fewer values"),
    ],
)
def test_a_change_that_refuses_more_is_breaking(definition: str, change: dict[str, Any], broken: str) -> None:
    old = schema_of("salur.distribution.recorded.v1")
    new = copy.deepcopy(old)
    for path, value in change.items():
        *parents, last = path.split(".")
        node = new["$defs"][definition]
        for parent in parents:
            node = node[parent]
        node[last] = value

    assert breaking_changes(old, new) == [broken]


def test_a_member_that_is_gone_is_breaking_and_one_that_is_new_is_not() -> None:
    old = schema_of("salur.distribution.recorded.v1")
    new = copy.deepcopy(old)
    new["$defs"]["Place"]["properties"]["level"] = {"type": "string"}

    assert breaking_changes(old, new) == []
    assert breaking_changes(new, old) == ["$.data.place.level: removed"]


def test_the_exporter_writes_no_breaking_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(exporter, "SCHEMAS", tmp_path)
    assert exporter.main() == 0
    path = tmp_path / "salur.group.assisted.v1.json"
    wider = json.loads(path.read_text("utf-8"))
    wider["$defs"]["Service"]["properties"]["village"] = {"type": "string"}
    path.write_text(json.dumps(wider), "utf-8")

    assert exporter.main() == 1
    assert json.loads(path.read_text("utf-8")) == wider
    assert "$.data.village: removed" in capsys.readouterr().err
