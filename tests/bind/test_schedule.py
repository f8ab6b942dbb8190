"""Control variables that are equations: what follows from constants, what changes with the time, what follows a stock."""

from pathlib import Path

import numpy as np
import pytest

import sdrun
from sdrun.bind.schedule import walked
from sdrun.errors import ScenarioError

HEAD = """{UTF-8}
rate = 0.1 ~ 1/Year ~ |
level = INTEG(rate * level, 1) ~ thing ~ |
seen = level + Time ~ thing ~ |
"""
CONTROLS = {"INITIAL TIME": "0", "FINAL TIME": "4", "TIME STEP": "0.5", "SAVEPER": "TIME STEP"}


@pytest.fixture
def model(tmp_path: Path):
    """Writes a model with these control variables."""

    def write(**controls: str) -> Path:
        stated = {**CONTROLS, **{name.replace("_", " "): value for name, value in controls.items()}}
        path = tmp_path / "model.mdl"
        path.write_text(HEAD + "".join(f"{name} = {value} ~ Year ~ |\n" for name, value in stated.items()))
        return path

    return write


def run(path: Path, method: str = "euler", **tables: dict):
    return sdrun.run({"model": {"file": path}, "solver": {"method": method}, **tables})


def test_controls_that_follow_from_constants(model) -> None:
    path = model(INITIAL_TIME="10 * rate", FINAL_TIME="INITIAL TIME + 2", TIME_STEP="rate * 5", SAVEPER="2 * TIME STEP")
    assert run(path).time.values.tolist() == [1, 2, 3]


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_a_step_that_changes_is_walked(method, model) -> None:
    """Each step is as long as TIME STEP says where it begins, and multiplies the stock by what the method makes of it."""
    path = model(TIME_STEP="IF THEN ELSE(Time < 2, 1, 0.5)")
    ds = run(path, method)
    assert ds.time.values.tolist() == [0, 1, 2, 2.5, 3, 3.5, 4]
    terms = {"euler": 1, "rk4": 4}[method]
    factor = {h: sum((0.1 * h) ** k / np.prod(range(1, k + 1)) for k in range(terms + 1)) for h in (1, 0.5)}
    expected = np.cumprod([1, factor[1], factor[1], *[factor[0.5]] * 4])
    np.testing.assert_allclose(ds.level, expected, rtol=1e-14)
    np.testing.assert_allclose(ds.seen, expected + ds.time, rtol=1e-14)
    assert ds.time_step.values.tolist() == [1, 1, 0.5, 0.5, 0.5, 0.5, 0.5]


def test_a_step_that_changes_and_an_event_and_samples(model) -> None:
    path = model(TIME_STEP="IF THEN ELSE(Time < 2, 1, 0.5)", SAVEPER="2")
    events = [{"at": 2.25, "target": "rate", "value": 0.2}]
    sweep = {"method": "list", "parameters": {"rate": {"values": [0.1, 0.3]}}}
    ds = run(path, events=events, sweep=sweep, output={"variables": ["level"], "precision": "float64"})
    after = 1 + 0.2 * 0.25
    for rate, found in zip((0.1, 0.3), ds.level.values, strict=True):
        two = (1 + rate) ** 2
        np.testing.assert_allclose(found, [1, two, two * (1 + rate * 0.25) * after * (1 + 0.1) ** 3], rtol=1e-14)


@pytest.mark.parametrize("method", ["euler", "LSODA"])
def test_a_final_time_that_changes_ends_the_run_where_it_is_reached(method, model) -> None:
    early = run(model(FINAL_TIME="IF THEN ELSE(2 * Time > 5, Time, 100)"), method)
    after = {"euler": 100, "LSODA": 2.5}[method]  # an adaptive result shows what holds from 2.5 on
    assert early.final_time.values.tolist() == [*[100] * 5, after, 3] and early.time.values[-1] == 3
    late = run(model(FINAL_TIME="IF THEN ELSE(Time < 1, 2, 6)"), method)
    assert late.time.values.tolist() == [0.5 * k for k in range(13)]
    exact = {"euler": 1.05**12, "LSODA": np.exp(0.6)}[method]
    assert float(late.level[-1]) == pytest.approx(exact, rel=1e-5)


