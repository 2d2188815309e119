"""What is handed out with evidence: the stand-alone verifiers, as they are, and who reports to IATI."""

import importlib.resources
from collections.abc import Mapping
from typing import Final

from consumers.exports.iati_file import UNREGISTERED, Publisher

NAMES: Final = ("salur_verify.py", "salur_verify.mjs")


def verifiers() -> dict[str, bytes]:
    """Return the verifiers by file name."""
    folder = importlib.resources.files("deploy.verifiers")
    return {name: folder.joinpath(name).read_bytes() for name in NAMES}


def publisher_of(environ: Mapping[str, str]) -> Publisher:
    """Return who reports to IATI: the identifier that he is registered under there, and his name."""
    return Publisher(ref=environ.get("SALUR_IATI_REF") or UNREGISTERED, name=environ.get("SALUR_IATI_NAME") or "Salur")
