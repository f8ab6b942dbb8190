"""Sobol's indices: which share of an outcome's variance is whose.

First order: what a factor explains alone, V(E[y|x_i]) / V(y).  Total: what would be left if all others were known,
E[V(y|x_~i)] / V(y): alone and in every interaction.  Second order: what two explain together beyond what each does alone.

Estimators: first order (b) and total (f) of table 2 in Saltelli et al. 2010 (Computer Physics Communications 181), the latter
Jansen's of 1999 (Computer Physics Communications 117); second order as in Saltelli 2002 (Computer Physics Communications 145).
A block has the runs of A, of B, of A with a factor from B (AB) and of B with a factor from A (BA), so that each index can be
had twice, the second time with A and B exchanged (theorem 2 there): an index is the mean of both.

Intervals: the index and 1.96 times its standard deviation when blocks are drawn with replacement (Archer, Saltelli & Sobol
1997, Journal of Statistical Computation and Simulation 58), with the seed of the sweep.
"""

from collections.abc import Collection, Iterator, Mapping

import numpy as np
from jaxtyping import Float

from sdrun.apportion.study import Method, Outcomes, Statistic, Study
from sdrun.sweep import BLOCKS, SALTELLI

RESAMPLES = 200
NORMAL = 1.959963984540054
"""The 97.5 % quantile of a normal distribution."""
ROUNDING = 1e-12
"""The share of a mean square that is no variance."""
AT_ONCE = 4_000_000
"""Numbers of resamples that are held."""


def sobol(study: Study, outcomes: Outcomes, wanted: Collection[str]) -> Mapping[str, np.ndarray]:
    """First and total order, and second where it is wanted, with the ends of their intervals.

    NaN for an outcome that does not vary; so are the ends where it varies so rarely that blocks can be drawn in which it does
    not.  A factor and itself have no second order.
    """
    count = len(study.factors)
    terms = _terms(outcomes.reshape(-1, BLOCKS[SALTELLI](count), outcomes.shape[1]), count, pairs="second" in wanted)
    found = {name: index[0] for name, index in _indices(terms.mean(axis=0)[None], count).items()}
    spread = _spread(terms, found, study.seed)
    result: dict[str, np.ndarray] = {}
    for name, index in found.items():
        half = NORMAL * spread[name]
        result |= {name: index, f"{name}_low": index - half, f"{name}_high": index + half}
    return result


METHOD = Method(
    indices=sobol,
    statistics={
        "first": Statistic(description="Sobol index of first order", interval=True, by_size=True),
        "total": Statistic(description="Sobol index, total", interval=True, by_size=True),
        "second": Statistic(description="Sobol index of second order", interval=True, of_pairs=True),
    },
    headline="total",
    source="Saltelli 2002; Saltelli et al. 2010; Jansen 1999",
    smallest=16,
    block=BLOCKS[SALTELLI],
)


def _terms(
    blocks: Float[np.ndarray, "blocks runs outcomes"], count: int, *, pairs: bool
) -> Float[np.ndarray, "blocks terms outcomes"]:
    """What each block adds to the means that indices are made of: y and its square, first orders, totals, and pairs if wanted.

    Outcomes are taken from their mean, without which products of large numbers would hide small differences.
    """
    y = blocks - blocks.mean(axis=(0, 1))
    a, ab, ba, b = y[:, :1], y[:, 1 : 1 + count], y[:, 1 + count : -1], y[:, -1:]
    terms = [
        (a + b) / 2,
        (a**2 + b**2) / 2,
        (b * (ab - a) + a * (ba - b)) / 2,
        ((a - ab) ** 2 + (b - ba) ** 2) / 4,
    ]
    if pairs:
        one, other = np.triu_indices(count, 1)
        terms.append((ba[:, one] * ab[:, other] + ab[:, one] * ba[:, other]) / 2 - a * b)
    return np.concatenate(terms, axis=1)


def _indices(means: Float[np.ndarray, "resamples terms outcomes"], count: int) -> Mapping[str, np.ndarray]:
    """The indices that follow from the means of `_terms`; NaN where the runs of A and B do not vary, but for rounding."""
    variance = means[:, 1] - means[:, 0] ** 2
    parts = means[:, 2:] / np.where(variance > ROUNDING * means[:, 1], variance, np.nan)[:, None]
    first, total, pairs = parts[:, :count], parts[:, count : 2 * count], parts[:, 2 * count :]
    if not pairs.shape[1]:
        return {"first": first, "total": total}
    second = np.full((len(means), count, count, means.shape[2]), np.nan)
    one, other = np.triu_indices(count, 1)
    second[:, one, other] = second[:, other, one] = pairs - first[:, one] - first[:, other]
    return {"first": first, "total": total, "second": second}


def _spread(
    terms: Float[np.ndarray, "blocks terms outcomes"], found: Mapping[str, np.ndarray], seed: int
) -> Mapping[str, np.ndarray]:
    """The standard deviation of each index over resamples, some of these at a time."""
    count = len(found["first"])
    moments = {name: (np.zeros_like(index), np.zeros_like(index)) for name, index in found.items()}
    for means in _resampled(terms, seed, AT_ONCE // (count**2 * terms.shape[2])):
        for name, resampled in _indices(means, count).items():
            away = resampled - found[name]
            first, second = moments[name]
            first += away.sum(axis=0)
            second += (away**2).sum(axis=0)
    return {
        name: np.sqrt(np.maximum(second - first**2 / RESAMPLES, 0.0) / (RESAMPLES - 1))
        for name, (first, second) in moments.items()
    }


def _resampled(terms: Float[np.ndarray, "blocks terms outcomes"], seed: int, together: int) -> Iterator[np.ndarray]:
    """Means over blocks drawn with replacement, of at most `together` resamples at a time."""
    blocks = len(terms)
    stream = np.random.default_rng(seed)
    flat = terms.reshape(blocks, -1)
    step = max(1, min(together, AT_ONCE // blocks))
    for start in range(0, RESAMPLES, step):
        drawn = (stream.integers(blocks, size=blocks) for _ in range(start, min(start + step, RESAMPLES)))
        weights = np.array([np.bincount(row, minlength=blocks) for row in drawn]) / blocks
        yield (weights @ flat).reshape(-1, *terms.shape[1:])
