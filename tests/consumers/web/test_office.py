"""A spreadsheet opens in LibreOffice and shows what the page shows. Skipped, with its reason, where there is no LibreOffice."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from models.figure_words import grouped
from tests.consumers.web.conftest import Client
from tests.consumers.web.html import Page

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="no LibreOffice here: apt-get install libreoffice-calc-nogui")


def shown_by_office(content: bytes, folder: Path) -> list[list[str]]:
    """Return what LibreOffice shows in the first sheet, cell by cell."""
    assert OFFICE is not None
    (folder / "view.xlsx").write_bytes(content)
    command = [OFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033"]
    done = subprocess.run([*command, "--outdir", str(folder), str(folder / "view.xlsx")], capture_output=True, text=True, timeout=110, check=False)
    assert (folder / "view.csv").exists(), done.stdout + done.stderr
    return list(csv.reader(io.StringIO((folder / "view.csv").read_text(encoding="utf-8"), newline="")))


def test_a_spreadsheet_opens_in_libreoffice_and_shows_what_the_page_shows(web: Client, tmp_path: Path) -> None:
    header, *rows = shown_by_office(web.get("/v1/exports/tallies.xlsx?by=destination,programme,item").content, tmp_path)
    answered = web.get("/v1/tallies?by=destination,programme,item").json()["rows"]
    at = {name: header.index(name) for name in ("destination", "programme", "item", "measure", "unit", "quantity", "events")}
    seen = [tuple(row[at[name]] for name in at) for row in rows]
    expected = [
        (row["destination"], row["programme"], row["item"], row["measure"], row["unit"], grouped(row["quantity"], "en"), grouped(str(row["events"]), "en"))
        for row in answered
    ]
    assert seen == expected
    on_page = {text for table in Page(web.get("/en/").text).tables for row in table.rows for text, _ in row}
    assert {figure for *_, figure, _ in seen} <= {word for text in on_page for word in text.split()}
    assert not any(row[0].startswith(("=", "Err:")) for row in rows)
