"""results.nc: a NetCDF-4 file that plain `xarray.open_dataset` reads without questions."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdrun.errors import OutputError, Problem
from sdrun.report.folder import RESULTS

if TYPE_CHECKING:
    import xarray as xr

_WORTH_COMPRESSING = 4096
"""Values; below that a compressed chunk costs more than it saves."""


def write_netcdf(ds: "xr.Dataset", path: Path) -> None:
    """Equal datasets give equal bytes: HDF5 keeps no times of its own here."""
    ds.to_netcdf(path, engine="netcdf4", encoding={name: _encoding(array) for name, array in ds.variables.items()})


def open_results(out: Path) -> "xr.Dataset":
    """The dataset in an output folder, loaded; the file is closed again."""
    import xarray as xr

    try:
        return xr.load_dataset(out / RESULTS, engine="netcdf4")
    except OSError as error:
        raise OutputError(Problem(what=f"cannot read the results in '{out}': {error.strerror or error}")) from error


def _encoding(array: "xr.Variable") -> dict[str, Any]:
    encoding: dict[str, Any] = {}
    if array.dtype.kind == "f" and array.attrs.get("axis") == "T":
        encoding["_FillValue"] = None
    if array.dtype.kind in "fi" and array.size >= _WORTH_COMPRESSING:
        encoding |= {"zlib": True, "complevel": 4, "shuffle": True}
    return encoding
