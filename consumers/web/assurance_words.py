"""The words of the pages of people, batches, evidence, samples, seals and totals, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

ASSURANCE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "people": ("People", "Penerima"),
    "people_lead": (
        "How many people were reached cannot be added up like goods: programmes overlap. Every figure says by which rule it was found.",
        "Jumlah orang tidak dapat dijumlahkan seperti barang: program-program tumpang tindih. Setiap angka menyebutkan aturannya.",
    ),
    "reached": ("People reached", "Orang yang terjangkau"),
    "reached_in": ("Reached, {unit}, by destination", "Terjangkau, {unit}, menurut tujuan"),
    "reached_rule": ("A household is not a person, and the two are never added.", "Keluarga bukan orang, dan keduanya tidak pernah dijumlahkan."),
    "rule": ("Rule", "Aturan"),
    "rule_distinct": ("different recipient tokens: nobody counts twice", "token penerima yang berbeda: tidak ada yang dihitung dua kali"),
    "rule_sum": ("service contacts of one programme: whoever came twice counts twice", "jumlah layanan satu program: yang dilayani dua kali dihitung dua kali"),
    "rule_maximum": (
        "the programme with the most service contacts in each place, summed over places: programmes overlap",
        "program dengan layanan terbanyak di setiap tempat, dijumlahkan antartempat: program-program tumpang tindih",
    ),
    "deliveries": ("Deliveries", "Penyaluran"),
    "without_tokens": ("Without tokens", "Tanpa token"),
    "contacts": ("Service contacts behind them", "Jumlah layanan di baliknya"),
    "counts": ("Counts", "Dihitung"),
    "overlaps": ("no: another programme has more there", "tidak: program lain lebih banyak di sana"),
    "by_tokens": ("by different tokens", "menurut token yang berbeda"),
    "parts_of_people": ("By sex, age and disability", "Menurut jenis kelamin, usia dan disabilitas"),
    "parts_rule": (
        "What nobody told is unknown; the parts with it always make the whole.",
        "Yang tidak dilaporkan tidak diketahui; bersamanya rincian selalu sama dengan keseluruhan.",
    ),
    "dimension": ("By", "Menurut"),
    "part": ("Part", "Rincian"),
    "dimension_sex": ("sex", "jenis kelamin"),
    "dimension_age": ("age", "usia"),
    "dimension_disability": ("disability", "disabilitas"),
    "part_f": ("female", "perempuan"),
    "part_m": ("male", "laki-laki"),
    "part_yes": ("yes", "ya"),
    "part_no": ("no", "tidak"),
    "part_unknown": ("unknown", "tidak diketahui"),
    "public": ("Public figures", "Angka untuk umum"),
    "public_lead": (
        "What may be handed to anybody: no count of fewer than ten people is in these figures, or follows from them.",
        "Yang boleh diberikan kepada siapa pun: jumlah di bawah sepuluh orang tidak ada di sini dan tidak dapat dihitung balik.",
    ),
    "public_rule": (
        (
            "Counts of fewer than 10 people are hidden, with as much beside them as is needed so that none can be worked out. "
            "Parts of people, evidence, numbers of events and simulated partners are left out."
        ),
        (
            "Jumlah di bawah 10 orang disembunyikan, beserta angka lain seperlunya agar tidak dapat dihitung balik. "
            "Rincian penerima, bukti, jumlah peristiwa, dan mitra simulasi tidak ditampilkan."
        ),
    ),
    "people_word": ("people", "orang"),
    "hidden_small": ("fewer than 10", "kurang dari 10"),
    "hidden_beside": ("hidden", "disembunyikan"),
    "public_closed": ("Of {item}, nothing below {node} is shown.", "Untuk {item}, tidak ada rincian di bawah {node}."),
    "public_top": ("the total", "jumlah keseluruhan"),
    "by": ("By", "Menurut"),
    "by_level_destination": ("destination", "tujuan"),
    "by_level_destination,programme": ("destination and programme", "tujuan dan program"),
    "by_level_destination,programme,month": ("destination, programme and month", "tujuan, program dan bulan"),
    "batches": ("Payments by batch", "Pembayaran per batch"),
    "batches_lead": (
        "How far each batch of payments has come, in payments and in money. Only what was confirmed and stayed is delivered; sent is not.",
        (
            "Sejauh mana setiap batch pembayaran, dalam jumlah pembayaran dan uang. Yang tersalurkan hanya yang cair dan tidak kembali; dikirim belum "
            "berarti tersalurkan."
        ),
    ),
    "behind_batch": ("Events behind these figures", "Peristiwa di balik angka ini"),
    "batch": ("Batch", "Batch"),
    "older_than": ("Sent so many days ago, or more", "Dikirim sekian hari lalu atau lebih"),
    "more_batches": (
        "{shown} of {total} batches are shown: narrow the filters for others.",
        "{shown} dari {total} batch ditampilkan: persempit saringan untuk yang lain.",
    ),
    "declared": ("Declared", "Ditetapkan"),
    "sent": ("Sent", "Dikirim"),
    "confirmed": ("Confirmed", "Cair"),
    "waits_for_more": ("waits: {what}", "menunggu: {what}"),
    "waits_declared": ("to be instructed", "untuk diperintahkan"),
    "waits_instructed": ("to be sent", "untuk dikirim"),
    "waits_sent": ("to be confirmed", "untuk dikonfirmasi"),
    "waits_returned": ("to be settled", "untuk diselesaikan"),
    "status": ("Status", "Status"),
    "status_declared": ("declared", "ditetapkan"),
    "status_instructed": ("instructed", "diperintahkan"),
    "status_sent": ("sent", "dikirim"),
    "status_returned": ("came back", "retur"),
    "status_confirmed": ("confirmed", "cair"),
    "status_refunded": ("refunded", "disetor kembali"),
    "status_nothing": ("nothing yet", "belum ada"),
    "status_in_part": ("in part", "sebagian"),
    "complete": ("complete", "lengkap"),
    "closed": ("closed", "ditutup"),
    "sent_not_confirmed": ("Sent and not confirmed", "Dikirim, belum terkonfirmasi"),
    "waiting_rule": (
        "Which payment a confirmation belongs to is not reported, so the oldest sent are taken as confirmed first.",
        "Konfirmasi tidak menyebut pembayarannya, jadi yang terlama dikirim dianggap terkonfirmasi lebih dulu.",
    ),
    "since_when": ("Since", "Sejak"),
    "evidence": ("Evidence", "Bukti"),
    "evidence_lead": (
        "How much of what was delivered is shown by evidence, and how much somebody else has verified.",
        "Berapa bagian dari yang tersalurkan ditunjukkan oleh bukti, dan berapa yang diverifikasi pihak lain.",
    ),
    "coverage": ("Coverage by evidence", "Cakupan bukti"),
    "coverage_rule": (
        "Evidenced, evidenced later and without make the whole; verified is a question of its own. A share never stands without its two figures.",
        "Berbukti, bukti menyusul dan tanpa bukti sama dengan keseluruhan; verifikasi adalah pertanyaan tersendiri. Persentase selalu disertai kedua angkanya.",
    ),
    "evidenced": ("Evidenced", "Berbukti"),
    "evidenced-later": ("Evidenced later", "Bukti menyusul"),
    "without": ("Without evidence", "Tanpa bukti"),
    "verified": ("Verified", "Terverifikasi"),
    "share_shown": ("With evidence", "Bagian berbukti"),
    "in_events": ("events: {events}", "peristiwa: {events}"),
    "two_figures": ("{part} of {whole} = {percent} %", "{part} dari {whole} = {percent} %"),
    "of_deliveries": ("deliveries: {share}", "penyaluran: {share}"),
    "draw_sample": ("Draw a sample to be audited", "Ambil sampel untuk diaudit"),
    "sample": ("Audit sample", "Sampel audit"),
    "sample_lead": (
        "Which deliveries to look at follows from a published seed and nothing else: booking, filter and seed give the same sample to everybody.",
        (
            "Penyaluran yang diperiksa ditentukan oleh benih yang diumumkan dan tidak oleh hal lain: pembukuan, saringan dan benih yang sama memberi "
            "sampel yang sama."
        ),
    ),
    "seed": ("Seed", "Benih"),
    "seed_rule": (
        "A seed is fair only if nobody could know it when the events were sent: publish the booking first, then draw the seed.",
        "Benih hanya adil jika tidak ada yang dapat mengetahuinya saat peristiwa dikirim: umumkan pembukuannya dulu, baru undi benihnya.",
    ),
    "drawn_by_events": ("every delivery has the same chance", "setiap penyaluran berpeluang sama"),
    "drawn_by_value": ("every step of value has the same chance", "setiap bagian nilai berpeluang sama"),
    "how_drawn": ("How it is drawn", "Cara mengambilnya"),
    "recipe_events": (
        'Key = SHA-256 of compact JSON ["seed","source","id"]; the deliveries with the lowest keys.',
        'Kunci = SHA-256 dari JSON ringkas ["seed","source","id"]; penyaluran dengan kunci terendah.',
    ),
    "recipe_value": (
        (
            "The deliveries end to end, in decision order, as long as their steps; interval = whole / size, rounded up; "
            'start = SHA-256 of compact JSON ["seed"] modulo interval; every delivery that holds start + k * interval.'
        ),
        (
            "Penyaluran disambung menurut urutan putusan, sepanjang bagian terkecilnya; jarak = keseluruhan / ukuran, dibulatkan ke atas; "
            'awal = SHA-256 dari JSON ringkas ["seed"] modulo jarak; setiap penyaluran yang memuat awal + k * jarak.'
        ),
    ),
    "population": ("Drawn from", "Diambil dari"),
    "population_sha256": ("SHA-256 of the population", "SHA-256 populasinya"),
    "sample_whole": ("Whole", "Keseluruhan"),
    "sample_interval": ("Interval", "Jarak"),
    "sample_start": ("Start", "Awal"),
    "steps_of": ("{steps} smallest steps of {unit}", "{steps} bagian terkecil {unit}"),
    "values": ("Value", "Nilai"),
    "key": ("Key", "Kunci"),
    "points": ("Points", "Titik"),
    "seals": ("Seals and proofs", "Segel dan pembuktian"),
    "seals_lead": (
        (
            "What is booked is signed again and again. A seal binds every decision, every booked row and every sum; a figure can then be proved to "
            "anybody, offline."
        ),
        (
            "Yang dibukukan ditandatangani terus-menerus. Segel mengikat setiap putusan, setiap baris dan setiap jumlah; angka lalu dapat dibuktikan "
            "kepada siapa pun, tanpa jaringan."
        ),
    ),
    "last_seal": ("The last seal", "Segel terakhir"),
    "seal": ("Seal", "Segel"),
    "seal_of": ("number {number}, of booking {booking}, over {size} decisions", "nomor {number}, dari pembukuan {booking}, atas {size} putusan"),
    "seal_holds": ("The last seal is that of this ledger.", "Segel terakhir adalah segel buku besar ini."),
    "seal_broken": ("The last seal is not that of this ledger: run “salur verify”.", "Segel terakhir bukan segel buku besar ini: jalankan “salur verify”."),
    "never_sealed": (
        "Nothing was sealed yet: “salur seal”, or a stack that runs for ten minutes, seals it.",
        "Belum ada segel: “salur seal”, atau layanan yang berjalan sepuluh menit, menyegelnya.",
    ),
    "sealed_at": ("Sealed at", "Disegel pada"),
    "not_sealed_yet": ("Not sealed yet", "Belum disegel"),
    "bookings": ("bookings", "pembukuan"),
    "decisions": ("Decisions", "Putusan"),
    "root": ("Root", "Akar"),
    "software": ("Software", "Perangkat lunak"),
    "unsealed_since": ("the oldest of {moment}", "yang tertua {moment}"),
    "all_sealed": ("everything that is booked is sealed", "semua yang dibukukan sudah disegel"),
    "public_key": ("Public key", "Kunci publik"),
    "key_note": (
        "Compare it with what the operator gave you in another way: a page that was changed would show another key.",
        "Bandingkan dengan yang diberikan pengelola lewat jalan lain: halaman yang diubah akan menampilkan kunci lain.",
    ),
    "key_elsewhere": ("ask the operator: it lies beside the seals, in key.txt", "tanyakan pengelola: ada di samping segel, di key.txt"),
    "how_to_verify": ("How to verify without us", "Cara memeriksa tanpa kami"),
    "verify_key": (
        "1. Get the operator's public key in a way that does not go through this page, and keep it.",
        "1. Dapatkan kunci publik pengelola lewat jalan yang tidak melalui halaman ini, dan simpan.",
    ),
    "verify_tools": (
        "2. Take one of the two verifiers: each is a single file to be read, shares no line with the ledger, and needs no network.",
        (
            "2. Ambil salah satu dari dua pemeriksa: masing-masing satu berkas yang dapat dibaca, tidak berbagi sebaris pun dengan buku besar, dan tidak "
            "memerlukan jaringan."
        ),
    ),
    "verify_levels": (
        (
            "3. A compact proof (at most 64 KiB, checked in a moment) shows that this is the figure that was sealed: no cell of it was left out or counted "
            "twice. It does not show that the sealed sums are those of the events. A complete proof carries every decision and shows that as well: exactly "
            "these events make the figure, none was left out. Neither shows that an event is true, or that one which was refused should have been."
        ),
        (
            "3. Bukti ringkas (paling besar 64 KiB, selesai diperiksa seketika) menunjukkan bahwa inilah angka yang disegel: tidak ada sel yang tertinggal "
            "atau terhitung dua kali. Ia tidak menunjukkan bahwa jumlah yang disegel memang jumlah peristiwanya. Bukti lengkap memuat setiap putusan dan "
            "menunjukkan itu juga: persis peristiwa inilah pembentuk angkanya, tidak ada yang tertinggal. Keduanya tidak menunjukkan bahwa suatu peristiwa "
            "benar terjadi, atau bahwa yang ditolak memang patut ditolak."
        ),
    ),
    "verify_witness": (
        (
            "4. Whoever has database and key can write the past anew. Keep the last seal where the operator cannot write: the witness refuses a seal "
            "that does not follow from it."
        ),
        (
            "4. Pemegang basis data dan kunci dapat menulis ulang masa lalu. Simpan segel terakhir di tempat yang tidak dapat ditulis pengelola: saksi "
            "menolak segel yang tidak menyambung."
        ),
    ),
    "verifier_in": ("Verifier in {written_in}", "Pemeriksa dalam {written_in}"),
    "command_prove": ("Have a figure proved", "Minta angka dibuktikan"),
    "command_verify": ("Verify it", "Periksa"),
    "command_twin": ("Verify it with the other", "Periksa dengan yang lain"),
    "command_witness": ("Keep an eye on the seals", "Awasi segelnya"),
    "total": ("Total", "Jumlah keseluruhan"),
    "add_these": ("Add these up", "Jumlahkan ini"),
    "side_by_side": ("The figures side by side", "Angkanya berdampingan"),
    "refused": ("There is no total", "Tidak ada jumlah keseluruhan"),
    "refused_units": (
        "These figures are in different units: their total would mean nothing.",
        "Angka-angka ini berbeda satuan: jumlahnya tidak berarti apa-apa.",
    ),
    "refused_measures": (
        "These figures count different things: their total would count some of it twice.",
        "Angka-angka ini berbeda indikator: jumlahnya akan menghitung sebagian dua kali.",
    ),
    "refused_hint": ("Choose one measure and one unit to have a total.", "Pilih satu indikator dan satu satuan untuk mendapatkan jumlahnya."),
}
