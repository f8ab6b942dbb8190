"""Functions of lookups and data, and data computed from others: by hand, by both engines; and data as switches of time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from written import compiled, refused, run

from sdrun.errors import SolveError

POINTS = {0.0: 10.0, 1.0: 30.0, 2.5: 20.0, 6.0: 50.0}
DATA = "0,10,1\n1,30,\n2.5,20,3\n6,50,4\n"
"""Two series over the same times; the second lacks a point."""
NAN = float("nan")


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(DATA)


def source(first: str = "B1") -> str:
    return f"GET DIRECT DATA('data.csv', ',', 'A', '{first}')"


engines = pytest.mark.parametrize("engine", ["numpy", "llvm"])
LOOKUPS = """
up((0,0),(1,1),(3,2))
down((0,5),(1,4),(3,0))
s: s1, s2
by[s1]((0,0),(2,4))
by[s2]((1,10),(3,20))
i = Time - 1
"""


OF_LOOKUPS = {
    "up(i)": [0, 0, 1, 1.5, 2, 2],
    "LOOKUP FORWARD(up, i)": [0, 0, 1, 2, 2, 2],
    "LOOKUP BACKWARD(up, i)": [0, 0, 1, 1, 2, 2],
    "LOOKUP EXTRAPOLATE(up, i)": [-1, 0, 1, 1.5, 2, 2.5],
    "LOOKUP INVERT(up, i / 2)": [NAN, 0, 0.5, 1, 2, 3],
    "LOOKUP INVERT(down, i)": [NAN, 3, 2.5, 2, 1.5, 1],
    "LOOKUP FORWARD(by[s2], i)": [10, 10, 10, 20, 20, 20],
    "SUM(by[s!](i))": [10, 10, 12, 19, 24, 24],
    "SUM(LOOKUP EXTRAPOLATE(by[s!], i))": [-2, 5, 12, 19, 26, 33],
    "LOOKUP FORWARD(up, 0.5) + LOOKUP BACKWARD(up, 1.5)": [2] * 6,
}


@engines
def test_functions_of_lookups(tmp_path: Path, engine: str) -> None:
    """Where tables of several elements share their points, those of one change nothing of the others."""
    compare(tmp_path, LOOKUPS, OF_LOOKUPS, engine, final_time=5, time_step=1)


def compare(folder: Path, text: str, expected: dict[str, list[float]], engine: str, **control: float) -> None:
    """Every expression is what it should be, at every time."""
    equations = "\n".join(f"y{k} = {expression}" for k, expression in enumerate(expected))
    history = run(compiled(folder, f"{text}\n{equations}", **control), engine=engine)
    assert history.engine == engine
    for k, (expression, wanted) in enumerate(expected.items()):
        np.testing.assert_allclose(history.values[f"y{k}"][:, 0], wanted, rtol=1e-14, err_msg=expression)


def test_every_element_of_a_lookup(tmp_path: Path) -> None:
    history = run(compiled(tmp_path, f"{LOOKUPS}\ny[s] = LOOKUP BACKWARD(by[s], i)", final_time=4, time_step=1))
    assert history.values["y"][..., 0].tolist() == [[0, 0, 0, 4, 4], [10, 10, 10, 10, 20]]


SOURCES = f"""
x := {source()}
held :HOLD BACKWARD: := {source()}
ahead :LOOK FORWARD: := {source()}
raw :RAW: := {source()}
backward = -1
one = 1
shifted := TIME SHIFT(held, one)
doubled := 3 * held - x / one
doubled ahead :LOOK FORWARD: := 2 * x
squared :HOLD BACKWARD: := x * ahead
alias :RAW: := x
constant := 7
over most := x + GET DATA MAX(x, 0, 3) - GET DATA AT TIME(held, 1)
"""
OF_DATA = {
    "x": [10, 30, 70 / 3, 20 + 30 / 7, 20 + 90 / 7, 20 + 150 / 7, 50, 50],
    "held": [10, 30, 30, 20, 20, 20, 50, 50],
    "ahead": [10, 30, 20, 50, 50, 50, 50, 50],
    "raw": [10, 30, NAN, 20, NAN, NAN, 50, NAN],
    "IF THEN ELSE(raw = :NA:, -1, raw)": [10, 30, -1, 20, -1, -1, 50, -1],
    "IF THEN ELSE(raw <> :NA:, 1, 0)": [1, 1, 0, 1, 0, 0, 1, 0],
    "GET DATA AT TIME(x, Time)": [10, 30, NAN, 20, NAN, NAN, 50, NAN],
    "GET DATA AT TIME(held, 2.5)": [20] * 8,
    "GET DATA AT TIME(held, 2)": [NAN] * 8,
    "GET DATA BETWEEN TIMES(held, Time + 1, 0)": [30, 70 / 3, 20 + 30 / 7, 20 + 90 / 7, 20 + 150 / 7, 50, NAN, NAN],
    "GET DATA BETWEEN TIMES(x, Time - 1, 1)": [NAN, 10, 30, 20, 50, 50, 50, 50],
    "GET DATA BETWEEN TIMES(x, Time - 1, backward)": [NAN, 10, 30, 30, 20, 20, 20, 50],
    "GET DATA FIRST TIME(x) + GET DATA LAST TIME(x)": [6] * 8,
    "INITIAL(GET DATA BETWEEN TIMES(x, Time + 3, 1))": [50] * 8,
    "shifted": [30, 70 / 3, 20 + 30 / 7, 20 + 90 / 7, 20 + 150 / 7, 50, 50, 50],
    "doubled": [20, 60, 140 / 3, 40 + 60 / 7, 40 + 180 / 7, 40 + 300 / 7, 100, 100],
    "doubled ahead": [20, 60, 40, 100, 100, 100, 100, 100],
    "squared": [100, 900, 900, 400, 400, 400, 2500, 2500],
    "alias": [10, 30, NAN, 20, NAN, NAN, 50, NAN],
    "constant + GET DATA FIRST TIME(x)": [7] * 8,
    "GET DATA MAX(x, INITIAL TIME, FINAL TIME)": [50] * 8,
    "GET DATA MIN(raw, INITIAL TIME, FINAL TIME)": [10] * 8,
    "INITIAL(GET DATA MEAN(x, 0, 2.5))": [20] * 8,
    "GET DATA MEAN(x, Time - 2, Time)": [10, 20, 20, 25, 20, NAN, 50, 50],
    "GET DATA MAX(x, Time, Time + 1)": [30, 30, 20, NAN, NAN, 50, 50, NAN],
    "GET DATA MIN(x, 1, one)": [30] * 8,
}


@engines
def test_data(tmp_path: Path, engine: str) -> None:
    """Beyond their points data are held, raw ones missing; a raw point holds for the step that meets it."""
    compare(tmp_path, SOURCES, OF_DATA, engine, final_time=7, time_step=1)


@engines
def test_data_by_element(tmp_path: Path, engine: str) -> None:
    """Series, constants and equations in one variable; what one series lacks is its own, and a constant has no points."""
    text = f"""
    r: a, b, c, d
    two: a, b
    x[two] := {source()}
    x[c] = 5
    x[d] = 8
    y[r] = x[r] + z[r]
    z[two] = 0
    z[c] = 0
    z[d] = 2 * Time
    at[r] = GET DATA AT TIME(x[r], 1)
    last[r] = GET DATA LAST TIME(x[r])
    mean[r] = GET DATA MEAN(x[r], 0, 3)
    most = GET DATA MAX(x[b], 0, 3)
    """
    found = run(compiled(tmp_path, text, final_time=2, time_step=1), engine=engine).values
    np.testing.assert_allclose(found["y"][..., 0], [[10, 30, 70 / 3], [1, 1.8, 2.6], [5] * 3, [8, 10, 12]], rtol=1e-15)
    for name, wanted in (("at", [30, NAN, NAN, NAN]), ("last", [6, 6, NAN, NAN]), ("mean", [20, 2, NAN, NAN])):
        np.testing.assert_array_equal(found[name][..., 0], np.repeat(np.reshape(wanted, (4, 1)), 3, axis=1), err_msg=name)
    assert found["most"][:, 0].tolist() == [3, 3, 3]


@engines
def test_data_for_all_but_some(tmp_path: Path, engine: str) -> None:
    """Cells and columns are those of all elements, as they lie in the file."""
    text = f"""
    r: a, b, c
    x[r] :EXCEPT: [b] := {source()}
    x[b] = -1
    k[r] :EXCEPT: [a], [b] = GET DIRECT CONSTANTS('data.csv', ',', 'A1*')
    k[a] = -1
    k[b] = -2
    last[r] = GET DATA LAST TIME(x[r])
    """
    (tmp_path / "data.csv").write_text("0,10,1,20\n1,30,,25\n2.5,20,3,30\n")
    found = run(compiled(tmp_path, text, final_time=2, time_step=1), engine=engine).values
    np.testing.assert_allclose(found["x"][..., 0], [[10, 30, 70 / 3], [-1] * 3, [20, 25, 85 / 3]], rtol=1e-15)
    assert found["k"][:, 0, 0].tolist() == [-1, -2, 2.5], "the third cell"
    np.testing.assert_array_equal(found["last"][:, 0, 0], [2.5, NAN, 2.5])


def test_functions_of_data_want_all_of_it_read(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, f"r: a, b\nx[a] := {source()}\nx[b] = 2 * Time\ny = GET DATA LAST TIME(x[a])")
    assert found[0] == "'y': GET DATA LAST TIME takes a data variable, and 'x' is none"


CURVE = "l((0,0),(1,1),(2,0))"
FOR_EACH = "write it with '=', to compute it at every time"


@pytest.mark.parametrize(
    ("text", "said", "helped"),
    [
        ("y = LOOKUP FORWARD(k, 1)\nk = 3", "gives 'k' an argument, but it is no lookup", None),
        ("y = LOOKUP FORWARD(1 + k, 1)\nk = 3", "LOOKUP FORWARD takes the name of a lookup", None),
        (f"y = LOOKUP FORWARD(l)\n{CURVE}", "gives LOOKUP FORWARD 1 arguments; it takes 2", None),
        ("y = GET DATA AT TIME(k, 1)\nk = 3", "GET DATA AT TIME takes a data variable, and 'k' is none", None),
        (f"y = GET DATA AT TIME(l, 1)\n{CURVE}", "without an argument", None),
        ("y = GET DATA AT TIME(z, 1)\nz := 2 * x\nx := {}", "and 'z' is computed from others: name those", None),
        ("y := x * x\nx := {}", "it must be linear in them", FOR_EACH),
        ("y := EXP(x)\nx := {}", "it must be linear in them", FOR_EACH),
        ("y := 1 / x\nx := {}", "it must be linear in them", FOR_EACH),
        ("y := z + 1\nz :RAW: := 2 * x\nx := {}", "'z' is computed from other data by another keyword", "compute it from"),
        ("y := TIME SHIFT(k, 1)\nk = 3", "TIME SHIFT takes a data variable, and 'k' is none", None),
        ("y = GET DATA MEAN(k, 0, 9)\nk = 3", "GET DATA MEAN takes a data variable, and 'k' is none", None),
        ("y = GET DATA MEAN(2 * x, 0, 9)\nx := {}", "GET DATA MEAN takes the name of a data variable", None),
        ("y = SUM(GET DATA MAX(x[r!], 0, 9))\nr: a, b\nx[r] := {}", "stands inside a sum", "a variable of its own"),
        ("y = GET DATA STDV(x, 0, 9)\nx := {}", "GET DATA STDV, which is not supported", None),
    ],
)
def test_refusals(tmp_path: Path, text: str, said: str, helped: str | None) -> None:
    found = refused(tmp_path, text.format(source()))
    _, help, variable, line = next(problem for problem in found if said in problem[0])
    assert (variable, line) == ("y", 2)
    assert helped is None or (help is not None and helped in help)


def test_equations_are_told_as_the_model_has_them(tmp_path: Path) -> None:
    """Where the numbers come from is worth more than the numbers."""
    system = compiled(tmp_path, f"x := {source()}\nk = GET DIRECT CONSTANTS('data.csv', ',', 'B1')\ny = x * k")
    equations = {slot.id: slot.equation for slot in system.recorded}
    assert equations["x"] == source() and equations["k"] == "GET DIRECT CONSTANTS('data.csv', ',', 'B1')"
    assert equations["y"] == "x * k"
    assert not any(slot.id.startswith("_") for slot in system.recorded), "tables are hidden"


# ── data as switches of time ─────────────────────────────────────────────────────────────────────────────────────────────────


def held(t: float) -> float:
    return [y for x, y in POINTS.items() if x <= t][-1]


def ahead(t: float) -> float:
    return next((y for x, y in POINTS.items() if x >= t), 50.0)


def linear(t: float) -> float:
    return float(np.interp(t, [*POINTS], [*POINTS.values()]))


def integral(curve: object, until: float) -> float:
    """Piece by piece between the points."""
    ends = [0.0, *(x for x in (1.0, 2.5, 6.0) if x < until), until]
    return sum(quad(curve, a + 1e-12, b - 1e-12)[0] for a, b in pairwise(ends))


MODES = {":INTERPOLATE:": linear, ":HOLD BACKWARD:": held, ":LOOK FORWARD:": ahead}


@engines
@pytest.mark.parametrize("keyword", MODES)
@pytest.mark.parametrize("method", ["LSODA", "RK45"])
def test_adaptive_methods_stop_at_every_point(tmp_path: Path, keyword: str, method: str, engine: str) -> None:
    """The stock is the integral of the data; what is saved at a point is the data there."""
    system = compiled(tmp_path, f"x {keyword} := {source()}\nS = INTEG(x, 0)", final_time=8, saveper=0.5)
    history = run(system, method, engine=engine, rtol=1e-8, atol=1e-10)
    curve = MODES[keyword]
    np.testing.assert_allclose(history.values["x"][:, 0], [curve(t) for t in history.time], rtol=1e-12)
    exact = [integral(curve, t) if t else 0.0 for t in history.time]
    np.testing.assert_allclose(history.values["s"][:, 0], exact, rtol=1e-7, atol=1e-7)
    assert history.evaluations < 600, "where it jumps, and not by short steps"
    assert not system.unsolved_breaks


@engines
@pytest.mark.parametrize("method", ["LSODA", "RK45"])
@pytest.mark.parametrize("keyword", MODES)
def test_the_response_to_data(tmp_path: Path, keyword: str, method: str, engine: str) -> None:
    """S' = x - S from 0 is the integral of exp(s - t) x(s)."""
    system = compiled(tmp_path, f"x {keyword} := {source()}\nS = INTEG(x - S, 0)", final_time=7)
    history = run(system, method, engine=engine, rtol=1e-9, atol=1e-11)
    exact = [integral(lambda s, t=t: np.exp(s - t) * MODES[keyword](s), t) if t else 0.0 for t in history.time]
    np.testing.assert_allclose(history.values["s"][:, 0], exact, rtol=1e-7)


