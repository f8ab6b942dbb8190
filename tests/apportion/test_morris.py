"""Morris's effects: closed forms, SALib on the same runs, choices, failures."""

import numpy as np
import pytest
from studies import G_WEIGHTS, g_function, ishigami, result

import sdrun
from sdrun.apportion import sensitivity
from sdrun.sweep import CHOICES, THEORY, Factor


def test_of_a_plane_every_effect_is_its_slope_over_the_range() -> None:
    kinds = {
        "a": Factor(name="a", kind="uniform", arguments={"low": 2.0, "high": 5.0}),
        "b": Factor(name="b", kind="uniform", arguments={"low": -1.0, "high": 1.0}),
    }
    found = sensitivity(result("morris", 3 * 20, lambda x: 4 * x[0] - 7 * x[1], kinds))
    np.testing.assert_allclose(found["y_mu"], [12, -14])
    for name in ("mu_star", "mu_star_low", "mu_star_high"):
        np.testing.assert_allclose(found[f"y_{name}"], [12, 14])
    np.testing.assert_allclose(found["y_sigma"], 0, atol=1e-12)
    assert found["y_mu_star"].attrs["units"] == "m"


def test_a_product_has_effects_as_the_other_factor_has_values() -> None:
    """y = x1 x2: the effect of x1 is x2, which stands at 0, 1/3, 2/3, 1: mean 1/2, variance 5/36."""
    found = sensitivity(result("morris", 3 * 4000, lambda x: x[0] * x[1], count=2))
    np.testing.assert_allclose(found["y_mu_star"], 0.5, atol=0.03)
    np.testing.assert_allclose(found["y_sigma"], np.sqrt(5 / 36), atol=0.01)
    assert ((found["y_mu_star_low"] < 0.5) & (found["y_mu_star_high"] > 0.5)).all()


@pytest.mark.parametrize("source", [ishigami("morris", 5 * 60), g_function("morris", 6 * 60)], ids=["ishigami", "g"])
def test_salib_gives_the_same_on_the_same_runs(source: dict) -> None:
    from SALib.analyze import morris as theirs

    ds = sdrun.run(source)
    found = sdrun.sensitivity(ds)
    factors = found["parameter"].values.tolist()
    x = np.array([ds[name].values for name in factors] if "first" in ds else ds["x"].values.T)
    bounds = [[-np.pi, np.pi] if "first" in ds else [0, 1]] * len(factors)
    problem = {"num_vars": len(factors), "names": factors, "bounds": bounds}
    wanted = theirs.analyze(problem, x.T, ds["y"].values, num_levels=4, seed=1)
    for name in ("mu", "mu_star", "sigma"):
        np.testing.assert_allclose(found[f"y_{name}"], wanted[name], rtol=1e-9, atol=1e-9)
    half = ((found["y_mu_star_high"] - found["y_mu_star_low"]) / 2).values
    unclipped = found["y_mu_star_low"].values > 0
    np.testing.assert_allclose(half[unclipped], np.array(wanted["mu_star_conf"], dtype=float)[unclipped], rtol=0.2, atol=1e-9)


def test_ranks_of_the_g_function() -> None:
    found = sdrun.sensitivity(sdrun.run(g_function("morris", 6 * 100)))
    assert np.argsort(-found["y_mu_star"].values).tolist() == np.argsort(G_WEIGHTS).tolist()


def test_a_factor_that_acts_on_nothing_has_nothing() -> None:
    found = sdrun.sensitivity(sdrun.run(ishigami("morris", 5 * 20))).sel(parameter="idle")
    assert [float(found[f"y_{name}"]) for name in ("mu", "mu_star", "sigma", "mu_star_high")] == [0, 0, 0, 0]


def test_choices_have_the_mean_change_between_them_and_theories_no_sign() -> None:
    """Three theories worth 0, 1, 5: mean change over the ordered pairs (1 + 5 + 4) / 3; a switch worth 2, turned on and off."""
    kinds = {
        THEORY: Factor(name=THEORY, kind=CHOICES, values=("a", "b", "c")),
        "switch": Factor(name="switch", kind=CHOICES, values=(0.0, 1.0)),
    }
    found = sensitivity(result("morris", 3 * 3000, lambda x: np.array([0, 1, 5])[x[0].astype(int)] + 2 * x[1], kinds))
    theory, switch = found.sel(parameter=THEORY), found.sel(parameter="switch")
    assert float(theory["y_mu_star"]) == pytest.approx(10 / 3, abs=0.12)
    assert np.isnan(theory["y_mu"]) and np.isnan(theory["y_sigma"])
    assert (float(switch["y_mu"]), float(switch["y_mu_star"])) == pytest.approx((2, 2))


def test_trajectories_with_a_run_that_failed_are_left_out_whole() -> None:
    ds = result("morris", 4 * 30, lambda x: x[0] * x[1] + x[2] ** 2)
    y = ds["y"].values.copy()
    y[[6, 41]] = np.nan
    found = sensitivity(ds.assign(y=("sample", y, ds["y"].attrs)))
    kept = np.setdiff1d(np.arange(30), [1, 10])
    alone = sensitivity(ds.isel(sample=(kept[:, None] * 4 + np.arange(4)).reshape(-1)))
    assert int(found["y_samples"]) == 28 * 4
    for name in ("mu", "mu_star", "mu_star_low", "sigma"):
        np.testing.assert_array_equal(found[f"y_{name}"], alone[f"y_{name}"])


def test_sizes() -> None:
    found = sensitivity(result("morris", 4 * 20, lambda x: x[0] * x[1] + x[2] ** 2))
    assert found["size"].values.tolist() == [16, 32, 64, 80]
    few = sensitivity(result("morris", 4 * 8, lambda x: x[0] * x[1] + x[2] ** 2))
    np.testing.assert_array_equal(found["y_mu_star_by_size"].isel(size=1), few["y_mu_star"])
