"""Every method has the order, or follows the tolerance, that its row in SOLVERS promises."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from sdrun.solve import SOLVERS, integrate

FIXED = [name for name, method in SOLVERS.items() if not method.adaptive]
ADAPTIVE = [name for name, method in SOLVERS.items() if method.adaptive]
TIMES = np.linspace(0.0, 4.0, 9)


@dataclass(frozen=True)
class Truth:
    """A system whose error can be told without another solver."""

    rhs: Callable[..., Any]
    start: tuple[float, ...]
    error: Callable[[np.ndarray, np.ndarray], float]
    """(times, stocks by times) -> largest error."""


def against(solution: Callable[[np.ndarray], Any]) -> Callable[[np.ndarray, np.ndarray], float]:
    """Largest distance to the solution."""
    return lambda t, y: float(np.max(np.abs(y - np.array(solution(t)))))


def drift(t: np.ndarray, y: np.ndarray) -> float:
    """Largest change of Lotka and Volterra's invariant."""
    invariant = y[0] - np.log(y[0]) + y[1] - 2 * np.log(y[1])
    return float(np.max(np.abs(invariant - invariant[0])))


def spiral(t: np.ndarray) -> list[np.ndarray]:
    """exp(At) (1, 0) for A = [[-0.2, -2], [2, -0.2]]."""
    return [np.exp(-0.2 * t) * np.cos(2 * t), np.exp(-0.2 * t) * np.sin(2 * t)]


TRUTHS = {
    "exponential": Truth(lambda t, m, dt, y, p: [-y[0]], (1.0,), against(lambda t: [np.exp(-t)])),
    "logistic": Truth(lambda t, m, dt, y, p: [y[0] * (1 - y[0])], (0.1,), against(lambda t: [1 / (1 + 9 * np.exp(-t))])),
    "clock": Truth(lambda t, m, dt, y, p: [np.cos(3 * t) * y[0]], (1.0,), against(lambda t: [np.exp(np.sin(3 * t) / 3)])),
    "spiral": Truth(lambda t, m, dt, y, p: [-0.2 * y[0] - 2 * y[1], 2 * y[0] - 0.2 * y[1]], (1.0, 0.0), against(spiral)),
    "predator and prey": Truth(lambda t, m, dt, y, p: [2 * y[0] - y[0] * y[1], y[0] * y[1] - y[1]], (1.5, 1.0), drift),
}


@pytest.fixture
def error_of(system_of, setup_of):
    """Error of a method on a truth."""

    def error(truth: Truth, method: str, **options: float) -> float:
        system = system_of(truth.rhs, lambda p: truth.start, stocks=len(truth.start))
        history = integrate(system, setup_of(method, [], TIMES, **options))
        return truth.error(TIMES, history.values["y"][:, :, 0])

    return error


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS)
@pytest.mark.parametrize("method", FIXED)
def test_halving_the_step_divides_the_error_by_two_to_the_order(error_of, method, truth):
    steps = 2.0 ** -np.arange(6, 9)
    errors = [error_of(truth, method, step=float(step)) for step in steps]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert np.all(np.abs(orders - SOLVERS[method].order) < 0.12)


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS)
@pytest.mark.parametrize("method", ADAPTIVE)
def test_error_follows_tolerance(error_of, method, truth):
    tolerances = np.array([1e-4, 1e-6, 1e-8, 1e-10])
    errors = np.array([error_of(truth, method, rtol=rtol, atol=rtol) for rtol in tolerances.tolist()])
    assert np.all(errors < 300 * tolerances)
    assert np.all(errors[1:] < errors[:-1] / 5)


def test_every_method_of_scipy_has_a_row():
    from scipy.integrate import _ivp

    assert set(ADAPTIVE) == set(_ivp.ivp.METHODS)
