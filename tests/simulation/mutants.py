"""Bugs planted in a copy: each is a change of one place in a module's source, made as the module is imported.

Only for a process of its own. A place that is no longer there stops the run, so the bugs stay in step with the code.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType
from typing import Final, NamedTuple


class Mutant(NamedTuple):
    """``old`` becomes ``new`` in the source of ``module``."""

    module: str
    old: str
    new: str


MUTANTS: Final[Mapping[str, Mutant]] = {
    "skipped-compare-and-set": Mutant(
        "consumers.ledger.ledger",
        "expected=batch.first, position=position)",
        "expected=getattr(store.positions().get((batch.topic, batch.partition)), 'next_offset', 0), position=position)",
    ),
    "commit-before-flush": Mutant(
        "streams.tallies",
        "        for start in range(0, len(values), chunk):\n",
        "        await self._send([(seal.partition, WATERMARKS, watermark_key(seal.partition), tables.encode(seal.watermark)) for seal in seals])\n"
        "        for start in range(0, len(values), chunk):\n",
    ),
    "wrong-sequence-guard": Mutant("streams.fold", "if slot.total.number < number and cell_postings:", "if cell_postings:"),
    "lost-held-release": Mutant("consumers.ledger.holding", "            heapq.heappush(self._due, number)\n", "            continue\n"),
    "held-release-lost-by-a-restart": Mutant(
        "consumers.ledger.memory", "self.due.update(self.waiting.pop(keys[position]))", "self.waiting.pop(keys[position])"
    ),
    "double-posting-on-amend": Mutant(
        "models.corrections",
        "return self._add(_Member(number, target, AMENDMENT, dict(replacement)))",
        "self._add(_Member(number, target, AMENDMENT, dict(replacement)))\n        return dict(replacement)",
    ),
}


def install(name: str) -> None:
    """Plant a bug in this process, before the module is imported."""
    _plant(MUTANTS[name])


def _plant(mutant: Mutant) -> None:
    assert mutant.module not in sys.modules, f"{mutant.module} is imported already"
    sys.meta_path.insert(0, _Finder(mutant))


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        return importlib.util.spec_from_file_location(fullname, spec.origin, loader=_Loader(fullname, spec.origin, self._mutant))


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, mutant: Mutant) -> None:
        super().__init__(fullname, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        # Neither reads nor writes the cached bytecode of the sound module.
        source = self.get_data(self.path).decode()
        assert source.count(self._mutant.old) == 1, f"the place of the planted bug is not in {fullname}"
        return compile(source.replace(self._mutant.old, self._mutant.new), self.path, "exec")
