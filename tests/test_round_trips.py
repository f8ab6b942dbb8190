"""What a scenario says reaches the equations, and resolved.toml says all of it: small models with closed answers."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sdrun.errors import ScenarioError
from sdrun.pipeline import run_scenario, simulate

CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 10 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"


def scenario(folder: Path, equations: str, tables: str, controls: str = CONTROLS) -> Path:
    """A scenario with a model of its own."""
    entries = "\n".join(f"{line} ~~|" for line in equations.strip().splitlines())
    (folder / "m.mdl").write_text(f"{{UTF-8}}\n{entries}\n{controls}")
    path = folder / "s.toml"
    path.write_text(f'schema = 1\n[model]\nfile = "m.mdl"\n{tables}\n')
    return path


def twice(path: Path, folder: Path) -> tuple[xr.Dataset, xr.Dataset]:
    """The results of a scenario, and those of its resolved.toml."""
    run_scenario(path, out=folder / "first")
    run_scenario(folder / "first" / "resolved.toml", out=folder / "second")
    return tuple(xr.load_dataset(folder / name / "results.nc") for name in ("first", "second"))  # type: ignore[return-value]


def test_the_step_is_part_of_the_question_for_adaptive_methods_too(tmp_path: Path) -> None:
    """A pulse of width 0 lasts one TIME STEP, whatever integrates it."""
    path = scenario(tmp_path, "S = INTEG(PULSE(2, 0), 0)", "[solver]\nstep = 0.25")
    first, second = twice(path, tmp_path)
    assert first["s"].values[-1] == pytest.approx(0.25, rel=1e-6)
    assert np.array_equal(first["s"], second["s"])
    path.write_text(path.read_text().replace("0.25", "4"))
    assert run_scenario(path, out=tmp_path / "first").dataset["s"].values[-1] == pytest.approx(4, rel=1e-6)


def test_a_stop_between_two_saves_reaches_the_equations(tmp_path: Path) -> None:
    equations = "near end = IF THEN ELSE(Time > FINAL TIME - 2, 1, 0)\nE = INTEG(near end, 0)"
    first, second = twice(scenario(tmp_path, equations, "[time]\nstop = 10.9"), tmp_path)
    assert first["e"].values[-1] == pytest.approx(1.1, rel=1e-6)
    assert np.array_equal(first["e"], second["e"])
    assert "the run ends at 10, the last time to save at before the stop at 10.9" in (tmp_path / "first/run.log").read_text()


def test_controls_written_as_equations_follow_the_scenario(tmp_path: Path) -> None:
    controls = CONTROLS.replace("FINAL TIME = 10", "FINAL TIME = INITIAL TIME + 10").replace(
        "SAVEPER = 1", "SAVEPER = TIME STEP"
    )
    path = scenario(tmp_path, "S = INTEG(RAMP(1, 0, FINAL TIME), 0)", "[time]\nstop = 5\nsave_every = 0.5", controls)
    ds = simulate(path).dataset
    assert float(ds["final_time"]) == 5.0
    assert float(ds["saveper"]) == 0.5
    assert ds["s"].values[-1] == pytest.approx(12.5, rel=1e-6)


def test_two_spellings_of_one_constant_are_refused(tmp_path: Path) -> None:
    tables = '[parameters]\n"a-b" = 5\n[variants.v]\nparameters = { a_b = 7 }'
    with pytest.raises(ScenarioError) as error:
        simulate(scenario(tmp_path, "a-b = 1\nS = INTEG(0, a-b)".replace("a-b", '"a-b"'), tables))
    (problem,) = error.value.problems
    assert problem.what == "'a_b' sets 'a-b' once more"
    assert problem.help == "'a-b' sets it already; write it in one way"


def test_the_time_unit_does_not_convert(tmp_path: Path) -> None:
    controls = CONTROLS.replace("~~|", "~ Year ~ |")
    assert simulate(scenario(tmp_path, "S = INTEG(1, 0)", '[time]\nunit = "years"', controls)).dataset["time"].units == "year"
    with pytest.raises(ScenarioError, match="the model counts time in 'Year', not in 'month'"):
        simulate(scenario(tmp_path, "S = INTEG(1, 0)", '[time]\nunit = "month"', controls))


def test_an_event_after_the_end_is_told(tmp_path: Path) -> None:
    tables = '[[events]]\nat = 2300\ntarget = "k"\nvalue = 2'
    outcome = simulate(scenario(tmp_path, "k = 1\nS = INTEG(k, 0)", tables))
    assert outcome.warnings == ("the event at 2300 on 'k' lies after the end of the run at 10",)


@pytest.mark.parametrize("method", ["euler", "rk4", "LSODA", "RK45", "Radau"])
def test_equality_with_the_time_is_a_pulse_of_one_step(tmp_path: Path, method: str) -> None:
    """An adaptive step would never meet the very instant."""
    equations = """
        once = INTEG(IF THEN ELSE(Time = 5, 10/TIME STEP, 0), 0)
        every = INTEG(IF THEN ELSE(MODULO(Time, 2) = 0, 1, 0), 0)
        but one = INTEG(IF THEN ELSE(Time <> 3, 1, 0), 0)"""
    ds = simulate(scenario(tmp_path, equations, f'[solver]\nmethod = "{method}"\nstep = 0.5')).dataset
    assert ds["once"].values.tolist() == pytest.approx([0.0] * 6 + [10.0] * 5, rel=1e-5)
    assert [ds[name].values[-1] for name in ("every", "but_one")] == pytest.approx([2.5, 9.5], rel=1e-5)


def test_variants_of_different_worlds_lie_side_by_side(tmp_path: Path) -> None:
    """States and years that a variant does not have are NaN there, and resolved.toml repeats the run without the worlds."""
    path = scenario(tmp_path, "state: A, B\nk[state] = 1\nS[state] = INTEG(k[state], 0)", "")
    head = 'schema = 1\n[model]\nfile = "m.mdl"\n[subscripts]\n'
    old = 'state = ["GBR", "FRA"]\n[time]\nstart = 0\nstop = 4\n[parameters]\nk = { GBR = 3, FRA = 2 }\n'
    new = 'state = ["USA", "GBR"]\n[time]\nstart = 3\nstop = 6\n[parameters]\nk = { USA = 5, "*" = 1 }\n'
    (tmp_path / "old.toml").write_text(head + old)
    (tmp_path / "new.toml").write_text(head + new)
    fast = 'fast = { extends = "old.toml", parameters = { k = 7 } }\n'
    path.write_text('schema = 1\n[variants]\nold = { extends = "old.toml" }\nnew = { extends = "new.toml" }\n' + fast)
    first, second = twice(path, tmp_path)
    xr.testing.assert_equal(first, second)
    assert first.attrs["run_id"] == second.attrs["run_id"]
    assert first["state"].values.tolist() == ["GBR", "FRA", "USA"] and first["time"].values.tolist() == [*map(float, range(7))]
    expected = {
        ("old", "GBR"): [0, 3, 6, 9, 12, None, None],
        ("old", "USA"): [None] * 7,
        ("new", "USA"): [None, None, None, 0, 5, 10, 15],
        ("new", "FRA"): [None] * 7,
        ("fast", "FRA"): [0, 7, 14, 21, 28, None, None],
    }
    for (variant, state), values in expected.items():
        found = first["s"].sel(variant=variant, state=state).values
        assert found == pytest.approx([np.nan if value is None else value for value in values], nan_ok=True), (variant, state)
    assert {path.name for path in (tmp_path / "first/inputs").iterdir()} == {"old.toml", "new.toml"}
