"""Sweeps from end to end, on small models with closed answers: results, files, failures, batches."""

import csv
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import sdrun
from sdrun import batches
from sdrun.cli import main
from sdrun.errors import ScenarioError, SolveError, render
from sdrun.pipeline import run_scenario, simulate
from sdrun.plan import plan
from sdrun.preparation import prepare
from sdrun.trajectory import check_schema

ROOT = Path(__file__).parents[1]
TEACUP = ROOT / "models" / "teacup.mdl"

TIMES, ROOMS = (5.0, 12.5, 20.0), (50.0, 60.0, 70.0)
"""Three by three."""

CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 10 ~~|\nTIME STEP = 0.125 ~~|\nSAVEPER = 1 ~~|\n"


def tea(method: str = "LSODA", **tables: Any) -> dict[str, Any]:
    """A grid of three cups in three rooms."""
    sweep = {
        "method": "grid",
        "parameters": {
            "Characteristic Time": {"low": 5, "high": 20, "steps": 3},
            "room_temperature": {"values": list(ROOMS)},
        },
        "metrics": {"late": {"variable": "Teacup Temperature", "at": 20.5}, "loss": {"variable": "heat_loss_to_room", "at": 0}},
    }
    return {"model": {"file": str(TEACUP)}, "solver": {"method": method}, "sweep": sweep, **tables}


def cooled(t: Any, time: Any, room: Any) -> Any:
    """Newton's law in closed form."""
    return room + (180 - room) * np.exp(-t / time)


def small(folder: Path, equations: str, tables: str) -> Path:
    """A scenario with a model of its own."""
    (folder / "m.mdl").write_text("{UTF-8}\n" + "\n".join(f"{line} ~~|" for line in equations.splitlines()) + "\n" + CONTROLS)
    path = folder / "s.toml"
    path.write_text(f'schema = 1\n[model]\nfile = "m.mdl"\n{tables}\n')
    return path


def rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("method", ["LSODA", "rk4"])
def test_every_sample_is_what_newton_says(method: str) -> None:
    ds = simulate(tea(method, output={"precision": "float64"})).dataset
    check_schema(ds)
    assert ds.sizes == {"sample": 9, "time": 31}
    assert ds["characteristic_time"].values.tolist() == [time for time in TIMES for _ in ROOMS]
    assert ds["room_temperature"].values.tolist() == [room for _ in TIMES for room in ROOMS]
    assert ds["room_temperature"].attrs["role"] == "parameter" and ds["room_temperature"].attrs["units"]
    expected = cooled(ds["time"], ds["characteristic_time"], ds["room_temperature"]).transpose("sample", "time")
    np.testing.assert_allclose(ds["teacup_temperature"], expected, rtol=1e-5)
    between = (expected.sel(time=20) + expected.sel(time=21)) / 2
    np.testing.assert_allclose(ds["late"], between, rtol=1e-5)
    np.testing.assert_allclose(ds["loss"], (180 - ds["room_temperature"]) / ds["characteristic_time"], rtol=1e-12)
    assert ds["late"].attrs == {
        "long_name": "late",
        "units": "Degrees Fahrenheit",
        "description": "Teacup Temperature, at 20.5",
        "role": "metric",
    }
    assert (ds["status"] == 0).all() and ds["status"].dims == ("sample",)
    assert set(ds.data_vars) == {"teacup_temperature", "status", "late", "loss"}, "stocks, indicators, metrics"


def test_what_output_asks_for() -> None:
    assert simulate(tea()).dataset["teacup_temperature"].dtype == np.float32
    ds = simulate(tea(output={"variables": ["Heat Loss to Room"]})).dataset
    assert set(ds.data_vars) == {"heat_loss_to_room", "status", "late", "loss"}
    assert ds["late"].dtype == ds["characteristic_time"].dtype == np.float64


