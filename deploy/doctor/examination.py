"""The order in which everything is looked at: what others stand on first, and nothing that stands on what is not fine.

Nothing is changed and nothing raises: a piece that cannot be looked at is a finding too.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy.exc import DBAPIError

from consumers.database import unreachable
from deploy.doctor import database_side, doors, kafka_side, machine, outbound, truth_side, workers_side
from deploy.doctor.finding import Eyes, Finding, Look
from models.errors import SalurError, Unreachable

SERIOUS: Final = frozenset({"wrong", "unreachable"})


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """One thing to look at; it is left out if one of the named ones is not fine."""

    name: str
    look: Look
    needs: Sequence[str] = ()


PIECES: Final = (
    Piece("Settings", machine.look_at_settings),
    Piece("Python", machine.look_at_python),
    Piece("Java", machine.look_at_java),
    Piece("Kafka's files", machine.look_at_kafka_files),
    Piece("Data folder", machine.look_at_data_folder),
    Piece("Disk", machine.look_at_disk),
    Piece("Kafka's folder", machine.look_at_kafka_folder, ["Data folder"]),
    Piece("Ports", machine.look_at_ports, ["Data folder"]),
    Piece("Certificate", doors.look_at_certificate),
    Piece("Mail", outbound.look_at_mail),
    Piece("Forms", outbound.look_at_forms),
    Piece("Broker", kafka_side.look_at_broker),
    Piece("Topics", kafka_side.look_at_topics, ["Broker"]),
    Piece("Database", database_side.look_at_database),
    Piece("Writing", database_side.look_at_lock, ["Database"]),
    Piece("Ledger", database_side.look_at_partitions, ["Database"]),
    Piece("Clock", database_side.look_at_clocks, ["Database"]),
    Piece("History", kafka_side.look_at_history, ["Broker", "Database"]),
    Piece("Workers", workers_side.look_at_workers, ["Broker"]),
    Piece("Booking", workers_side.look_at_ledger_lag, ["Broker", "Database"]),
    Piece("Tables", workers_side.look_at_tables_lag, ["Broker", "Database", "Topics"]),
    Piece("Held", truth_side.look_at_held, ["Database"]),
    Piece("Rejected", truth_side.look_at_rejected, ["Database"]),
    Piece("Reconciliation", truth_side.look_at_reconciliation),
    Piece("Proof", truth_side.look_at_proof, ["Database"]),
    Piece("Tokens", doors.look_at_tokens, ["Database"]),
    Piece("Notices", outbound.look_at_notices, ["Database"]),
    Piece("Backup", truth_side.look_at_backup),
)


def examine(eyes: Eyes) -> Iterator[Finding]:
    """Yield the findings of every piece, in an order in which the first one that is not fine is worth mending first."""
    bad: set[str] = set()
    for piece in PIECES:
        missing = [name for name in piece.needs if name in bad]
        if missing:
            yield Finding(name=piece.name, state="unknown", found=f"not looked at, because of: {', '.join(missing)}")
            continue
        findings = _looked(piece, eyes)
        if any(finding.state in SERIOUS for finding in findings):
            bad.add(piece.name)
        yield from findings


def _looked(piece: Piece, eyes: Eyes) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(piece.look(eyes))
    except DBAPIError as error:
        failed = unreachable(error)
        found.append(Finding(name=piece.name, state="unreachable", found=Exception.__str__(failed), fix=failed.hint))
    except Unreachable as error:
        found.append(Finding(name=piece.name, state="unreachable", found=Exception.__str__(error), fix=error.hint))
    except SalurError as error:
        found.append(Finding(name=piece.name, state="wrong", found=Exception.__str__(error), fix=error.hint))
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        found.append(Finding(name=piece.name, state="wrong", found=what, fix="give this user the right to read it, or mend the disk"))
    return found
