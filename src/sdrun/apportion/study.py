"""What an analysis knows of a sweep: its factors and its samples, read from a result."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float, Shaped

from sdrun.errors import InputError, Problem
from sdrun.model import name_id
from sdrun.sweep import STRUCTURAL, Steps

if TYPE_CHECKING:
    import xarray as xr

Outcomes = Float[np.ndarray, "samples outcomes"]
"""What came of each sample: a column per metric and element, or per variable, element and time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The samples of a sweep."""

    factors: tuple[str, ...]
    """In the order of the design."""
    values: Float[np.ndarray, "factors samples"]
    """Of each factor; of theories and variants a number for each."""
    steps: Steps | None = None
    """Of Morris's design."""
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """What a method gives of each factor."""

    description: str
    interval: bool = False
    """Beside it stand `_low` and `_high`, the ends of its 95 % interval."""
    of_pairs: bool = False
    """Of each two factors."""
    in_units: bool = False
    """In those of the outcome; otherwise dimensionless."""
    by_size: bool = False
    """Told for smaller sizes of the sweep too, so that one sees whether it has settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to apportion outcomes to factors."""

    indices: Callable[[Study, Outcomes, Collection[str]], Mapping[str, np.ndarray]]
    """(study, outcomes without NaN, statistics that are wanted) -> these at least, each with the ends of its interval.

    Shape (parameters, [parameters,] outcomes).  What an outcome is does not depend on those beside it.
    """
    statistics: Mapping[str, Statistic]
    headline: str
    """The statistic that factors are ranked by."""
    source: str
    smallest: int
    """Blocks of the smallest size that is told."""
    block: Callable[[int], int] = lambda _factors: 1
    """Samples that belong together, by the number of factors: all of them are used, or none."""
    beside: tuple[str, ...] = ()
    """Parameters that are no factors."""
    most_over_time: int | None = None
    """Samples that are enough for outcomes over time, the first of the sweep; None takes all."""


def study_of(ds: "xr.Dataset") -> Study:
    """The study that a result is.

    Raises InputError where it is no sweep.
    """
    try:
        factors = tuple(json.loads(str(ds.attrs["factors"])))
    except (KeyError, ValueError):
        raise InputError(Problem(what="these are no results of a sweep: they have no factors")) from None
    steps = None
    if "morris_factor" in ds.coords:
        steps = Steps(factor=ds["morris_factor"].values.astype(int), by=ds["morris_step"].values.astype(float))
    seed = str(ds.attrs.get("seed", ""))
    values = np.array([_values(ds, factor) for factor in factors], dtype=float)
    return Study(factors=factors, values=values, steps=steps, seed=int(seed) if seed.isdigit() else 0)


def taken(study: Study, samples: Bool[np.ndarray, " _samples"] | slice) -> Study:
    """The study of some of its samples."""
    steps = study.steps
    return replace(
        study,
        values=study.values[:, samples],
        steps=Steps(factor=steps.factor[samples], by=steps.by[samples]) if steps is not None else None,
    )


def _values(ds: "xr.Dataset", factor: str) -> Shaped[np.ndarray, " samples"]:
    """A factor's value in each sample."""
    if factor in STRUCTURAL:
        return np.unique(ds[factor.removeprefix("model.")].values, return_inverse=True)[1]
    base, _, inside = factor.partition("[")
    named = {name_id(str(array.attrs.get("long_name", name))): array for name, array in ds.coords.items()}
    array = named[name_id(factor)] if name_id(factor) in named else named[name_id(base)]
    labels = [label.strip() for label in inside.rstrip(" ]").split(",") if label.strip()]
    own = [dim for dim in array.dims if dim not in ("sample", "time", "variant")]
    array = array.isel(dict.fromkeys(set(array.dims) - {"sample", *own}, 0))
    array = array.sel(dict(zip(own, labels, strict=False))) if labels else array.isel(dict.fromkeys(own, 0))
    return np.asarray(array.values)
