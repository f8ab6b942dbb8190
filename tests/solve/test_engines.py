"""Both engines give the same: on a grid to 1e-12, with a step per lane as near as the tolerance says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sdrun.compile import compile_model
from sdrun.parse import read_model
from sdrun.simulation import History, Jump, Setup, part
from sdrun.solve import engines, integrate
from sdrun.solve.lanes import dormand_prince, engine
from sdrun.sweep import Samples
from sdrun.system import System

CONTROLS = "INITIAL TIME = 0 ~~|\nFINAL TIME = 20 ~~|\nTIME STEP = 0.25 ~~|\nSAVEPER = 1 ~~|\n"
MODEL = """
region: a, b, c ~~|
other <-> region ~~|
start[region] = 1, 2, 3 ~~|
rate = 0.3 ~~|
when = 7.1 ~~|
table((0, 0), (1, 2), (2.5, 3), (4, 3.5)) ~~|
pressure[region] = SUM(S[other!] * EXP(-S[other!] / 10)) / (1 + S[region] ^ 1.5) ~~|
pushed[region] = table(S[region]) * rate + PULSE(when, 5) + STEP(0.4, 13.3) ~~|
drain[region] = IF THEN ELSE(Time > 11 :AND: (rate > 0.3 :OR: start[region] > 2), 0.5, 0.1) * S[region] ~~|
S[region] = INTEG(pushed[region] + 0.01 * pressure[region] - drain[region], start[region]) ~~|
held = INITIAL(S[b] * 2) ~~|
lagged = SMOOTH3(S[a] + held, 2) ~~|
train = PULSE TRAIN(2, 0.7, 3, 18) ~~|
T = INTEG(train - 0.2 * T, 0) ~~|
"""
GRID = ("euler", "rk4")


def of(text: str, folder: Path) -> System:
    path = folder / "model.mdl"
    path.write_text("{UTF-8}\n" + text + CONTROLS, encoding="utf-8")
    return compile_model(read_model(path))


def setup_for(system: System, method: str, samples: int = 21, times: np.ndarray | None = None, **fields: object) -> Setup:
    """Samples of `rate` and `when`."""
    p = np.repeat(system.defaults, samples, axis=1)
    rows = {slot.name: slot.start for slot in system.parameters}
    rng = np.random.default_rng(3)
    for name, low, high in (("rate", 0.1, 0.6), ("when", 5.0, 9.0)):
        if name in rows:
            p[rows[name]] = rng.uniform(low, high, samples)
    drawn = Samples(factors=(), values=np.empty((0, samples)))
    times = np.arange(21.0) if times is None else times
    return Setup(parameters=p, times=times, step=0.25, method=method, samples=drawn, **fields)  # type: ignore[arg-type]


def both(system: System, setup: Setup) -> tuple[History, History]:
    numpy, llvm = (integrate(system, replace(setup, engine=name)) for name in ("numpy", "llvm"))
    assert (numpy.engine, llvm.engine) == ("numpy", "llvm")
    return numpy, llvm


def assert_close(one: History, other: History, rtol: float, atol: float = 1e-12) -> None:
    assert one.values.keys() == other.values.keys()
    for name, values in one.values.items():
        np.testing.assert_allclose(other.values[name], values, rtol=rtol, atol=atol, err_msg=name)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return of(MODEL, tmp_path_factory.mktemp("model"))


JUMPS = (
    Jump(at=4.6, vector="parameters", rows=(3,), operation="multiply", amounts=(2.0,), until=9.0),
    Jump(at=12.0, vector="stocks", rows=(0, 2), operation="add", amounts=(1.0, -0.5)),
    Jump(at=20.0, vector="stocks", rows=(1,), operation="value", amounts=(0.25,)),
)


@pytest.mark.parametrize("jumps", [(), JUMPS], ids=["no jumps", "jumps"])
@pytest.mark.parametrize("times", [np.arange(21.0), np.array([0.0, 0.3, 4.6, 4.75, 12.0, 13.37, 20.0])], ids=["grid", "odd"])
@pytest.mark.parametrize("method", GRID)
def test_on_a_grid_engines_agree(system: System, method: str, times: np.ndarray, jumps: tuple[Jump, ...]) -> None:
    assert_close(*both(system, setup_for(system, method, times=times, jumps=jumps)), rtol=1e-12)


@pytest.mark.parametrize("jumps", [(), JUMPS], ids=["no jumps", "jumps"])
def test_a_step_per_lane_follows_the_tolerance(system: System, jumps: tuple[Jump, ...]) -> None:
    truth = integrate(system, replace(setup_for(system, "DOP853", 5, jumps=jumps), engine="numpy", rtol=1e-11, atol=1e-12))
    errors = []
    for rtol in (1e-3, 1e-5, 1e-7, 1e-9):
        lanes, scipys = both(system, setup_for(system, "RK45", 5, jumps=jumps, rtol=rtol, atol=rtol * 1e-3))[::-1]
        error, theirs = (
            max(np.abs(found.values[name] - truth.values[name]).max() for name in ("s", "t", "lagged"))
            for found in (lanes, scipys)
        )
        errors.append(error)
        assert error < 5 * theirs + rtol, "of the worst stock, where SciPy takes the mean of all"
    assert errors[0] > 100 * errors[-1]


@pytest.mark.parametrize("method", ["LSODA", "BDF", "DOP853"])
def test_scipys_methods_run_on_machine_code(system: System, method: str) -> None:
    numpy, llvm = both(system, setup_for(system, method, 3, rtol=1e-9, atol=1e-11))
    assert_close(numpy, llvm, rtol=1e-6, atol=1e-7)


def test_a_pulse_is_exact_in_every_lane(tmp_path: Path) -> None:
    system = of("when = 1 ~~|\nwidth = 0.01 ~~|\nS = INTEG(PULSE(when, width) / width, 0) ~~|\n", tmp_path)
    found = integrate(system, setup_for(system, "RK45", 40, engine="llvm"))
    np.testing.assert_allclose(found.values["s"][-1], 1.0, rtol=1e-12)


@pytest.mark.parametrize("method", [*GRID, "RK45"])
def test_a_lane_knows_nothing_of_its_neighbours(system: System, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither order nor groups nor company change a bit."""
    setup = setup_for(system, method, 37, engine="llvm")
    whole = integrate(system, setup)
    order = np.random.default_rng(1).permutation(37)
    shuffled = integrate(system, replace(setup, parameters=setup.parameters[:, order]))
    monkeypatch.setattr(engine, "RECORDED_AT_ONCE", 1)
    grouped = integrate(system, setup)
    alone = integrate(system, part(setup, 36, 37))
    for name, values in whole.values.items():
        np.testing.assert_array_equal(shuffled.values[name], values[..., order])
        np.testing.assert_array_equal(grouped.values[name], values)
        np.testing.assert_array_equal(alone.values[name][..., 0], values[..., 36])


