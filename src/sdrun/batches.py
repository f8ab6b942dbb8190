"""A sweep in batches of samples: cut before solving, joined after."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.errors import Problem
from sdrun.scenario import Case
from sdrun.simulation import History, Run, Setup, part, to_record
from sdrun.system import System

if TYPE_CHECKING:
    import xarray as xr

VALUES_AT_ONCE = 16_000_000
"""Numbers that one variant's batch of samples holds while it runs: 128 MB."""


def batches(systems: Sequence[System], setups: Sequence[Setup]) -> Iterator[tuple[Setup, ...]]:
    """The setups as they are, or those of a sweep cut into batches of samples that fit into memory."""
    samples = setups[0].samples
    if samples is None:
        yield tuple(setups)
        return
    pairs = zip(systems, setups, strict=True)
    sizes = [len(setup.times) * sum(slot.size for slot in to_record(system, setup)) for system, setup in pairs]
    width = max(1, VALUES_AT_ONCE // max(sizes))
    for start in range(0, samples.size, width):
        yield tuple(part(setup, start, start + width) for setup in setups)


def run_of_ones(case: Case, system: System, setup: Setup) -> Run:
    """A run that never was, of the first and the last time, to see what results will look like."""
    times, samples = setup.times[[0, -1]], setup.parameters.shape[1]
    values = {slot.name: np.broadcast_to(1.0, (*slot.shape, 2, samples)) for slot in to_record(system, setup)}
    return Run(case=case, system=system, setup=setup, history=History(time=times, values=values, evaluations=0))


def join_samples(parts: "Sequence[xr.Dataset]") -> "xr.Dataset":
    """Results of successive samples as one dataset."""
    import xarray as xr

    if len(parts) == 1:
        return parts[0]
    timed = {name for part in parts for name, array in part.variables.items() if "time" in array.dims}
    parts = [_with_times(part, timed) for part in parts]
    over = [name for name, array in parts[0].data_vars.items() if "sample" in array.dims]
    own = [name for name, array in parts[0].coords.items() if "sample" in array.dims]
    return xr.concat(parts, dim="sample", data_vars=over, coords=own, compat="override", join="exact", combine_attrs="override")


def _with_times(part: "xr.Dataset", timed: "set[Any]") -> "xr.Dataset":
    """The part with a time axis for every variable of `timed`: an event may change a constant of other samples only."""
    lacking = {name: part[name].expand_dims(time=part["time"], axis=-1) for name in timed if "time" not in part[name].dims}
    coords = {name: array for name, array in lacking.items() if name in part.coords}
    return part.assign_coords(coords).assign({name: array for name, array in lacking.items() if name not in coords})


def told(run: Run) -> str:
    """A line of run.log."""
    samples = run.setup.samples
    which = f", samples {samples.first} to {samples.first + samples.size - 1}" if samples is not None else ""
    return f"{run.case.name}{which}: {run.setup.method}, {run.history.evaluations} evaluations of the right-hand side"


def failures(run: Run) -> Sequence[Problem]:
    """Why samples failed, each with its number."""
    first = run.setup.samples.first if run.setup.samples is not None else 0
    return [
        replace(problem, what=f"sample {first + column} of {run.case.name}: {problem.what}")
        for column, problem in run.history.failures.items()
    ]
