"""Outcomes of a result, and what a method finds of them, as one dataset."""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.apportion.study import Method, Outcomes, Statistic, Study, taken
from sdrun.trajectory import ids

if TYPE_CHECKING:
    import xarray as xr

AT_ONCE = 500_000
"""Numbers, samples times outcomes, that are worked on at a time: a method holds several times as many."""

MOST_NUMBERS = 100_000_000
"""The same of all variables together, beside the metrics; what goes beyond is left out."""

MOST_FACTORS, MOST_PAIRS, MOST_PAIRED = 100, 10_000_000, 2_500_000_000
"""Up to which pairs of factors are told of a metric or variable: factors, indices of pairs, factors times numbers (45 s)."""

OWN = ("parameter", "partner", "size")
"""Dimensions of sensitivities; a range of the model that has such a name gets `_` behind it."""

logger = logging.getLogger("sdrun")


def apportioned(ds: "xr.Dataset", study: Study, method: Method) -> "xr.Dataset":
    """Every statistic of the method for every metric, and over time for what `[output] variables` names."""
    import xarray as xr

    ds = ds.rename({dim: f"{dim}_" for dim in OWN if dim in ds.dims})
    parameters = [*study.factors, *method.beside]
    about = {"long_name": "what is varied"}
    coords: dict[str, Any] = {"parameter": ("parameter", parameters, about), "partner": ("partner", parameters, about)}
    found: dict[str, xr.DataArray] = {}
    for array in ds.data_vars.values():
        if array.attrs.get("role") == "metric":
            found |= _of_metric(array, study, method)
    for array in _variables(ds):
        found |= _of_variable(array, study, method)
    whole = xr.Dataset(found, coords=coords)
    return whole if "partner" in {dim for array in found.values() for dim in array.dims} else whole.drop_vars("partner")


