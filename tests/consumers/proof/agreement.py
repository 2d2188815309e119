"""Random proofs of one ledger, true ones and spoilt ones, given to both verifiers."""

import json
import random
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from consumers.proof import bundles
from deploy.verifiers import salur_verify
from models import schema
from models.errors import ConfigurationError
from tests.consumers.proof.sealed import SealedLedger

ROOT: Final = Path(__file__).parents[3]
TWIN: Final = ROOT / "deploy" / "verifiers" / "salur_verify.mjs"
_DIMENSIONS: Final = ("destination", "programme", "item", "partner", "place", "activity", "holder", "recipient_type")


def random_question(connection: sa.Connection, chance: random.Random) -> dict[str, Any]:
    """Return a question about a figure that exists, by some of its dimensions."""
    cells = schema.cells.c
    rows = connection.execute(sa.select(schema.cells).where(cells.table_name.not_in(("partners", "flags")))).mappings().all()
    row = chance.choice(rows)
    wanted: dict[str, Any] = {
        "table": [row["table_name"]],
        "measure": [row["measure"]],
        "unit": [row["unit"]],
        "simulated": ["true" if row["simulated"] else "false"],
    }
    for name in chance.sample(_DIMENSIONS, chance.randrange(0, 4)):
        wanted[name] = sorted({row[name], *([chance.choice(rows)[name]] if chance.random() < 0.3 else [])})
    if row["day"] and chance.random() < 0.3:
        wanted["day"] = {"from": min(row["day"], "2020-04-01"), "to": chance.choice([row["day"], "2020-12-31"])}
    return wanted


def proofs(ledger: SealedLedger, folder: Path, chance: random.Random, *, wanted: int) -> list[Path]:
    """Write proofs: compact ones mostly, complete ones and receipts among them."""
    made: list[Path] = []
    with ledger.reading.connect() as connection:
        size = connection.execute(sa.select(schema.head.c.size)).scalar_one()
        while len(made) < wanted:
            path = folder / f"proof-{len(made)}"
            kind = chance.random()
            if kind < 0.1:
                with path.open("wb") as file:
                    bundles.complete(connection, random_question(connection, chance), file)
            elif kind < 0.2:
                path.write_text(bundles.receipt_of(connection, chance.randrange(1, size + 1)), encoding="utf-8")
            else:
                try:
                    path.write_bytes(bundles.compact(connection, random_question(connection, chance)))
                except ConfigurationError:
                    continue
            made.append(path)
    return made


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """Return a proof with one thing changed."""
    match chance.randrange(6):
        case 0:
            place = chance.randrange(len(content))
            return content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
        case 1:
            return content[: chance.randrange(1, len(content))]
        case 2:
            digits = [found.start() for found in re.finditer(rb"[0-9]", content[:200_000])]
            place = chance.choice(digits)
            return content[:place] + str((content[place] - 48 + 1) % 10).encode() + content[place + 1 :]
        case 3:
            place = chance.randrange(len(content))
            return content[:place] + content[place + 1 :]
        case 4:
            start, end = sorted(chance.randrange(len(content)) for _ in range(2))
            return content[:start] + content[end:] if end - start < 2000 else content + b"x"
        case _:
            return content.replace(b'"steps":"', b'"steps":"1', 1) if b'"steps":"' in content else content[::-1]


def both(paths: list[Path], key: str) -> list[tuple[bool, bool]]:
    """Return for each proof whether the verifier, and whether its twin, takes it."""
    ours = [_takes(path, key) for path in paths]
    told = subprocess.run(["node", str(TWIN), "--all-orders", "--key", key, *map(str, paths)], capture_output=True, text=True, timeout=600, check=False)
    theirs = [json.loads(line)["ok"] for line in told.stdout.splitlines()]
    assert len(theirs) == len(paths), told.stderr
    return list(zip(ours, theirs, strict=True))


def _takes(path: Path, key: str) -> bool:
    try:
        salur_verify.check(path, key, list(salur_verify.ORDERS))
    except salur_verify.Wrong:
        return False
    return True


def disagreements(ledger: SealedLedger, folder: Path, chance: random.Random, *, wanted: int) -> dict[str, Any]:
    """Give true and spoilt proofs to both verifiers and count what each takes; one that was spoilt into another true one may be taken."""
    made = proofs(ledger, folder, chance, wanted=wanted // 3)
    spoilt_ones: dict[Path, Path] = {}
    while len(made) + len(spoilt_ones) < wanted:
        source = chance.choice(made)
        content = source.read_bytes()
        changed = spoilt(content, chance)
        if changed != content:
            path = folder / f"spoilt-{len(spoilt_ones)}"
            path.write_bytes(changed)
            spoilt_ones[path] = source
    true, false = both(made, ledger.signer.public_key), both(list(spoilt_ones), ledger.signer.public_key)
    taken = [path for path, (ours, _) in zip(spoilt_ones, false, strict=True) if ours]
    return {
        "bundles": len(true) + len(false),
        "disagree": [str(path) for path, (ours, theirs) in zip([*made, *spoilt_ones], [*true, *false], strict=True) if ours != theirs],
        "true ones refused": sum(not ours for ours, _ in true),
        "false ones taken": [str(path) for path in taken if not is_true(ledger, path.read_bytes(), spoilt_ones[path].read_bytes())],
    }


def is_true(ledger: SealedLedger, content: bytes, source: bytes) -> bool:
    """Tell whether a spoilt proof says what the one before it did, or gives another question, as with a later last day, its true figure."""
    if content.strip() == source.strip():
        return True
    if not content.startswith(b"{"):
        return False
    proof = json.loads(content.partition(b"\n")[0])
    with ledger.reading.connect() as connection:
        found = bundles._members(connection, proof["wanted"], connection.execute(sa.select(sa.func.max(schema.seals.c.size))).scalar_one())
    return bool(proof["figure"]["steps"] == found["steps"])
