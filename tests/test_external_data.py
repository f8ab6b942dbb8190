"""Data files of a model as part of a run: its identity, its files, its variants, its sweeps."""

import json
import pickle
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sdrun.errors import DataError, InputError
from sdrun.execution import work
from sdrun.pipeline import Outcome, run_scenario, simulate
from sdrun.preparation import prepare
from sdrun.report import read_inputs

CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nTIME STEP = 0.5 ~~|\nSAVEPER = 1 ~~|\n"
MODEL = """{UTF-8}
side: GET DIRECT SUBSCRIPT('data/Sides.csv', ',', 'A1', '1', '') ~~|
rate[side] = GET DIRECT CONSTANTS('data\\sides.csv', ',', 'A2') ~ 1/year ~|
driver[side] :HOLD BACKWARD: := GET DIRECT DATA('series.csv', ',', 'A', 'B1') ~~|
given ~~|
S[side] = INTEG(rate[side] * driver[side] + given, 0) ~~|
"""
FILES = {
    "world/model.mdl": MODEL + CONTROLS,
    "world/data/sides.csv": "left,right\n0.5,2\n",
    "world/series.csv": "0,1,10\n2,3,note\n3,5,20\n",
    "runs/other.tab": "Time\tgiven\n0\t0\n4\t8\n",
    "runs/more.tab": "Time\tgiven\n0\t1\n",
    "runs/study.toml": 'schema = 1\nsolver.method = "euler"\nmodel = { file = "../world/model.mdl", data = "other.tab" }\n',
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stock(outcome: Outcome) -> np.ndarray:
    return outcome.dataset["s"].values


def by_hand() -> np.ndarray:
    """Euler in steps of a half: rate * driver + given."""
    driver = {"left": [1, 1, 1, 1, 3, 3, 5, 5], "right": [10, 10, 10, 10, 10, 10, 20, 20]}
    given = np.arange(8) / 2 * 2
    flows = [rate * np.array(driver[side]) + given for side, rate in (("left", 0.5), ("right", 2.0))]
    return np.array([np.concatenate([[0], np.cumsum(flow) / 2])[::2] for flow in flows])


def test_a_run_and_what_it_leaves(folder: Path) -> None:
    """Data lie beside the model as it finds them; the manifest has their hashes; what was taken for missing is a warning."""
    outcome = run_scenario(Path("runs/study.toml"), out=Path("out"))
    np.testing.assert_allclose(stock(outcome), by_hand(), rtol=1e-15)
    assert outcome.dataset["s"].dims == ("side", "time") and list(outcome.dataset["side"].values) == ["left", "right"]
    assert outcome.warnings == ("'series.csv', cell C2 holds 'note', which is no number: it is taken for missing",)
    files = {path.relative_to("out/model").as_posix() for path in Path("out/model").rglob("*") if path.is_file()}
    assert files == {"model.mdl", "model.py", "series.csv", "other.tab", "data/sides.csv"}
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert {"world/model.mdl", "world/data/sides.csv", "world/series.csv", "runs/other.tab"} <= manifest["inputs"].keys()
    assert tomllib.loads(Path("out/resolved.toml").read_text())["model"] == {
        "file": "model/model.mdl",
        "data": ["model/other.tab"],
    }


def test_resolved_runs_alone_and_is_the_same_run(folder: Path) -> None:
    first = run_scenario(Path("runs/study.toml"), out=Path("out"))
    for name in ("world", "runs"):
        (folder / name).rename(folder / f"gone {name}")
    again = run_scenario(Path("out/resolved.toml"), out=Path("again"))
    assert again.dataset.attrs["run_id"] == first.dataset.attrs["run_id"]
    np.testing.assert_array_equal(stock(again), stock(first))
    assert Path("again/resolved.toml").read_text() == Path("out/resolved.toml").read_text()


@pytest.mark.parametrize("name", ["world/data/sides.csv", "world/series.csv", "runs/other.tab"])
def test_a_change_of_any_data_file_is_another_run(folder: Path, name: str) -> None:
    def run() -> Outcome:
        return run_scenario(Path("runs/study.toml"), out=Path("out"))

    first = run()
    assert run().up_to_date
    text = FILES[name]
    (folder / name).write_text(text.replace("0.5", "0.25").replace("5,20", "6,20").replace("4\t8", "4\t4"))
    changed = run()
    assert not changed.up_to_date
    assert changed.dataset.attrs["run_id"] != first.dataset.attrs["run_id"]
    assert not np.array_equal(stock(changed), stock(first))
    assert [path.name for path in Path("out/.history").iterdir()] == [first.dataset.attrs["run_id"]]
    (folder / name).write_text(text)
    assert run().dataset.attrs["run_id"] == first.dataset.attrs["run_id"]


def test_a_file_that_changes_while_it_is_read(folder: Path) -> None:
    prepared = prepare(Path("runs/study.toml"))
    (folder / "world/series.csv").write_text("0,1,1\n")
    with pytest.raises(DataError, match="changed while it was read"):
        read_inputs(prepared.scenario)


VARIANTS = """
schema = 1
solver = { method = "euler" }
[variants.one]
model = { file = "../world/model.mdl", data = "other.tab" }
[variants.both]
model = { file = "../world/model.mdl", data = ["other.tab", "more.tab"] }
[variants.turned]
model = { file = "../world/model.mdl", data = ["more.tab", "other.tab"] }
[variants.elsewhere]
model = { file = "../other/model.mdl" }
"""


def test_variants_with_data_of_their_own(folder: Path) -> None:
    """One model with other data; another model of the same name, whose file of the same name holds other numbers."""
    (folder / "other").mkdir()
    (folder / "other/series.csv").write_text("0,100,1000\n")
    text = FILES["world/model.mdl"].replace("given ~~|", "given = 0 ~~|")
    text = text.replace("GET DIRECT SUBSCRIPT('data/Sides.csv', ',', 'A1', '1', '')", "left, right")
    (folder / "other/model.mdl").write_text(text.replace("GET DIRECT CONSTANTS('data\\sides.csv', ',', 'A2')", "1, 2"))
    (folder / "runs/study.toml").write_text(VARIANTS)
    first = run_scenario(Path("runs/study.toml"), out=Path("out"))
    ds = first.dataset["s"]
    np.testing.assert_allclose(ds.sel(variant="one").values, by_hand(), rtol=1e-15)
    np.testing.assert_array_equal(ds.sel(variant="turned").values, ds.sel(variant="one").values)
    np.testing.assert_allclose(ds.sel(variant="both", side="left").values, [0, 1.5, 3, 5.5, 9])
    np.testing.assert_allclose(ds.sel(variant="elsewhere").values, [np.arange(5) * 100, np.arange(5) * 2000])
    files = {path.relative_to("out/model").as_posix() for path in Path("out/model").rglob("*.csv")}
    assert files == {"data/sides.csv", "series.csv", "2/series.csv"}
    again = run_scenario(Path("out/resolved.toml"), out=Path("again"))
    assert again.dataset.attrs["run_id"] == first.dataset.attrs["run_id"]
    np.testing.assert_array_equal(again.dataset["s"].values, ds.values)


def test_the_order_of_given_files_is_part_of_the_identity(folder: Path) -> None:
    ids = set()
    for data in ("['runs/other.tab', 'runs/more.tab']", "['runs/more.tab', 'runs/other.tab']", "['runs/other.tab']"):
        Path("study.toml").write_text(f"schema = 1\nmodel = {{ file = 'world/model.mdl', data = {data} }}\n")
        ids.add(run_scenario(Path("study.toml"), out=Path("out")).dataset.attrs["run_id"])
    assert len(ids) == 3


def test_constants_from_files_are_set_and_swept_as_others(folder: Path) -> None:
    source = {
        "model": {"file": "world/model.mdl", "data": ["runs/other.tab"]},
        "solver": {"method": "euler"},
        "parameters": {"rate": {"right": 0.0}},
        "sweep": {"method": "grid", "parameters": {"rate[left]": {"values": [0.0, 0.5, 1.0]}}},
        "output": {"variables": ["S"]},
    }
    found = simulate(source).dataset["s"].values
    left, _ = by_hand()
    given = np.concatenate([[0], np.cumsum(np.arange(8)) / 2])[::2]
    np.testing.assert_allclose(found[:, 0], [given, left, 2 * left - given], rtol=1e-14)
    np.testing.assert_allclose(found[:, 1], [given] * 3, rtol=1e-14)
    prepared = prepare(source)
    shipped = work(pickle.dumps((prepared.scenario, prepared.models)), 1, 3)
    np.testing.assert_array_equal(shipped.dataset["s"].values, found[1:])
    for path in Path("world").rglob("*.csv"):
        path.unlink()
    np.testing.assert_array_equal(work(pickle.dumps((prepared.scenario, prepared.models)), 0, 1).dataset["s"].values, found[:1])


def test_a_sweep_goes_on_only_with_the_same_data(folder: Path) -> None:
    """Its chunks are those of this very data."""
    Path("sweep.toml").write_text(
        "schema = 1\nmodel = { file = 'world/model.mdl', data = ['runs/other.tab'] }\nsolver = { method = 'euler' }\n"
        "[sweep]\nmethod = 'grid'\n[sweep.parameters]\n'rate[left]' = { values = [0.0, 1.0] }\n"
    )
    run_scenario(Path("sweep.toml"), out=Path("out"))
    first = {path.name for path in Path("out/.parts").iterdir()}
    (folder / "world/series.csv").write_text("0,1,1\n")
    run_scenario(Path("sweep.toml"), out=Path("out"))
    assert first and {path.name for path in Path("out/.parts").iterdir()}.isdisjoint(first)


def test_elements_of_a_scenario_pick_series(folder: Path) -> None:
    """Their own where the data have them; there are none for others."""
    source = {"model": {"file": "world/model.mdl", "data": ["runs/other.tab"]}, "solver": {"method": "euler"}}
    picked = simulate({**source, "subscripts": {"side": ["right"]}}).dataset
    np.testing.assert_allclose(picked["s"].values, by_hand()[1:], rtol=1e-15)
    swapped = simulate({**source, "subscripts": {"side": ["right", "left"]}}).dataset
    np.testing.assert_allclose(swapped["s"].values, by_hand()[::-1], rtol=1e-15)
    with pytest.raises(InputError) as caught:
        simulate({**source, "subscripts": {"side": ["left", "middle"]}, "parameters": {"rate": {"middle": 1.0}}})
    (found,) = caught.value.problems
    assert found.what == "'driver' has no numbers for the new elements" and found.help == "take elements that its data file has"


@pytest.mark.parametrize(
    ("data", "said", "helped"),
    [
        ('"othr.tab"', "no such data file", "did you mean 'other.tab'?"),
        ('["other.tab", "gone.csv"]', "no such data file", None),
        ('"study.toml"', "'study.toml' is no data file", "data files end in .csv"),
        ('"."', "is a folder", None),
        ("3", "", None),
    ],
)
def test_errors_of_the_scenario(folder: Path, data: str, said: str, helped: str | None) -> None:
    """At the name of the file."""
    path = folder / "runs/study.toml"
    path.write_text(f'schema = 1\n[model]\nfile = "../world/model.mdl"\ndata = {data}\n')
    with pytest.raises(InputError) as caught:
        prepare(path)
    found = caught.value.problems[0]
    assert said in found.what and found.place is not None and found.place.line == 4
    assert helped is None or (found.help is not None and helped in found.help)


def test_settings_name_data_too(folder: Path) -> None:
    one = simulate(Path("world/model.mdl"), settings=['model.data="runs/other.tab"', 'solver.method="euler"'])
    np.testing.assert_allclose(stock(one), by_hand(), rtol=1e-15)


def test_errors_have_the_line_of_the_model(folder: Path) -> None:
    (folder / "world/data/sides.csv").write_text("left,right\n0.5,half\n")
    with pytest.raises(InputError) as caught:
        prepare(Path("runs/study.toml"))
    (found,) = caught.value.problems
    assert found.what == "'sides.csv', cell B2 holds 'half', which is no number"
    assert found.place is not None and (found.place.line, found.place.key) == (3, "rate")


def test_a_notebook_pays_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the model nor its data are parsed again while nothing changes."""
    from sdrun.parse.data import sheets

    opened: list[str] = []
    text_book: Callable[..., object] = sheets.bounded

    def counted(title: str, rows: object) -> object:
        opened.append(title)
        return text_book(title, rows)

    monkeypatch.setattr(sheets, "bounded", counted)
    (folder / "world/series.csv").write_text("0,1,2\n9,1,2\n")
    for _ in range(3):
        prepare(Path("runs/study.toml"))
    assert sorted(opened) == ["'other.tab'", "'series.csv'", "'sides.csv'"]
