"""Every view as a file, over HTTP: what is in it is what its address answers, with a manifest that says what it is and its hash."""

import base64
import csv
import decimal
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from lxml import etree
from openpyxl import load_workbook

from consumers.answers.filters import CellFilter
from consumers.answers.tally import tally
from consumers.web.exported import views
from consumers.web.files import addresses
from models.bookings import decode
from models.provinces import province_of
from models.units import UNITS, parse_steps
from tests.consumers.ledger.desk import Desk, masks, reversal
from tests.consumers.web.conftest import BASE, Client

XSD = Path(__file__).parents[1] / "exports" / "iati-2.03" / "iati-activities-schema.xsd"
NEEDED = {"diff": "a=1", "sample": "seed=17081945"}
FILES = sorted(name for name in addresses() if name not in {"proofs", "pack.zip"})


def got(web: Client, path: str, status: int = 200) -> Any:
    response = web.get(path)
    assert response.status_code == status, f"{path}: {response.text[:300]}"
    return response


def rows_of(content: bytes, suffix: str) -> list[dict[str, Any]]:
    match suffix:
        case "csv":
            return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        case "json":
            return list(json.loads(content)["rows"])
        case "parquet":
            return list(pq.read_table(io.BytesIO(content)).to_pylist())
        case _:
            header, *rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
            return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", FILES)
def test_every_view_is_a_file_with_a_manifest_that_fits_it(web: Client, name: str) -> None:
    view, _, suffix = name.partition(".")
    query = f"{NEEDED.get(view, '')}{'&simulated=yes' if 'simulated' in views()[view] else ''}".removeprefix("&")
    response = got(web, f"/v1/exports/{name}?{query}")
    manifest = got(web, response.headers["link"].partition("<")[2].partition(">")[0]).json()
    digest = hashlib.sha256(response.content).hexdigest()
    assert (manifest["sha256"], manifest["bytes"]) == (digest, len(response.content))
    assert response.headers["repr-digest"] == f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    assert response.headers["salur-sha256"] == digest
    assert (response.headers["salur-rows"], response.headers["salur-as-of"]) == (str(manifest["rows"]), str(manifest["as_of"]["booking"]))
    assert response.headers["content-disposition"] == f'attachment; filename="{manifest["file"]}"'
    assert manifest["view"] == view
    assert manifest["rows"] > 0
    assert manifest["ledger"]["root"]
    assert manifest["intake"]["received"] == 332
    if suffix != "iati.xml":
        rows = rows_of(response.content, suffix)
        assert len(rows) == manifest["rows"]
        assert list(rows[0]) == [column["name"] for column in manifest["columns"]]
        assert {row["unit"] for row in rows if row.get("unit")} <= set(manifest["units"]) if "unit" in rows[0] else True


def test_a_file_has_the_figures_of_the_answer_in_every_format(web: Client) -> None:
    query = "by=destination,programme,month,item&simulated=yes"
    answered = got(web, f"/v1/tallies?{query}").json()["rows"]
    expected = [
        (row["destination"], row["programme"], row["month"], row["item"], row["measure"], row["unit"], row["quantity"], row["events"]) for row in answered
    ]
    names = ("destination", "programme", "month", "item", "measure", "unit", "quantity", "events")
    expected = [tuple(row[name] for name in names) for row in answered]
    parquet = rows_of(got(web, f"/v1/exports/tallies.parquet?{query}").content, "parquet")
    as_json = rows_of(got(web, f"/v1/exports/tallies.json?{query}").content, "json")
    as_csv = rows_of(got(web, f"/v1/exports/tallies.csv?{query}").content, "csv")
    as_xlsx = rows_of(got(web, f"/v1/exports/tallies.xlsx?{query}").content, "xlsx")
    assert [tuple(row[name] for name in names) for row in as_json] == expected
    assert [tuple(row[name] for name in names) for row in as_csv] == [tuple(map(str, row)) for row in expected]
    exact = [(*row[:6], decimal.Decimal(row[6]), row[7]) for row in expected]
    assert [tuple(row[name] for name in names) for row in parquet] == exact
    assert [(*(row[name] for name in names[:6]), decimal.Decimal(str(row["quantity"])), row["events"]) for row in as_xlsx] == exact


