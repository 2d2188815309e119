"""Records that must never stop a worker, and the disposition and reason in which each must end.

Each stands alone: it needs nothing but the shipped code lists, and an accepted or held one claims an id of its own.
Everything here is a literal value, so that it cannot share a mistake with the code it tries; only the persons'
numbers in plans, services, assurance and statements are planted member by member (see ``tests.planted``).
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from tests.planted import PLACES, planted

Disposition = Literal["accepted", "rejected", "held"]


class Poison(NamedTuple):
    """One Kafka record: what it is, its parts, the disposition in which it ends, and a reason that must be among those given ("" for accepted)."""

    name: str
    value: bytes | None
    key: bytes | None
    headers: Sequence[tuple[str, bytes]]
    disposition: Disposition
    reason: str


_SOURCE: Final = "urn:salur:partner:"
_NIK: Final = "3174011204670001"
"""Made up: a province, a date and a serial that could be somebody's."""
_MORE_NUMBERS: Final = {"paspor": "B1234567", "phone": "0812-3456-7890", "rekening": "002301004567508"}


def _event(name: str, kind: str, data: object, *, partner: str, **envelope: object) -> dict[str, Any]:
    whole = {
        "specversion": "1.0",
        "id": f"poison-{name}"[:128],
        "source": _SOURCE + partner,
        "type": f"salur.{kind}.v1",
        "time": "2020-05-03T09:00:00+08:00",
        "data": data,
    }
    return {**whole, **envelope}


def _line(**more: object) -> dict[str, Any]:
    return {"line": 1, "item": "masker", "quantity": "16500", "unit": "piece", **more}


def _masks(name: str, *, lines: object = None, data: Mapping[str, object] | None = None, partner: str = "kdei-taipei", **envelope: object) -> dict[str, Any]:
    """Return masks handed out in Taiwan, with whatever makes it poison."""
    given = {"programme": "bantuan-pmi", "country": "TW", "recipient_type": "pmi", "lines": [_line()] if lines is None else lines, **(data or {})}
    return _event(name, "distribution.recorded", given, partner=partner, **envelope)


def _payment(
    name: str, *, kind: str = "disbursement.confirmed", partner: str = "bank-penyalur", more: Mapping[str, object] | None = None, **line: object
) -> dict[str, Any]:
    lines = [{"line": 1, "payments": 10, "amount": "12000000", "currency": "IDR", **line}]
    return _event(name, kind, {"programme": "bsu", "country": "ID", "lines": lines, **(more or {})}, partner=partner)


def _groups(name: str, *, partner: str = "kemnaker-ppkk", kind: str = "group.assisted", programme: str = "jps-tkm", **line: object) -> dict[str, Any]:
    lines = [{"line": 1, "item": "kelompok-wirausaha", "quantity": 2, "unit": "group", **line}]
    return _event(name, kind, {"programme": programme, "country": "ID", "lines": lines}, partner=partner)


def _registered(name: str, noun: str, data: Mapping[str, object], *, partner: str = "kemnaker") -> dict[str, Any]:
    whole = {"code": name, "name": {"id": "Nama", "en": "Name"}, **data}
    return _event(name, f"{noun}.registered", whole, partner=partner)


def _correction(name: str, kind: str = "event.reversed", *, partner: str = "kdei-taipei", **data: object) -> dict[str, Any]:
    given = {"original": f"never-sent-{name}", **data}
    return _event(name, kind, given if kind == "event.annotated" else {"reason": "entered_twice", **given}, partner=partner)


