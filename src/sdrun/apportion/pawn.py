"""PAWN: how far a factor moves the distribution of an outcome.

Pianosi & Wagener 2015, Environmental Modelling & Software 67, eq. 2-4; from samples of any design, as in their 2018 paper
(Environmental Modelling & Software 108).  A factor's samples are cut into slices of equal number, or by value where it has few;
within each the distribution of the outcome is compared with that of all samples by the statistic of Kolmogorov and Smirnov,
max |F_slice - F|.  The index is the median over slices, beside it the largest.  It takes no shape for granted, neither of the
outcome's distribution (censored durations, two humps) nor of the factor's effect.

An index is never zero, since slices are finite: the row `dummy`, of a factor that acts on nothing, says how large nothing is.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float

from sdrun.model import name_id

if TYPE_CHECKING:
    import xarray as xr

SLICES = 10
DUMMY = "dummy"

Slices = Bool[np.ndarray, "_slices samples"]


def pawn(ds: "xr.Dataset", factors: Sequence[str], seed: int = 0) -> "xr.Dataset":
    """`<metric>_pawn` and `<metric>_pawn_max` for every metric, (parameter, dimensions of the metric), dimensionless, 0 to 1.

    Samples without a value (failed ones, NaN) are left out; `<metric>_samples` says how many were used.
    """
    import xarray as xr

    slices = {name: _slices(_values(ds, name)) for name in factors}
    slices[DUMMY] = _slices(np.random.default_rng(seed).random(ds.sizes["sample"]))
    parameter = xr.DataArray(list(slices), dims="parameter", name="parameter", attrs={"long_name": "what is varied"})
    found: dict[str, Any] = {}
    for name, metric in ds.data_vars.items():
        if metric.attrs.get("role") != "metric":
            continue
        indices = xr.apply_ufunc(
            lambda outcome: _indices(outcome, list(slices.values())),
            metric,
            input_core_dims=[["sample"]],
            output_core_dims=[["parameter", "statistic"]],
            vectorize=True,
        ).assign_coords(parameter=parameter)
        described = f"PAWN index of {metric.attrs.get('long_name', name)} over {SLICES} slices"
        for number, (suffix, text) in enumerate((("pawn", "median"), ("pawn_max", "largest"))):
            array = indices.isel(statistic=number).transpose("parameter", ...)
            array.attrs = {
                "long_name": f"{name} {suffix.replace('_', ' ')}",
                "units": "1",
                "description": f"{described}, {text}",
            }
            found[f"{name}_{suffix}"] = array
        used = metric.notnull().sum("sample")
        used.attrs = {"long_name": f"{name} samples", "units": "1", "description": "samples with a value"}
        found[f"{name}_samples"] = used
    source = {"source": "Pianosi & Wagener 2015, 2018", "run_id": str(ds.attrs.get("run_id", ""))}
    return xr.Dataset(found, attrs={"title": f"Sensitivity: {ds.attrs.get('title', '')}", **source})


def _values(ds: "xr.Dataset", factor: str) -> np.ndarray:
    """A factor's value in each sample; of a theory a number for each."""
    if factor == "model.theory":
        return np.unique(ds["theory"].values, return_inverse=True)[1]
    base, _, inside = factor.partition("[")
    named = (name for name in ds.coords if name_id(str(ds[name].attrs.get("long_name", name))) == name_id(base))
    array = ds[next(named)]
    labels = [label.strip() for label in inside.rstrip(" ]").split(",") if label.strip()]
    own = [dim for dim in array.dims if dim not in ("sample", "time", "variant")]
    array = array.isel(dict.fromkeys(set(array.dims) - {"sample", *own}, 0))
    array = array.sel(dict(zip(own, labels, strict=False))) if labels else array.isel(dict.fromkeys(own, 0))
    return np.asarray(array.values)


def _slices(values: np.ndarray) -> Slices:
    """Which samples lie in each slice: of equal number, or one per value where there are no more values than slices."""
    distinct = np.unique(values)
    if len(distinct) <= SLICES:
        return values == distinct[:, None]
    edges = np.quantile(values, np.linspace(0, 1, SLICES + 1))
    edges[-1] = np.inf
    lower, upper = edges[:-1, None], edges[1:, None]
    return (values >= lower) & (values < upper)


def _indices(outcome: Float[np.ndarray, " samples"], factors: Sequence[Slices]) -> Float[np.ndarray, "factors statistics"]:
    """Median and largest distance over the slices of each factor; NaN where there is no outcome at all."""
    given = np.flatnonzero(np.isfinite(outcome))
    if not given.size:
        return np.full((len(factors), 2), np.nan)
    order = given[np.argsort(outcome[given], kind="stable")]
    sorted_ = outcome[order]
    last = np.append(sorted_[1:] != sorted_[:-1], True)  # of equal outcomes the last has the distribution's value
    whole = np.flatnonzero(last).astype(float) + 1
    whole /= len(order)
    result = []
    for slices in factors:
        counts = np.cumsum(slices[:, order], axis=1)[:, last]
        inside = counts[:, -1] > 0
        distances = np.abs(counts[inside] / counts[inside, -1:] - whole).max(axis=1)
        result.append((np.median(distances), distances.max()))
    return np.array(result)