@engines
@pytest.mark.parametrize("keyword", MODES)
def test_a_grid_sees_the_points_as_they_are(tmp_path: Path, keyword: str, engine: str) -> None:
    """Euler sums what the data are at each step; a step of a tenth meets every point, whatever its sum has drifted by."""
    system = compiled(tmp_path, f"x {keyword} := {source()}\nS = INTEG(x, 0)", final_time=8, time_step=0.1, saveper=0.1)
    history = run(system, "euler", engine=engine)
    exact = np.array([MODES[keyword](round(k / 10, 1)) for k in range(81)])
    np.testing.assert_allclose(history.values["x"][:, 0], exact, rtol=1e-12)
    np.testing.assert_allclose(history.values["s"][:, 0], np.concatenate([[0], np.cumsum(exact)[:-1] * 0.1]), rtol=1e-12)


@engines
@pytest.mark.parametrize("method", ["euler", "LSODA", "RK45"])
def test_raw_points_hold_for_one_step(tmp_path: Path, method: str, engine: str) -> None:
    """So that a payoff counts each of them once by any method: (10 + 30 + 20 + 50) * TIME STEP."""
    text = f"x :RAW: := {source()}\nS = INTEG(IF THEN ELSE(x = :NA:, 0, x), 0)"
    history = run(compiled(tmp_path, text, final_time=8, saveper=0.5, time_step=0.1), method, engine=engine, rtol=1e-3)
    at = {0.0: 10, 1.0: 30, 2.5: 20, 6.0: 50}
    np.testing.assert_array_equal(history.values["x"][:, 0], [at.get(t, NAN) for t in history.time])
    assert history.values["s"][-1, 0] == pytest.approx(11.0, rel=1e-9)


