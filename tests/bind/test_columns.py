"""Data files: rows matched to elements, and what is told where they do not match."""

from pathlib import Path
from typing import Any

import pytest
from hand_made import case, system

from sdrun.bind import bind
from sdrun.errors import DataError, ScenarioError, render
from sdrun.scenario import DataColumn

TABLE = "who,year,milex\nUSA,1991,1\nUSA,1992,10\nCHN,1990,2\nCHN,1992,20\nrus,1992,30\n"


def values(path: Path, text: str = TABLE, name: str = "power", **fields: Any) -> list[float]:
    path.write_text(text, encoding="utf-8")
    data = DataColumn(file=path, **{"column": "milex", "actor": "who", "time": "year", "at": 1992.0, **fields})
    rows = bind(case(initial={name: data}), system()).parameters[17:, 0]
    return [float(value) for value in rows]


def told(path: Path, text: str = TABLE, name: str = "power", **fields: Any) -> str:
    with pytest.raises(DataError) as caught:
        values(path, text, name, **fields)
    return render(caught.value.problems).replace(str(path.parent), "data")


def test_rows_are_matched_by_label_and_time(tmp_path: Path) -> None:
    assert values(tmp_path / "d.csv")[:3] == [10, 20, 30]
    assert values(tmp_path / "d.csv", "\ufeff" + TABLE)[:3] == [10, 20, 30]
    assert values(tmp_path / "d.tsv", TABLE.replace(",", "\t"))[:3] == [10, 20, 30]
    one = values(tmp_path / "d.csv", "year,milex\n1991,1\n1992,2\n", name="size", actor=None)
    assert one[3] == 2


def test_a_missing_actor(tmp_path: Path) -> None:
    assert told(tmp_path / "d.csv", TABLE.replace("rus", "RUSS")) == (
        "error: no row for RUS in 'd.csv'\n  --> data/d.csv\n   = help: did you mean 'RUSS'?"
    )


def test_a_missing_year(tmp_path: Path) -> None:
    assert told(tmp_path / "d.csv", TABLE.replace("CHN,1992", "CHN,1995")) == (
        "error: no row for CHN at 1992\n  --> data/d.csv\n   = help: nearest: 1990 and 1995"
    )


def test_a_cell_that_is_no_number_and_all_at_once(tmp_path: Path) -> None:
    assert told(tmp_path / "d.csv", TABLE.replace("20\n", "n/a\n").replace("30\n", "\n")) == (
        "error: column 'milex' holds 'n/a', no number\n --> data/d.csv:5\n  |\n5 | CHN,1992,n/a\n\n"
        "error: column 'milex' is empty\n --> data/d.csv:6\n  |\n6 | rus,1992,"
    )


def test_a_missing_column(tmp_path: Path) -> None:
    assert told(tmp_path / "d.csv", column="milx") == (
        "error: no column 'milx' in 'd.csv'\n --> data/d.csv:1\n  |\n1 | who,year,milex\n  = help: did you mean 'milex'?"
    )


def test_rows_that_are_there_twice(tmp_path: Path) -> None:
    assert told(tmp_path / "d.csv", TABLE + "USA,1992,11\n").startswith(
        "error: 2 rows for USA: lines 3, 7\n --> data/d.csv:7\n"
    )
    assert "and no time column is named" in told(tmp_path / "d.csv", time=None, at=None)


def test_files_that_are_no_data(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    with pytest.raises(ScenarioError, match="is a folder, not a data file"):
        bind(case(initial={"power": DataColumn(file=tmp_path, column="x", actor="a")}), system())
    with pytest.raises(ScenarioError, match="no such data file"):
        bind(case(initial={"power": DataColumn(file=tmp_path / "none.csv", column="x", actor="a")}), system())
    path.write_bytes(b"who,milex\n\xff,1\n")
    with pytest.raises(DataError, match="this is not UTF-8 text"):
        bind(case(initial={"power": DataColumn(file=path, column="milex", actor="who")}), system())
    path.write_bytes(b"")
    with pytest.raises(DataError, match="no column 'x'"):
        bind(case(initial={"power": DataColumn(file=path, column="x", actor="a")}), system())


def test_a_column_fills_one_subscript(tmp_path: Path) -> None:
    data = DataColumn(file=tmp_path / "d.csv", column="x", actor="a")
    with pytest.raises(ScenarioError, match="'distance' has 2 subscripts"):
        bind(case(parameters={"distance": data}), system())
    with pytest.raises(ScenarioError, match="'size' has no subscript"):
        bind(case(initial={"size": data}), system())
    with pytest.raises(ScenarioError, match="'Power' has elements"):
        bind(case(initial={"power": DataColumn(file=tmp_path / "d.csv", column="x")}), system())
