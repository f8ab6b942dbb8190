"""From a scenario to its folder: the same again, something else, and something kept."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sdrun import execution
from sdrun.errors import InputError, OutputError, ScenarioError
from sdrun.pipeline import run_scenario, simulate
from sdrun.plan import plan
from sdrun.preparation import gather, prepare
from sdrun.report import locked

ROOT = Path(__file__).parents[1]

SCENARIOS = ROOT / "scenarios"

TEACUP = SCENARIOS / "teacup.toml"


def run_id(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["run_id"]


@pytest.mark.parametrize("name", ["richardson", "predator_prey", "waltz_vs_mearsheimer"])
def test_the_resolved_scenario_gives_the_same_bytes(name, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    first, second = tmp_path / "first", tmp_path / "second"
    span = prepare(SCENARIOS / f"{name}.toml").setups[0].times
    run_scenario(SCENARIOS / f"{name}.toml", settings=[f"time.stop={span[0] + 3}"], out=first)
    run_scenario(first / "resolved.toml", out=second)
    assert run_id(first) == run_id(second)
    for file in ("results.nc", "summary.csv"):
        assert (first / file).read_bytes() == (second / file).read_bytes()
    first_text, second_text = ((folder / "resolved.toml").read_text(encoding="utf-8") for folder in (first, second))
    assert tomllib.loads(first_text) == tomllib.loads(second_text), "comments may differ: they name theories"


def test_a_second_run_is_up_to_date_unless_fresh_or_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    out = tmp_path / "tea"
    first = run_scenario(TEACUP, out=out)
    ran = []
    real = execution.solve
    monkeypatch.setattr(execution, "solve", lambda *args: ran.append(args) or real(*args))
    again = run_scenario(TEACUP, out=out)
    assert again.up_to_date and not ran and again.paths == first.paths
    xr.testing.assert_identical(again.dataset, xr.load_dataset(out / "results.nc"))
    fresh = run_scenario(TEACUP, out=out, fresh=True)
    assert len(ran) == 1 and not fresh.up_to_date and not (out / ".history").exists(), "the same run replaces itself"
    (out / "results.nc").write_bytes(b"damaged")
    assert not run_scenario(TEACUP, out=out).up_to_date and len(ran) == 2


def test_differing_runs_are_kept_the_last_three(tmp_path):
    out, ids = tmp_path / "tea", []
    for minutes in (10, 20, 30, 40, 50):
        run_scenario(TEACUP, settings=[f"characteristic_time={minutes}", "time.stop=2"], only="plain", out=out)
        ids.append(run_id(out))
    assert len(set(ids)) == 5
    kept = {path.name for path in (out / ".history").iterdir()}
    assert kept == set(ids[1:4])
    old = xr.load_dataset(out / ".history" / ids[3] / "results.nc")
    assert float(old["characteristic_time"].squeeze()) == 40


def test_what_changes_the_model_or_a_choice_is_another_run(tmp_path):
    copy = tmp_path / "models"
    copy.mkdir()
    text = (ROOT / "models" / "teacup.mdl").read_text(encoding="utf-8")
    tables = {"model": {"file": str(copy / "teacup.mdl")}}
    found = []
    for content, settings in [(text, ()), (text + " ", ()), (text, ("solver.rtol=1e-7",)), (text, ("time.save_every=2",))]:
        (copy / "teacup.mdl").write_text(content, encoding="utf-8")
        run_scenario(tables, settings=settings, out=tmp_path / "out")
        found.append(run_id(tmp_path / "out"))
    assert len(set(found)) == 4
    (copy / "teacup.mdl").write_text(text, encoding="utf-8")
    run_scenario(tables, settings=("solver.rtol=1e-6",), out=tmp_path / "out")
    assert run_id(tmp_path / "out") == found[0], "stating what holds anyway changes nothing"
    spellings = ("room_temperature=60", "Room Temperature=60", "parameters.ROOM temperature=60.0")
    assert [run_scenario(tables, settings=(text,), out=tmp_path / "out").up_to_date for text in spellings] == [
        False,
        True,
        True,
    ]


def test_one_writer_at_a_time(tmp_path):
    out = tmp_path / "tea"
    with locked(out), pytest.raises(OutputError, match="another run is writing"):
        run_scenario(TEACUP, out=out)
    assert not out.exists()
    assert not run_scenario(TEACUP, out=out).up_to_date


def test_progress_covers_all_variants(tmp_path):
    told = []
    simulate(TEACUP, progress=lambda variant, share: told.append((variant, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert all((variant == "plain") == (share <= 0.5) for variant, share in told)


def test_simulating_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    simulate(TEACUP)
    assert list(tmp_path.iterdir()) == []


def test_models_are_read_once_and_compiled_once_for_each_set_of_subscripts():
    prepared = prepare(SCENARIOS / "waltz_vs_mearsheimer.toml")
    assert len(prepared.systems) == 7 and len({id(system) for system in prepared.systems}) == 1
    tables = {"model": {"file": str(ROOT / "models" / "richardson.mdl")}}
    variants = {"two": {}, "three": {"subscripts": {"state": ["A", "B", "C"]}}, "again": {}}
    systems = prepare({**tables, "variants": variants}).systems
    assert systems[0] is systems[2] and systems[0] is not systems[1]


def test_what_is_wrong_in_several_variants_is_told_at_once():
    tables = {"model": {"file": str(ROOT / "models" / "teacup.mdl")}}
    variants = {name: {"parameters": {f"{name} temprature": 3}} for name in ("room", "initial")}
    with pytest.raises(ScenarioError) as caught:
        prepare({**tables, "variants": variants})
    assert [problem.help for problem in caught.value.problems] == [
        "did you mean 'Room Temperature'?",
        "did you mean 'Initial Temperature'?",
    ]


def test_gather_joins_problems_and_tells_each_once():
    def attempt(name):
        if name:
            raise InputError(name, "both")
        return name

    assert gather(attempt, ["", ""]) == ("", "")
    with pytest.raises(InputError) as caught:
        gather(attempt, ["one", "", "two"])
    assert [problem.what for problem in caught.value.problems] == ["one", "both", "two"]


@pytest.mark.parametrize(
    ("settings", "grows"),
    [
        (("solver.method=euler", "solver.step=0.25"), 1),
        (("solver.method=euler", "solver.step=0.0025"), 100),
        (("solver.method=rk4", "solver.step=0.0025"), 400),
    ],
)
def test_a_plan_counts_the_steps(settings, grows):
    """Measured times differ from call to call, the number of calls does not."""
    from sdrun.cost import _calls

    prepared = prepare(SCENARIOS / "predator_prey.toml", settings=settings)
    assert _calls(prepared.systems[0], prepared.setups[0]) == pytest.approx(200 * grows)
    assert plan(SCENARIOS / "predator_prey.toml", settings=settings).seconds > 15e-6 * 200 * grows


@pytest.mark.parametrize("method", ["LSODA", "RK45", "RK23", "DOP853"])
@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8])
def test_a_plan_guesses_the_calls_of_adaptive_methods(method, rtol):
    """Within a factor of 3 where it oscillates; what it takes on a smooth model is less."""
    from sdrun.cost import _calls
    from sdrun.solve import integrate

    prepared = prepare(SCENARIOS / "predator_prey.toml", settings=(f"solver.method={method}", f"solver.rtol={rtol}"))
    system, setup = prepared.systems[0], prepared.setups[0]
    assert 1 / 3.5 < _calls(system, setup) / integrate(system, setup).evaluations < 3.5


def test_a_plan_counts_bytes_of_what_is_kept():
    tables = {"model": {"file": str(ROOT / "models" / "teacup.mdl")}, "time": {"start": 0, "stop": 30, "save_every": 1}}
    ds = simulate(tables).dataset
    whole = sum(array.nbytes for array in ds.data_vars.values())
    assert plan(tables).megabytes * 1e6 == whole
    kept = {"output": {"variables": ["teacup temperature"], "precision": "float32"}}
    assert plan({**tables, **kept}).megabytes * 1e6 == simulate({**tables, **kept}).dataset["teacup_temperature"].nbytes
    assert np.isclose(whole / 8, 2 * 31 + len(ds.data_vars) - 2)


def test_the_model_file_says_how_it_runs_unless_the_scenario_does(tmp_path):
    language = ROOT / "tests" / "language" / "xmile" / "specifications.xmile"
    model = tmp_path / "growth.xmile"
    model.write_bytes(language.read_bytes())
    scenario = tmp_path / "s.toml"
    scenario.write_text('schema = 1\n[model]\nfile = "growth.xmile"\n', encoding="utf-8")
    for source in (model, scenario):
        prepared = prepare(source)
        assert (prepared.setups[0].method, prepared.scenario.cases[0].solver.method) == ("rk4", "rk4")
        assert prepared.setups[0].step == 0.25 and prepared.setups[0].times.tolist() == [1, 1.5, 2, 2.5, 3]
    assert prepare(scenario, settings=["solver.method=LSODA"]).setups[0].method == "LSODA"
    out = tmp_path / "out"
    run_scenario(scenario, out=out)
    assert tomllib.loads((out / "resolved.toml").read_text(encoding="utf-8"))["solver"]["method"] == "rk4"
