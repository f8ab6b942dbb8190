"""results.zarr holds what results.nc holds, whatever it was written from."""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from small_worlds import tables

import sdrun
from sdrun import batches
from sdrun.cli import main
from sdrun.errors import InputError, OutputError
from sdrun.pipeline import run_scenario
from sdrun.report import store
from sdrun.report.folder import contents, fingerprint
from sdrun.trajectory import check_schema

EVENT = """{UTF-8}
k = 1 ~~|
rest = 2 ~~|
S = INTEG(k - rest * S, 0) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 4 ~~|
TIME STEP = 0.5 ~~|
SAVEPER = 1 ~~|
"""


@pytest.fixture(autouse=True)
def a_fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")


def both(source: object, folder: Path) -> tuple[xr.Dataset, xr.Dataset]:
    """The same results as each format has them."""
    for name in ("nc", "zarr"):
        run_scenario({**source, "output": {**source.get("output", {}), "formats": [name]}}, out=folder / name)  # type: ignore[dict-item, attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept = xr.open_zarr(folder / "zarr" / "results.zarr")
    first, second = xr.load_dataset(folder / "nc" / "results.nc", engine="netcdf4"), kept.load()
    return first.drop_attrs(deep=False), second.drop_attrs(deep=False)


def same(first: xr.Dataset, second: xr.Dataset) -> None:
    xr.testing.assert_identical(first, second)
    assert {name: array.dtype.kind for name, array in first.variables.items() if array.dtype.kind in "fi"} == {
        name: array.dtype.kind for name, array in second.variables.items() if array.dtype.kind in "fi"
    }


def test_a_sweep_of_states_with_variants_texts_and_indicators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LONGEST", dict.fromkeys(batches.LONGEST, 3))
    source = tables(method="rk4")
    source["variants"] = {"one": {}, "two": {"parameters": {"free riding": 0.7}}}
    source["sweep"] = {
        "method": "lhs",
        "samples": 8,
        "parameters": {"balancing responsiveness": {"low": 0.0, "high": 0.4}},
        "metrics": {"duration": {"indicator": "unipolar_duration"}},
        "modes": ["power share"],
    }
    first, second = both({**source, "output": {"variables": ["power share", "leader", "leader_share_by_index"]}}, tmp_path)
    same(first, second)
    assert first["leader"].dims == ("variant", "sample", "index", "time") and second["leader"].dtype.kind != "f"
    share = json.loads((tmp_path / "zarr/results.zarr/power_share/zarr.json").read_text())
    assert share["zarr_format"] == 3 and share["codecs"][-1]["name"] == "blosc"
    grid = share["chunk_grid"]["configuration"]["chunk_shape"]
    assert grid == [1, 3, first.sizes["state"], first.sizes["time"]], "a chunk of the sweep is one of the store, by variant"


def test_a_constant_that_an_event_changes_in_some_chunks_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LONGEST", dict.fromkeys(batches.LONGEST, 2))
    (tmp_path / "m.mdl").write_text(EVENT)
    source = {
        "model": {"file": str(tmp_path / "m.mdl")},
        "solver": {"method": "rk4"},
        "events": [{"at": 2, "target": "rest", "value": 5}],
        "sweep": {"method": "list", "parameters": {"rest": {"values": [5, 5, 2, 3, 5]}}},
        "output": {"variables": ["S", "rest"]},
    }
    first, second = both(source, tmp_path)
    same(first, second)
    assert second["rest"].dims == ("sample", "time") and second["s"].sizes["sample"] == 5


def test_a_run_without_samples(tmp_path: Path) -> None:
    first, second = both(tables(), tmp_path)
    same(first, second)
    assert "sample" not in first.dims and len(first.data_vars) > 50
    check_schema(sdrun.open(tmp_path / "zarr"))


def test_a_sweep_that_keeps_figures_only(tmp_path: Path) -> None:
    source = tables(method="rk4")
    source["sweep"] = {
        "method": "grid",
        "parameters": {"free riding": {"values": [0.1, 0.7]}},
        "metrics": {"duration": {"indicator": "unipolar_duration", "index": "military"}},
    }
    first, second = both({**source, "output": {"variables": []}}, tmp_path)
    same(first, second)
    assert set(second.data_vars) == {"status", "duration", "duration_censored"}


