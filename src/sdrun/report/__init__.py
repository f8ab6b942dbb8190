"""Results -> files.  A stage: datasets, the scenario and its runs come in; a folder that is complete or untouched comes out.

    outputs/<scenario>/
      results.nc         the dataset of `sdrun.trajectory`, indicators included ("nc" in `[output] formats`)
      results.zarr       the same as a Zarr store ("zarr"), never in memory as a whole
      summary.csv        long table: variant, time, state, variable, value, unit ("csv")
      sensitivity.nc     of a sweep that draws: which factor drives what
      discovery.nc       answers to what is asked of a sweep; discovery.txt the same to read
      metrics.csv        in its place where there is a sweep: factors, metrics and status by sample
      scenario.toml      the scenario file, byte by byte; inputs/ holds the files it extends and its theories
      resolved.toml      the same with all choices made and all data inlined: runs alone, and gives the same results
      model/             the model files, and the Python generated from them
      manifest.json      run id, status, times, versions, hashes of what went in and came out, warnings
      run.log
      .parts/<sweep id>/ chunks of a sweep that are done (`parts`)
      .history/<run id>/ the last three runs that differed

The order of calls, in `pipeline`:

    check_writable(out)                               before anything else is done
    inputs = read_inputs(scenario)
    full = complete(scenario, systems, setups)        all choices made, data inlined
    run_id = identity(full, inputs)
    with locked(out):
        previous(out, run_id)                         up to date? then `open_results(out)` and `written(out)` have it
        ...solve, analyse...
        write_results(ds, full, systems, inputs, out, record)

TO ADD A FORMAT write `(ds, path) -> None` and a row in `FORMATS`, and in `SWEEP_FORMATS` where samples need another.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sdrun.report.comparison import comparison_figures
from sdrun.report.drivers import driver_figures, driver_table
from sdrun.report.figures import summary_rows
from sdrun.report.folder import RESULTS, STORE, Previous, check_writable, locked, previous, written
from sdrun.report.long_table import write_csv
from sdrun.report.metrics_table import write_metrics
from sdrun.report.netcdf import write_netcdf
from sdrun.report.opening import open_found, open_results, open_sensitivity
from sdrun.report.parts import Parts, parts_of, remaining
from sdrun.report.resolved import complete, identity, read_inputs, resolved_toml, sweep_identity
from sdrun.report.results import Record, write_all
from sdrun.report.store import check_extra, write_zarr
from sdrun.report.summary import summary_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import xarray as xr

    from sdrun.scenario import Scenario
    from sdrun.system import System

__all__ = [
    "FORMATS",
    "Parts",
    "Previous",
    "Record",
    "check_extra",
    "check_writable",
    "comparison_figures",
    "complete",
    "driver_figures",
    "driver_table",
    "identity",
    "locked",
    "open_found",
    "open_results",
    "open_sensitivity",
    "parts_of",
    "previous",
    "read_inputs",
    "remaining",
    "resolved_toml",
    "summary_rows",
    "summary_table",
    "sweep_identity",
    "write_results",
    "written",
]

FORMATS: "Mapping[str, tuple[str, Callable[[xr.Dataset, Path], None]]]" = {
    "nc": (RESULTS, write_netcdf),
    "zarr": (STORE, write_zarr),
    "csv": ("summary.csv", write_csv),
}
"""Name in `[output] formats` -> file name and writer."""

SWEEP_FORMATS: "Mapping[str, tuple[str, Callable[[xr.Dataset, Path], None]]]" = {
    **FORMATS,
    "csv": ("metrics.csv", write_metrics),
}
"""The same for a sweep, whose long table would have a line per sample, variable and time."""


def write_results(
    ds: "xr.Dataset",
    scenario: "Scenario",
    systems: "Sequence[System]",
    inputs: Mapping[Path, bytes],
    out: Path,
    record: Record,
    more: "Mapping[str, xr.Dataset | str] | None" = None,
    pieces: "Iterable[xr.Dataset] | None" = None,
) -> list[Path]:
    """Write everything into `out`, all or nothing; the paths of the files, results first, the manifest last.

    `more` are further datasets and texts by the name of their file; `pieces` are successive samples of results, of which `ds`
    then need not have more than the figures, if all that is asked for is a Zarr store.
    `scenario` comes from `complete`, `inputs` from `read_inputs`.  The caller holds `locked(out)`.  Raises `OutputError`.
    """
    formats = FORMATS if scenario.sweep is None else SWEEP_FORMATS
    writers = {file: writer for name, (file, writer) in formats.items() if name in scenario.output.formats}
    if pieces is not None and STORE in writers:
        writers[STORE] = partial(write_zarr, pieces=pieces)
    writers |= {file: _writer(content) for file, content in (more or {}).items()}
    return write_all(ds, scenario, systems, inputs, out, record, writers)


def _writer(content: "xr.Dataset | str") -> "Callable[[xr.Dataset, Path], None]":
    """Writes this dataset or text, whatever the results are."""

    def write(_results: "xr.Dataset", path: Path) -> None:
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            write_netcdf(content, path)

    return write
