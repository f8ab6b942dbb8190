"""Designs: how the points of a sweep lie in the unit cube, a row per factor and a column per sample.

Sobol's and Halton's points are sequences, scrambled by the seed: Sobol 1967, USSR Comp. Math. 7(4); Halton 1960, Numer. Math.
2; Owen 1998, J. Complexity 14(4).  Latin hypercubes: McKay, Beckman & Conover 1979, Technometrics 21(2).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Points = Float[np.ndarray, "factors samples"]
Levels = Sequence[int]
"""How many values of each factor are stated; 0 where it has a distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A design, and what it promises."""

    points: Callable[[Levels, int, int], Points]
    """(levels, size, seed) -> points."""
    grows: bool
    """The first samples stay what they are when more are asked for."""


def grid(levels: Levels, size: int, seed: int) -> Points:
    """Every combination of the stated values, the last factor running fastest."""
    positions = np.indices(tuple(levels)).reshape(len(levels), -1)
    return _middles(positions, np.array(levels)[:, None])


def listed(levels: Levels, size: int, seed: int) -> Points:
    """The first of all factors, then the second of all, ..."""
    return _middles(np.tile(np.arange(levels[0]), (len(levels), 1)), np.array(levels)[:, None])


def _middles(positions: np.ndarray, levels: np.ndarray) -> Points:
    """The middle of the k-th of n equal parts of the unit interval, whose inverse is exact."""
    middles: Points = (positions + 0.5) / levels
    return middles


def random(levels: Levels, size: int, seed: int) -> Points:
    """Independent and uniform: sample i is the i-th part of a counter-based stream (Philox) whose key is the seed."""
    stream = np.random.Generator(np.random.Philox(key=seed))
    return stream.random((size, len(levels))).T


def lhs(levels: Levels, size: int, seed: int) -> Points:
    """A Latin hypercube: each factor once in each of `size` strata."""
    from scipy.stats.qmc import LatinHypercube

    return LatinHypercube(len(levels), seed=np.random.default_rng(seed)).random(size).T


def sobol(levels: Levels, size: int, seed: int) -> Points:
    """Sobol's sequence, scrambled; best balanced where `size` is a power of two."""
    from scipy.stats.qmc import Sobol

    power = max(0, size - 1).bit_length()
    return Sobol(len(levels), seed=np.random.default_rng(seed)).random_base2(power)[:size].T


def halton(levels: Levels, size: int, seed: int) -> Points:
    """Halton's sequence, scrambled."""
    from scipy.stats.qmc import Halton

    return Halton(len(levels), seed=np.random.default_rng(seed)).random(size).T