def test_the_entries_sum_up_to_every_tally(web: Client, demonstration: sa.Engine) -> None:
    rows = rows_of(got(web, "/v1/exports/entries.json?simulated=yes").content, "json")
    for by in (("destination", "programme", "item"), ("partner", "day"), ("province",), ("recipient_type", "tranche", "activity")):
        sums: dict[tuple[str, ...], int] = {}
        for row in rows:
            key = (*(row[name] for name in by), row["measure"], row["unit"], str(row["simulated"]))
            sums[key] = sums.get(key, 0) + parse_steps(row["quantity"].removeprefix("-"), UNITS[row["unit"]]) * (-1 if row["quantity"].startswith("-") else 1)
        with demonstration.connect() as connection, connection.begin():
            answer = tally(connection, CellFilter(simulated=frozenset({True, False})), by=by).rows
        assert sums == {(*row.group.values(), row.measure, row.unit, str(row.simulated)): row.steps for row in answer}, by
    assert [row["decision"] for row in rows] == sorted(row["decision"] for row in rows)
    assert all(row["province"] == province_of(row["place"]) for row in rows)


def test_one_figure_is_exported_with_its_own_entries_only(web: Client) -> None:
    query = "destination=MY&item=sembako&measure=distributed"
    (figure,) = got(web, f"/v1/tallies?by=&{query}").json()["rows"]
    rows = rows_of(got(web, f"/v1/exports/entries.csv?{query}").content, "csv")
    assert sum(int(row["quantity"]) for row in rows) == int(figure["quantity"])
    assert len({row["decision"] for row in rows}) == figure["events"]
    assert got(web, f"/v1/exports/entries.csv.manifest.json?{query}").json()["units"] == ["package"]


def test_a_file_as_of_a_booking_never_changes(desk: Desk, fresh: Client) -> None:
    desk.book(masks("a", 100))
    paths = [f"/v1/exports/{view}.{suffix}?as_of=1" for view in ("tallies", "entries", "intake") for suffix in ("csv", "json", "xlsx", "parquet")]
    paths.append("/v1/exports/tallies.iati.xml?as_of=1")
    before = {path: (got(fresh, path).content, got(fresh, path.replace("?", ".manifest.json?")).json()) for path in paths}
    desk.book(masks("b", 7), reversal("c", "a"))
    assert {path: (got(fresh, path).content, got(fresh, path.replace("?", ".manifest.json?")).json()) for path in paths} == before
    now = rows_of(got(fresh, "/v1/exports/entries.csv").content, "csv")
    assert [(row["id"], row["quantity"]) for row in now if row["measure"] == "distributed"] == [("a", "100"), ("b", "7"), ("c", "-100")]


def test_the_manifest_names_the_head_of_the_ledger_then(web: Client, demonstration: sa.Engine) -> None:
    manifest = got(web, "/v1/exports/tallies.csv.manifest.json?as_of=2").json()
    with demonstration.connect() as connection:
        record = decode(bytes(connection.execute(sa.text("SELECT record FROM bookings WHERE booking = 2")).scalar_one()))
    assert (manifest["as_of"]["booking"], manifest["ledger"]["root"], manifest["ledger"]["decisions"]) == (2, record.root, record.size)
    assert manifest["question"] == {"as_of": "2"}


@pytest.mark.parametrize("path", ["tallies.iati.xml", "tallies.iati.xml?simulated=yes", "tallies.iati.xml?programme=bsu&from=2020-08", "public.iati.xml",
                                  "tallies.iati.xml?measure=budget,target,distributed&simulated=yes"])  # fmt: skip
def test_what_is_told_to_iati_is_valid_by_the_official_schema(web: Client, path: str) -> None:
    schema = etree.XMLSchema(etree.parse(XSD))
    document = etree.fromstring(got(web, f"/v1/exports/{path}").content)
    assert schema.validate(document), schema.error_log
    assert document.get("version") == "2.03"


def test_what_is_told_to_iati_has_the_figures(web: Client) -> None:
    document = etree.fromstring(got(web, "/v1/exports/tallies.iati.xml").content)
    told: dict[tuple[str, str], decimal.Decimal] = {}
    for value in document.iterfind(".//transaction/value"):
        kind = value.getparent().find("transaction-type").get("code")
        told[kind, value.get("currency")] = told.get((kind, value.get("currency")), decimal.Decimal()) + decimal.Decimal(value.text)
    rows = [row for row in got(web, "/v1/tallies?by=").json()["rows"] if row["unit"] == "IDR"]
    sums: Mapping[str, str] = {row["measure"]: row["quantity"] for row in rows}
    delivered = sum(decimal.Decimal(sums.get(name, "0")) for name in ("confirmed", "paid")) - decimal.Decimal(sums.get("undelivered", "0"))
    assert told["3", "IDR"] == delivered
    packages = [one for one in document.iterfind(".//actual") if one.getparent().getparent().findtext("title/narrative").endswith("(package)")]
    in_malaysia = sum(int(one.get("value")) for one in packages if one.find("dimension").get("value") == "MY")
    assert in_malaysia == sum(int(row["quantity"]) for row in got(web, "/v1/tallies?by=&destination=MY&unit=package").json()["rows"])


