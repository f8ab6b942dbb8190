"""Initial values, memory, parameters, samples, literals."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from written import at_start, compiled, rows, run

from sdrun.compile import compile_model
from sdrun.errors import SolveError
from sdrun.model import Array, Call, Equation, Model, Name, Number, Range, Subscript, Table, Variable
from sdrun.simulation import Setup
from sdrun.solve import integrate
from sdrun.system import Kind


def test_literals_are_parameters(tmp_path: Path) -> None:
    """`1/12` is a constant that a scenario may change, and so is a signed power."""
    system = compiled(tmp_path, "month = 1/12\nx = -2^2 * 3 - (1 - 4)\ny = 2^3^0.5\nz = month * 2")
    defaults = {slot.id: system.defaults[slot.start, 0] for slot in system.parameters}
    assert defaults["month"] == 1 / 12 and defaults["x"] == -9 and defaults["y"] == 2 ** (3**0.5)
    assert "z" not in defaults
    kinds = {slot.id: slot.kind for slot in system.recorded}
    assert kinds["month"] is Kind.CONSTANT and kinds["z"] is Kind.AUXILIARY


@pytest.mark.parametrize("method", ["euler", "rk4", "RK45", "LSODA"])
def test_the_time_is_no_python_number(tmp_path: Path, method: str) -> None:
    """1/Time at 0 is infinite, no ZeroDivisionError; a root of a negative time is NaN, no complex number."""
    found = run(compiled(tmp_path, "x = 1/Time\ny = (Time - 5)^0.5\nz = Time/0\ns = INTEG(1, 0)"), method).values
    np.testing.assert_array_equal(found["x"][:3, 0], [np.inf, 1, 0.5])
    np.testing.assert_array_equal(np.isnan(found["y"][:, 0]), np.arange(11) < 5)
    np.testing.assert_array_equal(found["z"][1:, 0], np.inf)


def test_what_is_not_finite_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(SolveError, match=r"^'flow' is inf at time 0 "):
        run(compiled(tmp_path, "flow = 1/Time\ns = INTEG(flow, 0)"))


def test_every_output_ends_with_samples(tmp_path: Path) -> None:
    """Also what rests on numbers or on the time alone."""
    system = compiled(
        tmp_path, "a = MAX(1, 2)\nb = f(0.5)\nf((0,0),(1,1))\nc = Time\nd = STEP(3, 4)\ne = Time > 3\ng[i] = 2*c\ni: p, q"
    )
    _, held = system.initial(0.0, 0.0, 0.0, system.defaults)
    for t in (1, 1.0, np.arange(4.0)):
        y = np.empty((0, np.size(t)))
        found = system.outputs(t, t, 0.0, y, system.constants(system.defaults, held))  # type: ignore[arg-type]
        for slot in system.recorded:
            assert found[slot.name].shape in {(*slot.shape, 1), (*slot.shape, np.size(t))}, slot.name


def test_initial_values_that_rest_on_each_other(tmp_path: Path) -> None:
    """INITIAL, ACTIVE INITIAL, and stocks whose start rests on other stocks, in any order of the file."""
    system = compiled(
        tmp_path,
        """
        last = INTEG(0, middle * 2)
        middle = INTEG(1, first + held)
        first = INTEG(2, 3)
        held = INITIAL(first * 10 + Time)
        loop = ACTIVE INITIAL(first + later, 7)
        later = loop0 * 2
        loop0 = INTEG(0, loop)
        again = INITIAL(INITIAL(first) + held)
        """,
        initial_time=5,
        final_time=8,
    )
    found = run(system).values
    np.testing.assert_allclose(found["first"][:, 0], [3, 5, 7, 9])
    np.testing.assert_allclose(found["held"][:, 0], 35)
    np.testing.assert_allclose(found["middle"][:, 0], 38 + np.arange(4))
    np.testing.assert_allclose(found["last"][:, 0], 76)
    np.testing.assert_allclose(found["loop0"][:, 0], 7)
    np.testing.assert_allclose(found["loop"][:, 0], found["first"][:, 0] + 14)
    np.testing.assert_allclose(found["again"][:, 0], 38)


def test_given_initial_values(tmp_path: Path) -> None:
    """Rows of `initials` win where they are no NaN, element by element, and what starts from them follows."""
    system = compiled(
        tmp_path, "i: p, q, r\nbase = 2\ns[i] = INTEG(0, base)\nu[i] = INTEG(0, s[i] * 10)\nheld = INITIAL(SUM(s[i!]))"
    )
    slot = next(slot for slot in system.initials if slot.id == "s")
    assert slot.size == 3 and np.isnan(system.defaults[slot.start : slot.stop]).all()
    p = system.defaults.copy()
    p[slot.start + 1] = 5
    found = run(system, p=p).values
    np.testing.assert_allclose(found["s"][:, -1, 0], [2, 5, 2])
    np.testing.assert_allclose(found["u"][:, -1, 0], [20, 50, 20])
    assert found["held"][-1, 0] == 9


def test_memory_for_some_elements(tmp_path: Path) -> None:
    """INTEG and SMOOTH for some elements, formulas for others; behind :EXCEPT: what is left out is not touched."""
    system = compiled(
        tmp_path,
        """
        i: p, q, r
        two: p, r
        x[p] = INTEG(1, 10)
        x[q] = Time * 2
        x[r] = INTEG(x[p], 3)
        wide[two] = 5
        wide[q] = 1/(Time - 1)
        y[i] :EXCEPT: [q] = SMOOTH(wide[i], 3) + x[i]
        y[q] = 0
        z[i] :EXCEPT: [q] = INTEG(1, wide[i])
        z[q] = -1
        """,
        initial_time=1,
        final_time=3,
    )
    found = run(system, "rk4").values
    np.testing.assert_allclose(found["x"][0, :, 0], [10, 11, 12])
    np.testing.assert_allclose(found["x"][1, :, 0], [2, 4, 6])
    np.testing.assert_allclose(found["x"][2, :, 0], [3, 13.5, 25])
    np.testing.assert_allclose(found["y"][:, 0, 0], [15, 0, 8])
    np.testing.assert_allclose(found["z"][:, -1, 0], [7, -1, 7])


def test_memory_behind_except_reads_no_hole(tmp_path: Path) -> None:
    """The stocks of a SMOOTH stay away from the element that :EXCEPT: leaves out, which has no input at all."""
    text = "i: p, q\ninput[p] = 4\ny[i] :EXCEPT: [q] = SMOOTH(input[i], 3)\ny[q] = 1"
    found = run(compiled(tmp_path, text)).values
    np.testing.assert_allclose(found["y"][:, -1, 0], [4, 1])


def test_stocks_with_several_equations(tmp_path: Path) -> None:
    """Names of stocks that also stand inside our own words: the text is put together, never searched and replaced."""
    text = (
        "i: p, q, r\na[i] :EXCEPT: [q] = INTEG(a[i] * r0 + 0 * l[i], 1)\na[q] = INTEG(-a[q], 2)\nr0 = 0.5\nl[i] = INTEG(1, 1)"
    )
    found = run(compiled(tmp_path, text, final_time=1), "rk4").values
    np.testing.assert_allclose(found["a"][:, -1, 0], [np.exp(0.5), 2 * np.exp(-1), np.exp(0.5)], rtol=1e-5)


def test_an_order_cannot_be_set(tmp_path: Path) -> None:
    """A constant that decides the number of stocks is no parameter: setting it would change nothing."""
    system = compiled(tmp_path, "n = 3\nx = SMOOTH N(Time, 2, 0, n)")
    assert "n" not in {slot.id for slot in system.parameters}
    assert sum(slot.size for slot in system.stocks) == 3
    assert at_start(system)["n"] == 3


def test_non_negative_stocks(tmp_path: Path) -> None:
    """XMILE's stocks that may not fall below zero are told to the solver; others are free."""

    def stock(id: str, function: str) -> Variable:
        return Variable(id=id, label=id, equations=(Equation(expression=Call(function, (Number(-1.0), Number(2.0)))),))

    variables = {"free": stock("free", "integ"), "floor": stock("floor", "integ_non_negative")}
    system = compile_model(Model(path=Path("hand.xmile"), variables=variables))
    assert system.non_negative == (slice(1, 2),)
    setup = Setup(parameters=system.defaults, times=np.array([0.0, 5.0]), step=0.5, method="euler")
    found = integrate(system, setup).values
    assert found["free"][-1, 0] == -3 and found["floor"][-1, 0] == 0


