"""`salur template`, and `salur check` and `publish` of spreadsheets, without a stack."""

from pathlib import Path

import openpyxl

from tests.deploy.cli.conftest import Salur
from tests.streams.sheets.sheets import TYPE, as_csv, row, xlsx

MINE = ("--partner", "kdei-taipei")


def test_from_a_template_to_a_file_that_is_fine(salur: Salur, tmp_path: Path) -> None:
    file = tmp_path / "isi.xlsx"
    assert salur("template", TYPE, "--lang", "id", "--out", file).code == 0
    workbook = openpyxl.load_workbook(file)
    header = [str(cell.value).rstrip(" *") for cell in workbook.worksheets[0][1]]
    for name, value in row("bast-1").items():
        workbook.worksheets[0].cell(2, header.index(name) + 1, value)
    workbook.save(file)
    answer = salur("check", file, *MINE, "--json")
    assert (answer.code, answer.json["counts"], answer.json["mistakes"]) == (0, {"accepted": 1}, [])


def test_mistakes_are_told_by_cell_in_the_chosen_language(salur: Salur, tmp_path: Path) -> None:
    file = tmp_path / "salah.csv"
    file.write_bytes(as_csv([row("a"), row("b", jumlah="1.500", program="bantuan-pm")]))
    shown = salur("check", file, *MINE, "--type", TYPE, "--lang", "id")
    assert shown.code == 1
    assert "F3\tjumlah\tsheet.number_ambiguous angka ini dapat dibaca dengan dua cara\ttulis 1500 atau 1.5" in shown.out
    assert "mungkin maksud Anda bantuan-pmi?" in shown.out
    assert "2 baris, 2 peristiwa: 1 baik, 1 dengan kesalahan" in shown.err
    answer = salur("check", file, *MINE, "--type", TYPE, "--json").json
    assert [(one["cell"], one["code"]) for one in answer["mistakes"]] == [("C3", "rjct.unknown_programme"), ("F3", "sheet.number_ambiguous")]
    assert (answer["rows"], answer["rows_with_mistakes"], answer["events_with_mistakes"]) == (2, 1, 1)


def test_their_own_file_comes_back_annotated(salur: Salur, tmp_path: Path) -> None:
    file, back = tmp_path / "salah.xlsx", tmp_path / "kembali.xlsx"
    file.write_bytes(xlsx([row("a", jumlah="=1+1")]))
    assert salur("check", file, *MINE, "--annotated", back, "--lang", "id").code == 1
    sheet = openpyxl.load_workbook(back).worksheets[0]
    assert sheet["F2"].value == "=1+1"
    assert "sel ini berisi rumus" in str(sheet["H2"].value)


def test_rows_without_keys_are_warned_of(salur: Salur, tmp_path: Path) -> None:
    file = tmp_path / "tanpa.xlsx"
    file.write_bytes(xlsx([{**row(""), "kunci": None}]))
    answer = salur("check", file, *MINE, "--lang", "en")
    assert answer.code == 0
    assert "an edited row" not in answer.out
    assert "a row that is edited and sent again will count as another event" in answer.err


def test_nothing_is_sent_while_there_are_mistakes_unless_good_rows_are_asked_for(salur: Salur, tmp_path: Path) -> None:
    file = tmp_path / "salah.xlsx"
    file.write_bytes(xlsx([row("a"), row("b", jumlah="1.500")]))
    for mode in ((), ("--mode", "check"), ("--mode", "all-or-nothing")):
        answer = salur("publish", file, *MINE, *mode, "--json")
        assert (answer.code, answer.json["sent"]) == (1, 0)
    assert salur("publish", file, *MINE, "--mode", "good-rows").code == 3


def test_wrong_words_are_told(salur: Salur, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(as_csv([row("a")]))
    (tmp_path / "a.jsonl").write_bytes(b"{}")
    assert "--partner" in salur("check", file).err
    assert salur("check", file, tmp_path / "a.jsonl", *MINE).code == 2
    assert salur("check", tmp_path / "a.jsonl", *MINE).code == 2
    assert salur("check", tmp_path / "b.csv", *MINE).code == 2
    assert "goods.produced" in salur("template", "goods.producd").err
    assert salur("check", tmp_path / "a.csv", *MINE, "--annotated", tmp_path / "no" / "where.csv", "--type", TYPE).code == 2
