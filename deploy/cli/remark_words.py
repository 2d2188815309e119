"""Findings of the doctor, and errors that a command ends with, in Indonesian.

The English is written where something is found or goes wrong, and is what logs keep. What has no Indonesian here is
shown in English: better than nothing, for errors that only an operator meets.
"""

from collections.abc import Mapping
from typing import Final

from deploy.cli.auditor_words import REMARKS as _AUDITORS
from deploy.cli.backup_words import REMARKS as _BACKUP
from deploy.cli.desk_words import REMARKS as _DESK
from deploy.cli.doctor_words import REMARKS as _DOCTOR
from deploy.cli.export_words import REMARKS as _EXPORTS
from deploy.cli.proof_words import REMARKS as _PROOF
from deploy.cli.status_words import REMARKS as _STATUS
from deploy.settings import Language
from models.phrases import Phrasebook

_FINDINGS: Final[Mapping[str, str]] = {
    "fine": "baik",
    "wrong": "salah",
    "unreachable": "tidak terjangkau",
    "not needed": "tidak diperlukan",
    "created": "dibuat",
    "differs": "berbeda",
    "missing": "tidak ada",
    "default": "bawaan",
    "file": "berkas",
    "environment": "lingkungan",
    "option": "opsi",
    "Kafka's files": "Berkas Kafka",
    "Data folder": "Folder data",
    "Topics": "Topik",
    "Database": "Basis data",
    "Workers": "Pekerja",
    "Ledger": "Buku besar",
    "Tables": "Tabel",
    "install Python {version} or newer": "pasang Python {version} atau yang lebih baru",
    "Kafka is given by its address": "Kafka sudah ditunjuk dengan alamatnya",
    "{count} in {folder:many}": "{count} di {folder}",
    "{missing} of {count} are not in {folder:many}": "{missing} dari {count} tidak ada di {folder}",
    "run `salur up` once with a network, or set SALUR_MAVEN_MIRROR": "jalankan `salur up` sekali dengan jaringan, atau atur SALUR_MAVEN_MIRROR",
    "{size} GiB free for {folder:many}": "{size} GiB kosong untuk {folder}",
    "{folder:many} may not be written": "{folder} tidak boleh ditulisi",
    "name another folder with --data": "tunjuk folder lain dengan --data",
    "answers at {servers}": "menjawab di {servers}",
    "nobody listens at {servers}": "tidak ada yang menjawab di {servers}",
    "mend SALUR_BOOTSTRAP_SERVERS": "betulkan SALUR_BOOTSTRAP_SERVERS",
    "start it, or mend SALUR_BOOTSTRAP_SERVERS": "jalankan Kafka, atau betulkan SALUR_BOOTSTRAP_SERVERS",
    "start the stack: salur up --data {folder:many}": "jalankan dengan: salur up --data {folder}",
    "{count} as declared, {partitions} partitions": "{count} sesuai ketentuan, {partitions} partisi",
    "{url} at version {version}": "{url} pada versi {version}",
    "{url} at version {version}, expected {needed}": "{url} pada versi {version}, seharusnya {needed}",
    "`salur up` brings it to the newest version": "`salur up` membawanya ke versi terbaru",
    "look at {folder:many}; `salur up` starts workers again by itself": "lihat {folder}; `salur up` menjalankan ulang pekerja dengan sendirinya",
    "{count} events wait to be booked": "{count} peristiwa menunggu dibukukan",
    "hold booking {booking} of {head}": "memuat pembukuan {booking} dari {head}",
    "wait a moment and look again; if it stays, `salur rebuild` folds them anew": (
        "tunggu sebentar lalu periksa lagi; jika tetap begitu, `salur rebuild` menghitungnya ulang"
    ),
    "{what} is {found}, expected {expected}": "{what} adalah {found}, seharusnya {expected}",
}

