"""From one cell to the value of its column, or to why it cannot be read. Whatever could be meant in two ways is asked for, never guessed."""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from streams.sheets.columns import Column
from streams.sheets.mistakes import Flaw
from streams.sheets.table import Cell, Odd

Value = str | int | bool | list[str]

_MOST_DIGITS: Final = 15
_SERIAL_DAYS: Final = range(36_526, 73_051)
"""2000 to 2099, as Excel counts days."""
_DAY_ZERO: Final = datetime.date(1899, 12, 30)
_MIDNIGHT: Final = "T00:00:00+07:00"
"""A day without a time is the day in Asia/Jakarta, by which all days are counted."""

_WHOLE: Final = re.compile(r"-?[0-9]+")
_ONE_SEPARATOR: Final = re.compile(r"(-?)([0-9]+)([.,])([0-9]+)")
_GROUPED: Final = re.compile(r"-?[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})")
_INDONESIAN: Final = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")
_ENGLISH: Final = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")
_SPACED: Final = re.compile(r"-?[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+")

_YEAR_FIRST: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
_SHORT_YEAR: Final = re.compile(r"[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3,9})[-/. ]'?[0-9]{2}")
_NAMED_MONTH: Final = re.compile(r"([0-9]{1,2})[- ]([A-Za-z]{3,9})\.?[- ]([0-9]{4})")
_DIGITS_ONLY: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MOMENT: Final = re.compile(
    r"(\S.*?\S)[T ]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(\.[0-9]{1,9})?)? ?(Z|[+-][0-9]{2}:[0-9]{2}|WIB|WITA|WIT)?", re.IGNORECASE
)
_ZONES: Final = MappingProxyType({"WIB": "+07:00", "WITA": "+08:00", "WIT": "+09:00", "Z": "Z"})
_MONTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "januari january jan",
                "februari february feb pebruari",
                "maret march mar",
                "april apr",
                "mei may",
                "juni june jun",
                "juli july jul",
                "agustus august agu agt ags aug",
                "september sep sept",
                "oktober october okt oct",
                "november nov nopember nop",
                "desember december des dec",
            ),
            start=1,
        )
        for name in names.split()
    }
)
_YES: Final = frozenset({"ya", "yes", "true", "benar"})
_NO: Final = frozenset({"tidak", "no", "false", "salah"})


def read(cell: Cell, column: Column, *, counts_days: bool) -> Value | Flaw:
    """Read a cell that is not blank. ``counts_days`` tells whether a bare number may be a day as Excel counts them."""
    if isinstance(cell, Odd):
        return Flaw(cell.value)
    match column.kind:
        case "number" | "line":
            return _number(cell, whole=column.kind == "line")
        case "moment" | "day" | "day-or-moment":
            return _day_or_moment(cell, column, counts_days=counts_days)
        case "yes-or-no":
            return _yes_or_no(cell)
        case "choice":
            text = _text(cell)
            return text if isinstance(text, Flaw) else _choice(text, column)
        case "list":
            text = _text(cell)
            return text if isinstance(text, Flaw) else [part for part in re.split(r"[;,\s]+", text) if part]
        case "text":
            return _text(cell)


def _text(cell: Cell) -> str | Flaw:
    match cell:
        case bool():
            return Flaw("sheet.truth_value")
        case str():
            return cell
        case int() | float():
            return _of_float(cell) or Flaw("sheet.number_rounded")
        case _:
            return Flaw("sheet.became_date")


def _number(cell: Cell, *, whole: bool) -> Value | Flaw:
    match cell:
        case bool():
            return Flaw("sheet.truth_value")
        case int() | float():
            written = _of_float(cell)
            return Flaw("sheet.number_rounded") if written is None else _wire(written, whole=whole)
        case Decimal():
            return _wire(format(cell, "f"), whole=whole)
        case str():
            written_or_flaw = _written_number(cell)
            return written_or_flaw if isinstance(written_or_flaw, Flaw) else _wire(written_or_flaw, whole=whole)
        case _:
            return Flaw("sheet.became_date")


def _written_number(text: str) -> str | Flaw:
    """Return the number as digits with at most one point."""
    if _WHOLE.fullmatch(text):
        return text
    if _GROUPED.fullmatch(text):
        return text.replace(".", "").replace(",", "")
    if _INDONESIAN.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _ENGLISH.fullmatch(text):
        return text.replace(",", "")
    if _SPACED.fullmatch(text):
        return Flaw("sheet.number_ambiguous", (re.sub(r"\s", "", text),))
    found = _ONE_SEPARATOR.fullmatch(text)
    if found is None:
        return Flaw("sheet.number_invalid")
    sign, before, separator, after = found.groups()
    if len(after) == 3 and len(before) <= 3 and not before.startswith("0"):
        decimal = after.rstrip("0")
        return Flaw("sheet.number_ambiguous", (f"{sign}{before}{after}", f"{sign}{before}{separator}{decimal}" if decimal else f"{sign}{before}"))
    return f"{sign}{before}.{after}"