SAMPLED = """
    i: p, q
    rate[i] = 0.1, 0.2
    start = 5
    width = 2
    level = 1
    n = INITIAL(level * 3)
    part[p] = level
    part[q] = Time * level
    curve((0,1),(10,3))
    s[i] = INTEG(rate[i] * s[i] * curve(level) + PULSE(start, width) - part[i]/10, n)
    d = DELAY3(SUM(s[i!]), level + 1)
    e[i] = IF THEN ELSE(Time > start, s[i], level)
"""


@pytest.mark.parametrize("method", ["euler", "rk4", "LSODA"])
def test_samples_are_runs_of_their_own(tmp_path: Path, method: str) -> None:
    """p with three columns is three runs; each is what it is alone."""
    system = compiled(tmp_path, SAMPLED)
    p = np.repeat(system.defaults, 3, axis=1)
    p[rows(system, "rate")] = [[0.1, -0.3, 0.0], [0.2, 0.2, 0.5]]
    p[rows(system, "start")] = [[2, 5.5, 30]]
    p[rows(system, "level")] = [[1, 2, 3]]
    together = run(system, method, p).values
    for sample in range(3):
        alone = run(system, method, p[:, sample : sample + 1]).values
        for name, found in alone.items():
            np.testing.assert_allclose(together[name][..., sample], found[..., 0], rtol=1e-12, atol=1e-13, err_msg=name)
    assert not np.allclose(together["s"][..., 0], together["s"][..., 1])


def test_literals_by_hand_may_be_integers() -> None:
    """A model made by hand need not mind float and int."""
    expression = Call("integ", (Name("k"), Number(2)))
    range_ = Range(id="i", label="i", elements=("p", "q"), labels=("p", "q"))
    variables = {
        "k": Variable(id="k", label="k", equations=(Equation(subscripts=("i",), expression=Array((1, 2))),)),
        "s": Variable(id="s", label="s", equations=(Equation(subscripts=("i",), expression=expression),)),
    }
    stock = variables["s"].equations[0]
    named = replace(stock, expression=Call("integ", (Name("k", (Subscript("i"),)), Number(2))))
    variables["s"] = replace(variables["s"], equations=(named,))
    variables["t"] = Variable(id="t", label="t", equations=(Equation(expression=Table((0, 1), (0, 1))),))
    system = compile_model(Model(path=Path("hand.mdl"), variables=variables, ranges={"i": range_}))
    np.testing.assert_array_equal(system.defaults[:2, 0], [1, 2])
