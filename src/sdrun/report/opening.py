"""What lies in an output folder, opened."""

from pathlib import Path
from typing import TYPE_CHECKING

from sdrun.errors import OutputError, Problem
from sdrun.report.folder import FOUND, RESULTS, SENSITIVITY, STORE
from sdrun.report.store import check_extra

if TYPE_CHECKING:
    import xarray as xr


def open_results(out: Path) -> "xr.Dataset":
    """The dataset in an output folder, in a NetCDF file or in a Zarr store.

    Loaded, and the file closed again; of a store nothing is loaded before it is needed.
    """
    import xarray as xr

    path = _results(out)
    try:
        if path.suffix == ".zarr":
            check_extra(["zarr"])
            return xr.open_zarr(path)
        return xr.load_dataset(path, engine="netcdf4")
    except OSError as error:
        what = f"cannot read results from '{path}': {error.strerror or error}"
        raise OutputError(Problem(what=what, help=_elsewhere(out))) from error


def open_found(out: Path) -> "xr.Dataset | None":
    """Answers to what was asked of a sweep, in an output folder or beside its results; None where there are none."""
    return _beside(out, FOUND)


def open_sensitivity(out: Path) -> "xr.Dataset | None":
    """What drives the metrics of the sweep whose results lie in an output folder; None where nothing was apportioned."""
    return _beside(out, SENSITIVITY)


def _beside(out: Path, name: str) -> "xr.Dataset | None":
    import xarray as xr

    path = (out.parent if out.suffix in (".nc", ".zarr") else out) / name
    return xr.load_dataset(path, engine="netcdf4") if path.is_file() else None


def _results(out: Path) -> Path:
    """The results that are meant: themselves, or those in a folder."""
    if out.suffix in (".nc", ".zarr"):
        return out
    return out / STORE if (out / STORE).is_dir() and not (out / RESULTS).is_file() else out / RESULTS


def _elsewhere(out: Path) -> str | None:
    """Folders inside that do hold results."""
    found = sorted({str(path.parent) for name in (RESULTS, STORE) for path in out.glob(f"*/{name}")})
    return f"folders with results: {', '.join(found[:5])}" if found else None
