"""Files of results as the source of data variables that have no equation."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdrun.errors import Problem
from sdrun.model import Between, Equation, Lookup, Model, Name, Table
from sdrun.parse import read_model

Of = Callable[..., Equation]
Read = Callable[..., Model]
Refused = Callable[..., tuple[Problem, ...]]

MODEL = "dim: a, b ~~|\nplain :HOLD BACKWARD: ~~|\nby dim[dim] ~~|\nboth[dim, b] :RAW: ~~|\n"
COLUMNS = {
    "Time": [0, 1, 3],
    '"plain"': [5, "", 7],
    "By_Dim[A]": [1, 2, 3],
    "by dim[b]": [10, 20, 30],
    "both[a, b]": ["", 4, ""],
    "both[b,b]": [6, "", ""],
    "FINAL TIME": [3, "", ""],
}


def table(columns: dict[str, list[object]], delimiter: str, transposed: bool) -> str:
    rows = [[name, *values] for name, values in columns.items()]
    if not transposed:
        rows = [list(row) for row in zip(*rows, strict=True)]
    quoted = [[f'"{cell}"' if delimiter in str(cell) else str(cell) for cell in row] for row in rows]
    return "\n".join(delimiter.join(row) for row in quoted) + "\n"


def dat(columns: dict[str, list[object]]) -> str:
    lines: list[str] = []
    for name, values in columns.items():
        if name != "Time":
            lines += [name, *(f"{time}\t{value}" for time, value in zip(columns["Time"], values, strict=True) if value != "")]
    return "\n".join(lines) + "\n"


KINDS = {
    "a.csv": table(COLUMNS, ",", transposed=False),
    "b.csv": table(COLUMNS, ",", transposed=True),
    "a.tab": table(COLUMNS, "\t", transposed=False),
    "b.tab": table(COLUMNS, "\t", transposed=True),
    "c.tsv": table(COLUMNS, "\t", transposed=False),
    "c.txt": table(COLUMNS, "\t", transposed=False),
    "a.dat": dat(COLUMNS),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file(tmp_path: Path, read: Read, name: str) -> None:
    """Upright or on its side; names in any spelling; each series with its own points and its own keyword."""
    (tmp_path / name).write_text(KINDS[name], encoding="utf-8")
    model = read(MODEL, tmp_path / name)
    found = {id: variable.equations[0].expression for id, variable in model.variables.items()}
    assert found["plain"] == Lookup(Table((0.0, 3.0), (5.0, 7.0), Between.STEPS), Name("time"))
    assert found["by_dim"] == Lookup(Table((0.0, 1.0, 3.0), (1.0, 2.0, 3.0, 10.0, 20.0, 30.0)), Name("time"))
    both = found["both"].table
    assert both.between == Between.RAW
    assert repr(both.y) == "(nan, 4.0, nan, 6.0, nan, nan)"
    assert set(model.data_files) == {tmp_path / name}


def test_utf16_and_windows(tmp_path: Path, equation: Of) -> None:
    """As Excel and Vensim save text."""
    for encoding in ("utf-16", "cp1252", "utf-8-sig"):
        (tmp_path / "a.tab").write_text("Zeit\tgröße\n1\t2\n", encoding=encoding)
        assert equation("x = größe ~~|\ngröße ~~|", tmp_path / "a.tab").expression == Name("größe")


def test_the_last_file_counts(tmp_path: Path, equation: Of) -> None:
    """https://www.vensim.com/documentation/23480.html"""
    one, two, three = (tmp_path / f"{name}.csv" for name in ("one", "two", "three"))
    one.write_text("Time,x\n0,1\n")
    two.write_text("Time,x\n0,2\n")
    three.write_text("Time,y\n0,3\n")
    assert equation("x ~~|", one, two, three).expression.table.y == (2.0,)
    assert equation("x ~~|", two, one).expression.table.y == (1.0,)
    assert set(read_model(tmp_path / "model.mdl", (two, one)).data_files) == {one, two}, "what is given belongs to the run"


@pytest.mark.parametrize(
    ("text", "content", "said", "helped"),
    [
        ("x ~~|", None, "'x' has no equation, and no data", '[model] data = ["file.tab"]'),
        ("x :RAW: ~~|", None, "'x' has no equation, and no data", '[model] data = ["file.tab"]'),
        ("sales ~~|", "Time,sale\n0,1\n", "no data for 'sales' in 'a.csv'", "did you mean 'sale'?"),
        ("d: a, b ~~|\nx[d] ~~|", 'Time,"x[a]"\n0,1\n', "'a.csv' has no 'x[b]'", "did you mean 'x[a]'?"),
        ("d: a, b, c ~~|\nx[d] ~~|", 'Time,"x[a]"\n0,1\n', "'a.csv' has no 'x[b]' and 1 more", "did you mean 'x[a]'?"),
        ("d: a, b ~~|\nx[d] ~~|", "Time,x\n0,1\n", "no data for 'x[a]' in 'a.csv'", "did you mean 'x'?"),
        ("x ~~|", "Time,x\n,1\n", "'a.csv': its first column or row holds no numbers", None),
        ("x ~~|", "Time,x\n0,\n", "'a.csv': cells B2 to B2 hold no numbers", None),
        ("x ~~|", "Time,x\n0,1\n0,2\n", "'a.csv': cells A2 and A3 both hold 0", None),
        ("x ~~|", "Time,x\n0,\0\n", "'a.csv' is no text file", "save it as text in UTF-8"),
        ("x ~~|", "Time\n", "'a.csv' holds no table of variables over time", None),
        ("x = 1 ~~|", "Time,x\n0,1\n", "'a.csv' is given to a model that asks for no data", "leave [model] data out"),
        ("x :HOLD: ~~|", "Time,x\n0,1\n", "unknown keyword :HOLD: of a data variable", "one of :INTERPOLATE:"),
    ],
)
def test_errors(tmp_path: Path, refused: Refused, text: str, content: str | None, said: str, helped: str | None) -> None:
    (tmp_path / "a.csv").write_text(content or "")
    found = refused(text, *([tmp_path / "a.csv"] if content else []))[0]
    assert said in found.what
    assert (helped is None) == (found.help is None) or helped is None
    assert (helped or "") in (found.help or "")


def test_errors_of_dat_files(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "a.dat").write_text("0\t1\nx\n0\t1\n")
    assert refused("x ~~|", tmp_path / "a.dat")[0].what == "'a.dat', line 1: a value stands before the name of its variable"


def test_a_file_that_is_gone(tmp_path: Path, refused: Refused) -> None:
    assert "cannot read the data file 'gone.csv'" in refused("x ~~|", tmp_path / "gone.csv")[0].what


def test_text_is_missing_and_told(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_text("Time,x\n0,1\n1,high\n2,3\n")
    model = read("x ~~|", tmp_path / "a.csv")
    assert model.variables["x"].equations[0].expression.table == Table((0.0, 2.0), (1.0, 3.0))
    assert model.remarks == ("'a.csv', cell B3 holds 'high', which is no number: it is taken for missing",)
