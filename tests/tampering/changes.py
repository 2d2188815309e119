"""Values, rows and ends changed all over a ledger, and what `salur verify` made of it."""

import dataclasses
import random
from collections.abc import Callable, Iterator

from consumers.proof.verification import Verified
from tests.tampering.booked import TABLES, columns
from tests.tampering.tamperer import Mutation, Tamperer


@dataclasses.dataclass
class Outcome:
    """What a run came to."""

    tried: int = 0
    missed: list[str] = dataclasses.field(default_factory=list)
    columns: set[tuple[str, str]] = dataclasses.field(default_factory=set)
    named_row: int = 0
    named_column: int = 0
    sealed: int = 0
    """Changes of one value that the seals bind by row: of these the row and the column must be named."""

    def take(self, mutation: Mutation, found: Verified) -> None:
        """Count one change."""
        self.tried += 1
        self.columns.add((mutation.table, mutation.column))
        if found.holds:
            self.missed.append(f"{mutation.table}.{mutation.column} {mutation.key}")
            return
        if mutation.table == "decisions" and mutation.column not in mutation.key:
            self.sealed += 1
            flaws = [flaw for flaw in found.flaws if flaw.table == "decisions"]
            self.named_row += bool(flaws) and flaws[0].row == str(mutation.key["number"])
            self.named_column += any(mutation.column in flaw.columns for flaw in flaws)


def mutated(tamperer: Tamperer, chance: random.Random, *, wanted: int, say: Callable[[int], None] = lambda _done: None) -> Outcome:
    """Change values, one in each column in turn, until so many were changed; ``say`` hears how many were."""
    outcome = Outcome()
    while outcome.tried < wanted:
        before = outcome.tried
        for table, column in columns():
            if outcome.tried >= wanted:
                break
            changed = tamperer.change(table, column, chance)
            if changed is not None:
                outcome.take(*changed)
                say(outcome.tried)
        assert outcome.tried > before, "nothing can be changed"
    return outcome


def rows_hurt(tamperer: Tamperer, chance: random.Random, *, rounds: int) -> Iterator[tuple[str, bool]]:
    """Delete, insert, swap and cut in every table; yield what was done and whether it was noticed."""
    for _ in range(rounds):
        for table in TABLES:
            for what in ("delete", "insert", "swap", "cut"):
                found = tamperer.hurt(what, table, chance)
                if found is not None:
                    yield f"{what} {table.name}", not found.holds


def never_changed(outcome: Outcome) -> list[str]:
    """Return the columns that no change was made to, because the ledger has no row there or the database refuses every other value."""
    return sorted(f"{table.name}.{column.name}" for table, column in columns() if (table.name, column.name) not in outcome.columns)
