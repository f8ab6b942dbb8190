"""Excel files: what is read of them, and what is refused before anything is built from it."""

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from workbooks import write_xlsx

from sdrun.errors import ModelError, Problem
from sdrun.model import Equation, Number
from sdrun.parse.data import excel, sheets
from sdrun.parse.data.cells import Area, Cell
from sdrun.parse.data.excel import excel_book

Refused = Callable[..., tuple[Problem, ...]]
FIGURES = Path(__file__).parent / "figures.xls"
"""Written by xlwt, with two named ranges put in: no library that writes .xls is worth its place among ours."""


def constant(cell: str, tab: str = "Sheet1", file: str = "data.xlsx") -> str:
    return f"x = GET XLS CONSTANTS('{file}', '{tab}', '{cell}') ~~|"


def test_cells_of_an_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    rows = [[1, 2.5, "3.5", None, True], [], [None, datetime.date(2020, 1, 2)], ["=1+1"]]
    write_xlsx(
        path, {"First": rows, "Second": [["a"]]}, {"Both": "First!$A$1:$B$1", "Far": "Second!$A$1", "Odd": "First!$A:$A"}
    )
    book = excel_book(path, path.read_bytes())
    sheet = book(" first ")
    assert [list(row) for row in sheet.rows] == [[1.0, 2.5, "3.5", None, "True"], [], [None, "2020-01-02 00:00:00"], []]
    assert sheet.title == "'data.xlsx', sheet 'First'"
    assert sheet.names == {"both": Area(Cell(0, 0), 1, 2)}
    assert sheet.others == {"far": "lies in the sheet 'Second'", "odd": "is no single block of cells"}
    assert book("SECOND").names == {"far": Area(Cell(0, 0), 1, 1)}


def test_cells_of_an_xls() -> None:
    sheet = excel_book(FIGURES, FIGURES.read_bytes())("figures")
    assert [list(row) for row in sheet.rows] == [
        ["year", "north", "south", None, 2.5],
        [2000.0, 1.0, 10.0, None, 3.5],
        [2001.0, 2.0, None, None, "text"],
        [2002.0, 4.0, 40.0],
        ["Source: nobody"],
        ["the date 36892", "True"],
    ]
    assert sheet.names == {"years": Area(Cell(1, 0), 3, 1), "north_south": Area(Cell(1, 1), 3, 2)}


@pytest.mark.parametrize("name", ["data.xls", "data.xlsx", "data.XLSM"])
def test_the_content_says_which_kind_it_is(tmp_path: Path, equation: Callable[..., Equation], name: str) -> None:
    """Half the .xls about are .xlsx."""
    write_xlsx(tmp_path / "data.xlsx", {"Sheet1": [[4]]})
    content = (tmp_path / "data.xlsx").read_bytes()
    (tmp_path / name).write_bytes(content)
    assert equation(constant("A1", file=name)).expression == Number(4.0)
    (tmp_path / name).write_bytes(FIGURES.read_bytes())
    assert equation(constant("B4", "Figures", file=name)).expression == Number(4.0)


def test_local_names_hide_global_ones(tmp_path: Path) -> None:
    from openpyxl import load_workbook
    from openpyxl.workbook.defined_name import DefinedName

    path = tmp_path / "data.xlsx"
    write_xlsx(path, {"One": [[1, 2]], "Two": [[3, 4]]}, {"here": "One!$A$1"})
    workbook = load_workbook(path)
    workbook["Two"].defined_names["here"] = DefinedName("here", attr_text="Two!$B$1")
    workbook.save(path)
    book = excel_book(path, path.read_bytes())
    assert (book("One").names["here"], book("Two").names["here"]) == (Area(Cell(0, 0), 1, 1), Area(Cell(0, 1), 1, 1))