def test_only_what_is_named_is_recorded(system: System) -> None:
    for name in ("numpy", "llvm"):
        found = integrate(system, setup_for(system, "rk4", engine=name, recorded=("pressure", "rate")))
        assert found.values.keys() == {"pressure", "rate"}
    assert_close(*both(system, setup_for(system, "rk4", recorded=("pressure", "rate"))), rtol=1e-12)


@pytest.mark.parametrize("method", [*GRID, "RK45"])
def test_samples_that_fail_are_told_and_the_others_go_on(tmp_path: Path, method: str) -> None:
    system = of("rate = 1 ~~|\nroot = SQRT(0.35 - rate) ~~|\nS = INTEG(root - 0.1 * S, 1) ~~|\n", tmp_path)
    setup = setup_for(system, method, 60)
    numpy, llvm = both(system, setup)
    assert numpy.failures.keys() == llvm.failures.keys()
    assert 0 < len(llvm.failures) < 60
    told = [problem.what for problem in llvm.failures.values()]
    assert sum("'root' is nan" in what for what in told) == min(engines.EXPLAINED, len(told))
    for name in ("s", "root", "rate"):
        np.testing.assert_allclose(llvm.values[name], numpy.values[name], rtol=1e-5, err_msg=name)


def test_stiff_lanes_go_to_a_stiff_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dormand_prince, "MOST_STEPS", 60)
    system = of("rate = 1 ~~|\nspeed = EXP(30 * (rate - 0.1)) ~~|\nS = INTEG(speed * (COS(Time) - S), 0) ~~|\n", tmp_path)
    setup = setup_for(system, "RK45", 24)
    llvm = integrate(system, replace(setup, engine="llvm"))
    truth = integrate(system, replace(setup, method="Radau", engine="numpy", rtol=1e-9))
    assert not llvm.failures
    np.testing.assert_allclose(llvm.values["s"], truth.values["s"], atol=2e-3)  # dense output at the limit of stability


@pytest.mark.parametrize("method", [*GRID, "RK45"])
def test_stocks_held_at_zero(tmp_path: Path, method: str) -> None:
    """A flow that drains two stocks is not held back by one of them."""
    text = """<?xml version="1.0"?><xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><header/>
    <sim_specs method="Euler"><start>0</start><stop>20</stop><dt>0.25</dt></sim_specs><model><variables>
    <stock name="S"><eqn>3</eqn><inflow>fill</inflow><outflow>leak</outflow><non_negative/></stock>
    <flow name="fill"><eqn>IF TIME &gt; 10 THEN rate ELSE 0</eqn></flow><flow name="leak"><eqn>0.5</eqn></flow>
    <stock name="T"><eqn>99</eqn><outflow>leak</outflow></stock>
    <aux name="rate"><eqn>0.8</eqn></aux></variables></model></xmile>"""
    path = tmp_path / "m.xmile"
    path.write_text(text)
    system = compile_model(read_model(path))
    numpy, llvm = both(system, setup_for(system, method, 9))
    assert_close(numpy, llvm, rtol=1e-6 if method == "RK45" else 1e-12, atol=1e-6 if method == "RK45" else 1e-12)
    assert llvm.values["s"].min() == 0.0


def test_auto_goes_by_size_alone(system: System) -> None:
    sweep = setup_for(system, "euler", 40)
    assert {engines.engine_of(system, part(sweep, 0, size)) for size in (1, 2, 40)} == {"llvm"}, "whatever the chunk"
    single = replace(part(sweep, 0, 1), samples=None)
    assert engines.engine_of(system, single) == "numpy"
    assert engines.engine_of(system, replace(single, step=1e-4)) == "llvm"
    assert engines.engine_of(replace(system, lanes=None), sweep) == "numpy"


@pytest.mark.parametrize("method", [*GRID, "RK45", "LSODA"])
def test_a_model_without_stocks_and_a_run_without_length(tmp_path: Path, system: System, method: str) -> None:
    bare = of("rate = 0.3 ~~|\ntwice = 2 * rate + Time ~~|\n", tmp_path)
    assert_close(*both(bare, setup_for(bare, method, 9)), rtol=1e-12)
    assert_close(*both(system, setup_for(system, method, 9, times=np.array([3.0]))), rtol=1e-12)


def test_threads_share_nothing(system: System) -> None:
    from concurrent.futures import ThreadPoolExecutor

    setup = setup_for(system, "RK45", 64, engine="llvm")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: integrate(system, setup).values["s"], range(8)))
    for values in found[1:]:
        np.testing.assert_array_equal(values, found[0])
