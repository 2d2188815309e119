"""The help of `salur status`, and what processes say of themselves, in Indonesian."""

from collections.abc import Mapping
from typing import Final

HELP: Final[Mapping[str, str]] = {
    "Print what an alert means, what to do, and how to see that it is over.": (
        "Mencetak arti sebuah peringatan, apa yang perlu dilakukan, dan cara melihat bahwa sudah selesai."
    ),
    "The alert, such as SalurWorkerDown; all of them without one.": "Peringatannya, misalnya SalurWorkerDown; tanpa itu, semuanya.",
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
