"""The words of every kind of problem that the intake answers with, in English and Indonesian.

Reasons of single rules have their words in ``models.reason_words``; a kind of problem is what HTTP sees. Kinds are
stable for ever, as are reason codes: their names are part of addresses.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from models.reasons import Reason, Words

Kind = Literal[
    "malformed",
    "not-signed-in",
    "not-permitted",
    "wrong-source",
    "unknown-event",
    "not-found",
    "method-not-allowed",
    "too-slow",
    "id-taken",
    "submission-edited",
    "too-large",
    "media-type-unsupported",
    "event-refused",
    "file-refused",
    "unknown-upload",
    "too-many-requests",
    "internal",
    "not-available",
]

STATUS: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        "malformed": 400,
        "not-signed-in": 401,
        "not-permitted": 403,
        "wrong-source": 403,
        "unknown-event": 404,
        "not-found": 404,
        "method-not-allowed": 405,
        "too-slow": 408,
        "id-taken": 409,
        "submission-edited": 409,
        "too-large": 413,
        "media-type-unsupported": 415,
        "event-refused": 422,
        "file-refused": 422,
        "unknown-upload": 404,
        "too-many-requests": 429,
        "internal": 500,
        "not-available": 503,
    }
)


def _kind(en: str, en_hint: str, indonesian: str, id_hint: str) -> Reason:
    return Reason(en=Words(en, en_hint), id=Words(indonesian, id_hint))


KINDS: Final[Mapping[Kind, Reason]] = MappingProxyType(
    {
        "malformed": _kind(
            "the body is not well-formed JSON of the kind that was announced",
            "send one event as a JSON object, or a batch as a JSON array or one event a line",
            "isi permintaan bukan JSON yang benar untuk jenis yang disebutkan",
            "kirim satu peristiwa sebagai objek JSON, atau banyak sekaligus sebagai daftar JSON atau satu peristiwa per baris",
        ),
        "not-signed-in": _kind(
            "the request carries no token that is in force",
            "send the header Authorization: Bearer with the token that you were given; ask for a new one if it has expired",
            "permintaan tidak membawa token yang berlaku",
            "kirim header Authorization: Bearer dengan token yang Anda terima; minta yang baru jika sudah kedaluwarsa",
        ),
        "not-permitted": _kind(
            "the token does not allow this",
            "use a token with the scope that is needed, publish to send and read to ask",
            "token ini tidak mengizinkan tindakan tersebut",
            "gunakan token dengan cakupan yang diperlukan, publish untuk mengirim dan read untuk bertanya",
        ),
        "wrong-source": _kind(
            "the source of the event is not the partner whose token was used",
            "write your own code in source, as in urn:salur:partner:<code>",
            "sumber peristiwa bukan mitra pemilik token",
            "tulis kode Anda sendiri pada source, seperti urn:salur:partner:<kode>",
        ),
        "unknown-event": _kind(
            "no event of yours with this id is booked",
            "ask again in a moment if you have just sent it; else check the id, or send the event again, which is harmless",
            "belum ada peristiwa Anda dengan id ini yang dibukukan",
            "tanyakan lagi sebentar lagi jika baru saja dikirim; jika tidak, periksa id atau kirim ulang, itu tidak berbahaya",
        ),
        "not-found": _kind(
            "there is nothing at this address",
            "see /v1/openapi.json for the addresses",
            "tidak ada apa pun di alamat ini",
            "lihat /v1/openapi.json untuk daftar alamat",
        ),
        "method-not-allowed": _kind(
            "this address does not take that method",
            "see /v1/openapi.json for what it takes",
            "alamat ini tidak menerima metode tersebut",
            "lihat /v1/openapi.json untuk metode yang diterima",
        ),
        "too-slow": _kind(
            "the body did not arrive in time",
            "send it again, with the same id; on a bad line send fewer events at once",
            "isi permintaan tidak tiba tepat waktu",
            "kirim ulang dengan id yang sama; jika jaringan buruk, kirim lebih sedikit sekaligus",
        ),
        "id-taken": _kind(
            "the id is taken by an event with other content, which stands",
            "send the event with a new id if it is another one; to change what stands, send salur.event.amended.v1 or salur.event.reversed.v1",
            "id ini sudah dipakai oleh peristiwa dengan isi lain, dan yang pertama tetap berlaku",
            "kirim dengan id baru jika ini peristiwa lain; untuk mengubah yang pertama, kirim salur.event.amended.v1 atau salur.event.reversed.v1",
        ),
        "submission-edited": _kind(
            "this submission was sent before and says something else now; what was sent first stands",
            'write edits = "amend" into the mapping and let KoboToolbox send it again, or send salur.event.amended.v1 with this id as its original',
            "kiriman ini sudah pernah dikirim dan kini isinya lain; yang pertama tetap berlaku",
            'tulis edits = "amend" di pemetaan lalu kirim ulang dari KoboToolbox, atau kirim salur.event.amended.v1 dengan id ini sebagai original',
        ),
        "too-large": _kind(
            "the body is too large",
            "a single event may have 1 MiB, a batch 16 MiB; send several batches",
            "isi permintaan terlalu besar",
            "satu peristiwa paling besar 1 MiB, satu kiriman banyak 16 MiB; kirim dalam beberapa bagian",
        ),
        "media-type-unsupported": _kind(
            "the body is announced as something that this address does not take",
            "set Content-Type to one of the types listed under supported, and send the body uncompressed",
            "jenis isi permintaan tidak diterima di alamat ini",
            "atur Content-Type ke salah satu jenis pada supported, dan kirim tanpa kompresi",
        ),
        "event-refused": _kind(
            "the event breaks rules, and was not taken in",
            "mend what errors lists, all of it, and send the event again; its id is still free",
            "peristiwa melanggar aturan dan tidak diterima",
            "perbaiki semua yang terdaftar pada errors, lalu kirim ulang; id-nya masih bebas",
        ),
        "file-refused": _kind(
            "the file has mistakes, and nothing of it was taken in",
            "mend what errors lists, each at its cell, and upload the file again; or upload it with mode=good-rows to send what has no mistake",
            "berkas mengandung kesalahan, dan tidak ada isinya yang diterima",
            "perbaiki semua yang terdaftar pada errors, masing-masing di selnya, lalu unggah lagi; atau unggah dengan mode=good-rows untuk mengirim yang benar",
        ),
        "unknown-upload": _kind(
            "no upload of yours has this name, or its file is not kept any more",
            "upload the file again, which is harmless",
            "tidak ada unggahan Anda dengan nama ini, atau berkasnya tidak disimpan lagi",
            "unggah lagi berkasnya, itu tidak berbahaya",
        ),
        "too-many-requests": _kind(
            "too many requests in a short time",
            "wait as many seconds as Retry-After says; send many events in one batch",
            "terlalu banyak permintaan dalam waktu singkat",
            "tunggu sebanyak detik pada Retry-After; kirim banyak peristiwa dalam satu kiriman",
        ),
        "internal": _kind(
            "something went wrong on our side",
            "send the same again; if it happens again, tell us the correlation id",
            "terjadi kesalahan di pihak kami",
            "kirim ulang hal yang sama; jika terulang, beri tahu kami correlation id-nya",
        ),
        "not-available": _kind(
            "it is not known whether the event was taken in, because something that the intake needs did not answer in time",
            "send the event again, with the same id, after as many seconds as Retry-After says; a repeat is harmless",
            "belum pasti peristiwa diterima, karena sesuatu yang diperlukan tidak menjawab tepat waktu",
            "kirim ulang dengan id yang sama setelah sebanyak detik pada Retry-After; pengulangan tidak berbahaya",
        ),
    }
)
"""Every kind with its words: what is the case, and what to do."""
