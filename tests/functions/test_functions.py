"""Every built-in against its definition in plain arithmetic, one number at a time."""

import math
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdrun.functions import DATA, JOINT, PURE, RANDOM, REDUCTIONS, SPECIAL, STATEFUL, TABULAR, TIMED, WINDOWED, known, timed

TIME_STEP, ORDINAL = 0.25, 700_000


def quantum(x: float, q: float) -> float:
    """https://www.vensim.com/documentation/fn_quantum.html"""
    if q < 1e-6:
        return x
    return math.copysign(math.floor(abs(x / q)), x) * q


def xidz(a: float, b: float, x: float) -> float:
    """https://www.vensim.com/documentation/fn_xidz.html"""
    return x if abs(b) < 1e-6 else a / b


def power(base: float, exponent: float) -> float:
    try:
        result = base**exponent
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    return math.nan if isinstance(result, complex) else result


DEFINED: dict[str, Callable[..., float]] = {
    "abs": lambda x: -x if x < 0 else x,
    "arccos": lambda x: math.acos(x) if abs(x) <= 1 else math.nan,
    "arcsin": lambda x: math.asin(x) if abs(x) <= 1 else math.nan,
    "arctan": math.atan,
    "cos": math.cos,
    "cosh": lambda x: (math.exp(x) + math.exp(-x)) / 2,
    "exp": math.exp,
    "_day": lambda days: date.fromordinal(math.floor(1000 * days) + ORDINAL).day,
    "gamma_ln": lambda x: math.nan if x <= 0 else math.inf if x < 1e-308 else math.lgamma(x),
    "_given": lambda value, otherwise: otherwise if value != value else value,
    "floor": lambda x: float(math.floor(x)),
    "if_then_else": lambda condition, a, b: a if condition else b,
    "integer": lambda x: float(int(x)),
    "ln": lambda x: math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan),
    "log10": lambda x: math.log10(x) if x > 0 else (-math.inf if x == 0 else math.nan),
    "log": lambda x, base: math.log(abs(x) + 1) / math.log(abs(base) + 2),
    "max": lambda a, b: a if a > b else b,
    "min": lambda a, b: a if a < b else b,
    "mod": lambda x, m: x % m if m else math.nan,
    "modulo": lambda x, m: x - quantum(x, m),
    "_month": lambda days: date.fromordinal(math.floor(1000 * days) + ORDINAL).month,
    "_normal_cdf": lambda x: math.erfc(-x / math.sqrt(2)) / 2,
    "_normal_quantile": lambda x: NormalDist().inv_cdf(0.5 + x / 20),
    "power": power,
    "quantum": quantum,
    "round": lambda x: math.copysign(math.floor(abs(x) + 0.5), x),
    "safediv": lambda a, b, x: a / b if b else x,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "sin": math.sin,
    "sinh": lambda x: (math.exp(x) - math.exp(-x)) / 2,
    "_steps": lambda time, step: float(max(1, math.floor((round(abs(time) * 4) / 4 + 0.1) / 0.25 + 0.5 + 1e-6))),
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,
    "tan": lambda x: math.sin(x) / math.cos(x),
    "tanh": lambda x: 1 - 2 / (math.exp(2 * x) + 1),
    "xidz": xidz,
    "_year": lambda days: date.fromordinal(math.floor(1000 * days) + ORDINAL).year,
    "zidz": lambda a, b: xidz(a, b, 0.0),
}
YEAR_ZERO = 366
"""Days in it; Python's calendar begins with the year 1, with day 1."""
SHIFTED = {
    **{name: lambda days: (np.floor(1000 * days) + ORDINAL - 1 + YEAR_ZERO,) for name in ("_day", "_month", "_year")},
    "_normal_quantile": lambda x: (0.5 + x / 20,),
    "log": lambda x, base: (abs(x) + 1, abs(base) + 2),
    "_steps": lambda time, step: (np.round(abs(time) * 4) / 4 + 0.1, 0 * step + 0.25),
}
"""Arguments moved to where the function is defined."""

values = st.one_of(st.integers(-12, 12).map(lambda n: n / 4), st.floats(-9, 9), st.sampled_from([1e-7, -1e-7, 1e-6, 2e-6]))


def test_every_row_is_defined_here() -> None:
    """A new built-in needs its definition in this file."""
    assert DEFINED.keys() == PURE.keys() - {*RANDOM.values()}, "distributions have tests of their own"
    assert PERIODS.keys() == TIMED.keys() - {"_draw"}
    assert {*known()} == {*PURE, *TIMED, *STATEFUL, *REDUCTIONS, *RANDOM, *JOINT, *TABULAR, *WINDOWED, *DATA, *SPECIAL}


