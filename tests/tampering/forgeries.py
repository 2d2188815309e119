"""Forgeries, from one changed byte to a past that was written anew with the operator's key; and who must notice each.

Whoever is not named cannot notice, by design: a compact proof reads no events, a receipt is about one decision, a
witness sees seals and nothing else, and proofs alone cannot tell which of two whole pasts is the true one.
"""

import json
import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from consumers.proof.leaves import COLUMNS
from models import schema
from models.proof import seal as seals
from models.proof.note import sign
from tests.consumers.proof.sealed import empty_ledger, sealed_ledger
from tests.tampering.tamperer import other
from tests.tampering.watchers import WATCHERS, Copy

Proofs = Mapping[str, Path]
_decisions: Final = schema.decisions
_EVERYBODY: Final = frozenset(WATCHERS)
_VERIFY: Final = frozenset({"verify, kept seals", "verify, no kept seal"})
_LOG: Final = _VERIFY | {"complete proof"}
_PROOFS: Final = frozenset({"compact proof", "complete proof", "receipt"})


class Forgery(NamedTuple):
    """One way to cheat: what is done (which returns the first bad decision, if there is one), and who must notice. ``after`` spoils proofs that were made."""

    does: Callable[[Copy, random.Random], int | None]
    noticed_by: frozenset[str]
    after: Callable[[Copy, Proofs, random.Random], None] | None = None


def _nothing(_copy: Copy, _chance: random.Random) -> None:
    return None


def _rows(connection: sa.Connection, copy: Copy, chance: random.Random, count: int) -> list[Any]:
    """Return accepted decisions under the last seal, in order; the receipt is asked about the first."""
    size = connection.execute(sa.select(sa.func.max(schema.seals.c.size))).scalar_one()
    accepted = (_decisions.c.disposition == "accepted", _decisions.c.raw.is_not(None), _decisions.c.number < size - 1)
    rows = [row._mapping for row in connection.execute(sa.select(_decisions).where(*accepted))]
    chosen = sorted(chance.sample(rows, count), key=lambda row: int(row["number"]))
    copy.decision = chosen[0]["number"]
    return chosen


def bytes_changed(copy: Copy, chance: random.Random) -> int:
    """Change what a partner sent."""
    with copy.writing() as connection:
        (row,) = _rows(connection, copy, chance, 1)
        connection.execute(sa.update(_decisions).where(_decisions.c.number == row["number"]).values(raw=other(row["raw"], chance)))
    return int(row["number"])


def verdict_changed(copy: Copy, chance: random.Random) -> int:
    """Change what was decided, about which bytes of whom, where from: one column that the leaf binds."""
    names = [column.name for column in COLUMNS if column.name not in {"number", "booking"}]
    with copy.writing() as connection:
        (row,) = _rows(connection, copy, chance, 1)
        name = chance.choice(names)
        new = chance.choice(["rejected", "duplicate", "held", "conflict"]) if name == "disposition" else other(row[name], chance)
        connection.execute(sa.update(_decisions).where(_decisions.c.number == row["number"]).values({name: new}))
    return int(row["number"])


def deleted(copy: Copy, chance: random.Random) -> int:
    """Take a decision away."""
    with copy.writing() as connection:
        (row,) = _rows(connection, copy, chance, 1)
        connection.execute(sa.delete(_decisions).where(_decisions.c.number == row["number"]))
    return int(row["number"])


def inserted(copy: Copy, chance: random.Random) -> int:
    """Put a decision between two others, and number those after it again."""
    with copy.writing() as connection:
        (row,) = _rows(connection, copy, chance, 1)
        number = _decisions.c.number
        connection.execute(sa.update(_decisions).where(number > row["number"]).values(number=-number))
        connection.execute(sa.update(_decisions).where(number < 0).values(number=1 - number))
        connection.execute(sa.insert(_decisions), {**row, "number": row["number"] + 1, "event_id": f"{row['event_id']}-made-up", "offset": 10**6})
        copy.decision = int(row["number"]) + 1
    return int(row["number"]) + 1


def swapped(copy: Copy, chance: random.Random) -> int:
    """Let two decisions change places."""
    with copy.writing() as connection:
        one, two = _rows(connection, copy, chance, 2)
        for to, values in ((one, two), (two, one)):
            connection.execute(sa.update(_decisions).where(_decisions.c.number == to["number"]).values({**values, "number": to["number"]}))
    return int(one["number"])


def tail_cut(copy: Copy, chance: random.Random) -> int:
    """Take the newest decisions away, and nothing else."""
    with copy.writing() as connection:
        size = connection.execute(sa.select(sa.func.max(schema.seals.c.size))).scalar_one()
        first = int(size) - chance.randrange(1, 9)
        connection.execute(sa.delete(_decisions).where(_decisions.c.number >= first))
    copy.decision = first
    return first


def whole_tail_cut(copy: Copy, chance: random.Random) -> None:
    """Go back to an earlier day in everything: rows, sums, seals and the published folder, with the key, as from a backup."""
    _put_in_place(copy, seed=7, only=chance.randrange(1, 4))


def written_anew(copy: Copy, chance: random.Random) -> None:
    """Write another past, whole, and seal it with the key."""
    _put_in_place(copy, seed=chance.randrange(1000, 10**6), only=None)


