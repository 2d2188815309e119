"""The words of `salur export`, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "exporting": ("writing rows", "menulis baris"),
    "packing": ("making the evidence pack", "membuat paket bukti"),
    "exported": (
        "{path}: {rows} rows as of booking {booking}, {bytes} bytes, SHA-256 {sha256}",
        "{path}: {rows} baris per pembukuan {booking}, {bytes} bita, SHA-256 {sha256}",
    ),
    "packed": (
        "{proofs} figures proved, {receipts} receipts, under seal {seal}; README.en.md in it says how to verify it",
        "{proofs} angka dibuktikan, {receipts} tanda terima, di bawah segel {seal}; README.id.md di dalamnya menjelaskan cara memeriksanya",
    ),
    "unproved": ("{count} figures are without a proof; manifest.json says why", "{count} angka tanpa bukti; manifest.json menyebut alasannya"),
}

REMARKS: Final[Mapping[str, str]] = {
    "there is no view {view} to export": "tidak ada tampilan {view} untuk diekspor",
    "{view} cannot be told to IATI": "{view} tidak dapat disampaikan ke IATI",
    "take tallies, or public for what may be published": "pakai tallies, atau public untuk yang boleh dipublikasikan",
    "there is no figure here that could be told to IATI": "tidak ada angka di sini yang dapat disampaikan ke IATI",
    "ask for more; what is small is not published": "minta lebih banyak; yang kecil tidak dipublikasikan",
    "an evidence pack has no format": "paket bukti tidak punya format",
    "leave --format out; a pack holds CSV and Parquet": "hilangkan --format; paket berisi CSV dan Parquet",
    "{text} is no parameter with its value": "{text} bukan parameter dengan nilainya",
    "write --ask NAME=VALUE, such as --ask flag=late": "tulis --ask NAMA=NILAI, misalnya --ask flag=late",
    "{name:many} does not say its format": "{name} tidak menyebut formatnya",
    "name it .csv, .json, .xlsx, .parquet or .iati.xml, or say --format": "beri nama .csv, .json, .xlsx, .parquet, atau .iati.xml, atau sebutkan --format",
    "cannot write {path:many}": "tidak dapat menulis {path}",
    "name a file that can be written with --out": "sebutkan berkas yang dapat ditulis dengan --out",
    "a quantity in {name} has more digits than Parquet holds exactly": "kuantitas di {name} punya lebih banyak digit daripada yang dapat disimpan Parquet",
    "take CSV or JSON": "pakai CSV atau JSON",
    "a pack is made as of the last seal, which is of booking {booking}": "paket dibuat per segel terakhir, yaitu pembukuan {booking}",
    "ask as of {booking}, or seal again with `salur seal`": "minta per {booking}, atau segel lagi dengan `salur seal`",
}

HELP: Final[Mapping[str, str]] = {
    "Write exactly what an answer shows to a file, with a manifest: question, as of when, rows, units, hash, head of the ledger.": (
        "Menulis tepat yang ditampilkan sebuah jawaban ke berkas, dengan manifes: pertanyaan, per kapan, baris, satuan, hash, kepala buku besar."
    ),
    "What to export: tallies, entries, statements, public, and all else that can be asked.": (
        "Yang diekspor: tallies, entries, statements, public, dan semua yang dapat ditanyakan."
    ),
    "Write to this file; its manifest stands beside it.": "Tulis ke berkas ini; manifesnya ada di sampingnya.",
    "The format; by default what the file's name says, else csv.": "Formatnya; bawaannya menurut nama berkas, atau csv.",
    "Any other parameter of the view, such as a=120 or flag=late.": "Parameter lain dari tampilan itu, misalnya a=120 atau flag=late.",
    "An evidence pack as of the last seal: figures, entries, verdicts, proofs, receipts, seals, verifiers.": (
        "Paket bukti per segel terakhir: angka, catatan, putusan, bukti, tanda terima, segel, alat pemeriksa."
    ),
}
