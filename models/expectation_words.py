"""What was expected instead of a refused value, in words for people: Indonesian for every phrase, and both for patterns.

The English phrases are made where the rules are, and stored with the verdict. A phrase that is new there needs its
Indonesian here; a test collects them all. Codes, numbers and names of members are the same in every language.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.phrases import Phrasebook
from models.reasons import Language

PATTERN: Final = "pattern "
"""How an expectation begins that is a regular expression of a JSON Schema."""

PATTERNS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        r"^[a-z0-9][a-z0-9-]{0,62}$": (
            "1 to 63 characters of a-z, 0-9 and -, not beginning with -",
            "1 sampai 63 karakter dari a-z, 0-9, dan -, tidak diawali -",
        ),
        r"^[0-9a-f]{64}$": ("64 hexadecimal digits (0-9, a-f)", "64 angka heksadesimal (0-9, a-f)"),
        r"^[A-Z]{3}$": ("3 capital letters", "3 huruf besar"),
        r"^[0-9]+(\.[0-9]+)?$": (
            "digits with at most one decimal point, as in 1500 or 0.5",
            "angka dengan paling banyak satu titik desimal, seperti 1500 atau 0.5",
        ),
        r"^urn:salur:partner:[a-z0-9][a-z0-9-]{0,62}$": ("urn:salur:partner:<code>", "urn:salur:partner:<kode>"),
        r"^application/json( *;.{0,100})?$": ("application/json", "application/json"),
        r"^hmac-sha256:[A-Za-z0-9._-]{1,64}:[0-9a-f]{64}$": ("hmac-sha256:<key>:<64 hexadecimal digits>", "hmac-sha256:<kunci>:<64 angka heksadesimal>"),
        (
            r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
            r"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$"
        ): (
            "a day such as 2020-05-03, or a moment such as 2020-05-03T09:00:00+08:00",
            "tanggal seperti 2020-05-03, atau waktu seperti 2020-05-03T09:00:00+08:00",
        ),
    }
)
"""The patterns of the schemas, in English and Indonesian."""

_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "UTF-8; byte {position} is not": "UTF-8; bita pada posisi {position} bukan UTF-8",
        "JSON; it ends being JSON at line {line} column {column}": "JSON; mulai baris {line} kolom {column} bukan JSON lagi",
        "JSON, which has no NaN and no infinity": "JSON, yang tidak mengenal NaN dan tak hingga",
        "at most {depth} levels": "paling banyak {depth} tingkat",
        "no control, bidirectional or zero-width characters": "tanpa karakter kendali, pengubah arah teks, atau karakter tak terlihat",
        "each member once": "setiap isian satu kali saja",
        "a value; a record without one removes nothing here": "isi; rekaman tanpa isi tidak menghapus apa pun di sini",
        "at most {size} bytes": "paling banyak {size} bita",
        "headers of UTF-8 text": "header berupa teks UTF-8",
        "each attribute once, and data in the value": "setiap atribut satu kali saja, dan data di dalam nilai rekaman",
        "a JSON object": "objek JSON",
        "a type of the catalogue": "salah satu jenis peristiwa dalam katalog",
        "string": "teks (string)",
        "object": "objek JSON (object)",
        "array": "daftar (array)",
        "integer": "bilangan bulat (integer)",
        "boolean": "true atau false",
        "string or object": "teks atau objek JSON (string atau object)",
        "integer or string": "bilangan bulat atau teks (integer atau string)",
        "1 to 128 characters": "1 sampai 128 karakter",
        "quantity and unit, or recipients": "quantity dan unit, atau recipients",
        "a day such as 2020-05-03": "tanggal seperti 2020-05-03",
        "urn:salur:partner:<code>": "urn:salur:partner:<kode>",
        "one of {codes:many}": "salah satu dari {codes}",
        "at least {number}": "paling sedikit {number}",
        "at most {number}": "paling banyak {number}",
        "minimum {number}": "paling kecil {number}",
        "maximum {number}": "paling besar {number}",
    }
)

_QUANTITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a whole JSON number up to 2^53, or a decimal string such as 0.5": "bilangan bulat JSON paling besar 2^53, atau teks desimal seperti 0.5",
        "a JSON integer or a decimal string": "bilangan bulat JSON atau teks desimal",
        "a JSON number of at most 2^53, or the same digits as a string": "bilangan JSON paling besar 2^53, atau angka yang sama sebagai teks",
        "at most {digits} digits": "paling banyak {digits} angka",
        "at most {digits} digits, {decimals} of them decimals, for unit {unit}": (
            "paling banyak {digits} angka, termasuk {decimals} angka desimal, untuk satuan {unit}"
        ),
        "at most {decimals} decimals for unit {unit}": "paling banyak {decimals} angka desimal untuk satuan {unit}",
        "at most 0 decimals for unit {unit}": "tanpa angka desimal untuk satuan {unit}",
        "ASCII digits with at most one decimal point, as in 1500 or 0.5": "angka 0-9 dengan paling banyak satu titik desimal, seperti 1500 atau 0.5",
        "more than 0": "lebih dari 0",
        "0 or more": "0 atau lebih",
        "whole numbers of 0 or more": "bilangan bulat 0 atau lebih",
        "at most the number of people of the line": "tidak lebih dari jumlah orang pada baris itu",
        "a whole number from 1": "bilangan bulat mulai dari 1",
        "a number of its own": "nomor yang berbeda dari baris lain",
        "numbers from 1": "nomor mulai dari 1",
        "person or household": "person atau household",
        "an item in {units:or}": "bantuan dengan satuan {units}",
        "{unit} for item {item}": "{unit} untuk bantuan {item}",
        "a unit in which things or people are counted": "satuan untuk menghitung barang atau orang",
        "{units:or} for item {item}": "{units} untuk bantuan {item}",
        "a measure of the tally": "salah satu ukuran dalam tabel penyaluran",
        "{number} and {unit} together": "{number} dan {unit} bersama-sama",
        "{one} beside {other}": "{one} di samping {other}",
        "a name of its own": "nama yang berbeda dari yang lain",
        "no value beside tens, hundreds or thousands": "tanpa nilai bila disebut puluhan, ratusan, atau ribuan",
        "an ISO 4217 code such as IDR": "kode ISO 4217 seperti IDR",
    }
)

_EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a moment with its offset such as 2020-05-03T09:00:00+08:00 (RFC 3339)": "waktu beserta selisih zonanya seperti 2020-05-03T09:00:00+08:00 (RFC 3339)",
        "at most five minutes after it was received": "paling lambat lima menit setelah diterima",
        "{day} or later": "{day} atau sesudahnya",
        "the day of {member} or later": "tanggal {member} atau sesudahnya",
        "a day of the calendar": "tanggal yang ada dalam kalender",
        "period or batches": "period atau batches",
        "batch/<name>": "batch/<nama>",
        "another event than the original": "peristiwa lain, bukan peristiwa asal",
        "another event than this one": "peristiwa lain, bukan peristiwa ini sendiri",
        "an event that posts something": "peristiwa yang membukukan jumlah",
        "an event that posts something of its own": "peristiwa yang membukukan jumlahnya sendiri",
        "another delivery that is booked": "penyaluran lain yang sudah dibukukan",
        "a delivery": "peristiwa penyaluran",
        "a delivery of the same partner": "penyaluran dari mitra yang sama",
        "a delivery of another partner": "penyaluran dari mitra lain",
        "a complaint": "pengaduan",
        "a salur.target.set.v1": "peristiwa salur.target.set.v1",
        "a salur.finding.raised.v1": "peristiwa salur.finding.raised.v1",
        "a payment": "peristiwa pembayaran",
        "a salur.consignment.dispatched.v1": "peristiwa salur.consignment.dispatched.v1",
        "a partner of Kemnaker": "mitra dari lingkungan Kemnaker",
        "nothing: the partner is registered and reports nothing yet": "tidak ada laporan: mitra terdaftar, tetapi belum berwenang melaporkan apa pun",
        "{reports:many} of {programme} at {countries:many}": "{reports} untuk program {programme} dengan tujuan {countries}",
        "{reports:many} of every programme at {countries:many}": "{reports} untuk semua program dengan tujuan {countries}",
        "reference": "peristiwa acuan (reference)",
        "assurance": "verifikasi, penetapan, dan temuan (assurance)",
        "statements": "pernyataan (statements)",
        "reference events for partners of Kemnaker only": "peristiwa acuan (reference) hanya untuk mitra dari lingkungan Kemnaker",
        "the partner who owns {topic}": "mitra pemilik topik {topic}",
        "a code that is not taken, or the same content as before": "kode yang belum dipakai, atau isi yang sama seperti sebelumnya",
        "a code that begins with {prefix} exactly when simulated is true": "kode yang diawali {prefix} jika, dan hanya jika, simulated bernilai true",
    }
)

_BOOK: Final = Phrasebook(MappingProxyType({**_FORMS, **_QUANTITIES, **_EVENTS}))
_CODES: Final = re.compile(r"[A-Z]{3}(, [A-Z]{3})*|urn:salur:partner:[a-z0-9-]+|[a-z-]+\.[a-z.]+\.v1|[0-9.]+")
"""Lists of currencies, partners, types and numbers: they are written so in every language."""


def in_words(expected: str, language: Language) -> str:
    """Return an expectation for people; a phrase without Indonesian words stays as it is, which a test does not let happen."""
    known = PATTERNS.get(expected.removeprefix(PATTERN)) if expected.startswith(PATTERN) else None
    if known is not None:
        return known[language == "id"]
    return expected if language == "en" else in_indonesian(expected) or expected


def in_indonesian(expected: str) -> str | None:
    """Return the Indonesian words of an expectation; None if there are none."""
    if expected.startswith(PATTERN):
        known = PATTERNS.get(expected.removeprefix(PATTERN))
        return None if known is None else known[1]
    if _CODES.fullmatch(expected):
        return expected
    return _BOOK.translated(expected) or _each_of(expected)


def _each_of(expected: str) -> str | None:
    """Translate what a partner may report, grant by grant."""
    parts = [_BOOK.translated(part) for part in expected.split("; ")]
    known = [part for part in parts if part is not None]
    return "; ".join(known) if len(known) == len(parts) else None
