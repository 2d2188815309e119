"""What every type of event is called, and what it says: Indonesian here, English from the type's own docstring; and in which group it stands."""

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.events.catalogue import EVENT_TYPES
from models.reasons import Language


class EventWords(NamedTuple):
    """The title of a type in both languages, and what it says in Indonesian."""

    en: str
    id: str
    meaning: str


GROUPS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "distribution": ("Goods", "Barang"),
        "disbursement": ("Payments", "Pembayaran"),
        "service": ("Services and jobs", "Layanan dan pekerjaan"),
        "event": ("Corrections", "Koreksi"),
        "evidence": ("Evidence, complaints, findings", "Bukti, pengaduan, temuan"),
        "budget": ("Plans and money", "Rencana dan anggaran"),
        "statement": ("Published figures", "Angka yang diumumkan"),
        "partner": ("Codes", "Kode"),
    }
)
"""The headings under which types stand, each by a noun of its own, in the order in which partners look for them."""

_GROUP_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("goods", "consignment", "distribution", "stock"), "distribution"),
        **dict.fromkeys(("disbursement", "incentive", "batch"), "disbursement"),
        **dict.fromkeys(("group", "participants", "training", "persondays", "placement", "service", "proceeds"), "service"),
        "event": "event",
        **dict.fromkeys(("evidence", "delivery", "complaint", "duplicate", "period", "finding"), "evidence"),
        **dict.fromkeys(("budget", "expenditure", "target", "capacity", "caseload"), "budget"),
        "statement": "statement",
        **dict.fromkeys(("partner", "programme", "item", "site", "legal-basis"), "partner"),
    }
)

