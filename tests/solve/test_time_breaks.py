"""Adaptive methods meet every switch of time, against closed forms."""

import logging

import numpy as np
import pytest

from sdrun.solve import SOLVERS, integrate

ADAPTIVE = [name for name, method in SOLVERS.items() if method.adaptive]
adaptive = pytest.mark.parametrize("method", ADAPTIVE)
QUARTERS = np.linspace(0.0, 200.0, 801)


def on(mode, start, width):
    """1 from start for width."""
    return 1.0 * ((mode > start) & (mode < start + width))


def rise(t, start, width):
    """What y' = -(y - 1) / 10 + pulse adds to y = 1."""
    return 10 * (np.exp(-np.clip(t - start - width, 0, None) / 10) - np.exp(-np.clip(t - start, 0, None) / 10)) * (t > start)


def pulsed(t, mode, dt, y, p):
    """A pulse of width p[0] at p[1]."""
    return [-(y[0] - 1) / 10 + on(mode, p[1], p[0])]


@pytest.fixture
def pulse(system_of):
    """The pulse that is missed without its breaks, started at rest."""
    return system_of(pulsed, lambda p: [1.0], breaks=lambda p: [p[1], p[1] + p[0]])


@adaptive
@pytest.mark.parametrize(("width", "peak"), [(0.25, 0.247), (1, 0.952), (5, 3.935)])
def test_pulse_is_exact_with_its_breaks(pulse, setup_of, method, width, peak):
    history = integrate(pulse, setup_of(method, [[width], [100]], QUARTERS, rtol=1e-6, atol=1e-9))
    y = history.values["y"][0, :, 0]
    assert y.max() - 1 == pytest.approx(peak, abs=5e-4)
    np.testing.assert_allclose(y, 1 + rise(QUARTERS, 100, width), rtol=2e-5)


@adaptive
def test_pulse_is_missed_without_its_breaks(system_of, setup_of, method):
    blind = system_of(lambda t, mode, dt, y, p: pulsed(t, t, dt, y, p), lambda p: [1.0])
    history = integrate(blind, setup_of(method, [[5], [100]], QUARTERS, rtol=1e-6, atol=1e-9))
    assert history.values["y"].max() == 1.0


@adaptive
def test_unsolved_breaks_are_met_by_short_steps_and_told(system_of, setup_of, caplog, method):
    blind = system_of(lambda t, mode, dt, y, p: pulsed(t, t, dt, y, p), lambda p: [1.0], unsolved_breaks=("shock",))
    with caplog.at_level(logging.WARNING, logger="sdrun"):
        history = integrate(blind, setup_of(method, [[5, 5], [100, 50]], QUARTERS, step=1.0))
    np.testing.assert_allclose(history.values["y"][0, :, 0], 1 + rise(QUARTERS, 100, 5), rtol=1e-4)
    assert [record.getMessage().count("shock") for record in caplog.records] == [1]


@adaptive
def test_max_step_of_the_user_replaces_the_warning(system_of, setup_of, caplog, method):
    blind = system_of(lambda t, mode, dt, y, p: pulsed(t, t, dt, y, p), lambda p: [1.0], unsolved_breaks=("shock",))
    history = integrate(blind, setup_of(method, [[5], [100]], QUARTERS, step=1.0, max_step=2.0))
    assert history.values["y"].max() == pytest.approx(1 + 3.9346934, rel=1e-4)
    assert not caplog.records


@adaptive
def test_breaks_are_per_sample(pulse, setup_of, method):
    widths, starts = [0.25, 5.0, 1.0], [100.0, 31.7, 150.0]
    y = integrate(pulse, setup_of(method, [widths, starts], QUARTERS)).values["y"]
    for sample, (width, start) in enumerate(zip(widths, starts, strict=True)):
        np.testing.assert_allclose(y[0, :, sample], 1 + rise(QUARTERS, start, width), rtol=1e-6)


@adaptive
def test_pulse_train(system_of, setup_of, method):
    starts = 10.0 + 20.0 * np.arange(9)

    def train(t, mode, dt, y, p):
        return [-(y[0] - 1) / 10 + sum(on(mode, start, 0.5) for start in starts)]

    system = system_of(train, lambda p: [1.0], breaks=lambda p: [starts, starts + 0.5])
    y = integrate(system, setup_of(method, [], QUARTERS)).values["y"][0, :, 0]
    np.testing.assert_allclose(y, 1 + sum(rise(QUARTERS, start, 0.5) for start in starts), rtol=1e-6)


@adaptive
def test_ramp_between_its_kinks(system_of, setup_of, method):
    system = system_of(lambda t, mode, dt, y, p: [np.clip(t - 50, 0, 1)], lambda p: [0.0], breaks=lambda p: [50.0, 51.0])
    y = integrate(system, setup_of(method, [], QUARTERS)).values["y"][0, :, 0]
    exact = np.clip(QUARTERS - 50, 0, 1) ** 2 / 2 + np.clip(QUARTERS - 51, 0, None)
    np.testing.assert_allclose(y, exact, rtol=1e-7, atol=1e-8)


@adaptive
def test_step_and_its_response(system_of, setup_of, method):
    system = system_of(lambda t, mode, dt, y, p: [3.0 * (mode > np.pi) - y[0]], lambda p: [0.0], breaks=lambda p: [np.pi])
    times = np.linspace(0, 10, 41)
    y = integrate(system, setup_of(method, [], times)).values["y"][0, :, 0]
    np.testing.assert_allclose(y, 3 * (1 - np.exp(-np.clip(times - np.pi, 0, None))), atol=1e-6)


@pytest.mark.parametrize("method", SOLVERS)
@pytest.mark.parametrize("at", [0.0, 1.0, 2.0])
def test_results_are_right_continuous_at_breaks(system_of, setup_of, method, at):
    def switch(t, mode, dt, y, p):
        return np.where(np.add(mode, dt / 2) > at, 7.0, 0.0)

    system = system_of(lambda *args: [switch(*args)], lambda p: [0.0], breaks=lambda p: [at], watched=switch)
    values = integrate(system, setup_of(method, [], [0, 0.5, 1, 1.5, 2])).values
    np.testing.assert_array_equal(values["w"][:, 0], np.where(np.array([0, 0.5, 1, 1.5, 2]) >= at, 7.0, 0.0))
    np.testing.assert_allclose(values["y"][0, :, 0], 7 * np.clip([-at, 0.5 - at, 1 - at, 1.5 - at, 2 - at], 0, None), atol=1e-9)


@adaptive
def test_a_break_that_is_a_save_time_but_for_rounding(system_of, setup_of, method):
    def switch(t, mode, dt, y, p):
        return np.where(np.greater(mode, 0.1 * 3), 1.0, 0.0)

    system = system_of(lambda *args: [switch(*args)], lambda p: [0.0], breaks=lambda p: [0.1 * 3], watched=switch)
    assert integrate(system, setup_of(method, [], [0, 0.3, 0.6])).values["w"][:, 0].tolist() == [0, 1, 1]


@adaptive
def test_initial_values_and_a_switch_at_the_start_are_judged_alike(system_of, setup_of, method):
    def initial(t, mode, dt, p):
        return np.array([[5.0 * (mode > 0)]]), np.empty((0, 1))

    system = system_of(lambda t, mode, dt, y, p: [0.0], lambda p: [0.0], breaks=lambda p: [0.0], initial=initial)
    assert integrate(system, setup_of(method, [], [0, 1])).values["y"][0, :, 0] == pytest.approx([5, 5])
