"""Functions of their arguments alone, element by element.  Arrays broadcast; the sample axis is the last."""

import numpy as np

from sdrun.types import Operand

SMALL = 1e-6
"""What Vensim takes as zero in ZIDZ, XIDZ and QUANTUM."""


def if_then_else(condition: Operand, true: Operand, false: Operand) -> Operand:
    """`true` where `condition` holds, else `false`."""
    return np.where(condition, true, false)


def xidz(a: Operand, b: Operand, x: Operand) -> Operand:
    """`a / b`, or `x` where b is (nearly) zero: "x if divided by zero".

    Vensim takes |b| < 1e-6 as zero: https://www.vensim.com/documentation/fn_xidz.htm

    >>> xidz(np.array([1.0, 2.0]), np.array([0.0, 4.0]), 9.0)
    array([9. , 0.5])
    """
    zero = np.abs(b) < SMALL
    return np.where(zero, x, np.divide(a, np.where(zero, 1.0, b)))


def zidz(a: Operand, b: Operand) -> Operand:
    """`a / b`, or 0 where b is (nearly) zero: "zero if divided by zero".

    >>> zidz(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
    array([0. , 0.5])
    """
    return xidz(a, b, 0.0)


def integer(x: Operand) -> Operand:
    """`x` without its fraction, towards zero.

    >>> integer(np.array([-9.9, 9.9]))
    array([-9.,  9.])
    """
    return np.trunc(x)


def quantum(x: Operand, q: Operand) -> Operand:
    """The multiple of `q` next to `x` towards zero, or `x` where q is not positive."""
    usable = np.greater_equal(q, SMALL)
    return np.where(usable, q * np.trunc(np.divide(x, np.where(usable, q, 1.0))), x)


def modulo(x: Operand, m: Operand) -> Operand:
    """What is left of `x` after multiples of `m`, with the sign of x.

    >>> modulo(np.array([-7.0, 7.0]), 3.0)
    array([-1.,  1.])
    """
    return np.subtract(x, quantum(x, m))


def log(x: Operand, base: Operand) -> Operand:
    """Logarithm to a base."""
    return np.divide(np.log(x), np.log(base))


def steps(time: Operand, time_step: Operand) -> Operand:
    """How many steps make up a time: a whole number, one at least; halves count as wholes, also those that rounding hides.

    >>> steps(np.array([0.0, 1.0, 1.25, 2.0]), 0.5)
    array([1., 2., 3., 4.])
    """
    return np.floor(np.maximum(np.divide(time, time_step), 1.0) + 0.5 + SMALL)


def log10(x: Operand) -> Operand:
    """Logarithm to base 10, whole for powers of ten.

    >>> log10(np.array([1000.0, 0.01, 2.0]))
    array([ 3.     , -2.     ,  0.30103])
    """
    found = log(x, 10.0)
    whole = np.rint(found)
    return np.where(np.equal(np.power(10.0, whole), x), whole, found)


def gamma_ln(x: Operand) -> Operand:
    """The logarithm of the gamma function, missing where x is not positive: https://www.vensim.com/documentation/fn_gamma_ln.html

    >>> gamma_ln(np.array([1.0, 5.0]))  # of 1 and of 4!
    array([0.        , 3.17805383])
    """
    from scipy.special import gammaln

    return np.where(np.greater(x, 0.0), gammaln(x), np.nan)


def round_half_away(x: Operand) -> Operand:
    """The whole number next to `x`; of two equally near, the one further from zero.

    >>> round_half_away(np.array([-2.5, -0.4, 0.5, 2.4]))
    array([-3., -0.,  1.,  2.])
    """
    return sign(x) * np.floor(np.abs(x) + 0.5)


def safediv(a: Operand, b: Operand, x: Operand) -> Operand:
    """`a / b`, or `x` where b is zero: XMILE's SAFEDIV, which knows no other small numbers.

    >>> safediv(np.array([1.0, 2.0]), np.array([0.0, 1e-9]), 9.0)
    array([9.e+00, 2.e+09])
    """
    zero = np.equal(b, 0.0)
    return np.where(zero, x, np.divide(a, np.where(zero, 1.0, b)))


def sign(x: Operand) -> Operand:
    """1 where `x` is positive, -1 where it is negative, 0 where it is zero.

    >>> sign(np.array([-3.0, 0.0, 2.0]))
    array([-1.,  0.,  1.])
    """
    return np.where(np.greater(x, 0.0), 1.0, np.where(np.less(x, 0.0), -1.0, np.multiply(x, 0.0)))


def given(value: Operand, otherwise: Operand) -> Operand:
    """`value`, or `otherwise` where it was not given (NaN)."""
    return np.where(np.isnan(value), otherwise, value)
