"""Sealing the ledger: check that what is stored is what was booked, then sign it, write it down, and publish it.

Order: the signer's own state, the database, the files. A crash in between is made good by the next seal. A
database that was made again from Kafka gets its seals back from the files. Nothing is signed for a ledger whose rows
do not come to the root that its bookings say, or that does not begin with what was sealed before.

A quick seal reads what came since the last one: new leaves, new rows, changed cells. It takes the tiles of older leaves
and the pages of the sums as they were kept, which lead to what was sealed or are made anew.
"""

import contextlib
import dataclasses
import importlib.metadata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import sqlalchemy as sa

from consumers.proof import pages
from consumers.proof.leaves import TILE, RowTree, stored_tiles, tiles_between
from consumers.proof.rows import Written, bound, written_between
from consumers.proof.signer import SignedSeal, Signer, write_durably
from models import bookings, schema
from models.crashpoints import NO_CRASH_POINTS, CrashPoints
from models.errors import IntegrityError
from models.proof import seal as seals
from models.proof.note import Checkpoint, checkpoint_text
from models.proof.paths import check_consistency, consistency_path
from models.proof.seal import NO_SEAL, Seal

_COUNTS: Final = ("received", "accepted", "duplicate", "conflict", "rejected", "held")
_HINT: Final = "nothing was sealed: run `salur verify`, which names the first bad row"
KEY_NAME: Final = "key.txt"


class NotSealable(IntegrityError):
    """The ledger is not what it must be to be signed for."""


class NothingBooked(NotSealable):
    """There is nothing yet that could be signed for."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A seal that is published; ``is_new`` is False when nothing had been booked since."""

    seal: Seal
    document: bytes
    note: str
    is_new: bool


class _Beside(NamedTuple):
    """What is stored beside a seal: the hashes of rows, new tiles by number, and what changes in the pages of the sums."""

    written: Sequence[Written]
    tiles: Sequence[tuple[int, bytes]]
    pages: Sequence[pages.Rewritten]


class _Drafted(NamedTuple):
    document: bytes
    beside: _Beside


