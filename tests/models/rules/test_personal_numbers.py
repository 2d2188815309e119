"""Personal numbers: recognised in every way people write them, and figures, dates and references are none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.identity import raw_may_hold_identity
from models.rules.personal_numbers import holds_nik, identifies_a_person, is_nik

PERSONAL = [
    "3174011204670001",
    "NIK 3174015204670001",
    "31 7401 120467 0001",
    "31.74.01.120467.0001",
    "\u0663\u0661\u0667\u0664\u0660\u0661\u0661\u0662\u0660\u0664\u0666\u0667\u0660\u0660\u0660\u0661",
    "081234567890",
    "0812-3456-7890",
    "+62 812 3456 7890",
    "62812345678901",
    "+886 912 345 678",
    "+852-5123-4567",
    "(021) 5255733",
    "telp 5255733",
    "B1234567",
    "X 1234567",
    "paspor c7654321",
    "rek. 1234567",
    "Rekening: 123-00-0987654-3",
    "BRI 002301004567508",
    "123-00-0987654-3",
    "4111 1111 1111 1111",
]
HARMLESS = [
    "",
    "posko Taipei",
    "BAST-2020-05-0007",
    "BAST-001-2020-05-0007",
    "SK 294/2020",
    "Kepmenaker 294 Tahun 2020",
    "Rp14718524400000",
    "Rp 14.718.524.400.000,00",
    "14.718.524.400.000",
    "IDR 14,718,524,400,000",
    "12.265.437 pembayaran dan 12.248.195 pembayaran",
    "12265437 12248195",
    "1985 39700 1091 21820",
    "20200503090000",
    "IMG_20200503_090000.jpg",
    "INV-202005030001",
    "LPJ/PPKK/2020/10/02",
    "2020-05-03 09.00.00",
    "https://www.kompas.com/tren/read/2020/10/07/093200565/5-bantuan",
    "https://news.detik.com/berita/d-4968375",
    "https://www.cnnindonesia.com/ekonomi/20200407151247-92-491336/blk",
    "MSK-TW-1",
    "350 kotak berisi 50 buah",
    "-6.2087634, 106.845599",
    "HS-0815",
]


@pytest.mark.parametrize("text", PERSONAL)
def test_a_personal_number_is_recognised(text: str) -> None:
    assert identifies_a_person(text)
    assert identifies_a_person(f"diserahkan kepada ({text}), Taipei")


@pytest.mark.parametrize("text", HARMLESS)
def test_a_figure_a_date_or_a_reference_is_none(text: str) -> None:
    assert not identifies_a_person(text)


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("3174011204670001", True),
        ("3174015204670001", True),  # a woman's day of birth
        ("9871011204670001", False),  # no such province
        ("3174013204670001", False),  # no 32nd day
        ("3174017204670001", False),
        ("3174011213670001", False),  # no 13th month
        ("3174010004670001", False),
        ("3174011204670000", False),  # serials begin at 1
        ("0000000000000001", False),
    ],
)
def test_a_nik_has_a_province_a_date_of_birth_and_a_serial(*, digits: str, valid: bool) -> None:
    assert is_nik(digits) is valid
    assert holds_nik(f"penerima-{digits}") is valid


@pytest.mark.parametrize(
    "identifier", ["kdei-tpe-2020-05-0007", "081234567890", "31740112046700012", "1f3a3174011204670001aa99bb77cc00", "0196f2a4-7d31-7c55-8a10-3174011204b7"]
)
def test_an_identifier_without_a_nik_of_its_own_is_left_alone(identifier: str) -> None:
    assert not holds_nik(identifier)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"activity":"3174011204670001","activity":"nothing"}',
        b'{"note":31740112046}',
        b'{"n":"081234567890"',
        b'{"a":"\\u0033174011204670001"}',
        b'{"a":"\\u0033174011204670001"',
        b'{"081234567890":1}',
        b'{"quantity":"hubungi 081234567890"}',
        "\ufeff3174011204670001".encode("utf-16"),
        b"\x1f\x8b\x08\x00",
    ],
)
def test_bytes_that_may_hold_a_persons_number_are_not_kept(raw: bytes) -> None:
    assert raw_may_hold_identity(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[" * 2_000,
        b'{"amount":"14718524400000"}',
        b'{"amount":14718524400000}',
        b'{"quantity":"3174011204670001"}',
        b'{"id":"081234567890"}',
        b'{"time":"2020-05-03T09:00:00+08:00","amount":"14718524400000"',
        b'{"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}',
    ],
)
def test_bytes_with_figures_only_are_kept(raw: bytes) -> None:
    assert not raw_may_hold_identity(raw)


@given(st.binary(max_size=400))
def test_any_bytes_are_judged_and_nothing_is_raised(raw: bytes) -> None:
    assert raw_may_hold_identity(raw) in {True, False}


@given(st.text(alphabet="0123456789 .-+()/RpA", max_size=300))
def test_any_text_of_digits_is_judged_quickly(text: str) -> None:
    began = time.process_time()
    identifies_a_person(text)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("pattern", ["1 ", "1-", "1.", "0 8", "+1 ", "1(", "20200101", "1.111", "rp1", "A1", "(0", "rek 1 "])
def test_a_long_hostile_text_is_judged_in_time(pattern: str) -> None:
    began = time.process_time()
    identifies_a_person(pattern * (500_000 // len(pattern)))
    assert time.process_time() - began < 5
