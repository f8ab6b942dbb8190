"""Elementary functions of vectors.

exp, log and power are ours: without branches, over the whole range of doubles, infinities, subnormals and NaN included, with at
most 1 ulp of error (tests/lanes measures it).  They carry no fast-math flag, since they rest on the order of their roundings.
The others call C's library for each lane in turn; models use them seldom.

Method: argument reduction and polynomials as in Muller, Elementary Functions, 3rd ed. 2016, ch. 11; power by a logarithm in two
doubles, Dekker 1971, Numer. Math. 18.  The coefficients come from `tests/lanes/coefficients.py`.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from sdrun.lanes.text import BITS, NUMBER, Function, Lane, Module

LIBM = {
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
}
"""NumPy's names -> those of C's library."""

ROUNDER = 1.5 * 2.0**52
"""Added to a number below 2^51 it rounds it to an integer, which then stands in the lowest bits."""
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.6931471804855391, 7.440617110012397e-11
"""ln 2 in two parts, the first with 20 zeros at its end: times an exponent it is exact."""
SMALLEST_NORMAL, MANTISSA, ONE = 2.0**-1022, 2**52 - 1, 1023 << 52
SQRT_2 = 1.4142135623730951
TWO_THIRDS = (0.6666666666666666, 3.700743415417188e-17)

GOLDEN, MIX_1, MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""Of SplitMix64: Steele, Lea & Flood 2014, Proc. OOPSLA, https://doi.org/10.1145/2660193.2660195."""

EXP = (
    0.5000000000000001,
    0.16666666666666669,
    0.04166666666662413,
    0.008333333333330062,
    0.0013888888917213717,
    0.00019841269863053618,
    2.4801521295954376e-05,
    2.7557268459997064e-06,
    2.7620088445409746e-07,
    2.510038549551032e-08,
)
LOG = (
    0.666666666666667,
    0.39999999999899505,
    0.28571428625975487,
    0.2222221113479508,
    0.18182889125261723,
    0.15331721600556042,
    0.14616449685043406,
)
POWER = (
    0.4,
    0.28571428571429364,
    0.22222222221656232,
    0.18181818335314404,
    0.15384594970895457,
    0.13334804238225345,
    0.11706248540922386,
    0.11723051028097753,
)


def definitions(names: Iterable[str], width: int) -> Module:
    """The functions `exp.lanes`, `power.lanes` ... that are asked for."""
    module = Module(width)
    for name in sorted(names):
        if name in LIBM:
            _lane_by_lane(module, name)
        else:
            body, operands = OURS[name]
            f = Function(module, contract=False)
            _finish(f, name, operands, body(f, *(f.argument(operand) for operand in operands)))
    return module


def _lane_by_lane(module: Module, name: str) -> None:
    """C's own function for each lane in turn."""
    f = Function(module, contract=False)
    module.declarations.add(f"declare double @{LIBM[name]}(double)")
    found = Lane(f, "poison", NUMBER)
    for lane in range(module.width):
        one = f.new(f"extractelement {f.type()} %x, i64 {lane}")
        result = f.new(f"call double @{LIBM[name]}(double {one})")
        found = f.lane(f"insertelement {f.type()} {found.register}, double {result}, i64 {lane}")
    _finish(f, name, "x", found)


def _finish(f: Function, name: str, operands: str, result: Any) -> None:
    f.do(f"ret {f.type()} {result.register}")
    # inlined, they would only lengthen compiling: measured on the flagship, with equal speed
    f.finish(f"{name}.lanes", dict.fromkeys(operands, f.type()), result=f.type(), attributes="noinline internal")


def _fma(a: Any, b: Any, c: Any) -> Any:
    """a * b + c in one rounding."""
    f = next(lane.function for lane in (a, b, c) if isinstance(lane, Lane))
    return f.intrinsic("fma", a, b, c)


def _polynomial(x: Any, coefficients: tuple[float, ...]) -> Any:
    """Horner's scheme, the constant first."""
    total: Any = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = _fma(total, x, coefficient)
    return total


def exp(f: Function, x: Any) -> Any:
    """e to the power of x: 2^k e^r with |r| <= ln 2 / 2."""
    return _exp(f, x, 0.0)


def _exp(f: Function, high: Any, low: Any) -> Any:
    """e to the power of high + low."""
    held = np.where(high > 1000.0, 1000.0, np.where(high < -1000.0, -1000.0, high))
    shifted = held * LOG2_E + ROUNDER
    k = shifted - ROUNDER
    r = _fma(k, -LN2_LOW, _fma(k, -LN2_HIGH, held)) + low
    value = r * r * _polynomial(r, EXP) + r + 1.0
    # 2^k in two steps, so that a result below the smallest normal number is rounded once
    half = k * 0.5 + ROUNDER
    return np.where(np.isnan(high), high, value * _two_to(f, half) * _two_to(f, k - (half - ROUNDER) + ROUNDER))


def _two_to(f: Function, shifted: Any) -> Any:
    """2 to the power of the integer in the lowest bits."""
    bits = f.bitwise("shl", f.bitwise("add", f.bitcast(shifted, BITS), 1023), 52)
    return f.bitcast(bits, NUMBER)