@pytest.mark.parametrize("name", DEFINED)
def test_pure(name: str) -> None:
    """Three samples of two elements at once are six single numbers; their axes are laid against each other."""
    arity = PURE[name].arity

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.lists(st.lists(values, min_size=6, max_size=6), min_size=arity, max_size=arity), st.integers(0, 2**arity - 1))
    def check(columns: list[list[float]], thin: int) -> None:
        args = [np.array(column).reshape(2, 3) for column in columns]
        args = [arg[:1, :1] if thin >> k & 1 else arg for k, arg in enumerate(args)]
        if name in SHIFTED:
            used = SHIFTED[name](*args)
        else:
            used = (args[0] != 0, *args[1:]) if name == "if_then_else" else args
        with np.errstate(all="ignore"):
            found = np.broadcast_to(PURE[name].function(*used), np.broadcast_shapes(*(arg.shape for arg in args)))
        full = [np.broadcast_to(arg, found.shape) for arg in args]
        for place in np.ndindex(found.shape):
            wanted = DEFINED[name](*(float(arg[place]) for arg in full))
            np.testing.assert_allclose(found[place], wanted, rtol=1e-9, atol=1e-12)

    check()


def test_given_takes_what_is_given() -> None:
    found = PURE["_given"].function(np.array([math.nan, 2.0, math.inf]), 7.0)
    np.testing.assert_array_equal(found, [7, 2, math.inf])


@pytest.mark.parametrize(
    ("name", "args", "wanted"),
    [
        # https://www.vensim.com/documentation/fn_modulo.html
        ("modulo", (7, 3), 1),
        ("modulo", (-7, 3), -1),
        ("modulo", (7.5, 2), 1.5),
        ("modulo", (6, 3), 0),
        ("quantum", (1.9, 1), 1),
        ("quantum", (-1.9, 1), -1),
        ("quantum", (112.3, 10), 110),
        ("quantum", (5.5, 0), 5.5),
        ("quantum", (5.5, -2), 5.5),
        ("integer", (9.9,), 9),
        ("integer", (-9.9,), -9),
        ("zidz", (1, 1e-6), 1e6),
        ("zidz", (1, 0.99e-6), 0),
        ("zidz", (1, -0.99e-6), 0),
        ("xidz", (1, 0, 12), 12),
        ("xidz", (1, -2e-6, 12), -5e5),
        ("log", (1000, 10), 3),
        # sections 3.3.1 and 3.5.1 of the XMILE standard
        ("mod", (7, 3), 1),
        ("mod", (-7, 3), 2),
        ("mod", (7, -3), -2),
        ("floor", (-9.9,), -10),
        ("log10", (1000,), 3),
        ("log10", (1e-5,), -5),
        ("round", (2.5,), 3),
        ("round", (-2.5,), -3),
        ("safediv", (1, 1e-9, 7), 1e9),
        ("safediv", (1, 0, 7), 7),
        ("power", (2, -1), 0.5),
    ],
)
def test_documented_values(name: str, args: tuple[float, ...], wanted: float) -> None:
    assert float(PURE[name].function(*map(float, args))) == pytest.approx(wanted, rel=1e-12)


def test_zero_divided_by_zero_tells_nothing(recwarn: pytest.WarningsRecorder) -> None:
    """ZIDZ divides by no zero on the way, so that nothing is warned of."""
    PURE["zidz"].function(np.array([1.0, 0.0]), np.array([0.0, 0.0]))
    assert not recwarn.list


# ── functions of time ────────────────────────────────────────────────────────────────────────────────────────────────────────


def pulse_at(t: float, start: float, width: float) -> float:
    return float(start < t < start + (width or TIME_STEP))


def train_at(t: float, start: float, between: float, width: float, end: float) -> float:
    """Counted pulse by pulse."""
    width, began = max(width, TIME_STEP), start
    while began + between <= t:
        began += between
    return float(start < t < end and t - began < width)


PERIODS: dict[str, Callable[..., float]] = {
    "step": lambda t, height, start: height if t > start else 0.0,
    "pulse": pulse_at,
    "_moment": lambda t, origin, period: float((t - origin) - period * math.floor((t - origin) / period) < TIME_STEP),
    "pulse_train": train_at,
    "ramp": lambda t, slope, start, end: 0.0 if t <= start else slope * ((t if t < end else end) - start),
    "xramp": lambda t, slope, start: slope * (t - start) if t > start else 0.0,
    "xpulse": lambda t, start, volume: volume / TIME_STEP * pulse_at(t, start, TIME_STEP),
    "xpulse_train": lambda t, start, between, volume: (
        volume / TIME_STEP * (train_at(t, start, between, 0, math.inf) if between else pulse_at(t, start, TIME_STEP))
    ),
}
"""By the time plus half a step."""

