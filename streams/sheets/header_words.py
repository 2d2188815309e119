"""What the columns of a sheet are called, in English and Indonesian, and other names that people give them.

The name of a column on the wire, such as ``recipients.count``, is always one of its headers too.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Header(NamedTuple):
    """The headers of one column; ``others`` are read as well, but never written."""

    en: str
    id: str
    others: tuple[str, ...] = ()


HEADERS: Final[Mapping[str, Header]] = MappingProxyType(
    {
        "id": Header("key", "kunci", ("row key", "event id", "id peristiwa", "nomor dokumen")),
        "type": Header("type", "jenis", ("event type", "jenis peristiwa")),
        "time": Header("date", "tanggal", ("day", "waktu", "time")),
        "subject": Header("batch", "batch", ("subject", "subjek")),
        "programme": Header("programme", "program", ("program",)),
        "country": Header("country", "negara", ("destination", "negara tujuan", "tujuan")),
        "activity": Header("activity", "kegiatan"),
        "place.code": Header("place code", "kode wilayah"),
        "place.edition": Header("place edition", "edisi wilayah"),
        "channel": Header("channel", "saluran"),
        "tranche": Header("tranche", "tahap"),
        "legal_basis": Header("legal basis", "dasar hukum"),
        "recipient_type": Header("recipient type", "jenis penerima"),
        "from": Header("from", "dari", ("sender", "pengirim")),
        "to": Header("to", "ke", ("receiver", "kepada")),
        "evidence.kind": Header("evidence kind", "jenis bukti"),
        "evidence.reference": Header("evidence reference", "nomor bukti", ("nomor bast", "evidence number")),
        "evidence.sha256": Header("evidence sha256", "sha256 bukti"),
        "tokens": Header("tokens", "token"),
        "period.start": Header("period start", "awal periode"),
        "period.end": Header("period end", "akhir periode"),
        "original": Header("original", "peristiwa asal", ("original key", "kunci asal")),
        "original.source": Header("original source", "sumber asal"),
        "other": Header("other event", "peristiwa lain", ("other",)),
        "other.source": Header("other source", "sumber lain"),
        "reason": Header("reason", "alasan"),
        "direction": Header("direction", "arah"),
        "line": Header("line", "nomor baris", ("line number", "baris")),
        "item": Header("item", "bantuan", ("barang", "jenis bantuan")),
        "quantity": Header("quantity", "jumlah", ("qty",)),
        "unit": Header("unit", "satuan"),
        "per": Header("per", "per"),
        "payments": Header("payments", "jumlah pembayaran"),
        "amount": Header("amount", "nilai uang", ("nominal", "nilai")),
        "currency": Header("currency", "mata uang"),
        "recipients.count": Header("recipients", "jumlah penerima", ("recipient count",)),
        "recipients.unit": Header("recipients unit", "satuan penerima"),
        "disaggregation.sex.f": Header("women", "perempuan"),
        "disaggregation.sex.m": Header("men", "laki-laki"),
        "disaggregation.age.0-17": Header("age 0-17", "umur 0-17"),
        "disaggregation.age.18-24": Header("age 18-24", "umur 18-24"),
        "disaggregation.age.25-34": Header("age 25-34", "umur 25-34"),
        "disaggregation.age.35-44": Header("age 35-44", "umur 35-44"),
        "disaggregation.age.45-59": Header("age 45-59", "umur 45-59"),
        "disaggregation.age.60-plus": Header("age 60 and over", "umur 60 ke atas"),
        "disaggregation.disability.yes": Header("with disability", "penyandang disabilitas"),
        "disaggregation.disability.no": Header("without disability", "bukan penyandang disabilitas"),
        "lot": Header("lot", "lot"),
        "damaged": Header("damaged", "rusak"),
        "missing": Header("missing", "kurang"),
        "revenue": Header("revenue", "hasil penjualan"),
        "code": Header("code", "kode"),
        "name.id": Header("name in Indonesian", "nama Indonesia"),
        "name.en": Header("name in English", "nama Inggris"),
        "simulated": Header("simulated", "simulasi"),
        "programmes": Header("programmes", "program-program"),
        "countries": Header("countries", "negara-negara"),
        "reports": Header("reports", "laporan"),
        "batches": Header("batches", "batch-batch"),
        "parent": Header("parent", "induk"),
        "start": Header("start", "mulai"),
        "owner": Header("owner", "pemilik"),
        "partner": Header("partner", "mitra"),
        "issued": Header("issued", "tanggal terbit"),
        "address": Header("address", "alamat"),
        "text": Header("text", "keterangan", ("remark", "catatan")),
        "result": Header("result", "hasil"),
        "method": Header("method", "cara"),
        "about": Header("about", "tentang"),
        "outcome": Header("outcome", "hasil akhir"),
        "finding": Header("finding", "temuan"),
        "from.programme": Header("from programme", "dari program"),
        "from.activity": Header("from activity", "dari kegiatan"),
        "to.programme": Header("to programme", "ke program"),
        "to.activity": Header("to activity", "ke kegiatan"),
    }
)
"""By the name of the column on the wire."""

ERRORS: Final = Header("errors (Salur)", "kesalahan (Salur)")
"""The column that the annotated copy adds; it is left aside when that copy is read."""