_ERRORS: Final[Mapping[str, str]] = {
    "--{name} is a share": "--{name} adalah bagian",
    "give a number from 0 to 1": "tulis angka antara 0 dan 1",
    "less than half of the events would be plain ones": "kurang dari separuh peristiwanya akan berupa peristiwa biasa",
    "lower the shares, together to at most 0.5": "turunkan bagian-bagiannya, jumlahnya paling banyak 0,5",
    "{events} events are more than the published figures can be split into": "{events} peristiwa lebih banyak daripada pecahan angka yang dipublikasikan",
    "at most {most}": "paling banyak {most}",
    "{partners} partners cannot play every part": "{partners} mitra tidak cukup untuk semua peran",
    "at least {fewest} are needed": "diperlukan paling sedikit {fewest}",
    "the days reach back before the programmes begin": "harinya mundur sampai sebelum program dimulai",
    "start on {day} or later, with --days and --until": "mulai pada {day} atau sesudahnya, dengan --days dan --until",
    "too few events for every part of the story": "peristiwanya terlalu sedikit untuk semua bagian cerita",
    "ask for more with --events": "tambah dengan --events",
    "{out:many} holds no simulation": "{out} tidak memuat simulasi",
    "write one with `salur simulate --events N --seed S --out DIR`": "tulis dengan `salur simulate --events N --seed S --out DIR`",
    "{out:many} is of another version": "{out} berasal dari versi lain",
    "write the simulation anew; the same seed gives the same events": "tulis ulang simulasinya; benih yang sama memberi peristiwa yang sama",
    "{out:many} cannot be written": "{out} tidak dapat ditulis",
    "choose another place with --out": "pilih tempat lain dengan --out",
    "no stack runs on {folder:many}": "tidak ada Salur yang berjalan di {folder}",
    "start one with `salur up --data {folder:many}`, or name another folder with --data": (
        "jalankan dengan `salur up --data {folder}`, atau tunjuk folder lain dengan --data"
    ),
    "the parameter {name} is no whole number from 0 to {most}": "parameter {name} bukan bilangan bulat dari 0 sampai {most}",
    "write digits only": "tulis angka saja",
    "the parameter {name} is longer than {most} characters": "parameter {name} lebih panjang dari {most} karakter",
    "ask for less at once": "minta lebih sedikit sekaligus",
    "the parameter a is missing": "parameter a tidak ada",
    "name the earlier booking or moment with a=, the later one with b=": "sebutkan pembukuan atau waktu yang lebih awal pada a=, yang lebih akhir pada b=",
    "there is no value of {dimension} {code:many}": "tidak ada nilai {code} untuk {dimension}",
    "there is no statement {code:many}": "tidak ada pernyataan {code}",
    "there is no {dimension} {code:many}": "tidak ada {dimension} {code}",
    "the closest is {code:many}": "yang paling mirip: {code}",
    "did you mean {name}?": "mungkin maksud Anda {name}?",
    "known are {names:many}": "yang dikenal: {names}",
    "{name} is no environment variable of Salur": "{name} bukan variabel lingkungan Salur",
    "{name} is no setting in {path:many} of Salur": "{name} bukan pengaturan Salur dalam {path}",
    "cannot read {path:many}: {reason:many}": "{path} tidak dapat dibaca: {reason}",
    "cannot read {path:many}: it is not there": "{path} tidak dapat dibaca: berkasnya tidak ada",
    "cannot read {path:many}: it may not be read": "{path} tidak dapat dibaca: tidak ada izin",
    "name a JSON Lines file, or - for standard input": "sebutkan berkas JSON Lines, atau - untuk masukan standar",
    "no sheet holds events of type {name:many}": "tidak ada lembar kerja untuk peristiwa jenis {name}",
    "a spreadsheet is read alone": "lembar kerja dibaca satu per satu",
    "give one .csv or .xlsx at a time": "sebutkan satu .csv atau .xlsx saja",
    "--partner, --type, --mode, --annotated, --amendments and --undo are for spreadsheets": (
        "--partner, --type, --mode, --annotated, --amendments, dan --undo hanya untuk lembar kerja"
    ),
    "it is not said whose file this is": "tidak disebut berkas ini milik siapa",
    "name the partner with --partner": "sebutkan mitranya dengan --partner",
    "name a .csv or .xlsx file": "sebutkan berkas .csv atau .xlsx",
    "{file:many} cannot be annotated": "{file} tidak dapat diberi catatan",
    "choose another place": "pilih tempat lain",
    "save it again as .xlsx": "simpan ulang sebagai .xlsx",
    "mend the path in {name}": "betulkan letak berkas dalam {name}",
    "{path:many} is not TOML: {reason:many}": "{path} bukan TOML: {reason}",
    "write lines such as partitions = 4": "tulis baris seperti partitions = 4",
    "there is no alert {name}": "tidak ada peringatan {name}",
    "{place:many}: expected yes or no": "{place}: seharusnya yes atau no",
    "{place:many}: expected text": "{place}: seharusnya teks",
    "{place:many}: expected a whole number from {least} to {most}": "{place}: seharusnya bilangan bulat dari {least} sampai {most}",
    "{place:many}: expected seconds from {least} to {most}": "{place}: seharusnya detik dari {least} sampai {most}",
    "{place:many}: expected different names with their addresses, such as {example:many}": (
        "{place}: seharusnya nama yang berbeda beserta alamatnya, misalnya {example}"
    ),
    "{place:many}: expected one of {values:many}": "{place}: seharusnya salah satu dari {values}",
    "see `salur doctor` for every setting and its origin": "lihat `salur doctor` untuk setiap pengaturan dan asalnya",
    "--from {first} is after --to {last}": "--from {first} sesudah --to {last}",
    "booking {first} is after booking {last}": "pembukuan {first} sesudah pembukuan {last}",
    "{asked:many} is not a year": "{asked} bukan tahun",
    "write 2020": "tulis 2020",
    "--since is booking {since}, after booking {last}": "--since adalah pembukuan {since}, sesudah pembukuan {last}",
    "figures by {dimensions} are not published": "angka menurut {dimensions} tidak dipublikasikan",
    "take --by destination, destination,programme or destination,programme,month": (
        "pakai --by destination; destination,programme; atau destination,programme,month"
    ),
    "published figures cannot be picked by {dimension}": "angka yang dipublikasikan tidak dapat dipilih menurut {dimension}",
    "pick by destination, programme, item, measure or unit": "pilih menurut destination, programme, item, measure, atau unit",
    "published figures by {dimensions} have no {dimension}": "angka yang dipublikasikan menurut {dimensions} tidak memuat {dimension}",
    "add it to --by": "tambahkan ke --by",
    "{option} does not go with --public": "{option} tidak dapat dipakai bersama --public",
    "published are sums of everything there is now, by destination, programme, month": (
        "yang dipublikasikan adalah jumlah semua yang ada sekarang, menurut tujuan, program, bulan"
    ),
    "the tables keep no public figures": "tabel tidak menyimpan angka publik",
    "values in {units:many} cannot be laid on one line": "nilai dalam {units} tidak dapat disambung dalam satu garis",
    "choose one with --unit, or draw --by events": "pilih satu dengan --unit, atau ambil dengan --by events",
    "turn them round": "tukar keduanya",
    "{asked:many} is not a day or a month": "{asked} bukan tanggal ataupun bulan",
    "write 2020-05-03 or 2020-05": "tulis 2020-05-03 atau 2020-05",
    "{asked:many} is neither a booking nor a moment": "{asked} bukan nomor pembukuan ataupun waktu",
    "write 123 or 2020-05-03T12:00:00+07:00": "tulis 123 atau 2020-05-03T12:00:00+07:00",
    "booking {number} is not booked yet": "pembukuan {number} belum ada",
    "the last one is {number}": "yang terakhir adalah {number}",
    "the tables keep no {dimension}": "tabel tidak menyimpan {dimension}",
    "the tables keep no holder but that of a stock": "tabel hanya menyimpan pemegang untuk persediaan",
    "the tables hold only what is now": "tabel hanya memuat keadaan sekarang",
    "the tables keep whole months; {day} is not the first day of one": "tabel menyimpan bulan utuh; {day} bukan hari pertama bulan",
    "the tables keep whole months; {day} is not the last day of one": "tabel menyimpan bulan utuh; {day} bukan hari terakhir bulan",
    "ask the ledger: --source ledger": "tanyakan kepada buku besar: --source ledger",
    "add --table stock, or ask the ledger: --source ledger": "tambahkan --table stock, atau tanyakan kepada buku besar: --source ledger",
    "there is no topic {topic}": "tidak ada topik {topic}",
    "booking {number} was decided by rules {then}, this program has rules {now}": (
        "pembukuan {number} diputuskan menurut aturan {then}, program ini memakai aturan {now}"
    ),
    "compare with the version of Salur that booked it": "bandingkan dengan versi Salur yang membukukannya",
    "rebuild with the version of Salur that booked it": "bangun ulang dengan versi Salur yang membukukannya",
    "make it with: salur topics": "buat dengan: salur topics",
    "nothing listens at {servers}": "tidak ada yang menjawab di {servers}",
    "check that Kafka runs: salur doctor": "periksa apakah Kafka berjalan: salur doctor",
    "check that it runs: salur doctor": "periksa apakah berjalan: salur doctor",
    "Kafka at {servers} did not answer: {reason}": "Kafka di {servers} tidak menjawab: {reason}",
    "Kafka at {servers} does not answer": "Kafka di {servers} tidak menjawab",
    "start it, or check SALUR_BOOTSTRAP_SERVERS": "jalankan Kafka, atau periksa SALUR_BOOTSTRAP_SERVERS",
    "no Kafka answers at {servers}": "tidak ada Kafka yang menjawab di {servers}",
    "check the address, or start the stack with `salur up`": "periksa alamatnya, atau jalankan dengan `salur up`",
    "the ledger's database did not answer: {reason:many}": "basis data buku besar tidak menjawab: {reason}",
    "check that it runs and has space; nothing is lost": "periksa apakah berjalan dan masih ada ruang; tidak ada yang hilang",
    "`salur doctor` shows who is behind; nothing is lost, ask again later": (
        "`salur doctor` menunjukkan bagian yang tertinggal; tidak ada yang hilang, tanyakan lagi nanti"
    ),
    "{name} refuses its settings ({reason:many})": "{name} menolak pengaturannya ({reason})",
    "its log is in {folder:many}": "lognya ada di {folder}",
}

_BOOK: Final = Phrasebook({**_FINDINGS, **_DOCTOR, **_ERRORS, **_STATUS, **_PROOF, **_AUDITORS, **_BACKUP, **_EXPORTS, **_DESK})


def remark(english: str, lang: Language) -> str:
    """Return a finding or an error for people."""
    return (_BOOK.translated(english) or english) if lang == "id" else english
