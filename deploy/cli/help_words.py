"""What `--help` says, in Indonesian. The English is where the commands and their options are declared.

All commands are translated before the words are read, by their English texts; a test finds the ones that have no Indonesian.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deploy.cli.auditor_words import HELP as _AUDITORS
from deploy.cli.backup_words import HELP as _BACKUP
from deploy.cli.desk_words import HELP as _DESK
from deploy.cli.export_words import HELP as _EXPORTS
from deploy.cli.kobo_words import HELP as _KOBO
from deploy.cli.partner_words import HELP as _PARTNERS
from deploy.cli.proof_words import HELP as _PROOF
from deploy.cli.sheet_words import HELP as _SHEETS
from deploy.cli.status_words import HELP as _STATUS

_COMMANDS: Final[Mapping[str, str]] = {
    "Track public aid: every figure opens down to the exact events that make it.": (
        "Melacak bantuan publik: setiap angka dapat dibuka sampai ke peristiwa yang membentuknya."
    ),
    "Exit codes: 0 fine, 1 the answer is no, 2 wrong words or set-up, 3 something needed does not answer.": (
        "Kode keluar: 0 baik, 1 jawabannya tidak, 2 perintah atau pengaturan salah, 3 sesuatu yang diperlukan tidak menjawab."
    ),
    "Show Salur at work on published figures. Simulated partners make tallies move; they are left out unless asked for.": (
        "Memperagakan Salur dengan angka yang telah dipublikasikan. Mitra simulasi membuat rekapitulasi bergerak; mereka hanya tampil jika diminta."
    ),
    "Start Kafka (unless SALUR_BOOTSTRAP_SERVERS names one), the ledger, the tallies and the HTTP intake; run until Ctrl-C.": (
        "Menjalankan Kafka (kecuali SALUR_BOOTSTRAP_SERVERS sudah menunjuknya), buku besar, rekapitulasi, dan penerimaan HTTP; berjalan sampai Ctrl-C."
    ),
    "Send events to Kafka. Sending a file again is harmless: ids that are known already are duplicates.": (
        "Mengirim peristiwa ke Kafka. Mengirim ulang berkas tidak berbahaya: id yang sudah dikenal dianggap ganda."
    ),
    "Say what would become of each line: all errors at once, with the closest valid code. Nothing is sent.": (
        "Memeriksa putusan bagi setiap baris: semua kesalahan sekaligus, dengan kode sah yang paling mirip. Tidak ada yang dikirim."
    ),
    "Show the tallies: each row is one measure in one unit, and never a sum of two units.": (
        "Menampilkan rekapitulasi: setiap baris adalah satu indikator dalam satu satuan, tidak pernah jumlah dua satuan."
    ),
    "Open a figure: list the events of exactly its cells, and say whether they add up to it (exit code 1 if not).": (
        "Membuka sebuah angka: mendaftar semua peristiwa yang membentuknya dan memeriksa apakah jumlahnya cocok (kode keluar 1 jika tidak)."
    ),
    "List what changed between two moments by cause, and say whether it adds up (exit code 1 if not).": (
        "Mendaftar apa yang berubah di antara dua waktu menurut sebabnya, dan memeriksa apakah jumlahnya cocok (kode keluar 1 jika tidak)."
    ),
    "Count the flags that events were accepted with; name one to see its events.": (
        "Menghitung penanda pada peristiwa yang diterima; sebutkan satu penanda untuk melihat peristiwanya."
    ),
    "Show budgets and targets beside what was spent and delivered, per programme and fiscal year.": (
        "Menampilkan pagu dan sasaran di samping realisasi dan yang tersalurkan, per program dan tahun anggaran."
    ),
    "Hold published figures against the tally: supported, part, unsupported or contradicted, and why (exit code 1 if contradicted).": (
        "Membandingkan angka yang dipublikasikan dengan rekapitulasi: didukung, sebagian, tidak didukung, atau bertentangan, beserta alasannya "
        "(kode keluar 1 jika bertentangan)."
    ),
    "Show how far each batch of payments has come, in payments and in money, and what waits to be confirmed.": (
        "Menampilkan sejauh mana setiap batch pembayaran, dalam jumlah pembayaran dan uang, dan apa yang menunggu konfirmasi."
    ),
    "Show the balance of goods per item, holder and lot and over all borders (exit code 1 if something is unexplained).": (
        "Menampilkan neraca barang per jenis, pemegang, dan lot serta lintas negara (kode keluar 1 jika ada yang tak terjelaskan)."
    ),
    "Show how many people were reached. Programmes overlap, so each figure says by which rule it was found.": (
        "Menampilkan berapa orang yang terjangkau. Program saling tumpang tindih, maka setiap angka menyebut aturannya."
    ),
    "Show how much of what was delivered is shown by evidence, by number of deliveries and by value.": (
        "Menampilkan berapa banyak penyaluran yang berbukti, menurut jumlah penyaluran dan nilainya."
    ),
    "Draw deliveries to be audited. Seed, booking and filter give the same sample to everybody.": (
        "Mengambil sampel penyaluran untuk diaudit. Benih, pembukuan, dan saringan yang sama memberi sampel yang sama bagi siapa pun."
    ),
    "Compare table, ledger and log at one booking. A difference is an incident: exit code 1.": (
        "Membandingkan tabel, buku besar, dan log pada satu pembukuan. Perbedaan adalah insiden: kode keluar 1."
    ),
    "Fold the tables anew; with --ledger, decide the raw log again in the order of the bookings topic.": (
        "Menghitung ulang tabel; dengan --ledger, memutuskan ulang log mentah menurut urutan topik pembukuan."
    ),
    "Create and check every topic. What differs is reported, never changed: exit code 1.": (
        "Membuat dan memeriksa setiap topik. Yang berbeda dilaporkan, tidak diubah: kode keluar 1."
    ),
    "Look at everything: machine, settings, Kafka, database, clocks, workers, lag, what waits, reconciliation, proof, tokens; and every setting.": (
        "Memeriksa semuanya: mesin, pengaturan, Kafka, basis data, jam, pekerja, antrean, yang menunggu, pencocokan, bukti, token; dan setiap pengaturan."
    ),
    ("Write events of simulated partners, scaled from the published figures, and what they must come to; or check a ledger against it (exit code 1 if not)."): (
        "Menulis peristiwa mitra simulasi, diskala dari angka yang dipublikasikan, beserta hasil yang harus tercapai; "
        "atau memeriksa buku besar terhadapnya (kode keluar 1 jika berbeda)."
    ),
    "List refused records, the newest first.": "Mendaftar rekaman yang ditolak, yang terbaru lebih dahulu.",
    "Explain one refused record: every rule that it breaks, where, and what to do.": (
        "Menjelaskan satu rekaman yang ditolak: setiap aturan yang dilanggar, letaknya, dan apa yang perlu dilakukan."
    ),
}

_OPTIONS: Final[Mapping[str, str]] = {
    "Show this message and exit.": "Tampilkan pesan ini.",
    "Install completion for the current shell.": "Pasang pelengkapan otomatis untuk shell ini.",
    "Show completion for the current shell, to copy it or customize the installation.": "Tampilkan skrip pelengkapan otomatis untuk disalin atau disesuaikan.",
    "Drain, print the tallies, reconcile, and end with 0 or 1.": "Proses semuanya, cetak rekapitulasi, cocokkan, lalu selesai dengan 0 atau 1.",
    "Include simulated partners; every row then says which kind it is.": "Sertakan mitra simulasi; setiap baris lalu menyebut simulasi atau bukan.",
    "Language of the words: id or en.": "Bahasa tampilan: id atau en.",
    "Answer in JSON, for programs.": "Jawab dalam JSON, untuk program.",
    "How many ledger workers.": "Jumlah pekerja buku besar.",
    "Also start Prometheus, if it is installed, with all alert rules.": "Jalankan juga Prometheus, bila terpasang, dengan semua aturan peringatan.",
    "How many tallies' workers.": "Jumlah pekerja rekapitulasi.",
    "Data folder of the stack (or SALUR_DATA).": "Folder data (atau SALUR_DATA).",
    "JSON Lines files; - reads standard input.": "Berkas JSON Lines; - membaca masukan standar.",
    "Send nothing unless every line would be accepted.": "Jangan kirim apa pun kecuali semua baris akan diterima.",
    "Return when everything is booked and in the tables, with the verdicts.": "Tunggu sampai semuanya dibukukan dan masuk tabel, lalu tampilkan putusannya.",
    "How long --wait waits.": "Batas waktu menunggu untuk --wait.",
    "Group rows by these dimensions; day and month too.": "Kelompokkan baris menurut dimensi ini; day dan month juga boleh.",
    "The earlier booking, moment or day.": "Nomor pembukuan, waktu, atau tanggal yang lebih awal.",
    "The later booking, moment or day.": "Nomor pembukuan, waktu, atau tanggal yang lebih akhir.",
    "List the events that raised this flag, such as over_budget.": "Daftar peristiwa dengan penanda ini, misalnya over_budget (melebihi pagu).",
    "Count by these: destination, programme, partner.": "Hitung menurut: destination (tujuan), programme (program), partner (mitra).",
    "At most so many events; 0 for all.": "Paling banyak sekian peristiwa; 0 untuk semua.",
    "Only this fiscal year (commas mean or), such as 2020.": "Hanya tahun anggaran ini (koma berarti atau), misalnya 2020.",
    "Only these batches, with or without batch/ before the name.": "Hanya batch ini, dengan atau tanpa batch/ di depan namanya.",
    "Only what was sent so many days ago and is not confirmed.": "Hanya yang dikirim sekian hari lalu dan belum cair.",
    "Add up all events, whatever is listed; by default up to 50,000.": (
        "Jumlahkan semua peristiwa, apa pun yang ditampilkan; tanpa pilihan ini hanya sampai 50.000."
    ),
    "Happened on this day or month or later.": "Terjadi pada tanggal atau bulan ini atau sesudahnya.",
    "Happened by the end of this day or month.": "Terjadi sampai akhir tanggal atau bulan ini.",
    "What the ledger said then: a booking number, a moment or a day.": "Keadaan buku besar saat itu: nomor pembukuan, waktu, atau tanggal.",
    "Read the ledger, or the tables that Faust keeps.": "Baca buku besar, atau tabel yang disimpan Faust.",
    "One total; refused when the figures have different units.": "Satu jumlah saja; ditolak jika satuannya berbeda.",
    "Take the stock of this older booking or moment as the opening.": "Ambil persediaan pada pembukuan atau waktu sebelumnya ini sebagai stok awal.",
    "Only what may be handed to anybody: small counts of people are hidden.": (
        "Hanya yang boleh diberikan kepada siapa pun: jumlah orang yang kecil disembunyikan."
    ),
    "Show the people reached by sex, age and disability, with what is unknown.": (
        "Tampilkan penerima menurut jenis kelamin, usia, dan disabilitas, beserta yang tidak diketahui."
    ),
    "The published seed; draw it after the booking is published.": "Benih yang dipublikasikan; tentukan setelah pembukuannya dipublikasikan.",
    "How many deliveries; by value at most so many.": "Berapa penyaluran; menurut nilai paling banyak sekian.",
    "Every delivery has the same chance, or every step of value.": "Setiap penyaluran berpeluang sama, atau setiap satuan nilai.",
    "Also write the population here, to draw the sample again.": "Tulis juga populasinya di sini, untuk mengambil ulang sampelnya.",
    "At most so many events; 0 for all. All are summed up in any case.": "Paling banyak sekian peristiwa; 0 untuk semua. Semuanya tetap dijumlahkan.",
    "The statement to open; without it all are listed.": "Pernyataan yang dibuka; tanpa ini semuanya didaftar.",
    "How many lines to write, with everything that goes wrong in them.": "Jumlah baris yang ditulis, termasuk semua yang bermasalah.",
    "The same seed and knobs give the same bytes, everywhere.": "Benih dan pengaturan yang sama memberi byte yang sama, di mana pun.",
    "Where events.jsonl and expected.json go; or a .jsonl file.": "Tempat events.jsonl dan expected.json; atau sebuah berkas .jsonl.",
    "How many simulated partners; each code begins with simulasi-.": "Jumlah mitra simulasi; setiap kodenya diawali simulasi-.",
    "Over how many days it happens.": "Selama berapa hari peristiwanya terjadi.",
    "The last day on which something happens.": "Hari terakhir terjadinya peristiwa.",
    "Share of lines that repeat an earlier one.": "Bagian baris yang mengulang baris sebelumnya.",
    "Share of lines with other content under a known id.": "Bagian baris dengan isi lain pada id yang sudah dikenal.",
    "Share of events that arrive more than a month late.": "Bagian peristiwa yang datang terlambat lebih dari sebulan.",
    "Share of lines that correct, annotate or enter something twice.": "Bagian baris yang mengoreksi, mencatat, atau mengisi dua kali.",
    "Share of lines of payments that come back.": "Bagian baris pembayaran yang retur.",
    "Share of lines that nobody can book.": "Bagian baris yang tidak dapat dibukukan.",
    "Share of events that arrive together every fifteenth day.": "Bagian peristiwa yang datang bersamaan setiap hari kelima belas.",
    "Share of the days on which one bank cannot be reached.": "Bagian hari saat satu bank tidak dapat dihubungi.",
    "Write nothing; compare the ledger with what this simulation must come to.": "Tidak menulis apa pun; bandingkan buku besar dengan hasil simulasi ini.",
    "At how many random bookings --check asks for the tallies as of then, and for what changed.": (
        "Pada berapa pembukuan acak --check menanyakan rekapitulasi saat itu dan apa yang berubah."
    ),
    "Go on after this decision.": "Lanjutkan setelah putusan ini.",
    "Go on before this decision.": "Lanjutkan sebelum putusan ini.",
    "Show the last booked event first.": "Tampilkan yang terakhir dibukukan lebih dahulu.",
    "Make a lost or restored ledger again from Kafka, to the same Merkle root.": (
        "Buat ulang buku besar yang hilang atau dipulihkan, dari Kafka, sampai akar Merkle yang sama."
    ),
    "Create nothing.": "Jangan buat apa pun.",
    "Also the topic of this direct producer.": "Juga topik milik mitra pengirim langsung ini.",
    "Only those of this partner; unknown for unreadable ones.": "Hanya dari mitra ini; unknown untuk yang tidak terbaca.",
    "At most so many.": "Paling banyak sekian.",
    "The number of the decision, as `salur rejected list` shows it.": "Nomor putusan, seperti ditampilkan `salur rejected list`.",
}

_FILTERS: Final[Mapping[str, str]] = {
    "Only this destination (commas mean or), such as TW.": "Hanya tujuan ini (koma berarti atau), misalnya TW.",
    "Only this programme (commas mean or), such as bantuan-pmi; programmes below it are included.": (
        "Hanya program ini (koma berarti atau), misalnya bantuan-pmi; program di bawahnya ikut dihitung."
    ),
    "Only this activity (commas mean or), such as pembekalan.": "Hanya kegiatan ini (koma berarti atau), misalnya pembekalan.",
    "Only this tranche (commas mean or), such as 1.": "Hanya tahap ini (koma berarti atau), misalnya 1.",
    "Only this partner (commas mean or), such as kdei-taipei.": "Hanya mitra ini (koma berarti atau), misalnya kdei-taipei.",
    "Only this item (commas mean or), such as masker.": "Hanya bantuan ini (koma berarti atau), misalnya masker.",
    "Only this measure (commas mean or), such as distributed.": "Hanya indikator ini (koma berarti atau), misalnya distributed (disalurkan).",
    "Only this unit (commas mean or), such as piece.": "Hanya satuan ini (koma berarti atau), misalnya piece (buah).",
    "Only this recipient type (commas mean or), such as pmi.": "Hanya jenis penerima ini (koma berarti atau), misalnya pmi.",
    "Only this place (commas mean or), such as the code of an area.": "Hanya tempat ini (koma berarti atau), yaitu kode wilayah.",
    "Only this province (commas mean or), such as 33, ID-JT or jawa tengah; its places are included.": (
        "Hanya provinsi ini (koma berarti atau), misalnya 33, ID-JT, atau jawa tengah; tempat di dalamnya ikut dihitung."
    ),
    "Only this holder (commas mean or), such as a partner or site that holds goods.": (
        "Hanya pemegang ini (koma berarti atau), yaitu mitra atau lokasi penyimpan barang."
    ),
    "Only this lot (commas mean or), such as the name of a lot.": "Hanya lot ini (koma berarti atau), yaitu nama lot.",
    "Only this table (commas mean or), such as disbursements, distributions, services, stock or plans.": (
        "Hanya tabel ini (koma berarti atau): disbursements (pencairan), distributions (penyaluran barang), services (layanan), "
        "stock (persediaan), atau plans (rencana)."
    ),
}

_HEADINGS: Final[Mapping[str, str]] = {"Options": "Opsi", "Commands": "Perintah", "Arguments": "Argumen"}
_USAGE: Final = "Penggunaan: "
_ALL: Final[Mapping[str, str]] = {
    **_COMMANDS,
    **_OPTIONS,
    **_FILTERS,
    **_AUDITORS,
    **_BACKUP,
    **_EXPORTS,
    **_DESK,
    **_KOBO,
    **_PARTNERS,
    **_SHEETS,
    **_STATUS,
    **_PROOF,
}


def into_indonesian(command: Any) -> None:
    """Translate a command of Typer and all commands below it, in place; a text without Indonesian stays English."""
    command.context_class = _context_class(command.context_class)
    for one in texts_of(command):
        one.help = _ALL.get(one.help, one.help)
    if command.epilog:
        command.epilog = _ALL.get(command.epilog, command.epilog)
    for below in getattr(command, "commands", {}).values():
        into_indonesian(below)


def untranslated(command: Any) -> Iterator[str]:
    """Yield every English text of a command, and of those below it, that has no Indonesian."""
    texts = [*(one.help for one in texts_of(command)), command.epilog]
    yield from (text for text in texts if text and text not in _ALL)
    for below in getattr(command, "commands", {}).values():
        yield from untranslated(below)


def texts_of(command: Any) -> list[Any]:
    """Return what carries a help text: the command, its options and arguments, and the `--help` that Typer adds."""
    added = command.get_help_option(command.context_class(command))
    return [one for one in (command, *command.params, added) if getattr(one, "help", None)]


def _context_class(english: Any) -> Any:
    """Return a context like ``english`` whose help has Indonesian headings."""

    def write_heading(formatter: Any, heading: str) -> None:
        english.formatter_class.write_heading(formatter, _HEADINGS.get(heading, heading))

    def write_usage(formatter: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        english.formatter_class.write_usage(formatter, prog, args, prefix or _USAGE)

    formatter = type("IndonesianFormatter", (english.formatter_class,), {"write_heading": write_heading, "write_usage": write_usage})
    return type("IndonesianContext", (english,), {"formatter_class": formatter})
