"""The evidence pack: everything that an auditor takes home about one question, as of the last seal, in one ZIP.

Figures and entries as CSV and Parquet, published figures with their verdicts, a compact proof for each figure, a receipt
for each event, every seal, the verifiers, and how to use them, in both languages. It is made of the question and the
booking and of nothing else, so the same pack can be made again, byte for byte.
"""

import dataclasses
import datetime
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final, cast

import sqlalchemy as sa

from consumers.answers.asof import AsOf
from consumers.answers.tally import TallyRow, tally
from consumers.exports.making import Exported, Format, make
from consumers.exports.manifest import chunks_of, hashed
from consumers.proof import bundles
from consumers.web.exported import opened
from consumers.web.pack_words import READ_ME
from consumers.web.question import cells_of, parse_moment
from consumers.web.shell import Asked
from models import schema
from models.errors import ConfigurationError

VIEW: Final = "pack"
MEDIA_TYPE: Final = "application/zip"
FIGURES_BY: Final = "destination,programme,item"
MOST_PROOFS: Final = 250
MOST_RECEIPTS: Final = 2_000
_FORMATS: Final[tuple[Format, ...]] = ("csv", "parquet")


@dataclasses.dataclass(frozen=True, slots=True)
class Pack:
    """A ZIP without a name, its hash, and its manifest (which lies in it too)."""

    file: BinaryIO
    name: str
    bytes: int
    sha256: str
    manifest: Mapping[str, Any]

    @property
    def booking(self) -> int:
        """The booking that everything in it holds for."""
        return int(self.manifest["as_of"]["booking"])

    @property
    def rows(self) -> int:
        """How many entries are in it."""
        return int(self.manifest["entries"])

    def told(self) -> dict[str, Any]:
        """Return the manifest with the hash of the ZIP itself."""
        return {**self.manifest, "file": self.name, "bytes": self.bytes, "sha256": self.sha256}


def make_pack(asked: Asked, tools: Mapping[str, bytes]) -> Pack:
    """Write the pack; ``tools`` are files that go into it as they are.

    Raises ConfigurationError where nothing is sealed, or for another booking than that of the last seal.
    """
    last = bundles.LastSeal(asked.moment.connection)
    as_of = AsOf(booking=last.seal.booking, booked_at=last.seal.booked_at, is_head=last.seal.booking == asked.moment.head.booking)
    _refuse_another(asked, as_of)
    question = {name: value for name, value in asked.parameters.items() if name != "as_of"}
    pinned = asked._replace(parameters={**question, "as_of": str(as_of.booking)})
    file = cast("BinaryIO", tempfile.TemporaryFile(prefix="salur-pack-"))  # noqa: SIM115 - the caller reads it, and closes it
    try:
        manifest = _Packing(pinned, last, as_of, file).fill(tools)
        size = file.seek(0, 2)
        return Pack(file, f"salur-pack-{as_of.booking}.zip", size, hashed(chunks_of(file)), manifest)
    except BaseException:
        file.close()
        raise


def _refuse_another(asked: Asked, as_of: AsOf) -> None:
    wanted = parse_moment(asked.parameters.get("as_of", ""))
    if wanted is not None and wanted != as_of.booking:
        raise ConfigurationError(
            f"a pack is made as of the last seal, which is of booking {as_of.booking}", hint=f"ask as of {as_of.booking}, or seal again with `salur seal`"
        )


