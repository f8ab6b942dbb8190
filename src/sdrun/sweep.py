"""What a sweep varies and what it asks for: factors, design, metrics; and the samples that come of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float

from sdrun.errors import Place
from sdrun.questions import Conclusion, Question

THEORY = "model.theory"
"""The factor that is no parameter: which theory sets the parameters."""

GRID, LIST = "grid", "list"
"""Designs whose points the scenario states; all others draw as many as `samples` says."""

RANDOM_DESIGNS = ("random", "lhs", "sobol", "halton")
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
    """As written: a parameter, an element of one (`initial economy[USA]`), or `model.theory`."""
    kind: str
    """`values`, `choices`, or a row of `DISTRIBUTIONS`."""
    values: tuple[float | str, ...] = ()
    """Of `values` (the points of a grid; of a list, one per sample) and `choices`; names of theories are texts."""
    arguments: Mapping[str, float] = field(default_factory=dict)
    """Of a distribution."""
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Of one that goes by theory: low and high, by the name of the theory."""
    unit: str | None = None
    source: str | None = None
    """Citation."""
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
    metrics: tuple[Metric, ...] = ()
    modes: tuple[str, ...] = ()
    """Variables whose mode of behaviour is told."""
    questions: tuple[Question, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The value of each factor in each sample."""

    factors: tuple[Factor, ...]
    values: Float[np.ndarray, "factors samples"]
    """Numbers; of a factor with texts, the position among its `values`."""
    first: int = 0
    """Number of the first sample: these may be a part of a sweep."""

    @property
    def size(self) -> int:
        """How many samples there are."""
        return int(self.values.shape[1])


def theory_names(samples: Samples) -> tuple[str, ...]:
    """The theory of each sample; empty where no theory is varied."""
    for factor, row in zip(samples.factors, samples.values, strict=True):
        if factor.name == THEORY:
            return tuple(str(factor.values[int(position)]) for position in row)
    return ()


def stated(factor: Factor) -> dict[str, Any]:
    """The factor as a scenario states it."""
    about = {key: text for key, text in (("unit", factor.unit), ("source", factor.source)) if text}
    if factor.kind in (VALUES, CHOICES):
        return {factor.kind: list(factor.values), **about}
    return {"dist": factor.kind, **factor.arguments, **about}