def test_precision_and_what_the_command_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.mdl").write_text(EVENT)
    sweep = '[sweep]\nmethod = "grid"\n[sweep.parameters]\nk = { values = [1, 2] }\n'
    (tmp_path / "s.toml").write_text(f'schema = 1\n[model]\nfile = "m.mdl"\n{sweep}[output]\nformats = ["zarr"]\n')

    def said(*args: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(list(args))
        assert left.value.code == 0
        return capsys.readouterr().out

    first = said(str(tmp_path / "s.toml"), "-o", str(tmp_path / "out"))
    assert first.count("results.zarr") == 1, "a store is one path"
    assert said(str(tmp_path / "s.toml"), "-o", str(tmp_path / "out")) == first
    for target in ("out", "out/results.zarr"):
        assert "over sample 2, time 5" in said("inspect", str(tmp_path / target))
    assert sdrun.open(tmp_path / "out")["s"].dtype == np.float32, "as results.nc of a sweep"
    assert sdrun.open(tmp_path / "out/results.zarr").sizes["sample"] == 2
    entry = json.loads((tmp_path / "out/manifest.json").read_text())["outputs"]["results.zarr"]
    assert entry == fingerprint(tmp_path / "out/results.zarr") and entry["files"] > 4
    assert Path("results.zarr") in contents(tmp_path / "out")


@pytest.mark.parametrize("kept", ["stocks", "power", "a part of it"])
def test_the_summary_is_that_of_results_nc(
    tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of several chunks, and without metrics."""
    monkeypatch.setattr(batches, "LONGEST", dict.fromkeys(batches.LONGEST, 3))
    source = tables(method="rk4")
    source["sweep"] = {"method": "grid", "parameters": {"free riding": {"low": 0.1, "high": 0.7, "steps": 7}}}
    power = ["leader_share_by_index", "effective_poles_by_index", "unipolar_duration", "unipolar_duration_censored", "leader"]
    variables = {"stocks": None, "power": power, "a part of it": ["military capability", *power[:2]]}[kept]
    both({**source, "output": {"variables": variables} if variables else {}}, tmp_path)
    told = []
    for name in ("nc", "zarr"):
        with pytest.raises(SystemExit):
            main(["inspect", str(tmp_path / name)])
        told.append([line for line in capsys.readouterr().out.splitlines() if not line.startswith(("run_id", "variables"))])
    assert told[0] == told[1] and any("military" in line for line in told[0]) and len(told[0]) > 8


def test_without_zarr_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "find_spec", lambda _name: None)
    with pytest.raises(InputError, match="needs the package zarr") as told:
        run_scenario({**tables(), "output": {"formats": ["zarr"]}}, out=tmp_path / "out")
    assert told.value.problems[0].help == 'pip install "sdrun[zarr]"' and not (tmp_path / "out").exists()
    monkeypatch.setitem(sys.modules, "zarr", None)
    run_scenario(tables(), out=tmp_path / "out")
    with pytest.raises(InputError, match="needs the package zarr"):
        sdrun.open(tmp_path / "out/results.zarr")


def test_a_store_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "results.zarr").mkdir()
    with pytest.raises(OutputError, match="cannot read results from"):
        sdrun.open(tmp_path)


def test_sensitivity_over_time_is_read_from_the_store(tmp_path: Path) -> None:
    (tmp_path / "tank.mdl").write_text(EVENT, encoding="utf-8")
    factors = {name: {"low": 0.5, "high": 2.0} for name in ("k", "rest")}
    sweep = {
        "method": "saltelli",
        "samples": 48,
        "seed": 1,
        "parameters": factors,
        "metrics": {"last": {"variable": "S", "at": 4}},
    }
    source = {"model": {"file": str(tmp_path / "tank.mdl")}, "solver": {"method": "rk4"}, "sweep": sweep}
    found = {}
    for name in ("nc", "zarr"):
        ran = run_scenario({**source, "output": {"variables": ["S", "k"], "formats": [name]}}, out=tmp_path / name)
        told = [line for line in ran.warnings if "over time" in line]
        assert told == [] if name == "nc" else "leaves out s, which is written chunk by chunk" in told[0]
        found[name] = sdrun.sensitivity(tmp_path / name)
    assert found["nc"]["s_total"].dims == ("parameter", "time")
    xr.testing.assert_allclose(found["nc"].drop_attrs(), found["zarr"].drop_attrs())
