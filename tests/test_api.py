"""`import sdrun`: the same numbers as the command, and no surprises."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import sdrun
from sdrun.cli import main
from sdrun.errors import InputError, ScenarioError, SolveError

ROOT = Path(__file__).parents[1]

TEACUP = ROOT / "scenarios" / "teacup.toml"

TABLES = {"model": {"file": ROOT / "models" / "teacup.mdl"}, "time": {"stop": 5}}


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")


def test_the_same_bytes_as_the_command(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main([str(TEACUP), "-o", str(tmp_path / "command"), "-s", "room temperature=60"])
    assert left.value.code == 0
    ds = sdrun.run(TEACUP, out=tmp_path / "api", room_temperature=60)
    assert (tmp_path / "command" / "results.nc").read_bytes() == (tmp_path / "api" / "results.nc").read_bytes()
    unwritten = sdrun.run(str(TEACUP), room_temperature=60)
    for found in (ds, unwritten, sdrun.open(tmp_path / "api")):
        xr.testing.assert_equal(found, sdrun.open(tmp_path / "command"))


def test_what_is_returned_is_what_lies_in_the_file(tmp_path):
    """Attributes included, but for the run id, which only a folder needs."""
    ds = sdrun.run(TEACUP, out=tmp_path / "api")
    xr.testing.assert_identical(ds, sdrun.open(tmp_path / "api"))
    xr.testing.assert_identical(sdrun.run(TEACUP, out=tmp_path / "api"), ds)


def test_nothing_is_written_unless_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sdrun.run(TEACUP)
    sdrun.run(TABLES)
    sdrun.check(TEACUP)
    assert list(tmp_path.iterdir()) == []


def test_tables_a_model_and_a_scenario_agree(monkeypatch):
    monkeypatch.chdir(ROOT)
    by_model = sdrun.run("models/teacup.mdl", **{"time.stop": 5})
    by_tables = sdrun.run({"model": {"file": "models/teacup.mdl"}, "time": {"stop": 5}})
    by_scenario = sdrun.run(TEACUP, **{"time.stop": 5}).sel(variant="plain")
    for found in (by_tables, by_scenario):
        np.testing.assert_array_equal(found["teacup_temperature"], by_model["teacup_temperature"])


def test_tables_can_be_written_too(tmp_path):
    ds = sdrun.run(TABLES, out=tmp_path / "tea")
    xr.testing.assert_equal(ds, sdrun.run(tmp_path / "tea" / "resolved.toml"))


@pytest.mark.parametrize(
    "value",
    [
        {"A": 2, "B": 10},
        {"A": np.float64(2), "B": np.int64(10)},
        {"*": 10.0, "A": 2.0},
    ],
)
def test_settings_by_element(value):
    ds = sdrun.run(ROOT / "models" / "richardson.mdl", initial_armaments=value, **{"time.stop": 1})
    assert ds["initial_armaments"].values.tolist() == [2, 10]


def test_settings_of_all_kinds():
    ds = sdrun.run(
        ROOT / "models" / "richardson.mdl",
        **{
            "subscripts.state": ["A", "B", "C"],
            "scenario.title": 'Three "powers"',
            "time.stop": np.float64(2),
            "solver.method": "RK45",
            "defence coefficient": 0.1,
        },
    )
    assert ds["state"].values.tolist() == ["A", "B", "C"] and ds.attrs["title"] == 'Three "powers"'
    assert ds["time"].values[-1] == 2


def test_bad_input_raises_with_all_problems(tmp_path):
    with pytest.raises(InputError) as caught:
        sdrun.run(TEACUP, rom_temperature=60, characteristic_tim=3)
    assert [problem.help for problem in caught.value.problems] == [
        "did you mean 'Room Temperature'?",
        "did you mean 'Characteristic Time'?",
    ]
    with pytest.raises(ScenarioError, match="no such file"):
        sdrun.run(tmp_path / "none.toml", out=tmp_path / "out")
    with pytest.raises(ScenarioError, match="unknown key 'modl'"):
        sdrun.check({"modl": {}})
    with pytest.raises(InputError, match="cannot read results from"):
        sdrun.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_raises(tmp_path):
    """dx/dt = x², x(0) = 1 has no solution beyond t = 1."""
    model = tmp_path / "bang.mdl"
    model.write_text("{UTF-8}\nx = INTEG(x*x, 1) ~~|\nINITIAL TIME=0~~|\nFINAL TIME=3~~|\nTIME STEP=1~~|\nSAVEPER=1~~|\n")
    with pytest.raises(SolveError, match=r"at time (0\.9|1).*'x'|'x'.*at time (0\.9|1)"):
        sdrun.run(model, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_variants_that_do_not_differ_are_told(tmp_path):
    with pytest.warns(UserWarning, match="IDENTICAL") as caught:
        sdrun.run(TEACUP, characteristic_time=20)
    assert caught[0].filename == __file__, "it points at the caller"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sdrun.run(TEACUP)


def test_check_plans():
    found = sdrun.check(TEACUP, **{"time.stop": 5})
    assert (found.variants, found.stop, found.saves, found.stocks) == (("plain", "thick"), 5, 6, 1)
    assert sdrun.check(TABLES).stop == 5


def test_importing_it_is_cheap():
    code = "import sys, sdrun; print({'numpy', 'xarray', 'scipy', 'pysd'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
