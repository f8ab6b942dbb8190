"""A run that cannot go on ends soon, and says why in the words of the model."""

import numpy as np
import pytest

from sdrun.errors import ScenarioError, SolveError
from sdrun.solve import SOLVERS, integrate, scipy_adaptive
from sdrun.system import Dimension, Kind, Slot

every = pytest.mark.parametrize("method", SOLVERS)
STATES = Dimension(id="state", name="state", elements=("usa", "chn"), labels=("USA", "CHN"))


@pytest.fixture
def powers(system_of):
    """Two states whose share of growth needs reserves below 2; that of CHN passes them at time 2."""
    slots = (
        Slot(id="power", name="power", label="Power", dims=("state",), shape=(2,), kind=Kind.STOCK, inputs=("gain",), line=4),
        Slot(id="gain", name="gain", label="gain", dims=("state",), shape=(2,), inputs=("share", "world_factor"), line=9),
        Slot(
            id="share",
            name="share",
            label="share of growth",
            dims=("state",),
            shape=(2,),
            inputs=("growth", "reserve", "time"),
            line=17,
            equation="growth * (2 - reserve[state]) ^ 0.5",
        ),
        Slot(id="growth", name="growth", label="growth", kind=Kind.CONSTANT),
        Slot(id="reserve", name="reserve", label="reserve", dims=("state",), shape=(2,), inputs=("time",)),
        Slot(id="unused", name="unused", label="unused", inputs=()),
        Slot(id="world_factor", name="world_factor", label="world factor", inputs=("share",)),
    )

    def outputs(t, mode, dt, y, constants):
        growth = constants[0][0:1]
        reserve = np.stack([0 * t + 0 * y[0], t + 0 * y[0]])
        share = growth * np.sqrt(2 - reserve)
        world = share.sum(axis=0)
        unused = np.full(1, np.nan)
        return {
            "power": y,
            "gain": share * world,
            "share": share,
            "growth": growth[0],
            "reserve": reserve,
            "unused": unused,
            "world_factor": world,
        }

    return system_of(
        lambda t, mode, dt, y, p: outputs(t, mode, dt, y, (p,))["gain"],
        lambda p: [1.0, 1.0],
        stocks=2,
        slots=slots[:1],
        outputs=outputs,
        recorded=slots,
        dimensions={"state": STATES},
    )


@every
@pytest.mark.parametrize("samples", [1, 2])
def test_the_first_variable_that_is_no_number_is_named(powers, setup_of, method, samples):
    with pytest.raises(SolveError) as error:
        integrate(powers, setup_of(method, [[3.0] * samples], [0, 5, 10], max_step=0.5))
    (problem,) = error.value.problems
    assert problem.what.startswith("'share of growth[CHN]' is nan at time 2.")
    assert "(line 17 of the model)" in problem.what
    assert "inputs: growth = 3, reserve[CHN] = 2." in problem.what
    assert problem.help == "its equation is growth * (2 - reserve[state]) ^ 0.5"
    assert "unused" not in str(error.value)


@every
def test_the_stock_is_named_where_no_variable_is_to_blame(system_of, setup_of, method):
    system = system_of(lambda t, mode, dt, y, p: [np.sqrt(1 - t) * y[0]], lambda p: [1.0])
    with pytest.raises(SolveError, match=r"the change of 'y\[y0\]' is not a finite number at time 1\.\d+; .* y\[y0\] = "):
        integrate(system, setup_of(method, [], [0, 5, 10]))


@every
def test_not_a_number_from_the_start(system_of, setup_of, method):
    system = system_of(lambda t, mode, dt, y, p: [np.nan], lambda p: [1.0])
    with pytest.raises(SolveError, match="at time 0;"):
        integrate(system, setup_of(method, [], [0, 1]))


@every
def test_a_stock_that_starts_from_nothing(system_of, setup_of, method):
    system = system_of(lambda t, mode, dt, y, p: [0.0, 0.0], lambda p: [1.0, np.nan], stocks=2)
    with pytest.raises(SolveError, match=r"'y\[y1\]' starts at nan"):
        integrate(system, setup_of(method, [], [0, 1]))


@every
def test_blow_up_ends_with_an_error(system_of, setup_of, method):
    """y' = y^2 from 1 is infinite at time 1."""
    calls = []

    def rhs(t, mode, dt, y, p):
        calls.append(t)
        return [y[0] ** 2]

    with pytest.raises(SolveError, match=r"at time (0\.9999|1|2)") as error:
        integrate(system_of(rhs, lambda p: [1.0]), setup_of(method, [], [0, 20]))
    assert "y[y0]" in str(error.value)
    assert len(calls) < 50_000


@every
def test_overflow_of_a_stock(system_of, setup_of, method):
    """Flows stay finite while the stock does not."""
    system = system_of(lambda t, mode, dt, y, p: [1e308 * np.ones_like(y[0])], lambda p: [1e308])
    with pytest.raises(SolveError, match=r"y\[y0\]"):
        integrate(system, setup_of(method, [], [0, 20]))


@every
def test_a_switch_without_end_does_not_hang(system_of, setup_of, method, monkeypatch):
    """The stock is driven to 1 from both sides: no adaptive step across fits, yet the run ends one way or the other."""
    monkeypatch.setattr(scipy_adaptive, "PATIENCE", 500)
    monkeypatch.setattr(scipy_adaptive, "HEADWAY", 1e-2)
    calls = []

    def rhs(t, mode, dt, y, p):
        calls.append(t)
        return [np.where(y[0] > 1, -1.0, 1.0)]

    try:
        y = integrate(system_of(rhs, lambda p: [0.0]), setup_of(method, [], [0, 1.5], step=1 / 64)).values["y"]
        assert y[0, -1, 0] == pytest.approx(1.0, abs=0.02)
    except SolveError as error:
        assert "cannot go on at time 1" in str(error)
    assert len(calls) < 300_000


@every
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interruption_passes_through(system_of, setup_of, method, interruption):
    def rhs(t, mode, dt, y, p):
        if t > 1:
            raise interruption
        return [-y[0]]

    with pytest.raises(interruption):
        integrate(system_of(rhs, lambda p: [1.0]), setup_of(method, [], [0, 5]))


@every
def test_an_interruption_by_progress_passes_through(system_of, setup_of, method):
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        integrate(system_of(lambda t, mode, dt, y, p: [-y[0]], lambda p: [1.0]), setup_of(method, [], [0, 5]), stop)


def test_an_unknown_method_is_told_with_its_neighbour(system_of, setup_of):
    with pytest.raises(ScenarioError) as error:
        integrate(system_of(lambda t, mode, dt, y, p: [0.0], lambda p: [0.0]), setup_of("LSODE", [], [0, 1]))
    assert error.value.problems[0].help == "did you mean 'LSODA'?"


def test_solving_leaves_numpy_as_it_was(system_of, setup_of):
    before = np.geterr()
    integrate(system_of(lambda t, mode, dt, y, p: [0.0], lambda p: [0.0]), setup_of("rk4", [], [0, 1]))
    assert np.geterr() == before
