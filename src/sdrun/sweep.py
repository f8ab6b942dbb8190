"""What a sweep varies and what it asks for: factors, design, metrics; and the samples that come of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from sdrun.errors import Place
from sdrun.questions import Conclusion, Question

THEORY, VARIANT = "model.theory", "variant"
STRUCTURAL = (THEORY, VARIANT)
"""Factors that are no parameters: whose theory sets the parameters, and which variant of the scenario is run."""

GRID, LIST = "grid", "list"
"""Designs whose points the scenario states; all others draw as many as `samples` says."""

MORRIS, SALTELLI = "morris", "saltelli"
BLOCKS: Mapping[str, Callable[[int], int]] = {
    MORRIS: lambda factors: factors + 1,
    SALTELLI: lambda factors: 2 * factors + 2,
}
"""Designs that draw blocks of samples which belong together, and how many make a block: (factors) -> samples."""

RANDOM_DESIGNS = ("random", "lhs", "sobol", "halton", *BLOCKS)
DESIGNS = (GRID, LIST, *RANDOM_DESIGNS)

VALUES, CHOICES = "values", "choices"
"""Kinds of factor that take one of several values: as the design says, or each equally likely."""

DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "truncated normal": ("mean", "sd", "low", "high"),
    "triangular": ("low", "mode", "high"),
    "beta": ("alpha", "beta", "low", "high"),
    "theory": ("low", "high"),
}
"""Kinds of factor that are numbers from a distribution, and what each is described by.

`theory` is uniform over the range that the sample's theory states for the parameter, from low to high where it states none.
"""

BY_THEORY = "theory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """Something that differs from sample to sample."""

    name: str
    """As written: a parameter, an element of one (`initial economy[USA]`), `model.theory` or `variant`."""
    kind: str
    """`values`, `choices`, or a row of `DISTRIBUTIONS`."""
    values: tuple[float | str, ...] = ()
    """Of `values` (the points of a grid; of a list, one per sample) and `choices`; names of theories and variants are texts."""
    arguments: Mapping[str, float] = field(default_factory=dict)
    """Of a distribution."""
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Of one that goes by theory: low and high, by the name of the theory."""
    unit: str | None = None
    source: str | None = None
    """Citation."""
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How factors go together: the copula between each two of them is Gaussian."""

    between: tuple[str, ...]
    """Names of factors, two or more."""
    value: float
    """Correlation of their normal scores, r; their rank correlation (Spearman's) is 6/pi arcsin(r/2)."""
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure per sample: a variable or an indicator, at a time and at elements."""

    name: str
    of: str
    """The variable or the indicator."""
    is_indicator: bool
    at: float | None = None
    """The time, for what changes with it; linear between saved times."""
    select: Mapping[str, str] = field(default_factory=dict)
    """Element by dimension: {"index": "military"}."""
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A scenario run for many samples."""

    method: str
    """A row of `sample.DESIGNS`."""
    samples: int | None = None
    """None where the points of the factors decide."""
    seed: int = 0
    factors: tuple[Factor, ...]
    correlations: tuple[Correlation, ...] = ()
    metrics: tuple[Metric, ...] = ()
    modes: tuple[str, ...] = ()
    """Variables whose mode of behaviour is told."""
    questions: tuple[Question, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How each sample of a trajectory differs from the one before."""

    factor: Int[np.ndarray, " samples"]
    """Position of the one factor that differs; -1 where a trajectory begins."""
    by: Float[np.ndarray, " samples"]
    """By how much, in the unit interval of its quantiles; of choices 1 to a later one, -1 to an earlier; 0 at a beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The value of each factor in each sample."""

    factors: tuple[Factor, ...]
    values: Float[np.ndarray, "factors samples"]
    """Numbers; of a factor with texts, the position among its `values`."""
    steps: Steps | None = None
    """Of a design whose samples are trajectories."""
    first: int = 0
    """Number of the first sample: these may be a part of a sweep."""
    seed: int = 0
    """Of the sweep: random functions inside the model go by it, too."""

    @property
    def size(self) -> int:
        """How many samples there are."""
        return int(self.values.shape[1])


def some(samples: Samples, columns: slice | Int[np.ndarray, " chosen"]) -> Samples:
    """Some of the samples; a slice knows what number the first of them has."""
    steps = samples.steps
    return replace(
        samples,
        values=samples.values[:, columns],
        steps=Steps(factor=steps.factor[columns], by=steps.by[columns]) if steps is not None else None,
        first=samples.first + (columns.start or 0 if isinstance(columns, slice) else 0),
    )


def theory_names(samples: Samples) -> tuple[str, ...]:
    """The theory of each sample; empty where no theory is varied."""
    return _texts(samples, THEORY)


def variant_names(samples: Samples) -> tuple[str, ...]:
    """The variant of each sample; empty where it is not varied."""
    return _texts(samples, VARIANT)


def _texts(samples: Samples, name: str) -> tuple[str, ...]:
    for factor, row in zip(samples.factors, samples.values, strict=True):
        if factor.name == name:
            return tuple(str(factor.values[int(position)]) for position in row)
    return ()


def correlation_matrix(names: Sequence[str], correlations: Sequence[Correlation]) -> Float[np.ndarray, "factors factors"]:
    """Of the normal scores of the factors called `names`."""
    matrix = np.eye(len(names))
    for correlation in correlations:
        for pair in combinations(correlation.between, 2):
            one, other = (names.index(name) for name in pair)
            matrix[one, other] = matrix[other, one] = correlation.value
    return matrix


def stated(factor: Factor) -> dict[str, Any]:
    """The factor as a scenario states it."""
    about = {key: text for key, text in (("unit", factor.unit), ("source", factor.source)) if text}
    if factor.kind in (VALUES, CHOICES):
        return {factor.kind: list(factor.values), **about}
    return {"dist": factor.kind, **factor.arguments, **about}
