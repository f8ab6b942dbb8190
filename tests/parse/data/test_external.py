"""GET XLS ... and GET DIRECT ...: what comes of the cells, by hand, and by writing what is then read."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import write_xlsx

from sdrun.errors import Problem
from sdrun.model import Array, Between, Equation, Lookup, Model, Name, Number, Table
from sdrun.parse import read_model

Of = Callable[..., Equation]
Read = Callable[..., Model]
Refused = Callable[..., tuple[Problem, ...]]

RANGES = "row: r1, r2 ~~|\ncolumn: c1, c2, c3 ~~|\none: only ~~|\ndeep: d1, d2 ~~|\n"
BLOCK = "t,1,2,3,4\n2000,11,12,13,14\n2001,21,22,23,24\n2003,31,32,33,34\n,41,42,43,44\n"
"""As it lies in a sheet: the number in row r and column c is rc, but for the first of each."""


@pytest.fixture(autouse=True)
def block(tmp_path: Path) -> None:
    (tmp_path / "block.csv").write_text(BLOCK)
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    rows = [[None if cell == "" else cell for cell in line.split(",")] for line in BLOCK.splitlines()]
    (tmp_path / "block.txt").write_text(BLOCK.replace(",", "\t"))
    (tmp_path / "block.tab").write_text(BLOCK.replace(",", ";"))
    numbers = [[float(cell) if cell and cell != "t" else cell for cell in row] for row in rows]
    names = {
        "north": "S!$B$2:$D$3",
        "years": "S!$A$2:$A$4",
        "series": "S!$B$2:$C$4",
        "head": "S!$B$1:$E$1",
        "across": "S!$B$2:$E$3",
        "single": "S!$C$3",
    }
    write_xlsx(tmp_path / "block.xlsx", {"S": numbers}, names)


NAMED = ("block.xlsx", "S")
"""Where there are named ranges."""


def constants(left: str, cell: str, file: str = "block.csv", tab: str = ",") -> str:
    return f"{RANGES}{left} = GET DIRECT CONSTANTS('{file}', '{tab}', '{cell}') ~~|"


@pytest.mark.parametrize(
    ("left", "cell", "expected"),
    [
        ("x", "C3", Number(22.0)),
        ("x", "c3*", Number(22.0)),
        ("x[column]", "B2", Array((11.0, 12.0, 13.0))),
        ("x[column]", "B2*", Array((11.0, 21.0, 31.0))),
        ("x[row,column]", "B2", Array((11.0, 12.0, 13.0, 21.0, 22.0, 23.0))),
        ("x[row,column]", "B2*", Array((11.0, 21.0, 31.0, 12.0, 22.0, 32.0))),
        ("x[column,row]", "B2", Array((11.0, 12.0, 21.0, 22.0, 31.0, 32.0))),
        ("x[row,c2]", "B2", Array((11.0, 12.0))),
        ("x[r1,column]", "B2*", Array((11.0, 21.0, 31.0))),
        ("x[r1,c1]", "E4", Number(34.0)),
        ("x[one]", "B2", Array((11.0,))),
        ("x[one,row]", "B2", Array((11.0, 12.0))),
        ("x[row,one]", "B2", Array((11.0, 12.0))),
        ("x[row,d1,column]", "B2", Array((11.0, 12.0, 13.0, 21.0, 22.0, 23.0))),
    ],
)
@pytest.mark.parametrize(
    ("file", "tab"), [("block.csv", ","), ("block.csv", ""), ("block.txt", ""), ("block.tab", ";"), ("block.xlsx", "s")]
)
def test_constants(equation: Of, left: str, cell: str, expected: Array | Number, file: str, tab: str) -> None:
    found = equation(constants(left, cell, file, tab))
    assert found.expression == expected
    assert found.external and found.text == f"GET DIRECT CONSTANTS('{file}', '{tab}', '{cell}')"


@pytest.mark.parametrize(
    ("left", "name", "expected"),
    [
        ("x[row,column]", "north", Array((11.0, 12.0, 13.0, 21.0, 22.0, 23.0))),
        ("x[column,row]", "NORTH*", Array((11.0, 21.0, 12.0, 22.0, 13.0, 23.0))),
        ("x[column]", "years*", Array((2000.0, 2001.0, 2003.0))),
        ("x", "single", Number(22.0)),
    ],
)
def test_constants_by_name(equation: Of, left: str, name: str, expected: Array | Number) -> None:
    assert equation(constants(left, name, "block.xlsx", "S")).expression == expected


@pytest.mark.parametrize("operator", ["=", ":=", "=="])
def test_constants_by_any_sign(equation: Of, operator: str) -> None:
    """Unchangeable ones, and those that Vensim counts among the data."""
    assert equation(f"x {operator} GET XLS CONSTANTS('block.xlsx', 'S', 'B2') ~~|").expression == Number(11.0)


TAKES = "and the left side takes"


@pytest.mark.parametrize(
    ("text", "said", "helped"),
    [
        (
            constants("x[row,column,deep]", "B2"),
            "a block of cells fills two ranges, and the left side has 3",
            "write an equation for each element of the others",
        ),
        (constants("x[column]", "north", *NAMED), f"'north' has 2 x 3 cells, {TAKES} 1 x 3", None),
        (constants("x[column]", "years", *NAMED), f"'years' has 3 x 1 cells, {TAKES} 1 x 3", "'years*' reads it the other way"),
        (constants("x[column,row]", "north", *NAMED), f"'north' has 2 x 3 cells, {TAKES} 3 x 2", "'north*' reads it"),
        (constants("x[row,column]", "north*", *NAMED), f"'north' has 2 x 3 cells, {TAKES} 3 x 2", "'north' reads it"),
        (constants("x", "A1"), "'block.csv', cell A1 holds 't', which is no number", None),
        (constants("x", "A5"), "'block.csv', cell A5 is empty, and should hold a constant", "save the file in Excel"),
        (constants("x", "Z99"), "'block.csv', cell Z99 is empty", None),
        (constants("x", "B0"), "'block.csv': there is no cell, and no named range, 'B0'", "name a cell, such as B2"),
        (constants("x", "B2", tab="Sheet1"), "its second argument is the delimiter, one character, not 'Sheet1'", "','"),
        (constants("x", "B2", "picture.csv"), "'picture.csv' is no text file", "save it as text"),
        ("x = 2 * GET XLS CONSTANTS('block.xlsx', 'S', 'B2') ~~|", "stand alone", "a variable of its own"),
        ("x = GET XLS CONSTANTS(file, 'S', 'B2') ~~|", "texts in single quotes", None),
        ("x = GET XLS CONSTANTS('block.xlsx', 'S') ~~|", "does not take 2 arguments", None),
    ],
)
def test_errors_of_constants(refused: Refused, text: str, said: str, helped: str | None) -> None:
    found = refused(text)[0]
    assert said in found.what
    assert found.place is not None and found.place.key.startswith("x")
    if helped is not None:
        assert found.help is not None and helped in found.help


def test_all_problems_come_at_once(refused: Refused) -> None:
    sources = ["CONSTANTS('no.xlsx', 'S', 'B2')", "CONSTANTS('block.xlsx', 'T', 'B2')", "DATA('block.xlsx', 'S', 'Z', 'B2')"]
    text = "\n".join(f"{name} = GET XLS {source} ~~|" for name, source in zip("xyz", sources, strict=True))
    assert [found.place.line for found in refused(text) if found.place is not None] == [1, 2, 3]


# ── series ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

YEARS, HEAD = (2000.0, 2001.0, 2003.0), (1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize(
    ("left", "along", "cell", "expected"),
    [
        ("x", "A", "B2", Table(YEARS, (11.0, 21.0, 31.0))),
        ("x", "a", "e2", Table(YEARS, (14.0, 24.0, 34.0))),
        ("x", "A", "B3", Table(YEARS[1:], (21.0, 31.0))),
        ("x", "1", "B2", Table(HEAD, (11.0, 12.0, 13.0, 14.0))),
        ("x", "1", "D4", Table(HEAD[2:], (33.0, 34.0))),
        ("x[row]", "A", "B2", Table(YEARS, (11.0, 21.0, 31.0, 12.0, 22.0, 32.0))),
        ("x[row]", "1", "B2", Table(HEAD, (11.0, 12.0, 13.0, 14.0, 21.0, 22.0, 23.0, 24.0))),
        ("x[d1,row]", "A", "B2", Table(YEARS, (11.0, 21.0, 31.0, 12.0, 22.0, 32.0))),
        ("x[row,one]", "1", "B2", Table(HEAD, (11.0, 12.0, 13.0, 14.0, 21.0, 22.0, 23.0, 24.0))),
        ("x[row]", "years", "series", Table(YEARS, (11.0, 21.0, 31.0, 12.0, 22.0, 32.0))),
        ("x[row]", "head", "across", Table(HEAD, (11.0, 12.0, 13.0, 14.0, 21.0, 22.0, 23.0, 24.0))),
    ],
)  # fmt: skip
def test_series(equation: Of, left: str, along: str, cell: str, expected: Table) -> None:
    """Down a column or across a row, by cells and by names; as data, as a lookup, in either way of writing it."""
    arguments = f"'block.xlsx', 'S', '{along}', '{cell}'"
    assert equation(f"{RANGES}{left} := GET XLS DATA({arguments}) ~~|").expression == Lookup(expected, Name("time"))
    assert equation(f"{RANGES}{left} = GET DIRECT DATA({arguments}) ~~|").expression == Lookup(expected, Name("time"))
    assert equation(f"{RANGES}{left} = GET DIRECT LOOKUPS({arguments}) ~~|").expression == expected
    assert equation(f"{RANGES}{left} (GET XLS LOOKUPS({arguments})) ~~|").expression == expected


@pytest.mark.parametrize(
    ("keyword", "between"),
    [
        ("", Between.LINEAR),
        (":INTERPOLATE:", Between.LINEAR),
        (":LOOK FORWARD:", Between.FORWARD),
        (":look_forward:", Between.FORWARD),
        (":HOLD BACKWARD:", Between.STEPS),
        (":RAW:", Between.RAW),
    ],
)
def test_keywords(equation: Of, keyword: str, between: Between) -> None:
    """Interpolation is the default: https://www.vensim.com/documentation/dataequations.html"""
    found = equation(f"x {keyword} := GET DIRECT DATA('block.csv', ',', 'A', 'B2') ~~|").expression
    assert found == Lookup(Table(YEARS, (11.0, 21.0, 31.0), between), Name("time"))


