"""Fixed-step methods walk the grid as Vensim and PySD do."""

import numpy as np
import pytest

from sdrun.solve import integrate

TEACUP = """{UTF-8}
Characteristic Time= 10 ~ Minute ~ |
Heat Loss to Room= (Teacup Temperature-Room Temperature)/Characteristic Time ~ Degrees/Minute ~ |
Room Temperature= 70+STEP(-20, 11.05)+3*SIN(Time) ~ Degrees ~ |
Teacup Temperature= INTEG (-Heat Loss to Room, 180) ~ Degrees ~ |
FINAL TIME = 30 ~ ~ |
INITIAL TIME = 0 ~ ~ |
SAVEPER = 1 ~ ~ |
TIME STEP = 0.1 ~ ~ |
"""


@pytest.mark.filterwarnings("ignore")
def test_euler_equals_pysd_to_the_last_bit(tmp_path, system_of, setup_of):
    import pysd

    (tmp_path / "teacup.mdl").write_text(TEACUP)
    table = pysd.read_vensim(str(tmp_path / "teacup.mdl")).run()

    def room(t, mode, dt, y, p):
        return 70 + -20 * (np.add(mode, dt / 2) > 11.05) + 3 * np.sin(t)

    system = system_of(lambda t, mode, dt, y, p: [-((y[0] - room(t, mode, dt, y, p)) / 10)], lambda p: [180.0], watched=room)
    values = integrate(system, setup_of("euler", [], np.arange(31.0), step=0.1)).values
    assert len(table) == 31
    np.testing.assert_array_equal(values["y"][0, :, 0], table["Teacup Temperature"])
    np.testing.assert_array_equal(values["w"][:, 0], table["Room Temperature"])


def test_runge_kutta_judges_switches_at_the_beginning_of_the_step(system_of, setup_of):
    seen = []

    def rhs(t, mode, dt, y, p):
        seen.append((t, mode, dt))
        return [1.0]

    integrate(system_of(rhs, lambda p: [0.0]), setup_of("rk4", [], [0, 1], step=0.5))
    stages = [(0, 0), (0.25, 0), (0.25, 0), (0.5, 0), (0.5, 0.5), (0.75, 0.5), (0.75, 0.5), (1, 0.5)]
    assert seen == [(t, mode, 0.5) for t, mode in stages]


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize(
    ("start", "step", "count"), [(0.0, 0.1, 1000), (1992.0, 0.1, 300), (0.0, 1 / 3, 300), (1e6, 0.01, 300)]
)
def test_the_drift_of_summed_time_adds_no_step(system_of, setup_of, method, start, step, count):
    calls = []

    def rhs(t, mode, dt, y, p):
        calls.append(t)
        return [1.0]

    times = np.linspace(start, start + count * step, count // 10 + 1)
    y = integrate(system_of(rhs, lambda p: [0.0]), setup_of(method, [], times, step=step)).values["y"][0, :, 0]
    assert len(calls) == count * {"euler": 1, "rk4": 4}[method]
    np.testing.assert_allclose(y, times - start, rtol=1e-9, atol=1e-9)


def test_a_stop_off_the_grid_is_reached_by_a_shorter_step(system_of, setup_of):
    system = system_of(lambda t, mode, dt, y, p: [y[0]], lambda p: [1.0])
    y = integrate(system, setup_of("euler", [], [0, 0.7, 1.25], step=0.5)).values["y"][0, :, 0]
    np.testing.assert_allclose(y, [1, 1.5 * 1.2, 2.25 * 1.25], rtol=1e-14)
