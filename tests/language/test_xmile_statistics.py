"""XMILE's and Stella's random functions, by the distributions that they name; those that are not random by hand."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sdrun.errors import ModelError
from sdrun.pipeline import simulate

DT, STEPS = 0.5, 4000
CONTINUOUS = {
    "EXPRND(2)": stats.expon(scale=2),
    "LOGNORMAL(0.5, 0.25)": stats.lognorm(0.25, scale=np.exp(0.5)),
    "NORMAL(10, 3, 7)": stats.norm(10, 3),
    "NORMAL(10, 3, 7, 9, 14)": stats.truncnorm(-1 / 3, 4 / 3, 10, 3),
    "RANDOM(-1, 4)": stats.uniform(-1, 5),
    "UNIFORM(-1, 4, 3)": stats.uniform(-1, 5),
    "BETA(2, 5)": stats.beta(2, 5),
    "GAMMA(3)": stats.gamma(3),
    "GAMMA(3, 2, 5)": stats.gamma(3, scale=2),
    "LOGISTIC(1, 2)": stats.logistic(1, 2),
    "PARETO(3, 2)": stats.pareto(3, scale=2),
    "TRIANGULAR(1, 2, 5)": stats.triang(0.25, 1, 4),
    "WEIBULL(1.5, 2)": stats.weibull_min(1.5, scale=2),
}
THREE = stats.poisson(6 * DT)
DISCRETE = {
    "POISSON(6)": THREE,
    "POISSON(6, 1, 2, 4)": stats.rv_discrete(values=((2, 3, 4), THREE.pmf([2, 3, 4]) / THREE.pmf([2, 3, 4]).sum())),
    "BINOMIAL(8, 0.3)": stats.binom(8, 0.3),
    "MONTECARLO(40)": stats.bernoulli(0.4 * DT),
}
IN_MACHINE_CODE = [name for name in CONTINUOUS if not name.startswith(("BETA", "GAMMA"))]


def written(folder: Path, *equations: str, stop: float = STEPS * DT) -> Path:
    """A model with variables y0, y1 ... and a graphical function."""
    variables = "".join(f'<aux name="y{k}"><eqn>{equation}</eqn></aux>' for k, equation in enumerate(equations))
    gf = '<gf name="curve"><xscale min="0" max="4"/><ypts>0,1,4</ypts></gf>'
    path = folder / "model.xmile"
    times = f"<sim_specs><start>0</start><stop>{stop}</stop><dt>{DT}</dt></sim_specs>"
    path.write_text(
        '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><header><vendor>sdrun</vendor>'
        f'<product version="1.0">tests</product></header>{times}<model><variables>{gf}{variables}</variables></model></xmile>'
    )
    return path


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    equations = [*CONTINUOUS, *DISCRETE]
    ds = simulate({"model": {"file": str(written(tmp_path_factory.mktemp("drawn"), *equations))}}).dataset
    return {equation: ds[f"y{k}"].values for k, equation in enumerate(equations)}


@pytest.mark.parametrize("equation", CONTINUOUS)
def test_continuous_distributions(equation: str, drawn: dict[str, np.ndarray]) -> None:
    assert stats.kstest(drawn[equation], CONTINUOUS[equation].cdf).pvalue > 0.001


@pytest.mark.parametrize("equation", DISCRETE)
def test_discrete_distributions(equation: str, drawn: dict[str, np.ndarray]) -> None:
    values, counts = np.unique(drawn[equation], return_counts=True)
    expected = DISCRETE[equation].pmf(values) * counts.sum()
    often = expected > 5
    assert counts[~often].sum() <= 5 * max(1.0, expected[~often].sum())
    assert stats.chisquare(counts[often], expected[often] * counts[often].sum() / expected[often].sum()).pvalue > 0.001


def test_what_is_not_random(tmp_path: Path) -> None:
    wanted = {
        "FACTORIAL(TIME + 5)": [120, 720],
        "COMBINATIONS(TIME + 5, 3)": [10, 20],
        "PERMUTATIONS(TIME + 5, 3)": [60, 120],
        "EXP(GAMMALN(TIME + 5))": [24, 120],
        "NORMALCDF(-1.959963984540054, 1.959963984540054 + 0 * TIME)": [0.95, 0.95],
        "NORMALCDF(8, 12, 10, 2 + 0 * TIME)": [0.6826894921370859] * 2,
        "INVNORM(0.975)": [1.959963984540054] * 2,
        "ROOTN(27, 3 + TIME)": [3, 27**0.25],
        "LOOKUPINV(curve, 1 + TIME)": [2, 2 + 2 / 3],
        "LOOKUP_FORWARD(curve, 2.5 + TIME)": [4, 4],
        "LOOKUP_BACKWARD(curve, 2.5 + TIME)": [1, 1],
        "LOOKUP_EXTRAPOLATE(curve, 4 + TIME)": [4, 5.5],
        "IF LOOKUPINV(curve, 9 + TIME) = NAN THEN 1 ELSE 0": [1, 1],
    }
    ds = simulate({"model": {"file": str(written(tmp_path, *wanted, stop=1.0))}}).dataset
    for k, (equation, values) in enumerate(wanted.items()):
        found = np.broadcast_to(ds[f"y{k}"].values, 3)
        np.testing.assert_allclose(found[[0, 2]], values, rtol=1e-12, err_msg=equation)


def test_machine_code_draws_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, *IN_MACHINE_CODE, "MONTECARLO(40)", "INVNORM(RANDOM(0, 1))", stop=50.0)
    by_numpy, by_llvm = (
        simulate({"model": {"file": str(path)}, "solver": {"engine": engine}}).dataset for engine in ("numpy", "llvm")
    )
    for name in (f"y{k}" for k in range(len(IN_MACHINE_CODE) + 2)):
        np.testing.assert_allclose(by_llvm[name], by_numpy[name], rtol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("NORMAL(1)", "NORMAL does not take 1 arguments"),
        ("LOOKUPINV(1, 2)", "LOOKUPINV takes the name of a graphical function, and a value"),
        ("LOOKUPINV(y0, 2)", "'y0' is no graphical function"),
    ],
)
def test_refusals(tmp_path: Path, equation: str, said: str) -> None:
    with pytest.raises(ModelError, match=said.replace("(", r"\(")):
        simulate({"model": {"file": str(written(tmp_path, equation))}})
