"""The few forms of SQLAlchemy statements that the ledger writes out itself, carried out on rows in memory.

Anything else is refused, so a new form of statement is seen at once.
"""

import operator
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql import elements, operators

Row = Any
Tables = dict[str, dict[Any, Row]]
Change = Callable[[str, Any, Row], None]

_OPERATORS: Final[dict[Any, Callable[[Any, Any], bool]]] = {
    operators.eq: lambda left, right: bool(left == right),
    operators.lt: lambda left, right: bool(left < right),
    operators.gt: lambda left, right: bool(left > right),
    operators.is_: lambda left, right: left is right,
}
_shapes: dict[tuple[str, ...], Any] = {}


class Result:
    """What a statement found, or how many rows it changed."""

    def __init__(self, rows: list[Row], rowcount: int = 0) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def all(self) -> list[Row]:
        return self._rows

    def one(self) -> Row:
        (row,) = self._rows
        return row

    def scalar_one(self) -> Any:
        return self.one()[0]


def shape(names: Iterable[str]) -> Any:
    """Return the class of rows with these columns."""
    key = tuple(names)
    if key not in _shapes:
        _shapes[key] = namedtuple("Row", key)  # noqa: PYI024  its columns are known at run time only
    return _shapes[key]


def matches(clause: Any, row: Row) -> bool:
    """Tell whether a row fulfils a condition."""
    return bool(_value(clause, row))


def execute(statement: Any, tables: Tables, change: Change) -> Result:
    """Carry out a SELECT of one table, or an UPDATE; ``change`` is told each row to put in the place of another."""
    if isinstance(statement, sa.Select):
        return _select(statement, tables)
    assert isinstance(statement, sa.Update), f"no such statement here: {statement}"
    changed: Any = statement
    table = changed.table.name
    values = {name: bind.value for name, bind in changed._values.items()}
    wanted = [(key, row) for key, row in tables[table].items() if all(matches(clause, row) for clause in statement._where_criteria)]
    for key, row in wanted:
        change(table, key, row._replace(**values))
    return Result([], len(wanted))


def _select(statement: Any, tables: Tables) -> Result:
    selected = list(statement.selected_columns)
    columns, table = [column.name for column in selected], selected[0].table
    where = statement._where_criteria
    rows = [row for row in tables[table.name].values() if all(matches(clause, row) for clause in where)]
    for order in reversed(statement._order_by_clauses):
        rows.sort(key=operator.attrgetter(order.name))
    limit = statement._limit
    made = shape(columns)
    return Result([made(*[getattr(row, name) for name in columns]) for row in (rows if limit is None else rows[:limit])])


def _value(clause: Any, row: Row) -> Any:
    match clause:
        case sa.Column():
            return getattr(row, clause.name)
        case elements.BindParameter():
            return clause.value
        case elements.Null():
            return None
        case elements.Grouping():
            return _value(clause.element, row)
        case elements.BooleanClauseList():
            among = (_value(one, row) for one in clause.clauses)
            return all(among) if clause.operator is operators.and_ else any(among)
        case elements.BinaryExpression() if clause.operator is operators.between_op:
            low, high = (_value(one, row) for one in clause.right.clauses)
            return low <= _value(clause.left, row) <= high
        case elements.BinaryExpression() if clause.operator in _OPERATORS:
            return _OPERATORS[clause.operator](_value(clause.left, row), _value(clause.right, row))
    message = f"no such condition here: {clause!r}"
    raise NotImplementedError(message)
