"""The worker's one agent: folds entries records into the tables, exactly once whatever happens to the process.

Records are folded in memory; a flush writes the changed values, waits for every acknowledgement, writes the
watermark, waits again, and only then acknowledges the records. A partition always goes on at its watermark. What is
not flushed when partitions are revoked is thrown away, because it comes again. Nothing is written by a worker that
may have lost its partitions: not during a rebalance, and not after it was stopped for as long as a session lasts.
"""

import asyncio
import dataclasses
import time
from collections.abc import Mapping
from typing import Any, Final

import faust
import structlog
from faust.types import TP

from models import tables
from models.crashpoints import CrashPoints
from models.errors import LogTruncated, StalePosition
from models.topics import ENTRIES, WATERMARKS
from streams.fold import PartitionFold, Seal, recover
from streams.progress import NoTallyWatch, PartitionProgress, Progress, TallyWatch
from streams.settings import StreamSettings
from streams.tables import FaustTables, watermark_key

log: Final = structlog.get_logger("streams.tallies")

END_SETTLES_SECONDS: Final = 5.0
"""A topic is taken for cut if its end is still told as short as that so long after it first was."""

Era = tuple[int, int]


@dataclasses.dataclass(slots=True)
class _Held:
    """Records that are folded but not yet written."""

    events: list[Any] = dataclasses.field(default_factory=list)
    size_bytes: int = 0
    received: list[tuple[int, int]] = dataclasses.field(default_factory=list)
    """Per record when its oldest event was received, and how many entries it has."""


