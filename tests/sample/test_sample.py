"""Designs and distributions over their tables: range, seed, growth, and marginals against SciPy."""

import numpy as np
import pytest
from scipy import stats

from sdrun.sample import DESIGNS, INVERSES, draw
from sdrun.sweep import (
    BLOCKS,
    CHOICES,
    DISTRIBUTIONS,
    RANDOM_DESIGNS,
    THEORY,
    VALUES,
    Correlation,
    Factor,
    Sweep,
    theory_names,
)
from sdrun.sweep import DESIGNS as NAMES

EXAMPLES = {
    "uniform": ({"low": -2.0, "high": 3.0}, stats.uniform(-2, 5)),
    "loguniform": ({"low": 0.1, "high": 100.0}, stats.loguniform(0.1, 100)),
    "normal": ({"mean": 4.0, "sd": 0.5}, stats.norm(4, 0.5)),
    "truncated normal": ({"mean": 1.0, "sd": 2.0, "low": 0.0, "high": 2.5}, stats.truncnorm(-0.5, 0.75, 1, 2)),
    "triangular": ({"low": 1.0, "mode": 3.0, "high": 8.0}, stats.triang(2 / 7, 1, 7)),
    "beta": ({"alpha": 2.0, "beta": 5.0, "low": 0.0, "high": 0.8}, stats.beta(2, 5, 0, 0.8)),
}


SPREAD = [method for method in RANDOM_DESIGNS if method not in BLOCKS]
"""Designs whose every sample is as good as another."""


def points(method: str, size: int, seed: int = 7, factors: int = 3) -> np.ndarray:
    return DESIGNS[method].points([0] * factors, size, seed)


def test_the_tables_are_those_of_the_nouns() -> None:
    assert tuple(DESIGNS) == NAMES
    assert list(INVERSES) == list(DISTRIBUTIONS) == [*EXAMPLES, "theory"]


@pytest.mark.parametrize("method", SPREAD)
@pytest.mark.parametrize("size", [2, 60, 64])
def test_points_fill_the_unit_cube_evenly(method: str, size: int) -> None:
    found = points(method, size)
    assert found.shape == (3, size)
    assert (found >= 0).all() and (found < 1).all()
    assert len(np.unique(found, axis=1).T) == size
    assert abs(points(method, 4096).mean(axis=1) - 0.5).max() < 0.02, "the mean of 4096 uniform numbers errs by 0.0045"


@pytest.mark.parametrize("method", RANDOM_DESIGNS)
def test_the_seed_decides(method: str) -> None:
    assert np.array_equal(points(method, 32), points(method, 32))
    assert not np.array_equal(points(method, 32), points(method, 32, seed=8))


@pytest.mark.parametrize("method", RANDOM_DESIGNS)
def test_a_design_that_grows_keeps_its_first_samples(method: str) -> None:
    kept = np.array_equal(points(method, 20), points(method, 333)[:, :20])
    assert kept == DESIGNS[method].grows
    assert DESIGNS[method].grows == (method != "lhs")


KEPT = {
    "random": [0.519718328635, 0.263220586011, 0.371993132164],
    "lhs": [0.12563108625, 0.244500125973, 0.810888235846],
    "sobol": [0.314082881436, 0.369927934371, 0.265848795883],
    "halton": [0.317679031522, 0.692156943382, 0.662241545705],
    "morris": [1.0, 0.666666666667, 1.0],
    "saltelli": [0.677905760705, 0.728981550783, 0.581825679168],
}
"""Sample 21 of 24 of three factors, seed 7: another one would make every sweep that was ever run another sweep."""


@pytest.mark.parametrize("method", RANDOM_DESIGNS)
def test_samples_stay_what_they_are(method: str) -> None:
    np.testing.assert_allclose(points(method, 24)[:, 21], KEPT[method], atol=1e-12)


