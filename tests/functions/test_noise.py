"""Random numbers: their distributions, that they are independent, that both engines and every company give the same."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import sdrun
import sdrun.errors
from sdrun.functions import PURE, RANDOM, noise
from sdrun.pipeline import simulate

N = 20_000
U = noise.draw(1.0, 2.0, 3.0, 4.0, 5.0, np.arange(float(N)))
LOW, HIGH = -1e9, 1e9
CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 200 ~~|\nTIME STEP = 0.5 ~~|\nSAVEPER = TIME STEP ~~|\n"


@pytest.mark.parametrize("word", range(6))
def test_draws_are_uniform_and_those_of_neighbours_independent(word: int) -> None:
    """Along each of the words; neighbouring numbers must not show."""
    words = [7.0] * 6
    words[word] = np.arange(float(N))  # type: ignore[call-overload]
    u = np.asarray(noise.draw(*words))
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    for lag in (1, 2, 7):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 4 / np.sqrt(N)
    pairs = np.histogram2d(u[:-1], u[1:], bins=10, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(pairs.ravel()).pvalue > 1e-3


DISTRIBUTIONS = {
    "_uniform": ((2.0, 5.0), stats.uniform(2, 3)),
    "_normal": ((LOW, HIGH, 3.0, 2.0), stats.norm(3, 2)),
    "_exponential": ((LOW, HIGH, 1.0, 2.0), stats.expon(1, 2)),
    "_weibull": ((LOW, HIGH, 1.7, 1.0, 2.0), stats.weibull_min(1.7, 1, 2)),
    "_triangular": ((LOW, HIGH, 1.0, 2.0, 5.0), stats.triang(0.25, 1, 4)),
    "_gamma": ((LOW, HIGH, 2.5, 1.0, 2.0), stats.gamma(2.5, 1, 2)),
    "_beta": ((LOW, HIGH, 2.0, 3.0, 1.0, 2.0), stats.beta(2, 3, 1, 2)),
    "_binomial": ((LOW, HIGH, 0.3, 20.0, 0.0, 1.0), stats.binom(20, 0.3)),
    "_negative_binomial": ((LOW, HIGH, 0.3, 5.0, 0.0, 1.0), stats.nbinom(5, 0.3)),
    "_poisson": ((LOW, HIGH, 3.5, 0.0, 1.0), stats.poisson(3.5)),
}


def test_every_distribution_is_here() -> None:
    assert {*DISTRIBUTIONS} == {*RANDOM.values()}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_distribution_is_scipys_quantile(name: str) -> None:
    arguments, wanted = DISTRIBUTIONS[name]
    np.testing.assert_allclose(PURE[name].function(U, *arguments), wanted.ppf(U), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in DISTRIBUTIONS if name != "_uniform"])
def test_it_is_truncated_not_clipped(name: str) -> None:
    """Between its quarters it is what lies between them, and none of it heaps up at the ends."""
    arguments, wanted = DISTRIBUTIONS[name]
    low, high = wanted.ppf(0.25), wanted.ppf(0.75)
    found = PURE[name].function(U, low, high, *arguments[2:])
    assert low <= found.min() and found.max() <= high
    below, above = wanted.cdf(np.nextafter(low, -np.inf)), wanted.cdf(high)
    np.testing.assert_allclose(found, wanted.ppf(below + (above - below) * U), rtol=1e-9, atol=1e-9)


def test_the_normal_distribution_to_the_last_digits() -> None:
    x = np.linspace(-37, 37, 20001)
    np.testing.assert_allclose(noise.normal_cdf(x), stats.norm.cdf(x), rtol=1e-12, atol=2e-15)
    p = np.concatenate([np.geomspace(1e-300, 0.5, 5000), 1 - np.geomspace(1e-15, 0.5, 500)])
    np.testing.assert_allclose(noise.normal_quantile(p), stats.norm.ppf(p), rtol=1e-12, atol=1e-14)


MODEL = """
region: north, south ~~|
plain[region] = RANDOM UNIFORM(0, 1, 0) ~~|
twice = RANDOM UNIFORM(0, 1, 0) - RANDOM UNIFORM(0, 1, 0) ~~|
normal = RANDOM NORMAL(-6, 6, 0, 1, 3) ~~|
pink = RANDOM PINK NOISE(5, 2, 10, 1) ~~|
walk = INTEG(normal, 0) ~~|
skewed = RANDOM TRIANGULAR(0, 9, 1, 2, 5, 0) + RANDOM EXPONENTIAL(0, 9, 1, 2, 0) + RANDOM WEIBULL(0, 9, 2, 0, 1, 0) ~~|
"""


def written(folder: Path, text: str = MODEL) -> Path:
    path = folder / "noise.mdl"
    path.write_text("{UTF-8}\n" + text + CONTROLS, encoding="utf-8")
    return path


def sweep(path: Path, engine: str = "llvm", solver: str = "euler", **sweep: object) -> dict:
    """A factor below 1 leaves the noise seed 0."""
    return {
        "model": {"file": str(path)},
        "solver": {"method": solver, "engine": engine},
        "sweep": {"method": "random", "samples": 6, "seed": 5, "parameters": {"noise seed": {"low": 0, "high": 0.5}}, **sweep},
        "output": {"variables": ["plain", "twice", "normal", "pink", "walk", "skewed"], "precision": "float64"},
    }


def test_samples_differ_and_so_do_elements_calls_and_steps(tmp_path: Path) -> None:
    ds = simulate(sweep(written(tmp_path))).dataset
    series = [ds["plain"].sel(region=name, sample=k).values for name in ("north", "south") for k in range(6)]
    series += [ds["normal"].sel(sample=k).values for k in range(6)]
    correlations = np.corrcoef(series) - np.eye(len(series))
    assert np.abs(correlations).max() < 5 / np.sqrt(len(series[0]))
    assert np.abs(ds["twice"]).min() > 0


def test_engines_methods_and_company_change_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = simulate(sweep(path)).dataset
    for other in (
        simulate(sweep(path, engine="numpy")).dataset,
        simulate(sweep(path, samples=3)).dataset,
        simulate(sweep(path, solver="rk4")).dataset,
    ):
        for name in ("plain", "twice", "normal", "skewed"):
            np.testing.assert_allclose(other[name], whole[name].isel(sample=slice(other.sizes["sample"])), rtol=1e-12)
    adaptive = simulate(sweep(path, solver="RK45")).dataset
    for name in ("plain", "normal"):
        np.testing.assert_allclose(adaptive[name].isel(time=slice(-1)), whole[name].isel(time=slice(-1)), rtol=1e-12)
    np.testing.assert_allclose(adaptive["walk"], whole["walk"], rtol=1e-9, atol=1e-9)


def test_seeds_change_all_of_it_and_other_equations_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    first = sdrun.run(path, **{"solver.method": "euler"})
    again = sdrun.run(path, **{"solver.method": "euler"})
    np.testing.assert_array_equal(first["normal"], again["normal"])
    other = sdrun.run(path, noise_seed=1, **{"solver.method": "euler"})
    assert (first["normal"] != other["normal"]).all()
    assert (simulate(sweep(path)).dataset["normal"] != simulate(sweep(path, seed=6)).dataset["normal"]).all()
    (tmp_path / "more").mkdir()
    more = sdrun.run(written(tmp_path / "more", "new = RANDOM 0 1() ~~|\n" + MODEL), **{"solver.method": "euler"})
    np.testing.assert_array_equal(first["normal"], more["normal"])


def test_pink_noise_has_its_mean_spread_and_memory(tmp_path: Path) -> None:
    """An autoregression of first order: its correlation falls by 1 - dt / tau a step."""
    pink = simulate(sweep(written(tmp_path), samples=400)).dataset["pink"].values
    assert pink.mean() == pytest.approx(5, abs=0.1) and pink.std() == pytest.approx(2, rel=0.03)
    centred = pink - pink.mean()
    for lag in (1, 10, 40):
        found = (centred[:, :-lag] * centred[:, lag:]).mean() / centred.var()
        assert found == pytest.approx((1 - 0.5 / 10) ** lag, abs=0.04)


def test_what_has_no_machine_code_goes_to_numpy(tmp_path: Path) -> None:
    path = written(tmp_path, "n = RANDOM POISSON(0, 100, 3, 0, 1, 0) ~~|\n")
    found = simulate(sweep(path, engine="auto") | {"output": {"variables": ["n"]}}).dataset["n"].values
    assert found.mean() == pytest.approx(3, abs=0.2) and (found == np.round(found)).all()
    with pytest.raises(sdrun.errors.ScenarioError, match="the model uses RANDOM POISSON"):
        simulate(sweep(path) | {"output": {"variables": ["n"]}})
