"""results.nc: a NetCDF-4 file that plain `xarray.open_dataset` reads without questions."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdrun.errors import OutputError, Problem
from sdrun.report.folder import FOUND, RESULTS

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


def open_results(out: Path) -> "xr.Dataset":
    """The dataset in an output folder, or in a NetCDF file, loaded; the file is closed again."""
    import xarray as xr

    path = out if out.suffix == ".nc" else out / RESULTS
    try:
        return xr.load_dataset(path, engine="netcdf4")
    except OSError as error:
        what = f"cannot read results from '{path}': {error.strerror or error}"
        raise OutputError(Problem(what=what, help=_elsewhere(out))) from error


def open_found(out: Path) -> "xr.Dataset | None":
    """Answers to what was asked of a sweep, in an output folder or beside its results; None where there are none."""
    import xarray as xr

    path = (out.parent if out.suffix == ".nc" else out) / FOUND
    return xr.load_dataset(path, engine="netcdf4") if path.is_file() else None


def _elsewhere(out: Path) -> str | None:
    """Folders inside that do hold results."""
    found = sorted(str(path.parent) for path in out.glob(f"*/{RESULTS}"))
    return f"folders with results: {', '.join(found[:5])}" if found else None


def _encoding(array: "xr.Variable") -> dict[str, Any]:
    encoding: dict[str, Any] = {}
    if array.dtype.kind == "f" and array.attrs.get("axis") == "T":
        encoding["_FillValue"] = None
    if array.dtype.kind in "fi" and array.size >= _WORTH_COMPRESSING:
        encoding |= {"zlib": True, "complevel": 4, "shuffle": True}
    return encoding
