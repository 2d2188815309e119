"""What a page offers to keep: the same view for programs, and as a file of every format, each with its manifest."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import sqlalchemy as sa

from consumers.exports.making import FORMATS, SUFFIXES
from consumers.web.exported import TOLD_TO_IATI, views
from consumers.web.files import EXPORTS, MANIFEST, PACK, PACKED
from consumers.web.question import Parameters, address
from consumers.web.shell import Asked
from consumers.web.speaking import Speaker
from consumers.web.view import View
from models import schema

_NAMES: Final[Mapping[str, str]] = {"csv": "CSV", "json": "JSON", "xlsx": "XLSX", "parquet": "Parquet", "iati": "IATI 2.03"}
_PACKED: Final = frozenset({"tallies", "entries"})


class Download(NamedTuple):
    """One link: its text, its address, and that of the manifest ("" where there is none)."""

    text: str
    href: str
    manifest: str = ""


def downloads(view: View, asked: Asked, speaker: Speaker) -> list[Download]:
    """Return what a page offers. Files are as of the booking that the page shows, so that they stay what they are."""
    if view.api is None:
        return []
    path, parameters = view.api
    found = [Download(speaker.say("as_json"), address(path, parameters, after=None))]
    name = path.rpartition("/")[2]
    if name not in views():
        return [*found, Download(speaker.say("as_csv"), address(path, parameters, after=None, format="csv"))]
    allowed = views()[name]
    kept: Parameters = {key: value for key, value in parameters.items() if key in allowed}
    if "as_of" in allowed:
        kept = {**kept, "as_of": str(view.as_of.booking)}
    for format_ in FORMATS:
        if format_ != "iati" or name in TOLD_TO_IATI:
            file = f"{EXPORTS}/{name}{SUFFIXES[format_]}"
            found.append(Download(_NAMES[format_], address(file, kept), address(f"{file}{MANIFEST}", kept)))
    if name in _PACKED and _is_sealed(asked):
        question = {key: value for key, value in parameters.items() if key in PACKED and key != "as_of"}
        found.append(Download(speaker.say("pack"), address(f"{EXPORTS}/{PACK}", question), address(f"{EXPORTS}/{PACK}{MANIFEST}", question)))
    return found


def _is_sealed(asked: Asked) -> bool:
    return asked.moment.connection.execute(sa.select(schema.seals.c.number).limit(1)).first() is not None
