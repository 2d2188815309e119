"""A flaw: one thing in the database that is not what it must be, as exactly as it can be named."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """``row`` is the primary key as text (a decision's is its number), ``columns`` are those that are wrong, as far as that is known."""

    table: str
    says: str
    row: str = ""
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.table} {self.row}".strip()
        named = f" ({', '.join(self.columns)})" if self.columns else ""
        return f"{where}{named}: {self.says}"

    def to_json(self) -> dict[str, Any]:
        """Return the flaw as JSON values."""
        return {"table": self.table, "row": self.row, "columns": list(self.columns), "says": self.says}