@pytest.mark.parametrize(
    ("cell", "tab", "said", "helped"),
    [
        ("A1", "Shet1", "'data.xlsx' has no sheet 'Shet1'", "did you mean 'Sheet1'?"),
        ("A1", "", "'data.xlsx' has no sheet ''", "sheets: Sheet1, Other"),
        (
            "totl",
            "Sheet1",
            "'data.xlsx', sheet 'Sheet1': there is no cell, and no named range, 'totl'",
            "did you mean 'total'?",
        ),
        ("elsewhere", "Sheet1", "'data.xlsx', sheet 'Sheet1': the name 'elsewhere' lies in the sheet 'Other'", None),
        ("total", "Other", "'data.xlsx', sheet 'Other': the name 'total' lies in the sheet 'Sheet1'", None),
        ("odd", "Sheet1", "'data.xlsx', sheet 'Sheet1': the name 'odd' is no single block of cells", None),
        ("B1", "Sheet1", "'data.xlsx', sheet 'Sheet1', cell B1 holds 'many', which is no number", None),
        (
            "C1",
            "Sheet1",
            "'data.xlsx', sheet 'Sheet1', cell C1 is empty, and should hold a constant",
            excel_help := "save the file",
        ),
        ("D1", "Sheet1", "'data.xlsx', sheet 'Sheet1', cell D1 holds '2020-01-02 00:00:00', which is no number", None),
        ("E1", "Sheet1", "'data.xlsx', sheet 'Sheet1', cell E1 holds 'True', which is no number", None),
        ("F1", "Sheet1", "'data.xlsx', sheet 'Sheet1', cell F1 is empty, and should hold a constant", excel_help),
        ("G1", "Sheet1", "'data.xlsx', sheet 'Sheet1', cell G1 holds '#DIV/0!', which is no number", None),
        ("H1", "Sheet1", "'data.xlsx', sheet 'Sheet1', cell H1 is empty, and should hold a constant", excel_help),
        (
            "XFD9999999",
            "Sheet1",
            "'data.xlsx', sheet 'Sheet1', cell XFD9999999 is empty, and should hold a constant",
            excel_help,
        ),
    ],
)
def test_errors_name_sheet_and_cell(
    tmp_path: Path, refused: Refused, cell: str, tab: str, said: str, helped: str | None
) -> None:
    rows = [[1, "many", None, datetime.date(2020, 1, 2), True, "=1+1", "#DIV/0!", "#N/A"]]
    names = {"total": "Sheet1!$A$1", "elsewhere": "Other!$A$1", "odd": "Sheet1!$A$1,Sheet1!$C$1"}
    write_xlsx(tmp_path / "data.xlsx", {"Sheet1": rows, "Other": [[2]]}, names)
    (found,) = refused(constant(cell, tab))
    assert found.what == said
    assert (helped is None) == (found.help is None) and (helped or "") in (found.help or "")


# ── hostile files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rezipped(path: Path, change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None) -> bytes:
    """The parts of a workbook, some of them changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.xlsx"
    write_xlsx(path, {"Sheet1": [[1]]})
    return path


def refusal(content: bytes, tab: str = "Sheet1", path: Path = Path("data.xlsx")) -> str:
    with pytest.raises(ModelError) as caught:
        excel_book(path, content)(tab)
    (found,) = caught.value.problems
    return found.what


def test_a_bomb_is_not_unpacked(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty million zeros are 30 kB in the archive."""
    content = rezipped(good, lambda _, part: part, {"xl/media/bomb.bin": bytes(30_000_000)})
    assert len(content) < 100_000
    monkeypatch.setattr(excel, "UNPACKED", 20_000_000)
    assert refusal(content) == "'data.xlsx' unpacks to 30 MB; at most 20 MB are read"


