"""The Jacobian by finite differences, in a few calls of the right-hand side."""

import numpy as np
from jaxtyping import Float

from sdrun.types import Rhs

AT_ONCE = 2**18
"""Entries of the state matrix in one call, to bound memory."""


def jacobian(f: Rhs, t: float, y: Float[np.ndarray, " stocks"], smallest: float) -> Float[np.ndarray, "stocks stocks"]:
    """df/dy by forward differences; `f` takes many states side by side.

    `smallest` is the size below which a stock counts as that large.  Increments lead away from zero, so that a state that may
    not change its sign keeps it.
    """
    increments = np.copysign(np.sqrt(np.finfo(float).eps) * np.maximum(np.abs(y), smallest), y)
    increments = (y + increments) - y  # as they are after rounding
    width = max(1, AT_ONCE // max(1, y.size))
    here = f(t, y[:, None])
    columns = []
    for first in range(0, y.size, width):
        part = np.arange(first, min(first + width, y.size))
        states = np.repeat(y[:, None], part.size, axis=1)
        states[part, np.arange(part.size)] += increments[part]
        columns.append((f(t, states) - here) / increments[part])
    return np.concatenate(columns, axis=1)
