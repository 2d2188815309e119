"""The words of `salur backup` and `salur restore`, of their help and their errors, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "backing_up": ("copying", "menyalin"),
    "backed_up": ("Backup up to booking {booking}, seal {seal}: {folder}", "Cadangan sampai pembukuan {booking}, segel {seal}: {folder}"),
    "backed_up_unsealed": ("Not everything in it is under a seal: {why}", "Tidak semuanya di dalamnya tersegel: {why}"),
    "backed_up_without_secrets": (
        "The signing key and salur.toml are NOT in it, and without the key a restored stack can seal nothing: --passphrase-file FILE puts them in.",
        "Kunci tanda tangan dan salur.toml TIDAK ada di dalamnya, dan tanpa kunci tidak ada yang dapat disegel: --passphrase-file BERKAS menyertakannya.",
    ),
    "backed_up_plain": (
        "The signing key lies in it unencrypted: whoever reads this folder can sign in its name.",
        "Kunci tanda tangan ada di dalamnya tanpa enkripsi: siapa pun yang membaca folder ini dapat menandatangani atas namanya.",
    ),
    "backed_up_without_log": (
        "Kafka's log is not in it: what was booked since comes from the Kafka that runs.",
        "Log Kafka tidak ada di dalamnya: yang dibukukan sesudahnya diambil dari Kafka yang berjalan.",
    ),
    "restored": (
        "Restored to {data}: booking {booking}, of which {since} since the backup, Merkle root {root}. Start it: salur up --data {data}",
        "Dipulihkan ke {data}: pembukuan {booking}, {since} di antaranya setelah cadangan, akar Merkle {root}. Jalankan: salur up --data {data}",
    ),
    "restored_without_secrets": (
        "The signing key was not in the backup: put it and last-seal.json back into keys/ before anything is sealed.",
        "Kunci tanda tangan tidak ada dalam cadangan: kembalikan kunci dan last-seal.json ke keys/ sebelum ada yang disegel.",
    ),
}

HELP: Final[Mapping[str, str]] = {
    "Back up everything while it runs: one moment of the ledger, sealed, with its seals, and the log of the local Kafka.": (
        "Mencadangkan semuanya selagi berjalan: satu saat buku besar yang tersegel, segelnya, dan log Kafka lokal."
    ),
    "Bring a backup back into an empty data folder, and let it catch up from Kafka to the same roots.": (
        "Mengembalikan cadangan ke folder data kosong, lalu menyusulkannya dari Kafka sampai akar yang sama."
    ),
    "Where backups are kept; each gets a folder of its own there.": "Tempat cadangan disimpan; masing-masing mendapat folder sendiri.",
    "The folder of one backup.": "Folder satu cadangan.",
    "Signing key and settings: encrypted with --passphrase-file, plain, or left out (the default).": (
        "Kunci tanda tangan dan pengaturan: terenkripsi dengan --passphrase-file, terbuka, atau tidak disertakan (bawaan)."
    ),
    "Its first line is the passphrase of the secrets.": "Baris pertamanya adalah kata sandi rahasia itu.",
    "Also the log of the local Kafka, without which nothing can catch up.": "Juga log Kafka lokal; tanpanya tidak ada yang dapat disusulkan.",
    "Delete older backups there but the newest N; 0 keeps all.": "Hapus cadangan lama di sana kecuali N terbaru; 0 menyimpan semua.",
    "Seals that were published after the backup was made.": "Segel yang dipublikasikan setelah cadangan dibuat.",
    "Decide again what was booked since the backup, from Kafka.": "Putuskan ulang dari Kafka apa yang dibukukan setelah cadangan.",
}

REMARKS: Final[Mapping[str, str]] = {
    "{folder:many} is no backup of Salur": "{folder} bukan cadangan Salur",
    "name the folder that holds {file} and {sums}": "tunjuk folder yang memuat {file} dan {sums}",
    "{file:many} is missing from the backup": "{file} tidak ada dalam cadangan",
    "{file:many} does not belong to the backup": "{file} bukan bagian dari cadangan",
    "{file:many} is not what was backed up: its hash differs": "{file} bukan yang dicadangkan: hash-nya berbeda",
    "take another backup: what is damaged is not restored": "pakai cadangan lain: yang rusak tidak dipulihkan",
    "take it away, or another backup; {sums} lists what does": "singkirkan, atau pakai cadangan lain; {sums} mendaftar isinya",
    "{file:many} is of another version: {reason:many}": "{file} dari versi lain: {reason}",
    "restore it with the version of Salur that made it": "pulihkan dengan versi Salur yang membuatnya",
    "{folder:many} has format {format}, this program reads {known}": "{folder} berformat {format}, program ini membaca {known}",
    "name a file whose first line is the passphrase": "tunjuk berkas yang baris pertamanya kata sandi",
    "the passphrase in {file:many} has fewer than {count} characters": "kata sandi dalam {file} kurang dari {count} karakter",
    "take a longer one, and keep it elsewhere": "pakai yang lebih panjang, dan simpan di tempat lain",
    "{file:many} is encrypted": "{file} terenkripsi",
    "name the file with its passphrase: --passphrase-file": "tunjuk berkas kata sandinya: --passphrase-file",
    "{file:many} does not open with this passphrase": "{file} tidak terbuka dengan kata sandi ini",
    "name the file with the one that the backup was made with": "tunjuk berkas dengan kata sandi saat cadangan dibuat",
    "a passphrase encrypts, and encrypting needs one": "kata sandi dipakai untuk enkripsi, dan enkripsi memerlukannya",
    "add --passphrase-file FILE, or choose --secrets plain or left-out": "tambahkan --passphrase-file BERKAS, atau pilih --secrets plain atau left-out",
    "cannot use {folder:many}: {reason:many}": "{folder} tidak dapat dipakai: {reason}",
    "name a folder that can be written": "tunjuk folder yang dapat ditulisi",
    "another backup is being made in {folder:many}": "cadangan lain sedang dibuat di {folder}",
    "wait for it, or name another folder": "tunggu, atau tunjuk folder lain",
    "the ledger's database cannot be copied: {reason:many}": "basis data buku besar tidak dapat disalin: {reason}",
    "make room where the backup goes, and try again": "sediakan ruang di tempat cadangan, lalu coba lagi",
    "there is no ledger in this database yet": "belum ada buku besar di basis data ini",
    "start the stack once: salur up": "jalankan sekali: salur up",
    "{path:many} is damaged: {reason:many}": "{path} rusak: {reason}",
    "restore the backup before this one, or salur rebuild --ledger": "pulihkan cadangan sebelumnya, atau salur rebuild --ledger",
    "there is a ledger at {url:many} already": "sudah ada buku besar di {url}",
    "name an empty database in SALUR_DATABASE_URL; nothing was changed": "tunjuk basis data kosong dalam SALUR_DATABASE_URL; tidak ada yang diubah",
    "a stack runs on {folder:many}": "Salur sedang berjalan di {folder}",
    "stop it first, or name another folder with --data": "hentikan dahulu, atau tunjuk folder lain dengan --data",
    "{folder:many} is not empty": "{folder} tidak kosong",
    "name an empty folder with --data; nothing was changed": "tunjuk folder kosong dengan --data; tidak ada yang diubah",
    "the backup is of a {then} ledger, but {now} is configured": "cadangan dari buku besar {then}, tetapi {now} yang diatur",
    "name an empty PostgreSQL in SALUR_DATABASE_URL": "tunjuk PostgreSQL kosong dalam SALUR_DATABASE_URL",
    "leave SALUR_DATABASE_URL out": "hapus SALUR_DATABASE_URL",
    "the backup is at version {version}, which this program does not know": "cadangan pada versi {version}, yang tidak dikenal program ini",
    "restore it with the newer version of Salur that made it": "pulihkan dengan versi Salur yang lebih baru, yang membuatnya",
    "the backup was booked by rules {then}, this program has rules {now}": "cadangan dibukukan menurut aturan {then}, program ini memakai aturan {now}",
    "the backup routes entries to {then} partitions, but {now} are configured": "cadangan membagi entri ke {then} partisi, tetapi {now} yang diatur",
    "the backup holds the log of a local Kafka, but another one is named in SALUR_BOOTSTRAP_SERVERS": (
        "cadangan memuat log Kafka lokal, tetapi Kafka lain ditunjuk dalam SALUR_BOOTSTRAP_SERVERS"
    ),
    "leave that out, or restore a backup that was made with this Kafka": "hapus itu, atau pulihkan cadangan yang dibuat dengan Kafka ini",
    "the backup was made of a ledger beside a Kafka of its own, and holds no log": (
        "cadangan dibuat dari buku besar dengan Kafka tersendiri, dan tidak memuat log"
    ),
    "name that Kafka in SALUR_BOOTSTRAP_SERVERS": "tunjuk Kafka itu dalam SALUR_BOOTSTRAP_SERVERS",
    "seal {seal} covers booking {covered}, but the backup and Kafka end at booking {last}: {count} bookings are missing": (
        "segel {seal} mencakup pembukuan {covered}, tetapi cadangan dan Kafka berakhir di pembukuan {last}: {count} pembukuan hilang"
    ),
    "restore a newer backup, or the topics that hold them; nothing is signed until then": (
        "pulihkan cadangan yang lebih baru, atau topik yang memuatnya; sampai saat itu tidak ada yang ditandatangani"
    ),
    "bookings {first} to {last} are no longer in {topic}": "pembukuan {first} sampai {last} tidak ada lagi dalam {topic}",
    "restore the topic, or restore a newer backup of the database": "pulihkan topik, atau pulihkan cadangan basis data yang lebih baru",
    "{file:many} is not the seal that its note signs": "{file} bukan segel yang ditandatangani catatannya",
    "take it away, or give the right one": "singkirkan, atau berikan yang benar",
    "give the seal and its note, which belong together": "berikan segel beserta catatannya",
}
