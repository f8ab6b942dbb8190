"""Correlated factors: each keeps its distribution, and ranks go together as the Gaussian copula says."""

import numpy as np
import pytest
from scipy import stats

from sdrun.sample import draw
from sdrun.sweep import Correlation, Factor, Sweep

FACTORS = (
    Factor(name="a", kind="uniform", arguments={"low": 0.0, "high": 1.0}),
    Factor(name="b", kind="loguniform", arguments={"low": 0.1, "high": 100.0}),
    Factor(name="c", kind="normal", arguments={"mean": 4.0, "sd": 2.0}),
    Factor(name="d", kind="triangular", arguments={"low": 1.0, "mode": 3.0, "high": 8.0}),
)
EXPECTED = (stats.uniform(), stats.loguniform(0.1, 100), stats.norm(4, 2), stats.triang(2 / 7, 1, 7))

FREE = ("random", "lhs", "sobol", "halton")


def drawn(*together: Correlation, method: str = "sobol", samples: int = 8192) -> np.ndarray:
    return draw(Sweep(method=method, samples=samples, seed=3, factors=FACTORS, correlations=together)).values


def spearman(r: float) -> float:
    """Of a Gaussian copula: Pearson 1907."""
    return 6 / np.pi * np.arcsin(r / 2)


@pytest.mark.parametrize("method", FREE)
@pytest.mark.parametrize("r", [0.6, -0.9, 0.05])
def test_marginals_stay_and_rank_correlation_is_what_theory_says(method: str, r: float) -> None:
    found = drawn(Correlation(between=("a", "c"), value=r), method=method)
    for row, expected in zip(found, EXPECTED, strict=True):
        assert stats.kstest(row, expected.cdf).pvalue > 1e-3
    error = 0.045 if method in ("random", "lhs") else 0.012  # four standard deviations of 8192 independent pairs
    ranks = stats.spearmanr(found.T).statistic
    assert ranks[0, 2] == pytest.approx(spearman(r), abs=error)
    assert abs(ranks[[0, 0, 1, 1, 2], [1, 3, 2, 3, 3]]).max() < error, "all others stay independent"


def test_what_goes_with_nothing_is_untouched_and_the_first_keeps_its_points() -> None:
    free, found = drawn(), drawn(Correlation(between=("b", "d"), value=0.8))
    np.testing.assert_array_equal(found[[0, 2]], free[[0, 2]])
    np.testing.assert_array_equal(found[1], free[1])
    assert not np.allclose(found[3], free[3])


def test_several_together() -> None:
    """`between` of three is each two of them; a fourth goes with one alone."""
    together = Correlation(between=("c", "a", "b"), value=0.5), Correlation(between=("d", "a"), value=-0.4)
    ranks = stats.spearmanr(drawn(*together).T).statistic
    expected = {(0, 1): 0.5, (0, 2): 0.5, (1, 2): 0.5, (0, 3): -0.4, (1, 3): 0, (2, 3): 0}
    for pair, r in expected.items():
        assert ranks[pair] == pytest.approx(spearman(r), abs=0.015)


@pytest.mark.parametrize("r", [1.0, -1.0])
def test_factors_that_move_as_one(r: float) -> None:
    """A singular matrix."""
    found = drawn(Correlation(between=("a", "b"), value=r), samples=256)
    assert stats.spearmanr(found[0], found[1]).statistic == pytest.approx(r, abs=1e-6)
