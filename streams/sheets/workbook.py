"""What an XLSX says of its cells before it is read: formulas, errors, and whether it is larger than it may be.

The quick reader gives neither formulas nor errors, and trusts every number in the file: one cell at the far end of a
sheet, or a count that is a lie, and it asks for more memory than there is. So all of the XML is gone through first,
by a parser that keeps nothing.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from xml.parsers import expat

MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 300
MAX_UNPACKED_BYTES: Final = 512 * 1024 * 1024
_MOST_STRINGS: Final = 5_000_000
_REFERENCE: Final = re.compile(r"\$?([A-Z]{1,4})\$?([0-9]{1,9})")
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"

Place = tuple[int, int]
"""Row and column, counted from 0."""
Seen = Callable[[str, Mapping[str, str]], None]


class TooLarge(ValueError):
    """The file is, or claims to be, larger than what is read."""


class NoWorkbook(ValueError):
    """The file is no workbook that can be read."""


class Workbook:
    """One file, gone through once. Raises TooLarge and NoWorkbook."""

    def __init__(self, content: bytes) -> None:
        self.counts_from_1904 = False
        self._targets: dict[str, str] = {}
        self._sheets: dict[str, str] = {}
        self._formulas: dict[str, set[Place]] = {}
        self._errors: dict[str, set[Place]] = {}
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                self._go_through(archive)
        except (expat.ExpatError, zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError) as error:
            raise NoWorkbook(type(error).__name__) from error

    def formulas(self, sheet: str) -> set[Place]:
        """Return the cells of a sheet that hold a formula."""
        return self._formulas.get(self._sheets.get(sheet, ""), set())

    def errors(self, sheet: str) -> set[Place]:
        """Return the cells of a sheet that hold an error such as #N/A."""
        return self._errors.get(self._sheets.get(sheet, ""), set())

    def _go_through(self, archive: zipfile.ZipFile) -> None:
        names = archive.namelist()
        if len(names) != len({name.lower() for name in names}):
            raise NoWorkbook("a part is there twice")
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise TooLarge
        _parse(archive, _RELATIONS, self._see_relation)
        _parse(archive, _WORKBOOK, self._see_workbook)
        for name in names:
            # Any part may be a sheet or the strings, whatever it is called: the names could be read in two ways.
            if (name.lower().endswith(".xml") or name in self._targets.values()) and name != _WORKBOOK:
                self._see_sheet(archive, name)

    def _see_relation(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            self._targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")

    def _see_workbook(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904") in ("1", "true")
        if tag == "sheet":
            relation = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
            self._sheets[attributes.get("name", "")] = self._targets.get(relation, "")

    def _see_sheet(self, archive: zipfile.ZipFile, part: str) -> None:
        formulas, errors = self._formulas.setdefault(part, set()), self._errors.setdefault(part, set())
        here: Place = (0, -1)

        def see(tag: str, attributes: Mapping[str, str]) -> None:
            nonlocal here
            if tag == "c":
                reference = attributes.get("r")
                here = next(_places(reference)) if reference else (here[0], here[1] + 1)
                if attributes.get("t") == "e":
                    errors.add(here)
            elif tag == "f":
                formulas.add(here)
            elif tag == "row":
                here = (_checked_row(attributes["r"]) if "r" in attributes else here[0] + 1, -1)
            elif tag in {"dimension", "mergeCell"}:
                _check(attributes.get("ref", "A1"))
            elif tag == "sst":
                _check_strings(attributes)

        _parse(archive, part, see)


def _check_strings(attributes: Mapping[str, str]) -> None:
    for name in ("count", "uniqueCount"):
        counted = attributes.get(name, "0")
        if not (counted.isascii() and counted.isdigit()) or int(counted[:12]) > _MOST_STRINGS:
            raise TooLarge


def _parse(archive: zipfile.ZipFile, part: str, see: Seen) -> None:
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        see(name.rpartition(":")[2], attributes)

    def refuse(*_: object) -> None:
        raise NoWorkbook("a document type")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def _check(reference: str) -> None:
    for _ in _places(reference):
        pass


def _places(reference: str) -> Iterator[Place]:
    """Yield the corners of a reference such as B2 or A1:C9. Raises TooLarge for one outside of what is read."""
    for corner in reference.split(":"):
        found = _REFERENCE.fullmatch(corner)
        if found is None:
            raise NoWorkbook("a reference that is none")
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        if column > MAX_COLUMNS:
            raise TooLarge
        yield _checked_row(found[2]), column - 1


def _checked_row(number: str) -> int:
    if not (number.isascii() and number.isdigit()) or not 1 <= int(number[:9]) <= MAX_ROWS + 10:
        raise TooLarge
    return int(number[:9]) - 1