_WORDS: Final[Mapping[str, EventWords]] = MappingProxyType(
    {
        "partner.registered": EventWords("Partner registered", "Mitra didaftarkan", "Mulai sekarang sebuah mitra boleh mengirim peristiwa."),
        "programme.registered": EventWords("Programme registered", "Program didaftarkan", "Mulai sekarang sebuah program boleh disebut."),
        "item.registered": EventWords("Item registered", "Jenis bantuan didaftarkan", "Mulai sekarang sebuah jenis bantuan boleh disebut."),
        "site.registered": EventWords("Site registered", "Lokasi didaftarkan", "Mulai sekarang sebuah lokasi boleh disebut."),
        "legal-basis.registered": EventWords("Legal basis registered", "Dasar hukum didaftarkan", "Mulai sekarang sebuah dasar hukum boleh disebut."),
        "programme.suspended": EventWords("Programme suspended", "Program dihentikan", "Sebuah program berhenti di satu tujuan."),
        "programme.resumed": EventWords("Programme resumed", "Program dilanjutkan", "Sebuah program berjalan lagi di satu tujuan."),
        "budget.allocated": EventWords("Budget allocated", "Anggaran dialokasikan", "Sebuah program mendapat anggaran untuk satu tahun."),
        "budget.reallocated": EventWords("Budget reallocated", "Anggaran dialihkan", "Anggaran, atau sebagiannya, kini untuk hal lain."),
        "expenditure.recorded": EventWords(
            "Expenditure recorded", "Belanja dicatat", "Uang dibelanjakan dari anggaran; itu belum mengatakan siapa menerima apa."
        ),
        "target.set": EventWords("Target set", "Target ditetapkan", "Sebuah program harus mencapai ini dalam satu tahun."),
        "target.revised": EventWords("Target revised", "Target diubah", "Sebuah target diubah; yang baru menggantikan yang terakhir sebelumnya."),
        "capacity.stated": EventWords("Capacity stated", "Kapasitas dinyatakan", "Berapa banyak yang bisa dibuat atau dilayani; bukan persediaan."),
        "caseload.stated": EventWords("Caseload stated", "Jumlah terdampak dinyatakan", "Berapa orang yang terdampak; bukan penyaluran."),
        "disbursement.instructed": EventWords("Payment instructed", "Pembayaran diperintahkan", "Penyalur diminta membayar."),
        "disbursement.sent": EventWords("Payment sent", "Pembayaran dikirim", "Penyalur mengirim uang; uang itu belum sampai."),
        "disbursement.confirmed": EventWords("Payment confirmed", "Pembayaran diterima", "Uang sudah sampai."),
        "disbursement.failed": EventWords("Payment failed", "Pembayaran gagal", "Uang tidak bisa dikirim."),
        "disbursement.returned": EventWords("Payment returned", "Pembayaran retur", "Uang kembali (retur)."),
        "disbursement.reissued": EventWords(
            "Payment reissued", "Pembayaran diulang", "Pembayaran yang kembali akan dilakukan lagi; harus dikirim dan diterima lagi."
        ),
        "disbursement.refunded": EventWords("Payment refunded", "Setor kas negara", "Uang yang tidak dibayarkan disetor ke kas negara."),
        "incentive.paid": EventWords("Incentive paid", "Insentif dibayarkan", "Insentif dibayarkan; itulah penyalurannya, bukan tahap pembayaran."),
        "batch.declared": EventWords(
            "Batch declared", "Batch dinyatakan", "Satu batch pembayaran akan dilakukan; subject menamainya, dan pembayarannya menyebut nama itu juga."
        ),
        "goods.produced": EventWords("Goods produced", "Barang dibuat", "Barang dibuat; itu belum penyaluran."),
        "goods.procured": EventWords("Goods procured", "Barang diadakan", "Barang dibeli atau diterima sebagai hibah."),
        "consignment.dispatched": EventWords("Consignment dispatched", "Kiriman diberangkatkan", "Barang meninggalkan pemegangnya."),
        "consignment.received": EventWords("Consignment received", "Kiriman diterima", "Barang sampai pada pemegangnya."),
        "distribution.recorded": EventWords("Distribution recorded", "Penyaluran dicatat", "Barang diserahkan kepada penerima."),
        "goods.sold": EventWords("Goods sold", "Barang dijual", "Barang dijual."),
        "stock.counted": EventWords(
            "Stock counted", "Persediaan dihitung", "Pemegang menghitung apa yang ada; selisihnya terlihat dan tidak ada yang berubah."
        ),
        "stock.adjusted": EventWords("Stock adjusted", "Persediaan disesuaikan", "Persediaan seorang pemegang dibetulkan."),
        "group.assisted": EventWords("Group assisted", "Kelompok dibantu", "Kelompok dibantu, misalnya dua puluh wirausaha dengan dana bantuan."),
        "participants.engaged": EventWords(
            "Participants engaged", "Peserta dilibatkan", "Orang dilibatkan yang tidak tercakup oleh peristiwa kelompok program itu."
        ),
        "training.offered": EventWords("Training offered", "Pelatihan dibuka", "Tempat pelatihan dibuka; belum ada yang dilatih."),
        "training.delivered": EventWords("Training delivered", "Pelatihan diselesaikan", "Orang menyelesaikan pelatihan."),
        "persondays.worked": EventWords("Person-days worked", "Padat karya", "Hari kerja dalam padat karya, dihitung dalam orang-hari."),
        "placement.made": EventWords("Placement made", "Penempatan kerja", "Orang ditempatkan dalam pekerjaan."),
        "service.delivered": EventWords("Service delivered", "Layanan diberikan", "Layanan diberikan, misalnya dosis vaksin atau tempat yang disemprot."),
        "proceeds.reinvested": EventWords("Proceeds reinvested", "Hasil penjualan diputar", "Hasil penjualan dipakai lagi untuk produksi."),
        "evidence.attached": EventWords("Evidence attached", "Bukti disusulkan", "Bukti datang sesudah peristiwa yang ditunjukkannya."),
        "delivery.verified": EventWords("Delivery verified", "Penyaluran diperiksa", "Pihak lain memeriksa sebuah penyaluran."),
        "complaint.raised": EventWords("Complaint raised", "Pengaduan masuk", "Seseorang mengadu."),
        "complaint.forwarded": EventWords("Complaint forwarded", "Pengaduan diteruskan", "Sebuah pengaduan diteruskan."),
        "complaint.resolved": EventWords("Complaint resolved", "Pengaduan selesai", "Sebuah pengaduan berakhir."),
        "duplicate.suspected": EventWords(
            "Duplicate suspected", "Dugaan ganda", "Ada dugaan bahwa dua peristiwa adalah satu penyaluran, atau sampai dua kali ke satu penerima."
        ),
        "duplicate.adjudicated": EventWords("Duplicate adjudicated", "Dugaan ganda diputuskan", "Sebuah dugaan diputuskan."),
        "period.closed": EventWords(
            "Period closed", "Periode ditutup", "Tidak ada lagi yang diharapkan dari suatu periode atau batch; yang tetap datang diterima dan ditandai."
        ),
        "finding.raised": EventWords("Finding raised", "Temuan", "Auditor menemukan sesuatu."),
        "finding.answered": EventWords("Finding answered", "Temuan dijawab", "Pihak yang diaudit menjawab."),
        "statement.published": EventWords("Statement published", "Angka diumumkan", "Seseorang mengumumkan angka."),
        "event.reversed": EventWords("Event reversed", "Peristiwa dibatalkan", "Sebuah peristiwa dibatalkan."),
        "event.amended": EventWords("Event amended", "Peristiwa diganti", "Sebuah peristiwa dibatalkan dan yang lain menggantikannya."),
        "event.annotated": EventWords("Event annotated", "Peristiwa diberi catatan", "Sebuah catatan dilekatkan pada sebuah peristiwa."),
    }
)


def title(short: str, language: Language) -> str:
    """Return what a type is called; ``short`` is its name without the words that all have in common."""
    words = _WORDS[short]
    return words.id if language == "id" else words.en


def meaning(short: str, language: Language) -> str:
    """Return what an event of the type says."""
    if language == "id":
        return _WORDS[short].meaning
    return " ".join(inspect.cleandoc(EVENT_TYPES[f"salur.{short}.v1"].__doc__ or "").split())


def grouped(shorts: list[str]) -> list[tuple[str, list[str]]]:
    """Return the groups in their order, each with its types in theirs."""
    return [(group, [short for short in shorts if _GROUP_OF[short.partition(".")[0]] == group]) for group in GROUPS]