def test_what_is_published_hides_what_is_small(desk: Desk, fresh: Client) -> None:
    for month, people in (("05", 4), ("06", 40), ("07", 400), ("08", 500)):
        lines = [{"line": 1, "item": "masker", "quantity": people, "unit": "piece", "recipients": {"count": people, "unit": "person"}}]
        desk.book(masks(f"in-{month}", data={"lines": lines}, time=f"2020-{month}-03T09:00:00+08:00"))
    content = got(fresh, "/v1/exports/public.iati.xml").content
    assert b"may be published" in content
    assert b"not for publication" in got(fresh, "/v1/exports/tallies.iati.xml").content
    document = etree.fromstring(content)
    schema = etree.XMLSchema(etree.parse(XSD))
    assert schema.validate(document), schema.error_log
    assert "4" not in {one.get("value") for one in document.iterfind(".//actual")}
    assert "400" in {one.get("value") for one in document.iterfind(".//actual")}
    rows = rows_of(got(fresh, "/v1/exports/public.csv?by=destination,programme,month&unit=person").content, "csv")
    assert {(row["month"], row["quantity"]) for row in rows if row["hidden"]} == {("2020-05", ""), ("2020-06", "")}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/exports/tallies.pdf", 404),
        ("/v1/exports/nothing.csv", 404),
        ("/v1/exports/tallies", 404),
        ("/v1/exports/tallies.csv?colour=red", 400),
        ("/v1/exports/tallies.csv?limit=5", 400),
        ("/v1/exports/entries.iati.xml", 400),
        ("/v1/exports/public.csv?by=partner", 400),
        ("/v1/exports/tallies.csv?as_of=999", 400),
        ("/v1/exports/diff.csv", 400),
        ("/v1/exports/tallies.iati.xml?destination=KR", 400),
        ("/v1/seals/7", 404),
        ("/v1/proofs/receipts/1", 400),
        ("/v1/proofs/compact?destination=MY", 400),
        ("/v1/proofs/compact?destination=MY&measure=distributed&unit=package", 400),
    ],
)
def test_what_there_is_not_is_said(web: Client, path: str, status: int) -> None:
    response = got(web, path, status)
    assert response.json()["type"].startswith(f"{BASE}/problems/")


def test_the_spreadsheet_speaks_the_language_of_the_asker(web: Client) -> None:
    for language, sheets in (("en", ["rows", "about"]), ("id", ["baris", "keterangan"])):
        by_header = web.get("/v1/exports/tallies.xlsx", headers={"Accept-Language": language})
        for response in (by_header, web.get(f"/v1/exports/tallies.xlsx?lang={language}")):
            assert load_workbook(io.BytesIO(response.content)).sheetnames == sheets


def test_a_sample_by_value_over_several_units_is_refused_with_both_sums(web: Client) -> None:
    body = got(web, "/v1/sample?seed=x&by=value&simulated=yes", 422).json()
    assert body["type"] == f"{BASE}/problems/several-units"
    assert {figure["unit"] for figure in body["figures"]} >= {"package", "piece"}


def test_people_evidence_parts_batches_samples_and_what_is_public_answer(web: Client) -> None:
    assert got(web, "/v1/reached?simulated=yes").json()["rows"]
    assert got(web, "/v1/evidence?by=programme").json()["rows"]
    assert got(web, "/v1/parts?by=programme&simulated=yes").json()["rows"]
    assert got(web, "/v1/batches?simulated=yes").json()["rows"]
    assert len(got(web, "/v1/sample?seed=17081945&size=5").json()["events"]) == 5
    assert got(web, "/v1/public?by=destination").json()["smallest_shown"] == 10


def test_a_province_includes_its_places(desk: Desk, fresh: Client) -> None:
    for number, code in enumerate(("33.74", "3374", "ID-JT", "33", "32.05", None), start=1):
        place = {} if code is None else {"place": {"code": code, "edition": "2020"}}
        desk.book(masks(f"at-{number}", 10**number, country="TW", data=place))
    for name in ("33", "ID-JT", "jawa%20tengah", "Central%20Java"):
        assert got(fresh, f"/v1/tallies?by=&measure=distributed&province={name}").json()["rows"][0]["quantity"] == "11110", name
    rows = got(fresh, "/v1/tallies?by=province&measure=distributed").json()["rows"]
    assert [(row["province"], row["quantity"]) for row in rows] == [("32", "100000"), ("33", "11110"), ("unknown", "1000000")]
    for row in rows:
        (figure,) = got(fresh, row["entries"]).json()["figures"]
        assert figure["quantity"] == row["quantity"]
    assert got(fresh, "/v1/tallies?by=&measure=distributed&place=33").json()["rows"][0]["quantity"] == "10000"
    assert "Central Java" in got(fresh, "/en/figure?province=33").text
    assert "Jawa Tengah" in got(fresh, "/id/figure?province=33").text