def _of_metric(array: "xr.DataArray", study: Study, method: Method) -> "dict[str, xr.DataArray]":
    """The statistics of all samples, and of the first of them, doubled until they are all."""
    import xarray as xr

    found = _statistics(array, study, method, _affordable(array, study, method))
    block = method.block(len(study.factors))
    settling = {name: statistic for name, statistic in method.statistics.items() if statistic.by_size}
    sizes = [size * block for size in _sizes(array.sizes["sample"] // block, method.smallest)]
    fewer = (slice(size) for size in sizes[:-1])
    parts = [_statistics(array.isel(sample=first), taken(study, first), method, settling) for first in fewer]
    about = {"long_name": "samples of the sweep that were taken, from the first", "units": "1"}
    size = xr.DataArray(sizes, dims="size", name="size", attrs=about)
    names = [f"{array.name}_{name}" for name in (*_named(settling), "samples")]
    return found | {f"{name}_by_size": xr.concat([part[name] for part in (*parts, found)], dim=size) for name in names}


def _sizes(blocks: int, smallest: int) -> list[int]:
    """Powers of two below the number of blocks, and that number."""
    return [*(2**power for power in range(blocks.bit_length()) if smallest <= 2**power < blocks), blocks]


def _variables(ds: "xr.Dataset") -> "Iterator[xr.DataArray]":
    """What `[output] variables` names, until it is too much."""
    named = set(json.loads(str(ds.attrs.get("output_variables", "[]"))))
    left = MOST_NUMBERS
    skipped: list[str] = []
    absent = named - {known for name in ds.variables for known in ids(ds[name])}
    if absent:
        what = "sensitivity over time leaves out %s, which is written chunk by chunk: sdrun.sensitivity reads it from the store"
        logger.warning(what, ", ".join(sorted(absent)))
    for name, array in ds.data_vars.items():
        if not (
            ids(array) & named and "sample" in array.dims and array.dtype.kind == "f" and array.attrs.get("role") != "metric"
        ):
            continue
        if array.size > left:
            skipped.append(str(name))
            continue
        left -= array.size
        yield array
    if skipped:
        logger.warning("sensitivity over time leaves out %s: too many samples, elements and times", ", ".join(skipped))


def _of_variable(array: "xr.DataArray", study: Study, method: Method) -> "dict[str, xr.DataArray]":
    """The statistics of a variable, element by element and time by time."""
    if method.most_over_time is not None:
        array, study = array.isel(sample=slice(method.most_over_time)), taken(study, slice(method.most_over_time))
    return _statistics(array, study, method, _affordable(array, study, method))


def _affordable(array: "xr.DataArray", study: Study, method: Method) -> Mapping[str, Statistic]:
    """The statistics of the method, without those of pairs where there are too many."""
    factors, outcomes = len(study.factors), array.size // array.sizes["sample"]
    if factors <= MOST_FACTORS and factors**2 * outcomes <= MOST_PAIRS and factors * array.size <= MOST_PAIRED:
        return method.statistics
    kept = {name: one for name, one in method.statistics.items() if not one.of_pairs}
    if len(kept) < len(method.statistics):
        logger.warning("sensitivity of %s leaves out pairs of factors: too many, times elements and times", array.name)
    return kept


def _statistics(
    array: "xr.DataArray", study: Study, method: Method, statistics: Mapping[str, Statistic]
) -> "dict[str, xr.DataArray]":
    """Statistics of an array by their name in the result, and how many samples they are of."""
    import xarray as xr

    own = [dim for dim in array.dims if dim != "sample"]
    shape = tuple(array.sizes[dim] for dim in own)
    coords = {name: coord for name, coord in array.coords.items() if set(coord.dims) <= set(own)}
    values, used = _computed(array.transpose("sample", *own).values, study, method, _named(statistics))
    found: dict[str, xr.DataArray] = {}
    for name, column in values.items():
        base = name.removesuffix("_low").removesuffix("_high")
        statistic = statistics[base]
        lead = ("parameter", "partner") if statistic.of_pairs else ("parameter",)
        found[f"{array.name}_{name}"] = xr.DataArray(
            column.reshape(*column.shape[:-1], *shape), dims=(*lead, *own), coords=coords, attrs=_about(array, name, statistic)
        )
    about = {"long_name": f"{array.name} samples", "units": "1", "description": "samples that the indices are taken of"}
    return {**found, f"{array.name}_samples": xr.DataArray(used.reshape(shape), dims=own, coords=coords, attrs=about)}


def _named(statistics: Mapping[str, Statistic]) -> dict[str, Statistic]:
    """Statistics, and the ends of their intervals."""
    ends = ("", "_low", "_high")
    return {name + end: one for name, one in statistics.items() for end in (ends if one.interval else ends[:1])}


def _about(array: "xr.DataArray", name: str, statistic: Statistic) -> dict[str, str]:
    end = {"_low": ", lower end of the 95 % interval", "_high": ", upper end of the 95 % interval"}
    more = next((text for suffix, text in end.items() if name.endswith(suffix)), "")
    of = str(array.attrs.get("long_name", array.name))
    return {
        "long_name": f"{array.name} {name}".replace("_", " "),
        "units": str(array.attrs.get("units", "")) if statistic.in_units else "1",
        "description": f"{statistic.description}, of {of}{more}",
    }


def _computed(
    values: np.ndarray, study: Study, method: Method, wanted: Mapping[str, Statistic]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What is wanted of each outcome, shape (parameters, [parameters,] outcomes), and of how many samples.

    `values` has samples along its first axis.  A block with a sample that failed, or has no figure, is left out whole.
    """
    values = values[..., None]  # one element at least
    parameters, shape = len(study.factors) + len(method.beside), values.shape[1:]
    outcomes, size = int(np.prod(shape, dtype=int)), method.block(len(study.factors))
    found = {name: np.full((*((parameters,) * (1 + one.of_pairs)), outcomes), np.nan) for name, one in wanted.items()}
    used = np.zeros(outcomes, dtype=np.int64)
    for columns in _slabs(len(values), outcomes):
        where: tuple[Any, ...] = (slice(None), *np.unravel_index(columns, shape))
        y = values[where].astype(float)
        for blocks, alike in _alike(np.isfinite(y).reshape(-1, size, len(columns)).all(axis=1)):
            used[columns[alike]] = size * blocks.sum()
            if blocks.sum() < 2:
                continue
            samples = np.repeat(blocks, size)
            part: Outcomes = y[np.ix_(samples, alike)]
            given = method.indices(taken(study, samples), part, wanted)
            for name, array in found.items():
                array[..., columns[alike]] = given[name]
    return found, used


def _slabs(samples: int, outcomes: int) -> Iterator[np.ndarray]:
    """Columns to work on at a time."""
    width = max(1, AT_ONCE // max(1, samples))
    yield from (np.arange(start, min(start + width, outcomes)) for start in range(0, outcomes, width))


def _alike(whole: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Columns whose usable blocks are the same: (blocks, columns), from which blocks are whole, shape (blocks, columns)."""
    packed = np.ascontiguousarray(
        np.packbits(whole, axis=0).T
    )  # a column as one value: NumPy's own way takes a field per block
    _, first, which = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    for number, column in enumerate(first):
        yield whole[:, column], np.flatnonzero(which == number)