def _put_in_place(copy: Copy, *, seed: int, only: int | None) -> None:
    folder = copy.folder / "anew"
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "seal.key").write_bytes((copy.ledger.folder / "keys" / "seal.key").read_bytes())
    made = sealed_ledger(folder, seed=seed, events=130, bookings=4, seals=2, only=only)
    made.close()
    shutil.rmtree(copy.seals)
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (copy.folder / name).unlink(missing_ok=True)
    (folder / "ledger.db").rename(copy.folder / "ledger.db")
    made.seals.rename(copy.seals)


def tally_forged(copy: Copy, chance: random.Random) -> None:
    """Change a figure in the database, in all places: the cell, its history, and the coarser figures."""
    with copy.writing() as connection:
        cells, past, figures = schema.cells, schema.cell_history, schema.figure_history
        rows = connection.execute(sa.select(cells).where(cells.c.table_name.not_in(("partners", "flags")))).all()
        row = chance.choice(rows)
        more = chance.choice([1, 10, 1000])
        connection.execute(sa.update(cells).where(cells.c.cell == row.cell).values(steps=cells.c.steps + more))
        at = (past.c.cell == row.cell, past.c.booking == row.booking)
        members = json.loads(connection.execute(sa.select(past.c.members).where(*at)).scalar_one())
        if members:
            members[-1][1] += more
        connection.execute(sa.update(past).where(*at).values(steps=past.c.steps + more, members=json.dumps(members, separators=(",", ":"))))
        named = sa.select(schema.figures.c.figure).where(schema.figures.c.measure == row.measure, schema.figures.c.unit == row.unit)
        connection.execute(sa.update(figures).where(figures.c.figure.in_(named)).values(steps=figures.c.steps + more))


def figure_made_up(_copy: Copy, proofs: Proofs, chance: random.Random) -> None:
    """Write another figure into proofs that were true."""
    for kind in ("compact proof", "complete proof"):
        head, _, rest = proofs[kind].read_bytes().partition(b"\n")
        proof = json.loads(head)
        proof["figure"]["steps"] = str(int(proof["figure"]["steps"]) + chance.choice([-1, 1, 1000]))
        proofs[kind].write_bytes(json.dumps(proof, ensure_ascii=False, separators=(",", ":")).encode() + (b"\n" + rest if kind == "complete proof" else b""))


def checkpoint_of_another(copy: Copy, _chance: random.Random) -> None:
    """Sign the last seal with another key."""
    (copy.folder / "forger").mkdir()
    forger = empty_ledger(copy.folder / "forger").signer
    _replace_last(copy, lambda document, _note: (document, forger.sign(seals.text_to_sign(document))))


def checkpoint_changed(copy: Copy, chance: random.Random) -> None:
    """Change the root of the checkpoint, and leave its signature."""

    def change(document: bytes, note: str) -> tuple[bytes, str]:
        lines = note.split("\n")
        at = chance.randrange(40)
        lines[2] = lines[2][:at] + ("A" if lines[2][at] != "A" else "B") + lines[2][at + 1 :]
        return document, "\n".join(lines)

    _replace_last(copy, change)


def sums_sealed_falsely(copy: Copy, chance: random.Random) -> None:
    """Seal sums that are not those of the events, with the key."""
    key = copy.ledger.signer._key

    def change(document: bytes, _note: str) -> tuple[bytes, str]:
        told = json.loads(document)
        told["tallies"] = {order: chance.randbytes(32).hex() for order in told["tallies"]}
        new = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        return new, sign(seals.text_to_sign(new), name=copy.ledger.signer.origin, key=key)

    _replace_last(copy, change)


def _replace_last(copy: Copy, change: Callable[[bytes, str], tuple[bytes, str]]) -> None:
    """Replace the last seal in the database and in the folder where seals are published."""
    table = schema.seals
    with copy.writing() as connection:
        row = connection.execute(sa.select(table).order_by(table.c.number.desc()).limit(1)).one()
        document, note = change(bytes(row.document), row.note)
        connection.execute(sa.update(table).where(table.c.number == row.number).values(document=document, note=note))
    (copy.seals / f"{row.number:08}.json").write_bytes(document)
    (copy.seals / f"{row.number:08}.note").write_text(note)


FORGERIES: Final[Mapping[str, Forgery]] = {
    "nothing": Forgery(_nothing, frozenset()),
    "a byte that a partner sent is changed": Forgery(bytes_changed, _LOG),
    "a verdict is changed": Forgery(verdict_changed, _LOG | {"receipt"}),
    "a decision is deleted": Forgery(deleted, _LOG | {"receipt"}),
    "a decision is inserted": Forgery(inserted, _LOG | {"receipt"}),
    "two decisions are swapped": Forgery(swapped, _LOG | {"receipt"}),
    "the newest decisions are cut off": Forgery(tail_cut, _LOG | {"receipt"}),
    "a tally is forged in the database": Forgery(tally_forged, _VERIFY),
    "a figure is forged in the proofs": Forgery(_nothing, frozenset({"compact proof", "complete proof"}), figure_made_up),
    "a checkpoint is signed by another key": Forgery(checkpoint_of_another, _EVERYBODY),
    "a checkpoint's root is changed": Forgery(checkpoint_changed, _EVERYBODY),
    "false sums are sealed with the key": Forgery(sums_sealed_falsely, _VERIFY | {"compact proof", "complete proof", "witness"}),
    "all goes back to an earlier day, with the key": Forgery(whole_tail_cut, frozenset({"verify, kept seals", "witness"})),
    "all is written anew, with the key": Forgery(written_anew, frozenset({"verify, kept seals", "witness"})),
}