class _Packing:
    """One pack in the making."""

    def __init__(self, asked: Asked, last: bundles.LastSeal, as_of: AsOf, file: BinaryIO) -> None:
        self._asked = asked
        self._connection = asked.moment.connection
        self._last = last
        self._as_of = as_of
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        moment = datetime.datetime.fromtimestamp(max(as_of.booked_at or 0, 315_532_800_000) / 1000, datetime.UTC)
        self._time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
        self._files: list[dict[str, Any]] = []

    def fill(self, tools: Mapping[str, bytes]) -> dict[str, Any]:
        """Write everything, the manifest and the sums of all files last, and return the manifest."""
        figures = opened(self._with(by=FIGURES_BY), "tallies")
        self._sheet("figures", figures)
        entries = self._sheet("entries", opened(self._asked, "entries"))
        self._sheet("statements", opened(self._asked._replace(parameters=self._stated()), "statements"))
        proofs, unproved = self._proofs()
        receipts = self._receipts(entries)
        self._seals()
        for name, content in sorted(tools.items()):
            self._put(f"verifiers/{name}", content)
        for language, text in READ_ME.items():
            self._put(f"README.{language}.md", text.format(booking=self._as_of.booking, seal=self._last.seal.number).encode())
        manifest = {
            **figures.about.to_json(),
            "view": VIEW,
            "question": dict(self._asked.parameters),
            "seal": {"number": self._last.seal.number, "booking": self._last.seal.booking, "sha256": hashed([self._last.document.encode()])},
            "entries": entries,
            "proofs": proofs,
            "figures_without_proof": unproved,
            "receipts": receipts,
            "files": self._files,
        }
        self._put("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n")
        self._put("SHA256SUMS", "".join(f"{one['sha256']}  {one['path']}\n" for one in self._files).encode())
        self._zip.close()
        return manifest

    def _with(self, **more: str) -> Asked:
        return self._asked._replace(parameters={**self._asked.parameters, **more})

    def _stated(self) -> dict[str, str]:
        return {name: self._asked.parameters[name] for name in ("as_of", "simulated") if name in self._asked.parameters}

    def _sheet(self, name: str, exported: Exported) -> int:
        rows = 0
        for format_ in _FORMATS:
            # Rows are read once, so each format reads them anew.
            again = exported if format_ == _FORMATS[0] else opened(self._asked._replace(parameters=exported.about.question), exported.about.view)
            made = make(again, format_)
            rows = made.manifest.rows
            with made.file:
                self._put(f"{name}.{format_}", made.chunks(), rows=rows, units=list(made.manifest.units))
        return rows

    def _proofs(self) -> tuple[int, list[dict[str, Any]]]:
        cells = cells_of(self._asked.parameters, self._asked.moment.registry)
        rows = tally(self._connection, cells, by=tuple(FIGURES_BY.split(","))).rows
        proved = 0
        unproved: list[dict[str, Any]] = []
        for row in rows:
            reason = "there are more figures than proofs in one pack: ask for fewer" if proved == MOST_PROOFS else self._proof(row, proved + 1)
            if reason:
                unproved.append({**row.to_json(), "why": reason})
            else:
                proved += 1
        return proved, unproved

    def _proof(self, row: TallyRow, number: int) -> str:
        """Put one proof into the pack, or return why there is none."""
        cells = cells_of(self._asked.parameters, self._asked.moment.registry).narrowed(row.key())
        try:
            content = bundles.compact(self._connection, bundles.wanted_of(cells))
        except ConfigurationError as error:
            return str(error.args[0])
        self._put(f"proofs/figure-{number:03d}.json", content, figure=row.to_json())
        return ""

    def _receipts(self, entries: int) -> int:
        if entries > MOST_RECEIPTS * 20:
            return 0
        rows = opened(self._asked, "entries").sheet.rows
        decisions = sorted({int(cast("int", row[1])) for row in rows})
        if len(decisions) > MOST_RECEIPTS:
            return 0
        for decision in decisions:
            self._put(f"receipts/decision-{decision}.txt", bundles.receipt_of(self._connection, decision).encode())
        return len(decisions)

    def _seals(self) -> None:
        table = schema.seals.c
        query = sa.select(table.number, table.document, table.note).where(table.number <= self._last.seal.number).order_by(table.number)
        for number, document, note in self._connection.execute(query):
            self._put(f"seals/{number:08d}.json", bytes(document))
            self._put(f"seals/{number:08d}.note", note.encode())

    def _put(self, path: str, content: bytes | Iterable[bytes], **more: Any) -> None:
        entry = zipfile.ZipInfo(path, self._time)
        entry.compress_type = zipfile.ZIP_STORED if path.endswith(".parquet") else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        entry.create_system = 3
        digest = hashlib.sha256()
        size = 0
        with self._zip.open(entry, "w", force_zip64=True) as out:
            for chunk in _chunks(content):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        self._files.append({"path": path, "bytes": size, "sha256": digest.hexdigest(), **more})


def _chunks(content: bytes | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    else:
        yield from content
