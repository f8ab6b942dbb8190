"""In which share of the samples a variable behaves in which way."""

from typing import TYPE_CHECKING

import numpy as np

from sdrun.answer.factors import texts
from sdrun.questions import MODES

if TYPE_CHECKING:
    import xarray as xr


def mode_shares(ds: "xr.Dataset") -> "dict[str, xr.DataArray]":
    """`<variable>_mode_share` for every variable whose mode was taken, (variant, theory, the model's dimensions, mode).

    Shares of the samples of the variant, or of the theory where the sweep draws one; dimensionless.
    """
    import xarray as xr

    found: dict[str, xr.DataArray] = {}
    numbers = xr.DataArray(np.arange(len(MODES)), dims="mode", coords={"mode": list(MODES)})
    for name, array in ds.data_vars.items():
        if array.attrs.get("role") == "mode":
            share = xr.concat([_share(array[{"sample": part}], numbers) for part in _parts(ds).values()], dim="theory")
            share = share.assign_coords(theory=list(_parts(ds))) if "theory" in ds.coords else share.isel(theory=0)
            share = share.transpose(*(dim for dim in ("variant", "theory") if dim in share.dims), ..., "mode")
            about = {"long_name": str(array.attrs["long_name"]), "units": "1"}
            found[f"{name}_share"] = share.assign_attrs(**about, description="share of samples, by mode of behaviour")
    return found


def _share(modes: "xr.DataArray", numbers: "xr.DataArray") -> "xr.DataArray":
    return (modes == numbers).mean("sample").drop_vars("theory", errors="ignore")


def _parts(ds: "xr.Dataset") -> dict[str, np.ndarray]:
    """Positions of the samples of each theory; of all, where there is none."""
    if "theory" not in ds.coords:
        return {"": np.arange(ds.sizes["sample"])}
    theories = texts(ds["theory"].values)
    return {str(name): np.flatnonzero(theories == name) for name in sorted(set(theories.tolist()))}