@engines
def test_raw_points_between_two_steps_are_met_once(tmp_path: Path, engine: str) -> None:
    """By the step after them."""
    system = compiled(
        tmp_path, f"x :RAW: := {source()}\ny = IF THEN ELSE(x = :NA:, 0, x)", final_time=8, time_step=2, saveper=2
    )
    assert run(system, "euler", engine=engine).values["y"][:, 0].tolist() == [10, 30, 20, 50, 0]


@engines
@pytest.mark.parametrize("method", ["euler", "LSODA", "RK45"])
def test_shifted_data_switch_at_shifted_times(tmp_path: Path, method: str, engine: str) -> None:
    text = f"x :HOLD BACKWARD: := {source()}\nearly :HOLD BACKWARD: := TIME SHIFT(x, lead)\nlead = 0.75\nS = INTEG(early, 0)"
    history = run(compiled(tmp_path, text, final_time=8, saveper=0.25, time_step=0.25), method, engine=engine, rtol=1e-3)
    exact = [held(t + 0.75) for t in history.time]
    np.testing.assert_allclose(history.values["early"][:, 0], exact, rtol=1e-12)
    np.testing.assert_allclose(history.values["s"][:, 0], np.concatenate([[0], np.cumsum(exact)[:-1] * 0.25]), rtol=1e-7)


