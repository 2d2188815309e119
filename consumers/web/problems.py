"""What the auditors' side answers when it has no answer (RFC 9457), with words in both languages.

Kinds are stable for ever: their names are part of addresses.
"""

import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from models.reasons import Language, Reason, Words

MEDIA_TYPE: Final = "application/problem+json"
PAGES: Final = "/problems/"
RETRY_AFTER_SECONDS: Final = 5

Kind = Literal[
    "question-unclear", "sign-in-needed", "auditors-only", "not-booked", "several-units", "too-many-questions", "internal", "not-available", "too-busy"
]
STATUS: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        "question-unclear": 400,
        "sign-in-needed": 401,
        "auditors-only": 403,
        "not-booked": 404,
        "several-units": 422,
        "too-many-questions": 429,
        "internal": 500,
        "not-available": 503,
        "too-busy": 503,
    }
)

Translate = Callable[[str, Language], str]
"""Turns an error's English words into those of a language."""


def _kind(en: str, en_hint: str, indonesian: str, id_hint: str) -> Reason:
    return Reason(en=Words(en, en_hint), id=Words(indonesian, id_hint))


KINDS: Final[Mapping[Kind, Reason]] = MappingProxyType(
    {
        "question-unclear": _kind(
            "the address asks for something that there is not",
            "mend the parameter that is named",
            "alamat ini meminta sesuatu yang tidak ada",
            "perbaiki parameter yang disebut",
        ),
        "several-units": _kind(
            "there is no total of figures in different units or of different measures",
            "choose one measure and one unit, or take the figures side by side",
            "angka yang satuan atau indikatornya berbeda tidak dapat dijumlahkan",
            "pilih satu indikator dan satu satuan, atau baca angkanya berdampingan",
        ),
        "not-booked": _kind(
            "nothing is booked under this name",
            "check how it is written; what was sent just now is booked within seconds",
            "tidak ada yang dibukukan dengan nama ini",
            "periksa penulisannya; yang baru saja dikirim dibukukan dalam hitungan detik",
        ),
        "not-available": _kind(
            "the ledger does not answer at the moment",
            "ask again a little later; nothing is lost",
            "buku besar sedang tidak menjawab",
            "tanyakan lagi nanti; tidak ada yang hilang",
        ),
        "sign-in-needed": _kind(
            "figures are shown to auditors who sign in",
            "send an auditor's token as Authorization: Bearer; in a browser give it as the password, with any name",
            "angka ditampilkan kepada pemeriksa yang masuk",
            "kirim token pemeriksa sebagai Authorization: Bearer; di peramban, isikan sebagai kata sandi dengan nama apa pun",
        ),
        "auditors-only": _kind(
            "this token is good, but not an auditor's",
            "ask the operator for an auditor's token; what became of your own events is under /v1/events",
            "token ini sah, tetapi bukan token pemeriksa",
            "minta token pemeriksa kepada operator; hasil peristiwa Anda sendiri ada di /v1/events",
        ),
        "too-many-questions": _kind(
            "too many questions in a short time",
            "wait as long as Retry-After says, then go on",
            "terlalu banyak permintaan dalam waktu singkat",
            "tunggu selama yang tertulis di Retry-After, lalu lanjutkan",
        ),
        "too-busy": _kind(
            "other long answers are being made at the moment", "ask again a little later", "jawaban panjang lain sedang dibuat", "tanyakan lagi sebentar nanti"
        ),
        "internal": _kind(
            "something went wrong on our side",
            "ask again; if it happens again, tell us the correlation id",
            "terjadi kesalahan di pihak kami",
            "tanyakan lagi; jika terulang, beri tahu kami correlation id-nya",
        ),
    }
)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One problem; ``text`` and ``hint`` are an error's own words in English, ``more`` are members of its own."""

    kind: Kind
    text: str = ""
    hint: str = ""
    retry_after_seconds: int | None = None
    more: dict[str, Any] = {}

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with it: when to ask again."""
        wait = RETRY_AFTER_SECONDS if self.status == 503 and self.retry_after_seconds is None else self.retry_after_seconds
        return {} if wait is None else {"Retry-After": str(wait)}

    @property
    def status(self) -> int:
        """The status code of HTTP."""
        return STATUS[self.kind]

    def words(self, language: Language, translate: Translate) -> tuple[str, str]:
        """Return what is the case and what to do; an error's own words where it has any."""
        general = KINDS[self.kind].words(language)
        return translate(self.text, language) if self.text else general.text, translate(self.hint, language) if self.hint else general.hint


def in_language(problem: Problem, language: Language, translate: Translate, *, base_url: str, correlation_id: str) -> dict[str, Any]:
    """Return the problem as JSON values; ``base_url`` is where its pages are."""
    text, hint = problem.words(language, translate)
    return {
        "type": f"{base_url}{PAGES}{problem.kind}",
        "title": KINDS[problem.kind].words(language).text,
        "status": problem.status,
        "detail": f"{text}; {hint}" if problem.text else hint,
        **problem.more,
        "correlation_id": correlation_id,
    }


def new_correlation_id() -> str:
    """Return a random name for one answer, which log lines carry too."""
    return secrets.token_hex(8)