def test_order_and_gaps(tmp_path: Path, read: Read) -> None:
    """x in any order; points without x are left out, of one series also those without y; what is no number is missing."""
    (tmp_path / "gaps.csv").write_text("3,30,31\n1,10,\n,20,21\n2,NA,21\nnext,5,5\n0,#N/A,x\nSource: none,7,7\n")
    source = "GET DIRECT DATA('gaps.csv', ',', 'A', 'B1')"
    model = read(f"row: r1, r2 ~~|\nx := {source} ~~|\ny[row] := {source} ~~|")
    assert model.variables["x"].equations[0].expression == Lookup(Table((1.0, 3.0), (10.0, 30.0)), Name("time"))
    table = model.variables["y"].equations[0].expression.table
    assert table.x == (0.0, 1.0, 2.0, 3.0)
    assert [None if math.isnan(y) else y for y in table.y] == [None, 10.0, None, 30.0, None, None, 21.0, 31.0]
    assert model.remarks == (
        "'gaps.csv', cell A5 holds 'next', which is no number: it is taken for missing",
        "'gaps.csv', cell C6 holds 'x', which is no number: it is taken for missing",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("'block.csv', ',', 'A', 'B5'", "'block.csv': column A from row 5 on holds no numbers"),
        ("'block.csv', ',', '9', 'B2'", "'block.csv': row 9 from column B on holds no numbers"),
        ("'block.csv', ',', 'A', 'F2'", "'block.csv': cells F2 to F4 hold no numbers"),
        ("'block.csv', ',', 'A', 'years'", "'block.csv': there is no cell, and no named range, 'a'"),
        ("'block.xlsx', 'S', 'years', 'B2'", "'years' and 'B2' do not go together"),
        ("'block.xlsx', 'S', '1', 'years'", "'1' and 'years' do not go together"),
        ("'block.xlsx', 'S', 'north', 'years'", "'north' is 2 x 3 cells, and should be one row or column"),
        ("'block.xlsx', 'S', 'years', 'north'", "'north' is 2 x 3 cells, and should be 3 x 1 beside 'years'"),
        ("'block.xlsx', 'S', 'head', 'series'", "'series' is 3 x 2 cells, and should be 1 x 4 beside 'head'"),
        ("'twice.csv', ',', 'A', 'B1'", "'twice.csv': cells A1 and A3 both hold 1"),
    ],
)
def test_errors_of_series(tmp_path: Path, refused: Refused, text: str, said: str) -> None:
    (tmp_path / "twice.csv").write_text("1,10\n2,20\n1.0,30\n")
    for function in ("x := GET DIRECT DATA({}) ~~|", "x(GET DIRECT LOOKUPS({})) ~~|"):
        (found,) = refused(function.format(text))
        assert said.casefold() in found.what.casefold()


