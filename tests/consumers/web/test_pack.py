"""The evidence pack: made again it is the same, every hash in it holds, its entries make its figures, and both verifiers agree."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from litestar.testing import TestClient

from consumers.proof.sealing import KEY_NAME
from consumers.web.files import Handed
from deploy.handed import verifiers
from models.units import UNITS, parse_steps
from tests.consumers.proof.sealed import SealedLedger, sealed_ledger
from tests.consumers.web.conftest import BASE, Client, served

PACK = "/v1/exports/pack.zip"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SealedLedger]:
    made = sealed_ledger(tmp_path_factory.mktemp("packed"), events=160, bookings=4)
    yield made
    made.close()


@pytest.fixture(scope="module")
def web(sealed: SealedLedger) -> Iterator[Client]:
    with TestClient(served(sealed.reading, handed=Handed(tools=verifiers())), base_url=BASE) as client:
        yield client


@pytest.fixture(scope="module")
def pack(web: Client) -> bytes:
    response = web.get(PACK)
    assert response.status_code == 200, response.text[:300]
    return response.content


@pytest.fixture
def unpacked(pack: bytes, tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        opened.extractall(tmp_path / "pack")
    return tmp_path / "pack"


def manifest_of(pack: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        found: dict[str, Any] = json.loads(opened.read("manifest.json"))
    return found


def test_made_again_it_is_the_same(web: Client, pack: bytes, sealed: SealedLedger) -> None:
    again = web.get(PACK)
    told = web.get(f"{PACK}.manifest.json").json()
    assert again.content == pack
    assert told["sha256"] == hashlib.sha256(pack).hexdigest() == again.headers["salur-sha256"]
    booking = manifest_of(pack)["as_of"]["booking"]
    assert again.headers["content-disposition"] == f'attachment; filename="salur-pack-{booking}.zip"'
    assert web.get(f"{PACK}?as_of={booking}").content == pack
    assert "as of the last seal" in web.get(f"{PACK}?as_of=1").json()["detail"]


def test_every_file_is_in_the_manifest_with_its_hash(unpacked: Path, pack: bytes) -> None:
    manifest = manifest_of(pack)
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    found = {str(path.relative_to(unpacked)): hashlib.sha256(path.read_bytes()).hexdigest() for path in unpacked.rglob("*") if path.is_file()}
    lines = [line.split("  ") for line in (unpacked / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    sums = {path: digest for digest, path in lines}
    assert {**listed, "manifest.json": found["manifest.json"]} == sums
    assert {**sums, "SHA256SUMS": found["SHA256SUMS"]} == found
    assert set(listed) >= {"README.en.md", "README.id.md", "figures.csv", "figures.parquet", "entries.csv", "statements.csv", "verifiers/salur_verify.mjs"}
    assert manifest["ledger"]["root"]
    assert manifest["receipts"] > 0


def test_its_entries_make_its_figures(unpacked: Path) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO((unpacked / name).read_text(encoding="utf-8-sig"), newline="")))

    names = ("destination", "programme", "item", "measure", "unit")
    sums: dict[tuple[str, ...], int] = {}
    for row in rows("entries.csv"):
        key = tuple(row[name] for name in names)
        steps = parse_steps(row["quantity"].removeprefix("-"), UNITS[row["unit"]])
        sums[key] = sums.get(key, 0) + (-steps if row["quantity"].startswith("-") else steps)
    figures = {tuple(row[name] for name in names): parse_steps(row["quantity"].removeprefix("-"), UNITS[row["unit"]]) for row in rows("figures.csv")}
    assert {key: abs(steps) for key, steps in sums.items()} == figures
    assert pq.read_table(unpacked / "entries.parquet").num_rows == len(rows("entries.csv"))


@pytest.mark.parametrize("command", [[sys.executable, "verifiers/salur_verify.py"], ["node", "verifiers/salur_verify.mjs"]])
def test_both_verifiers_hold_every_proof_and_refuse_one_that_was_touched(unpacked: Path, sealed: SealedLedger, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip("no Node here")
    key = (sealed.seals / KEY_NAME).read_text(encoding="utf-8").strip()
    proofs = [str(path) for folder in ("proofs", "receipts") for path in sorted((unpacked / folder).iterdir())]
    assert len(proofs) > 20
    held = subprocess.run([*command, "--key", key, *proofs], cwd=unpacked, capture_output=True, text=True, check=False, timeout=60)
    assert held.returncode == 0, held.stdout[-500:] + held.stderr[-500:]
    touched = unpacked / "proofs" / "figure-001.json"
    content = json.loads(touched.read_text(encoding="utf-8"))
    content["figure"]["steps"] = str(int(content["figure"]["steps"]) + 1)
    touched.write_text(json.dumps(content), encoding="utf-8")
    refused = subprocess.run([*command, "--key", key, str(touched)], cwd=unpacked, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 1


def test_each_proof_is_of_its_figure(unpacked: Path, pack: bytes) -> None:
    proofs = [one for one in manifest_of(pack)["files"] if "figure" in one]
    assert len(proofs) == manifest_of(pack)["proofs"]
    for one in proofs:
        told = json.loads((unpacked / one["path"]).read_text(encoding="utf-8"))
        assert told["wanted"]["unit"] == [one["figure"]["unit"]]
        assert told["wanted"]["destination"] == [one["figure"]["destination"]]
        quantity = one["figure"]["quantity"]
        steps = parse_steps(quantity.removeprefix("-"), UNITS[one["figure"]["unit"]])
        assert abs(int(told["figure"]["steps"])) == steps


def test_a_pack_about_less_holds_less(web: Client, pack: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(web.get(f"{PACK}?measure=distributed").content)) as opened:
        figures = list(csv.DictReader(io.StringIO(opened.read("figures.csv").decode("utf-8-sig"), newline="")))
    assert {row["measure"] for row in figures} == {"distributed"}
    assert len(figures) < len(manifest_of(pack)["files"])


def test_seals_receipts_and_proofs_are_there_one_by_one_too(web: Client, sealed: SealedLedger) -> None:
    (seal, *_) = web.get("/v1/seals").json()["seals"]
    one = web.get(f"/v1/seals/{seal['number']}").json()
    name = f"{seal['number']:08d}"
    assert one["document"].encode() == (sealed.seals / f"{name}.json").read_bytes() == web.get(f"/v1/seals/{seal['number']}?part=document").content
    assert one["note"].encode() == (sealed.seals / f"{name}.note").read_bytes() == web.get(f"/v1/seals/{seal['number']}?part=note").content
    assert web.get(f"/v1/seals/{seal['number']}?part=key").status_code == 400
    assert web.get("/v1/proofs/receipts/1").text.startswith("c2sp.org/tlog-proof@v1")
    with sealed.reading.connect() as connection:
        (partner, event_id) = connection.exec_driver_sql("SELECT partner, event_id FROM decisions WHERE disposition = 'accepted' LIMIT 1").one()
    event = web.get(f"/v1/partners/{partner}/events/{quote(event_id, safe='')}").json()
    assert web.get(event["receipt"]).text.startswith("c2sp.org/tlog-proof@v1")
    assert web.get("/v1/proofs/receipts/999999").status_code == 400
    figure = "measure=distributed&unit=piece"
    assert web.get(f"/v1/proofs/compact?{figure}").json()["format"] == "salur-compact@1"
    complete = web.get(f"/v1/proofs/complete?{figure}")
    assert json.loads(complete.content.partition(b"\n")[0])["format"] == "salur-complete@1"
    assert complete.headers["salur-sha256"] == hashlib.sha256(complete.content).hexdigest()
    assert web.get("/v1/proofs/compact?province=33&measure=distributed&unit=piece").status_code == 400
