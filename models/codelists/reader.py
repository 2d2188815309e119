"""Reads the shipped code lists as rows. What the rows mean is settled by ``models.registry``."""

import csv
import importlib.resources
from typing import Final, Literal

CodeList = Literal[
    "activities", "countries", "entitlements", "items", "legal_bases", "pack_conversions", "partners", "programmes", "recipient_types", "sources", "units"
]

_PACKAGE: Final = "models.codelists"


def rows(name: CodeList) -> list[dict[str, str]]:
    """Return the rows of one list in the order of its file; an empty cell is an empty string."""
    text = (importlib.resources.files(_PACKAGE) / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), strict=True))
