"""The flagship swept: every sample is the run that it stands for, and the floor of the phase diagram is growth alone."""

import tomllib

import numpy as np
import pytest
import xarray as xr
from small_worlds import ROOT, tables

from sdrun.pipeline import simulate
from sdrun.trajectory import check_schema

SCENARIO = ROOT / "scenarios" / "phase_diagram.toml"

DIALS = {"balancing responsiveness": [0.0, 0.3], "free riding": [0.1, 0.7]}

METRICS = {
    "duration": {"indicator": "unipolar_duration", "index": "military"},
    "poles": {"variable": "effective poles", "at": 15},
    "share": {"variable": "power share", "at": 15, "state": "A"},
}


def grid(method: str) -> xr.Dataset:
    """Three states under two dials of two values."""
    source = tables(method=method)
    source["sweep"] = {"method": "grid", "parameters": {name: {"values": v} for name, v in DIALS.items()}, "metrics": METRICS}
    return simulate({**source, "output": {"precision": "float64"}}).dataset


@pytest.mark.parametrize(("method", "rtol"), [("rk4", 1e-10), ("LSODA", 1e-10)])
def test_each_sample_is_the_single_run_with_its_settings(method: str, rtol: float) -> None:
    ds = grid(method)
    check_schema(ds)
    assert ds.sizes["sample"] == 4
    for sample in range(4):
        dials = {name: float(ds[name.replace(" ", "_")][sample]) for name in DIALS}
        source = tables(method=method)
        source["parameters"] |= dials
        alone, swept = simulate(source).dataset, ds.isel(sample=sample)
        for name in ("economy", "military_capability", "power_index", "unipolar_duration"):
            np.testing.assert_allclose(swept[name], alone[name], rtol=rtol, err_msg=name)
        assert float(swept["duration"]) == float(swept["unipolar_duration"].sel(index="military"))
        saved = alone.isel(time=slice(7, 9))
        assert saved["time"].values.tolist() == [14, 16]
        np.testing.assert_allclose(swept["poles"], saved["effective_poles"].mean("time"), rtol=1e-9)
        np.testing.assert_allclose(swept["share"], saved["power_share"].sel(state="A").mean("time"), rtol=1e-9)


def test_theory_as_a_factor_equals_the_variants() -> None:
    names = sorted(path.stem for path in (ROOT / "models" / "theories").glob("*.toml"))
    assert len(names) >= 3
    source = tables()
    swept = simulate({**source, "sweep": {"method": "grid", "parameters": {"model.theory": {"choices": names}}}}).dataset
    variants = simulate({**source, "variants": {name: {"model": {"theory": name}} for name in names}}).dataset
    assert swept["theory"].values.tolist() == variants["variant"].values.tolist() == names
    for name in ("economy", "military_capability"):
        np.testing.assert_allclose(swept[name].values, variants[name].values, rtol=1e-6, err_msg=name)  # float32
    np.testing.assert_allclose(swept["power_index"].values, variants["power_index"].values, rtol=1e-10)


def test_the_variant_as_a_factor_equals_the_variants() -> None:
    theories = {name: {"model": {"theory": name}} for name in ("waltz", "mearsheimer")}
    source = {**tables(), "variants": theories, "output": {"precision": "float64"}}
    sweep = {"method": "grid", "parameters": {"variant": {"choices": [*theories]}}, "metrics": METRICS}
    swept, variants = (simulate(part).dataset for part in ({**source, "sweep": sweep}, source))
    assert swept["variant"].values.tolist() == [*theories] and swept["duration"].dims == ("sample",)
    for name in ("economy", "military_capability", "unipolar_duration"):
        np.testing.assert_allclose(swept[name].values, variants[name].values, rtol=1e-9, err_msg=name)


def test_the_floor_of_the_phase_diagram_is_growth_alone() -> None:
    """At responsiveness 0 the first setting is the theory growth_only, whatever the other dial says."""
    stated = tomllib.loads(SCENARIO.read_text(encoding="utf-8"))
    dials = stated["sweep"]["parameters"]
    assert dials["balancing responsiveness"]["low"] == 0
    edge = ["sweep.parameters.balancing responsiveness={values = [0]}", "sweep.parameters.free riding={values = [0, 0.4, 0.8]}"]
    ds = simulate(SCENARIO, settings=edge, only="nothing_else").dataset
    alone = {
        "extends": str(ROOT / "scenarios" / "unipole_1992.toml"),
        "model": {"theory": "growth_only"},
        "solver": stated["solver"],
    }
    floor = simulate(alone).dataset
    assert ds["duration"].dims == ("variant", "sample", "index")
    for sample in range(3):
        found = ds["duration"].isel(variant=0, sample=sample)
        np.testing.assert_allclose(found, floor["unipolar_duration"], rtol=1e-9)
