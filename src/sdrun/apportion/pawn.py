"""PAWN: how far a factor moves the distribution of an outcome.

Pianosi & Wagener 2015, Environmental Modelling & Software 67, eq. 2-4; from samples of any design, as in their 2018 paper
(Environmental Modelling & Software 108).  A factor's samples are cut into slices of equal number, or by value where it has few;
within each the distribution of the outcome is compared with that of all samples by the statistic of Kolmogorov and Smirnov,
max |F_slice - F|.  The index is the median over slices, beside it the largest.  It takes no shape for granted, neither of the
outcome's distribution (censored durations, two humps) nor of the factor's effect; of correlated factors each has the effect of
the others that go with it.

An index is never zero, since slices are finite: the row `dummy`, of a factor that acts on nothing, says how large nothing is.
"""

from collections.abc import Collection, Mapping

import numpy as np
from jaxtyping import Float, Int

from sdrun.apportion.study import Method, Outcomes, Statistic, Study

SLICES = 10
DUMMY = "dummy"

Labels = Int[np.ndarray, " samples"]
"""In which slice each sample lies."""


def pawn(study: Study, outcomes: Outcomes, wanted: Collection[str]) -> Mapping[str, np.ndarray]:
    """`pawn` and `pawn_max` of each factor and of the dummy, shape (parameters, outcomes), 0 to 1."""
    dummy = np.random.default_rng(study.seed).random(len(outcomes))
    slices = [_slices(values) for values in (*study.values, dummy)]
    found = np.array([_indices(outcome, slices) for outcome in outcomes.T])
    return {"pawn": found[..., 0].T, "pawn_max": found[..., 1].T}


PAWN = Method(
    indices=pawn,
    statistics={
        "pawn": Statistic(description=f"PAWN index, median over {SLICES} slices", by_size=True),
        "pawn_max": Statistic(description=f"PAWN index, largest over {SLICES} slices"),
    },
    headline="pawn",
    source="Pianosi & Wagener 2015, 2018",
    smallest=128,
    beside=(DUMMY,),
    most_over_time=16_384,
)


def _slices(values: Float[np.ndarray, " samples"]) -> Labels:
    """Of equal number, or one per value where there are no more values than slices."""
    distinct, positions = np.unique(values, return_inverse=True)
    if len(distinct) <= SLICES:
        return positions.astype(np.int8)
    edges = np.quantile(values, np.linspace(0, 1, SLICES + 1))
    return np.searchsorted(edges[1:-1], values, side="right").astype(np.int8)


def _indices(outcome: Float[np.ndarray, " samples"], factors: list[Labels]) -> Float[np.ndarray, "parameters statistics"]:
    """Median and largest distance over the slices of each factor."""
    order = np.argsort(outcome, kind="stable")
    sorted_ = outcome[order]
    starts = np.append(True, sorted_[1:] != sorted_[:-1])
    value = np.cumsum(starts) - 1
    bounds = np.append(np.flatnonzero(starts), len(order)) / len(order)
    distances = (_distances(labels[order], value, bounds) for labels in factors)
    return np.array([(np.median(found), found.max()) for found in distances])


def _distances(
    labels: Labels, value: Int[np.ndarray, " samples"], bounds: Float[np.ndarray, " edges"]
) -> Float[np.ndarray, " slices"]:
    """The distance of each slice that has samples.

    Samples come in the order of their outcomes, of which the n-th distinct one stands between the shares `bounds[n]` (below it)
    and `bounds[n + 1]` of all samples.  Between two of its own samples a slice's distribution is level while that of all rises:
    they are farthest apart at one of them, or just below it.
    """
    grouped = np.argsort(labels, kind="stable")
    label, value = labels[grouped], value[grouped]
    first = np.append(True, label[1:] != label[:-1])
    begin = np.append(True, first[1:] | (value[1:] != value[:-1]))
    edges = np.flatnonzero(first)
    sizes = np.diff(np.append(edges, len(label)))
    rank = np.arange(len(label)) - np.repeat(edges, sizes)
    share = np.repeat(sizes, sizes).astype(float)
    below = np.where(begin, np.abs(rank / share - bounds[value]), 0.0)
    at = np.where(np.append(begin[1:], True), np.abs((rank + 1) / share - bounds[value + 1]), 0.0)
    found: Float[np.ndarray, " slices"] = np.maximum.reduceat(np.maximum(below, at), edges)
    return found
