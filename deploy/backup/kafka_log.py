"""Copying the log of the local Kafka while it runs, and putting a copy in its place.

Segments only ever grow, so a copy that is made file by file is what a killed broker leaves behind: at most the last
batch of each partition is torn, and Kafka cuts that off when it starts. Checkpoints are copied first, so that it reads
again from early enough. Left out is what it makes anew: indexes, and the topics that are folded again (changelogs) or
only remember positions that the database knows better.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from deploy.kafka import node
from deploy.stack import KAFKA

DATA: Final = "data"
_LEFT_OUT: Final = re.compile(r"\.(index|timeindex|txnindex|deleted|swap|cleaned|tmp|lock)$|^\.lock$|^\.kafka_cleanshutdown$")
_DISPOSABLE: Final = re.compile(r"^(__consumer_offsets|__transaction_state|salur-.*-changelog)-\d+(\..*)?$|-delete$|-stray$")


def copy(data_dir: Path, target: Path, *, on_file: Callable[[str], None]) -> str:
    """Copy the log below ``target`` and return the cluster's id; empty if there is no local Kafka."""
    folder = data_dir / KAFKA
    found = node.read(folder)
    if found is None or not found.formatted:
        return ""
    for source in _wanted(folder / DATA):
        to = target / KAFKA / DATA / source.relative_to(folder / DATA)
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, to)
        except FileNotFoundError:
            # A topic was deleted meanwhile, or a checkpoint replaced by its next.
            continue
        on_file(str(source))
    node.write(target / KAFKA, found)
    return found.cluster_id


def place(backup: Path, data_dir: Path) -> None:
    """Put a copy where the local Kafka looks for its log."""
    if (backup / KAFKA).is_dir():
        shutil.copytree(backup / KAFKA, data_dir / KAFKA)


def _wanted(data: Path) -> Iterator[Path]:
    """Yield the files to copy: checkpoints, then what the cluster knows of itself, then the partitions."""
    yield from sorted(path for path in data.iterdir() if path.is_file() and not _LEFT_OUT.search(path.name))
    folders = sorted(path for path in data.iterdir() if path.is_dir() and not _DISPOSABLE.search(path.name))
    for folder in sorted(folders, key=lambda path: not path.name.startswith("__cluster_metadata")):
        for root, _, names in os.walk(folder):
            yield from (Path(root) / name for name in sorted(names) if not _LEFT_OUT.search(name))
