"""Makes a file whole before anybody has a byte of it: so its hash and rows are known first, and nobody holds half of one.

It lies on the disk, without a name, and goes away when it is closed.
"""

import dataclasses
import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO, Final, Literal, cast, get_args

from consumers.exports.iati_file import Figure, Publisher, write_iati
from consumers.exports.manifest import About, Manifest, chunks_of, hashed
from consumers.exports.parquet_file import write_parquet
from consumers.exports.sheet import Noted, Sheet
from consumers.exports.text_files import write_csv, write_json
from consumers.exports.words import about_lines, words_of_sheet
from consumers.exports.xlsx_file import write_xlsx
from models.errors import ConfigurationError
from models.reasons import Language
from models.registry import Registry

Format = Literal["csv", "json", "xlsx", "parquet", "iati"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
MEDIA_TYPES: Final[Mapping[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "iati": "application/xml",
}
SUFFIXES: Final[Mapping[Format, str]] = {"csv": ".csv", "json": ".json", "xlsx": ".xlsx", "parquet": ".parquet", "iati": ".iati.xml"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What is to be a file: rows, what they are, and the same as figures of months where it can be told to IATI."""

    about: About
    sheet: Sheet
    registry: Registry
    figures: Iterable[Figure] | None = None
    is_public: bool = False
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """A file without a name, and its manifest."""

    file: BinaryIO
    manifest: Manifest

    def chunks(self) -> Iterable[bytes]:
        """Yield the file from its beginning."""
        return chunks_of(self.file)


def make(
    exported: Exported, format_: Format, *, language: Language = "en", publisher: Publisher | None = None, on_rows: Callable[[int], None] = lambda _more: None
) -> Made:
    """Write the file; ``on_rows`` is told of rows as they are written. Raises ConfigurationError for what the format cannot hold."""
    file = cast("BinaryIO", tempfile.TemporaryFile(prefix="salur-export-"))  # noqa: SIM115 - the caller reads it, and closes it
    try:
        if format_ == "iati":
            rows, units = _iati(exported, file, publisher or Publisher())
        else:
            noted = Noted(exported.sheet, on_rows)
            _sheet(exported, Sheet(exported.sheet.columns, noted), file, format_, language)
            rows, units = noted.count, noted.units
        file.flush()
        size = file.seek(0, 2)
        manifest = Manifest(
            about=exported.about,
            file=file_name(exported.about, format_),
            format=format_,
            media_type=MEDIA_TYPES[format_],
            bytes=size,
            sha256=hashed(chunks_of(file)),
            rows=rows,
            columns=[] if format_ == "iati" else [{"name": column.name, "kind": column.kind} for column in exported.sheet.columns],
            units=sorted(units),
            notes=exported.notes,
        )
    except BaseException:
        file.close()
        raise
    return Made(file, manifest)


def file_name(about: About, format_: Format) -> str:
    """Return a name that says what is in the file, and as of when."""
    return f"salur-{about.view}-{about.as_of.booking}{SUFFIXES[format_]}"


def format_of(text: str) -> Format:
    """Read the name of a format. Raises ConfigurationError."""
    found = next((known for known in FORMATS if text in {known, SUFFIXES[known].removeprefix(".")}), None)
    if found is None:
        raise ConfigurationError(f"there is no format {text!r}", hint=f"known are {', '.join(FORMATS)}")
    return found


def _sheet(exported: Exported, sheet: Sheet, file: BinaryIO, format_: Format, language: Language) -> None:
    match format_:
        case "csv":
            write_csv(sheet, file)
        case "json":
            write_json(sheet, file, about=exported.about.to_json())
        case "parquet":
            write_parquet(sheet, file, about=exported.about.to_json())
        case _:
            write_xlsx(sheet, file, about=about_lines(exported.about, language), words=words_of_sheet(language))


def _iati(exported: Exported, file: BinaryIO, publisher: Publisher) -> tuple[int, set[str]]:
    if exported.figures is None:
        raise ConfigurationError(f"{exported.about.view} cannot be told to IATI", hint="take tallies, or public for what may be published")
    units: set[str] = set()

    def noted(figures: Iterable[Figure]) -> Iterable[Figure]:
        for one in figures:
            units.add(one.unit)
            yield one

    remark = "may be published" if exported.is_public else "not for publication: it may hold counts of fewer than ten people; take the public one"
    told = write_iati(noted(exported.figures), file, registry=exported.registry, as_of=exported.about.as_of, publisher=publisher, remark=remark)
    if not told:
        # A file of IATI without an activity is not valid, and says nothing.
        raise ConfigurationError("there is no figure here that could be told to IATI", hint="ask for more; what is small is not published")
    return told, units