@pytest.mark.parametrize("method", ["LSODA", "rk4"])
def test_batches_change_nothing(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variants = {"warm": {}, "cold": {"parameters": {"Initial Temperature": 100}}}
    whole = simulate(tea(method, variants=variants)).dataset
    monkeypatch.setattr(batches, "VALUES_AT_ONCE", 31 * 4 * 2)
    shares: list[float] = []
    parts = simulate(tea(method, variants=variants), progress=lambda _, share: shares.append(share)).dataset
    prepared = prepare(tea())
    assert len(batches.chunks(prepared.systems, prepared.setups, 9)) == 5, "nine samples, two at a time"
    xr.testing.assert_allclose(whole, parts, rtol=1e-12)
    assert whole["characteristic_time"].dims == parts["characteristic_time"].dims == ("sample",)
    assert shares == sorted(shares) and shares[-1] == 1


def test_variants_take_the_same_samples() -> None:
    variants = {"warm": {}, "cold": {"parameters": {"Initial Temperature": 100}}}
    ds = simulate(tea(variants=variants)).dataset
    check_schema(ds)
    assert ds["late"].dims == ("variant", "sample") and ds["room_temperature"].dims == ("sample",)
    one = simulate(tea(variants=variants), only="cold").dataset
    assert one.sizes["variant"] == 1
    np.testing.assert_array_equal(one["late"].squeeze("variant"), ds["late"].sel(variant="cold"))
    same = simulate(tea(variants={"a": {}, "b": {}}))
    assert any("'a' and 'b' gave IDENTICAL results" in warning for warning in same.warnings)


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    first = run_scenario(tea(variants={"a": {}, "b": {"solver": {"rtol": 1e-8}}}), out=tmp_path / "first")
    table = rows(tmp_path / "first" / "metrics.csv")
    assert len(table) == 18 and list(table[0]) == [
        "variant",
        "sample",
        "Room Temperature",
        "Characteristic Time",
        "late",
        "loss",
        "status",
    ]
    assert (table[5]["variant"], table[5]["sample"], table[5]["status"]) == ("a", "5", "0")
    assert float(table[5]["late"]) == float(first.dataset["late"].sel(variant="a", sample=5))
    assert not (tmp_path / "first" / "summary.csv").exists()
    again = run_scenario(tmp_path / "first" / "resolved.toml", out=tmp_path / "second")
    for name in ("results.nc", "metrics.csv", "resolved.toml"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    assert again.dataset.attrs["run_id"] == first.dataset.attrs["run_id"]
    assert run_scenario(tmp_path / "first" / "resolved.toml", out=tmp_path / "second").up_to_date


@pytest.mark.parametrize("method", ["random", "lhs", "sobol", "halton"])
def test_draws_are_repeated_by_resolved_toml_and_grow(method: str, tmp_path: Path) -> None:
    sweep = {"method": method, "samples": 6, "seed": 5, "parameters": {"Room Temperature": {"low": 50, "high": 70}}}
    out = tmp_path / "tea"
    first = run_scenario({**tea(), "sweep": sweep}, out=out).dataset
    assert first.attrs["seed"] == "5"
    again = simulate(out / "resolved.toml").dataset
    np.testing.assert_array_equal(first["room_temperature"], again["room_temperature"])
    more = simulate(out / "resolved.toml", settings=["sweep.samples=11"]).dataset
    kept = np.array_equal(first["room_temperature"], more["room_temperature"][:6])
    assert kept == (method != "lhs")
    other = simulate(out / "resolved.toml", settings=["sweep.seed=6"]).dataset
    assert not np.array_equal(first["room_temperature"], other["room_temperature"])


def test_a_list_of_samples_is_inlined(tmp_path: Path) -> None:
    equations = "cup: red, blue\nloss[cup] = 1, 2\nS[cup] = INTEG(-loss[cup], 10)"
    (tmp_path / "points.csv").write_text("Loss[red],\n".rstrip(",\n") + "\n3\n4\n5\n")
    path = small(
        tmp_path, equations, '[sweep]\nmethod = "list"\nfile = "points.csv"\n[sweep.metrics]\nend = { variable = "s", at = 10 }'
    )
    ds = run_scenario(path, out=tmp_path / "out").dataset
    check_schema(ds)
    assert ds["loss"].dims == ("sample", "cup") and ds["loss"].values.tolist() == [[3, 2], [4, 2], [5, 2]]
    np.testing.assert_allclose(ds["end"], 10 - 10 * ds["loss"], atol=1e-6)
    assert list(rows(tmp_path / "out" / "metrics.csv")[0]) == [
        "sample",
        "loss[red]",
        "end[red]",
        "end[blue]",
        "status",
    ]
    resolved = tomllib.loads((tmp_path / "out" / "resolved.toml").read_text())
    assert resolved["sweep"] == {
        "method": "list",
        "parameters": {"loss[red]": {"values": [3.0, 4.0, 5.0]}},
        "metrics": {"end": {"variable": "s", "at": 10.0}},
    }
    assert (tmp_path / "out" / "inputs" / "points.csv").is_file()
    assert simulate(tmp_path / "out" / "resolved.toml").dataset["loss"].equals(ds["loss"])


FAILING = "k = 1\nS = INTEG(IF THEN ELSE(k > 2, 1/(k - k), -k*S), 8)"
"""Divides by zero where k is above 2."""

BAD_GRID = '[solver]\nmethod = "{}"\n[sweep]\nmethod = "grid"\n[sweep.parameters]\nk = {{ values = [0, 1, 3, 0.5, 4] }}\n'


@pytest.mark.parametrize("method", ["LSODA", "rk4", "euler", "Radau"])
def test_a_sample_that_fails_is_empty_and_flagged(method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metric = '[sweep.metrics]\nend = { variable = "s", at = 10 }'
    path = small(tmp_path, FAILING, BAD_GRID.format(method) + metric)
    with pytest.raises(SystemExit) as left:
        main([str(path), "-o", str(tmp_path / "out"), "-q"])
    assert left.value.code == 5
    told = capsys.readouterr().err
    assert "warning: 2 of 5 runs failed and are left empty; the first: sample 2 of s:" in told and "'S'" in told
    ds = sdrun.open(tmp_path / "out")
    check_schema(ds)
    assert ds["status"].values.tolist() == [0, 0, 1, 0, 1]
    assert ds["k"].values.tolist() == [0, 1, 3, 0.5, 4], "also of those that failed"
    assert np.isnan(ds["s"].values[[2, 4]]).all()
    good = ds["k"].values[[0, 1, 3]]
    np.testing.assert_allclose(
        ds["end"].values[[0, 1, 3]], 8 * np.exp(-10 * good), rtol=0.5 if method == "euler" else 1e-2, atol=1e-5
    )
    table = rows(tmp_path / "out" / "metrics.csv")
    assert [row["status"] for row in table] == ["0", "0", "1", "0", "1"] and table[2]["end"] == ""
    with pytest.raises(SystemExit) as left:
        main([str(path), "-o", str(tmp_path / "out"), "-q"])
    assert left.value.code == 5, "up to date, and still not all of it"


def test_where_all_samples_fail_the_run_fails(tmp_path: Path) -> None:
    path = small(tmp_path, FAILING, BAD_GRID.format("rk4").replace("[0, 1, 3, 0.5, 4]", "[3, 4]"))
    with pytest.raises(SolveError, match="sample 0 of s"):
        run_scenario(path, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_event_on_a_factor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A factor keeps its place among the coordinates; where no sample of a batch changes, too."""
    event = '[[events]]\nat = 5\ntarget = "k"\nvalue = 2\n'
    grid = '[sweep]\nmethod = "grid"\n[sweep.parameters]\nk = { values = [2, 3] }\n'
    path = small(tmp_path, "k = 1\nS = INTEG(k, 0)", event + grid)
    whole = simulate(path).dataset
    check_schema(whole)
    assert whole["s"].values[:, -1].tolist() == pytest.approx([20, 25])
    monkeypatch.setattr(batches, "VALUES_AT_ONCE", 1)
    xr.testing.assert_allclose(simulate(path).dataset, whole)


def test_theories_as_a_factor_are_the_variants_they_would_be(tmp_path: Path) -> None:
    (tmp_path / "theories").mkdir()
    for name, k in (("slow", 0.1), ("quick", 0.9)):
        (tmp_path / f"theories/{name}.toml").write_text(
            f'[theory]\ntitle = "{name}"\nreferences = ["By {name}"]\n[parameters]\nk = {k}\nrest = 3\n'
        )
    equations = "k = 1\nrest = 0\nstart = 8\nS = INTEG(k * (rest - S), start)"
    factors = '[sweep]\nmethod = "grid"\n[sweep.parameters]\n"model.theory" = { choices = ["slow", "quick"] }\n'
    factors += "start = { values = [8, 9] }\n"
    own = "[parameters]\nrest = 1\n"
    ds = run_scenario(small(tmp_path, equations, own + factors), out=tmp_path / "out").dataset
    check_schema(ds)
    assert ds["theory"].values.tolist() == ["slow", "slow", "quick", "quick"] and ds["theory"].attrs["role"] == "parameter"
    assert "k" not in ds.coords, "a theory's parameters follow from the theory"
    assert ds.attrs["references"] == "By slow; By quick"
    variants = '[variants.slow]\nmodel = { theory = "slow" }\n[variants.quick]\nmodel = { theory = "quick" }\n'
    for start in (8, 9):
        alone = simulate(small(tmp_path, equations, f"[parameters]\nrest = 1\nstart = {start}\n{variants}")).dataset
        for name in ("slow", "quick"):
            sample = ds["s"].values[(ds["theory"] == name).values & (ds["start"] == start).values]
            np.testing.assert_allclose(sample[0], alone["s"].sel(variant=name), rtol=1e-6)
    table = rows(tmp_path / "out" / "metrics.csv")
    assert [(row["theory"], row["start"]) for row in table] == [
        ("slow", "8.0"),
        ("slow", "9.0"),
        ("quick", "8.0"),
        ("quick", "9.0"),
    ]
    (tmp_path / "theories" / "quick.toml").unlink()
    again = run_scenario(tmp_path / "out" / "resolved.toml", out=tmp_path / "again").dataset
    assert again.attrs["run_id"] == ds.attrs["run_id"] and again["s"].equals(ds["s"])


@pytest.mark.parametrize(
    ("metric", "what", "help_"),
    [
        (
            '{ variable = "Teacup Temprature", at = 2 }',
            "unknown variable 'Teacup Temprature'",
            "did you mean 'Teacup Temperature'?",
        ),
        ('{ variable = "Teacup Temperature" }', "changes with time, and metric 'm' is one figure", "give at = ..."),
        ('{ variable = "Teacup Temperature", at = 200 }', "metric 'm' is at 200, outside the run from 0 to 30", ""),
        ('{ variable = "Initial Temperature", at = 2 }', "'Initial Temperature' does not change with time", "leave out at"),
        ('{ variable = "Initial Temperature", cup = "red" }', "'Initial Temperature' has no dimension 'cup'", "it has none"),
        ('{ indicator = "unipolar_duration" }', "unknown indicator 'unipolar_duration'", "indicators of this model: "),
        (
            '{ indicator = "Teacup Temperature" }',
            "'Teacup Temperature' is no indicator",
            'write variable = "Teacup Temperature"',
        ),
    ],
)
def test_metrics_that_the_result_will_not_have(metric: str, what: str, help_: str, tmp_path: Path) -> None:
    grid = '[sweep]\nmethod = "grid"\n[sweep.parameters]\n"Room Temperature" = { values = [50, 60] }\n[sweep.metrics]\nm = '
    path = tmp_path / "s.toml"
    path.write_text(f'schema = 1\nmodel = {{ file = "{TEACUP}" }}\n{grid}{metric}\n')
    with pytest.raises(ScenarioError) as caught:
        prepare(path)
    text = render(caught.value.problems)
    assert what in text and help_ in text and f"{path}:8:1" in text
    path.write_text(path.read_text().replace("m = {", "teacup_temperature = {"))
    with pytest.raises(ScenarioError, match="metric 'teacup_temperature' has the name of a variable of the result"):
        prepare(path)


def test_the_sweep_of_the_readme_is_valid(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    sweep = text[text.index("[sweep]\nmethod") : text.index("```", text.index("[sweep]\nmethod"))]
    path = tmp_path / "s.toml"
    path.write_text(f'schema = 1\nextends = "{ROOT / "scenarios" / "unipole_1992.toml"}"\n{sweep}')
    prepared = prepare(path, settings=["sweep.samples=16"])
    assert prepared.samples is not None and prepared.samples.size == 16
    assert prepared.setups[0].factors == ("free_riding", "balancing_delay", "initial_economy", "buck_passing")


def test_check_tells_the_number_of_runs() -> None:
    found = plan(tea(variants={"a": {}, "b": {}}))
    assert (found.samples, found.design, found.factors) == (9, "grid", ("Characteristic Time", "room_temperature"))
    assert (
        "18 runs, 2 variants (a, b) times 9 samples (grid: Characteristic Time, room_temperature), of 9 variables"
        in found.text()
    )
    one = plan({**tea(), "sweep": {**tea()["sweep"]}}, settings=["sweep.parameters.room_temperature={values = [50, 60]}"])
    assert "6 runs, 6 samples (grid: " in one.text()
    assert plan({"model": {"file": str(TEACUP)}}).text().splitlines()[2].startswith("  1 run (teacup) of 9 variables")


def test_samples_and_seed_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep = '[sweep]\nmethod = "sobol"\n[sweep.parameters]\n"Room Temperature" = { low = 50, high = 70 }\n'
    metric = '[sweep.metrics]\nlate = { variable = "Teacup Temperature", at = 20 }\n'
    path = tmp_path / "s.toml"
    path.write_text(f'schema = 1\nmodel = {{ file = "{TEACUP}" }}\n{sweep}{metric}')

    def run(*args: str) -> int:
        with pytest.raises(SystemExit) as left:
            main([str(path), "-o", str(tmp_path / "out"), *args])
        return int(left.value.code or 0)

    assert run() == 3 and "'samples' is missing" in capsys.readouterr().err
    assert run("--samples", "4", "--seed", "3", "--json") == 0
    (line,) = json.loads(capsys.readouterr().out)["summary"]
    late = sdrun.open(tmp_path / "out")["late"].values
    assert (line["metric"], line["samples"], line["with_a_figure"]) == ("late", 4, 4)
    assert [line["least"], line["median"], line["largest"]] == pytest.approx([late.min(), np.median(late), late.max()])
    assert run("--samples", "4", "--seed", "3") == 0 and "up to date" in capsys.readouterr().err
    assert run("--samples", "5", "-n") == 0 and "5 runs, 5 samples (sobol: Room Temperature)" in capsys.readouterr().out
    assert run("--samples", "8", "--seed", "3") == 0
    out = capsys.readouterr().out
    assert "least" in out and "over 8 samples; late: Teacup Temperature, at 20." in " ".join(out.split())
    np.testing.assert_array_equal(sdrun.open(tmp_path / "out")["late"].values[:4], late)
