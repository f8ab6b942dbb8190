"""The small models against what is known of them in closed form."""

from pathlib import Path

import numpy as np

from sdrun.pipeline import simulate

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_tea_cools_by_newtons_law() -> None:
    ds = simulate(SCENARIOS / "teacup.toml").dataset
    for variant, minutes in (("plain", 10.0), ("thick", 20.0)):
        tea = ds["teacup_temperature"].sel(variant=variant)
        np.testing.assert_allclose(tea, 70 + 110 * np.exp(-ds["time"] / minutes), rtol=1e-5)


def test_richardsons_race_settles_or_runs_away() -> None:
    """At rest x = g (a + k) / (a² - k²) on both sides; the symmetric race grows as exp((k - a) t)."""
    ds = simulate(SCENARIOS / "richardson.toml").dataset
    arms = ds["armaments"]
    stable = 10 + (5 - 10) * np.exp(-0.1 * ds["time"])
    runaway = -20 + (5 + 20) * np.exp(0.05 * ds["time"])
    np.testing.assert_allclose(arms.sel(variant="stable", state="A"), stable, rtol=1e-5)
    np.testing.assert_allclose(arms.sel(variant="runaway", state="B"), runaway, rtol=1e-5)
    matrix = np.array([[0.25, -0.30], [-0.05, 0.25]])
    rest = np.linalg.solve(matrix, [1.0, 1.0])
    np.testing.assert_allclose(arms.sel(variant="unequal").isel(time=-1), rest, rtol=5e-3)


def test_predators_and_prey_keep_volterras_invariant() -> None:
    ds = simulate(SCENARIOS / "predator_prey.toml").dataset
    invariant = ds["invariant"]
    assert float(invariant.max() - invariant.min()) < 1e-6 * float(abs(invariant).max())
    assert float(ds["prey"].max()) > 60
    assert float(ds["prey"].min()) < 40
