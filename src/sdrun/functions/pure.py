"""Functions of their arguments alone, element by element.  Arrays broadcast; the sample axis is the last."""

import numpy as np
from numpy.typing import ArrayLike

Value = np.ndarray

SMALL = 1e-6
"""What Vensim takes as zero in ZIDZ, XIDZ and QUANTUM."""


def if_then_else(condition: ArrayLike, true: ArrayLike, false: ArrayLike) -> Value:
    """`true` where `condition` holds, else `false`."""
    return np.where(condition, true, false)


def xidz(a: ArrayLike, b: ArrayLike, x: ArrayLike) -> Value:
    """`a / b`, or `x` where b is (nearly) zero: "x if divided by zero".

    Vensim takes |b| < 1e-6 as zero: https://www.vensim.com/documentation/fn_xidz.htm

    >>> xidz(np.array([1.0, 2.0]), np.array([0.0, 4.0]), 9.0)
    array([9. , 0.5])
    """
    zero = np.abs(b) < SMALL
    return np.where(zero, x, np.divide(a, np.where(zero, 1.0, b)))


def zidz(a: ArrayLike, b: ArrayLike) -> Value:
    """`a / b`, or 0 where b is (nearly) zero: "zero if divided by zero".

    >>> zidz(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
    array([0. , 0.5])
    """
    return xidz(a, b, 0.0)


def integer(x: ArrayLike) -> Value:
    """`x` without its fraction, towards zero.

    >>> integer(np.array([-9.9, 9.9]))
    array([-9.,  9.])
    """
    return np.trunc(x)


def quantum(x: ArrayLike, q: ArrayLike) -> Value:
    """The multiple of `q` next to `x` towards zero, or `x` where q is not positive."""
    usable = np.asarray(q) >= SMALL
    return np.where(usable, q * np.trunc(np.divide(x, np.where(usable, q, 1.0))), x)


def modulo(x: ArrayLike, m: ArrayLike) -> Value:
    """What is left of `x` after multiples of `m`, with the sign of x.

    >>> modulo(np.array([-7.0, 7.0]), 3.0)
    array([-1.,  1.])
    """
    return x - quantum(x, m)


def log(x: ArrayLike, base: ArrayLike) -> Value:
    """Logarithm to a base."""
    return np.divide(np.log(x), np.log(base))


def given(value: ArrayLike, otherwise: ArrayLike) -> Value:
    """`value`, or `otherwise` where it was not given (NaN)."""
    return np.where(np.isnan(value), otherwise, value)