odd = st.integers(0, 40).map(lambda n: n / 4 + 1 / 16)
"""Never a multiple of a step away from a time below, nor half of one."""
even = st.integers(1, 16).map(lambda n: n / 4)


@pytest.mark.parametrize("name", PERIODS)
def test_timed(name: str) -> None:
    """At times between switches; and only at its breaks does it jump or kink."""
    row = TIMED[name]

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.lists(even, min_size=row.arity, max_size=row.arity), st.lists(odd, min_size=3, max_size=3))
    def check(args: list[float], times: list[float]) -> None:
        columns = [np.array([arg, arg, arg]) for arg in args]
        found = np.broadcast_to(row.function(np.array(times), 0.0, TIME_STEP, *columns), (3,))
        np.testing.assert_allclose(found, [PERIODS[name](t, *args) for t in times], rtol=1e-12)
        when = [np.array([args[k]]) for k in row.when]
        breaks = np.sort(np.concatenate([np.ravel(part) for part in row.breaks(0.0, 10.25, TIME_STEP, *when)]))
        inside = [0.0, *np.unique(breaks[(breaks > 0) & (breaks < 10.25)]), 10.25]
        for a, b in pairwise(inside):
            thirds = [a + (b - a) * share for share in (0.25, 0.5, 0.75)]
            low, middle, high = (float(row.function(t, 0.0, TIME_STEP, *args)) for t in thirds)
            assert high - middle == pytest.approx(middle - low, abs=1e-9)
            assert row.clock == "t" or low == middle == high

    check()


def test_half_a_step_is_added_before_times_are_compared() -> None:
    """With fixed steps, so that a sum of steps that misses the time by a rounding error still switches there."""
    for name, args in (("step", (1.0, 3.0)), ("pulse", (3.0, 0.0)), ("pulse_train", (3.0, 5.0, 0.0, 100.0))):
        just_before = 3.0 - 1e-13
        assert TIMED[name].function(just_before, TIME_STEP, TIME_STEP, *args) == 1
        assert TIMED[name].function(just_before - TIME_STEP, TIME_STEP, TIME_STEP, *args) == 0


def test_a_pulse_of_no_width_lasts_one_step() -> None:
    steps = np.arange(0, 5, TIME_STEP)
    assert TIMED["pulse"].function(steps, TIME_STEP, TIME_STEP, 2.0, 0.0).tolist() == (steps == 2).astype(float).tolist()


def test_a_train_of_pulses_shorter_than_a_step() -> None:
    steps = np.arange(0, 8, TIME_STEP)
    found = TIMED["pulse_train"].function(steps, TIME_STEP, TIME_STEP, 1.0, 3.0, 0.01, 7.0)
    np.testing.assert_array_equal(steps[found == 1], [1, 4, 7])


@pytest.mark.parametrize("between", [0.0, 1.0, 2.0])
def test_pulses_that_meet_are_one(between: float) -> None:
    """As published with the sample Query_file of SDXorg/test-models, whose intervals are 0."""
    found = TIMED["pulse_train"].function(np.arange(0, 12.0), 1.0, 1.0, 3.0, between, 2.0, 9.0)
    np.testing.assert_array_equal(np.flatnonzero(found), np.arange(3, 10))
    breaks = np.concatenate([np.ravel(one) for one in timed.pulse_train_breaks(0.0, 12.0, 1.0, 3.0, between, 2.0, 9.0)])
    assert set(breaks) == {3.0, 9.0}


def test_an_interval_of_zero_is_one_pulse() -> None:
    found = TIMED["xpulse_train"].function(np.arange(0, 8.0), 0.0, 1.0, 0.5, 0.0, 3.0)
    np.testing.assert_array_equal(found, [0, 3, 0, 0, 0, 0, 0, 0])


# ── reductions ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "wanted"), [("sum", 2 - 3 + 0.5 + 4), ("prod", -12.0), ("vmin", -3.0), ("vmax", 4.0)])
def test_reductions(name: str, wanted: float) -> None:
    """Over one axis and over two, the samples left alone."""
    array = np.array([[2.0, -3.0], [0.5, 4.0]])[..., None] * np.array([1.0, 0.0])
    assert REDUCTIONS[name](array, (-2, -3))[0] == wanted
    assert REDUCTIONS[name](array, -2).shape == (2, 2)
    assert {*REDUCTIONS} == {"sum", "prod", "vmin", "vmax"}
