"""metrics.csv: a row per sample, for Excel, R and everything that fits a model to samples.

Columns: `variant` (where there are variants), `sample`, the factors, the metrics, what flags them (1: the run ended first),
modes of behaviour, `status` (0 completed, 1 failed).  What has a
dimension more has a column per element, `duration[military]`; of a parameter only elements that differ between samples.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


AT_ONCE = 10_000
"""Rows that are in memory as Python's own numbers."""


def write_metrics(ds: "xr.Dataset", path: Path) -> None:
    """The table of samples; empty cells where a metric has no value."""
    columns = [*factor_columns(ds), *metric_columns(ds), *metric_columns(ds, "flag"), *mode_columns(ds)]
    variants = [str(name) for name in ds["variant"].values] if "variant" in ds.dims else [None]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        head = [] if variants == [None] else ["variant"]
        writer.writerow([*head, "sample", *(name for name, _ in columns), "status"])
        for number, variant in enumerate(variants):
            parts = [
                _of_variant(array, number).values for _, array in [("sample", ds["sample"]), *columns, ("status", ds["status"])]
            ]
            for start in range(0, ds.sizes["sample"], AT_ONCE):
                rows = zip(*(part[start : start + AT_ONCE].tolist() for part in parts), strict=True)
                writer.writerows([*([variant] if head else []), *map(_cell, row)] for row in rows)


def factor_columns(ds: "xr.Dataset") -> "Iterator[tuple[str, xr.DataArray]]":
    """What the sweep varies: (name, values by sample)."""
    for array in ds.coords.values():
        if array.attrs.get("role") == "parameter":
            for name, column in _columns(array, str(array.attrs["long_name"])):
                first = column.isel(sample=0).values
                if column.ndim == array.ndim or (column != first).any():
                    yield name, column


def metric_columns(ds: "xr.Dataset", role: str = "metric") -> "Iterator[tuple[str, xr.DataArray]]":
    """The metrics: (name, values by sample), in the scenario's order; or what has another role."""
    for name, array in ds.data_vars.items():
        if array.attrs.get("role") == role:
            yield from _columns(array, str(name))


def mode_columns(ds: "xr.Dataset") -> "Iterator[tuple[str, xr.DataArray]]":
    """Modes of behaviour, in words."""
    for name, column in metric_columns(ds, "mode"):
        words = np.array([word.replace("_", " ") for word in str(column.attrs["flag_meanings"]).split()], dtype=object)
        yield name, column.copy(data=words[column.values])


def _columns(array: "xr.DataArray", name: str) -> "Iterator[tuple[str, xr.DataArray]]":
    """One per element of the dimensions beside variant and sample; at the first time, if there are times."""
    if "time" in array.dims:
        array = array.isel(time=0)
    own = [str(dim) for dim in array.dims if dim not in ("variant", "sample")]
    for where in np.ndindex(*(array.sizes[dim] for dim in own)):
        labels = [str(array[dim].values[i]) for dim, i in zip(own, where, strict=True)]
        yield (f"{name}[{', '.join(labels)}]" if own else name), array.isel(dict(zip(own, where, strict=True)))


def _of_variant(array: "xr.DataArray", number: int) -> "xr.DataArray":
    return array.isel(variant=number) if "variant" in array.dims else array


def _cell(value: object) -> object:
    """Numbers with all their digits; nothing for NaN."""
    return "" if isinstance(value, float) and value != value else value
