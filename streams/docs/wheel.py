"""The wheel of the partners' client: one module, packed with the standard library alone; the same bytes for the same module."""

import base64
import hashlib
import io
import tomllib
import zipfile
from typing import Any, Final, NamedTuple

_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it, so that the same module makes the same wheel."""


class ClientFiles(NamedTuple):
    """The client as the source tree has it: the module and its project file."""

    module_name: str
    module: bytes
    project: bytes


class Wheel(NamedTuple):
    """A wheel: its file name, which installers read, and its bytes."""

    name: str
    content: bytes


def wheel_of(client: ClientFiles) -> Wheel:
    """Pack a module into a wheel (https://packaging.python.org/specifications/binary-distribution-format/)."""
    project: dict[str, Any] = tomllib.loads(client.project.decode())["project"]
    stem = f"{project['name'].replace('-', '_')}-{project['version']}"
    info = f"{stem}.dist-info"
    files = {
        client.module_name: client.module,
        f"{info}/METADATA": _metadata(project).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: salur\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},{_digest(content)},{len(content)}\n" for name, content in files.items()) + f"{info}/RECORD,,\n"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return Wheel(f"{stem}-py3-none-any.whl", written.getvalue())


def _metadata(project: dict[str, Any]) -> str:
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Classifier: {one}" for one in project["classifiers"]),
        *(f"Requires-Dist: {one}" for one in project["dependencies"]),
    ]
    return "\n".join(lines) + "\n"


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
