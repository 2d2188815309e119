"""Everybody who can notice, asked about one copy of a ledger: `salur verify`, proofs in both offline verifiers, and a witness.

An auditor who holds a seal from before and one who holds none are asked apart: only the former can tell that all of
the past was written anew.
"""

import contextlib
import dataclasses
import json
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound

from consumers.database import open_for_reading
from consumers.proof import bundles
from consumers.proof.verification import verify
from deploy.verifiers import salur_verify
from models.errors import SalurError
from tests.consumers.proof.agreement import TWIN, random_question
from tests.consumers.proof.sealed import SealedLedger, reopened
from tests.tampering.tamperer import without_triggers

WATCHERS: Final = ("verify, kept seals", "verify, no kept seal", "compact proof", "complete proof", "receipt", "witness")
_UNMADE: Final = (SalurError, NoResultFound, ValueError, KeyError, TypeError)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Told:
    """What the watchers said: who noticed, the rows that they named first, and where the two verifiers differ."""

    noticed: frozenset[str]
    named: dict[str, str]
    disagree: tuple[str, ...]


class Copy:
    """A copy of a sealed ledger with its seals, to be spoilt; ``state`` is what the witness remembers of the original, in whose place the copy is put."""

    def __init__(self, ledger: SealedLedger, folder: Path) -> None:
        folder.mkdir()
        self.ledger = ledger
        self.folder = folder
        self.seals = folder / "seals"
        shutil.copytree(ledger.seals, self.seals)
        with contextlib.closing(sqlite3.connect(ledger.folder / "ledger.db")) as theirs, contextlib.closing(sqlite3.connect(folder / "ledger.db")) as ours:
            theirs.backup(ours)
        self.state = folder / "state"
        self.kept = ledger.kept()
        self.key = ledger.signer.public_key
        self.question: dict[str, Any] | None = None
        self.decision: int | None = None
        """What the proofs are asked about; a random figure and the last sealed decision unless a forger says otherwise."""
        salur_verify.witness(ledger.seals, self.state, self.key)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection of somebody who may do everything."""
        engine = reopened(self.folder)
        with engine.begin() as connection:
            without_triggers(connection)
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            yield connection
        engine.dispose()

    def proofs(self, chance: random.Random) -> dict[str, Path]:
        """Let proofs be made from what is stored now; what cannot be made is left out."""
        engine = open_for_reading(f"sqlite:///{self.folder / 'ledger.db'}")
        made: dict[str, Path] = {}
        with engine.connect() as connection:
            question = self.question or random_question(connection, chance)
            for kind in ("compact proof", "complete proof", "receipt"):
                path = self.folder / kind.replace(" ", "-")
                with contextlib.suppress(*_UNMADE):
                    _write(connection, kind, path, question, self.decision)
                    made[kind] = path
        engine.dispose()
        return made


def _write(connection: sa.Connection, kind: str, path: Path, question: dict[str, Any], decision: int | None) -> None:
    match kind:
        case "compact proof":
            path.write_bytes(bundles.compact(connection, question))
        case "complete proof":
            with path.open("wb") as file:
                bundles.complete(connection, question, file)
        case _:
            path.write_text(bundles.receipt_of(connection, decision or bundles.LastSeal(connection).seal.log.size), encoding="utf-8")


def ask(copy: Copy, proofs: dict[str, Path]) -> Told:
    """Ask everybody. A proof that cannot be made is noticed as well: there is none to hand over."""
    noticed, named, disagree = _verified(copy)
    for kind in ("compact proof", "complete proof", "receipt"):
        if kind not in proofs:
            noticed.add(kind)
            continue
        ours, theirs = _ours(proofs[kind], copy.key), _theirs(proofs[kind], copy.key)
        if bool(ours) != bool(theirs):
            disagree.append(f"{kind}: {ours or 'fine'}, {theirs or 'fine'}")
        if ours or theirs:
            noticed.add(kind)
            named[kind] = ours
    try:
        salur_verify.witness(copy.seals, copy.state, copy.key)
    except salur_verify.Wrong as wrong:
        noticed.add("witness")
        named["witness"] = str(wrong)
    return Told(noticed=frozenset(noticed), named=named, disagree=tuple(disagree))


def _verified(copy: Copy) -> tuple[set[str], dict[str, str], list[str]]:
    noticed: set[str] = set()
    named: dict[str, str] = {}
    engine = open_for_reading(f"sqlite:///{copy.folder / 'ledger.db'}")
    with engine.connect() as connection:
        for name, kept in (("verify, kept seals", copy.kept), ("verify, no kept seal", {})):
            found = verify(connection, key=copy.key, kept=kept)
            if not found.holds:
                noticed.add(name)
                named[name] = next((flaw.row for flaw in found.flaws if flaw.table == "decisions"), str(found.flaws[0]))
    engine.dispose()
    return noticed, named, []


def _ours(path: Path, key: str) -> str:
    """Return what is wrong with a proof, or nothing."""
    try:
        salur_verify.check(path, key, list(salur_verify.ORDERS))
    except salur_verify.Wrong as wrong:
        return str(wrong)
    return ""


def _theirs(path: Path, key: str) -> str:
    told = subprocess.run(["node", str(TWIN), "--all-orders", "--key", key, str(path)], capture_output=True, text=True, timeout=600, check=False)
    found = json.loads(told.stdout)
    return "" if found["ok"] else str(found["wrong"])
