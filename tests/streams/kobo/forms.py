"""The form of the example: its mapping, and submissions of it."""

import importlib.resources
from typing import Any

from streams.docs.recipes import SUBMISSION
from streams.kobo.mapping import FormMapping, read_mapping

EXAMPLE = importlib.resources.files("streams.kobo").joinpath("example.toml").read_text("utf-8")
UUID = str(SUBMISSION["_uuid"])
EDIT = "0c4d8f8a-0000-4000-8000-00000000000e"


def submission(**changes: Any) -> dict[str, Any]:
    """Return a submission with changes; a double underscore in a name stands for a slash, and None takes an answer out."""
    changed = {**SUBMISSION, **{name.replace("__", "/"): value for name, value in changes.items()}}
    return {name: value for name, value in changed.items() if value is not None}


def edited(**changes: Any) -> dict[str, Any]:
    """Return an edit of it, as KoboToolbox marks one."""
    return {**submission(**changes), "_uuid": EDIT, "meta/deprecatedID": f"uuid:{UUID}", "meta/rootUuid": f"uuid:{UUID}"}


def mapping(text: str = EXAMPLE) -> FormMapping:
    read = read_mapping(text.encode())
    assert isinstance(read, FormMapping), read
    return read
