"""A sweep -> the value of each factor in each sample.  Stage of its own: it knows neither models nor runs.

    designs         (levels, size, seed) -> points in the unit cube
    blocks          the same of designs whose samples belong together in blocks: morris, saltelli
    copula          points of independent factors -> points of correlated ones
    distributions   factor, points along its axis -> values, by the inverse of the cumulative distribution

`draw` joins them.

TO ADD A DESIGN write `(levels, size, seed) -> points` of shape (factors, samples), in [0, 1], and a row in `DESIGNS`; one that
draws blocks has their size in `sdrun.sweep.BLOCKS`.  `levels` has the number of stated values of each factor, 0 where it has a
distribution.  Sample i of a design that `grows` depends on the seed and i alone: raising `samples` keeps the earlier ones.
`lhs` cannot grow, as its strata are cut for one size; all others that draw can.

TO ADD A DISTRIBUTION write `arguments -> frozen distribution of scipy.stats` and a row in `INVERSES`; its arguments stand in
`sdrun.sweep.DISTRIBUTIONS`, which the reader goes by, and its table in `sdrun.read.sweep_tables`.
"""

from collections.abc import Mapping

import numpy as np

from sdrun.sample.blocks import morris, saltelli, steps
from sdrun.sample.copula import correlated
from sdrun.sample.designs import Design, grid, halton, lhs, listed, random, sobol
from sdrun.sample.distributions import INVERSES, factor_values, values_by_theory
from sdrun.sweep import BY_THEORY, MORRIS, Samples, Sweep, theory_names

__all__ = ["DESIGNS", "INVERSES", "Design", "draw", "grows"]

DESIGNS: Mapping[str, Design] = {
    "grid": Design(points=grid, grows=False),
    "list": Design(points=listed, grows=True),
    "random": Design(points=random, grows=True),
    "lhs": Design(points=lhs, grows=False),
    "sobol": Design(points=sobol, grows=True),
    "halton": Design(points=halton, grows=True),
    "morris": Design(points=morris, grows=True),
    "saltelli": Design(points=saltelli, grows=True),
}


def grows(sweep: Sweep) -> bool:
    """Whether the first samples stay what they are when more are asked for."""
    return DESIGNS[sweep.method].grows


def draw(sweep: Sweep) -> Samples:
    """All samples of a sweep; the same for the same sweep."""
    levels = [len(factor.values) for factor in sweep.factors]
    points = DESIGNS[sweep.method].points(levels, sweep.samples or 0, sweep.seed)
    points = correlated(points, sweep.factors, sweep.correlations)
    values = np.array([factor_values(factor, row) for factor, row in zip(sweep.factors, points, strict=True)])
    theories = theory_names(Samples(factors=sweep.factors, values=values))
    for number, factor in enumerate(sweep.factors):
        if factor.kind == BY_THEORY:
            values[number] = values_by_theory(factor, points[number], theories)
    belonging = steps(points, levels) if sweep.method == MORRIS else None
    return Samples(factors=sweep.factors, values=values, seed=sweep.seed, steps=belonging)
