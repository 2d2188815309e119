"""Ledger cells are counted in table cells, and table cells under keys."""

from hypothesis import given
from hypothesis import strategies as st

from models.cells import NOT_APPLICABLE, STOCK, TALLY_TABLES, LedgerCell, table_cell, table_key

texts = st.sampled_from(["TW", "bantuan-pmi", "masker", "unknown", ""])
cells = st.builds(LedgerCell, st.sampled_from(TALLY_TABLES), *([texts] * 5), st.booleans(), *([texts] * 3), st.sampled_from(["2020-05-03", ""]), *([texts] * 4))


@given(cells)
def test_a_table_cell_keeps_everything_but_day_place_and_lot(cell: LedgerCell) -> None:
    coarse = table_cell(cell)
    kept = set(coarse._fields) - {"month", "holder"}
    assert all(getattr(coarse, name) == getattr(cell, name) for name in kept)
    assert coarse.month == cell.day[:7]
    assert coarse.holder == (cell.holder if cell.table == STOCK else NOT_APPLICABLE)
    assert set(cell._fields) - set(coarse._fields) == {"day", "place", "lot"}


@given(cells)
def test_the_key_is_the_missions_destination_and_programme(cell: LedgerCell) -> None:
    parts = (cell.holder, cell.item) if cell.table == STOCK else (cell.destination, cell.programme)
    assert table_key(table_cell(cell)) == "|".join(parts)


@given(cells, cells)
def test_two_units_never_share_a_cell(one: LedgerCell, other: LedgerCell) -> None:
    assert (table_cell(one) == table_cell(other)) <= (one.unit == other.unit and one.measure == other.measure)
