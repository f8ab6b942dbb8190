"""Events are exact in time for every method, against closed forms."""

import numpy as np
import pytest

from sdrun.solve import SOLVERS, integrate

every = pytest.mark.parametrize("method", SOLVERS)
TIMES = np.linspace(0.0, 10.0, 41)


@pytest.fixture
def filling(system_of):
    """y' = p[0] from 1, which every method solves exactly; w is the rate."""
    return system_of(lambda t, mode, dt, y, p: [p[0]], lambda p: [1.0], watched=lambda t, mode, dt, y, p: p[0])


def time_on(t, at, until=np.inf):
    """How much of [at, until] has passed by t."""
    return np.clip(np.minimum(t, until) - at, 0, None)


@every
@pytest.mark.parametrize(("at", "until"), [(2.0, 7.5), (np.sqrt(2), np.pi), (0.03, 0.07), (9.99, None), (4.0, 30.0)])
@pytest.mark.parametrize(("operation", "amount", "rate"), [("value", 5.0, 5.0), ("multiply", -2.0, -4.0), ("add", 0.5, 2.5)])
def test_parameter_changes_until(filling, setup_of, jump, method, at, until, operation, amount, rate):
    jumps = [jump(at, "parameters", operation, amount, until)]
    values = integrate(filling, setup_of(method, [[2.0]], TIMES, jumps=jumps)).values
    end = np.inf if until is None else until
    np.testing.assert_allclose(
        values["y"][0, :, 0], 1 + 2 * TIMES + (rate - 2) * time_on(TIMES, at, end), rtol=1e-12, atol=1e-12
    )
    np.testing.assert_array_equal(values["w"][:, 0], np.where((at <= TIMES) & (end > TIMES), rate, 2.0))


@every
@pytest.mark.parametrize("at", [0.0, 2.5, np.sqrt(2), 10.0])
@pytest.mark.parametrize(("operation", "amount"), [("value", 5.0), ("multiply", 3.0), ("add", -0.5)])
def test_stock_changes_at_once(filling, setup_of, jump, method, at, operation, amount):
    values = integrate(filling, setup_of(method, [[2.0]], TIMES, jumps=[jump(at, "stocks", operation, amount)])).values
    before = 1 + 2 * at
    after = {"value": amount, "multiply": amount * before, "add": before + amount}[operation]
    exact = np.where(at <= TIMES, after + 2 * (TIMES - at), 1 + 2 * TIMES)
    np.testing.assert_allclose(values["y"][0, :, 0], exact, rtol=1e-12, atol=1e-12)


@every
def test_jumps_overlap_and_the_later_one_wins(filling, setup_of, jump, method):
    jumps = [jump(4.0, "parameters", "value", 7.0), jump(2.0, "parameters", "value", 5.0, until=6.0)]
    rate = integrate(filling, setup_of(method, [[2.0]], TIMES, jumps=jumps)).values["w"][:, 0]
    np.testing.assert_array_equal(rate, np.select([TIMES >= 4, TIMES >= 2], [7.0, 5.0], 2.0))


@every
def test_jump_at_the_start_leaves_initial_values(system_of, setup_of, jump, method):
    system = system_of(lambda t, mode, dt, y, p: [p[0]], lambda p: [p[0]])
    jumps = [jump(0.0, "parameters", "value", 3.0)]
    y = integrate(system, setup_of(method, [[1.0]], TIMES, jumps=jumps)).values["y"][0, :, 0]
    np.testing.assert_allclose(y, 1 + 3 * TIMES, rtol=1e-12, atol=1e-12)


@every
def test_jump_before_the_start_is_there_from_the_start(system_of, setup_of, jump, method):
    system = system_of(lambda t, mode, dt, y, p: [p[0]], lambda p: [p[0]])
    jumps = [
        jump(-1.0, "parameters", "value", 3.0, until=5.0),
        jump(-1.0, "stocks", "value", 99.0),
        jump(11.0, "stocks", "add", 9.0),
    ]
    y = integrate(system, setup_of(method, [[1.0]], TIMES, jumps=jumps)).values["y"][0, :, 0]
    np.testing.assert_allclose(y, 3 + TIMES + 2 * time_on(TIMES, 0, 5), rtol=1e-12, atol=1e-12)


@every
def test_parameter_jump_at_the_stop_shows_in_the_last_row(filling, setup_of, jump, method):
    values = integrate(filling, setup_of(method, [[2.0]], TIMES, jumps=[jump(10.0, "parameters", "value", 5.0)])).values
    assert values["w"][-2:, 0].tolist() == [2.0, 5.0]
    assert values["y"][0, -1, 0] == pytest.approx(21.0, rel=1e-12)


@pytest.mark.parametrize("method", [name for name in SOLVERS if name != "euler"])
def test_decay_with_a_changed_rate_and_a_cut(system_of, setup_of, jump, method):
    system = system_of(lambda t, mode, dt, y, p: [-p[0] * y[0]], lambda p: [1.0])
    jumps = [jump(2.3, "parameters", "multiply", 4.0, until=3.1), jump(5.7, "stocks", "multiply", 0.5)]
    y = integrate(system, setup_of(method, [[0.3]], TIMES, jumps=jumps, step=1 / 64)).values["y"][0, :, 0]
    exact = np.exp(-0.3 * TIMES - 0.9 * time_on(TIMES, 2.3, 3.1)) * np.where(TIMES >= 5.7, 0.5, 1.0)
    np.testing.assert_allclose(y, exact, rtol=2e-7)


def test_euler_splits_its_step_at_a_jump(system_of, setup_of, jump):
    system = system_of(lambda t, mode, dt, y, p: [-p[0] * y[0]], lambda p: [1.0])
    setup = setup_of("euler", [[1.0]], [0, 0.5, 1.0], step=0.5, jumps=[jump(0.6, "parameters", "value", 0.0, until=0.9)])
    y = integrate(system, setup).values["y"][0, :, 0]
    np.testing.assert_allclose(y, [1, 0.5, 0.5 * (1 - 0.1) * (1 - 0.1)], rtol=1e-14)


@every
def test_breaks_follow_a_parameter_that_jumps(system_of, setup_of, jump, method):
    """The switch set for 8 is moved to 4 while the run is at 2."""
    system = system_of(
        lambda t, mode, dt, y, p: [1.0 * (np.add(mode, dt / 2) > p[0])], lambda p: [0.0], breaks=lambda p: [p[0]]
    )
    y = integrate(system, setup_of(method, [[8.0]], TIMES, jumps=[jump(2.0, "parameters", "value", 4.0)])).values["y"]
    np.testing.assert_allclose(y[0, :, 0], time_on(TIMES, 4.0), atol=1e-9)


@every
def test_jumps_hit_every_sample_and_only_their_rows(system_of, setup_of, jump, method):
    system = system_of(lambda t, mode, dt, y, p: [p[0], p[1]], lambda p: [0.0, 0.0], stocks=2)
    jumps = [jump(5.0, "parameters", "multiply", 2.0, row=1), jump(5.0, "stocks", "add", 100.0, row=0)]
    y = integrate(system, setup_of(method, [[1.0, 2.0], [3.0, 4.0]], TIMES, jumps=jumps)).values["y"]
    exact = [[10 + 100, 20 + 100], [15 + 30, 20 + 40]]
    np.testing.assert_allclose(y[:, -1, :], exact, rtol=1e-12, atol=1e-12)
