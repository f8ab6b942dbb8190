"""Whatever switches with time: adaptive solvers stop there, and so meet the closed form.

Every case accumulates `flow` from 0 to 10 in the stock `s`, which starts at 0; the closed form is a function of the time.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from written import compiled, rows, run

from sdrun.compile import compile_model
from sdrun.model import Between, Call, Equation, Expr, Lookup, Model, Name, Number, Table, Variable
from sdrun.system import System

Times = np.ndarray
Area = Callable[[Times], np.ndarray]

TIMES = np.arange(11.0)
STOCK = "\ns = INTEG(flow, 0)"


def since(t: Times, start: float) -> Times:
    """Time since `start`, 0 before."""
    return np.maximum(t - start, 0)


def window(t: Times, start: float, stop: float) -> Times:
    """Time between `start` and `stop` that is past."""
    return np.clip(t, start, stop) - start


def windows(t: Times, start: float, width: float, period: float, stop: float = np.inf) -> Times:
    """Time past in the windows `start + k * period` to `start + k * period + width`, until `stop`, for k from 0 on."""
    starts = np.arange(start, min(stop, 20.0), period)
    return sum((window(t, a, max(a, min(a + width, stop))) for a in starts), np.zeros_like(t))


CASES: dict[str, tuple[str, Area, Sequence[float]]] = {
    "STEP": ("flow = STEP(3, 4.3)", lambda t: 3 * since(t, 4.3), [4.3]),
    "STEP at the start": ("flow = STEP(3, 0)", lambda t: 3 * t, []),
    "STEP of a parameter": ("flow = STEP(h, at)\nh = 2\nat = 1/3", lambda t: 2 * since(t, 1 / 3), [1 / 3]),
    "names of our clocks": (
        "flow = IF THEN ELSE(Time > mode + instant, now, 0)\nmode = 1\ninstant = 2.3\nnow = 2",
        lambda t: 2 * since(t, 3.3),
        [3.3],
    ),
    "STEP at a computed time": ("flow = STEP(2, MAX(at, 1) + 1)\nat = 0.7", lambda t: 2 * since(t, 2), [2]),
    "PULSE": ("flow = PULSE(2.2, 3.1)", lambda t: window(t, 2.2, 5.3), [2.2, 5.3]),
    "PULSE of no width": ("flow = PULSE(2.2, 0)", lambda t: window(t, 2.2, 2.325), [2.2, 2.325]),
    "narrow PULSE": ("flow = 1000*PULSE(5.01, 0.002)", lambda t: 1000 * window(t, 5.01, 5.012), [5.01, 5.012]),
    "PULSE TRAIN": (
        "flow = PULSE TRAIN(1.1, 0.4, 2.5, 8)",
        lambda t: windows(t, 1.1, 0.4, 2.5, 8),
        [1.1, 1.5, 3.6, 4, 6.1, 6.5, 8],
    ),
    "PULSE TRAIN shorter than a step": (
        "flow = PULSE TRAIN(1.1, 0.01, 4, 100)",
        lambda t: windows(t, 1.1, 0.125, 4),
        [1.1, 1.225, 5.1, 5.225, 9.1, 9.225],
    ),
    "PULSE TRAIN cut off": ("flow = PULSE TRAIN(1, 2, 3, 4.5)", lambda t: windows(t, 1, 2, 3, 4.5), [1, 3, 4, 4.5]),
    "RAMP": ("flow = RAMP(0.5, 2.2, 7.7)", lambda t: 0.25 * window(t, 2.2, 7.7) ** 2 + 2.75 * since(t, 7.7), [2.2, 7.7]),
    "window": ("flow = IF THEN ELSE(Time > 2.2 :AND: Time <= 5.1, 2, 0)", lambda t: 2 * window(t, 2.2, 5.1), [2.2, 5.1]),
    "outside": (
        "flow = IF THEN ELSE(:NOT: (Time >= 2.2) :OR: 5.1 < Time, 2, 0)",
        lambda t: 2 * (t - window(t, 2.2, 5.1)),
        [2.2, 5.1],
    ),
    "a condition as a number": (
        "flow = (Time > 3.3) * 4 + (Time < 1.1)",
        lambda t: 4 * since(t, 3.3) + window(t, 0, 1.1),
        [3.3, 1.1],
    ),
    "both sides": ("flow = IF THEN ELSE(2*Time - 3 > 5 - Time/2, 1, 0)", lambda t: since(t, 3.2), [3.2]),
    "elapsed": ("flow = IF THEN ELSE(elapsed > 4, 1, 0)\nelapsed = Time - begun\nbegun = 1.3", lambda t: since(t, 5.3), [5.3]),
    "elapsed in two steps": (
        "flow = IF THEN ELSE(half >= 2, 1, 0)\nhalf = elapsed / 2\nelapsed = Time - begun\nbegun = 1.3",
        lambda t: since(t, 5.3),
        [5.3],
    ),
    "a switch in a variable": (
        "flow = IF THEN ELSE(on = 1, 2, 0)\non = IF THEN ELSE(Time > 4.4, 1, 0)",
        lambda t: 2 * since(t, 4.4),
        [4.4],
    ),
    "a step in a variable": ("flow = IF THEN ELSE(on > 1, 2, 0)\non = STEP(3, 4.4)", lambda t: 2 * since(t, 4.4), [4.4]),
    "MODULO": ("flow = MODULO(Time, 4)", lambda t: 8 * (t // 4) + (t % 4) ** 2 / 2, [4, 8]),
    "season": ("flow = IF THEN ELSE(MODULO(Time, 4) < 1.5, 1, 0)", lambda t: windows(t, 0, 1.5, 4), [1.5, 4, 5.5, 8, 9.5]),
    "season in a variable": (
        "flow = IF THEN ELSE(phase >= 1.5, 1, 0)\nphase = MODULO(Time - 1, 4)",
        lambda t: t - 1 - windows(t, 1, 1.5, 4) + np.where(t < 1, 1 - t, 0),
        [1, 2.5, 5, 6.5, 9],
    ),
    "QUANTUM": (
        "flow = QUANTUM(Time, 2.5)",
        lambda t: 2.5 * (since(t, 2.5) + since(t, 5) + since(t, 7.5) + since(t, 10)),
        [2.5, 5, 7.5],
    ),
    "INTEGER": ("flow = INTEGER(Time/2)", lambda t: since(t, 2) + since(t, 4) + since(t, 6) + since(t, 8), [2, 4, 6, 8]),
    "INTEGER in a variable": (
        "flow = IF THEN ELSE(n = 2, 1, 0)\nn = INTEGER(Time/2.2)",
        lambda t: window(t, 4.4, 6.6),
        [2.2, 4.4, 6.6, 8.8],
    ),
    "MOD": ("flow = MOD(Time - 6, 4)", lambda t: 8 * ((t + 2) // 4) + ((t + 2) % 4) ** 2 / 2 - 2, [2, 6]),
    "season by MOD": (
        "flow = IF THEN ELSE(MOD(Time - 6, 4) < 1.5, 1, 0)",
        lambda t: windows(t, 2, 1.5, 4),
        [2, 3.5, 6, 7.5],
    ),
    "FLOOR": ("flow = FLOOR((Time - 5)/2)", lambda t: -3 * t + sum(since(t, 1 + 2 * k) for k in range(5)), [1, 3, 5, 7, 9]),
    "ROUND": ("flow = ROUND(Time/2)", lambda t: sum(since(t, 1 + 2 * k) for k in range(5)), [1, 3, 5, 7, 9]),
    "MIN": ("flow = MIN(Time, 3.3)", lambda t: window(t, 0, 3.3) ** 2 / 2 + 3.3 * since(t, 3.3), [3.3]),
    "MAX": ("flow = MAX(7.7 - Time, 0)", lambda t: (7.7**2 - since(7.7 - t, 0) ** 2) / 2, [7.7]),
    "a table of the time": (
        "flow = f(Time)\nf((0,0),(2.2,0),(2.3,10),(2.4,0),(10,0))",
        lambda t: np.where(t > 2.3, 1.0, 0.0),
        [2.2, 2.3, 2.4],
    ),
    "an inline table": (
        "flow = WITH LOOKUP(Time*2, ((0,0),(4.4,0),(4.6,10),(4.8,0)))",
        lambda t: np.where(t > 2.3, 1.0, 0.0),
        [2.2, 2.3, 2.4],
    ),
    "tables by element": (
        "i: p, q\nflow = SUM(f[i!](Time - late[i!]))\nlate[i] = 1, 3\nf[p]((0,0),(0.1,1))\nf[q]((0,0),(0.2,2))",
        lambda t: since(t, 1.05) + 2 * since(t, 3.1),
        [1, 1.1, 1.2, 3, 3.1, 3.2],
    ),
    "steps by element": (
        "i: p, q\nflow = SUM(g[i!])\ng[i] = STEP(h[i], at[i])\nh[i] = 1, 2\nat[i] = 1.1, 2.2",
        lambda t: since(t, 1.1) + 2 * since(t, 2.2),
        [1.1, 2.2],
    ),
    "pulses by element and other": (
        "i: p, q\nj: u, v, w\nflow = SUM(g[i!,j!])\ng[i,j] = PULSE(at[j], long[i])\nlong[i] = 1, 2\nat[j] = 1.1, 3.2, 6.3",
        lambda t: sum(window(t, a, a + w) for a in (1.1, 3.2, 6.3) for w in (1, 2)),
        [1.1, 2.1, 3.1, 3.2, 4.2, 5.2, 6.3, 7.3, 8.3],
    ),
    "trains by element and other": (
        "i: p, q\nj: u, v, w\nflow = SUM(g[i!,j!])\ng[i,j] = PULSE TRAIN(at[j], long[i], 4, 100)\nlong[i] = 0.5, 1\n"
        "at[j] = 1.1, 1.3, 2.3",
        lambda t: sum(windows(t, a, w, 4) for a in (1.1, 1.3, 2.3) for w in (0.5, 1)),
        [1.1, 1.6, 2.1, 1.3, 1.8, 2.3, 2.8, 3.3, 5.1, 5.6, 6.1, 5.3, 5.8, 6.3, 6.8, 7.3, 9.1, 9.6, 9.3, 9.8],
    ),
    "elapsed by element": (
        "i: p, q\nflow = SUM(g[i!])\ng[i] = IF THEN ELSE(elapsed[i] > 2, 1, 0)\nelapsed[i] = Time - at[i]\nat[i] = 1.1, 2.2",
        lambda t: since(t, 3.1) + since(t, 4.2),
        [3.1, 4.2],
    ),
    "elapsed of one element": (
        "i: p, q\nflow = IF THEN ELSE(elapsed[q] > 2, 1, 0)\nelapsed[i] = Time - at[i]*i\nat[i] = 1.1, 2.2",
        lambda t: since(t, 6.4),
        [6.4],
    ),
    "a condition by element": (
        "i: p, q\nflow = SUM(g[i!])\ng[i] = IF THEN ELSE(Time > at[i], i, 0)\nat[i] = 1.1, 2.2",
        lambda t: since(t, 1.1) + 2 * since(t, 2.2),
        [1.1, 2.2],
    ),
}


def breaks(system: System) -> np.ndarray:
    """Inside the run, each once."""
    with np.errstate(all="ignore"):
        _, held = system.initial(0.0, 0.0, 0.0, system.defaults)
        found = system.breaks(system.constants(system.defaults, held), 0.0, 10.0)
    times = np.concatenate([np.empty(0), *(np.ravel(part) for part in found)])
    return np.unique(np.round(times[(times > 0) & (times < 10)], 9))


@pytest.mark.parametrize("case", CASES)
def test_closed_form(tmp_path: Path, case: str) -> None:
    """Just these breaks, and the right area with two adaptive methods."""
    text, area, wanted = CASES[case]
    system = compiled(tmp_path, text + STOCK)
    assert system.unsolved_breaks == ()
    np.testing.assert_allclose(breaks(system), sorted(wanted), atol=1e-9)
    for method in ("LSODA", "RK45"):
        found = run(system, method, rtol=1e-8, atol=1e-10).values["s"][:, 0]
        np.testing.assert_allclose(found, area(TIMES), rtol=1e-6, atol=1e-6, err_msg=method)


def by_hand(flow: Expr, *more: Variable) -> System:
    """A model whose stock accumulates `flow`, TIME STEP 0.125."""
    stock = Variable(id="s", label="s", equations=(Equation(expression=Call("integ", (flow, Number(0.0)))),))
    controls = {"initial_time": 0.0, "final_time": 10.0, "time_step": 0.125, "saveper": 1.0}
    constants = [Variable(id=id, label=id, equations=(Equation(expression=Number(value)),)) for id, value in controls.items()]
    return compile_model(Model(path=Path("hand.xmile"), variables={v.id: v for v in (*constants, stock, *more)}))


HAND: dict[str, tuple[Expr, Area, Sequence[float]]] = {
    "xpulse": (Call("xpulse", (Number(2.2), Number(3.0))), lambda t: 24 * window(t, 2.2, 2.325), [2.2, 2.325]),
    "xpulse_train": (
        Call("xpulse_train", (Number(2.2), Number(5.0), Number(3.0))),
        lambda t: 24 * windows(t, 2.2, 0.125, 5),
        [2.2, 2.325, 7.2, 7.325],
    ),
    "xpulse_train once": (
        Call("xpulse_train", (Number(2.2), Number(0.0), Number(3.0))),
        lambda t: 24 * window(t, 2.2, 2.325),
        [2.2, 2.325],
    ),
    "xramp": (Call("xramp", (Number(0.5), Number(2.2))), lambda t: 0.25 * since(t, 2.2) ** 2, [2.2]),
    "stairs": (
        Lookup(Table((0.0, 2.2, 6.6), (1.0, 3.0, 0.0), Between.STEPS), Name("time")),
        lambda t: window(t, 0, 2.2) + 3 * window(t, 2.2, 6.6),
        [2.2, 6.6],
    ),
}


@pytest.mark.parametrize("case", HAND)
def test_closed_form_by_hand(case: str) -> None:
    """What Vensim files cannot say."""
    flow, area, wanted = HAND[case]
    system = by_hand(flow)
    assert system.unsolved_breaks == ()
    np.testing.assert_allclose(breaks(system), sorted(wanted), atol=1e-9)
    for method in ("LSODA", "RK45"):
        found = run(system, method, rtol=1e-8, atol=1e-10).values["s"][:, 0]
        np.testing.assert_allclose(found, area(TIMES), rtol=1e-6, atol=1e-6, err_msg=method)


def test_breaks_follow_the_parameters(tmp_path: Path) -> None:
    """Each sample has its own times; a slope of zero has none."""
    text = "flow = STEP(1, at) + IF THEN ELSE(Time*slope > 4, 1, 0) + MODULO(Time*slope, 2)*0\nat = 3\nslope = 1"
    system = compiled(tmp_path, text + STOCK)
    p = np.repeat(system.defaults, 3, axis=1)
    p[rows(system, "at")], p[rows(system, "slope")] = [[1.1, 2.2, 50]], [[2, 0.5, 0]]
    found = run(system, "LSODA", p).values["s"]
    wanted = np.stack([since(TIMES, 1.1) + since(TIMES, 2), since(TIMES, 2.2) + since(TIMES, 8), 0 * TIMES], axis=1)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


UNSOLVED: dict[str, tuple[str, Area, tuple[str, ...]]] = {
    "a wave": ("flow = IF THEN ELSE(SIN(Time) > 0, 1, 0)", lambda t: windows(t, 0, np.pi, 2 * np.pi), ("flow",)),
    "a time in a stock": (
        "flow = STEP(1, clock/2 + 2)\nclock = INTEG(1, 0)",
        lambda t: since(t, 4),
        ("flow",),
    ),
    "a start in a stock": (
        "flow = INITIAL(PULSE(5, clock) + STEP(1, clock)) + 0 * Time\nclock = INTEG(0, 3)",
        lambda t: 0 * t,
        (),
    ),
    "time against a stock": (
        "flow = IF THEN ELSE(Time > 2 * level, 1, 0)\nlevel = INTEG(0, 2)",
        lambda t: since(t, 4),
        ("flow",),
    ),
    "a ramp that passes a level": ("flow = IF THEN ELSE(RAMP(1, 2, 9) > 1.5, 1, 0)", lambda t: since(t, 3.5), ("flow",)),
    "a square": ("flow = IF THEN ELSE(Time*Time > 9, 1, 0)", lambda t: since(t, 3), ("flow",)),
}


@pytest.mark.parametrize("case", UNSOLVED)
def test_what_cannot_be_solved_is_named(tmp_path: Path, case: str) -> None:
    """Such a variable is named once, and short steps find its switches."""
    text, area, unsolved = UNSOLVED[case]
    system = compiled(tmp_path, text + STOCK)
    assert system.unsolved_breaks == unsolved
    found = run(system, "RK45", rtol=1e-8, atol=1e-10, max_step=0.01).values["s"][:, 0]
    np.testing.assert_allclose(found, area(TIMES), atol=0.01)


def test_a_state_alone_is_no_switch_of_time(tmp_path: Path) -> None:
    system = compiled(tmp_path, "flow = IF THEN ELSE(s > 3, 0, 1)" + STOCK)
    assert system.unsolved_breaks == () and breaks(system).size == 0


def test_stairs_at_an_unknown_time_are_named() -> None:
    table = Table((0.0, 1.0), (1.0, 3.0), Between.STEPS)
    assert by_hand(Lookup(table, Call("sin", (Name("time"),)))).unsolved_breaks == ("s",)


def test_fixed_steps_judge_by_the_time_itself(tmp_path: Path) -> None:
    """At TIME STEP 0.125 a STEP at 4.3 is felt from 4.25 on (half a step is added), a condition from 4.375 on."""
    found = run(compiled(tmp_path, "flow = STEP(1, 4.3)\nother = INTEG(IF THEN ELSE(Time > 4.3, 1, 0), 0)" + STOCK)).values
    assert found["s"][5, 0] == 0.75 and found["other"][5, 0] == 0.625


def chain(tmp_path: Path, links: int, link: str) -> System:
    """Variables of the time that each name the two before them: put into each other they double with every link."""
    own = "\n".join(f"x{k} = {link.format(a=f'x{k - 1}', b=f'x{k - 2}')}" for k in range(2, links))
    return compiled(tmp_path, f"x0 = Time\nx1 = 2*Time\n{own}\nflow = IF THEN ELSE(x{links - 1} > 30, 1, 0){STOCK}")


def test_chains_of_variables_are_solved_for(tmp_path: Path) -> None:
    """The last is 34 times the time."""
    np.testing.assert_allclose(breaks(chain(tmp_path, 8, "{a} + {b}")), [30 / 34])


@pytest.mark.parametrize("link", ["{a} + {b}", "IF THEN ELSE({a} > {b}, {a}, {b} + 1)"])
def test_chains_too_long_to_be_solved_for_are_told(tmp_path: Path, link: str) -> None:
    """In a time that does not double with every link."""
    assert "flow" in chain(tmp_path, 300, link).unsolved_breaks
