"""Everything that is wrong with a mapping is told at once: where, what, what it may have meant, in both languages."""

from pathlib import Path

import pytest

from models.registry import Registry
from streams.kobo.fault_words import FAULTS
from streams.kobo.folder import Broken, Mappings
from streams.kobo.mapping import Fault, FormMapping, read_mapping
from tests.streams.kobo.forms import EXAMPLE, mapping

REGISTRY = Registry.shipped()
MANY = """
partnr = "kdei-taipei"
partner = "Kdei Taipei"
type = "distribution.recorded"
form = 7
edits = "maybe"
lang = "fr"

[event]
tme = "tanggal"
time = { answer = "jam", zone = "Jakarta" }
item = "barang"
programme = { always = "bantuan-pm" }
country = { answer = "negara", values = { taiwan = "TAIWAN" } }
recipient_type = { answer = "x", always = "pmi" }
period.start = { always = "kapan-kapan" }
evidence.kind = { values = { a = "b" } }
activity = { answer = "kegiatan", vals = { a = "b" } }

[[lines]]
repeat = 5
quantity = 5
unit = ""
"""


def faults(text: str, registry: Registry | None = REGISTRY) -> dict[str, tuple[str, str]]:
    found = read_mapping(text.encode(), registry)
    assert isinstance(found, list)
    return {fault.place: (fault.code, fault.closest) for fault in found}


def test_the_example_is_a_mapping() -> None:
    read = read_mapping(EXAMPLE.encode(), REGISTRY)
    assert isinstance(read, FormMapping), read
    assert (read.partner, read.event_type, read.edits, read.lang, len(read.lines)) == ("kdei-taipei", "salur.distribution.recorded.v1", "conflict", "id", 2)


def test_every_fault_is_told_at_once_with_what_it_may_have_meant() -> None:
    assert faults(MANY) == {
        "partnr": ("mapping.unknown_name", "partner"),
        "partner": ("mapping.partner", "kdei-taipei"),
        "form": ("mapping.text", ""),
        "edits": ("mapping.edits", ""),
        "lang": ("mapping.language", ""),
        "event.tme": ("mapping.column_unknown", "time"),
        "event.time.zone": ("mapping.zone", ""),
        "event.item": ("mapping.column_elsewhere", ""),
        "event.programme": ("mapping.code_unknown", "bantuan-pmi"),
        "event.country": ("mapping.code_unknown", ""),
        "event.recipient_type": ("mapping.source", ""),
        "event.period.start": ("mapping.value_unreadable", ""),
        "event.evidence.kind": ("mapping.source", ""),
        "event.activity.vals": ("mapping.unknown_name", "values"),
        "lines[1].repeat": ("mapping.text", ""),
        "lines[1].quantity": ("mapping.source", ""),
        "lines[1].unit": ("mapping.text", ""),
        "lines[1].item": ("mapping.column_missing", ""),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("partner = ", {"": "mapping.not_toml"}),
        ("", {"partner": "mapping.missing", "type": "mapping.missing", "event": "mapping.missing"}),
        ('partner = "pos"\ntype = "statement.published"\nevent = 5', {"type": "mapping.type", "event": "mapping.source"}),
        ('partner = "pos"\ntype = "disbursement.snt"\n[event]', {"type": "mapping.type"}),
        (
            'partner = "pos"\ntype = "event.annotated"\n[event]\ntime = "t"\noriginal = "o"\ntext = "x"\n[[lines]]\nitem = "x"',
            {"lines": "mapping.no_such_lines", "lines[1].item": "mapping.column_unknown"},
        ),
        ('partner = "pos"\ntype = "goods.produced"\nlines = 5\n[event]\ntime = "t"\nprogramme = "p"\ncountry = "c"', {"lines": "mapping.source"}),
        ('partner = "pos"\ntype = "goods.produced"\n[event]\ntime = "t"\nprogramme = "p"\ncountry = "c"', {"lines": "mapping.no_lines"}),
    ],
)
def test_other_faults_are_named(text: str, found: dict[str, str]) -> None:
    assert {place: code for place, (code, _) in faults(text).items()} == found


def test_every_fault_has_words_without_gaps() -> None:
    found = [*_read(MANY), *_read("="), *_read("")]
    for fault in found:
        english, indonesian = fault.words("en"), fault.words("id")
        assert all("{" not in part.replace("{ ", "") for part in (*english, *indonesian)), fault
        assert english != indonesian
    assert {fault.code for fault in found} <= set(FAULTS)


def test_a_folder_serves_what_its_files_say_now(tmp_path: Path) -> None:
    served = Mappings(tmp_path / "kobo")
    assert (served.find("serah-terima"), served.names()) == (None, [])
    served.folder.mkdir()
    file = served.folder / "serah-terima.toml"
    file.write_text(EXAMPLE)
    assert served.find("serah-terima") == mapping()
    assert served.find("serah-terima") is served.find("serah-terima")
    file.write_text(EXAMPLE.replace('"conflict"', '"amend"', 1))
    assert served.find("serah-terima") == mapping(EXAMPLE.replace('"conflict"', '"amend"', 1))
    file.write_text("partner")
    assert isinstance(served.find("serah-terima"), Broken)
    file.unlink()
    for name in ("serah-terima", "../serah-terima", "Serah", "", "a" * 64, "serah-terima.toml", "%2e%2e"):
        assert served.find(name) is None


def _read(text: str) -> list[Fault]:
    found = read_mapping(text.encode(), REGISTRY)
    assert isinstance(found, list)
    return found
