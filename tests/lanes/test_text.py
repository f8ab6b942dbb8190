"""Instructions on lanes do what NumPy does, and what is written is what was meant."""

import re
import subprocess
import sys

import numpy as np
import pytest
from programs import elementwise

from sdrun.errors import ScenarioError
from sdrun.functions import PURE, pure
from sdrun.lanes import machine
from sdrun.lanes.elementary import OURS, definitions
from sdrun.lanes.text import UFUNCS, Function, Module, linked

RNG = np.random.default_rng(7)
SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 1e16, -1e16, 1e-300, np.inf, -np.inf, np.nan, 0.5, 3.0])
CALLS = {"exp", "log", "power", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"}
ROWS = [ufunc for ufunc in UFUNCS if ufunc.__name__ not in CALLS]


@pytest.mark.parametrize("ufunc", ROWS, ids=lambda ufunc: ufunc.__name__)
def test_every_ufunc_is_numpys(ufunc: np.ufunc) -> None:
    points = [array.ravel() for array in np.meshgrid(*[np.append(SPECIAL, RNG.uniform(-9, 9, 20))] * ufunc.nin)]
    found = elementwise(lambda f, *x: ufunc(*x), ufunc.nin)(*points)
    with np.errstate(all="ignore"):
        truths = ufunc.__name__.startswith(("bitwise", "logical"))
        wanted = ufunc(*(array != 0.0 for array in points)) if truths else ufunc(*points)
    np.testing.assert_array_equal(found, wanted.astype(float))


@pytest.mark.parametrize("name", [name for name, row in PURE.items() if row.lanes])
def test_every_function_of_the_language_is_traced(name: str) -> None:
    """One definition serves both engines: a row in PURE needs nothing more."""
    arity = PURE[name].arity
    rng = np.random.default_rng(7)  # the same points whichever tests run before
    points = [rng.uniform(0.1, 0.9, 64) for _ in range(arity)]
    points[0] *= 3 if name not in ("arcsin", "arccos") else 1
    found = elementwise(lambda f, *x: PURE[name].function(*x), arity)(*points)
    with np.errstate(all="ignore"):  # limits of random numbers may be the wrong way round
        wanted = PURE[name].function(*points)
    assert np.isfinite(wanted).sum() > 10
    np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-15)  # multiply-add rounds once where terms of size 1 cancel


def test_a_function_that_cannot_be_traced_is_named() -> None:
    with pytest.raises(NotImplementedError, match="cbrt"):
        elementwise(lambda f, x: np.cbrt(x), 1)
    with pytest.raises(TypeError, match=r"np\.where"):
        elementwise(lambda f, x: x if x > 0 else -x, 1)


def test_no_fast_math_but_contraction() -> None:
    """`fast` would fold the roundings that exp rests on, and NaN with them."""
    module = Module(8)
    f = Function(module)
    f.store(pure.zidz(f.load("%x") * 2.0 + 1.0, f.load("%x", 1)), "%x")
    f.finish("program", {"x": "ptr"})
    text = linked(module, definitions(OURS, 8))
    assert not re.search(r"\b(fast|nnan|ninf|nsz|arcp|reassoc|afn)\b", text)
    assert "contract" not in linked(definitions(OURS, 8)), "rounding decides in there"


def test_intrinsics_are_those_of_long_standing() -> None:
    """Newer spellings end an older llvmlite, and Python with it, without a word."""
    known = {"fabs", "floor", "ceil", "trunc", "rint", "sqrt", "fma", "vector"}
    text = linked(definitions(OURS, 8))
    assert set(re.findall(r"@llvm\.(\w+)", text)) <= known


def test_text_that_is_no_ir_raises() -> None:
    module = Module(4)
    module.functions.append("define void @broken( {")
    with pytest.raises(RuntimeError):
        machine.compiled(module)


def test_a_loop_that_runs_no_times_and_one_that_is_left() -> None:
    def write(f: Function, x: object) -> object:
        total, steps = f.local(), f.local()
        f.store(0.0, total)
        with f.loop(0):
            f.store(99.0, total)
        f.store(x, steps)
        with f.repeat() as after:
            running = f.load(steps) > 0.0
            f.leave_if(f.new(f"xor i1 {f.any(running)}, true"), after)
            f.store(np.where(running, f.load(total) + 2.0, f.load(total)), total)
            f.store(f.load(steps) - 1.0, steps)
        return f.load(total)

    np.testing.assert_array_equal(elementwise(write, 1)([0.0, 3.0, 1.0, -2.0]), [0.0, 6.0, 2.0, 0.0])


def test_constants_of_two_modules_stay_apart() -> None:
    modules = []
    for name, value in (("one", 1.5), ("two", 2.5)):
        module = Module(2)
        f = Function(module)
        f.store(f.splat(f.load_one(module.doubles([value]), 0, "double")), "%x")
        f.finish(name, {"x": "ptr"}, attributes="")
        modules.append(module)
    both = machine.compiled(*modules)
    x = np.zeros(2)
    for name, value in (("one", 1.5), ("two", 2.5)):
        both.function(name, 1)(x.ctypes.data)
        assert x.tolist() == [value, value]


def test_without_llvmlite_numpy_runs_and_llvm_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    assert machine.missing() == "llvmlite is not installed"
    with pytest.raises(ScenarioError, match="llvmlite is not installed"):
        machine.check()


def test_help_does_not_load_llvm() -> None:
    code = "import sys, sdrun.cli, sdrun.pipeline; sys.exit('llvmlite' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
