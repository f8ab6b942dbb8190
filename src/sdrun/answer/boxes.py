"""A box in the space of the factors, and how good it is.

Coverage is the share of all cases that lie inside, density the share of cases among the rows inside, mass the share of all rows
inside (Bryant and Lempert 2010, Technological Forecasting and Social Change 77(1), sect. 2.4).  The quasi-p-value of a
restriction is the binomial probability of at least so many cases inside, if their share were that of the box without the
restriction (their sect. 4.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool

from sdrun.answer.factors import Varied

LOW, HIGH, CHOICES = "low", "high", "choices"

Rows = Bool[np.ndarray, " rows"]
"""Which of the rows."""

Restriction = tuple[str, str]
"""(`low`, `high` or `choices`, name of the factor)."""

SIGNIFICANT = 0.05
"""Probability that any restriction of a box is one of chance: each is held to its share of it (Bonferroni)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Limits of some factors; the others are free."""

    low: Mapping[str, float] = field(default_factory=dict)
    """Included."""
    high: Mapping[str, float] = field(default_factory=dict)
    """Included."""
    choices: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Of texts: positions of those that are inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How good a box is on some rows."""

    coverage: float
    density: float
    mass: float
    cases: int
    """Inside."""
    rows: int
    """Inside."""


def restrictions(box: Box) -> tuple[Restriction, ...]:
    """Every limit of a box."""
    return tuple((side, name) for side in (LOW, HIGH, CHOICES) for name in getattr(box, side))


def restricted(box: Box) -> frozenset[str]:
    """Names of the factors that it limits."""
    return frozenset(name for _, name in restrictions(box))


def without(box: Box, *dropped: Restriction) -> Box:
    """The box with these limits left out."""
    kept = set(restrictions(box)) - set(dropped)
    return Box(
        **{
            side: {name: limit for name, limit in getattr(box, side).items() if (side, name) in kept}
            for side in (LOW, HIGH, CHOICES)
        }
    )


def limited(box: Box, restriction: Restriction, limit: float | frozenset[int]) -> Box:
    """The box with one limit set."""
    side, name = restriction
    return replace(box, **{side: {**getattr(box, side), name: limit}})


def inside(box: Box, factors: Sequence[Varied]) -> Rows:
    """Which rows lie in the box."""
    mask = np.ones(len(factors[0].values), dtype=bool)
    for factor in factors:
        if factor.name in box.low:
            mask &= factor.values >= box.low[factor.name]
        if factor.name in box.high:
            mask &= factor.values <= box.high[factor.name]
        if factor.name in box.choices:
            mask &= np.isin(factor.values, sorted(box.choices[factor.name]))
    return mask


def measures(within: Rows, cases: Rows) -> Measures:
    """Of the rows `within` a box."""
    found, rows, every = int(cases[within].sum()), int(within.sum()), max(1, int(cases.sum()))
    return Measures(
        coverage=found / every, density=found / max(1, rows), mass=rows / max(1, len(cases)), cases=found, rows=rows
    )


def quasi_p(box: Box, dropped: Sequence[Restriction], factors: Sequence[Varied], cases: Rows) -> float:
    """Of restrictions, taken as one: how likely the cases inside are, if these meant nothing."""
    from scipy.stats import binom

    narrow, wide = (measures(inside(one, factors), cases) for one in (box, without(box, *dropped)))
    return float(binom.sf(narrow.cases - 1, narrow.rows, wide.density)) if narrow.rows else 1.0


def held(box: Box, factors: Sequence[Varied], cases: Rows) -> Box:
    """The box without the restrictions that other rows than those it was found on do not bear out, the least of them first."""
    level = SIGNIFICANT / max(1, len(restrictions(box)))
    while restrictions(box):
        doubts = {one: quasi_p(box, [one], factors, cases) for one in restrictions(box)}
        worst = max(doubts, key=lambda one: doubts[one])
        if doubts[worst] <= level:
            return box
        box = without(box, worst)
    return box
