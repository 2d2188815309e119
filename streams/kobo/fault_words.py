"""What can be wrong with a mapping file, and with a submission that a mapping reads, in English and Indonesian."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from models.reasons import Reason, Words

FaultCode = Literal[
    "mapping.not_toml",
    "mapping.unknown_name",
    "mapping.missing",
    "mapping.partner",
    "mapping.type",
    "mapping.edits",
    "mapping.language",
    "mapping.text",
    "mapping.column_unknown",
    "mapping.column_elsewhere",
    "mapping.column_missing",
    "mapping.no_lines",
    "mapping.no_such_lines",
    "mapping.source",
    "mapping.zone",
    "mapping.value_unreadable",
    "mapping.code_unknown",
]
"""What can be wrong with a mapping."""

SubmissionCode = Literal["kobo.not_a_submission", "kobo.no_uuid", "kobo.other_form", "kobo.edit_unplaced", "kobo.value_unmapped", "kobo.answer_odd"]
"""What can be wrong with a submission, besides what can be wrong with a cell or an event."""


def _words(en: str, en_hint: str, indonesian: str, id_hint: str) -> Reason:
    return Reason(en=Words(en, en_hint), id=Words(indonesian, id_hint))


FAULTS: Final[Mapping[FaultCode, Reason]] = MappingProxyType(
    {
        "mapping.not_toml": _words(
            "the file is not TOML: {given}",
            "see the example of `salur kobo example`",
            "berkas ini bukan TOML: {given}",
            "lihat contoh dari `salur kobo example`",
        ),
        "mapping.unknown_name": _words(
            "a mapping has no such entry", "write one of {expected}", "pemetaan tidak punya isian ini", "tulis salah satu dari {expected}"
        ),
        "mapping.missing": _words(
            "this entry is missing", "write it as in `salur kobo example`", "isian ini tidak ada", "tulis seperti pada `salur kobo example`"
        ),
        "mapping.partner": _words(
            "this is not the code of a registered partner",
            "write the code that the token belongs to",
            "ini bukan kode mitra terdaftar",
            "tulis kode pemilik token",
        ),
        "mapping.type": _words(
            "there is no such type of event, or no form can say it",
            "write a type such as distribution.recorded",
            "jenis peristiwa ini tidak ada, atau tidak bisa diisi lewat formulir",
            "tulis jenis seperti distribution.recorded",
        ),
        "mapping.edits": _words(
            "edits can be answered as a conflict or be sent as amendments",
            'write edits = "conflict" or edits = "amend"',
            "suntingan dapat dijawab sebagai konflik atau dikirim sebagai penggantian",
            'tulis edits = "conflict" atau edits = "amend"',
        ),
        "mapping.language": _words(
            "this is not a language of Salur", 'write lang = "id" or lang = "en"', "ini bukan bahasa Salur", 'tulis lang = "id" atau lang = "en"'
        ),
        "mapping.text": _words("this must be text", "write it between quotes", "ini harus teks", "tulis di antara tanda kutip"),
        "mapping.column_unknown": _words(
            "events of this type have no such column",
            "see the columns of `salur template`",
            "peristiwa jenis ini tidak punya kolom ini",
            "lihat kolom dari `salur template`",
        ),
        "mapping.column_elsewhere": _words(
            "this column belongs to the other part of the mapping",
            "what is of one line stands under [[lines]], what is of the whole event under [event]",
            "kolom ini termasuk bagian lain dari pemetaan",
            "yang berlaku untuk satu baris ada di [[lines]], yang berlaku untuk seluruh peristiwa di [event]",
        ),
        "mapping.column_missing": _words(
            "every event needs this column",
            "say which answer it is, or what it always is",
            "setiap peristiwa memerlukan kolom ini",
            "sebut jawabannya, atau isi tetapnya",
        ),
        "mapping.no_lines": _words(
            "events of this type need lines", "write at least one [[lines]]", "peristiwa jenis ini memerlukan baris", "tulis paling sedikit satu [[lines]]"
        ),
        "mapping.no_such_lines": _words(
            "events of this type have no lines", "write everything under [event]", "peristiwa jenis ini tidak punya baris", "tulis semuanya di [event]"
        ),
        "mapping.source": _words(
            "it is not said where the value comes from",
            'write the name of an answer, or {{ answer = "…", values = {{ … }} }}, or {{ always = "…" }}',
            "tidak disebut dari mana nilainya",
            'tulis nama jawaban, atau {{ answer = "…", values = {{ … }} }}, atau {{ always = "…" }}',
        ),
        "mapping.zone": _words(
            "this is not a zone",
            "write WIB, WITA, WIT, Z or an offset such as +08:00",
            "ini bukan zona waktu",
            "tulis WIB, WITA, WIT, Z, atau selisih seperti +08:00",
        ),
        "mapping.value_unreadable": _words("this value does not fit the column", "{expected}", "nilai ini tidak cocok dengan kolomnya", "{expected}"),
        "mapping.code_unknown": _words("this code is on no list", "see the code lists", "kode ini tidak ada di daftar", "lihat daftar kode"),
    }
)

SUBMISSIONS: Final[Mapping[SubmissionCode, Reason]] = MappingProxyType(
    {
        "kobo.not_a_submission": _words(
            "this is not a submission of a form as JSON",
            "choose JSON in the form's REST service",
            "ini bukan kiriman formulir dalam bentuk JSON",
            "pilih JSON di layanan REST formulir",
        ),
        "kobo.no_uuid": _words(
            "the submission has no _uuid",
            "send it as KoboToolbox has it, with all fields",
            "kiriman ini tidak punya _uuid",
            "kirim seperti di KoboToolbox, dengan semua isian",
        ),
        "kobo.other_form": _words(
            "the submission is of another form than the mapping is for",
            "give each form a REST service of its own, with the address of its mapping",
            "kiriman ini dari formulir lain daripada yang dipetakan",
            "beri setiap formulir layanan REST sendiri, dengan alamat pemetaannya",
        ),
        "kobo.edit_unplaced": _words(
            "this is an edit, and it does not say of which first version",
            "update KoboToolbox (it then sends meta/rootUuid), or send salur.event.amended.v1 for the first version",
            "ini suntingan, dan tidak menyebut versi pertamanya",
            "perbarui KoboToolbox (agar mengirim meta/rootUuid), atau kirim salur.event.amended.v1 untuk versi pertamanya",
        ),
        "kobo.value_unmapped": _words(
            "the mapping does not say what this answer means",
            "add the answer under values of the mapping, then let KoboToolbox send it again",
            "pemetaan tidak menyebut arti jawaban ini",
            "tambahkan jawaban itu di values pada pemetaan, lalu kirim ulang dari KoboToolbox",
        ),
        "kobo.answer_odd": _words(
            "the answer is not one value",
            "map a question whose answer is one value, or a repeat under [[lines]]",
            "jawaban ini bukan satu nilai",
            "petakan pertanyaan dengan satu nilai, atau pengulangan di [[lines]]",
        ),
    }
)
