"""Morris's elementary effects: by how much an outcome changes when one factor steps, wherever the others are in their ranges.

The effect of a step is the change of the outcome over the step in the factor's quantiles (Morris 1991, Technometrics 33(2)): as
if the factor ran through all of its range; for choices it is the change itself.  mu and sigma are the mean and the standard
deviation of a factor's effects over trajectories, mu* the mean of their sizes (Campolongo, Cariboni & Saltelli 2007,
Environmental Modelling & Software 22).  mu* ranks factors: one that has 0 acts on nothing.  A sigma as large as mu* tells of
interactions, or of an effect that is no straight line.
"""

from collections.abc import Collection, Mapping

import numpy as np

from sdrun.apportion.study import Method, Outcomes, Statistic, Study
from sdrun.sweep import BLOCKS, MORRIS, STRUCTURAL

CONFIDENCE = 0.95


def morris(study: Study, outcomes: Outcomes, wanted: Collection[str]) -> Mapping[str, np.ndarray]:
    """mu, mu*, sigma and the interval of mu*, shape (parameters, outcomes), in the units of the outcomes.

    Trajectories are independent, so the interval is Student's of a mean.  Theories and variants have no order, and so no sign:
    their mu and sigma are NaN.
    """
    from scipy.stats import t

    effects = _effects(study, outcomes)
    count = len(effects)
    sizes = np.abs(effects)
    mu_star = sizes.mean(axis=0)
    half = t.ppf((1 + CONFIDENCE) / 2, count - 1) * sizes.std(axis=0, ddof=1) / np.sqrt(count)
    ordered = np.array([[np.nan if factor in STRUCTURAL else 1.0] for factor in study.factors])
    return {
        "mu": effects.mean(axis=0) * ordered,
        "mu_star": mu_star,
        "mu_star_low": np.maximum(mu_star - half, 0.0),
        "mu_star_high": mu_star + half,
        "sigma": effects.std(axis=0, ddof=1) * ordered,
    }


METHOD = Method(
    indices=morris,
    statistics={
        "mu": Statistic(description="mean of elementary effects, mu", in_units=True),
        "mu_star": Statistic(description="mean size of elementary effects, mu*", interval=True, in_units=True, by_size=True),
        "sigma": Statistic(description="standard deviation of elementary effects, sigma", in_units=True),
    },
    headline="mu_star",
    source="Morris 1991; Campolongo, Cariboni & Saltelli 2007",
    smallest=4,
    block=BLOCKS[MORRIS],
)


def _effects(study: Study, outcomes: Outcomes) -> np.ndarray:
    """The effect of each factor's step in each trajectory, shape (trajectories, parameters, outcomes)."""
    assert study.steps is not None, "the design is Morris's"
    length = BLOCKS[MORRIS](len(study.factors))
    changes = np.diff(outcomes.reshape(-1, length, outcomes.shape[1]), axis=1)
    factor, by = (row.reshape(-1, length)[:, 1:, None] for row in (study.steps.factor, study.steps.by))
    effects = np.empty_like(changes)
    np.put_along_axis(effects, np.broadcast_to(factor, changes.shape), changes / by, axis=1)
    return effects
