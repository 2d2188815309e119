"""The seals held against themselves, against what was kept of them elsewhere, and against every row that they bind."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import sqlalchemy as sa

from consumers.proof.flaw import Flaw
from consumers.proof.leaves import tiles_between
from consumers.proof.rows import SHORT_BYTES, TABLES, Written, bound, columns_of, key_names, written_to
from consumers.proof.sums_side import flaws_of_sums
from models import bookings, schema
from models.errors import IntegrityError
from models.proof import seal as seals
from models.proof.note import open_note
from models.proof.paths import check_consistency
from models.proof.seal import NO_SEAL, Seal, SealInvalid

_AT_ONCE: Final = 500
_seals = schema.seals.c
_rows = schema.seal_rows.c


class SealsSide:
    """Checks the seals of one ledger. ``kept`` are documents by number that were kept outside the database; ``key`` is the public key, if it is known."""

    def __init__(self, connection: sa.Connection, *, key: str | None, kept: Mapping[int, bytes], on_progress: Callable[[int], None]) -> None:
        self._connection = connection
        self._key = key
        self._kept = kept
        self._on_progress = on_progress
        self.sealed: list[Seal] = []

    def flaws(self) -> Iterator[Flaw]:
        """Yield what is wrong with the seals, then with the rows that they bind, the sealed sums last."""
        yield from self._of_seals()
        if self.sealed:
            yield from self._of_stored()
            yield from self._of_rows()
            yield from self._of_tiles()
        yield from flaws_of_sums(self._connection, self.sealed[-1] if self.sealed else None)

    def _of_seals(self) -> Iterator[Flaw]:
        before, before_hash = None, NO_SEAL
        for row in self._connection.execute(sa.select(schema.seals).order_by(_seals.number)):
            document = bytes(row.document)
            try:
                seal = seals.decode(document)
                self._check(seal, row, before, before_hash)
            except (IntegrityError, ValueError, KeyError) as error:
                yield Flaw(table="seals", row=str(row.number), says=str(error))
                return
            if self._kept.get(row.number, document) != document:
                yield Flaw(table="seals", row=str(row.number), columns=("document",), says="it is another one than was kept outside the database")
            before, before_hash = seal, seals.seal_hash(document)
            self.sealed.append(seal)
        missing = sorted(number for number in self._kept if number > len(self.sealed))
        if missing:
            yield Flaw(table="seals", row=str(missing[0]), says="it was signed, and is not in the database: what came after the seal before it may be cut off")

    def _check(self, seal: Seal, row: sa.Row[tuple[object, ...]], before: Seal | None, before_hash: str) -> None:
        """Raise unless a seal is well formed, signed, what its row says, and follows the one before it."""
        text = seals.text_to_sign(bytes(row.document))
        signed = row.note.rpartition("\n\n")[0] + "\n" if self._key is None else open_note(row.note, key=self._key)
        if signed != text:
            raise SealInvalid("the note is for another document")
        log = seal.log
        if (seal.number, seal.booking, log.size) != (row.number, row.booking, row.size) or seal.number != (before.number if before else 0) + 1:
            raise SealInvalid("its number, booking or size is not what the document says")
        if seal.previous != before_hash:
            raise SealInvalid("it does not name the seal before it")
        if before is not None:
            path = [bytes.fromhex(one) for one in seal.consistency]
            check_consistency(old=before.log.size, new=log.size, old_root=before.log.root, new_root=log.root, path=path)
        booked = self._connection.execute(sa.select(schema.bookings.c.record).where(schema.bookings.c.booking == seal.booking)).scalar()
        if booked is None or bookings.record_hash(bytes(booked)) != seal.record:
            raise SealInvalid(f"booking {seal.booking} is not the one that was sealed")

    def _of_rows(self) -> Iterator[Flaw]:
        """Compare what each sealed booking wrote with what was there when it was sealed, table by table."""
        last = self.sealed[-1].booking
        for table in TABLES:
            stored = self._stored_of(table, last)
            known = next(stored, None)
            for written in written_to(self._connection, table, 1, last):
                self._on_progress(len(written.keys))
                while known is not None and known.booking < written.booking:
                    yield _missing(known)
                    known = next(stored, None)
                if known is None or known.booking != written.booking:
                    yield _changed(written, None)
                    continue
                if known.digest != written.digest:
                    yield _changed(written, known)
                elif (known.rows, known.columns) != (written.rows, written.columns):
                    yield Flaw(table="seal_rows", row=f"{written.booking}, {table}", columns=("rows", "columns"), says="the short hashes are other ones")
                known = next(stored, None)
            while known is not None:
                yield _missing(known)
                known = next(stored, None)

    def _stored_of(self, table: str, last: int) -> Iterator[Written]:
        query = sa.select(*_rows).where(_rows.table_name == table, _rows.booking <= last).order_by(_rows.booking)
        for row in self._connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
            yield Written(row.booking, row.table_name, bytes(row.digest), bytes(row.rows), bytes(row.columns), (), ())

    def _of_stored(self) -> Iterator[Flaw]:
        """Check that what tells changed rows is itself what was sealed."""
        rows = self._connection.execute(sa.select(*_rows).order_by(_rows.booking, _rows.table_name), execution_options={"yield_per": _AT_ONCE})
        row = next(rows, None)
        for seal in self.sealed:
            lines: list[bytes] = []
            while row is not None and row.booking <= seal.booking:
                lines.append(Written(row.booking, row.table_name, bytes(row.digest), bytes(row.rows), bytes(row.columns), (), ()).line)
                row = next(rows, None)
            if bound(lines) != seal.rows:
                yield Flaw(table="seal_rows", says=f"the hashes of rows are not those that seal {seal.number} binds")
        if row is not None:
            yield Flaw(table="seal_rows", row=f"{row.booking}, {row.table_name}", says="no seal binds it")

    def _of_tiles(self) -> Iterator[Flaw]:
        table = schema.seal_tiles.c
        stored = {row.tile: bytes(row.hash) for row in self._connection.execute(sa.select(table.tile, table.hash))}
        for tile, root in tiles_between(self._connection, 0, self.sealed[-1].log.size):
            if stored.pop(tile, None) != root:
                yield Flaw(table="seal_tiles", row=str(tile), says=f"it is not the root of decisions {tile * 256 + 1} to {tile * 256 + 256}")
        yield from (Flaw(table="seal_tiles", row=str(tile), says="there are no such decisions under a seal") for tile in stored)


def _missing(known: Written) -> Flaw:
    return Flaw(table=known.table, says=f"all rows of booking {known.booking} are missing")


def _changed(written: Written, known: Written | None) -> Flaw:
    """Name the first row of a booking that is not what was sealed, and the columns if no row is missing."""
    table, booking = written.table, written.booking
    assert table in TABLES, "only these are hashed"
    if known is None:
        return Flaw(table=table, row=_named(written, 0), says=f"booking {booking} wrote no row of this table")
    now, then = (_parted(rows) for rows in (written.rows, known.rows))
    first = next((place for place, (ours, theirs) in enumerate(zip(now, then, strict=False)) if ours != theirs), min(len(now), len(then)))
    if len(now) != len(then):
        row = _named(written, first) if first < len(now) else f"after {_named(written, len(now) - 1)}"
        says = f"booking {booking} wrote {len(then)} rows, there are {len(now)}: here is the first that is missing or was not there"
        return Flaw(table=table, row=row, says=says)
    pairs = zip(columns_of(table), _parted(written.columns), _parted(known.columns), strict=True)
    return Flaw(
        table=table,
        row=_named(written, first),
        columns=tuple(name for name, ours, theirs in pairs if ours != theirs),
        says="it was changed after it was sealed",
    )


def _parted(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + SHORT_BYTES] for at in range(0, len(hashes), SHORT_BYTES)]


def _named(written: Written, place: int) -> str:
    key = written.keys[place]
    if len(key) == 1:
        return str(key[0])
    return ", ".join(f"{name} {value.hex() if isinstance(value, bytes) else value}" for name, value in zip(key_names(written.table), key, strict=True))
