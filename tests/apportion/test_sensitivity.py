"""What a sweep leaves beside its results: files, limits, what the terminal says; whoever computed it, and however grown."""

import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from rich.console import Console
from studies import g_function, ishigami, result, scenario

import sdrun
from sdrun import batches
from sdrun.apportion import METHODS, drivers, outcomes, sensitivity
from sdrun.cli import main
from sdrun.errors import InputError
from sdrun.pipeline import run_scenario, simulate
from sdrun.report import driver_figures, driver_table, open_sensitivity
from sdrun.report.drivers import COLUMNS, driver_caption
from sdrun.sweep import DESIGNS, RANDOM_DESIGNS

ROOT = Path(__file__).parents[2]


def tea(method: str, samples: int, **tables: Any) -> dict[str, Any]:
    factors = {"Characteristic Time": {"low": 5, "high": 20}, "Room Temperature": {"low": 69.9, "high": 70.1}}
    sweep = {
        "method": method,
        "samples": samples,
        "seed": 5,
        "parameters": factors,
        "metrics": {"late": {"variable": "Teacup Temperature", "at": 20}},
    }
    return {"model": {"file": ROOT / "models/teacup.mdl"}, "solver": {"method": "rk4"}, "sweep": sweep, **tables}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_design_has_a_method_whose_statistics_are_ranked() -> None:
    assert tuple(METHODS) == DESIGNS
    for method in METHODS.values():
        assert method.headline in method.statistics and method.statistics[method.headline].by_size
        assert COLUMNS[method.headline][1] in method.statistics


@pytest.mark.parametrize("method", RANDOM_DESIGNS)
def test_a_sweep_leaves_sensitivity_beside_its_results(method: str, tmp_path: Path) -> None:
    samples = 516 if method == "morris" else 512 if method != "saltelli" else 510
    source = tea(method, samples, output={"variables": ["Teacup Temperature"]})
    outcome = run_scenario(source, out=tmp_path / "out")
    assert tmp_path / "out/sensitivity.nc" in outcome.paths and outcome.sensitivity is not None
    found, headline = open_sensitivity(tmp_path / "out"), METHODS[method].headline
    assert found is not None and found.attrs["design"] == method and found.attrs["ranked_by"] == headline
    by = found[f"late_{headline}"].sel(parameter=["Characteristic Time", "Room Temperature"])
    assert float(by[0]) > 3 * float(by[1]), "the cup decides, not the room"
    over_time = found[f"teacup_temperature_{headline}"]
    assert over_time.dims == ("parameter", "time") and over_time.sizes["time"] == 31
    np.testing.assert_allclose(over_time.sel(time=20).values, found[f"late_{headline}"].values, rtol=1e-4)
    xr.testing.assert_identical(sdrun.sensitivity(tmp_path / "out"), found)
    for array in found.data_vars.values():
        assert {"long_name", "units"} <= array.attrs.keys()


@pytest.mark.parametrize("method", ["grid", "list"])
def test_designs_that_draw_nothing_leave_none_and_have_pawn_when_asked(method: str, tmp_path: Path) -> None:
    source = tea(method, 2)
    rng = np.random.default_rng(1)
    values = {"Characteristic Time": rng.uniform(5, 20, 200), "Room Temperature": rng.uniform(69.9, 70.1, 200)}
    if method == "grid":
        values = {"Characteristic Time": np.linspace(5, 20, 15), "Room Temperature": np.linspace(69.9, 70.1, 15)}
    factors = {name: {"values": points.tolist()} for name, points in values.items()}
    source["sweep"] = {"method": method, "parameters": factors, "metrics": source["sweep"]["metrics"]}
    outcome = run_scenario(source, out=tmp_path / "out")
    assert outcome.sensitivity is None and open_sensitivity(tmp_path / "out") is None
    found = sdrun.sensitivity(outcome.dataset)
    assert found["late_pawn"].sel(parameter="Characteristic Time") > 2 * found["late_pawn"].sel(parameter="dummy")


def test_what_is_no_sweep_has_none() -> None:
    with pytest.raises(InputError, match="no results of a sweep"):
        sdrun.sensitivity(sdrun.run(ROOT / "models/teacup.mdl"))
    with pytest.raises(InputError, match="no results of a sweep"):
        sensitivity(xr.Dataset())


