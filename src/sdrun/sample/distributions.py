"""Distributions: points in the unit interval -> values, by the inverse of the cumulative distribution."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from sdrun.sweep import CHOICES, VALUES, Factor

Axis = Float[np.ndarray, " samples"]

CELL = 2.0**-32
"""How far points keep from 0 and 1 where the inverse is infinite there; the mesh of Sobol's points is 2^-30."""


def _uniform(a: Mapping[str, float]) -> Any:
    from scipy import stats

    return stats.uniform(loc=a["low"], scale=a["high"] - a["low"])


def _loguniform(a: Mapping[str, float]) -> Any:
    from scipy import stats

    return stats.loguniform(a["low"], a["high"])


def _normal(a: Mapping[str, float]) -> Any:
    from scipy import stats

    return stats.norm(loc=a["mean"], scale=a["sd"])


def _truncated_normal(a: Mapping[str, float]) -> Any:
    """A normal distribution without what lies outside; `mean` and `sd` are those before the cut."""
    from scipy import stats

    cuts = ((a[end] - a["mean"]) / a["sd"] for end in ("low", "high"))
    return stats.truncnorm(*cuts, loc=a["mean"], scale=a["sd"])


def _triangular(a: Mapping[str, float]) -> Any:
    from scipy import stats

    width = a["high"] - a["low"]
    return stats.triang((a["mode"] - a["low"]) / width, loc=a["low"], scale=width)


def _beta(a: Mapping[str, float]) -> Any:
    from scipy import stats

    return stats.beta(a["alpha"], a["beta"], loc=a["low"], scale=a["high"] - a["low"])


def _theory(a: Mapping[str, float]) -> Any:
    """Where no theory states a range; `values_by_theory` gives the others."""
    return _uniform(a)


INVERSES: Mapping[str, Callable[[Mapping[str, float]], Any]] = {
    "uniform": _uniform,
    "loguniform": _loguniform,
    "normal": _normal,
    "truncated normal": _truncated_normal,
    "triangular": _triangular,
    "beta": _beta,
    "theory": _theory,
}
"""By `Factor.kind`: arguments -> frozen distribution, whose `ppf` is taken."""


def factor_values(factor: Factor, points: Axis) -> Axis:
    """The factor at each point; the position among its values where these are texts."""
    if factor.kind in (VALUES, CHOICES):
        positions = (points * len(factor.values)).astype(int)
        numbers = [position if isinstance(value, str) else value for position, value in enumerate(factor.values)]
        return np.array(numbers, dtype=float)[positions]
    low, high = (factor.arguments.get(end) for end in ("low", "high"))
    if low is None or high is None:
        return _inverse(factor, np.clip(points, CELL, 1.0 - CELL))
    return np.clip(_inverse(factor, points), low, high)  # SciPy's ends may be off by a rounding


def _inverse(factor: Factor, points: Axis) -> Axis:
    return np.asarray(INVERSES[factor.kind](factor.arguments).ppf(points), dtype=float)


def values_by_theory(factor: Factor, points: Axis, theories: Sequence[str]) -> Axis:
    """The factor at each point, uniform over the range that the sample's theory states."""
    fallback = (factor.arguments["low"], factor.arguments["high"])
    bounds = np.array([factor.ranges.get(theory, fallback) for theory in theories])
    values: Axis = np.minimum(bounds[:, 0] + points * (bounds[:, 1] - bounds[:, 0]), bounds[:, 1])
    return values
