"""results.nc: a NetCDF-4 file that plain `xarray.open_dataset` reads without questions."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray as xr

_WORTH_COMPRESSING = 4096
"""Values; below that a compressed chunk costs more than it saves."""


def write_netcdf(ds: "xr.Dataset", path: Path) -> None:
    """Equal datasets give equal bytes: HDF5 keeps no times of its own here.

    Raises OSError where the disk refuses.
    """
    encoding = {name: _encoding(array) for name, array in ds.variables.items()}
    try:
        ds.to_netcdf(path, engine="netcdf4", encoding=encoding)
    except RuntimeError as error:
        if not str(error).startswith("NetCDF: "):
            raise
        raise OSError(f"{path.name}: {error}; is the disk full?") from error


def _encoding(array: "xr.Variable") -> dict[str, Any]:
    encoding: dict[str, Any] = {}
    if array.dtype.kind == "f" and array.attrs.get("axis") == "T":
        encoding["_FillValue"] = None
    if array.dtype.kind in "fi" and array.size >= _WORTH_COMPRESSING:
        encoding |= {"zlib": True, "complevel": 4, "shuffle": True}
    return encoding