def _split(f: Function, x: Any) -> tuple[Any, Any]:
    """x > 0 as (k, m): x = 2^k m, m between sqrt(1/2) and sqrt(2)."""
    tiny = x < SMALLEST_NORMAL
    bits = f.bitcast(np.where(tiny, x * 2.0**54, x), BITS)
    exponent = f.bitcast(f.bitwise("or", f.bitwise("lshr", bits, 52), 0x433 << 52), NUMBER) - (2.0**52 + 1023.0)
    exponent = exponent - np.where(tiny, 54.0, f.number(0.0))
    m = f.bitcast(f.bitwise("or", f.bitwise("and", bits, MANTISSA), ONE), NUMBER)
    large = m > SQRT_2
    return np.where(large, exponent + 1.0, exponent), np.where(large, m * 0.5, m)


def log(f: Function, x: Any) -> Any:
    """Natural logarithm: k ln 2 + log(1 + u), by u - u^2/2 + s (u^2/2 + s^2 ...) with s = u / (2 + u)."""
    k, m = _split(f, x)
    u = m - 1.0
    s = u / (2.0 + u)
    z = s * s
    half = 0.5 * u * u
    rest = s * (half + z * _polynomial(z, LOG)) + k * LN2_LOW
    value = k * LN2_HIGH - ((half - rest) - u)
    value = np.where(x == np.inf, x, np.where(x == 0.0, -np.inf, value))
    return np.where(x >= 0.0, value, np.nan)


def _log_in_two(f: Function, x: Any) -> tuple[Any, Any]:
    """log x, for x > 0, as a sum of two doubles, to some 65 bits: 2 s + 2/3 s^3 + ... with s = u / (2 + u) in two doubles."""
    k, m = _split(f, x)
    u = m - 1.0
    below = 2.0 + u
    lost = u - (below - 2.0)
    s = u / below
    s_low = (_fma(-s, below, u) - s * lost) / below
    z = s * s
    z_low = _fma(s, s, -z) + 2.0 * s * s_low
    # t = 2/3 + 2/5 z + ... in two doubles, then s z t
    t = TWO_THIRDS[0] + z * _polynomial(z, POWER)
    t_low = (TWO_THIRDS[0] - t) + z * _polynomial(z, POWER) + TWO_THIRDS[1]
    c = s * z
    c_low = _fma(s, z, -c) + s * z_low + s_low * z
    d = c * t
    d_low = _fma(c, t, -d) + c * t_low + c_low * t
    high, low = _sum(k * LN2_HIGH, 2.0 * s)
    high, more = _sum(high, d)
    return high, low + more + (d_low + 2.0 * s_low + k * LN2_LOW)


def _sum(a: Any, b: Any) -> tuple[Any, Any]:
    """a + b and what rounding has taken from it (Knuth's two-sum)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def power(f: Function, x: Any, y: Any) -> Any:
    """x to the power of y, with the special cases of C99, annex F.9.4.4."""
    size, magnitude = np.abs(x), np.abs(y)
    high, low = _log_in_two(f, size)
    product = y * high
    value = _exp(f, product, np.where(np.abs(product) < 1000.0, _fma(y, high, -product) + y * low, 0.0))
    rises = y > 0.0
    value = np.where(size == 0.0, np.where(rises, 0.0, f.number(np.inf)), value)
    value = np.where(size == np.inf, np.where(rises, np.inf, f.number(0.0)), value)
    far = np.where(size == 1.0, 1.0, np.where(f.logic("xor", size > 1.0, rises), 0.0, f.number(np.inf)))
    value = np.where(magnitude == np.inf, far, value)
    whole = np.floor(y) == y
    odd = f.logic("and", whole, np.floor(y * 0.5) != y * 0.5)
    negative = f.lane(f"icmp slt {f.type(BITS)} {f.bitcast(x, BITS).register}, zeroinitializer", "i1")
    value = np.where(f.logic("and", negative, odd), -value, value)
    rootless = f.logic("and", x < 0.0, f.logic("xor", whole, 1.0))
    value = np.where(f.logic("and", rootless, size < np.inf), np.nan, value)
    value = np.where(f.logic("or", np.isnan(x), np.isnan(y)), np.nan, value)
    return np.where(f.logic("or", y == 0.0, x == 1.0), 1.0, value)


def draw(f: Function, *words: Any) -> Any:
    """A number between 0 and 1, as `functions.noise.draw` has it."""
    state = f.bits(0)
    for word in words:
        usable = np.where(np.abs(word) < 2.0**62, word, f.number(0.0))
        bits = f.lane(f"fptosi {f.type()} {usable.register} to {f.type(BITS)}", BITS)
        state = f.bitwise("add", _exclusive(f, state, bits), GOLDEN)
        state = f.bitwise("mul", _exclusive(f, state, f.bitwise("lshr", state, 30)), MIX_1)
        state = f.bitwise("mul", _exclusive(f, state, f.bitwise("lshr", state, 27)), MIX_2)
        state = _exclusive(f, state, f.bitwise("lshr", state, 31))
    whole = f.bitwise("lshr", state, 11)
    return (f.lane(f"uitofp {f.type(BITS)} {whole.register} to {f.type()}") + 0.5) * 2.0**-53


def _exclusive(f: Function, a: Any, b: Any) -> Any:
    return f.lane(f"xor {f.type(BITS)} {a.register}, {b.register}", BITS)


OURS: dict[str, tuple[Callable[..., Any], str]] = {
    "draw": (draw, "abcdef"),
    "exp": (exp, "x"),
    "log": (log, "x"),
    "power": (power, "xy"),
}
"""What is written here, with the names of its operands."""
