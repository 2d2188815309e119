"""Numbers that identify a person, recognised in text: NIK, passport, phone and account numbers.

A wrong alarm costs a partner one correction, a miss keeps a person's number for ever, so free text is read
suspiciously; dates and amounts of money are the two things that are let pass. Which members are read is decided
in ``models.rules.identity``.
"""

import re
from typing import Final

_PROVINCES: Final = frozenset(
    {
        *range(11, 20),  # Sumatra
        21,  # Kepulauan Riau
        *range(31, 37),  # Java
        *range(51, 54),  # Bali and Nusa Tenggara
        *range(61, 66),  # Kalimantan
        *range(71, 77),  # Sulawesi
        *range(81, 83),  # Maluku
        *range(91, 98),  # Papua
    }
)
_FEMALE_OFFSET: Final = 40
"""The day of birth of a woman is written with forty added."""
_DAYS: Final = range(1, 32)
_MONTHS: Final = range(1, 13)

_SIXTEEN_DIGITS: Final = re.compile(r"(?<!\d)\d{16}(?!\d)")
_DIGEST: Final = re.compile(r"(?<![0-9A-Za-z])(?=\d*[a-fA-F])[0-9a-fA-F]{24,}(?![0-9A-Za-z])")
"""A hash as an id: one in about thirty thousand holds sixteen digits that could be a NIK, and none of them is one."""
_SPACED_SIXTEEN_DIGITS: Final = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){15}(?!\d)")

_FEWEST_DIGITS: Final = 6
_WORTH_READING: Final = re.compile(r"\d(?:[ .\-()/]{0,2}\d){5}")
"""So many digits close together: nothing shorter is recognised below."""

_PHONE: Final = re.compile(
    r"(?<![\w])(?:"
    r"(?:\+62|0062|62|0)[ .\-]?\(?8\d{1,2}\)?(?:[ .\-]?\d{2,4}){2,3}"  # an Indonesian mobile
    r"|\+\d{1,3}(?:[ .\-]?\(?\d{1,4}\)?){2,5}"  # any number in international form
    r"|\(0\d{2,3}\)[ .\-]?\d{3,4}[ .\-]?\d{3,4}"  # a fixed line with its area code
    r")(?!\d)"
)
_FEWEST_PHONE_DIGITS: Final = 8
_PASSPORT: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2} ?\d{7}(?![A-Za-z0-9])")
_NAMED: Final = re.compile(
    r"(?i)\b(?:paspor|passport|nik|ktp|rek|rekening|norek|account|acc|a/c|telp?|telepon|phone|hp|wa|whatsapp)\b"
    r"[^\dA-Za-z]{0,4}(?:no|nomor|number|num|nr)?[^\dA-Za-z]{0,4}[A-Za-z]{0,2} ?\d(?:[ .\-]?\d){5,}"
)
"""A word that announces a person's number, and at least six digits after it."""
_LONG_NUMBER: Final = re.compile(r"(?<![\d.,])\d(?:\d{9,}|\d{3}(?: \d{4}){2,})(?!\d)")
"""Ten digits in a row, or groups of four as on a card."""
_HYPHENED_NUMBER: Final = re.compile(r"(?<![\d-])\d{1,7}(?:-\d{1,7}){1,5}(?![\d-])")
_FEWEST_HYPHENED_DIGITS: Final = 12
_LONGEST_GROUP_OF_A_REFERENCE: Final = 5
"""Accounts as banks print them have one long group; a reference such as 001-2020-05-0007 has none."""
_MONEY: Final = re.compile(r"(?i)(?:rp|idr|hkd|twd|nt\$|hk\$|myr|rm|sgd|s\$|krw|bnd|b\$)[. ]{0,2}\d[\d.,]*|(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?![\d])")
_DATE: Final = re.compile(r"(?<!\d)20\d{2}[ .\-/]?(?:0[1-9]|1[0-2])[ .\-/]?(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?!\d))?")
"""A day, and the time written right after it as in the addresses of newspapers."""


def is_nik(digits: str) -> bool:
    """Tell whether sixteen digits have the structure of a NIK: a province that exists, a possible day and month of birth, a serial."""
    province, day, month = int(digits[:2]), int(digits[6:8]), int(digits[8:10])
    return province in _PROVINCES and (day in _DAYS or day - _FEMALE_OFFSET in _DAYS) and month in _MONTHS and digits[12:] != "0000"


def holds_nik(text: str) -> bool:
    """Tell whether a run of exactly sixteen digits in an identifier is a NIK, digests left aside."""
    if _SIXTEEN_DIGITS.search(text) is None:
        return False
    return any(is_nik(found) for found in _SIXTEEN_DIGITS.findall(_DIGEST.sub(" ", text)))


def identifies_a_person(text: str) -> bool:
    """Tell whether free text holds what looks like a NIK, a passport, a phone or an account number."""
    if len(text) < _FEWEST_DIGITS or _WORTH_READING.search(text) is None:
        return False
    if any(is_nik(re.sub(r"[ .\-]", "", found)) for found in _SPACED_SIXTEEN_DIGITS.findall(text)):
        return True
    if _NAMED.search(text) is not None or _PASSPORT.search(text) is not None or _holds_phone(text):
        return True
    without_money_and_dates = _DATE.sub(" ", _MONEY.sub(" ", text))
    return _LONG_NUMBER.search(without_money_and_dates) is not None or any(map(_is_account, _HYPHENED_NUMBER.findall(without_money_and_dates)))


def _is_account(hyphened: str) -> bool:
    groups = [len(group) for group in hyphened.split("-")]
    return sum(groups) >= _FEWEST_HYPHENED_DIGITS and max(groups) > _LONGEST_GROUP_OF_A_REFERENCE


def _holds_phone(text: str) -> bool:
    return any(sum(map(str.isdigit, found)) >= _FEWEST_PHONE_DIGITS for found in _PHONE.findall(text))
