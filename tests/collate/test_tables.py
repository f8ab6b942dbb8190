"""Tables as Vensim, Stella, PySD and spreadsheets write them."""

from pathlib import Path

import numpy as np
import pytest

from sdrun.collate import table_columns
from sdrun.collate.columns import Columns
from sdrun.collate.tables import half_a_unit
from sdrun.errors import DataError

PLAIN = "Time\tPopulation\tmatrix[A,B]\tmatrix[B, B]\n0\t5\t1.5\t2\n1\t6\t\t3\n"


def read(folder: Path, text: str | bytes, name: str = "output.tab") -> Columns:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return table_columns(path)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r"),
        PLAIN.replace("\n", "\r\n").encode("utf-16"),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace("Time", "Time (Year)"),
        PLAIN.replace("Time", "Months"),
        PLAIN.replace("Time\tPopulation", "Time\tPopulation : Current").replace("]", "] : Current"),
        PLAIN.replace("matrix[A,B]", '"matrix[ A , B ]"').replace("Population", '"POPULATION"'),
        PLAIN.replace("Time\tPopulation", "Time\tPop_ulation").replace("Pop_ulation", "population"),
        PLAIN.replace("matrix[A,B]", '"matrix[A,B]"').replace("matrix[B, B]", '"matrix[B, B]"').replace("\t", ","),
        PLAIN.replace(".", ",").replace("\t", ";"),
        "Time\t0\t1\nPopulation\t5\t6\nmatrix[A,B]\t1.5\t\nmatrix[B,B]\t2\t3\n",
        "Population\tTime\tmatrix[A,B]\tmatrix[B,B]\n5\t0\t1.5\t2\n6\t1\t\t3\n\n",
        "Time\tPopulation\tmatrix[A,B]\tmatrix[B, B]\n0\t5\t1.5\t2\n1\t6\t\t3\tand more\n\t\t\t\n",
    ],
)
def test_the_same_table_however_it_is_written(text: str | bytes, tmp_path: Path) -> None:
    columns = read(tmp_path, text)
    assert columns.times.tolist() == [0, 1]
    assert set(columns.quantities) == {"population", "matrix"}
    assert columns.quantities["population"].values.tolist() == [[5, 6]]
    matrix = columns.quantities["matrix"]
    assert matrix.rows == {("a", "b"): 0, ("b", "b"): 1}
    np.testing.assert_array_equal(matrix.values, [[1.5, np.nan], [2, 3]])


def test_names_of_all_sorts(tmp_path: Path) -> None:
    header = 'Time,"""Aux with $peC!@| characters""","""Stock with \\n Newline""",Änderung,"x[1, b c]"'
    columns = read(tmp_path, f"{header}\n0,1,2,3,4\n1,1,2,3,4\n".encode("cp1252"), "output.csv")
    assert list(columns.quantities) == ["aux_with_$pec!@|_characters", "stock_with_newline", "änderung", "x"]
    assert columns.quantities["x"].labels == ("[1, b c]",)


def test_rounding_is_that_of_the_print(tmp_path: Path) -> None:
    """Vensim prints six digits, Stella may print three decimals of the time."""
    vensim = read(tmp_path, "Time\tx\n9.96875\t1\n10.0312\t1\n100.031\t1\n")
    assert vensim.digits == 6 and vensim.rounding == pytest.approx([5e-6, 5e-5, 5e-4], rel=0.01)
    stella = read(tmp_path, "Time,x\n0.000,5.01562500001\n0.031,5\n", "output.csv")
    assert stella.digits == 12 and stella.rounding == pytest.approx([5e-4, 5e-4], rel=0.01)
    whole = read(tmp_path, "Time,x\n0,5\n1,5\n", "output.csv")
    assert whole.rounding.max() < 1e-4, "whole numbers are not rounded ones"


def test_half_a_unit() -> None:
    values = np.array([0.0, 1.0, 9.99999, -123456.0, 1e-7, np.nan, np.inf])
    expected = [0, 5e-6, 5e-6, 0.5, 5e-13, 0, 0]
    np.testing.assert_allclose(half_a_unit(values, 6), expected, rtol=0.01)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "it has 0 lines"),
        (b"Time\tx\n", "it has 1 lines"),
        (b"Name\tUnit\nPopulation\tperson\n", "no column of times and values"),
        (b"Time\n0\n1\n", "no column of times and values"),
    ],
)
def test_what_is_no_table(content: bytes, what: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=what):
        read(tmp_path, content)
    with pytest.raises(DataError, match="cannot read"):
        table_columns(tmp_path / "none.tab")