@pytest.mark.parametrize("method", [method for method in RANDOM_DESIGNS if DESIGNS[method].grows])
def test_what_is_drawn_grows_too(method: str) -> None:
    """Values, and steps of trajectories: sample by sample, whatever factors there are and however they go together."""
    factors = (
        Factor(name="a", kind="triangular", arguments={"low": 0.0, "mode": 1.0, "high": 3.0}),
        Factor(name=THEORY, kind=CHOICES, values=("x", "y", "z")),
        Factor(name="b", kind="theory", arguments={"low": 0.0, "high": 1.0}, ranges={"y": (2.0, 3.0)}),
    )
    together = () if method in BLOCKS else (Correlation(between=("a", "b"), value=-0.5),)
    few, many = (draw(Sweep(method=method, samples=n, seed=4, factors=factors, correlations=together)) for n in (24, 800))
    assert np.array_equal(few.values, many.values[:, :24])
    if few.steps is not None and many.steps is not None:
        assert np.array_equal(few.steps.factor, many.steps.factor[:24]) and np.array_equal(few.steps.by, many.steps.by[:24])


def test_a_latin_hypercube_has_one_sample_in_each_stratum() -> None:
    for row in points("lhs", 50):
        assert sorted((row * 50).astype(int)) == list(range(50))


def test_sobols_points_are_balanced() -> None:
    """Of 64 points each of 8 x 8 boxes in any two dimensions of a (0, 6, 2)-net holds one; Sobol's first two are one."""
    boxes = (points("sobol", 64, factors=2) * 8).astype(int)
    assert len(np.unique(boxes, axis=1).T) == 64


@pytest.mark.parametrize("kind", EXAMPLES)
@pytest.mark.parametrize("method", SPREAD)
def test_marginals(kind: str, method: str) -> None:
    """Kolmogorov and Smirnov's distance to SciPy's distribution."""
    arguments, expected = EXAMPLES[kind]
    sweep = Sweep(method=method, samples=512, seed=3, factors=(Factor(name="x", kind=kind, arguments=arguments),) * 2)
    for row in draw(sweep).values:
        assert np.isfinite(row).all()
        assert stats.kstest(row, expected.cdf).pvalue > 1e-4
        assert expected.support()[0] <= row.min() and row.max() <= expected.support()[1]


def test_unbounded_distributions_stay_finite_at_the_ends_of_the_interval() -> None:
    from sdrun.sample.distributions import factor_values

    factor = Factor(name="x", kind="normal", arguments={"mean": 0.0, "sd": 1.0})
    found = factor_values(factor, np.array([0.0, 0.5, 1 - 2**-53]))
    assert np.isfinite(found).all() and found[0] == pytest.approx(-found[2]) and found[1] == 0


@pytest.mark.parametrize("kind", [kind for kind in EXAMPLES if kind != "normal"])
def test_the_ends_of_the_interval_are_the_ends_of_a_bounded_distribution(kind: str) -> None:
    from sdrun.sample.distributions import factor_values

    arguments, _ = EXAMPLES[kind]
    found = factor_values(Factor(name="x", kind=kind, arguments=arguments), np.array([0.0, 1.0]))
    assert found.tolist() == pytest.approx([arguments["low"], arguments["high"]], rel=1e-15)
    assert arguments["low"] <= found[0] and found[1] <= arguments["high"]


def test_a_grid_has_every_combination_once() -> None:
    values = ((0.1, 0.2, 0.3), (5.0, 7.0))
    grid = draw(
        Sweep(method="grid", factors=tuple(Factor(name=f"x{i}", kind=VALUES, values=row) for i, row in enumerate(values)))
    )
    assert grid.values.T.tolist() == [[a, b] for a in values[0] for b in values[1]]
    large = draw(Sweep(method="grid", factors=(Factor(name="x", kind=VALUES, values=tuple(np.arange(1000.0))),)))
    assert large.values[0].tolist() == list(range(1000))


def test_a_list_goes_through_its_values_side_by_side() -> None:
    factors = (
        Factor(name="x", kind=VALUES, values=(3.0, 1.0, 2.0)),
        Factor(name=THEORY, kind=VALUES, values=("waltz", "walt", "waltz")),
    )
    found = draw(Sweep(method="list", factors=factors))
    assert found.values[0].tolist() == [3, 1, 2]
    assert theory_names(found) == ("waltz", "walt", "waltz")
    assert found.size == 3


@pytest.mark.parametrize("method", RANDOM_DESIGNS)
def test_choices_are_equally_likely(method: str) -> None:
    factor = Factor(name=THEORY, kind=CHOICES, values=("a", "b", "c"))
    chosen = theory_names(draw(Sweep(method=method, samples=3000, seed=1, factors=(factor,))))
    assert {name: chosen.count(name) for name in "abc"} == pytest.approx({name: 1000 for name in "abc"}, abs=100)
