"""Results of sweeps made by hand."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr


def result(factors: Mapping[str, np.ndarray], metrics: Mapping[str, Any], variants: tuple[str, ...] = ()) -> xr.Dataset:
    """Factors by sample, metrics by sample or by (variant, sample); a metric may bring flags: (values, flags)."""
    size = len(next(iter(factors.values())))
    coords: dict[str, Any] = {"sample": np.arange(size), "time": ("time", [0.0, 1.0], {"units": "year"})}
    for name, values in factors.items():
        coords[name] = ("sample", values, {"long_name": name.replace("_", " "), "role": "parameter", "units": "1"})
    if variants:
        coords["variant"] = list(variants)
    dims = ("variant", "sample") if variants else ("sample",)
    data: dict[str, Any] = {}
    for name, given in metrics.items():
        values, flags = given if isinstance(given, tuple) else (given, None)
        about = {"role": "metric", "long_name": name, "units": "year"}
        data[name] = (dims, values, about | ({"ancillary_variables": f"{name}_censored"} if flags is not None else {}))
        if flags is not None:
            data[f"{name}_censored"] = (dims, np.asarray(flags, dtype=np.int8), {"role": "flag"})
    return xr.Dataset(data, coords=coords, attrs={"title": "made", "run_id": "0", "seed": "1"})


def uniform(size: int, seed: int, names: str = "abcd") -> dict[str, np.ndarray]:
    """Factors from 0 to 1."""
    return dict(zip(names, np.random.default_rng(seed).random((len(names), size)), strict=True))
