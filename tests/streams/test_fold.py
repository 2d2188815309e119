"""The pure fold: whatever is repeated, cut short, moved or written late, the tables end as the plain sum of the records."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import entries, tables
from models.cells import PARTNERS
from models.entries import NO_RECORD
from models.errors import IntegrityError, NumbersReused, RecordGap
from streams.fold import PartitionFold, Seal, StoredValue, recover
from tests.streams.synthetic import chain, oracle, record


class Changelog:
    """What a partition's changelogs hold after compaction."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], bytes] = {}
        self.watermark: tables.Watermark | None = None

    def write(self, seal: Seal, *, values: int | None = None) -> None:
        """Take a whole flush, or only its first ``values`` values and no watermark."""
        for stored in seal.values[:values]:
            self.values[stored.table, stored.key] = stored.value
        if values is None:
            self.watermark = tables.decode_watermark(tables.encode(seal.watermark))

    def recover(self) -> PartitionFold:
        """Build a fold as a restarted worker does."""
        return recover(0, [StoredValue(table, key, value) for (table, key), value in self.values.items()], self.watermark)

    def plain(self) -> dict[tuple[str, str], Any]:
        """Return the tables in the oracle's form."""
        result: dict[tuple[str, str], Any] = {}
        for (table, key), value in self.values.items():
            if table == PARTNERS:
                partner = tables.decode_partner(value)
                result[table, key] = (partner.counts, partner.last_occurred_at, partner.last_received_at)
            else:
                result[table, key] = {one.cell: (int(one.steps), one.postings) for one in tables.decode_tally(value).cells}
        return result


def read_on(fold: PartitionFold, values: list[bytes], count: int, *, back: int = 0) -> None:
    """Offer ``count`` records to the fold, beginning ``back`` records before its position."""
    start = max(fold.offset - back, 0)
    for offset in range(start, min(fold.offset + count, len(values))):
        fold.apply(values[offset], offset=offset)


ACTIONS = st.one_of(
    st.tuples(st.just("read"), st.integers(1, 6), st.integers(0, 4)),
    st.tuples(st.just("flush"), st.just(0), st.just(0)),
    st.tuples(st.just("cut flush, crash"), st.integers(0, 8), st.just(0)),
    st.tuples(st.just("crash"), st.just(0), st.just(0)),
    st.tuples(st.just("leave a zombie, move"), st.integers(0, 6), st.just(0)),
    st.tuples(st.just("zombie writes"), st.integers(0, 8), st.booleans()),
    st.tuples(st.just("zombie overtaken, then writes"), st.integers(1, 4), st.integers(1, 8)),
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 5), st.integers(1, 25), st.lists(ACTIONS, max_size=40))
def test_the_tables_are_the_plain_sum_whatever_happens_on_the_way(  # noqa: C901  one branch for each kind of action
    seed: int, length: int, actions: list[tuple[str, int, Any]]
) -> None:
    values = chain(partition=0, records=length, seed=seed, keys=3)
    changelog = Changelog()
    fold = changelog.recover()
    zombies: list[PartitionFold] = []
    for action, number, more in actions:
        match action:
            case "read":
                read_on(fold, values, number, back=more)
            case "flush":
                if seal := fold.seal():
                    changelog.write(seal)
            case "cut flush, crash":
                if seal := fold.seal():
                    changelog.write(seal, values=number)
                fold = changelog.recover()
            case "crash":
                fold = changelog.recover()
            case "leave a zombie, move":
                read_on(fold, values, number)
                zombies.append(fold)
                fold = changelog.recover()
            case "zombie writes":
                if zombies and (seal := zombies.pop().seal()):
                    changelog.write(seal, values=None if more else number)
            case "zombie overtaken, then writes":
                read_on(fold, values, number)
                zombie, fold = fold, changelog.recover()
                read_on(fold, values, number + more)
                if seal := fold.seal():
                    changelog.write(seal)
                if seal := zombie.seal():
                    changelog.write(seal, values=more)
    # A zombie that comes back joins the group again, so its partitions are recovered once more.
    fold = changelog.recover()
    read_on(fold, values, length)
    if seal := fold.seal():
        changelog.write(seal)
    assert changelog.plain() == oracle(values)
    again = changelog.recover()
    assert not again.refolding
    assert (again.number, again.offset, again.hash) == (length, length, entries.record_hash(values[-1]))


