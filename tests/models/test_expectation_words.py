"""Every phrase that can stand in ``expected`` has Indonesian words: those written in the sources, and those that come out."""

import ast
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pytest

import consumers
import models
from models.decoding import Undecodable, decode
from models.events.catalogue import EVENT_TYPES
from models.expectation_words import PATTERNS, in_indonesian, in_words
from models.json_schema import envelope_schema, schema_of
from models.reason_words import explain
from models.reasons import Violation
from models.registry import Registry
from models.rules.catalogue import violations
from tests.models.examples import INVALID, VALID
from tests.poison import POISON

NOW_MS = 1_800_000_000_000
GAP = "7"
MAKERS = frozenset({"Violation", "Naming", "QuantityInvalid", "unknown_code", "_flaw", "_flaws_of_names", "_not_json", "_malformed", "_broken", "_unsuitable"})
"""What is called with an expectation among its arguments."""
FIRST_ARGUMENTS = {"Violation": 2, "Naming": 2, "unknown_code": 2}
"""How many arguments stand before it: a violation's code and pointer, a naming's kind and types."""
SPEAKERS = frozenset({"wrong_quantity", "_granted", "_of_programme", "_limit"})
"""Functions whose result is an expectation."""
NO_WORDS = frozenset({f"{GAP} {GAP}", f"{GAP}<code>"})
"""A rule of JSON Schema with what it wants, and the form of a source: what these come out as is tried with events."""
WRONG_VALUES: tuple[Any, ...] = ("", "~", "x" * 3000, -1, 2**60, None, [], {}, True)


def test_every_phrase_in_the_sources_has_indonesian_words() -> None:
    written = set(chain.from_iterable(phrases_written_in(path) for path in sources()))
    assert len(written) > 40, "the scan has lost sight of the sources"
    assert not untranslated(written - NO_WORDS)


def test_every_phrase_that_comes_out_of_poison_and_of_invalid_examples_has_indonesian_words() -> None:
    registry = Registry.shipped()
    examples = [json.loads(path.read_text("utf-8")) for path in INVALID]
    values = [(poison.value, poison.headers) for poison in POISON]
    values += [(example["raw"].encode() if "raw" in example else msgspec.json.encode(example["event"]), ()) for example in examples]
    found: set[str] = set()
    for value, headers in values:
        event = decode(value, headers)
        broken = event.violations if isinstance(event, Undecodable) else violations(event, registry, NOW_MS)
        found |= {violation.expected for violation in broken}
    assert not untranslated(found)


def test_every_phrase_about_a_wrong_member_has_indonesian_words() -> None:
    found: set[str] = set()
    for event in spoiled_events():
        refused = decode(msgspec.json.encode(event))
        if isinstance(refused, Undecodable):
            found |= {violation.expected for violation in refused.violations}
    assert len(found) > 20
    assert not untranslated(found)


def test_every_pattern_of_a_schema_is_told_in_words() -> None:
    schemas = [envelope_schema(), *map(schema_of, EVENT_TYPES)]
    assert set(chain.from_iterable(map(patterns, schemas))) == set(PATTERNS)


@pytest.mark.parametrize(
    ("expected", "english", "indonesian"),
    [
        ("at most five minutes after it was received", "at most five minutes after it was received", "paling lambat lima menit setelah diterima"),
        ("at most 0 decimals for unit piece", "at most 0 decimals for unit piece", "tanpa angka desimal untuk satuan piece"),
        ("at most 2 decimals for unit IDR", "at most 2 decimals for unit IDR", "paling banyak 2 angka desimal untuk satuan IDR"),
        ("an item in box or dose", "an item in box or dose", "bantuan dengan satuan box atau dose"),
        (
            "piece or household or person for item masker",
            "piece or household or person for item masker",
            "piece atau household atau person untuk bantuan masker",
        ),
        ("value and unit together", "value and unit together", "value dan unit bersama-sama"),
        ("the day of start or later", "the day of start or later", "tanggal start atau sesudahnya"),
        (
            "assurance; plans of every programme at HK ID",
            "assurance; plans of every programme at HK ID",
            "verifikasi, penetapan, dan temuan (assurance); plans untuk semua program dengan tujuan HK ID",
        ),
        (
            "goods of bantuan-pmi at TW; reference",
            "goods of bantuan-pmi at TW; reference",
            "goods untuk program bantuan-pmi dengan tujuan TW; peristiwa acuan (reference)",
        ),
        ("pattern ^[0-9a-f]{64}$", "64 hexadecimal digits (0-9, a-f)", "64 angka heksadesimal (0-9, a-f)"),
        ("BND, HKD, IDR", "BND, HKD, IDR", "BND, HKD, IDR"),
    ],
)
def test_an_expectation_is_worded_for_people(expected: str, english: str, indonesian: str) -> None:
    assert in_words(expected, "en") == english
    assert in_words(expected, "id") == indonesian