def _bytes(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", errors="surrogatepass")


def _rejected(name: str, value: object, reason: str, *, key: bytes | None = b"poison", headers: Sequence[tuple[str, bytes]] = ()) -> Poison:
    raw = value if isinstance(value, bytes) or value is None else _bytes(value)
    return Poison(name, raw, key, headers, "rejected", f"rjct.{reason}")


def _accepted(name: str, value: object, *, key: bytes | None = b"poison", headers: Sequence[tuple[str, bytes]] = ()) -> Poison:
    return Poison(name, value if isinstance(value, bytes) else _bytes(value), key, headers, "accepted", "")


def _held(name: str, value: object) -> Poison:
    return Poison(name, _bytes(value), b"poison", (), "held", "held.original_not_booked")


def _replaced(name: str, old: bytes, new: bytes) -> bytes:
    """Return good bytes with one part made bad, for what no JSON writer would write."""
    good = _bytes(_masks(name))
    assert good.count(old) == 1
    return good.replace(old, new)


_NOT_JSON: Final = (
    _rejected("null-value", None, "malformed"),
    _rejected("empty-value", b"", "malformed"),
    _rejected("blank-value", b" \n\t ", "malformed"),
    _rejected("open-brace", b"{", "malformed"),
    _rejected("cut-off", _bytes(_masks("cut-off"))[:-20], "malformed"),
    _rejected("two-documents", _bytes(_masks("two-documents")) * 2, "malformed"),
    _rejected("plain-text", b"16500 masker untuk Taiwan", "malformed"),
    _rejected("single-quotes", b"{'specversion':'1.0'}", "malformed"),
    _rejected("trailing-comma", _replaced("trailing-comma", b"}]}}", b"}],}}"), "malformed"),
    _rejected("nul-bytes", b"\x00" * 64, "malformed"),
    _rejected("random-binary", bytes(range(128, 256)), "malformed"),
    _rejected("invalid-utf-8", _replaced("invalid-utf-8", b"masker", b"mask\xffer"), "malformed"),
    _rejected("overlong-utf-8", _replaced("overlong-utf-8", b"masker", b"mask\xc0\xafer"), "malformed"),
    _rejected("utf-16", _bytes(_masks("utf-16")).decode().encode("utf-16"), "malformed"),
    _rejected("byte-order-mark", b"\xef\xbb\xbf" + _bytes(_masks("byte-order-mark")), "malformed"),
    _rejected("compressed-bomb", gzip.compress(bytes(4_000_000), mtime=0), "malformed"),
    _rejected("avro-like", b"\x00\x00\x00\x00\x07\x0a\x16masker", "malformed"),
    _rejected("nan", _replaced("nan", b'"16500"', b"NaN"), "malformed"),
    _rejected("infinity", _replaced("infinity", b'"16500"', b"-Infinity"), "malformed"),
    _rejected("depth-1000", b"[" * 1_000 + b"]" * 1_000, "malformed"),
    _rejected("depth-100000", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "malformed"),
    _rejected("deep-member", _masks("deep-member", data={"activity": json.loads("[" * 40 + "]" * 40)}), "malformed"),
    _rejected("unclosed-depth", b"[" * 100_000, "malformed"),
    _rejected("one-mebibyte-of-text", _masks("one-mebibyte-of-text", data={"activity": "x" * 1024 * 1024}), "malformed"),
    _rejected("one-and-a-half-mebibytes-of-zeros", b"0" * (3 * 512 * 1024), "malformed"),
    _rejected("one-mebibyte-of-brackets", b"[]," * 340_000, "malformed"),
)

_HIDDEN_TEXT: Final = (
    _rejected("repeated-member", _replaced("repeated-member", b'"country":"TW"', b'"country":"TW","country":"HK"'), "malformed"),
    _rejected("repeated-id", _replaced("repeated-id", b'"id":"poison-repeated-id"', b'"id":"a","id":"b"'), "malformed"),
    _rejected("repeated-escaped-member", _replaced("repeated-escaped-member", b'"country":"TW"', b'"country":"TW","\\u0063ountry":"HK"'), "malformed"),
    _rejected("repeated-quantity", _replaced("repeated-quantity", b'"quantity":"16500"', b'"quantity":"16500","quantity":"1"'), "malformed"),
    _rejected("lone-surrogate", _replaced("lone-surrogate", b'"masker"', b'"mask\\ud800er"'), "malformed"),
    _rejected("raw-surrogate", _replaced("raw-surrogate", b'"masker"', b'"mask\xed\xa0\x80er"'), "malformed"),
    _rejected("escaped-nul", _replaced("escaped-nul", b'"masker"', b'"mask\\u0000er"'), "malformed"),
    _rejected("raw-nul", _replaced("raw-nul", b'"masker"', b'"mask\x00er"'), "malformed"),
    _rejected("raw-newline", _replaced("raw-newline", b'"masker"', b'"mask\ner"'), "malformed"),
    _rejected("escaped-tab-in-id", _masks("escaped-tab-in-id", id="a\tb"), "malformed"),
    _rejected("delete-character", _masks("delete-character", id="a\x7fb"), "malformed"),
    _rejected("right-to-left-override", _masks("right-to-left-override", id="poison-\u202e0007"), "malformed"),
    _rejected("isolate", _masks("isolate", subject="consignment/\u2066MSK"), "malformed"),
    _rejected("zero-width-space", _masks("zero-width-space", data={"programme": "bantuan\u200b-pmi"}), "malformed"),
    _rejected("zero-width-joiner-in-id", _masks("zero-width-joiner-in-id", id="poison\u200dzwj"), "malformed"),
    _rejected("tag-character", _masks("tag-character", data={"activity": "posko\U000e0041"}), "malformed"),
    _rejected("hidden-member-name", _masks("hidden-member-name", data={"act\u200bivity": "posko"}), "malformed"),
)

_SHAPES: Final = (
    _rejected("array", b"[]", "wrong_type"),
    _rejected("number", b"42", "wrong_type"),
    _rejected("null-document", b"null", "wrong_type"),
    _rejected("batch-of-events", [_masks("batch-of-events")], "wrong_type"),
    _rejected("empty-object", b"{}", "missing_field"),
    _rejected("no-data", {name: value for name, value in _masks("no-data").items() if name != "data"}, "missing_field"),
    _rejected("no-lines", _masks("no-lines", lines=[]), "value_invalid"),
    _rejected("null-member", _masks("null-member", data={"activity": None}), "wrong_type"),
    _rejected("data-as-text", {**_masks("data-as-text"), "data": json.dumps({"programme": "bantuan-pmi"})}, "wrong_type"),
    _rejected("specversion-0.3", _masks("specversion-0.3", specversion="0.3"), "value_invalid"),
    _rejected("unknown-type", _event("unknown-type", "aid.teleported", {}, partner="kdei-taipei"), "unknown_type"),
    _rejected("next-version", {**_masks("next-version"), "type": "salur.distribution.recorded.v2"}, "unknown_type"),
    _rejected(
        "foreign-event",
        {"specversion": "1.0", "id": "1", "source": "https://example.org/github", "type": "push", "time": "2020-05-03T09:00:00Z"},
        "unknown_type",
    ),
    _rejected("unknown-field", _masks("unknown-field", data={"penerima": "siapa saja"}), "unknown_field"),
    _rejected("unknown-extension", _masks("unknown-extension", priority="high"), "unknown_field"),
    _rejected("id-too-long", _masks("id-too-long", id="x" * 129), "value_invalid"),
    _rejected("empty-id", _masks("empty-id", id=""), "value_invalid"),
    _rejected("source-of-another-kind", _masks("source-of-another-kind", source="kdei-taipei"), "value_invalid"),
    _rejected("local-time", _masks("local-time", time="2020-05-03T09:00:00"), "time_invalid"),
    _rejected("no-such-day", _masks("no-such-day", time="2020-02-30T09:00:00Z"), "time_invalid"),
    _rejected("year-one", _masks("year-one", time="0001-01-01T00:00:00+14:00"), "time_invalid"),
    _rejected("time-as-number", _masks("time-as-number", time=1588467600), "time_invalid"),
    _rejected("quantity-without-unit", _masks("quantity-without-unit", lines=[{"line": 1, "item": "masker", "quantity": 5}]), "missing_field"),
    _rejected("sha256-too-short", _masks("sha256-too-short", data={"evidence": [{"kind": "bast", "reference": "BAST-1", "sha256": "abc"}]}), "value_invalid"),
)

_QUANTITIES: Final[Mapping[str, object]] = {
    "arabic-digits": "\u0663\u0664",
    "fullwidth-digits": "\uff11\uff12",
    "exponent-text": "1e3",
    "plus": "+5",
    "leading-blank": " 5",
    "trailing-point": "5.",
    "leading-point": ".5",
    "underscore": "1_000",
    "thousands": "16.500",
    "comma": "16,5",
    "leading-zero": "007",
    "hexadecimal": "0x10",
    "words": "banyak",
    "negative": -5,
    "negative-text": "-5",
    "zero": 0,
    "minus-zero": "-0",
    "fraction-of-a-piece": "0.5",
    "fraction-of-zeros": "5.0",
    "nineteen-digits": "1" + "0" * 18,
    "beyond-2-53": 2**53 + 1,
    "beyond-64-bits": 2**64,
    "json-fraction": 1.5,
    "true": True,
    "null": None,
    "list": [1],
}

_NUMBERS: Final = (
    *(
        _rejected(f"quantity-{name}", _masks(f"quantity-{name}", lines=[_line(quantity=quantity)]), "quantity_invalid")
        for name, quantity in _QUANTITIES.items()
    ),
    _rejected("quantity-1e400", _replaced("quantity-1e400", b'"16500"', b"1e400"), "quantity_invalid"),
    _rejected("quantity-1.0", _replaced("quantity-1.0", b'"16500"', b"1.0"), "quantity_invalid"),
    _rejected("quantity-of-5000-digits", _replaced("quantity-of-5000-digits", b'"16500"', b"9" * 5_000), "quantity_invalid"),
    _rejected("huge-text-quantity", _masks("huge-text-quantity", lines=[_line(quantity="9" * 60)]), "quantity_invalid"),
    _rejected(
        "four-decimals-of-a-litre",
        _masks("four-decimals-of-a-litre", lines=[_line(item="hand-sanitizer", quantity="0.0001", unit="litre")]),
        "quantity_invalid",
    ),
    _rejected("won-with-decimals", _payment("won-with-decimals", amount="12000.5", currency="KRW"), "quantity_invalid"),
    _rejected("negative-amount", _payment("negative-amount", amount="-12000000"), "quantity_invalid"),
    _rejected("no-payments", _payment("no-payments", payments=0), "quantity_invalid"),
    _rejected("unknown-currency", _payment("unknown-currency", currency="USD"), "currency_invalid"),
    _rejected("small-letters-currency", _payment("small-letters-currency", currency="idr"), "currency_invalid"),
    _rejected("no-recipients", _masks("no-recipients", lines=[_line(recipients={"count": 0, "unit": "person"})]), "quantity_invalid"),
    _rejected("line-zero", _masks("line-zero", lines=[_line(line=0)]), "line_numbers_invalid"),
    _rejected("line-from-two", _masks("line-from-two", lines=[_line(line=2)]), "line_numbers_invalid"),
    _rejected("line-twice", _masks("line-twice", lines=[_line(), _line()]), "line_numbers_invalid"),
    _rejected(
        "parts-above-whole",
        _masks("parts-above-whole", lines=[_line(recipients={"count": 10, "unit": "person"}, disaggregation={"sex": {"f": 6, "m": 5}})]),
        "disaggregation_exceeds_total",
    ),
    _rejected(
        "negative-part",
        _masks("negative-part", lines=[_line(recipients={"count": 10, "unit": "person"}, disaggregation={"sex": {"f": -1, "m": 5}})]),
        "quantity_invalid",
    ),
    _rejected("parts-above-payments", _payment("parts-above-payments", disaggregation={"sex": {"f": 11}}), "disaggregation_exceeds_total"),
)

_CODES: Final = (
    _rejected("unknown-partner", _masks("unknown-partner", partner="kdei-taipe"), "unknown_partner"),
    _rejected("unknown-programme", _masks("unknown-programme", data={"programme": "bantuan-tki"}), "unknown_programme"),
    _rejected("unknown-country", _masks("unknown-country", data={"country": "tw"}), "unknown_country"),
    _rejected("unknown-recipient-type", _masks("unknown-recipient-type", data={"recipient_type": "tki"}), "unknown_recipient_type"),
    _rejected("unknown-legal-basis", _masks("unknown-legal-basis", data={"legal_basis": "kepmenaker-0-1999"}), "unknown_legal_basis"),
    _rejected("unknown-holder", _masks("unknown-holder", data={"from": "gudang-siapa"}), "unknown_holder"),
    _rejected("unknown-item", _masks("unknown-item", lines=[_line(item="masker-n95")]), "unknown_item"),
    _rejected("unknown-unit", _masks("unknown-unit", lines=[_line(unit="lembar")]), "unknown_unit"),
    _rejected("unit-of-another-item", _masks("unit-of-another-item", lines=[_line(unit="box")]), "unit_mismatch"),
    _rejected("recipients-in-packages", _masks("recipients-in-packages", lines=[_line(recipients={"count": 5, "unit": "package"})]), "unit_mismatch"),
    _rejected("money-handed-out-as-goods", _masks("money-handed-out-as-goods", lines=[_line(item="uang", unit="payment")]), "item_unsuitable"),
    _rejected("masks-assisted", _groups("masks-assisted", item="masker", unit="piece"), "item_unsuitable"),
    _rejected("groups-engaged", _groups("groups-engaged", kind="participants.engaged"), "item_unsuitable"),
    _rejected(
        "engaged-without-quantity",
        _event(
            "engaged-without-quantity",
            "participants.engaged",
            {"programme": "wirausaha-baru", "country": "ID", "lines": [{"line": 1, "item": "peserta", "recipients": {"count": 5, "unit": "person"}}]},
            partner="kemnaker-ppkk",
        ),
        "missing_field",
    ),
    _rejected("other-destination", _masks("other-destination", data={"country": "HK"}), "partner_not_entitled"),
    _rejected("other-programme", _masks("other-programme", data={"programme": "bansos-publik"}), "partner_not_entitled"),
    _rejected("silent-party", _masks("silent-party", partner="pemprov-dki-jakarta"), "partner_not_entitled"),
    _rejected("agency-confirms-payment", _payment("agency-confirms-payment", partner="bpjs-ketenagakerjaan"), "partner_not_entitled"),
    _rejected("bank-instructs", _payment("bank-instructs", kind="disbursement.instructed"), "partner_not_entitled"),
    _rejected("referral-only-programme", _groups("referral-only-programme", programme="kartu-prakerja"), "partner_not_entitled"),
    _rejected("stranger-registers", _registered("stranger-registers", "item", {"unit": "piece"}, partner="kdei-taipei"), "partner_not_entitled"),
    _rejected("stranger-may-register", _registered("simulasi-mendaftar", "partner", {"simulated": True, "reports": ["reference"]}), "partner_not_entitled"),
    _rejected("simulated-without-its-prefix", _registered("toko-jaya", "partner", {"simulated": True}), "simulation_unmarked"),
    _rejected("prefix-without-simulation", _registered("simulasi-nyata", "partner", {}), "simulation_unmarked"),
    _rejected(
        "code-taken",
        _event("code-taken", "item.registered", {"code": "masker", "name": {"id": "Masker", "en": "Mask"}, "unit": "box"}, partner="kemnaker"),
        "code_already_registered",
    ),
    _rejected(
        "code-unknown",
        _event("code-unknown", "partner.registered", {"code": "unknown", "name": {"id": "?", "en": "?"}}, partner="kemnaker"),
        "code_already_registered",
    ),
    _rejected(
        "site-named-like-a-partner",
        _event("site-named-like-a-partner", "site.registered", {"code": "blk-padang", "name": {"id": "BLK", "en": "BLK"}, "country": "ID"}, partner="kemnaker"),
        "code_already_registered",
    ),
    _rejected("child-of-nothing", _registered("child-of-nothing", "programme", {"parent": "no-such-programme", "start": "2020-01-01"}), "unknown_programme"),
    _rejected("item-in-money", _registered("item-in-money", "item", {"unit": "IDR"}), "item_unsuitable"),
    _rejected(
        "suspended-without-basis",
        _event("suspended-without-basis", "programme.suspended", {"programme": "penempatan", "country": "KR", "legal_basis": "none"}, partner="kemnaker"),
        "unknown_legal_basis",
    ),
    _rejected("far-future", _masks("far-future", time="2999-12-31T00:00:00Z"), "time_in_future"),
    _rejected("reversal-in-the-future", {**_correction("reversal-in-the-future"), "time": "2999-01-01T00:00:00Z"}, "time_in_future"),
    _rejected("before-the-programme", _masks("before-the-programme", time="2019-12-31T23:59:59+07:00"), "time_before_programme"),
)

_PEOPLE: Final = (
    _rejected("nik-in-id", _masks("nik-in-id", id=f"penerima-{_NIK}"), "personal_data"),
    _rejected("nik-in-subject", _masks("nik-in-subject", subject=f"penerima/{_NIK}"), "personal_data"),
    _rejected("nik-in-lot", _masks("nik-in-lot", lines=[_line(lot=_NIK)]), "personal_data"),
    _rejected("nik-in-activity", _masks("nik-in-activity", data={"activity": f"diserahkan kepada {_NIK}"}), "personal_data"),
    _rejected("spaced-nik", _masks("spaced-nik", data={"activity": "31 74 01 120467 0001"}), "personal_data"),
    _rejected("arabic-nik", _masks("arabic-nik", data={"activity": _NIK.translate({ord("0") + n: 0x660 + n for n in range(10)})}), "personal_data"),
    _rejected("phone-in-channel", _masks("phone-in-channel", data={"channel": "WA 0812-3456-7890"}), "personal_data"),
    _rejected("foreign-phone", _masks("foreign-phone", data={"channel": "+886 912 345 678"}), "personal_data"),
    _rejected("passport-in-evidence", _masks("passport-in-evidence", data={"evidence": [{"kind": "bast", "reference": "paspor B1234567"}]}), "personal_data"),
    _rejected(
        "account-in-evidence", _masks("account-in-evidence", data={"evidence": [{"kind": "transfer", "reference": "BRI 002301004567508"}]}), "personal_data"
    ),
    _rejected(
        "nik-as-a-part",
        _masks("nik-as-a-part", lines=[_line(recipients={"count": 1, "unit": "person"}, disaggregation={"penerima": {_NIK: 1}})]),
        "personal_data",
    ),
    _rejected("nik-as-programme", _masks("nik-as-programme", data={"programme": _NIK}), "personal_data"),
    _rejected("nik-in-reason", _correction("nik-in-reason", reason=f"salah orang: {_NIK}"), "personal_data"),
    _rejected("phone-in-annotation", _correction("phone-in-annotation", "event.annotated", text="hubungi 081234567890"), "personal_data"),
    _rejected("nik-in-replacement", _correction("nik-in-replacement", "event.amended", replacement={"activity": _NIK}), "personal_data"),
    _rejected("nik-in-name", _registered("nik-in-name", "site", {"country": "MY", "name": {"id": f"Rumah {_NIK}", "en": "House"}}), "personal_data"),
    _rejected("nik-in-unknown-field", _masks("nik-in-unknown-field", data={"nik": _NIK}), "unknown_field"),
)

_WITH_PLANTED_NUMBERS: Final = frozenset(
    f"salur.{kind}.v1"
    for kind in (
        *("budget.allocated", "budget.reallocated", "expenditure.recorded", "target.set", "target.revised", "batch.declared"),
        *("capacity.stated", "caseload.stated", "training.offered", "training.delivered", "persondays.worked", "placement.made"),
        *("service.delivered", "incentive.paid", "proceeds.reinvested", "evidence.attached", "delivery.verified", "complaint.raised"),
        *("complaint.forwarded", "complaint.resolved", "duplicate.suspected", "duplicate.adjudicated", "period.closed"),
        *("finding.raised", "finding.answered", "statement.published"),
    )
)


def _planted() -> Iterator[Poison]:
    """Plant a NIK in every text of the data of these types, and a passport, a phone and an account number in every free one."""
    for place in PLACES:
        if place.type not in _WITH_PLANTED_NUMBERS or place.path[0] != "data" or not place.is_open:
            continue
        for name, number in (("nik", _NIK), *((name, number) for name, number in _MORE_NUMBERS.items() if place.is_free)):
            event = planted(place, f"{name}-{number.lower()}" if place.is_code else number)
            yield _rejected(f"{name}-at-{place}", {**event, "id": f"poison-{name}-at-{place}"[:128]}, "personal_data")


_ORIGINALS: Final = (
    _rejected("reverses-itself", _correction("reverses-itself", original="poison-reverses-itself"), "original_unsuitable"),
    _rejected("foreign-correction", _correction("foreign-correction", original={"source": f"{_SOURCE}kjri-hong-kong", "id": "hk-1"}), "foreign_correction"),
    _rejected("unknown-partner-corrects", _correction("unknown-partner-corrects", partner="siapa"), "unknown_partner"),
    _rejected("replacement-is-a-list", _correction("replacement-is-a-list", "event.amended", replacement=[]), "wrong_type"),
    _held("reversal-of-nothing", _correction("reversal-of-nothing")),
    _held("amendment-of-nothing", _correction("amendment-of-nothing", "event.amended", replacement={"anything": 1})),
    _held("annotation-of-nothing", _correction("annotation-of-nothing", "event.annotated", text="350 kotak menyusul")),
    _held("return-of-nothing", _payment("return-of-nothing", kind="disbursement.returned", more={"reason": "account_closed", "original": "never-sent"})),
)

_KEYS_AND_HEADERS: Final = (
    _accepted("no-key", _masks("no-key"), key=None),
    _accepted("empty-key", _masks("empty-key"), key=b""),
    _accepted("binary-key", _masks("binary-key"), key=bytes(range(256))),
    _accepted("huge-key", _masks("huge-key"), key=b"k" * 100_000),
    _accepted("unrelated-headers", _masks("unrelated-headers"), headers=(("x-trace", b"\xff\x00"), ("", b""), ("x-trace", b"again"))),
    _accepted("many-headers", _masks("many-headers"), headers=tuple((f"h{number}", b"x") for number in range(2_000))),
    _accepted("escaped-slashes", _bytes(_masks("escaped-slashes")).replace(b"/", b"\\/")),
    _accepted("figure-of-sixteen-digits", _payment("figure-of-sixteen-digits", payments=1, amount=_NIK)),
    _accepted("much-white-space", _bytes(_masks("much-white-space")).replace(b",", b",\n\t   ")),
    _accepted(
        "binary-mode",
        _bytes(_masks("binary-mode")["data"]),
        headers=tuple((f"ce_{name}", str(value).encode()) for name, value in _masks("binary-mode").items() if name != "data"),
    ),
    _rejected(
        "binary-mode-without-id",
        _masks("binary-mode-without-id")["data"],
        "missing_field",
        headers=(
            ("ce_specversion", b"1.0"),
            ("ce_type", b"salur.distribution.recorded.v1"),
            ("ce_source", b"urn:salur:partner:kdei-taipei"),
            ("ce_time", b"2020-05-03T09:00:00Z"),
        ),
    ),
    _rejected("header-that-is-not-utf-8", _masks("header-that-is-not-utf-8")["data"], "malformed", headers=(("ce_id", b"\xff\xfe"),)),
    _rejected("attribute-twice", _masks("attribute-twice")["data"], "malformed", headers=(("ce_id", b"a"), ("ce_id", b"b"))),
    _rejected("value-that-closes-the-object", b'{}},"id":"smuggled","data":{}', "malformed", headers=(("ce_specversion", b"1.0"), ("ce_id", b"a"))),
)

POISON: Final[list[Poison]] = [*_NOT_JSON, *_HIDDEN_TEXT, *_SHAPES, *_NUMBERS, *_CODES, *_PEOPLE, *_planted(), *_ORIGINALS, *_KEYS_AND_HEADERS]
"""Every fixture; names are unique."""