def test_sizes_that_an_archive_claims_are_not_believed(good: Path) -> None:
    """A part that unpacks to more than it says is cut where it says, and is broken."""
    content = bytearray(rezipped(good, lambda name, part: part + b" " * 5_000_000 * name.endswith("sheet1.xml")))
    size = (5_000_000 + len(zipfile.ZipFile(good).read("xl/worksheets/sheet1.xml"))).to_bytes(4, "little")
    assert content.count(size) == 2
    assert "cannot be read as an Excel file" in refusal(bytes(content.replace(size, (100).to_bytes(4, "little"))))


def test_large_trees_are_not_built(good: Path) -> None:
    content = rezipped(good, lambda name, part: part + b" " * 20_000_000 * name.endswith("styles.xml"))
    assert refusal(content) == "'data.xlsx' holds a part of 20 MB: xl/styles.xml"


def test_many_parts(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_PARTS", 3)
    assert "parts" in refusal(good.read_bytes())


LAUGHS = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 12))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_are_refused(good: Path, part: str) -> None:
    """A billion laughs, also behind two megabytes of comment, and in UTF-16."""
    declared = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'.encode()

    def laughing(name: str, content: bytes, between: bytes = b"") -> bytes:
        head, mark, rest = content.partition(b"?>") if content.startswith(b"<?xml") else (b"", b"", content)
        return head + mark + between + declared + rest if name == part else content

    said = "'data.xlsx' declares a DOCTYPE or entities, which Excel files do not need"
    assert refusal(rezipped(good, laughing)) == said
    assert refusal(rezipped(good, lambda name, content: laughing(name, content, b"<!--" + b"x" * 2_000_000 + b"-->"))) == said
    for encoding in ("utf-16", "utf-16-be"):
        hidden = rezipped(good, lambda n, c, e=encoding: laughing(n, c).decode().encode(e) if n == part else c)
        assert refusal(hidden).endswith(f"{part} is not in UTF-8")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no workbook",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000,
        b"<html><table><tr><td>1</td></tr></table></html>",
    ],
)
def test_what_is_no_workbook(content: bytes) -> None:
    assert "'data.xlsx' " in refusal(content) and "Excel file" in refusal(content)


def test_broken_workbooks(good: Path) -> None:
    """Cut anywhere, or with a part that says nothing: an error of ours, whatever the libraries raise."""
    whole = good.read_bytes()
    cuts = [whole[: len(whole) * k // 7] for k in range(1, 7)]
    xls = FIGURES.read_bytes()
    for content in (*cuts, *(xls[: len(xls) * k // 7] for k in range(2, 6)), xls[:512] + bytes(len(xls) - 512)):
        assert "Excel file" in refusal(content, "Figures")
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "xl/styles.xml"):
        for replacement in (b"", b"<", b"<a/>", b"\xff\xfe"):
            changed = rezipped(good, lambda name, old, p=part, r=replacement: r if name == p else old)
            try:
                excel_book(Path("data.xlsx"), changed)("Sheet1")
            except ModelError:
                pass  # any other exception is a bug


def test_a_sheet_may_not_claim_a_huge_size(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by its dimension nor by rows that are far apart; and long rows are counted."""

    def sheet(cells: bytes) -> bytes:
        xml = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + cells + b"</worksheet>"
        return rezipped(good, lambda name, old: xml if name.endswith("sheet1.xml") else old)

    claimed = sheet(b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>')
    assert [list(row) for row in excel_book(Path("data.xlsx"), claimed)("Sheet1").rows] == [[1.0]]
    far = sheet(b'<sheetData><row r="2000000000"><c r="A2000000000"><v>1</v></c></row></sheetData>')
    monkeypatch.setattr(excel, "LAST_ROW", 1000)
    assert excel_book(Path("data.xlsx"), far)("Sheet1").width == 0
    monkeypatch.setattr(sheets, "MOST_CELLS", 100_000)
    long = sheet(
        b"<sheetData>"
        + b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (k, k) for k in range(1, 9))
        + b"</sheetData>"
    )
    assert refusal(long) == "'data.xlsx', sheet 'Sheet1' has more than 100,000 cells"