@given(st.integers(0, 3), st.integers(1, 12), st.data())
def test_a_flush_that_was_cut_short_is_continued_not_counted_anew(seed: int, length: int, data: st.DataObject) -> None:
    values = chain(partition=0, records=length, seed=seed)
    changelog = Changelog()
    for _ in range(3):
        fold = changelog.recover()
        assert not fold.refolding
        read_on(fold, values, data.draw(st.integers(0, 4)))
        if seal := fold.seal():
            changelog.write(seal)
        read_on(fold, values, data.draw(st.integers(0, 4)))
        if seal := fold.seal():
            changelog.write(seal, values=data.draw(st.integers(0, len(seal.values))))


def test_the_digest_does_not_depend_on_how_often_it_was_sealed() -> None:
    values = chain(partition=0, records=30)
    often, once = PartitionFold(0), PartitionFold(0)
    for offset, value in enumerate(values):
        often.apply(value, offset=offset)
        once.apply(value, offset=offset)
        assert often.seal()
    seal = once.seal()
    assert seal
    assert often.watermark() == seal.watermark


def test_a_repeat_changes_nothing() -> None:
    values = chain(partition=0, records=5)
    fold = PartitionFold(0)
    read_on(fold, values, 5)
    fold.seal()
    before = fold.watermark()
    assert [fold.apply(value, offset=offset + 7) for offset, value in enumerate(values)] == [0] * 5
    assert fold.seal() is None
    assert fold.watermark() == before


def test_a_late_value_of_a_worker_that_lost_the_partition_leads_to_a_refold() -> None:
    values = chain(partition=0, records=20, keys=1)
    changelog = Changelog()
    zombie = changelog.recover()
    read_on(zombie, values, 5)
    owner = changelog.recover()
    read_on(owner, values, 20)
    seal = owner.seal()
    assert seal
    changelog.write(seal)
    late = zombie.seal()
    assert late
    changelog.write(late, values=1)
    recovered = changelog.recover()
    assert recovered.refolding
    assert recovered.offset == 0
    read_on(recovered, values, 19)
    assert recovered.seal() is None, "the tables would step back in time"
    read_on(recovered, values, 1)
    seal = recovered.seal()
    assert seal
    changelog.write(seal)
    assert changelog.plain() == oracle(values)


def test_a_missing_number_stops_the_fold() -> None:
    values = chain(partition=0, records=4)
    fold = PartitionFold(0)
    read_on(fold, values, 1)
    with pytest.raises(RecordGap, match=r"aid\.entries\.v1\[0\]@2: record 3 follows record 1"):
        fold.apply(values[2], offset=2)
    assert fold.number == 1


def test_a_record_that_does_not_continue_the_chain_stops_the_fold() -> None:
    fold = PartitionFold(0)
    read_on(fold, chain(partition=0, records=3, seed=1), 2)
    with pytest.raises(NumbersReused, match="continues"):
        fold.apply(chain(partition=0, records=3, seed=2)[2], offset=2)


def test_the_last_number_with_another_record_stops_the_fold() -> None:
    fold = PartitionFold(0)
    read_on(fold, chain(partition=0, records=3, seed=1), 3)
    with pytest.raises(NumbersReused, match="is not the record"):
        fold.apply(chain(partition=0, records=3, seed=2)[2], offset=3)


@pytest.mark.parametrize("value", [None, b"", b"{}", b"\xff", b'{"v":1}', chain(partition=1, records=1)[0]])
def test_bytes_that_are_no_record_of_the_partition_stop_the_fold(value: bytes | None) -> None:
    fold = PartitionFold(0)
    with pytest.raises(IntegrityError, match=r"aid\.entries\.v1\[0\]@0"):
        fold.apply(value, offset=0)
    assert fold.number == 0


def test_sums_grow_beyond_64_bits() -> None:
    one = record(random.Random(1), partition=0, number=1, previous=NO_RECORD, entries=1)
    posting = (0, 2**62)
    values = []
    previous = NO_RECORD
    for number in range(1, 11):
        value = entries.encode(msgspec.structs.replace(one, number=number, previous=previous, entries=[one.entries[0]._replace(postings=[posting])]))
        values.append(value)
        previous = entries.record_hash(value)
    fold = PartitionFold(0)
    read_on(fold, values, 10)
    changelog = Changelog()
    seal = fold.seal()
    assert seal
    changelog.write(seal)
    assert changelog.plain() == oracle(values)
    assert max(steps for cells in changelog.plain().values() if isinstance(cells, dict) for steps, _ in cells.values()) == 10 * 2**62


def test_a_value_is_encoded_as_its_struct_would_be() -> None:
    fold = PartitionFold(0)
    read_on(fold, chain(partition=0, records=3), 3)
    seal = fold.seal()
    assert seal
    for stored in seal.values:
        decode = tables.decode_partner if stored.table == PARTNERS else tables.decode_tally
        assert tables.encode(decode(stored.value)) == stored.value
