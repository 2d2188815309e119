"""The words that commands show to people, in English and Indonesian. Reasons of verdicts have their own: ``models.reason_words``."""

from collections.abc import Mapping
from typing import Final

from deploy.cli.auditor_words import WORDS as _AUDITORS
from deploy.cli.backup_words import WORDS as _BACKUP
from deploy.cli.desk_words import WORDS as _DESK
from deploy.cli.export_words import WORDS as _EXPORTS
from deploy.cli.kobo_words import WORDS as _KOBO
from deploy.cli.partner_words import WORDS as _PARTNERS
from deploy.cli.people_words import WORDS as _PEOPLE
from deploy.cli.proof_words import WORDS as _PROOF
from deploy.cli.sheet_words import WORDS as _SHEETS
from deploy.settings import Language
from models.answer_words import ANSWER_WORDS
from models.status_words import STATUS_WORDS

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **ANSWER_WORDS,
    **_AUDITORS,
    **_BACKUP,
    **_EXPORTS,
    **_DESK,
    **_KOBO,
    **_PARTNERS,
    **_PEOPLE,
    **_SHEETS,
    **STATUS_WORDS,
    **_PROOF,
    "postings": ("Postings", "Posting"),
    "simulated": ("Simulated", "Simulasi"),
    "nothing": ("Nothing is booked for this.", "Belum ada yang dibukukan untuk ini."),
    "as_of": ("As of booking {booking} ({booked_at})", "Per pembukuan {booking} ({booked_at})"),
    "never": ("nothing booked yet", "belum ada pembukuan"),
    "intake": (
        "{received} received = {accepted} accepted + {duplicate} duplicate + {conflict} conflict + {rejected} rejected + {held} held",
        "{received} masuk = {accepted} diterima + {duplicate} ganda + {conflict} bertentangan + {rejected} ditolak + {held} tertunda",
    ),
    "sha256": ("SHA-256", "SHA-256"),
    "no_total": ("there is no total of {figures}: they are different {what}", "{figures} tidak dapat dijumlahkan: {what}nya berbeda"),
    "units": ("units", "satuan"),
    "measures": ("measures", "indikator"),
    "and": (" and ", " dan "),
    "not_added_up": (
        "{quantity} {unit} ({measure}) of {events} events; they were not all read: add them up with --add-up",
        "{quantity} {unit} ({measure}) dari {events} peristiwa; belum semuanya dibaca: jumlahkan dengan --add-up",
    ),
    "adds_up": ("{quantity} {unit} ({measure}) = sum of {events} events", "{quantity} {unit} ({measure}) = jumlah {events} peristiwa"),
    "does_not_add_up": (
        "{quantity} {unit} ({measure}), but its {summed_events} events sum to {sum}",
        "{quantity} {unit} ({measure}), padahal {summed_events} peristiwanya berjumlah {sum}",
    ),
    "simulating": ("writing events", "menulis peristiwa"),
    "simulated_events": (
        "{count} events of simulated partners in {events}; what they must come to is in {expected}",
        "{count} peristiwa mitra simulasi di {events}; hasil yang harus tercapai ada di {expected}",
    ),
    "simulation_checking": ("comparing decisions", "membandingkan putusan"),
    "simulation_equal": (
        "Equal: {decisions} decisions, {bookings} bookings, {cells} cells, {balances} balances, {flags} flags, {suspicions} suspicions, {moments} moments",
        "Sesuai harapan: {decisions} putusan, {bookings} pembukuan, {cells} sel, {balances} neraca, {flags} penanda, {suspicions} dugaan, {moments} saat",
    ),
    "simulation_different": (
        "{differences} differences over {decisions} decisions in {bookings} bookings",
        "{differences} perbedaan pada {decisions} putusan dalam {bookings} pembukuan",
    ),
    "more": ("More: --after {next}", "Selanjutnya: --after {next}"),
    "equal": ("table = ledger = log at booking {booking}", "tabel = buku besar = log pada pembukuan {booking}"),
    "different": ("{count} differences at booking {booking}:", "{count} perbedaan pada pembukuan {booking}:"),
    "line": ("Line", "Baris"),
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
    "moved": ("{quantity} moved", "{quantity} dipindahkan"),
    "wrong_sum": ("(does not add up)", "(tidak cocok)"),
    "between": ("{total} events between booking {first} and booking {last}", "{total} peristiwa antara pembukuan {first} dan pembukuan {last}"),
    "share": ("Share", "Bagian"),
    "marks": ("Marks", "Catatan"),
    "of_below": ("{what}: {quantity} by {programme}", "{what}: {quantity} oleh {programme}"),
    "after_year_end": ("{what}: {quantity} booked after the year's end", "{what}: {quantity} dibukukan setelah akhir tahun"),
    "scope": ("Scope", "Cakupan"),
    "gap": ("gap", "selisih"),
    "closed": ("closed", "sudah ditutup"),
    "speaks_of_day": ("Speaks of the state on {day}", "Berbicara tentang keadaan per {day}"),
    "weakness": ("Weakness of the source: {text}", "Kelemahan sumber: {text}"),
    "reported_as": ("Reported by {partner} as {id}, decision {decision}", "Dilaporkan oleh {partner} sebagai {id}, putusan {decision}"),
    "minus": ("less", "dikurangi"),
    "out_of": ("of", "dari"),
    "named_by": ("{event}: {kind} {id}", "{event}: {kind} {id}"),
    "verdict_part": ("part", "sebagian"),
    "batch": ("Batch", "Batch"),
    "waits": ("Waits", "Menunggu"),
    "undelivered": ("Not delivered", "Belum tersalurkan"),
    "waits_declared": ("to be instructed or paid", "perintah atau pembayaran"),
    "waits_instructed": ("to be sent", "pengiriman"),
    "waits_sent": ("to be confirmed", "konfirmasi"),
    "waits_returned": ("to be issued again or refunded", "penyaluran ulang atau penyetoran"),
    "status_declared": ("declared", "ditetapkan"),
    "status_instructed": ("instructed", "diperintahkan"),
    "status_sent": ("sent", "dikirim"),
    "status_returned": ("returned", "retur"),
    "status_confirmed": ("confirmed", "cair"),
    "status_refunded": ("refunded", "disetor ke kas negara"),
    "status_in_part": ("confirmed in part", "cair sebagian"),
    "status_nothing": ("nothing", "tidak ada"),
    "complete": ("complete", "lengkap"),
    "sent_not_confirmed": ("Sent, not confirmed", "Dikirim, belum cair"),
    "since": ("Since", "Sejak"),
    "days": ("Days", "Hari"),
    "ages_at": ("ages counted back from {at}", "umur dihitung mundur dari {at}"),
    "more_events": ("{count} more events", "{count} peristiwa lagi"),
    "press": ("Press Ctrl-C to stop.", "Tekan Ctrl-C untuk berhenti."),
    "demo_publishing": ("publishing the events of the published figures", "mengirim peristiwa dari angka yang telah dipublikasikan"),
    "demo_hidden": ("{count} more rows do not fit; these changed last", "{count} baris lagi tidak muat; yang tampil adalah yang terakhir berubah"),
    "demo_statements": (
        "Published figures, and what the events say of them (salur statement NAME opens one)",
        "Angka yang dipublikasikan, dan apa kata peristiwa tentangnya (salur statement NAMA membukanya)",
    ),
    "demo_plans": (
        "Beside the tallies below, and never in them: budgets, capacities and people affected",
        "Di samping rekapitulasi di bawah dan tidak pernah di dalamnya: pagu, kapasitas dan orang terdampak",
    ),
    "demo_first": ("first tally after {seconds} s", "rekapitulasi pertama setelah {seconds} detik"),
}


def say(key: str, lang: Language, **values: object) -> str:
    """Return the words of ``key``, filled in. Raises KeyError for words that nobody wrote."""
    english, indonesian = _WORDS[key]
    return (indonesian if lang == "id" else english).format(**values)