def test_a_block_of_series_fills_one_range(refused: Refused) -> None:
    (found,) = refused(f"{RANGES}x[row,column] := GET DIRECT DATA('block.csv', ',', 'A', 'B2') ~~|")
    assert found.what == "a block of series fills one range, and the left side has 2"


def test_unknown_keyword(refused: Refused) -> None:
    (found,) = refused("x :HOLD BACKWARDS: := GET DIRECT DATA('block.csv', ',', 'A', 'B2') ~~|")
    assert (
        found.what == "unknown keyword :HOLD BACKWARDS: of a data variable" and found.help == "did you mean ':HOLD BACKWARD:'?"
    )


numbers = st.integers(-4000, 4000).map(lambda n: n / 8)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Blocks of any size, anywhere in a sheet, down and across, with holes."""

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def check(data: st.DataObject) -> None:
        xs = data.draw(st.lists(numbers, min_size=1, max_size=5, unique=True))
        count = data.draw(st.integers(1, 3))
        ys = [data.draw(st.lists(st.none() | numbers, min_size=len(xs), max_size=len(xs))) for _ in range(count)]
        if all(y is None for row in ys for y in row):
            return
        top, left = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
        grid = [[None] * (left - 1)] * (top - 1) + [[None] * (left - 1) + row for row in ([*xs], *ys)]
        down = data.draw(st.booleans())
        if down:
            width = max(map(len, grid))
            grid = [list(column) for column in zip(*([*row, *[None] * (width - len(row))] for row in grid), strict=True)]
            top, left = left, top
        write_xlsx(tmp_path / "any.xlsx", {"S": grid})
        column = "ABCDEFGH"[left - 1]
        along, first = (column, f"{'ABCDEFGH'[left]}{top}") if down else (str(top), f"{column}{top + 1}")
        elements = ", ".join(f"e{k}" for k in range(count))
        path = tmp_path / "any.mdl"
        path.write_text(f"range: {elements} ~~|\nx[range] := GET XLS DATA('any.xlsx', 'S', '{along}', '{first}') ~~|")
        lookup = read_model(path).variables["x"].equations[0].expression
        order = sorted(range(len(xs)), key=xs.__getitem__)
        order = [k for k in order if count > 1 or ys[0][k] is not None]
        assert lookup.table.x == tuple(xs[k] for k in order)
        assert [None if math.isnan(y) else y for y in lookup.table.y] == [row[k] for row in ys for k in order]

    check()


# ── ranges ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "elements"),
    [
        ("'B1', 'D1', 'e'", ["e1", "e2", "e3"]),
        ("'B1', '1', 'e'", ["e1", "e2", "e3", "e4"]),
        ("'A2', 'A', 'y'", ["y2000", "y2001", "y2003"]),
        ("'A2', 'A4', 'y'", ["y2000", "y2001", "y2003"]),
        ("'B2', 'C3', ''", ["11", "12", "21", "22"]),
        ("'D3', '', 'v '", ["v 23", "v 24", "v 33", "v 34", "v 43", "v 44"]),
        ("'A1', 'A1', ''", ["t"]),
    ],
)
@pytest.mark.parametrize(("file", "tab"), [("block.csv", ","), ("block.xlsx", "S")])
def test_elements(read: Read, arguments: str, elements: list[str], file: str, tab: str) -> None:
    """Across, then down; empty cells are left out; a column or row alone may end it."""
    model = read(f"r: GET DIRECT SUBSCRIPT('{file}', '{tab}', {arguments}) ~~|\nx[r] = 1 ~~|")
    assert list(model.ranges["r"].labels) == elements


def test_elements_by_name_and_mapped(read: Read) -> None:
    model = read(
        "r: GET XLS SUBSCRIPT('block.xlsx', 'S', 'years', '', 'y') -> s ~~|\ns: a, b, c ~~|\nbig: r, other ~~|\nx[r] = 1 ~~|"
    )
    assert model.ranges["r"].labels == ("y2000", "y2001", "y2003") and model.ranges["r"].maps_to == {"s": None}
    assert model.ranges["big"].labels == ("y2000", "y2001", "y2003", "other")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("'no.csv', ',', 'A1', 'A2', ''", "there is no data file 'no.csv' beside the model"),
        ("'block.csv', ',', 'Z1', 'Z9', ''", "'block.csv': cells Z1 to Z9 are empty"),
        ("'block.csv', ',', 'B2', 'A1', ''", "the last cell 'A1' lies before the first, 'B2'"),
        ("'block.csv', ',', 'B2', 'B2:C3', ''", "'B2:C3' is no cell, row or column"),
        ("'block.csv', ',', 'A1', 'XFD999999', ''", "'block.csv': 999999 x 16384 cells are too many"),
        ("'block.csv', ',', 'first', '', ''", "'block.csv': there is no cell, and no named range, 'first'"),
    ],
)
def test_errors_of_elements(refused: Refused, arguments: str, said: str) -> None:
    """Told once, at the range: what is laid out by it is not read."""
    found = refused(f"r: GET DIRECT SUBSCRIPT({arguments}) ~~|\nx[r] = GET DIRECT CONSTANTS('block.csv', ',', 'B2') ~~|")
    assert [problem.what[: len(said)] for problem in found] == [said]
    assert found[0].place is not None and (found[0].place.line, found[0].place.key) == (1, "r")


def test_arrays_are_laid_out_by_ranges_that_are_read(equation: Of) -> None:
    text = "r: GET DIRECT SUBSCRIPT('block.csv', ',', 'B1', 'D1', 'e') ~~|"
    assert equation(f"{text}\nx[r] = GET DIRECT CONSTANTS('block.csv', ',', 'B2') ~~|").expression == Array((11.0, 12.0, 13.0))
