"""A dataset of `sdrun.trajectory` -> `Columns`."""

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from sdrun.collate.columns import Columns, Element, Quantity, identity
from sdrun.errors import DataError, Problem, nearest

if TYPE_CHECKING:
    import xarray as xr

OUTER = ("variant", "sample")


def variant_of(ds: "xr.Dataset", variant: str | None, source: str) -> "xr.Dataset":
    """The dataset of one variant; the dataset itself where it has none, or where none is asked for.

    Raises DataError where there is no such variant.
    """
    if variant is None or "variant" not in ds.dims:
        return ds
    names = [str(name) for name in ds["variant"].values]
    if variant not in names:
        help_ = nearest(variant, names) or f"variants: {', '.join(names)}"
        raise DataError(Problem(what=f"'{source}' has no variant '{variant}'", help=help_))
    return ds.sel(variant=variant)


def dataset_columns(ds: "xr.Dataset", source: str) -> Columns:
    """Every number of the dataset: its variables, what a sweep varies, indicators and metrics; texts are left out.

    Variables go by the name in the model, and by that in the dataset.
    """
    times = np.asarray(ds["time"].values, dtype=float)
    arrays = {str(name): array for name, array in ds.variables.items() if name not in ds.dims and array.dtype.kind in "fiu"}
    quantities = {identity(name): _quantity(ds, name) for name in arrays}
    labelled = {identity(quantity.label): quantity for quantity in quantities.values()}
    rounding = 1e-9 * np.maximum(1.0, np.abs(times))
    return Columns(source=source, times=times, rounding=rounding, quantities={**quantities, **labelled})


def _quantity(ds: "xr.Dataset", name: str) -> Quantity:
    array = ds[name]
    dims = [str(dim) for dim in array.dims if dim != "time"]
    names = [[str(label) for label in ds[dim].values] for dim in dims]
    label = str(array.attrs.get("long_name", name)) if array.attrs.get("role") in (None, "parameter") else name
    values = array.values[..., None] if "time" not in array.dims else array.values
    flat = np.broadcast_to(values, (*values.shape[:-1], ds.sizes["time"])).reshape(-1, ds.sizes["time"])
    points = list(product(*names))
    return Quantity(
        label=label,
        rows={_element(dims, point): row for row, point in enumerate(points)},
        labels=tuple(_label(dims, point) for point in points),
        values=np.asarray(flat, dtype=float),
    )


def _element(dims: list[str], point: tuple[str, ...]) -> Element:
    return tuple(f"{dim}={label}" if dim in OUTER else identity(label) for dim, label in zip(dims, point, strict=True))


def _label(dims: list[str], point: tuple[str, ...]) -> str:
    """`[USA, CHN]`, the variant and the sample before it."""
    outer = [f"{dim} {label}" for dim, label in zip(dims, point, strict=True) if dim in OUTER]
    inner = [label for dim, label in zip(dims, point, strict=True) if dim not in OUTER]
    return (f"[{', '.join(inner)}]" if inner else "") + (f" ({', '.join(outer)})" if outer else "")