class Sealing:
    """Seals one ledger into one folder. ``reading`` is an engine of ``open_for_reading``, ``writing`` one of ``open_database``."""

    def __init__(
        self, *, reading: sa.Engine, writing: sa.Engine, signer: Signer, folder: Path, clock: Callable[[], int], points: CrashPoints = NO_CRASH_POINTS
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._signer = signer
        self._folder = folder
        self._clock = clock
        self._points = points

    def seal(self, *, is_quick: bool = False) -> Sealed:
        """Seal all that is booked. A quick seal takes full runs of leaves as they were sealed before, and reads only what came later.

        Raises NotSealable, and IntegrityError when the signer's state and the database tell of different pasts.
        """
        with self._signer.alone():
            self._folder.mkdir(parents=True, exist_ok=True)
            last = self._catch_up()
            with self._reading.connect() as connection, connection.begin():
                made = _readable_document(connection, last, origin=self._signer.origin, sealed_at=self._clock(), is_quick=is_quick, points=self._points)
            if made is None:
                if last is None:
                    raise NothingBooked("nothing is booked, so there is nothing to seal", hint="publish events first")
                return Sealed(seal=seals.decode(last.document.encode()), document=last.document.encode(), note=last.note, is_new=False)
            self._points.hit("checkpoint_root_made")
            note = self._signer.sign(seals.text_to_sign(made.document))
            self._points.hit("checkpoint_signed")
            sealed = seals.decode(made.document)
            signed = SignedSeal(number=sealed.number, size=sealed.log.size, document=made.document.decode(), note=note)
            self._signer.remember(signed)
            self._points.hit("checkpoint_remembered")
            self._publish(signed, made.beside)
            return Sealed(seal=sealed, document=made.document, note=note, is_new=True)

    def _catch_up(self) -> SignedSeal | None:
        """Publish what was signed and is not published yet, and return the last seal."""
        last = self._signer.last()
        stored = self._last_stored()
        if last is None:
            if stored is not None or _files(self._folder):
                raise IntegrityError(f"seals were signed before, but {self._folder.parent} has no state of the signer", hint="restore it beside the key")
            return None
        if stored is not None and (stored.number > last.number or (stored.number == last.number and stored.document != last.document)):
            raise IntegrityError(f"seal {stored.number} in the database is not what the signer signed", hint="keep both and find out who wrote it")
        for number in range((stored.number if stored else 0) + 1, last.number):
            self._publish_again(_from_files(self._folder, number), with_pages=False)
        if stored is None or stored.number < last.number:
            self._publish_again(last, with_pages=True)
        else:
            self._write_files(last)
        return last

    def _last_stored(self) -> SignedSeal | None:
        table = schema.seals.c
        with self._reading.connect() as connection:
            row = connection.execute(sa.select(table.number, table.size, table.document, table.note).order_by(table.number.desc()).limit(1)).first()
        return None if row is None else SignedSeal(number=row.number, size=row.size, document=bytes(row.document).decode(), note=row.note)

    def _publish_again(self, signed: SignedSeal, *, with_pages: bool) -> None:
        """Store a seal that was signed before, with all that it binds. Raises NotSealable if the rows do not come to what it says."""
        sealed = seals.decode(signed.document.encode())
        with self._reading.connect() as connection, connection.begin():
            before = connection.execute(sa.select(sa.func.max(schema.seals.c.booking))).scalar() or 0
            written = _written(connection, before, sealed.booking)
            tiles = _new_tiles(connection, len(stored_tiles(connection)), signed.size)
            sums = pages.anew(connection, sealed.booking) if with_pages else ()
        if bound(one.line for one in written) != sealed.rows or any(one.root != sealed.tallies[one.order] for one in sums):
            raise NotSealable(f"the rows of bookings {before + 1} to {sealed.booking} are not those of seal {sealed.number}", hint=_HINT)
        self._publish(signed, _Beside(written, tiles, sums))

    def _publish(self, signed: SignedSeal, beside: _Beside) -> None:
        booking = seals.decode(signed.document.encode()).booking
        with self._writing.begin() as connection:
            row = {"number": signed.number, "booking": booking, "size": signed.size, "document": signed.document.encode(), "note": signed.note}
            connection.execute(sa.insert(schema.seals), row)
            rows = [{"booking": one.booking, "table_name": one.table, "digest": one.digest, "rows": one.rows, "columns": one.columns} for one in beside.written]
            connection.execute(sa.insert(schema.seal_rows), rows)
            if beside.tiles:
                connection.execute(sa.insert(schema.seal_tiles), [{"tile": tile, "hash": root} for tile, root in beside.tiles])
            pages.write(connection, beside.pages)
        self._points.hit("checkpoint_published")
        self._write_files(signed)

    def _write_files(self, signed: SignedSeal) -> None:
        document, note = _paths(self._folder, signed.number)
        if not note.exists():
            write_durably(document, signed.document.encode())
            write_durably(note, signed.note.encode())
        key = self._folder / KEY_NAME
        if not key.exists():
            write_durably(key, f"{self._signer.public_key}\n".encode())


def _readable_document(
    connection: sa.Connection, last: SignedSeal | None, *, origin: str, sealed_at: int, is_quick: bool, points: CrashPoints
) -> _Drafted | None:
    """Return the next document. Raises NotSealable also for rows that cannot even be read."""
    try:
        return _document(connection, last, origin=origin, sealed_at=sealed_at, is_quick=is_quick, points=points)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
        raise NotSealable(f"something that is stored cannot be read ({type(error).__name__})", hint=_HINT) from error


def _document(connection: sa.Connection, last: SignedSeal | None, *, origin: str, sealed_at: int, is_quick: bool, points: CrashPoints) -> _Drafted | None:
    """Return the next seal document, checked against the rows; None when there is nothing new. Raises NotSealable."""
    head = connection.execute(sa.select(schema.head)).first()
    booked = connection.execute(sa.select(schema.bookings).order_by(schema.bookings.c.booking.desc()).limit(1)).first()
    if head is None or booked is None or (last is not None and last.size == head.size):
        return None
    before = None if last is None else seals.decode(last.document.encode())
    record = bookings.decode(bytes(booked.record))
    _check_head(connection, head, booked, known=before.log.size if before is not None and is_quick else 0)
    known = stored_tiles(connection)
    tiles = _new_tiles(connection, len(known) if is_quick else 0, head.size)
    tree = RowTree(connection, [*known, *(root for _, root in tiles)] if is_quick else [root for _, root in tiles])
    root = tree.run_hash(0, head.size)
    if root.hex() != record.root or (not is_quick and [root for _, root in tiles[: len(known)]] != known):
        raise NotSealable(f"the rows of the decisions come to another root than booking {booked.booking} says", hint=_HINT)
    points.hit("checkpoint_leaves_read")
    path = [] if before is None else _path_from(before, booked.booking, head.size, tree, root)
    written = _written(connection, before.booking if before else 0, booked.booking)
    sums = _sums(connection, before, booked.booking, is_quick=is_quick)
    positions = schema.positions.c
    document = seals.encode(
        Seal(
            number=1 if before is None else before.number + 1,
            previous=NO_SEAL if last is None else seals.seal_hash(last.document.encode()),
            checkpoint=checkpoint_text(Checkpoint(origin, head.size, root)),
            consistency=[one.hex() for one in path],
            booking=record.number,
            booked_at=record.booked_at,
            sealed_at=sealed_at,
            record=bookings.record_hash(bytes(booked.record)),
            rows=bound(one.line for one in written),
            tallies={one.order: one.root for one in sums},
            counts={name: getattr(booked, name) for name in _COUNTS},
            positions=sorted((row.topic, row.partition, row.next_offset) for row in connection.execute(sa.select(*positions))),
            software=importlib.metadata.version("salur"),
        )
    )
    return _Drafted(document, _Beside(written, [(tile, root) for tile, root in tiles if tile >= len(known)], sums))


def _check_head(connection: sa.Connection, head: sa.Row[tuple[object, ...]], booked: sa.Row[tuple[object, ...]], *, known: int) -> None:
    """Raise NotSealable unless head, booking record and the number of decisions after the first ``known`` say the same."""
    record = bookings.decode(bytes(booked.record))
    if (record.number, record.size, bookings.record_hash(bytes(booked.record))) != (head.booking, head.size, head.previous):
        raise NotSealable(f"the head and the record of booking {booked.booking} do not belong together", hint=_HINT)
    count = known + connection.execute(sa.select(sa.func.count()).select_from(schema.decisions).where(schema.decisions.c.number > known)).scalar_one()
    if count != head.size:
        raise NotSealable(f"the head tells of {head.size} decisions, there are {count}", hint=_HINT)


def _path_from(before: Seal, booking: int, size: int, tree: RowTree, root: bytes) -> list[bytes]:
    """Return the proof that the log begins with what the seal before is over. Raises NotSealable, ProofInvalid."""
    old = before.log
    if old.size > size or before.booking >= booking:
        raise NotSealable(f"the ledger has {size} decisions, but {old.size} are sealed", hint=_HINT)
    path = consistency_path(old.size, size, tree.run_hash)
    check_consistency(old=old.size, new=size, old_root=old.root, new_root=root, path=path)
    return path


def _new_tiles(connection: sa.Connection, known: int, size: int) -> list[tuple[int, bytes]]:
    return list(tiles_between(connection, known * TILE, size))


def _written(connection: sa.Connection, before: int, booking: int) -> list[Written]:
    return [one._replace(keys=(), values=()) for one in written_between(connection, before + 1, booking)]


def _sums(connection: sa.Connection, before: Seal | None, booking: int, *, is_quick: bool) -> list[pages.Rewritten]:
    """Return what the seal changes in the pages of the sums; all of them are made anew unless they lead to the seal before."""
    if before is not None and is_quick:
        with contextlib.suppress(pages.PagesChanged):
            return pages.rewritten(connection, before.tallies, pages.changed_between(connection, before.booking, booking))
    return pages.anew(connection, booking)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.note"))


def _paths(folder: Path, number: int) -> tuple[Path, Path]:
    return folder / f"{number:08}.json", folder / f"{number:08}.note"


def _from_files(folder: Path, number: int) -> SignedSeal:
    document, note = _paths(folder, number)
    try:
        text = document.read_text(encoding="utf-8")
        return SignedSeal(number=number, size=seals.decode(text.encode()).log.size, document=text, note=note.read_text(encoding="utf-8"))
    except OSError as error:
        raise IntegrityError(f"seal {number} is in neither the database nor {folder}", hint="restore the folder of the seals") from error
