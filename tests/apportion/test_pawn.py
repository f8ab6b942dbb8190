"""PAWN against SALib's and against closed distributions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

import sdrun
from sdrun.apportion import pawn
from sdrun.pipeline import run_scenario


def result(x: np.ndarray, y: np.ndarray) -> xr.Dataset:
    coords: dict[str, Any] = {
        f"x{k + 1}": ("sample", row, {"long_name": f"x{k + 1}", "role": "parameter"}) for k, row in enumerate(x)
    }
    return xr.Dataset(
        {"y": ("sample", y, {"role": "metric", "long_name": "y"})}, coords={"sample": np.arange(y.size), **coords}
    )


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_ishigami_is_salibs() -> None:
    from SALib.analyze import pawn as theirs

    x = np.random.default_rng(1).uniform(-np.pi, np.pi, (3, 4000))
    found = pawn(result(x, ishigami(x)), ["x1", "x2", "x3"])
    problem = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
    wanted = theirs.analyze(problem, x.T, ishigami(x), S=10, print_to_console=False, seed=1)
    # SALib leaves the one largest sample out of the last slice
    np.testing.assert_allclose(found["y_pawn"].sel(parameter=["x1", "x2", "x3"]), wanted["median"], atol=2e-3)
    np.testing.assert_allclose(found["y_pawn_max"].sel(parameter=["x1", "x2", "x3"]), wanted["maximum"], atol=2e-3)


def test_a_sum_of_two_normals_has_closed_distances() -> None:
    """y = x1 with x1 normal: of ten slices the k-th has F(y) = clip(10 u - k, 0, 1), farthest off at an edge."""
    x = np.random.default_rng(2).normal(size=(2, 200_000))
    found = pawn(result(x, x[0]), ["x1", "x2"])
    edges = np.maximum(np.arange(10) / 10, 1 - np.arange(1, 11) / 10)
    assert float(found["y_pawn"].sel(parameter="x1")) == pytest.approx(np.median(edges), abs=2e-3)
    assert float(found["y_pawn_max"].sel(parameter="x1")) == pytest.approx(edges.max(), abs=2e-3)
    noise = float(found["y_pawn"].sel(parameter="dummy"))
    assert noise < 2 * stats.kstwobign.ppf(0.5) / np.sqrt(20_000)
    assert float(found["y_pawn"].sel(parameter="x2")) < 2 * noise + 1e-3


def test_few_values_are_slices_and_missing_outcomes_are_left_out() -> None:
    x = np.random.default_rng(3).integers(0, 2, (1, 1000)).astype(float)
    y = np.where(x[0] == 1, 5.0, 1.0)
    y[:100] = np.nan
    found = pawn(result(x, y), ["x1"])
    share = float(np.mean(x[0, 100:]))
    assert float(found["y_pawn_max"].sel(parameter="x1")) == pytest.approx(max(share, 1 - share))
    assert int(found["y_samples"]) == 900


def test_a_sweep_leaves_sensitivity_beside_its_results(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    source = {
        "model": {"file": str(root / "models/teacup.mdl")},
        "sweep": {
            "method": "sobol",
            "samples": 512,
            "parameters": {
                "Characteristic Time": {"low": 5, "high": 20},
                "Room Temperature": {"low": 69.9, "high": 70.1},
            },
            "metrics": {"late": {"variable": "Teacup Temperature", "at": 20}},
        },
        "solver": {"method": "rk4"},
    }
    outcome = run_scenario(source, out=tmp_path / "out")
    assert tmp_path / "out/sensitivity.nc" in outcome.paths
    with xr.open_dataset(tmp_path / "out/sensitivity.nc") as found:
        by = found["late_pawn"].to_series()
    assert by["Characteristic Time"] > 0.4 > 5 * by["Room Temperature"]
    again = sdrun.sensitivity(tmp_path / "out")["late_pawn"].sel(parameter=found["parameter"])
    np.testing.assert_array_equal(again[:2], found["late_pawn"][:2])
