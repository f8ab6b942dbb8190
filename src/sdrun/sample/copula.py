"""Factors that go together: points of independent factors -> points with the correlations that a sweep states.

The copula is Gaussian (Nelsen 2006, An Introduction to Copulas, 2nd ed.): points become normal scores, these are mixed by a
root of the correlation matrix, and become points again.  Each factor keeps its distribution.  The root is triangular, so the
first factor of those that go together keeps its very points, and what goes with nothing is not touched.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from sdrun.sample.distributions import CELL
from sdrun.sweep import Correlation, Factor, correlation_matrix

Points = Float[np.ndarray, "factors samples"]


def correlated(points: Points, factors: Sequence[Factor], correlations: Sequence[Correlation]) -> Points:
    """The points with their correlations; sample by sample, so that what grows goes on growing."""
    if not correlations:
        return points
    from scipy.special import ndtr, ndtri

    together = {name for correlation in correlations for name in correlation.between}
    rows = [number for number, factor in enumerate(factors) if factor.name in together]
    root = _triangular_root(correlation_matrix([factors[row].name for row in rows], correlations))
    scores = ndtri(np.clip(points[rows], CELL, 1.0 - CELL))
    mixed = points.copy()
    for row, weights in zip(rows[1:], root[1:], strict=True):
        mixed[row] = ndtr(sum(weight * score for weight, score in zip(weights, scores, strict=True)))
    return mixed


def _triangular_root(matrix: Float[np.ndarray, "n n"]) -> Float[np.ndarray, "n n"]:
    """Lower triangular L with L L^T = matrix; unlike Cholesky's it exists for a singular one too (factors that move as one)."""
    values, vectors = np.linalg.eigh(matrix)
    _, upper = np.linalg.qr((vectors * np.sqrt(np.clip(values, 0.0, None))).T)
    root: Float[np.ndarray, "n n"] = (upper * np.where(np.diag(upper) < 0, -1.0, 1.0)[:, None]).T
    return root
