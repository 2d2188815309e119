"""Table snapshots made by hand, and from the cells of a ledger filled by hand."""

from collections.abc import Iterable, Mapping

from consumers.tables.reader import Stored, StoredPartner, TablesSnapshot
from models.cells import LedgerCell, TableCell, table_cell, table_key
from models.partitioner import partition_of
from models.tables import CellSum, PartnerValue, TallyValue, Watermark


def watermark(number: int, *, booking: int) -> Watermark:
    """Return a watermark whose hashes say nothing."""
    return Watermark(number=number, offset=number, hash="", digest="", booking=booking)


def snapshot_of(
    postings: Iterable[tuple[LedgerCell, int]],
    *,
    partitions: int = 1,
    watermarks: Mapping[int, Watermark] | None = None,
    partners: Mapping[str, Mapping[str, int]] | None = None,
) -> TablesSnapshot:
    """Return tables that hold these postings."""
    sums: dict[TableCell, list[int]] = {}
    for cell, delta in postings:
        total = sums.setdefault(table_cell(cell), [0, 0])
        total[0] += delta
        total[1] += 1
    values: dict[tuple[str, str], list[CellSum]] = {}
    for where, (steps, count) in sums.items():
        values.setdefault((where.table, table_key(where)), []).append(CellSum(where, str(steps), count))
    return TablesSnapshot(
        partitions=partitions,
        tallies={(table, key): Stored(partition_of(key, partitions), TallyValue(number=1, cells=cells)) for (table, key), cells in values.items()},
        partners={
            code: StoredPartner(partition_of(code, partitions), PartnerValue(number=1, counts=dict(counts), last_occurred_at=0, last_received_at=0))
            for code, counts in (partners or {}).items()
        },
        watermarks=watermarks if watermarks is not None else {partition: watermark(1, booking=1) for partition in range(partitions)},
    )
