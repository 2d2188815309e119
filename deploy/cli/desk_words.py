"""The words of the operators' desk (`salur rejected`), and of its help and its errors, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "request": ("Request", "Permintaan"),
    "asked_at": ("Asked", "Diminta"),
    "kind": ("What", "Apa"),
    "decisions": ("Decisions", "Putusan"),
    "person": ("Person", "Orang"),
    "account": ("Account", "Akun"),
    "state": ("State", "Keadaan"),
    "step": ("Step", "Langkah"),
    "at": ("When", "Kapan"),
    "detail": ("Detail", "Rincian"),
    "received_at": ("Received", "Diterima pada"),
    "waits_for": ("Waits for", "Menunggu"),
    "what_to_do": ("What to do", "Yang perlu dilakukan"),
    "desk_resend": ("send again", "kirim ulang"),
    "desk_fix": ("edit and send", "ubah dan kirim"),
    "desk_close": ("close", "tutup"),
    "desk_give_up": ("give up waiting", "hentikan penantian"),
    "state_waits": ("waits for another person", "menunggu orang lain"),
    "state_open": ("to be finished", "belum selesai"),
    "state_declined": ("declined", "tidak disetujui"),
    "state_done": ("done", "selesai"),
    "step_asked": ("asked", "diminta"),
    "step_approved": ("approved", "disetujui"),
    "step_declined": ("declined", "tidak disetujui"),
    "step_sent": ("sent", "dikirim"),
    "step_known": ("known already", "sudah dikenal"),
    "step_closed": ("closed", "ditutup"),
    "step_given_up": ("given up", "dihentikan"),
    "step_done": ("done", "selesai"),
    "nothing_open": ("Nothing is open.", "Tidak ada yang terbuka."),
    "came_sha256": ("SHA-256 of what came", "SHA-256 yang datang"),
    "stands": ("Decision that stands", "Putusan yang berlaku"),
    "stands_sha256": ("SHA-256 of what stands", "SHA-256 yang berlaku"),
    "nothing_conflicts": ("No id came again with other content.", "Tidak ada id yang datang lagi dengan isi lain."),
    "nothing_held": ("Nothing waits.", "Tidak ada yang menunggu."),
    "held_given_up": ("nothing: the next booking refuses it", "tidak ada: pembukuan berikutnya menolaknya"),
    "held_never_came": ("it never came: ask the partner for it", "belum pernah datang: mintalah kepada mitra"),
    "held_refused": (
        "decision {refused} refused it: salur rejected fix {refused}, or salur rejected release {decision}",
        "ditolak oleh putusan {refused}: salur rejected fix {refused}, atau salur rejected release {decision}",
    ),
    "desk_waits": (
        "Request {request} about {count} decisions waits for another person: salur rejected approve {request}",
        "Permintaan {request} tentang {count} putusan menunggu orang lain: salur rejected approve {request}",
    ),
    "desk_no_requests": ("There is nothing to finish.", "Tidak ada yang perlu diselesaikan."),
    "desk_declined": ("Request {request} is declined.", "Permintaan {request} tidak disetujui."),
    "desk_left": ("{count} would be refused again and are left:", "{count} akan ditolak lagi dan dibiarkan:"),
    "desk_did_sent": ("Request {request}: {count} sent again", "Permintaan {request}: {count} dikirim ulang"),
    "desk_did_close": ("Request {request}: {count} closed", "Permintaan {request}: {count} ditutup"),
    "desk_did_give_up": (
        "Request {request}: the next booking refuses {count} that waited",
        "Permintaan {request}: pembukuan berikutnya menolak {count} yang menunggu",
    ),
    "desk_did_known": ("Request {request}: {count} were decided meanwhile", "Permintaan {request}: {count} sudah diputuskan sementara itu"),
    "desk_did_unacknowledged": (
        "Request {request}: {count} were not acknowledged by Kafka: salur rejected finish {request}",
        "Permintaan {request}: {count} belum dikonfirmasi Kafka: salur rejected finish {request}",
    ),
    "desk_verdict": ("decision {decision} → decision {then}: {verdict}", "putusan {decision} → putusan {then}: {verdict}"),
}

HELP: Final[Mapping[str, str]] = {
    "Look at refused and held events, and do something about them.": "Melihat peristiwa yang ditolak dan tertunda, dan menindaklanjutinya.",
    "Only those whose id was not accepted since, and that no operator dealt with.": (
        "Hanya yang id-nya belum diterima sejak itu dan belum ditindaklanjuti operator."
    ),
    "With --open: only those with this reason.": "Bersama --open: hanya yang beralasan ini.",
    "Print the event itself, to be edited; nothing else.": "Cetak peristiwanya saja, untuk diubah.",
    "List ids that came again with other content, the newest first, with the hash of what stands and of what came.": (
        "Menampilkan id yang datang lagi dengan isi lain, yang terbaru lebih dulu, dengan hash yang berlaku dan yang datang."
    ),
    "List held events with what each waits for, and whether that was refused.": (
        "Mendaftar peristiwa tertunda dengan apa yang ditunggu masing-masing, dan apakah itu ditolak."
    ),
    "Send refused events again as they were: those that would be accepted now, for example after a code was registered.": (
        "Mengirim ulang peristiwa yang ditolak apa adanya: yang kini akan diterima, misalnya setelah sebuah kode didaftarkan."
    ),
    "Edit one refused event and send it with the same id: from a file, by single values, or in $EDITOR.": (
        "Mengubah satu peristiwa yang ditolak dan mengirimnya dengan id yang sama: dari berkas, per nilai, atau di $EDITOR."
    ),
    "Release a held event: send again the refused event that it waits for, if that would be accepted now.": (
        "Melepas peristiwa tertunda: mengirim ulang peristiwa ditolak yang ditunggunya, jika kini akan diterima."
    ),
    "Give up on held events: the next booking refuses them, and their ids are free again.": (
        "Menghentikan penantian peristiwa tertunda: pembukuan berikutnya menolaknya, dan id-nya bebas lagi."
    ),
    "Close refused events that nobody will mend: they stay refused, and are no longer counted as open.": (
        "Menutup peristiwa ditolak yang tidak akan diperbaiki: tetap ditolak, dan tidak lagi dihitung terbuka."
    ),
    "List what operators asked for and nobody finished; or show one request, with what would change.": (
        "Mendaftar permintaan operator yang belum selesai; atau menampilkan satu permintaan dengan perubahannya."
    ),
    "Approve what another person asked for, and carry it out.": "Menyetujui permintaan orang lain dan melaksanakannya.",
    "Decline what another person asked for; it may be asked for again.": "Menolak menyetujui permintaan orang lain; boleh diminta lagi.",
    "Carry out what was interrupted: every approved request with something left, or one. As often as you like.": (
        "Melaksanakan yang terputus: setiap permintaan yang disetujui dan belum tuntas, atau satu saja. Boleh diulang."
    ),
    "Show who did what, when and why; nothing is ever taken out of this log.": (
        "Menampilkan siapa melakukan apa, kapan, dan mengapa; tidak ada yang pernah dihapus dari catatan ini."
    ),
    "The reason, in one line; it stays in the log.": "Alasannya, satu baris; tersimpan dalam catatan.",
    "Who does this (or SALUR_OPERATOR); by default the account.": "Siapa yang melakukan (atau SALUR_OPERATOR); bawaannya nama akun.",
    "Return when what was sent is booked, with the verdicts.": "Tunggu sampai yang dikirim dibukukan, lalu tampilkan putusannya.",
    "The numbers of the decisions.": "Nomor putusan.",
    "The number of the decision.": "Nomor putusan.",
    "All open ones of this partner.": "Semua yang terbuka dari mitra ini.",
    "All open ones with this reason, such as rjct.unknown_programme.": "Semua yang terbuka dengan alasan ini, misalnya rjct.unknown_programme.",
    "All open ones.": "Semua yang terbuka.",
    "Also what would be refused again.": "Termasuk yang akan ditolak lagi.",
    "The edited event; - for standard input.": "Peristiwa yang sudah diubah; - untuk masukan standar.",
    "Put a value into its place, such as /data/programme=jps-tkm.": "Isi sebuah nilai di tempatnya, misalnya /data/programme=jps-tkm.",
    "The number of the request.": "Nomor permintaan.",
    "The number of the request; without it all are listed.": "Nomor permintaan; tanpa ini semuanya didaftar.",
    "Also those that are finished.": "Termasuk yang sudah selesai.",
    "A remark for the log.": "Keterangan untuk catatan.",
}

REMARKS: Final[Mapping[str, str]] = {
    "request {number} waits for nobody": "permintaan {number} tidak menunggu siapa pun",
    "`salur rejected requests` lists those that do": "`salur rejected requests` mendaftar yang menunggu",
    "request {number} was made by {name:many}": "permintaan {number} dibuat oleh {name}",
    "another person approves it, under a name of their own": "orang lain yang menyetujuinya, dengan namanya sendiri",
    "{what:many} is empty": "{what} kosong",
    "say it in a few words: it stays in the log": "sebutkan singkat saja: tersimpan dalam catatan",
    "{what:many} is longer than {most} characters or has some that cannot be shown": (
        "{what} lebih panjang dari {most} karakter atau memuat karakter yang tidak dapat ditampilkan"
    ),
    "say it in one line": "sebutkan dalam satu baris",
    "decision {decision} is in request {number} already": "putusan {decision} sudah ada dalam permintaan {number}",
    "let another person approve it": "mintalah orang lain menyetujuinya",
    "carry it out: salur rejected finish {number}": "laksanakan: salur rejected finish {number}",
    "the bytes of decision {decision} are not kept: they may hold personal data, or are too long": (
        "isi putusan {decision} tidak disimpan: mungkin memuat data pribadi, atau terlalu panjang"
    ),
    "the partner sends the event again without it; then close this one": "mitra mengirim ulang peristiwa tanpa data itu; lalu tutup yang ini",
    "decision {decision} came over {topic}, which is not the topic of {partner}": "putusan {decision} datang lewat {topic}, yang bukan topik milik {partner}",
    "only its true sender can send it; ask the owner of the topic, then close it": (
        "hanya pengirim sebenarnya yang dapat mengirimnya; tanyakan pemilik topik, lalu tutup"
    ),
    "decision {decision} rejected nothing": "putusan {decision} tidak menolak apa pun",
    "`salur rejected list --open` shows what can be sent again": "`salur rejected list --open` menampilkan yang dapat dikirim ulang",
    "the edited event has another {what} than decision {decision}": "peristiwa yang diubah memakai {what} lain daripada putusan {decision}",
    "an event under another name is a new one: send it with `salur publish`": "peristiwa dengan nama lain adalah peristiwa baru: kirim dengan `salur publish`",
    "the edited event would be refused again: {codes:many}": "peristiwa yang diubah akan ditolak lagi: {codes}",
    "`salur check` names every mistake; --anyway sends it nevertheless, unless it holds personal data": (
        "`salur check` menyebut setiap kesalahan; --anyway tetap mengirimnya, kecuali bila memuat data pribadi"
    ),
    "nothing was edited": "tidak ada yang diubah",
    "name the edited event with --file, or single values with --set /data/programme=CODE": (
        "tunjuk peristiwa yang diubah dengan --file, atau nilai satu per satu dengan --set /data/programme=KODE"
    ),
    "the edited event is the one that was refused": "peristiwa yang diubah sama dengan yang ditolak",
    "change what `salur rejected explain` names": "ubah yang disebut `salur rejected explain`",
    "name a file with the edited event, or - for standard input": "tunjuk berkas berisi peristiwa yang diubah, atau - untuk masukan standar",
    "--set {text:many} is no pointer and value": "--set {text} bukan penunjuk dan nilai",
    "write --set /data/lines/0/quantity=120": "tulis --set /data/lines/0/quantity=120",
    "what was refused is not JSON": "yang ditolak bukan JSON",
    "write the event anew, and name it with --file": "tulis ulang peristiwanya, dan tunjuk dengan --file",
    "the event has no place {pointer}": "peristiwa tidak memuat tempat {pointer}",
    "`salur rejected explain N --bytes` shows it": "`salur rejected explain N --bytes` menampilkannya",
    "save the event in the editor, or leave it": "simpan peristiwa di editor, atau biarkan",
    "decision {decision} holds nothing": "putusan {decision} tidak menunda apa pun",
    "`salur rejected held` lists what waits": "`salur rejected held` mendaftar yang menunggu",
    "decision {decision} waits for {id} of {source}, which never came": "putusan {decision} menunggu {id} dari {source}, yang belum pernah datang",
    "ask the partner to send it; or `salur rejected give-up` it, if that id is wrong": (
        "mintalah mitra mengirimnya; atau `salur rejected give-up`, jika id itu salah"
    ),
    "decision {decision} waits for what decision {refused} refused, and would refuse again": (
        "putusan {decision} menunggu yang ditolak putusan {refused}, dan akan ditolak lagi"
    ),
    "mend that one: salur rejected fix {refused}": "perbaiki yang itu: salur rejected fix {refused}",
    "name decisions, or --partner": "sebutkan putusan, atau --partner",
    "it is not said which": "tidak disebut yang mana",
    "name decisions, or --partner, --code or --all": "sebutkan putusan, atau --partner, --code, atau --all",
    "decision {decision} is not open": "putusan {decision} tidak terbuka",
    "its id was accepted or refused anew since: `salur rejected list --open`": (
        "id-nya sudah diterima atau ditolak lagi sejak itu: `salur rejected list --open`"
    ),
    "`salur rejected list --open` shows what is open": "`salur rejected list --open` menampilkan yang terbuka",
    "decision {decision} was dealt with before": "putusan {decision} sudah ditindaklanjuti",
    "`salur rejected log` says how, when and by whom": "`salur rejected log` menyebut bagaimana, kapan, dan oleh siapa",
    "there is nothing to do": "tidak ada yang perlu dilakukan",
    "request {number} waits for another person": "permintaan {number} menunggu orang lain",
    "`salur rejected approve {number}`": "`salur rejected approve {number}`",
    "there is no request {number}": "tidak ada permintaan {number}",
    "`salur rejected requests --all` lists them": "`salur rejected requests --all` mendaftar semuanya",
}
