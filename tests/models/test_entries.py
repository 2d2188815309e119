"""Entries records come back as they went, and refuse what they do not know."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import entries
from models.cells import TableCell
from models.entries import EntriesRecord, Entry, PartnerActivity

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(0, 2**53)
cells = st.builds(TableCell, *([texts] * 6), st.booleans(), *([texts] * 6))
postings = st.lists(st.tuples(st.integers(0, 100), st.integers(-(10**18), 10**18)), max_size=4)
records = st.builds(
    EntriesRecord,
    partition=numbers,
    number=numbers,
    booking=numbers,
    booked_at=numbers,
    previous=texts,
    cells=st.lists(cells, max_size=3),
    entries=st.lists(st.builds(Entry, numbers, texts, texts, postings), max_size=3),
    partners=st.lists(st.builds(PartnerActivity, texts, st.dictionaries(texts, st.integers(-5, 5)), numbers, numbers), max_size=2),
)


@given(records)
def test_a_record_comes_back_as_it_went(record: EntriesRecord) -> None:
    value = entries.encode(record)
    assert entries.decode(value) == record
    assert entries.encode(entries.decode(value)) == value
    assert entries.record_hash(value) == hashlib.sha256(value).hexdigest()


@pytest.mark.parametrize("value", [b"{}", b"", b'{"v":1,"unknown":2}', b"[1]"])
def test_other_bytes_are_refused(value: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        entries.decode(value)