def test_nothing_to_apportion_leaves_nothing() -> None:
    source = tea("sobol", 64)
    del source["sweep"]["metrics"]
    assert drivers(simulate(source).dataset) is None


@pytest.mark.parametrize(("method", "few", "many", "jobs"), [("saltelli", 6 * 40, 6 * 64, 2), ("morris", 3 * 30, 3 * 70, 1)])
def test_however_it_was_computed_it_is_the_same(
    method: str, few: int, many: int, jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, in chunks that cut blocks, grown, by two processes: the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    named = {"output": {"variables": ["Teacup Temperature"]}}
    run_scenario(tea(method, many, **named), out=tmp_path / "whole")
    monkeypatch.setattr(batches, "LONGEST", dict.fromkeys(batches.LONGEST, 50))
    run_scenario(tea(method, few, **named), out=tmp_path / "grown")
    run_scenario(tea(method, many, **named), out=tmp_path / "grown")
    run_scenario(tea(method, many, **named), out=tmp_path / "shared", jobs=jobs)
    for file in ("results.nc", "sensitivity.nc"):
        assert len({digest(tmp_path / out / file) for out in ("whole", "grown", "shared")}) == 1, file


def test_variants_side_by_side_have_indices_each() -> None:
    variants = {"hot": {}, "cold": {"parameters": {"Initial Temperature": 75}}}
    ds = simulate(tea("saltelli", 6 * 64, variants=variants)).dataset
    found = sensitivity(ds)
    assert found["late_total"].dims == ("parameter", "variant")
    for name in variants:
        alone = sensitivity(simulate(tea("saltelli", 6 * 64, variants=variants), only=name).dataset)
        np.testing.assert_allclose(found["late_total"].sel(variant=name), alone["late_total"].squeeze("variant"), rtol=1e-9)


def test_elements_of_a_parameter_are_factors_of_their_own() -> None:
    ds = simulate(g_function("sobol", 2048)).dataset
    assert ds["x"].dims == ("sample", "factor"), "also where no variable that is kept has the dimension"
    by = sensitivity(ds)["y_pawn"].sel(parameter=[f"x[f{k}]" for k in range(1, 6)]).values
    assert by[0] > by[1] > by[2] > by[3]


def test_ranges_of_the_model_may_have_the_names_of_our_dimensions() -> None:
    ds = result("saltelli", 8 * 32, lambda x: np.stack([x[0], x[1]], axis=1)).rename(element="size")
    found = sensitivity(ds.assign_coords(size=["small", "large"]))
    assert found["y_total_by_size"].dims == ("size", "parameter", "size_")
    assert found["y_total"].sel(size_="large", parameter="x2") > 0.9


def test_what_is_too_much_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    factors = {"start": {"low": 0, "high": 1}, "slope": {"low": 0, "high": 1}}
    metric = {"variable": "level", "at": 8}
    source = scenario("ramps.mdl", "saltelli", 6 * 16, factors, metric, output={"variables": ["level", "slope", "twist"]})
    monkeypatch.setattr(outcomes, "MOST_NUMBERS", 96 * 11 - 1)
    out = run_scenario(source, out=tmp_path / "out")
    assert out.sensitivity is not None
    assert "level_total" not in out.sensitivity and "y_total" in out.sensitivity
    assert "sensitivity over time leaves out level: too many samples" in (tmp_path / "out/run.log").read_text()
    monkeypatch.setattr(outcomes, "MOST_NUMBERS", 96 * 11)
    monkeypatch.setattr(outcomes, "MOST_PAIRS", 4 * 10 - 1)
    out = run_scenario(source, out=tmp_path / "again")
    assert out.sensitivity is not None and "level_total" in out.sensitivity
    assert "level_second" not in out.sensitivity and "y_second" in out.sensitivity
    assert any("sensitivity of level leaves out pairs of factors" in warning for warning in out.warnings)


def test_pawn_over_time_is_of_the_first_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    ds = simulate(tea("random", 800, output={"variables": ["Teacup Temperature"]})).dataset
    monkeypatch.setitem(METHODS, "random", replace(METHODS["random"], most_over_time=300))  # type: ignore[arg-type]
    found = sensitivity(ds)
    assert (found["teacup_temperature_samples"] == 300).all() and int(found["late_samples"]) == 800
    few = sensitivity(ds.isel(sample=slice(300)))
    np.testing.assert_array_equal(found["teacup_temperature_pawn"], few["teacup_temperature_pawn"])


# ── what the terminal says ───────────────────────────────────────────────────────────────────────────────────────────────────


def printed(ds: xr.Dataset, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width)
    console.print(driver_table(ds))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_terminal_ranks_factors_and_says_whether_they_have_settled() -> None:
    found = sensitivity(simulate(ishigami("saltelli", 10 * 128)).dataset)
    text = printed(found)
    lines = [line for line in text.splitlines() if " to " in line]
    assert [name in line for name, line in zip(("first", "second", "third", "idle"), lines, strict=True)] == [True] * 4
    total, low, high = (float(found[name].sel(parameter="first")) for name in ("y_total", "y_total_low", "y_total_high"))
    assert f"{total:.2f}  {low:.2f} to {high:.2f}" in lines[0]
    moved = float(np.abs(found["y_total_by_size"][-1] - found["y_total_by_size"][-2]).max())
    flat = " ".join(text.split())
    assert f"From 1280 samples. With the first 640 samples alone, total differs by {moved:.2f} at most." in flat
    assert max(map(len, printed(found, 60).splitlines())) <= 60


def test_it_says_how_many_samples_had_to_be_left_out() -> None:
    ds = result("morris", 4 * 20, lambda x: np.stack([x[0], x[1]], axis=1))
    y = ds["y"].values.copy()
    y[5, 0] = np.nan
    caption = driver_caption(sensitivity(ds.assign(y=(("sample", "element"), y, ds["y"].attrs))))
    assert "From 76 to 80 of 80 samples, without those that failed" in caption


def test_many_metrics_are_cut_and_pawn_tells_of_its_dummy() -> None:
    found = sensitivity(result("random", 256, lambda x: np.stack([x[0] + k * x[1] for k in range(9)], axis=1)))
    text = " ".join(printed(found.assign_coords(element=[f"e{k}" for k in range(9)])).split())
    assert "y[e5]" in text and "y[e6]" not in text and "3 more in sensitivity.nc" in text
    noise = float(found["y_pawn"].sel(parameter="dummy").max())
    assert f"A factor that does nothing has {noise:.2f}." in text and "dummy" not in text


def test_what_nothing_moves_is_not_ranked() -> None:
    for method, samples in (("saltelli", 256), ("morris", 256), ("random", 256)):
        found = sensitivity(result(method, samples, lambda x: np.stack([0 * x[0], x[0]], axis=1)))
        text = printed(found.assign_coords(element=["still", "moved"]))
        assert "y[moved]" in text and "y[still]" not in text
    assert printed(sensitivity(result("morris", 256, lambda x: 0 * x[0]))).strip().endswith("stands in sensitivity.nc.")


def test_the_command_and_inspect_tell_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ishigami.mdl").write_bytes((Path(__file__).parent / "models/ishigami.mdl").read_bytes())
    factors = "\n".join(f"{name} = {{ low = -3, high = 3 }}" for name in ("first", "second", "third"))
    (tmp_path / "s.toml").write_text(
        'schema = 1\n[model]\nfile = "ishigami.mdl"\n[solver]\nmethod = "euler"\n[sweep]\nmethod = "saltelli"\n'
        f'samples = 256\n[sweep.parameters]\n{factors}\n[sweep.metrics]\ny = {{ variable = "outcome", at = 1 }}\n'
    )

    def told(*args: str) -> str:
        with pytest.raises(SystemExit) as left:
            main([*args])
        assert left.value.code == 0
        return capsys.readouterr().out

    out = tmp_path / "out"
    for _ in range(2):  # computed, and up to date
        assert "What drives it" in told(str(tmp_path / "s.toml"), "-o", str(out))
    assert "What drives it" in told("inspect", str(out))
    rows = json.loads(told("inspect", str(out), "--json"))["sensitivity"]
    found = sdrun.sensitivity(out)
    assert [row["factor"] for row in rows] == found["parameter"].values[np.argsort(-found["y_total"].values)].tolist()
    assert rows[0]["total"] == float(found["y_total"].max()) and rows[0]["samples"] == 256
    assert json.loads(told(str(tmp_path / "s.toml"), "-o", str(out), "--json"))["sensitivity"] == rows
    assert list(driver_figures(found)) == rows
