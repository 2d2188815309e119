"""How to verify an evidence pack, in English and Indonesian: what lies in every pack beside the evidence."""

from collections.abc import Mapping
from typing import Final

_EN: Final = """# Evidence pack, as of booking {booking} (seal {seal})

Everything here was made from one ledger at one booking. Nothing in it needs Salur, or us.

## What is here

- `manifest.json`: the question, the booking, the head of the ledger then, and every file with its SHA-256. `SHA256SUMS`: the same sums.
- `figures.csv`, `figures.parquet`: the figures. Each row has one measure in one unit; two units are never added.
- `entries.csv`, `entries.parquet`: what each event added to which figure. Summed up, they make the figures.
- `statements.csv`, `statements.parquet`: published figures, each with its verdict: supported, part, unsupported or contradicted.
- `proofs/`: for each figure a compact proof: this is the figure that was sealed, and no part of the question is left out or counted twice.
- `receipts/`: for each event a receipt: this decision, on these bytes (their SHA-256), is in the sealed log.
- `seals/`: every seal up to this one. `verifiers/`: the same check in two languages.

## How to verify it

1. Nothing was changed on the way: `sha256sum -c SHA256SUMS`
2. Take the operator's public key from somewhere else than here: you had it before, or somebody whom you trust has. Then

       python3 -m pip install cryptography
       python3 verifiers/salur_verify.py --key 'KEY' proofs/*.json receipts/*.txt
       node verifiers/salur_verify.mjs --key 'KEY' proofs/*.json receipts/*.txt

   Every line must say `"ok": true`, in both. Then compare the figures that they print with those in `figures.csv`.
3. The entries make the figures: sum up `quantity` in `entries.csv` by destination, programme, item, measure and unit.
4. There is only one past: `python3 verifiers/salur_verify.py --key 'KEY' --witness last-seal.json seals`, with the `last-seal.json` that you kept
   from the last time. Keep the new one.

## What it does not show

That an event is true, or that an event which was refused should have been; that partners sent nothing else (they hold receipts); and, from
compact proofs alone, that the sealed sums are those of the events: for that ask for a complete proof (`salur prove --complete`).
"""

_ID: Final = """# Paket bukti, per pembukuan {booking} (segel {seal})

Semua isinya dibuat dari satu buku besar pada satu pembukuan. Untuk memeriksanya tidak diperlukan Salur, dan tidak diperlukan kami.

## Isinya

- `manifest.json`: pertanyaannya, pembukuannya, kepala buku besar saat itu, dan setiap berkas dengan SHA-256-nya. `SHA256SUMS`: jumlah yang sama.
- `figures.csv`, `figures.parquet`: angkanya. Setiap baris berisi satu indikator dalam satu satuan; dua satuan tidak pernah dijumlahkan.
- `entries.csv`, `entries.parquet`: apa yang ditambahkan setiap peristiwa pada angka yang mana. Bila dijumlahkan, jadilah angkanya.
- `statements.csv`, `statements.parquet`: angka yang dipublikasikan beserta putusannya: didukung, sebagian, tidak didukung, atau bertentangan.
- `proofs/`: untuk setiap angka sebuah bukti ringkas: inilah angka yang disegel, dan tidak ada bagian yang tertinggal atau terhitung dua kali.
- `receipts/`: untuk setiap peristiwa sebuah tanda terima: putusan ini, atas bita ini (SHA-256-nya), ada di log yang disegel.
- `seals/`: setiap segel sampai yang ini. `verifiers/`: pemeriksaan yang sama dalam dua bahasa pemrograman.

## Cara memeriksanya

1. Tidak ada yang berubah di jalan: `sha256sum -c SHA256SUMS`
2. Ambil kunci publik operator dari tempat lain, bukan dari sini: Anda sudah memilikinya, atau orang yang Anda percaya memilikinya. Lalu

       python3 -m pip install cryptography
       python3 verifiers/salur_verify.py --key 'KUNCI' proofs/*.json receipts/*.txt
       node verifiers/salur_verify.mjs --key 'KUNCI' proofs/*.json receipts/*.txt

   Setiap baris harus memuat `"ok": true`, pada keduanya. Lalu bandingkan angka yang dicetak dengan yang ada di `figures.csv`.
3. Catatan membentuk angka: jumlahkan `quantity` di `entries.csv` menurut tujuan, program, bantuan, indikator, dan satuan.
4. Hanya ada satu masa lalu: `python3 verifiers/salur_verify.py --key 'KUNCI' --witness last-seal.json seals`, dengan `last-seal.json` yang Anda
   simpan dari pemeriksaan sebelumnya. Simpan yang baru.

## Yang tidak ditunjukkannya

Bahwa sebuah peristiwa benar terjadi, atau bahwa peristiwa yang ditolak memang patut ditolak; bahwa mitra tidak mengirim yang lain (mereka
memegang tanda terima); dan, dari bukti ringkas saja, bahwa jumlah yang disegel berasal dari peristiwanya: untuk itu minta bukti lengkap
(`salur prove --complete`).
"""

READ_ME: Final[Mapping[str, str]] = {"en": _EN, "id": _ID}
