"""PAWN against SALib's, SciPy's distances and closed distributions."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from studies import made

from sdrun.apportion import sensitivity
from sdrun.apportion.pawn import _distances, _slices


def result(x: np.ndarray, y: np.ndarray) -> xr.Dataset:
    names = [f"x{k + 1}" for k in range(len(x))]
    coords = {name: ("sample", row, {"long_name": name, "role": "parameter"}) for name, row in zip(names, x, strict=True)}
    return made({"sample": np.arange(y.size), **coords}, y, names, "random")


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_ishigami_is_salibs() -> None:
    from SALib.analyze import pawn as theirs

    x = np.random.default_rng(1).uniform(-np.pi, np.pi, (3, 4000))
    found = sensitivity(result(x, ishigami(x)))
    problem = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
    wanted = theirs.analyze(problem, x.T, ishigami(x), S=10, print_to_console=False, seed=1)
    # SALib leaves the one largest sample out of the last slice
    np.testing.assert_allclose(found["y_pawn"].sel(parameter=["x1", "x2", "x3"]), wanted["median"], atol=2e-3)
    np.testing.assert_allclose(found["y_pawn_max"].sel(parameter=["x1", "x2", "x3"]), wanted["maximum"], atol=2e-3)


@pytest.mark.parametrize("decimals", [1, 12], ids=["many ties", "none"])
def test_distances_are_those_of_kolmogorov_and_smirnov(decimals: int) -> None:
    rng = np.random.default_rng(5)
    x, noise = rng.normal(size=1000), rng.normal(size=1000)
    y = np.round(x + noise, decimals)
    labels, order = _slices(x), np.argsort(y, kind="stable")
    starts = np.append(True, np.diff(y[order]) != 0)
    bounds = np.append(np.flatnonzero(starts), 1000) / 1000
    found = _distances(labels[order], np.cumsum(starts) - 1, bounds)
    wanted = [stats.ks_2samp(y[labels == number], y).statistic for number in range(10)]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    assert np.bincount(labels).tolist() == [100] * 10


def test_a_sum_of_two_normals_has_closed_distances() -> None:
    """y = x1 with x1 normal: of ten slices the k-th has F(y) = clip(10 u - k, 0, 1), farthest off at an edge."""
    x = np.random.default_rng(2).normal(size=(2, 60_000))
    found = sensitivity(result(x, x[0]))
    edges = np.maximum(np.arange(10) / 10, 1 - np.arange(1, 11) / 10)
    assert float(found["y_pawn"].sel(parameter="x1")) == pytest.approx(np.median(edges), abs=4e-3)
    assert float(found["y_pawn_max"].sel(parameter="x1")) == pytest.approx(edges.max(), abs=4e-3)
    noise = float(found["y_pawn"].sel(parameter="dummy"))
    assert noise < 2 * stats.kstwobign.ppf(0.5) / np.sqrt(6_000)
    assert float(found["y_pawn"].sel(parameter="x2")) < 2 * noise + 1e-3


def test_few_values_are_slices_and_missing_outcomes_are_left_out() -> None:
    x = np.random.default_rng(3).integers(0, 2, (1, 1000)).astype(float)
    y = np.where(x[0] == 1, 5.0, 1.0)
    y[:100] = np.nan
    found = sensitivity(result(x, y))
    share = float(np.mean(x[0, 100:]))
    assert float(found["y_pawn_max"].sel(parameter="x1")) == pytest.approx(max(share, 1 - share))
    assert int(found["y_samples"]) == 900


def test_by_size_a_factor_leaves_the_dummy_behind() -> None:
    x = np.random.default_rng(4).random((2, 3000))
    found = sensitivity(result(x, x[0] + 0.2 * x[1]))
    assert found["size"].values.tolist() == [128, 256, 512, 1024, 2048, 3000]
    noise = found["y_pawn_by_size"].sel(parameter="dummy").values
    assert (noise[3:] < noise[:3].min()).all(), "noise falls with the number of samples"
    few = sensitivity(result(x[:, :256], (x[0] + 0.2 * x[1])[:256]))
    np.testing.assert_array_equal(found["y_pawn_by_size"].isel(size=1), few["y_pawn"])