@engines
@pytest.mark.parametrize("method", ["LSODA", "RK45"])
def test_windows_that_move_switch_where_points_come_and_go(tmp_path: Path, method: str, engine: str) -> None:
    """S' = the mean of the last four years, whose ends pass the points one by one."""
    system = compiled(tmp_path, f"x := {source()}\nS = INTEG(GET DATA MEAN(x, Time - 4, Time), 0)", final_time=7, saveper=7)
    history = run(system, method, engine=engine, rtol=1e-4)
    cuts = sorted({0.0, 7.0, *POINTS, *(x + 4 for x in POINTS if x + 4 < 7)})
    means = [np.mean([y for x, y in POINTS.items() if b - 4 <= x <= a]) for a, b in pairwise(cuts)]
    assert history.values["s"][-1, 0] == pytest.approx(float(np.diff(cuts) @ means), rel=1e-9)
    assert not system.unsolved_breaks


def test_a_missing_value_that_drives_a_stock_is_told(tmp_path: Path) -> None:
    system = compiled(tmp_path, f"x :RAW: := {source()}\nS = INTEG(x, 0)", final_time=8)
    for method in ("euler", "LSODA"):
        with pytest.raises(SolveError, match="'x' is nan"):
            run(system, method)


def test_points_are_told_to_the_solver(tmp_path: Path) -> None:
    """Of several series those that any has, each once where it is needed."""
    system = compiled(tmp_path, f"r: a, b\nx[r] := {source()}\nS[r] = INTEG(x[r], 0)")
    _, held_ = system.initial(0.0, 0.0, 0.0, system.defaults)
    found = np.concatenate([np.ravel(times) for times in system.breaks(system.constants(system.defaults, held_), 0.0, 10.0)])
    assert set(found.tolist()) == {0.0, 1.0, 2.5, 6.0}