def test_a_whole_sentence_is_in_one_language() -> None:
    violation = Violation("rjct.time_in_future", "/time", expected="at most five minutes after it was received")
    assert explain(violation, "id") == (
        "/time: waktu kejadian lebih dari lima menit setelah diterima; "
        "seharusnya paling lambat lima menit setelah diterima; periksa jam dan zona waktu pada time"
    )


def untranslated(phrases: set[str]) -> list[str]:
    return sorted(phrase for phrase in phrases if phrase and in_indonesian(phrase) is None)


def sources() -> Iterator[Path]:
    for package in (models, consumers):
        yield from Path(package.__path__[0]).rglob("*.py")


def phrases_written_in(path: Path) -> Iterator[str]:
    """Yield the phrases that a module passes on, returns or keeps as an expectation, a gap filled with a number."""
    module = ast.parse(path.read_text("utf-8"))
    constants = {node.target.id: node.value for node in module.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value}
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id=maker), args=args, keywords=keywords) if maker in MAKERS:
                kept = [*args[FIRST_ARGUMENTS.get(maker, 0) :], *(keyword.value for keyword in keywords if keyword.arg == "expected")]
                yield from chain.from_iterable(texts(argument, constants) for argument in kept)
            case ast.Assign(targets=[ast.Name(id="expected")], value=value):
                yield from texts(value, constants)
            case ast.FunctionDef(name=name, body=body) if name in SPEAKERS:
                returned = (inner.value for statement in body for inner in ast.walk(statement) if isinstance(inner, ast.Return) and inner.value)
                yield from chain.from_iterable(texts(value, constants) for value in returned)


def texts(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from texts(one, constants)
            yield from texts(other, constants)
        case ast.BoolOp(values=alternatives):
            yield from chain.from_iterable(texts(one, constants) for one in alternatives)
        case ast.Name(id=name) if name in constants:
            yield from texts(constants[name], {})
        case ast.Dict(values=values):
            yield from chain.from_iterable(texts(one, {}) for one in values)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get")) if name in constants:
            yield from texts(constants[name], {})
        case _:
            return


def patterns(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        yield from chain.from_iterable(map(patterns, node.values()))
    elif isinstance(node, list):
        yield from chain.from_iterable(map(patterns, node))


def spoiled_events() -> Iterator[Any]:
    """Yield the full examples with one member after the other made wrong in many ways; a member at one place is spoiled once."""
    spoiled: set[tuple[str | int, ...]] = set()
    for path in VALID:
        event = json.loads(path.read_bytes())
        for place in places(event):
            if place not in spoiled:
                spoiled.add(place)
                yield from (changed(event, place, value) for value in WRONG_VALUES)


def places(node: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield above
    if isinstance(node, dict):
        for name, value in node.items():
            yield from places(value, (*above, name))
    elif isinstance(node, list) and node:
        yield from places(node[0], (*above, 0))


def changed(event: Any, place: tuple[str | int, ...], value: Any) -> Any:
    if not place:
        return value
    copy = json.loads(json.dumps(event))
    parent = copy
    for token in place[:-1]:
        parent = parent[token]
    parent[place[-1]] = value
    return copy
