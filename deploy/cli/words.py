"""The words that commands show to people, in English and Indonesian. Reasons of verdicts have their own: ``models.reason_words``."""

from collections.abc import Mapping
from typing import Final

from deploy.settings import Language

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "destination": ("Destination", "Tujuan"),
    "programme": ("Programme", "Program"),
    "activity": ("Activity", "Kegiatan"),
    "tranche": ("Tranche", "Tahap"),
    "partner": ("Partner", "Mitra"),
    "item": ("Item", "Bantuan"),
    "measure": ("Measure", "Indikator"),
    "unit": ("Unit", "Satuan"),
    "day": ("Day", "Tanggal"),
    "month": ("Month", "Bulan"),
    "recipient_type": ("Recipients", "Penerima"),
    "place": ("Place", "Tempat"),
    "holder": ("Holder", "Pemegang"),
    "lot": ("Lot", "Lot"),
    "table": ("Table", "Tabel"),
    "quantity": ("Quantity", "Jumlah"),
    "events": ("Events", "Peristiwa"),
    "postings": ("Postings", "Posting"),
    "simulated": ("Simulated", "Simulasi"),
    "yes": ("yes", "ya"),
    "no": ("no", "tidak"),
    "nothing": ("Nothing is booked for this.", "Belum ada yang dibukukan untuk ini."),
    "as_of": ("As of booking {booking} ({booked_at})", "Per pembukuan {booking} ({booked_at})"),
    "never": ("nothing booked yet", "belum ada pembukuan"),
    "intake": (
        "{received} received = {accepted} accepted + {duplicate} duplicate + {conflict} conflict + {rejected} rejected + {held} held",
        "{received} masuk = {accepted} diterima + {duplicate} ganda + {conflict} bertentangan + {rejected} ditolak + {held} tertunda",
    ),
    "booking": ("Booking", "Pembukuan"),
    "position": ("Topic, partition, offset", "Topik, partisi, offset"),
    "event": ("Event", "Peristiwa"),
    "type": ("Type", "Jenis"),
    "adds": ("Adds", "Menambah"),
    "sha256": ("SHA-256", "SHA-256"),
    "flags": ("Flags", "Penanda"),
    "no_total": ("there is no total of {figures}: they are different {what}", "{figures} tidak dapat dijumlahkan: {what}nya berbeda"),
    "units": ("units", "satuan"),
    "measures": ("measures", "indikator"),
    "and": (" and ", " dan "),
    "adds_up": ("{quantity} {unit} ({measure}) = sum of {events} events", "{quantity} {unit} ({measure}) = jumlah {events} peristiwa"),
    "does_not_add_up": (
        "{quantity} {unit} ({measure}), but its {summed_events} events sum to {sum}",
        "{quantity} {unit} ({measure}), padahal {summed_events} peristiwanya berjumlah {sum}",
    ),
    "more": ("More: --after {next}", "Selanjutnya: --after {next}"),
    "equal": ("table = ledger = log at booking {booking}", "tabel = buku besar = log pada pembukuan {booking}"),
    "different": ("{count} differences at booking {booking}:", "{count} perbedaan pada pembukuan {booking}:"),
    "verdict": ("Verdict", "Putusan"),
    "line": ("Line", "Baris"),
    "reason": ("Reason", "Alasan"),
    "accepted": ("accepted", "diterima"),
    "duplicate": ("duplicate", "ganda"),
    "conflict": ("conflict", "bertentangan"),
    "rejected": ("rejected", "ditolak"),
    "held": ("held", "tertunda"),
    "unknown": ("unknown", "tidak diketahui"),
    "sent": ("{count} sent", "{count} terkirim"),
    "not_sent": (
        "{count} not acknowledged: kept in {spool} and sent again, with the same ids, by the next `salur publish`",
        "{count} belum dikonfirmasi Kafka: disimpan di {spool} dan dikirim lagi dengan id yang sama oleh `salur publish` berikutnya",
    ),
    "start_publishing": ("sending", "mengirim"),
    "waiting": ("waiting for the verdicts", "menunggu putusan"),
    "checked": ("Nothing was sent.", "Tidak ada yang dikirim."),
    "not_all_fine": ("nothing was sent, because not every line is fine (--check-first)", "tidak ada yang dikirim karena ada baris yang salah (--check-first)"),
    "setting": ("Setting", "Pengaturan"),
    "value": ("Value", "Nilai"),
    "origin": ("From", "Asal"),
    "check": ("Check", "Pemeriksaan"),
    "fix": ("Fix", "Cara memperbaiki"),
    "ready": ("Everything is ready.", "Semuanya siap."),
    "stopping": ("Stopping …", "Berhenti …"),
    "start_kafka": ("Kafka", "Kafka"),
    "start_jars": ("Kafka's files", "Berkas Kafka"),
    "start_topics": ("topics", "topik"),
    "start_database": ("ledger database", "basis data buku besar"),
    "start_workers": ("workers", "pekerja"),
    "ledger": ("Ledger", "Buku besar"),
    "folder": ("Folder", "Folder"),
    "reconciling": ("folding the raw log again", "menghitung ulang dari log mentah"),
    "topic": ("Topic", "Topik"),
    "status": ("Status", "Status"),
    "differences": ("Differences", "Perbedaan"),
    "found": ("Found", "Hasil"),
    "rebuilding_ledger": ("deciding the raw log again", "memutuskan ulang dari log mentah"),
    "rebuilt_ledger": (
        "{bookings} bookings with {decisions} decisions; Merkle root {root}",
        "{bookings} pembukuan dengan {decisions} putusan; akar Merkle {root}",
    ),
    "rebuilding_tables": ("folding the tables anew", "menghitung ulang tabel"),
    "rebuilt_tables": ("The tables are folded anew and hold everything booked.", "Tabel sudah dihitung ulang dan memuat semua pembukuan."),
    "rebuilt_later": ("The tables are empty; the next `salur up` folds them anew.", "Tabel kosong; `salur up` berikutnya akan menghitungnya ulang."),
    "decision": ("Decision", "Nomor putusan"),
    "nothing_rejected": ("Nothing was rejected.", "Tidak ada yang ditolak."),
    "not_rejected": ("decision {decision} rejected nothing", "putusan {decision} tidak menolak apa pun"),
    "cause": ("Cause", "Sebab"),
    "change": ("Change", "Perubahan"),
    "cause_new": ("new", "baru"),
    "cause_late": ("late", "terlambat"),
    "cause_correction": ("correction", "koreksi"),
    "cause_return": ("return", "retur"),
    "cause_reclassification": ("reclassified", "pindah golongan"),
    "moved": ("{quantity} moved", "{quantity} dipindahkan"),
    "no_figure": ("no figure", "belum ada angka"),
    "wrong_sum": ("(does not add up)", "(tidak cocok)"),
    "nothing_changed": ("Nothing changed in between.", "Tidak ada yang berubah di antaranya."),
    "between": ("{total} events between booking {first} and booking {last}", "{total} peristiwa antara pembukuan {first} dan pembukuan {last}"),
    "flag": ("Flag", "Penanda"),
    "meaning": ("Meaning", "Arti"),
    "nothing_flagged": ("No event was flagged.", "Tidak ada peristiwa yang ditandai."),
    "press": ("Press Ctrl-C to stop.", "Tekan Ctrl-C untuk berhenti."),
    "demo_publishing": ("publishing the events of the published figures", "mengirim peristiwa dari angka yang telah dipublikasikan"),
    "demo_hidden": ("{count} more rows do not fit; these changed last", "{count} baris lagi tidak muat; yang tampil adalah yang terakhir berubah"),
    "demo_plans": (
        "Beside the tallies, and never in them: budgets, capacities and people affected",
        "Di samping rekapitulasi dan tidak pernah di dalamnya: pagu, kapasitas dan orang terdampak",
    ),
    "demo_first": ("first tally after {seconds} s", "rekapitulasi pertama setelah {seconds} detik"),
}


def say(key: str, lang: Language, **values: object) -> str:
    """Return the words of ``key``, filled in. Raises KeyError for words that nobody wrote."""
    english, indonesian = _WORDS[key]
    return (indonesian if lang == "id" else english).format(**values)


def grouped(quantity: str, lang: Language) -> str:
    """Return an exact decimal string with its thousands grouped as the language writes them: 1,985.5 or 1.985,5."""
    sign, digits = ("-", quantity[1:]) if quantity.startswith("-") else ("", quantity)
    whole, _, fraction = digits.partition(".")
    thousands, point = (".", ",") if lang == "id" else (",", ".")
    text = f"{int(whole):,}".replace(",", thousands)
    return f"{sign}{text}{point}{fraction}" if fraction else f"{sign}{text}"
