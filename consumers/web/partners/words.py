"""The words of the partners' pages, in English and Indonesian; what they share with all pages is in ``consumers.web.words``."""

from collections.abc import Mapping
from typing import Final

from consumers.web.words import say
from models.reasons import Language

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "mitra": ("Your overview", "Ikhtisar Anda"),
    "mitra_of": ("{name}: what you sent, and what became of it", "{name}: yang Anda kirim dan hasilnya"),
    "for_partners": ("For partners", "Untuk mitra"),
    "uploads": ("Spreadsheets", "Lembar kerja"),
    "sent": ("What you sent", "Yang Anda kirim"),
    "sign_in": ("Sign in", "Masuk"),
    "sign_out": ("Sign out", "Keluar"),
    "signed_in_as": ("Signed in as {name}", "Masuk sebagai {name}"),
    "sign_in_lead": (
        "These pages are for partners who send events. Sign in with the token that you were given; it is not kept in your browser.",
        "Halaman ini untuk mitra pengirim peristiwa. Masuk dengan token yang Anda terima; token tidak disimpan di peramban Anda.",
    ),
    "token": ("Token", "Token"),
    "token_hint": ("It begins with salur_ and was shown once, when it was made.", "Diawali salur_ dan hanya ditampilkan sekali, saat dibuat."),
    "token_wrong": (
        "This is no token that is in force and may read. Check that you copied all of it; ask for a new one if it has expired.",
        "Ini bukan token yang berlaku dan boleh membaca. Periksa apakah tersalin seluruhnya; minta yang baru jika sudah kedaluwarsa.",
    ),
    "signed_out": ("You are signed out.", "Anda sudah keluar."),
    "came_by_a_link": ("I am signed in already: open the page", "Saya sudah masuk: buka halamannya"),
    "form_strange": (
        "This form did not come from your own page, or it is too old. Nothing was changed; open the page again and repeat.",
        "Formulir ini bukan dari halaman Anda sendiri, atau sudah terlalu lama. Tidak ada yang diubah; buka lagi halamannya dan ulangi.",
    ),
    "may_not_publish": (
        "Your token lets you read and not send. Ask for one with the scope publish, and sign in with it.",
        "Token Anda hanya untuk membaca, bukan mengirim. Minta token dengan cakupan publish, lalu masuk dengannya.",
    ),
    "too_often": (
        "Too many requests in a short time. Wait {seconds} s, then open the page again.",
        "Terlalu banyak permintaan. Tunggu {seconds} detik, lalu buka lagi.",
    ),
    "problem_403": ("This was not done", "Ini tidak dilakukan"),
    "problem_413": ("This is too large", "Ini terlalu besar"),
    "problem_429": ("Too many requests", "Terlalu banyak permintaan"),
    "back": ("Back to your overview", "Kembali ke ikhtisar Anda"),
    "your_silence": ("When you were last heard of", "Kapan Anda terakhir mengirim"),
    "last_sent": ("Last event received", "Peristiwa terakhir masuk"),
    "last_happened": ("Last day that it told of", "Kejadian terakhir yang dilaporkan"),
    "never_sent": ("Nothing yet: to others you are silent, which is not the same as 0.", "Belum ada: bagi yang lain Anda diam, dan itu tidak sama dengan 0."),
    "days_ago": ("{days} days ago", "{days} hari yang lalu"),
    "today": ("within the last day", "dalam sehari terakhir"),
    "your_events": ("Your events", "Peristiwa Anda"),
    "your_identity": (
        "{received} received = {accepted} accepted + {duplicate} duplicate + {conflict} conflict + {rejected} rejected + {held} held",
        "{received} masuk = {accepted} diterima + {duplicate} ganda + {conflict} bertentangan + {rejected} ditolak + {held} tertunda",
    ),
    "count": ("Count", "Banyaknya"),
    "meaning_accepted": ("Counted.", "Dihitung."),
    "meaning_duplicate": (
        "Sent before with the same content: harmless, counted once.",
        "Pernah dikirim dengan isi yang sama: tidak berbahaya, dihitung sekali.",
    ),
    "meaning_conflict": ("The id was taken by other content, which stands.", "Id-nya sudah dipakai isi lain, dan isi itulah yang berlaku."),
    "meaning_rejected": ("Breaks a rule; mend it and send it again with the same id.", "Melanggar aturan; perbaiki lalu kirim ulang dengan id yang sama."),
    "meaning_held": ("Waits for an event that it names and that is not booked yet.", "Menunggu peristiwa yang dirujuknya, yang belum dibukukan."),
    "your_tallies": ("Your tallies", "Rekapitulasi Anda"),
    "your_tallies_lead": (
        "What your accepted events add up to. Two units are never added.",
        "Jumlah dari peristiwa Anda yang diterima. Dua satuan tidak pernah dijumlahkan.",
    ),
    "no_tallies": ("None of your events has moved a tally yet.", "Belum ada peristiwa Anda yang mengubah rekapitulasi."),
    "find_receipt": ("Find a receipt by its code", "Cari tanda terima dengan kodenya"),
    "receipt_code": ("Code of a receipt", "Kode tanda terima"),
    "receipt_code_hint": ("such as 3F9-K7Q2", "misalnya 3F9-K7Q2"),
    "find": ("Find", "Cari"),
    "sent_lead": (
        "Newest first. A row opens to its verdict, its receipt, and what to do.",
        "Terbaru lebih dulu. Tiap baris terbuka ke putusan, tanda terima, dan yang perlu dilakukan.",
    ),
    "nothing_sent": ("There is nothing of this kind.", "Tidak ada yang seperti ini."),
    "why_or_what": ("Why", "Mengapa"),
    "older_ones": ("Older ones", "Yang lebih lama"),
    "newest_ones": ("Newest ones", "Yang terbaru"),
    "as_sheet": ("This list as CSV, all of it", "Daftar ini sebagai CSV, seluruhnya"),
    "state": ("Verdict", "Putusan"),
    "received_from": ("Received from", "Masuk sejak"),
    "received_to": ("Received to", "Masuk sampai"),
    "a_day": ("a day such as 2020-05-03", "tanggal, misalnya 2020-05-03"),
    "receipt": ("Receipt", "Tanda terima"),
    "receipt_of": ("Receipt {code}", "Tanda terima {code}"),
    "receipt_lead": (
        "Keep it: the code finds the event, and the hash shows that its content is what you sent.",
        "Simpanlah: kode ini menemukan peristiwanya, dan hash membuktikan isinya sama dengan yang Anda kirim.",
    ),
    "receipt_picture": ("QR code of the address {address}", "Kode QR untuk alamat {address}"),
    "content": ("What you sent", "Yang Anda kirim"),
    "content_not_kept": (
        "The content is not kept, because it seems to hold what names a person, or because it repeats what is there.",
        "Isinya tidak disimpan, karena tampaknya memuat data yang menyebut seseorang, atau karena mengulang yang sudah ada.",
    ),
    "not_booked_yet": (
        "Nothing of yours with this id is booked. What was sent just now is booked within seconds; else check how the id is written.",
        "Belum ada milik Anda dengan id ini yang dibukukan. Yang baru dikirim dibukukan dalam hitungan detik; jika tidak, periksa penulisan id-nya.",
    ),
    "why_held": ("Why it waits", "Mengapa menunggu"),
    "held_hint": (
        "It is decided by itself once that event is booked. If that one was never sent, send it; if the id is wrong, send a right event with another id.",
        "Diputuskan dengan sendirinya setelah peristiwa itu dibukukan. Jika belum dikirim, kirimkan; jika id-nya salah, kirim yang benar dengan id lain.",
    ),
    "conflicts_with": ("Sent again with other content", "Dikirim lagi dengan isi lain"),
    "conflicts_hint": (
        "What was sent first stands. To put the new content in its place, send an amendment; if it is another event, give it another id.",
        "Yang dikirim pertama tetap berlaku. Untuk menggantinya dengan isi baru, kirim ralat; jika itu peristiwa lain, beri id lain.",
    ),
    "moved_of_yours": ("What it moved of your tallies", "Yang diubahnya dalam rekapitulasi Anda"),
    "behind_yours": ("Your events behind this figure", "Peristiwa Anda di balik angka ini"),
    "original": ("Repeats", "Mengulang"),
    "what_to_do": ("What to do", "Yang perlu dilakukan"),
}


def say_here(key: str, language: Language, **values: object) -> str:
    """Return words of these pages, or of all pages. Raises KeyError for words that nobody wrote."""
    if key not in WORDS:
        return say(key, language, **values)
    english, indonesian = WORDS[key]
    return (indonesian if language == "id" else english).format(**values)
