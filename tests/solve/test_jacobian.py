"""The Jacobian by finite differences, and what implicit methods make of it."""

import numpy as np
import pytest

from sdrun.solve import integrate, jacobian

IMPLICIT = ["Radau", "BDF", "LSODA"]


def robertson(t, mode, dt, y, p):
    """Three reactions with rates nine orders of magnitude apart."""
    slow, fast, fastest = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return np.array([fast - slow, slow - fast - fastest, fastest])


@pytest.mark.parametrize("at_once", [1, 6, 2**18])
def test_jacobian_equals_the_analytic_one(monkeypatch, at_once):
    monkeypatch.setattr(jacobian, "AT_ONCE", at_once)
    y = np.array([0.7, 9e-6, -0.3])
    found = jacobian.jacobian(lambda t, y: robertson(t, t, 0, y, None), 0.0, y, 1e-6)
    exact = [
        [-0.04, 1e4 * y[2], 1e4 * y[1]],
        [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]],
        [0.0, 6e7 * y[1], 0.0],
    ]
    np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-6)


def test_increments_lead_away_from_zero():
    seen = []

    def f(t, y):
        seen.append(y.copy())
        return y

    jacobian.jacobian(f, 0.0, np.array([2.0, -3.0, 0.0]), 1e-3)
    change = np.diag(seen[1]) - [2.0, -3.0, 0.0]
    assert np.sign(change).tolist() == [1, -1, 1]
    assert np.abs(change) == pytest.approx(1.5e-8 * np.array([2, 3, 1e-3]), rel=0.02)


@pytest.mark.parametrize("method", IMPLICIT)
def test_robertson(system_of, setup_of, method):
    """Reference: Hairer and Wanner, Solving Ordinary Differential Equations II, the problem ROBER at t = 40."""
    system = system_of(robertson, lambda p: [1.0, 0.0, 0.0], stocks=3)
    history = integrate(system, setup_of(method, [], [0, 40], rtol=1e-7, atol=1e-12))
    expected = [0.7158270688, 0.9185534765e-5, 0.2841637457]
    np.testing.assert_allclose(history.values["y"][:, -1, 0], expected, rtol=3e-6)
    assert history.evaluations < 2500


@pytest.mark.parametrize("method", IMPLICIT)
def test_a_jacobian_in_one_call_saves_calls(system_of, setup_of, method):
    """Heat along a rod of 60 stocks, heated by a sine; SciPy alone would ask for one column at a time."""
    from scipy.integrate import solve_ivp

    matrix = 3600.0 * (np.eye(60, k=1) - 2 * np.eye(60) + np.eye(60, k=-1))
    system = system_of(
        lambda t, mode, dt, y, p: matrix @ y + 100 * np.sin(t) * y**0, lambda p: [0.5 + 0.01 * i for i in range(60)], stocks=60
    )
    times, start = np.linspace(0, 10, 11), 0.5 + 0.01 * np.arange(60)
    history = integrate(system, setup_of(method, [], times, rtol=1e-6, atol=1e-9))
    with np.errstate(invalid="ignore"):  # SciPy's BDF subtracts rows that it has not filled yet, whatever lies in them
        alone, columnwise = (
            solve_ivp(lambda t, y: matrix @ y + 100 * np.sin(t), (0, 10), start, method, times, rtol=rtol, atol=atol)
            for rtol, atol in ((1e-10, 1e-12), (1e-6, 1e-9))
        )
    np.testing.assert_allclose(history.values["y"][:, :, 0], alone.y, rtol=1e-4, atol=1e-6)
    made = columnwise.nfev + (0 if method == "LSODA" else 60 * columnwise.njev)
    assert history.evaluations < made
