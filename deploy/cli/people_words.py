"""The words of `salur balance`, `evidence`, `sample`, `reached`, and of the public and the divided tally, in English and Indonesian."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "opening": ("opening", "stok awal"),
    "equation": ("Came in = is there + went out", "Masuk = ada + keluar"),
    "uncovered": ("Never came in", "Tanpa asal"),
    "unexplained": ("Unexplained", "Tak terjelaskan"),
    "all_holders": ("all holders", "semua pemegang"),
    "all_lots": ("all lots", "semua lot"),
    "holds": ("Everything that came in is there or went out.", "Semua yang masuk masih ada atau sudah keluar."),
    "holds_uncovered": (
        "More went out than ever came in; everything else that came in is there or went out.",
        "Yang keluar lebih banyak daripada yang pernah masuk; selebihnya, semua yang masuk masih ada atau sudah keluar.",
    ),
    "holds_not": ("Something is not explained by what was booked.", "Ada yang tidak terjelaskan oleh pembukuan."),
    "stock_counts": ("Counted stock beside the books", "Hasil hitung persediaan dan pembukuannya"),
    "counted": ("Counted", "Hitung"),
    "counted_at": ("Counted at", "Waktu hitung"),
    "book": ("Books", "Pembukuan"),
    "variance": ("Variance", "Selisih"),
    "adjusted": ("Adjusted since", "Disesuaikan"),
    "explained_by": ("Explained by", "Dijelaskan oleh"),
    "kind_none": ("none", "tidak ada"),
    "kind_shrinkage": ("shrinkage", "susut"),
    "kind_surplus": ("surplus", "lebih"),
    "consignments": ("On the way", "Dalam perjalanan"),
    "without_dispatch": ("Received, but no dispatch stands", "Diterima tanpa pemberangkatan"),
    "consignment": ("Consignment", "Kiriman"),
    "from_holder": ("From", "Dari"),
    "to_holder": ("To", "Kepada"),
    "age_days": ("Days", "Hari"),
    "n_dispatched": ("Dispatched", "Diberangkatkan"),
    "n_received": ("Received", "Diterima"),
    "n_damaged": ("Damaged", "Rusak"),
    "n_missing": ("Missing", "Hilang"),
    "n_open": ("Open", "Belum tiba"),
    "n_delivered": ("Delivered", "Tersalurkan"),
    "n_evidenced": ("Evidenced", "Berbukti"),
    "n_evidenced-later": ("Evidenced later", "Bukti menyusul"),
    "n_verified": ("Verified", "Terverifikasi"),
    "n_without": ("Without evidence", "Tanpa bukti"),
    "of_events": ("{quantity} ({events} events)", "{quantity} ({events} peristiwa)"),
    "evidence_share": ("With evidence", "Bagian berbukti"),
    "two_figures": ("{part} of {whole} = {percent} %", "{part} dari {whole} = {percent} %"),
    "sample_population": (
        "Drawn from {population} deliveries as of booking {booking}; SHA-256 of the population {sha256}",
        "Diambil dari {population} penyaluran per pembukuan {booking}; SHA-256 populasinya {sha256}",
    ),
    "sample_value": (
        "{whole} steps of {unit}, one point every {interval} from {start}",
        "{whole} bagian terkecil {unit}, satu titik setiap {interval} mulai {start}",
    ),
    "sample_recipe": ("Recipe (seed {seed}, size {size}): {recipe}", "Cara (benih {seed}, ukuran {size}): {recipe}"),
    "recipe_events": (
        'key = SHA-256 of compact JSON ["seed","source","id"]; the deliveries with the lowest keys',
        'kunci = SHA-256 dari JSON ringkas ["seed","source","id"]; penyaluran dengan kunci terendah',
    ),
    "recipe_value": (
        (
            "the deliveries end to end, in decision order, as long as their steps; interval = whole / size, rounded up; "
            'start = SHA-256 of compact JSON ["seed"] modulo interval; every delivery that holds start + k * interval'
        ),
        (
            "penyaluran disambung menurut urutan putusan, sepanjang bagian terkecilnya; jarak = keseluruhan / ukuran, dibulatkan ke atas; "
            'awal = SHA-256 dari JSON ringkas ["seed"] modulo jarak; setiap penyaluran yang memuat awal + k * jarak'
        ),
    ),
    "population_written": ("The population is in {path}.", "Populasinya ada di {path}."),
    "key": ("Key", "Kunci"),
    "points": ("Points", "Titik"),
    "values": ("Value", "Nilai"),
    "rule": ("Rule", "Aturan"),
    "rule_distinct": ("different recipient tokens: nobody counts twice", "token penerima yang berbeda: tidak ada yang dihitung dua kali"),
    "rule_sum": ("service contacts of one programme: whoever came twice counts twice", "jumlah layanan satu program: yang dilayani dua kali dihitung dua kali"),
    "rule_maximum": (
        "the programme with the most service contacts in each place, summed over places: programmes overlap",
        "program dengan layanan terbanyak di setiap tempat, dijumlahkan antartempat: program-program tumpang tindih",
    ),
    "without_tokens": ("Without tokens", "Tanpa token"),
    "contacts": ("Service contacts", "Jumlah layanan"),
    "contacts_rule": (
        "Recipients of several programmes are summed as service contacts; `salur reached` says how many people they may be.",
        "Penerima beberapa program dijumlahkan sebagai layanan; `salur reached` menunjukkan berapa orangnya.",
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
    "people": ("people", "orang"),
    "hidden_small": ("fewer than 10", "kurang dari 10"),
    "hidden_beside": ("hidden", "disembunyikan"),
    "public_closed": ("Of {item}, nothing below {node} is shown.", "Untuk {item}, tidak ada rincian di bawah {node}."),
    "public_top": ("the total", "jumlah keseluruhan"),
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
}
