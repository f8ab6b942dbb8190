"""Variants that came out the same: mostly a parameter that did not reach the model, which nobody should overlook."""

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray as xr


def identical_variants(ds: "xr.Dataset") -> list[tuple[str, str]]:
    """Pairs of variants that are equal, to the last bit, in every variable but the constants.

    Constants are left out because two variants that differ in a constant that acts on nothing are what this should find.
    """
    if "variant" not in ds.dims:
        return []
    outcomes = [
        name for name, array in ds.data_vars.items() if array.attrs.get("sd_type") != "constant" and "variant" in array.dims
    ]
    if not outcomes:
        return []
    plain = ds[outcomes].reset_coords(drop=True)
    parts = {str(name): plain.isel(variant=i, drop=True) for i, name in enumerate(ds["variant"].values)}
    return [(a, b) for a, b in combinations(parts, 2) if parts[a].equals(parts[b])]
