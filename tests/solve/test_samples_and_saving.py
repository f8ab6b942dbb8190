"""Samples do not touch one another, and what is saved is what the system gives at that time."""

from dataclasses import replace

import numpy as np
import pytest

from sdrun.solve import SOLVERS, integrate, recording

every = pytest.mark.parametrize("method", SOLVERS)
TIMES = np.linspace(0.0, 10.0, 21)


@pytest.fixture
def hunting(system_of):
    """Predator and prey, with a switch set by a parameter; w depends on everything."""

    def rhs(t, mode, dt, y, p):
        return [p[0] * y[0] - y[0] * y[1], y[0] * y[1] - y[1] - 0.2 * (np.add(mode, dt / 2) > p[1])]

    def watched(t, mode, dt, y, p):
        return y[0] + 10 * y[1] + t + (np.add(mode, dt / 2) > p[1])

    return system_of(rhs, lambda p: [1.5, 1.0], stocks=2, breaks=lambda p: [p[1]], watched=watched)


@every
def test_a_batch_equals_its_samples_one_by_one(hunting, setup_of, jump, method):
    p, jumps = [[1.0, 1.5, 2.0], [3.0, 4.5, 11.0]], [jump(6.3, "stocks", "multiply", 0.5)]
    together = integrate(hunting, setup_of(method, p, TIMES, jumps=jumps))
    for sample in range(3):
        alone = integrate(hunting, setup_of(method, [[row[sample]] for row in p], TIMES, jumps=jumps))
        for name in ("y", "w"):
            np.testing.assert_array_equal(together.values[name][..., sample], alone.values[name][..., 0])


@every
def test_recording_many_times_at_once_equals_one_by_one(hunting, setup_of, monkeypatch, method):
    setup = setup_of(method, [[1.5], [3.0]], TIMES)
    at_once = integrate(hunting, setup).values
    monkeypatch.setattr(recording, "AT_ONCE", 1)
    one_by_one = integrate(hunting, setup).values
    y, t = at_once["y"][:, :, 0], TIMES
    np.testing.assert_array_equal(at_once["w"], one_by_one["w"])
    np.testing.assert_allclose(at_once["w"][:, 0], y[0] + 10 * y[1] + t + (t >= 3.0), rtol=1e-14)


@every
def test_what_is_saved_does_not_change_the_run(hunting, setup_of, method):
    """Times off the grid and off the method's own steps are only looked at."""
    often = np.union1d(TIMES, np.linspace(0.0, 10.0, 138))
    rare = integrate(hunting, setup_of(method, [[1.5], [3.0]], TIMES, step=0.1))
    dense = integrate(hunting, setup_of(method, [[1.5], [3.0]], often, step=0.1))
    np.testing.assert_allclose(dense.values["y"][:, np.isin(often, TIMES)], rare.values["y"], rtol=1e-14)
    assert np.abs(np.diff(dense.values["y"][:, :, 0])).max() < 0.8


@every
def test_values_have_the_shape_of_their_slot(hunting, setup_of, method):
    history = integrate(hunting, setup_of(method, [[1.5, 1.0], [3.0, 3.0]], TIMES))
    assert {name: value.shape for name, value in history.values.items()} == {"y": (2, 21, 2), "w": (21, 2)}
    assert all(np.isfinite(value).all() for value in history.values.values())
    assert history.time is not None and history.evaluations > 20


@every
def test_one_value_for_all_samples_is_spread(system_of, setup_of, method):
    system = system_of(lambda t, mode, dt, y, p: [p[0]], lambda p: [0.0], watched=lambda t, mode, dt, y, p: np.array([42.0]))
    values = integrate(system, setup_of(method, [[1.0, 2.0]], [0, 1, 2])).values
    assert (values["w"] == 42.0).all()
    np.testing.assert_allclose(values["y"][0], [[0, 0], [1, 2], [2, 4]], rtol=1e-12)


@every
def test_a_model_without_stocks(system_of, setup_of, jump, method):
    system = replace(
        system_of(lambda *args: [], lambda p: [], stocks=0, watched=lambda t, mode, dt, y, p: p[0] * t, breaks=lambda p: [1.5]),
        rhs=lambda t, mode, dt, y, constants: np.empty_like(y),
        initial=lambda t, mode, dt, p: (np.empty((0, p.shape[1])), np.empty((0, 1))),
    )
    values = integrate(system, setup_of(method, [[2.0]], [0, 1, 2], jumps=[jump(2.0, "parameters", "value", 5.0)])).values
    np.testing.assert_allclose(values["w"][:, 0], [0, 2, 10])


@every
def test_start_is_stop(hunting, setup_of, method):
    assert integrate(hunting, setup_of(method, [[1.5], [3.0]], [4.0])).values["y"][:, 0, 0].tolist() == [1.5, 1.0]


@every
def test_non_negative_stock_stays_at_zero_and_refills(system_of, setup_of, method):
    def rhs(t, mode, dt, y, p):
        assert np.all(y[0] >= 0)
        return [np.where(np.add(mode, dt / 2) > 3, 1.0, -1.0) * np.ones_like(y[0]), -np.sqrt(y[0])]

    system = system_of(rhs, lambda p: [1.0, 0.0], stocks=2, breaks=lambda p: [3.0], non_negative=(slice(0, 1),))
    times = np.linspace(0, 5, 21)
    y = integrate(system, setup_of(method, [], times)).values["y"][0, :, 0]
    assert y.min() == 0
    np.testing.assert_allclose(y, np.where(times <= 3, np.clip(1 - times, 0, None), times - 3), atol=1e-6)


@every
@pytest.mark.parametrize("samples", [1, 3])
def test_progress_is_told_a_hundred_times_at_most(hunting, setup_of, method, samples):
    told: list[float] = []
    integrate(hunting, setup_of(method, [[1.5] * samples, [3.0] * samples], TIMES, step=0.01), told.append)
    assert 20 <= len(told) <= 100
    assert told == sorted(told) and told[-1] == 1.0 and told[0] < 0.2
