"""Workbooks that are broken or lie about themselves: refused before anything trusts them."""

import io
import random
import re
import zipfile

import pytest

from streams.sheets.annotating import annotated
from streams.sheets.workbook import NoWorkbook, TooLarge, Workbook
from tests.streams.sheets.sheets import found, reviewed, row, xlsx

SHEET = "xl/worksheets/sheet1.xml"
GOOD = xlsx([row("a"), row("b", jumlah="=1+1"), row("c", jumlah="#N/A"), row("d")], merged="A6:B7")


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def changed(part: str, pattern: str, by: str) -> bytes:
    members = parts(GOOD)
    members[part] = re.sub(pattern.encode(), by.encode(), members[part], count=1)
    assert members != parts(GOOD)
    return packed(members)


def test_formulas_and_errors_are_seen_in_their_cells() -> None:
    seen = Workbook(GOOD)
    assert (seen.formulas("distribution.recorded"), seen.errors("distribution.recorded")) == ({(2, 5)}, {(3, 5)})
    assert not seen.counts_from_1904


@pytest.mark.parametrize(
    "content",
    [
        changed(SHEET, 'r="A2"', 'r="A1048576"'),
        changed(SHEET, 'r="A2"', 'r="XFD2"'),
        changed(SHEET, '<row r="2"', '<row r="999999999"'),
        changed(SHEET, '<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"'),
        changed(SHEET, 'ref="A6:B7"', 'ref="A6:B1048576"'),
        packed({**parts(GOOD), "xl/sharedStrings.xml": b'<sst uniqueCount="99999999999"/>'}),
        packed({**parts(GOOD), "xl/SharedStrings.XML": b'<sst count="-1"/>'}),
    ],
)
def test_a_workbook_that_claims_to_be_huge_is_refused_unread(content: bytes) -> None:
    with pytest.raises(TooLarge):
        Workbook(content)
    assert found(reviewed(content)) == {("", "sheet.too_large")}


def test_a_small_file_that_unpacks_into_a_huge_one_is_refused_unread() -> None:
    content = packed({**parts(GOOD), "xl/media/image.bin": bytes(600 * 1024 * 1024)})
    assert len(content) < 2_000_000
    assert found(reviewed(content)) == {("", "sheet.too_large")}


@pytest.mark.parametrize(
    "content",
    [
        changed(SHEET, "^", '<!DOCTYPE x [<!ENTITY a "b">]>'),
        changed(SHEET, 'r="A2"', 'r="2A"'),
        changed(SHEET, "</sheetData>", ""),
        packed({name: content for name, content in parts(GOOD).items() if name != "xl/workbook.xml"}),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(NoWorkbook):
        Workbook(content)
    assert found(reviewed(content)) == {("", "sheet.unreadable")}


def test_whatever_happens_to_a_file_on_its_way_it_is_read_or_refused() -> None:
    chance, members = random.Random(1), parts(GOOD)
    names = [name for name in members if "sheet" in name or "workbook" in name or "haredStrings" in name or "styles" in name]
    for _ in range(150):
        name = chance.choice(names)
        broken = bytearray(members[name])
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(broken))
            broken[at : at + chance.randrange(20)] = chance.choice([b"", b"<", b"999999999", b'"', b"<f>1</f>", bytes([chance.randrange(256)])])
        content = packed({**members, name: bytes(broken)})
        annotated(content, reviewed(content), "id")
