"""Booking records come back as they went, and refuse what they do not know."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import bookings
from models.bookings import BookingRecord, OffsetRange

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(0, 2**53)
records = st.builds(
    BookingRecord,
    number=numbers,
    booked_at=numbers,
    partitions=numbers,
    ranges=st.lists(st.builds(OffsetRange, texts, numbers, numbers, numbers), max_size=3),
    released=st.lists(numbers, max_size=3),
    given_up=st.lists(numbers, max_size=3),
    size=numbers,
    root=texts,
    previous=texts,
)


@given(records)
def test_a_record_comes_back_as_it_went(record: BookingRecord) -> None:
    value = bookings.encode(record)
    assert bookings.decode(value) == record
    assert bookings.encode(bookings.decode(value)) == value
    assert bookings.record_hash(value) == hashlib.sha256(value).hexdigest()


@pytest.mark.parametrize("value", [b"{}", b"", b'{"v":1,"unknown":2}', b"[1]"])
def test_other_bytes_are_refused(value: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        bookings.decode(value)
