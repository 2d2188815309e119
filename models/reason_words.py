"""The words of every reason code, in English and Indonesian: what is wrong, and what to do about it.

The codes themselves are declared in ``models.reasons``; a test compares the two. Texts may be improved at any
time, codes never change. What was expected instead is worded in ``models.expectation_words``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.expectation_words import in_words
from models.reasons import Language, Reason, Violation, Words


def _reason(en: str, en_hint: str, indonesian: str, id_hint: str) -> Reason:
    return Reason(en=Words(en, en_hint), id=Words(indonesian, id_hint))


_REJECTIONS: Final[Mapping[str, Reason]] = {
    "rjct.malformed": _reason(
        "this is not a well-formed event",
        "compare it with the examples of its type",
        "bentuk peristiwa ini tidak benar",
        "bandingkan dengan contoh untuk jenis peristiwa itu",
    ),
    "rjct.unknown_field": _reason(
        "the event has a member that its type does not know",
        "remove it, or correct its name",
        "peristiwa memuat isian yang tidak dikenal untuk jenisnya",
        "hapus isian itu atau betulkan namanya",
    ),
    "rjct.missing_field": _reason(
        "a member that the type needs is missing", "add the member", "isian yang wajib untuk jenis peristiwa ini tidak ada", "tambahkan isian itu"
    ),
    "rjct.wrong_type": _reason(
        "the member has another JSON type than its own",
        "write it as in the examples; leave out what you do not know instead of null",
        "isian ini memakai tipe JSON yang salah",
        "tulis seperti pada contoh; yang tidak diketahui ditiadakan saja, jangan diisi null",
    ),
    "rjct.value_invalid": _reason(
        "the value does not have the form of its member",
        "compare it with the examples of its type",
        "bentuk nilai isian ini tidak benar",
        "bandingkan dengan contoh untuk jenis peristiwa itu",
    ),
    "rjct.time_invalid": _reason(
        "this is not a moment with its offset, or not a date",
        "write it as 2020-05-03T09:00:00+08:00, dates as 2020-05-03",
        "ini bukan waktu beserta selisih zonanya, atau bukan tanggal",
        "tulis waktu seperti 2020-05-03T09:00:00+08:00, atau tanggal seperti 2020-05-03",
    ),
    "rjct.unknown_type": _reason(
        "this type of event is not known",
        "take one of the types of the catalogue",
        "jenis peristiwa ini tidak dikenal",
        "gunakan salah satu jenis dalam katalog",
    ),
    "rjct.unknown_partner": _reason(
        "the partner is not registered",
        "Kemnaker registers partners; send the event again, with the same id, after that",
        "mitra belum terdaftar",
        "Kemnaker mendaftarkan mitra; setelah itu kirim ulang dengan id yang sama",
    ),
    "rjct.unknown_programme": _reason(
        "the programme is not registered",
        "take a code of the programme list, or send it again, with the same id, once it is registered",
        "program belum terdaftar",
        "gunakan kode dari daftar program, atau kirim ulang dengan id yang sama setelah terdaftar",
    ),
    "rjct.unknown_item": _reason(
        "the item is not registered",
        "take a code of the item list, or send it again, with the same id, once it is registered",
        "jenis bantuan belum terdaftar",
        "gunakan kode dari daftar bantuan, atau kirim ulang dengan id yang sama setelah terdaftar",
    ),
    "rjct.unknown_country": _reason(
        "the destination is not one of the known countries",
        "take an ISO 3166-1 code of the list, in capitals",
        "negara tujuan tidak ada dalam daftar",
        "gunakan kode ISO 3166-1 dari daftar, dengan huruf besar",
    ),
    "rjct.unknown_unit": _reason("the unit is not known", "take a code of the unit list", "satuan tidak dikenal", "gunakan kode dari daftar satuan"),
    "rjct.unknown_recipient_type": _reason(
        "the recipient type is not known",
        "take a code of the list; unknown is one of them",
        "jenis penerima tidak dikenal",
        "gunakan kode dari daftar; unknown (tidak diketahui) juga boleh",
    ),
    "rjct.unknown_holder": _reason(
        "the holder is neither a registered partner nor a registered site",
        "register the site first, then send the event again with the same id",
        "pemegang barang bukan mitra ataupun lokasi yang terdaftar",
        "daftarkan lokasinya dahulu, lalu kirim ulang dengan id yang sama",
    ),
    "rjct.unknown_legal_basis": _reason(
        "the legal basis is not registered",
        "register it first, then send the event again with the same id",
        "dasar hukum belum terdaftar",
        "daftarkan dasar hukumnya dahulu, lalu kirim ulang dengan id yang sama",
    ),
    "rjct.partner_not_entitled": _reason(
        "the partner is not entitled to report this",
        "check type, programme and destination; Kemnaker can widen what the partner may report",
        "mitra tidak berwenang melaporkan ini",
        "periksa jenis, program, dan negara tujuan; Kemnaker dapat memperluas kewenangan mitra",
    ),
    "rjct.wrong_source": _reason(
        "the source does not name the partner that sent the event",
        "write your own code as in urn:salur:partner:<code>",
        "sumber tidak menyebut mitra yang mengirim peristiwa",
        "tulis kode mitra Anda sendiri seperti urn:salur:partner:<kode>",
    ),
    "rjct.item_unsuitable": _reason(
        "the item does not belong in this type of event",
        "groups are assisted, persons are engaged, trained and placed, goods are handed out; take the item or the type that fits",
        "bantuan ini tidak sesuai dengan jenis peristiwa",
        "kelompok dibantu, orang dilibatkan, dilatih, dan ditempatkan, barang dibagikan; pilih bantuan atau jenis yang sesuai",
    ),
    "rjct.unit_mismatch": _reason(
        "the unit is not the one of the item",
        "report the quantity in the unit of the item; units are never converted",
        "satuan ini bukan satuan bantuan tersebut",
        "laporkan jumlah dalam satuan bantuan tersebut; satuan tidak pernah dikonversi",
    ),
    "rjct.quantity_invalid": _reason(
        "the quantity is not an exact positive number of its unit",
        "write a whole number, or a decimal string with no more decimals than the unit has",
        "jumlah bukan bilangan positif yang sesuai dengan satuannya",
        "tulis bilangan bulat, atau teks desimal dengan angka desimal tidak lebih banyak daripada satuannya",
    ),
    "rjct.currency_invalid": _reason(
        "the currency is not one of the list",
        "take an ISO 4217 code of the list, in capitals",
        "mata uang tidak ada dalam daftar",
        "gunakan kode ISO 4217 dari daftar, dengan huruf besar",
    ),
    "rjct.line_numbers_invalid": _reason(
        "the lines are not numbered from 1, each number once",
        "number the lines 1, 2, 3, … and keep the numbers when you correct the event",
        "nomor baris tidak mulai dari 1, atau ada nomor yang dipakai dua kali",
        "beri nomor baris 1, 2, 3, … dan pertahankan nomor itu saat mengoreksi",
    ),
    "rjct.time_in_future": _reason(
        "the event happened more than five minutes after it was received",
        "check the clock and the zone of time",
        "waktu kejadian lebih dari lima menit setelah diterima",
        "periksa jam dan zona waktu pada time",
    ),
    "rjct.time_before_programme": _reason(
        "the event happened before its programme began",
        "check the year of time, and the programme",
        "peristiwa terjadi sebelum programnya dimulai",
        "periksa tahun pada time dan kode program",
    ),
    "rjct.already_reversed": _reason(
        "the original is reversed already",
        "nothing is left to correct; look at its history",
        "peristiwa asal sudah dibatalkan",
        "tidak ada lagi yang dapat dikoreksi; lihat riwayatnya",
    ),
    "rjct.foreign_correction": _reason(
        "only the partner that sent the original may correct it",
        "ask that partner to correct it",
        "hanya mitra pengirim peristiwa asal yang boleh mengoreksinya",
        "mintalah mitra itu untuk mengoreksinya",
    ),
    "rjct.original_unsuitable": _reason(
        "the original is not an event that this one can refer to",
        "check the id of the original and its type",
        "peristiwa asal bukan jenis yang dapat dirujuk oleh peristiwa ini",
        "periksa id peristiwa asal dan jenisnya",
    ),
    "rjct.disaggregation_exceeds_total": _reason(
        "the parts are more than the whole",
        "each way to divide the recipients may give at most their number",
        "rincian melebihi jumlah keseluruhan",
        "setiap rincian penerima tidak boleh melebihi jumlah penerima",
    ),
    "rjct.personal_data": _reason(
        "the text looks like a number that identifies a person",
        "remove names, NIK, passport, phone and account numbers; the text itself was not kept",
        "teks ini tampaknya memuat nomor pengenal seseorang",
        "hapus nama, NIK, paspor, nomor telepon, dan nomor rekening; teks itu tidak kami simpan",
    ),
    "rjct.code_already_registered": _reason(
        "the code is registered already with other content",
        "take another code; a registered code keeps its meaning",
        "kode sudah terdaftar dengan isi lain",
        "gunakan kode lain; kode yang sudah terdaftar tidak berubah artinya",
    ),
    "rjct.simulation_unmarked": _reason(
        "a simulated partner is not marked as one everywhere, or a real one is",
        "codes of simulated partners, and only those, begin with simulasi-",
        "mitra simulasi tidak ditandai sebagai simulasi di semua tempat, atau mitra nyata justru ditandai",
        "kode mitra simulasi, dan hanya mitra simulasi, diawali simulasi-",
    ),
    "rjct.given_up": _reason(
        "the event waited for its original, and an operator gave up on it",
        "send the original, then this event again with the same id",
        "peristiwa ini menunggu peristiwa asalnya, lalu penantiannya dihentikan oleh operator",
        "kirim peristiwa asal, lalu kirim ulang peristiwa ini dengan id yang sama",
    ),
}

_FLAGS: Final[Mapping[str, Reason]] = {
    "flag.return_exceeds_sent": _reason(
        "more came back than was sent",
        "compare the returns with what was sent",
        "retur melebihi pembayaran yang dikirim",
        "bandingkan retur dengan pembayaran yang dikirim",
    ),
    "flag.received_exceeds_dispatched": _reason(
        "more was received than was dispatched",
        "compare the receipt with the consignment",
        "barang yang diterima melebihi yang dikirim",
        "bandingkan penerimaan dengan kirimannya",
    ),
    "flag.batch_total_mismatch": _reason(
        "the batch does not add up to what was declared",
        "compare the batch with its declaration",
        "jumlah dalam batch berbeda dari yang dinyatakan",
        "bandingkan batch itu dengan pernyataannya",
    ),
    "flag.late": _reason(
        "the event arrived more than 30 days after it happened",
        "nothing needs to be done; figures of that month have changed",
        "peristiwa tiba lebih dari 30 hari setelah terjadi",
        "tidak perlu tindakan; angka untuk bulan itu sudah berubah",
    ),
    "flag.out_of_order": _reason(
        "the event happened before the one that it refers to, or came before it",
        "check the times of both, if they should be the other way round",
        "peristiwa terjadi, atau tiba, sebelum peristiwa yang dirujuknya",
        "periksa waktu kedua peristiwa jika seharusnya terbalik",
    ),
    "flag.outlier": _reason(
        "the quantity is far from what the partner usually reports",
        "check the quantity and its unit",
        "jumlah ini jauh berbeda dari yang biasa dilaporkan mitra",
        "periksa jumlah dan satuannya",
    ),
    "flag.after_period_close": _reason(
        "the event belongs to a period that was closed",
        "nothing needs to be done; the period shows it as late",
        "peristiwa ini termasuk dalam periode yang sudah ditutup",
        "tidak perlu tindakan; peristiwa ini tampil sebagai terlambat pada periode itu",
    ),
    "flag.after_fiscal_year": _reason(
        "the event belongs to a fiscal year that is over",
        "nothing needs to be done",
        "peristiwa ini termasuk dalam tahun anggaran yang sudah berakhir",
        "tidak perlu tindakan",
    ),
    "flag.over_target": _reason("the sum is above the target", "check the target and the events", "jumlah melebihi target", "periksa target dan peristiwanya"),
    "flag.over_budget": _reason("the sum is above the budget", "check the budget and the events", "jumlah melebihi pagu", "periksa pagu dan peristiwanya"),
    "flag.reinvested_exceeds_revenue": _reason(
        "more was put back into production than sales have brought in",
        "compare the amounts with the revenue of the sales",
        "dana yang diinvestasikan kembali melebihi hasil penjualan",
        "bandingkan jumlah itu dengan hasil penjualan",
    ),
    "flag.negative_stock": _reason(
        "the holder gave out more than it had",
        "report what the holder produced, procured or received",
        "pemegang mengeluarkan lebih banyak daripada persediaannya",
        "laporkan barang yang diproduksi, dibeli, atau diterima pemegang itu",
    ),
    "flag.no_evidence": _reason(
        "the delivery names no evidence", "attach a handover document", "penyaluran ini tidak menyebut bukti", "lampirkan berita acara serah terima (BAST)"
    ),
    "flag.group_size_unusual": _reason(
        "the groups do not have 20 persons each",
        "check the numbers of groups and of persons",
        "jumlah anggota kelompok bukan 20 orang per kelompok",
        "periksa jumlah kelompok dan jumlah orang",
    ),
    "flag.duplicate_suspected": _reason(
        "a recipient may have been reached twice", "compare the two deliveries", "seorang penerima mungkin menerima dua kali", "bandingkan kedua penyaluran itu"
    ),
    "flag.skewed_clock": _reason(
        "the event happened a little after it was received",
        "check the clock of the sending machine",
        "waktu kejadian sedikit setelah waktu diterima",
        "periksa jam pada komputer pengirim",
    ),
}

_HOLDS: Final[Mapping[str, Reason]] = {
    "held.original_not_booked": _reason(
        "the event refers to an original that is not booked yet",
        "send the original; this event is decided again when it is booked",
        "peristiwa merujuk pada peristiwa asal yang belum dibukukan",
        "kirim peristiwa asal; peristiwa ini diputuskan lagi setelah peristiwa asal dibukukan",
    )
}

REASONS: Final[Mapping[str, Reason]] = MappingProxyType({**_REJECTIONS, **_FLAGS, **_HOLDS})
"""Every code with its words."""

_DID_YOU_MEAN: Final[Mapping[Language, str]] = MappingProxyType({"en": "did you mean {closest}?", "id": "mungkin maksud Anda {closest}?"})
_EXPECTED: Final[Mapping[Language, str]] = MappingProxyType({"en": "expected {expected}", "id": "seharusnya {expected}"})


def explain(violation: Violation, language: Language = "en") -> str:
    """Return one sentence for people: where, what is wrong, what was expected, what to do."""
    words = REASONS[violation.code].words(language)
    parts = [words.text]
    if violation.expected:
        parts.append(_EXPECTED[language].format(expected=in_words(violation.expected, language)))
    parts.append(_DID_YOU_MEAN[language].format(closest=violation.closest) if violation.closest else words.hint)
    where = f"{violation.pointer}: " if violation.pointer else ""
    return where + "; ".join(parts)