def _of_float(number: float) -> str | None:
    """Return a number of a spreadsheet as it is shown there, None if it has more digits than spreadsheets keep."""
    shown = Decimal(format(number, f".{_MOST_DIGITS}g"))
    if not shown.is_finite() or abs(shown) >= 10**_MOST_DIGITS:
        return None
    return format(shown, "f")


def _wire(written: str, *, whole: bool) -> Value | Flaw:
    """Return the one form in which a number is sent, so that the same number is always the same bytes."""
    sign, digits = ("-", written[1:]) if written.startswith("-") else ("", written)
    before, _, after = digits.partition(".")
    before, after = before.lstrip("0") or "0", after.rstrip("0")
    if after:
        return Flaw("sheet.number_invalid") if whole else f"{sign}{before}.{after}"
    return int(sign + before) if len(before) <= _MOST_DIGITS else sign + before


def _yes_or_no(cell: Cell) -> bool | Flaw:
    if isinstance(cell, bool):
        return cell
    word = cell.lower() if isinstance(cell, str) else ""
    return word in _YES if word in _YES | _NO else Flaw("sheet.choice_invalid", ("ya", "tidak", "yes", "no"))


def _choice(text: str, column: Column) -> str | Flaw:
    return text if text in column.choices else Flaw("sheet.choice_invalid", column.choices)


def _day_or_moment(cell: Cell, column: Column, *, counts_days: bool) -> str | Flaw:
    day = _day(cell, counts_days=counts_days)
    if isinstance(day, datetime.date):
        return day.isoformat() + (_MIDNIGHT if column.kind == "moment" else "")
    if isinstance(day, str) and column.kind == "day":
        return Flaw("sheet.date_invalid", (day[: len("2020-05-31")],))
    return day


def _day(cell: Cell, *, counts_days: bool) -> datetime.date | str | Flaw:
    """Return the day that is meant, or a moment with its zone."""
    match cell:
        case bool():
            return Flaw("sheet.truth_value")
        case datetime.datetime():
            at_midnight = cell.time() == datetime.time()
            return cell.date() if at_midnight else Flaw("sheet.zone_missing")
        case datetime.date():
            return cell
        case int() | float():
            day = _serial(cell)
            return day if day is not None and counts_days else Flaw("sheet.date_serial", (day.isoformat(),) if day else ())
        case str():
            return _written_day(cell)
        case _:
            return Flaw("sheet.date_invalid")


def _written_day(text: str) -> datetime.date | str | Flaw:
    if _WHOLE.fullmatch(text):
        return _bare_number(text)
    clock = _MOMENT.fullmatch(text)
    if clock is None:
        return _calendar_day(text)
    day = _calendar_day(clock[1])
    return day if isinstance(day, Flaw) else _moment(day, clock)


def _moment(day: datetime.date, clock: re.Match[str]) -> str | Flaw:
    hour, minute, second, fraction, zone = clock[2], clock[3], clock[4] or "00", clock[5] or "", clock[6]
    if zone is None:
        return Flaw("sheet.zone_missing")
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        return Flaw("sheet.date_invalid")
    return f"{day.isoformat()}T{hour.zfill(2)}:{minute}:{second}{fraction}{_ZONES.get(zone.upper(), zone)}"


def _calendar_day(text: str) -> datetime.date | Flaw:
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NAMED_MONTH.fullmatch(text):
        return _date(int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1]))
    if found := _YEAR_LAST.fullmatch(text):
        return _either_way(int(found[1]), int(found[2]), int(found[3]))
    return Flaw("sheet.year_short") if _SHORT_YEAR.fullmatch(text) else Flaw("sheet.date_invalid")


def _either_way(first: int, second: int, year: int) -> datetime.date | Flaw:
    days = {day for day in (_date(year, second, first), _date(year, first, second)) if isinstance(day, datetime.date)}
    if len(days) == 2:
        return Flaw("sheet.date_ambiguous", (_date_text(year, second, first), _date_text(year, first, second)))
    return days.pop() if days else Flaw("sheet.date_invalid")


def _bare_number(text: str) -> Flaw:
    if found := _DIGITS_ONLY.fullmatch(text):
        day = _date(int(found[1]), int(found[2]), int(found[3]))
        return Flaw("sheet.date_serial", () if isinstance(day, Flaw) else (day.isoformat(),))
    serial = _serial(int(text)) if len(text) == 5 else None
    return Flaw("sheet.date_serial", (serial.isoformat(),) if serial else ())


def _serial(number: float) -> datetime.date | None:
    return _DAY_ZERO + datetime.timedelta(days=int(number)) if number in _SERIAL_DAYS else None


def _date(year: int, month: int, day: int) -> datetime.date | Flaw:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return Flaw("sheet.date_invalid")


def _date_text(year: int, month: int, day: int) -> str:
    return f"{year:04}-{month:02}-{day:02}"
