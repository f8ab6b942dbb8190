"""summary.csv: one number per line, for Excel, R and everything that reads no NetCDF.

In it are all variables of at most one dimension of the model, and all indicators; what is larger (dyads) is in results.nc only.
`state` holds the element whatever the dimension is called, several joined by "; " ("USA; military"); `time` is empty for what
does not change.  Text (the leader's name) is left out, so that the column of values holds numbers; names of classes (polarity)
stand as the numbers that `flag_meanings` of results.nc explains.  Values that a variant does not have are left out.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

COLUMNS = ("variant", "time", "state", "variable", "value", "unit")
"""With samples one more, `sample`, comes after `variant`."""


def write_csv(ds: "xr.Dataset", path: Path) -> None:
    """The long table."""
    sampled = "sample" in ds.dims
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([COLUMNS[0], "sample", *COLUMNS[1:]] if sampled else COLUMNS)
        writer.writerows(rows(ds))


def rows(ds: "xr.Dataset") -> Iterator[list[str]]:
    """Line by line; numbers with all their digits."""
    for name, array in ds.data_vars.items():
        if array.dtype.kind in "fi" and (len(_own(array)) <= 1 or array.attrs.get("role") == "indicator"):
            yield from _rows(str(name), array, "sample" in ds.dims)


def _rows(name: str, array: "xr.DataArray", sampled: bool) -> Iterator[list[str]]:
    """One variable, time running fastest."""
    own, unit = _own(array), str(array.attrs.get("units", ""))
    outer = [str(dim) for dim in array.dims if dim != "time"]
    labels = {dim: [str(label) for label in array[dim].values] for dim in outer}
    times = [repr(time) for time in array["time"].values.tolist()] if "time" in array.dims else [""]
    for where in np.ndindex(*(array.sizes[dim] for dim in outer)):
        at = {dim: labels[dim][i] for dim, i in zip(outer, where, strict=True)}
        before = [at.get("variant", ""), at.get("sample", "")][: 2 if sampled else 1]
        state = "; ".join(at[dim] for dim in own)
        for time, value in zip(times, np.atleast_1d(array.values[where]).tolist(), strict=True):
            if value == value:  # not NaN
                yield [*before, time, state, name, repr(value), unit]


def _own(array: "xr.DataArray") -> list[str]:
    """The dimensions of the model."""
    return [str(dim) for dim in array.dims if dim not in ("variant", "sample", "time")]
