"""Holding against each other, after a chaos run, everything that must say the same: tables, ledger, log, oracle, seals, and what partners were told."""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from consumers.proof.verification import verify
from consumers.reconcile.reconcile import reconcile
from deploy.sealing import kept, own_key
from models.registry import Registry
from tests.chaos import invariants
from tests.chaos.faults import Say
from tests.chaos.report import Report
from tests.chaos.sealer import NOT_SEALED
from tests.chaos.stack import Stack
from tests.chaos.web_partners import WebPartners
from tests.workload import Workload


def compare(stack: Stack, workload: Workload, partners: WebPartners | None, report: Report, *, say: Say) -> Iterator[str]:
    """Yield every problem."""
    with stack.reading.connect() as connection, connection.begin():
        say("comparing: invariants")
        # Row by row: millions of raw events would not fit.
        yield from invariants.broken(connection.execution_options(stream_results=True, max_row_buffer=5_000), ends=stack.ends())
        say("comparing: oracle")
        yield from _oracle(connection, workload, partners)
        report.booking, report.decisions = connection.execute(sa.text("SELECT booking, size FROM head")).one()
        if stack.seals:
            say("comparing: proofs")
            yield from _proofs(connection, stack, report)
    if partners is not None:
        yield from partners.problems
    say("comparing: tables, ledger and log")
    verdict = reconcile(stack.reading, stack.bootstrap_servers, registry=Registry.shipped())
    yield from (f"reconcile: {difference}" for difference in verdict.differences)
    if verdict.booking != verdict.head:
        yield f"reconcile: compared at booking {verdict.booking}, but the ledger is at {verdict.head}"
    yield from (line for line in stack.log_lines() if NOT_SEALED in line)


def _oracle(connection: sa.Connection, workload: Workload, partners: WebPartners | None) -> Iterator[str]:
    """What was sent, by plain arithmetic, against what the ledger says; only repeats of what came over HTTP are not known before."""
    expected, intake = Counter(workload.figures), Counter(workload.intake)
    if partners is not None:
        expected.update(partners.figures)
        decided = partners.check(connection)
        intake.update(decided)
        intake["received"] += decided.total()
    counted, found = invariants.intake(connection), invariants.figures(connection)
    yield from (f"oracle: {name} is {counted[name]}, expected {intake[name]}" for name in counted if counted[name] != intake[name])
    for figure in set(found) | set(expected):
        if found[figure] != expected[figure]:
            yield f"oracle: {figure} is {found[figure]}, expected {expected[figure]}"


def _proofs(connection: sa.Connection, stack: Stack, report: Report) -> Iterator[str]:
    """I6: every seal holds, each goes on from the one before, and the last is of everything."""
    documents = kept(stack.data)
    verified = verify(connection, key=own_key(stack.data), kept=documents)
    report.seals = len(documents)
    yield from (f"proof: {flaw}" for flaw in verified.flaws)
    if sorted(documents) != list(range(1, len(documents) + 1)):
        yield f"proof: the seals are not dense: {len(documents)} up to {max(documents, default=0)}"
    if verified.seal is None or verified.seal.booking != verified.booking:
        yield f"proof: the last seal is of booking {verified.seal.booking if verified.seal else 0}, but the ledger is at {verified.booking}"
