"""What differs between the rows of a sweep: its factors, and the variant where there are several.

A row is a sample under a variant; rows are in the order of variants, then samples.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from sdrun.sweep import BLOCKS, THEORY

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True, kw_only=True)
class Varied:
    """One thing that differs, by row."""

    name: str
    """As the scenario writes it: `free riding`, `initial economy[USA]`, `model.theory`; or `variant`."""
    values: Float[np.ndarray, " rows"]
    """Numbers; of texts the position among the labels."""
    labels: tuple[str, ...] = ()
    """Of texts."""
    units: str = ""


def independent(ds: "xr.Dataset") -> "xr.Dataset":
    """The samples that tell nothing of each other: of designs in blocks, which share coordinates, the first of each block."""
    size = BLOCKS.get(str(ds.attrs.get("design")))
    return ds if size is None else ds.isel(sample=slice(None, None, size(len(json.loads(str(ds.attrs["factors"]))))))


def factors(ds: "xr.Dataset") -> tuple[Varied, ...]:
    """All that differs between the rows of a result."""
    found = [
        varied for array in ds.coords.values() if array.attrs.get("role") == "parameter" for varied in _elements(ds, array)
    ]
    if "variant" in ds.dims:
        found.insert(0, _varied("variant", rows(ds, ds["variant"])))
    return that_differ(found)


def that_differ(factors: Iterable[Varied]) -> tuple[Varied, ...]:
    """Those of which not all rows have the same value."""
    return tuple(factor for factor in factors if (factor.values != factor.values[:1]).any())


def _elements(ds: "xr.Dataset", array: "xr.DataArray") -> "Iterator[Varied]":
    """One for each element of a parameter; at the first time, if an event changes it."""
    if "time" in array.dims:
        array = array.isel(time=0)
    label = THEORY if array.name == "theory" else str(array.attrs.get("long_name", array.name))
    own = [str(dim) for dim in array.dims if dim not in ("variant", "sample")]
    for where in np.ndindex(*(array.sizes[dim] for dim in own)):
        at = dict(zip(own, where, strict=True))
        elements = ", ".join(str(array[dim].values[position]) for dim, position in at.items())
        name = f"{label}[{elements}]" if own else label
        yield _varied(name, rows(ds, array.isel(at)), str(array.attrs.get("units", "")))


def _varied(name: str, values: np.ndarray, units: str = "") -> Varied:
    if values.dtype.kind in "fi":
        return Varied(name=name, values=values.astype(float), units=units)
    labels, positions = np.unique(texts(values), return_inverse=True)
    return Varied(name=name, values=positions.astype(float), labels=tuple(map(str, labels)))


def texts(values: np.ndarray) -> np.ndarray:
    """Texts of fixed length; Zarr gives them in a type of their own, which NumPy does not cast."""
    return np.array(values.tolist(), dtype=str)


def rows(ds: "xr.Dataset", array: "xr.DataArray") -> np.ndarray:
    """The values of something that has no dimensions but variant and sample, by row."""
    if "variant" in ds.dims and "variant" not in array.dims:
        array = array.expand_dims(variant=ds["variant"])
    if "sample" not in array.dims:
        array = array.expand_dims(sample=ds["sample"])
    dims = [dim for dim in ("variant", "sample") if dim in ds.dims]
    return np.asarray(array.transpose(*dims).values).reshape(-1)


def samples(ds: "xr.Dataset") -> np.ndarray:
    """The position of each row's sample."""
    return np.tile(np.arange(ds.sizes["sample"]), ds.sizes.get("variant", 1))
