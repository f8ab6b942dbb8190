"""exp, log and power against 60 digits over the whole range, and at the edges against NumPy."""

import numpy as np
import pytest
from coefficients import exp_coefficients, log_coefficients, power_coefficients
from mpmath import mp, mpf
from programs import elementwise

from sdrun.lanes import elementary
from sdrun.lanes.elementary import LIBM

RNG = np.random.default_rng(20261124)
MANY = 1500
EDGES = np.array(
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        -2.0,
        0.5,
        -0.5,
        3.0,
        -3.0,
        np.inf,
        -np.inf,
        np.nan,
        1e308,
        -1e308,
        5e-324,
        -5e-324,
        2.0**53,
        2.0**53 + 2,
        1e-310,
        2.0**-1022,
        0.1,
        -0.1,
        1023.5,
        -1074.0,
        -1075.0,
        709.8,
        710.0,
        -745.2,
        -746.0,
        1.5,
        1e5,
        -1e5,
    ]
)
WHERE = {
    "exp": [(RNG.uniform(-745, 709.7, MANY),), (RNG.uniform(-2, 2, MANY),), (RNG.uniform(-745.1, -708, 300),)],
    "log": [
        (np.exp(RNG.uniform(-744, 709, MANY)),),
        (RNG.uniform(0.5, 2, MANY),),
        (1 + RNG.uniform(-1e-4, 1e-4, MANY),),
        (5e-324 * np.arange(1, 60),),
    ],
    "power": [
        (np.exp(RNG.uniform(-20, 20, MANY)), RNG.uniform(-20, 20, MANY)),
        (RNG.uniform(0.5, 2, MANY), RNG.uniform(-500, 500, MANY)),
        (np.exp(RNG.uniform(-700, 700, MANY)), RNG.uniform(-1, 1, MANY)),
        (1 + RNG.uniform(-1e-3, 1e-3, MANY), RNG.uniform(-1e5, 1e5, MANY)),
    ],
}
OPERANDS = {"exp": 1, "log": 1, "power": 2}
EXACT = {"exp": mp.exp, "log": mp.log, "power": mp.power}
ULPS = {"exp": 1.0, "log": 1.0, "power": 1.5}
"""Largest error, in units of the last place of the result."""


def ulps(found: float, exact: mpf) -> float:
    nearest = float(exact)
    if not np.isfinite(nearest) or not np.isfinite(found):
        return 0.0 if found == nearest else np.inf
    return float(abs((mpf(found) - exact) / mpf(float(np.spacing(abs(nearest))))))


@pytest.mark.parametrize("name", EXACT)
def test_errors_are_below_an_ulp_or_so(name: str) -> None:
    function = elementwise(lambda f, *x: f.call(name, *x), OPERANDS[name])
    with mp.workprec(160):
        for arrays in WHERE[name]:
            exact = [EXACT[name](*map(mpf, map(float, point))) for point in zip(*arrays, strict=True)]
            worst = max(map(ulps, map(float, function(*arrays)), exact))
            assert worst <= ULPS[name], f"{worst} ulp"


@pytest.mark.parametrize("width", [2, 4, 8, 16])
@pytest.mark.parametrize("name", EXACT)
def test_edges_are_those_of_numpy(name: str, width: int) -> None:
    points = [array.ravel() for array in np.meshgrid(*[EDGES] * OPERANDS[name])]
    found = elementwise(lambda f, *x: f.call(name, *x), OPERANDS[name], width)(*points)
    with np.errstate(all="ignore"):
        wanted = getattr(np, name)(*points)
    np.testing.assert_allclose(found, wanted, rtol=4e-16, atol=5e-324)
    kept = ~np.isnan(wanted)
    assert (np.signbit(found) == np.signbit(wanted))[kept].all()


@pytest.mark.parametrize("name", LIBM)
def test_the_others_are_those_of_c(name: str) -> None:
    x = np.append(RNG.uniform(-1, 1, 100), [0.0, np.nan])
    np.testing.assert_allclose(elementwise(lambda f, a: f.call(name, a), 1)(x), getattr(np, name)(x), rtol=1e-15)


def test_coefficients_are_those_of_the_script() -> None:
    assert exp_coefficients() == elementary.EXP
    assert log_coefficients() == elementary.LOG
    assert power_coefficients() == elementary.POWER
