"""Whether what is booked can be relied on: reconciled, sealed, and with nothing lying about that a person should see to."""

import time
from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from consumers.database import open_for_reading
from consumers.desk.requests import unfinished
from consumers.desk.waiting import held_events, open_refusals
from consumers.gauges.proof import proof_readings
from consumers.proof.signer import KEY_FILE, STATE_FILE, Signer
from consumers.receipts import Receipts
from deploy import running
from deploy.doctor.finding import Eyes, Finding
from deploy.monitoring import asking
from deploy.sealing import KEYS, kept, own_key
from models import metrics, schema
from models.desk import State

OLD_SEAL_SECONDS: Final = 20 * 60
OLD_RUN_SECONDS: Final = 2 * 3600


def look_at_held(eyes: Eyes) -> Iterator[Finding]:
    """Look at what waits for another event."""
    engine = open_for_reading(running.database_url(eyes.settings))
    try:
        with engine.connect() as connection, connection.begin():
            held = held_events(connection)
    finally:
        engine.dispose()
    if not held:
        yield Finding(name="Held", state="fine", found="nothing waits")
        return
    oldest = max(eyes.clock() - min(one.received_at for one in held) / 1000, 0) / 3600
    yield Finding(name="Held", state="notice", found=f"{len(held)} events wait for others, the oldest for {oldest:.0f} h", fix="salur rejected held")


def look_at_rejected(eyes: Eyes) -> Iterator[Finding]:
    """Look at what was refused and nobody mended, and at what operators left half done."""
    engine = open_for_reading(running.database_url(eyes.settings))
    try:
        with engine.connect() as connection, connection.begin():
            found = open_refusals(connection, Receipts(engine).claimed)
            begun = unfinished(connection)
    finally:
        engine.dispose()
    if found:
        yield Finding(name="Rejected", state="notice", found=f"{len(found)} refused events are open", fix="salur rejected list --open")
    else:
        yield Finding(name="Rejected", state="fine", found="nothing is open")
    for request in begun:
        if request.state is State.WAITS:
            waits = f"request {request.number} of {request.person.name} waits for another person"
            yield Finding(name="Rejected", state="notice", found=waits, fix=f"salur rejected approve {request.number}")
        else:
            left = f"request {request.number} was begun and not finished"
            yield Finding(name="Rejected", state="notice", found=left, fix=f"salur rejected finish {request.number}")


def look_at_reconciliation(eyes: Eyes) -> Iterator[Finding]:
    """Look at what the monitor found when it last compared table, ledger and log."""
    url = running.watched(eyes.settings.data_dir, eyes.settings.worker_urls).get("monitor")
    seen = asking.samples(url) if url is not None else []
    runs = [sample for sample in seen if sample.name == metrics.RECONCILED.name]
    if not runs:
        yield Finding(name="Reconciliation", state="unknown", found="no monitor says what it found", fix="salur reconcile")
        return
    wrong = [sample for sample in seen if sample.name == metrics.DIFFERENCE.name and sample.value]
    for sample in wrong:
        found = f"{sample.labels['between']} differ by {sample.value:g} {sample.labels['unit']}"
        yield Finding(name="Reconciliation", state="wrong", found=found, fix="`salur reconcile` names the cells and events; it is an incident")
    age = eyes.clock() - min(sample.value for sample in runs)
    if not wrong and age > OLD_RUN_SECONDS:
        found = f"not all was compared for {age / 60:.0f} min"
        yield Finding(name="Reconciliation", state="notice", found=found, fix="look at the monitor's log; or `salur reconcile` now")
    elif not wrong:
        yield Finding(name="Reconciliation", state="fine", found=f"no differences; all compared {age:.0f} s ago or later")


def look_at_proof(eyes: Eyes) -> Iterator[Finding]:
    """Look at the signing key, the signer's memory, and the newest seal."""
    problem = _signer_problem(eyes)
    if problem is not None:
        yield problem
        return
    engine = open_for_reading(running.database_url(eyes.settings))
    try:
        with engine.connect() as connection, connection.begin():
            booked = connection.execute(sa.select(schema.head.c.booking)).scalar() or 0
            newest = connection.execute(sa.select(sa.func.max(schema.seals.c.number))).scalar()
            seen = {reading.metric: reading.value for reading in proof_readings(connection, clock=eyes.clock)}
    finally:
        engine.dispose()
    files = max(kept(eyes.settings.data_dir), default=0)
    if files > (newest or 0):
        found = f"seal {files} is published, the database knows {newest or 'none'}: it was restored from before that seal"
        yield Finding(name="Proof", state="wrong", found=found, fix="let it catch up from Kafka: salur rebuild --ledger, then salur seal")
    elif newest is None:
        if booked:
            yield Finding(name="Proof", state="notice", found="nothing is sealed yet", fix="salur seal")
        else:
            yield Finding(name="Proof", state="fine", found="nothing is booked that could be sealed")
    elif not seen[metrics.PROOF_VALID]:
        found = f"seal {newest} is not that of this ledger"
        yield Finding(name="Proof", state="wrong", found=found, fix="salur verify; keep the database as it is, and the seals")
    elif seen[metrics.CHECKPOINT_AGE] > OLD_SEAL_SECONDS:
        found = f"the oldest booking without a seal is {seen[metrics.CHECKPOINT_AGE] / 60:.0f} min old"
        yield Finding(name="Proof", state="wrong", found=found, fix="salur seal; `salur up` seals by itself unless --seal-every is 0")
    else:
        yield Finding(name="Proof", state="fine", found=f"seal {newest} holds")


def _signer_problem(eyes: Eyes) -> Finding | None:
    """Return what is wrong with the key or with what the signer remembers."""
    data_dir = eyes.settings.data_dir
    keys = data_dir / KEYS
    published = own_key(data_dir)
    if published is None:
        return None
    missing = next((path for path in (keys / KEY_FILE, keys / STATE_FILE) if not path.exists()), None)
    if missing is not None:
        found = f"{missing} is missing, although seals were signed with it"
        return Finding(name="Proof", state="wrong", found=found, fix="restore it from a backup: a new key would begin a new log, which auditors refuse")
    # Raises ConfigurationError for a key, IntegrityError for a memory, that cannot be read.
    signer = Signer(keys)
    signer.last()
    if signer.public_key != published:
        found = f"the key in {keys} is not the one that the seals were signed with"
        return Finding(name="Proof", state="wrong", found=found, fix="restore the key of these seals")
    return None


def look_at_backup(eyes: Eyes) -> Iterator[Finding]:
    """Look at when a backup was made last, as far as the data folder remembers."""
    from deploy.backup.memory import last_backup  # noqa: PLC0415 - backups know the doctor's findings too

    last = last_backup(eyes.settings.data_dir)
    if last is None and eyes.settings.origins["database_url"] != "default":
        found = f"no backup was made from {eyes.settings.data_dir}; one that was made from elsewhere is not known here"
        yield Finding(name="Backup", state="notice", found=found, fix="see that the job that makes them ran, or salur backup DIR, every day")
        return
    if last is None:
        yield Finding(name="Backup", state="notice", found="no backup was made yet", fix="salur backup DIR, on another disk, every day")
        return
    days = max(time.time() - last.finished_at / 1000, 0) / 86_400
    state = f"made {days:.0f} days ago in {last.folder}"
    if days > 7:
        yield Finding(name="Backup", state="notice", found=state, fix="salur backup DIR, on another disk, every day")
    else:
        yield Finding(name="Backup", state="fine", found=state)
