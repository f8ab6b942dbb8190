"""What a scenario asks, from end to end, on a small model whose box is known."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import sdrun
from sdrun import batches
from sdrun.answer import checks
from sdrun.cli import main
from sdrun.errors import InputError, ScenarioError, render
from sdrun.pipeline import run_scenario, simulate
from sdrun.preparation import prepare

MODEL = """{UTF-8}
a = 0.5 ~~|
b = 0.5 ~~|
idle = 0.5 ~~|
zeal = 1 ~~|
inside = IF THEN ELSE(a > 0.2, IF THEN ELSE(a < 0.6, IF THEN ELSE(b > 0.5, 1, 0), 0), 0) ~~|
S = INTEG(zeal * inside - 0.5 * (1 - inside) * S, 1) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 10 ~~|
TIME STEP = 0.25 ~~|
SAVEPER = 0.5 ~~|
"""
"""S grows in a line where 0.2 < a < 0.6, b > 0.5 and there is zeal, and decays elsewhere."""

SCENARIO = """schema = 1
[model]
file = "box.mdl"
[solver]
method = "rk4"
[sweep]
method = "sobol"
samples = 3000
seed = 3
modes = ["S"]
[sweep.parameters]
a = { low = 0, high = 1 }
b = { low = 0, high = 1 }
idle = { low = 0, high = 1 }
THEORY
[sweep.metrics]
end = { variable = "S", at = 10 }
[sweep.discover]
high = { metric = "end", above = 5 }
grows = { mode = "S", is = "linear growth" }
[sweep.conclusions]
calm_is_less = { metric = "end", less = ["calm", "keen"] }
"""

CHOICES = '"model.theory" = { choices = ["calm", "keen", "wild"] }'


@pytest.fixture(autouse=True)
def a_fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")


def scenario(folder: Path, *, variants: bool = False, text: str = SCENARIO) -> Path:
    (folder / "theories").mkdir(exist_ok=True)
    (folder / "box.mdl").write_text(MODEL)
    for name, zeal in (("calm", 0), ("keen", 1), ("wild", 2)):
        (folder / f"theories/{name}.toml").write_text(f'[theory]\ntitle = "{name}"\n[parameters]\nzeal = {zeal}\n')
    path = folder / "s.toml"
    cases = "".join(f'[variants.{name}]\nmodel = {{ theory = "{name}" }}\n' for name in ("calm", "keen", "wild"))
    path.write_text(text.replace("THEORY", "" if variants else CHOICES) + (cases if variants else ""))
    return path


def test_the_box_of_the_model_is_found_and_written(tmp_path: Path) -> None:
    run_scenario(scenario(tmp_path), out=tmp_path / "out")
    with xr.open_dataset(tmp_path / "out/discovery.nc") as found, xr.open_dataset(tmp_path / "out/results.nc") as ds:
        assert found["question"].values.tolist() == ["high", "grows"]
        for number in (0, 1):
            box = found.isel(box=number)
            assert box["low"].sel(parameter=["a", "b"]).values == pytest.approx([0.2, 0.5], abs=0.03)
            assert box["high"].sel(parameter="a").item() == pytest.approx(0.6, abs=0.03)
            assert box["choices"].sel(parameter="model.theory").item() == "keen, wild"
            assert np.isnan(box["low"].sel(parameter="idle")) and np.isnan(box["high"].sel(parameter="idle"))
        inside = (ds["a"] > 0.2) & (ds["a"] < 0.6) & (ds["b"] > 0.5)
        assert found["cases"].sel(question="high").item() == pytest.approx(float((inside & (ds["theory"] != "calm")).mean()))
        of_keen = inside.values[ds["theory"].values == "keen"].mean()
        share = found["s_mode_share"].sel(theory="keen")
        assert share.sel(mode="linear growth").item() == pytest.approx(of_keen)
        assert share.sel(mode="saturating decline").item() == pytest.approx(1 - of_keen)
        calm, keen = (ds["end"].values[ds["theory"].values == name] for name in ("calm", "keen"))
        assert found["less"].item() == pytest.approx((calm[:, None] < keen).mean())
        assert found["equal"].item() == pytest.approx((calm[:, None] == keen).mean())
    told = (tmp_path / "out/discovery.txt").read_text()
    tree = told.partition("high as a tree")[2]
    for words, limit in (("a from", 0.2), ("a up to", 0.6), ("b from", 0.5)):
        found_at = [float(number) for number in re.findall(rf"\b{words} ([\d.]+)", tree)]
        assert min(abs(number - limit) for number in found_at) < 0.01
    assert {"discovery.nc", "discovery.txt"} <= json.loads((tmp_path / "out/manifest.json").read_text())["outputs"].keys()
    head, row = (tmp_path / "out/metrics.csv").read_text().splitlines()[:2]
    assert head == "sample,a,b,idle,theory,end,s_mode,status" and "saturating decline" in row


def test_variants_are_compared_sample_by_sample(tmp_path: Path) -> None:
    run_scenario(scenario(tmp_path, variants=True), out=tmp_path / "out")
    with xr.open_dataset(tmp_path / "out/discovery.nc") as found, xr.open_dataset(tmp_path / "out/results.nc") as ds:
        assert found["paired"].item() == 1
        calm, keen = ds["end"].sel(variant="calm"), ds["end"].sel(variant="keen")
        assert found["less"].item() == float((calm < keen).mean()) and found["greater"].item() == 0
        assert found["choices"].isel(box=0).sel(parameter="variant").item() == "keen, wild"
    alone = run_scenario(tmp_path / "s.toml", out=tmp_path / "alone", only="keen").found
    assert alone is not None and "less" not in alone, "one variant is no pair"


def test_the_command_tells_and_repeats_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = scenario(tmp_path)

    def said(*args: str) -> str:
        with pytest.raises(SystemExit) as left:
            main([*args])
        assert left.value.code == 0
        return capsys.readouterr().out

    first = said(str(path), "-o", str(tmp_path / "out"))
    for line in ("high: end above 5, in 13 % of 3000 runs", "  box 1: density ", "    model.theory  keen, wild", "mode of S"):
        assert line in first
    assert "as a tree" not in first, "that is in discovery.txt"
    again = said(str(path), "-o", str(tmp_path / "out"))
    assert again == first
    assert "  box 1: density " in said("inspect", str(tmp_path / "out"))
    (tree,) = (json.loads(text)["discovery"] for text in (said(str(path), "-o", str(tmp_path / "out"), "--json"),))
    assert tree["questions"][0]["boxes"][0]["limits"]["model.theory"]["choices"] == ["keen", "wild"]
    assert tree["conclusions"][0]["conclusion"] == "calm_is_less" and tree["modes"]["s_mode_share"]["dims"] == [
        "theory",
        "mode",
    ]


def test_resolved_toml_asks_the_same_and_new_questions_cost_no_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LONGEST", dict.fromkeys(batches.LONGEST, 1000))
    path = scenario(tmp_path)
    run_scenario(path, out=tmp_path / "out")
    run_scenario(tmp_path / "out/resolved.toml", out=tmp_path / "again")
    for name in ("discovery.nc", "discovery.txt", "results.nc"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()

    def no_run(*_args: Any) -> None:
        raise AssertionError("nothing is to run")

    monkeypatch.setattr("sdrun.execution.run_batch", no_run)
    path.write_text(path.read_text().replace("above = 5 }", "above = 5, density = 0.9 }"))
    outcome = run_scenario(path, out=tmp_path / "out")
    assert not outcome.up_to_date and outcome.found is not None
    assert outcome.found["density_asked"].values.tolist() == [0.9, 0.8]


def test_without_scikit_learn_nothing_runs_and_the_rest_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: None if name == "sklearn" else name)
    path = scenario(tmp_path)
    with pytest.raises(InputError, match="needs the package scikit-learn") as told:
        run_scenario(path, out=tmp_path / "out")
    assert told.value.problems[0].help == 'pip install "sdrun[discovery]"' and not (tmp_path / "out").exists()
    questions = SCENARIO[SCENARIO.index("[sweep.discover]") : SCENARIO.index("[sweep.conclusions]")]
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    found = run_scenario(scenario(tmp_path, text=SCENARIO.replace(questions, "")), out=tmp_path / "out").found
    assert found is not None and "less" in found and "s_mode_share" in found and "low" not in found


def test_what_the_result_will_not_have(tmp_path: Path) -> None:
    for wrong, right, what in (
        ('modes = ["S"]', 'modes = ["S", "T"]', "unknown variable 'T'"),
        ('modes = ["S"]', 'modes = ["S", "a"]', "'a' does not change with time, so it has no mode of behaviour"),
        ("above = 5 }", 'above = 5, state = "USA" }', "'end' has no dimension 'state'"),
        ('"keen"] }\n', '"keen"], index = "military" }\n', "'end' has no dimension 'index'"),
    ):
        with pytest.raises(ScenarioError) as caught:
            prepare(scenario(tmp_path, text=SCENARIO.replace(wrong, right, 1)))
        assert what in render(caught.value.problems) and "s.toml:" in render(caught.value.problems)


def test_flags_of_the_run_that_ended_first_come_with_the_metric() -> None:
    root = Path(__file__).parents[2]
    tables = {
        "extends": str(root / "scenarios/unipole_1992.toml"),
        "model": {"theory": "waltz"},
        "time": {"stop": 2012, "save_every": 2},
        "solver": {"method": "RK45", "rtol": 1e-4},
        "sweep": {
            "method": "grid",
            "parameters": {"balancing responsiveness": {"values": [0.0, 0.5]}},
            "metrics": {"duration": {"indicator": "unipolar_duration", "index": "military"}},
        },
    }
    ds = simulate(tables).dataset
    assert ds["duration"].attrs["ancillary_variables"] == "duration_censored"
    assert ds["duration_censored"].dims == ("sample",) and ds["duration_censored"].attrs["role"] == "flag"
    assert ds["duration_censored"].values.tolist() == [1, 0] and ds["duration"].values[0] == 20
    found = sdrun.discover(ds, "duration", above=30)
    assert (found["rows"].item(), found["unknown"].item()) == (1, 1), "20 years or more: above 30, who knows?"


def test_a_store_answers_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LONGEST", dict.fromkeys(batches.LONGEST, 700))
    for name in ("nc", "zarr"):
        run_scenario(scenario(tmp_path, text=SCENARIO + f'[output]\nformats = ["{name}"]\n'), out=tmp_path / name)
    assert (tmp_path / "nc/discovery.txt").read_bytes() == (tmp_path / "zarr/discovery.txt").read_bytes()
    first, second = (sdrun.discover(tmp_path / name, "end", above=5) for name in ("nc", "zarr"))
    xr.testing.assert_equal(first, second)
    first, second = (sdrun.conclude(tmp_path / name, "end", less=("calm", "keen")) for name in ("nc", "zarr"))
    xr.testing.assert_equal(first, second)
    first, second = (sdrun.sensitivity(tmp_path / name) for name in ("nc", "zarr"))
    xr.testing.assert_equal(first, second)
    for kind in ("discovery.nc", "sensitivity.nc"):
        with xr.open_dataset(tmp_path / "nc" / kind) as one, xr.open_dataset(tmp_path / "zarr" / kind) as other:
            xr.testing.assert_equal(one, other)
