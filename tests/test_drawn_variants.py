"""The variant as a factor: each sample is one of the scenario's variants; and factors that go together, from file to result."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

import sdrun
from sdrun.errors import ScenarioError, render
from sdrun.pipeline import run_scenario, simulate
from sdrun.plan import plan
from sdrun.preparation import prepare
from sdrun.trajectory import check_schema

ROOT = Path(__file__).parents[1]

VARIANTS = {
    "cup": {},
    "flask": {"parameters": {"Characteristic Time": 60}, "initial": {"Teacup Temperature": 150}},
    "thick": {"parameters": {"characteristic_time": 20, "Initial Temperature": 170}},
}


def tea(method: str = "grid", choices: tuple[str, ...] = ("flask", "cup"), **tables: Any) -> dict[str, Any]:
    room = {"values": [50, 60]} if method == "grid" else {"low": 50, "high": 60}
    sweep = {
        "method": method,
        "parameters": {"Room Temperature": room, "variant": {"choices": list(choices)}},
        "metrics": {"late": {"variable": "Teacup Temperature", "at": 20}},
    }
    sweep |= {"samples": 60, "seed": 2} if method != "grid" else {}
    whole = {"model": {"file": ROOT / "models/teacup.mdl"}, "solver": {"method": "rk4"}, "variants": VARIANTS}
    return {**whole, "sweep": sweep, "output": {"precision": "float64"}, **tables}


def test_each_sample_is_the_run_of_its_variant() -> None:
    ds = simulate(tea()).dataset
    check_schema(ds)
    assert ds["variant"].dims == ("sample",) and ds["variant"].attrs["role"] == "parameter"
    assert ds["variant"].values.tolist() == ["flask", "cup"] * 2 and "variant" not in ds.dims
    for sample in range(4):
        alone = simulate(
            {key: value for key, value in tea().items() if key != "sweep"},
            settings=[f"room_temperature={float(ds['room_temperature'][sample])}"],
        ).dataset.sel(variant=ds["variant"].values[sample])
        np.testing.assert_allclose(ds["teacup_temperature"][sample], alone["teacup_temperature"], rtol=1e-12)


def test_what_a_sample_sets_lies_above_its_variant() -> None:
    source = tea()
    source["sweep"]["parameters"] = {
        "variant": {"choices": ["flask", "thick"]},
        "Characteristic Time": {"values": [5]},
    }
    ds = simulate(source).dataset
    assert ds["characteristic_time"].values.tolist() == [5, 5]
    assert ds["teacup_temperature"].values[:, 0].tolist() == [150, 170]


def test_the_difference_of_variants_is_apportioned() -> None:
    """The cup at 20 is room + (180 - room) exp(-2), the flask room + (150 - room) exp(-1/3); the room is uniform, 50 to 60."""
    source = tea("saltelli")
    source["sweep"]["samples"] = 6 * 512
    found = sdrun.sensitivity(simulate(source).dataset)
    left = np.exp([-2, -1 / 3])
    means, slopes = 55 + (np.array([180, 150]) - 55) * left, 1 - left
    variant, room, both = np.var(means), slopes.mean() ** 2 * 100 / 12, np.var(slopes) * 100 / 12
    whole = variant + room + both
    expected = {"variant": (variant, variant + both), "Room Temperature": (room, room + both)}
    for name, (first, total) in expected.items():
        by = found.sel(parameter=name)
        assert float(by["late_first"]) == pytest.approx(first / whole, abs=0.01)
        assert float(by["late_total"]) == pytest.approx(total / whole, abs=0.01)
    effects = sdrun.sensitivity(simulate(tea("morris")).dataset).sel(parameter="variant")
    apart = np.abs((180 - np.array([50, 60])) * left[0] - (150 - np.array([50, 60])) * left[1])
    assert apart.min() < float(effects["late_mu_star"]) < apart.max() and np.isnan(effects["late_mu"])


def test_files_and_resolved_toml(tmp_path: Path) -> None:
    first = run_scenario(tea("sobol"), out=tmp_path / "first")
    with (tmp_path / "first/metrics.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["sample", "Room Temperature", "variant", "late", "status"]
    assert [row["variant"] for row in rows] == first.dataset["variant"].values.tolist()
    again = run_scenario(tmp_path / "first/resolved.toml", out=tmp_path / "second")
    assert again.dataset.attrs["run_id"] == first.dataset.attrs["run_id"]
    xr.testing.assert_equal(again.dataset, first.dataset)
    text = (tmp_path / "first/resolved.toml").read_text()
    assert "[variants.flask" in text and "[variants.thick" not in text, "what is not drawn is no part of the run"


def test_data_files_of_variants_are_inlined_each(tmp_path: Path) -> None:
    (tmp_path / "m.mdl").write_text(
        "{UTF-8}\ncup: red, blue ~~|\nk[cup] = 1 ~~|\nr = 0 ~~|\nS[cup] = INTEG(k[cup] + r, 0) ~~|\n"
        "INITIAL TIME = 0 ~~|\nFINAL TIME = 1 ~~|\nTIME STEP = 0.5 ~~|\nSAVEPER = 1 ~~|\n"
    )
    for name, values in (("a", (1, 2)), ("b", (30, 40))):
        (tmp_path / f"{name}.csv").write_text(f"cup,k\nred,{values[0]}\nblue,{values[1]}\n")
    column = 'parameters = {{ k = {{ file = "{0}.csv", column = "k", actor = "cup" }} }}\n'
    (tmp_path / "s.toml").write_text(
        'schema = 1\n[model]\nfile = "m.mdl"\n[solver]\nmethod = "euler"\n'
        + "".join(f"[variants.{name}]\n{column.format(name)}" for name in "ab")
        + '[sweep]\nmethod = "list"\n[sweep.parameters]\nvariant = { values = ["b", "a", "b"] }\nr = { values = [0, 0, 1] }\n'
    )
    ds = run_scenario(tmp_path / "s.toml", out=tmp_path / "out").dataset
    expected = [[30, 40], [1, 2], [31, 41]]
    assert ds["s"].values[..., -1].tolist() == expected
    for name in "ab":
        (tmp_path / f"{name}.csv").unlink()
    assert simulate(tmp_path / "out/resolved.toml").dataset["s"].values[..., -1].tolist() == expected


def test_theories_and_variants_are_drawn_together(tmp_path: Path) -> None:
    equations = "k = 1\nrest = 0\nS = INTEG(k * (rest - S), 8)"
    text = "{UTF-8}\n" + "\n".join(f"{line} ~~|" for line in equations.splitlines())
    controls = "\nINITIAL TIME = 0 ~~|\nFINAL TIME = 1 ~~|\nTIME STEP = 0.5 ~~|\nSAVEPER = 1 ~~|\n"
    (tmp_path / "m.mdl").write_text(text + controls)
    theories = {"slow": {"parameters": {"k": 0.1, "rest": 3}}, "quick": {"parameters": {"k": 0.9}}}
    source = {
        "model": {"file": tmp_path / "m.mdl"},
        "solver": {"method": "euler"},
        "variants": {"low": {}, "high": {"parameters": {"rest": 10}}},
        "sweep": {
            "method": "grid",
            "parameters": {
                "variant": {"choices": ["low", "high"]},
                "model.theory": {"choices": ["slow", "quick"]},
            },
            "theories": theories,
        },
        "output": {"precision": "float64"},
    }
    ds = simulate(source).dataset
    k, rest = np.array([0.1, 0.9] * 2), np.array([3, 0, 10, 10])
    np.testing.assert_allclose(ds["s"].values[:, -1], rest + (8 - rest) * (1 - k / 2) ** 2)


def test_a_plan_counts_the_runs_once() -> None:
    text = plan(tea("sobol")).text()
    assert "60 runs, 60 samples (sobol: Room Temperature, variant), of" in text


# ── what is told ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def told(source: Any, **options: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        prepare(source, **options)
    return render(caught.value.problems)


def test_unknown_variants_and_scenarios_without_any() -> None:
    text = told(tea(choices=("flask", "cupp")))
    assert "unknown variant 'cupp'" in text and "did you mean 'cup'?" in text and text.count("error: ") == 1
    source = tea()
    del source["variants"]
    assert "the scenario has no [variants]" in told(source)
    assert "--only 'cup' would have one of them" in told(tea(), only="cup")
    source = tea("sobol")
    source["sweep"]["parameters"]["variant"] = {"low": 0, "high": 1}
    assert "variants lie on no scale" in told(source)
    source["sweep"]["parameters"]["variant"] = {"choices": [1, 2]}
    assert "item 1 of 'variant' must be a name of a variant" in told(source)


@pytest.mark.parametrize(
    ("tables", "what"),
    [
        ({"model": {"file": ROOT / "models/richardson.mdl"}}, "[model] file"),
        ({"time": {"stop": 20}}, "[time] stop"),
        ({"solver": {"step": 0.25, "method": "euler"}}, "[solver] method, [solver] step"),
        ({"subscripts": {"cup": ["a"]}}, "[subscripts]"),
        ({"events": [{"at": 3, "target": "Room Temperature", "value": 9}]}, "[[events]]"),
    ],
    ids=["model", "times", "solver", "subscripts", "events"],
)
def test_variants_that_are_not_one_run_are_told_apart(tables: dict[str, Any], what: str) -> None:
    text = told(tea(variants={"cup": {}, "flask": tables}))
    assert f"variants 'flask' and 'cup' differ in {what}" in text or f"variants 'cup' and 'flask' differ in {what}" in text
    assert "without 'variant' among its factors it runs them side by side" in text


def test_events_may_be_the_same_in_other_words() -> None:
    first, second = ({"at": 3, "target": name, "value": 9} for name in ("Room Temperature", "room_temperature"))
    source = tea(variants={"cup": {"events": [first]}, "flask": {"events": [second]}})
    del source["sweep"]["parameters"]["Room Temperature"]
    assert simulate(source).dataset.sizes["sample"] == 2


def test_times_that_follow_from_what_variants_set(tmp_path: Path) -> None:
    (tmp_path / "m.mdl").write_text(
        "{UTF-8}\nk = 1 ~~|\nS = INTEG(k, 0) ~~|\n"
        "INITIAL TIME = 0 ~~|\nFINAL TIME = 4 * k ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"
    )
    sweep = {"method": "grid", "parameters": {"variant": {"choices": ["a", "b"]}}}
    source = {"model": {"file": tmp_path / "m.mdl"}, "sweep": sweep, "solver": {"method": "euler"}}
    with pytest.raises(ScenarioError, match="differ in the times that follow from their parameters"):
        simulate({**source, "variants": {"a": {}, "b": {"parameters": {"k": 2}}}})


# ── correlations ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_correlated_factors_from_file_to_result(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        f'schema = 1\nmodel = {{ file = "{ROOT / "models/teacup.mdl"}" }}\nsolver = {{ method = "euler" }}\n'
        '[sweep]\nmethod = "sobol"\nsamples = 2048\n[sweep.parameters]\n'
        '"Room Temperature" = { low = 50, high = 70 }\ncharacteristic_time = { low = 5, high = 20 }\n'
        '[[sweep.correlations]]\nbetween = ["room_temperature", "Characteristic Time"]\nvalue = -0.7\n'
    )
    ds = run_scenario(path, out=tmp_path / "out").dataset
    ranks = stats.spearmanr(ds["room_temperature"], ds["characteristic_time"]).statistic
    assert ranks == pytest.approx(6 / np.pi * np.arcsin(-0.35), abs=0.01)
    assert 'between = [\n    "Room Temperature",\n    "Characteristic Time",\n]' in (tmp_path / "out/resolved.toml").read_text()
    again = simulate(tmp_path / "out/resolved.toml").dataset
    np.testing.assert_array_equal(ds["characteristic_time"], again["characteristic_time"])
    none = simulate(path, settings=["sweep.correlations=[]"]).dataset
    assert abs(stats.spearmanr(none["room_temperature"], none["characteristic_time"]).statistic) < 0.01