class Tallies:
    """The state of one worker: a fold for each of its partitions, and the rules for writing them."""

    def __init__(self, app: faust.App, store: FaustTables, settings: StreamSettings, crash_points: CrashPoints, watch: TallyWatch | None = None) -> None:
        self.progress = Progress()
        self._watch: TallyWatch = watch or NoTallyWatch()
        self._app = app
        self._store = store
        self._settings = settings
        self._crash_points = crash_points
        self._folds: dict[int, PartitionFold] = {}
        self._era: Era | None = None
        self._held = _Held()
        self._flushing = asyncio.Lock()
        self._folded = asyncio.Event()
        self._flushed = asyncio.Event()
        self._last_flush = 0.0
        self._last_beat = 0.0
        self._stream: Any = None

    # --- partitions come and go

    async def start_partitions(self, partitions: frozenset[int]) -> Mapping[int, int]:
        """Build the folds from the recovered tables; return where each partition goes on."""
        self._crash_points.hit("mid_recovery")
        era = self._present_era()
        self._folds = {}
        for partition in sorted(partitions):
            self._store.check_recovered(partition)
            values, watermark = self._store.read(partition)
            fold = self._folds[partition] = recover(partition, values, watermark)
            if fold.refolding:
                self.progress.refolds += 1
                log.error("digest_mismatch", partition=partition, watermark=watermark.number if watermark else 0, action="refold")
            log.info("recovered", partition=partition, values=len(values), number=fold.number, offset=fold.offset)
            # One partition may hold a great many values: the other tasks get their turn in between.
            await asyncio.sleep(0)
        if era != self._present_era():
            # Revoked meanwhile: the next recovery comes here again.
            return {}
        self._era = era
        self._last_beat = self._app.loop.time()
        self.progress.partitions = {
            partition: PartitionProgress(number=fold.number, watermark_offset=fold.offset, refolding=fold.refolding) for partition, fold in self._folds.items()
        }
        self.progress.ready = True
        log.info("assigned", partitions=sorted(partitions), generation=era[0])
        return {partition: fold.offset for partition, fold in self._folds.items()}

    async def discard(self) -> None:
        """Forget everything in memory: partitions were revoked, and what was not flushed comes again."""
        self.progress.ready = False
        self.progress.revocations += 1
        self._era = None
        self._folds = {}
        self._held = _Held()
        self._crash_points.hit("mid_revoke")
        self._store.forget()
        self._flushed.set()
        log.info("revoked", partitions=sorted(self.progress.partitions))
        self.progress.partitions = {}
        await self._wait_for_sent()

    async def _wait_for_sent(self) -> None:
        """Let what a flush has sent land before the next owner reads the changelogs; if it hangs, the digest tells."""
        try:
            await asyncio.wait_for(self._flushing.acquire(), timeout=self._settings.session_timeout_seconds / 2)
        except TimeoutError:
            log.warning("flush_unfinished_at_revocation")
        else:
            self._flushing.release()

    # --- records are folded

    async def fold(self, stream: Any) -> None:
        """Apply every record of the stream; the body of the agent."""
        self._stream = stream
        async for event in stream.noack().events():
            self._apply(event)
            if self._held.size_bytes > self._settings.unflushed_limit_bytes:
                await self._wait_for_flush()

    def _apply(self, event: Any) -> None:
        message = event.message
        fold = self._folds.get(message.partition)
        if fold is None or self._era is None or message.generation_id != self._era[0]:
            return
        value = message.value
        number = fold.number
        count = fold.apply(value, offset=message.offset)
        self.progress.entries_applied += count
        if fold.number > number:
            self.progress.records_applied += 1
            if count and fold.received_at and not fold.refolding:
                self._held.received.append((fold.received_at, count))
        else:
            self.progress.records_repeated += 1
        self._held.events.append(event)
        self._held.size_bytes += len(value)
        self._folded.set()

    async def _wait_for_flush(self) -> None:
        self._flushed.clear()
        self._folded.set()
        await self._flushed.wait()

    # --- folds are written

    async def flush_forever(self) -> None:
        """Write what was folded: at once when no more input waits, otherwise every ``flush_seconds``."""
        while not self._app.should_stop:
            await self._folded.wait()
            while not self._due():  # noqa: ASYNC110  due is a matter of the clock, of a queue of Faust and of a size
                await asyncio.sleep(0.01)
            await self.flush()

    async def flush(self) -> None:
        """Write and acknowledge everything folded so far, unless the partitions were lost meanwhile."""
        async with self._flushing:
            self._folded.clear()
            era = self._era
            if era is None:
                return
            held, self._held = self._held, _Held()
            seals = [seal for fold in self._folds.values() if (seal := fold.seal())]
            self._last_flush = self._app.loop.time()
            if held.events:
                self._crash_points.hit("after_fold_before_changelog")
            if seals and not await self._write(seals, era):
                return
            if held.events:
                self._crash_points.hit("after_changelog_before_ack")
            for event in held.events:
                event.ack()
            if held.events:
                self._crash_points.hit("after_ack_before_commit")
            self._flushed.set()
            self._report(seals)
            self._tell(held)

    async def _write(self, seals: list[Seal], era: Era) -> bool:
        """Send values, then watermarks; return False as soon as the partitions may belong to another worker."""
        values = [(seal.partition, value) for seal in seals for value in seal.values]
        chunk = self._settings.changelog_chunk_records
        for start in range(0, len(values), chunk):
            if not self._owns(era):
                return False
            await self._send([(partition, stored.table, stored.key.encode(), stored.value) for partition, stored in values[start : start + chunk]])
            self._crash_points.hit("mid_changelog")
        if not self._owns(era):
            return False
        watermarks = [(seal.partition, WATERMARKS, watermark_key(seal.partition), tables.encode(seal.watermark)) for seal in seals]
        await self._send(watermarks)
        if not self._owns(era):
            return False
        for partition, stored in values:
            self._store.put(stored.table, stored.key.encode(), stored.value, partition=partition)
        for partition, table, key, value in watermarks:
            self._store.put(table, key, value, partition=partition)
        return True

    async def _send(self, records: list[tuple[int, str, bytes, bytes]]) -> None:
        sent = [self._store.by_name[table].send_changelog(partition, key, value, "raw", "raw") for partition, table, key, value in records]
        for acknowledgement in sent:
            await acknowledgement

    # --- who owns what, and when

    def _present_era(self) -> Era:
        return self._app.consumer_generation_id, self._app.rebalancing_count

    async def beat_forever(self) -> None:
        """Keep looking at the clock, so that a pause of the whole process shows."""
        while not self._app.should_stop:
            self._beat()
            await asyncio.sleep(0.1)

    def _owns(self, era: Era) -> bool:
        self._beat()
        return self._era == era == self._present_era() and not self._app.rebalancing

    def _beat(self) -> None:
        """Notice that the process was stopped for so long that its partitions may belong to another by now."""
        now = self._app.loop.time()
        slept_seconds = now - self._last_beat
        self._last_beat = now
        # The session began to run out at the last heartbeat, which was up to one interval before the pause.
        limit_seconds = self._settings.session_timeout_seconds - 2 * self._settings.heartbeat_seconds
        if self._era is not None and slept_seconds > limit_seconds:
            raise StalePosition(
                f"the process stood still for {slept_seconds:.1f} s; its session may be over after {limit_seconds:.1f} s",
                hint="nothing was written since; start it again",
            )

    def _due(self) -> bool:
        waited = self._app.loop.time() - self._last_flush
        idle = self._stream is None or self._stream.channel.queue.empty()
        full = self._held.size_bytes > self._settings.unflushed_limit_bytes
        return full or waited >= self._settings.flush_seconds or (idle and waited >= self._settings.idle_flush_seconds)

    # --- what is said about it

    def _report(self, seals: list[Seal]) -> None:
        for seal in seals:
            progress = self.progress.partitions[seal.partition]
            progress.number = seal.watermark.number
            progress.watermark_offset = seal.watermark.offset
            progress.refolding = False
        self.progress.flushes += 1
        self.progress.values_written += sum(len(seal.values) for seal in seals)
        log.debug("flushed", partitions=len(seals), values=sum(len(seal.values) for seal in seals))

    def _tell(self, held: _Held) -> None:
        now = self.progress.written_at = time.time()
        for received_at, entries in held.received:
            self._watch.written(seconds=max(now - received_at / 1000, 0.0), entries=entries)

    def measure(self) -> Progress:
        """Return the progress with the newest told ends of the topic. Raises LogTruncated if it stays shorter than the tables.

        A broker tells the end as it was before the read, which may go beyond it; and a new leader at first less than the
        one before. So only an end that was told well after the first short one counts: while nobody answers, none is.
        """
        consumer = self._app.consumer
        for partition, progress in self.progress.partitions.items():
            tp = TP(ENTRIES, partition)
            end = consumer.highwater(tp)
            progress.end_offset = -1 if end is None else end
            if end is None or end >= progress.watermark_offset:
                progress.short_since = None
                continue
            if progress.short_since is None:
                progress.short_since = time.time()
            if consumer.end_told_at(tp) - progress.short_since >= END_SETTLES_SECONDS:
                raise LogTruncated(
                    f"{ENTRIES}[{partition}]: the tables are folded up to offset {progress.watermark_offset}, but the topic ends at {end}",
                    hint="the topic was cut or recreated: rebuild the tables with `salur rebuild`",
                )
        return self.progress
