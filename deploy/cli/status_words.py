"""The words of `salur status`, and of what processes say of themselves, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "status_not_running": ("No stack runs on {data}: salur up --data {data}", "Tidak ada Salur yang berjalan di {data}: salur up --data {data}"),
    "status_well": ("All is well.", "Semuanya baik."),
    "status_unwell": ("Not all is well; `salur doctor` says what to do.", "Tidak semuanya baik; `salur doctor` menyebut yang perlu dilakukan."),
    "process_ready": ("ready", "siap"),
    "process_not_ready": ("not ready", "belum siap"),
    "process_silent": ("does not answer", "tidak menjawab"),
    "process_nobody": ("starting", "sedang mulai"),
    "process_pausing": ("is started again", "dijalankan lagi"),
    "status_bookings": ("Bookings", "Pembukuan"),
    "tables_hold": ("{booking}; the tables hold {tables}", "{booking}; tabel memuat {tables}"),
    "status_lag": ("Behind", "Tertinggal"),
    "lag_of": ("{group} by {events} records, the oldest for {span}", "{group} sebanyak {events} rekaman, yang tertua selama {span}"),
    "status_waits": ("Waiting for people", "Menunggu orang"),
    "held_and_rejected": ("{held} held, {rejected} refused and open", "{held} tertunda, {rejected} ditolak dan terbuka"),
    "status_differences": ("Table, ledger, log", "Tabel, buku besar, log"),
    "none_differ": ("no difference", "tidak ada perbedaan"),
    "status_proof": ("Proof", "Bukti"),
    "proof_none": ("nothing is sealed yet", "belum ada yang disegel"),
    "proof_holds": ("the newest seal holds; unsealed for {span}", "segel terbaru cocok; belum tersegel selama {span}"),
    "proof_broken": ("the newest seal is NOT that of this ledger", "segel terbaru BUKAN milik buku besar ini"),
    "status_looked": ("Looked at", "Dilihat"),
    "last_heard": ("Last heard of", "Terakhir terdengar"),
    "not_known": ("not known", "tidak diketahui"),
    "ago": ("{span} ago", "{span} lalu"),
    "span_days": ("{count} days", "{count} hari"),
    "span_hours": ("{count} h", "{count} jam"),
    "span_minutes": ("{count} min", "{count} menit"),
    "span_seconds": ("{count} s", "{count} detik"),
}

HELP: Final[Mapping[str, str]] = {
    "Where lines of the processes go: files in the data folder, or here, named or as JSON.": (
        "Ke mana baris log proses: berkas di folder data, atau ke sini, dengan nama atau sebagai JSON."
    ),
    "Show how the stack is now: processes, what waits, what agrees, who was heard of last (exit code 1 if not all is well).": (
        "Menampilkan keadaan sekarang: proses, yang menunggu, yang cocok, dan siapa terakhir terdengar (kode keluar 1 jika tidak semuanya baik)."
    ),
}

REMARKS: Final[Mapping[str, str]] = {
    "the loop has not turned for {seconds} s": "perulangan tidak berputar selama {seconds} detik",
    "the database has not taken a booking for {seconds} s": "basis data tidak menerima pembukuan selama {seconds} detik",
    "Kafka has not assigned partitions yet": "Kafka belum membagikan partisi",
    "Kafka does not answer": "Kafka tidak menjawab",
    "the ledger has not been opened yet": "buku besar belum dibuka",
    "the publisher waits: {reason:many}": "penerbit menunggu: {reason}",
    "halted: {reason:many}": "berhenti: {reason}",
    "tables are being recovered": "tabel sedang dipulihkan",
    "nothing was applied for {seconds} s with {left} records to go": "tidak ada yang diterapkan selama {seconds} detik dengan {left} rekaman tersisa",
    "partition {partition} is being counted anew": "partisi {partition} sedang dihitung ulang",
    "nothing was looked at yet": "belum ada yang diperiksa",
}