def test_saves_that_change(model) -> None:
    ds = run(model(SAVEPER="IF THEN ELSE(Time < 1, TIME STEP, 1.5)"))
    assert ds.time.values.tolist() == [0, 0.5, 1, 2.5, 4]


def test_a_scenario_overrules_what_changes(model) -> None:
    path = model(FINAL_TIME="IF THEN ELSE(2 * Time > 5, Time, 100)", TIME_STEP="IF THEN ELSE(Time < 2, 1, 0.5)")
    ds = sdrun.run({"model": {"file": path}, "time": {"stop": 1}, "solver": {"method": "euler", "step": 0.25}})
    assert ds.time.values.tolist() == [0, 0.25, 0.5, 0.75, 1]


@pytest.mark.filterwarnings("ignore:SAVEPER")
@pytest.mark.parametrize(
    "controls",
    [
        {"TIME_STEP": "IF THEN ELSE(Time < 2, 1, 0.5)", "FINAL_TIME": "IF THEN ELSE(Time < 1, 2, 6)"},
        {"SAVEPER": "IF THEN ELSE(Time < 1, TIME STEP, 1.5)", "INITIAL_TIME": "IF THEN ELSE(Time < 1, 0, 1)"},
        {"SAVEPER": "0.7", "FINAL_TIME": "3.5"},
    ],
)
def test_resolved_toml_repeats_it(controls, model, tmp_path) -> None:
    first = sdrun.run({"model": {"file": model(**controls)}, "solver": {"method": "euler"}}, out=tmp_path / "out")
    again = sdrun.run(tmp_path / "out" / "resolved.toml")
    assert first.drop_attrs().equals(again.drop_attrs())


def test_a_saveper_between_steps_is_met_at_the_nearest(model) -> None:
    path = model(SAVEPER="0.7", FINAL_TIME="3.5")
    with pytest.warns(
        UserWarning, match=r"^SAVEPER 0.7 is no multiple of TIME STEP 0.5: results are saved at the nearest steps$"
    ):
        ds = run(path)
    assert ds.time.values.tolist() == [0, 0.5, 1.5, 2, 3, 3.5]
    np.testing.assert_allclose(ds.level, 1.05 ** (2 * ds.time), rtol=1e-14)
    assert run(path, "LSODA").time.values == pytest.approx([0, 0.7, 1.4, 2.1, 2.8, 3.5])


def test_what_follows_a_stock_is_refused(model) -> None:
    with pytest.raises(ScenarioError, match="FINAL TIME follows the stocks of the model") as caught:
        run(model(FINAL_TIME="IF THEN ELSE(level > 1.2, Time, 100)"))
    assert caught.value.problems[0].help == "give [time] stop"
    with pytest.raises(ScenarioError, match="TIME STEP, SAVEPER change during the run, and lead to no end of it"):
        run(model(TIME_STEP="IF THEN ELSE(Time < 1, 1, 0)"))


def test_without_a_saveper_every_step_is_saved(model) -> None:
    path = model(TIME_STEP="IF THEN ELSE(Time < 2, 1, 0.5)")
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("SAVEPER")))
    assert run(path).time.values.tolist() == [0, 1, 2, 2.5, 3, 3.5, 4]


def test_what_is_wrong_beside_is_told(model) -> None:
    with pytest.raises(ScenarioError, match="counts time in 'Year', not in 'day'"):
        run(model(TIME_STEP="IF THEN ELSE(Time < 2, 1, 0.5)"), time={"unit": "day"})
    with pytest.raises(ScenarioError, match="the step is 0"):
        run(model(TIME_STEP="0", SAVEPER="1"))


def test_a_run_without_end_is_found_out() -> None:
    def look(times: np.ndarray) -> dict[str, np.ndarray]:
        return {"time_step": np.ones(len(times)), "saveper": np.ones(len(times)), "final_time": times + 1}

    assert walked(look, 0.0, 5000) is None
