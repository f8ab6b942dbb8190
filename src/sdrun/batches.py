"""A sweep in chunks of samples: how they are cut, what comes of one, and how they are joined."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sdrun.errors import Problem
from sdrun.scenario import Case
from sdrun.simulation import History, Run, Setup, to_record
from sdrun.sweep import Samples, some
from sdrun.system import System

if TYPE_CHECKING:
    import xarray as xr

VALUES_AT_ONCE = 16_000_000
"""Numbers that one variant's chunk of samples holds while it runs: 128 MB."""

LONGEST = {"euler": 4096, "rk4": 4096, "RK45": 4096}
"""Samples of a chunk, by method: what is lost when a run is cut short."""
ONE_BY_ONE = 64
"""The same for methods that take each sample on its own."""

PROBED = 3
"""Samples that are looked at before anything runs, beside those with the extremes of each factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What came of a chunk, or of a scenario without samples."""

    dataset: "xr.Dataset"
    """What is kept."""
    lines: tuple[str, ...] = ()
    """For run.log."""
    failed: tuple[Problem, ...] = ()
    """Samples that failed, by variant."""
    twins: tuple[tuple[str, str], ...] = ()
    """Variants with identical results."""
    warnings: tuple[str, ...] = ()
    """Told while it ran."""


def chunks(systems: Sequence[System], setups: Sequence[Setup], samples: int) -> tuple[range, ...]:
    """The samples, cut so that what one chunk records fits into memory; the same cuts however many there are."""
    pairs = zip(systems, setups, strict=True)
    sizes = [len(setup.times) * sum(slot.size for slot in to_record(system, setup)) for system, setup in pairs]
    longest = min(LONGEST.get(setup.method, ONE_BY_ONE) for setup in setups)
    width = min(longest, max(1, VALUES_AT_ONCE // max(1, *sizes)))
    return tuple(range(start, min(start + width, samples)) for start in range(0, samples, width))


def probe(samples: Samples) -> Samples:
    """A few samples, among them those in which a factor is lowest and highest: what is wrong with any shows in them."""
    extremes = [end for row in samples.values for end in (int(np.argmin(row)), int(np.argmax(row)))]
    columns = np.unique([*range(min(PROBED, samples.size)), *extremes])
    return some(samples, columns)


def run_of_ones(case: Case, system: System, setup: Setup) -> Run:
    """A run that never was, of the first and the last time, to see what results will look like."""
    times, samples = setup.times[[0, -1]], setup.parameters.shape[1]
    values = {slot.name: np.broadcast_to(1.0, (*slot.shape, 2, samples)) for slot in to_record(system, setup)}
    return Run(case=case, system=system, setup=setup, history=History(time=times, values=values, evaluations=0))


def to_be_recorded(system: System, setup: Setup, asked: Collection[str] | None, read: Collection[str]) -> tuple[str, ...]:
    """Names of the variables that a sweep records: what is asked for (the stocks where nothing is), what indicators read, and
    what is varied."""
    stocks = {slot.id for slot in system.stocks}
    wanted = {*(asked if asked is not None else stocks), *read, *setup.factors}
    return tuple(slot.name for slot in system.recorded if {slot.id, slot.name} & wanted)


def as_receipt(batch: Batch) -> Mapping[str, Any]:
    """What is known about a batch beside its dataset, for JSON."""
    failed = [{"what": problem.what, "help": problem.help} for problem in batch.failed]
    return {"lines": batch.lines, "failed": failed, "twins": batch.twins, "warnings": batch.warnings}


def from_receipt(dataset: "xr.Dataset", receipt: Mapping[str, Any]) -> Batch:
    """The batch again."""
    return Batch(
        dataset=dataset,
        lines=tuple(receipt.get("lines", ())),
        failed=tuple(Problem(**problem) for problem in receipt.get("failed", ())),
        twins=tuple((one, other) for one, other in receipt.get("twins", ())),
        warnings=tuple(receipt.get("warnings", ())),
    )


def join_samples(parts: "Sequence[xr.Dataset]") -> "xr.Dataset":
    """Results of successive samples as one dataset."""
    import xarray as xr

    if len(parts) == 1:
        return parts[0]
    timed = set[Hashable]().union(*map(timed_names, parts))
    parts = [with_times(part, timed) for part in parts]
    over = [name for name, array in parts[0].data_vars.items() if "sample" in array.dims]
    own = [name for name, array in parts[0].coords.items() if "sample" in array.dims]
    return xr.concat(parts, dim="sample", data_vars=over, coords=own, compat="override", join="exact", combine_attrs="override")


def timed_names(part: "xr.Dataset") -> set[Hashable]:
    """Variables that have a time axis."""
    return {name for name, array in part.variables.items() if "time" in array.dims}


def with_times(part: "xr.Dataset", timed: Collection[Hashable]) -> "xr.Dataset":
    """The part with a time axis for every variable of `timed`: an event may change a constant of other samples only."""
    lacking = {name: part[name].expand_dims(time=part["time"], axis=-1) for name in timed if "time" not in part[name].dims}
    coords = {name: array for name, array in lacking.items() if name in part.coords}
    return part.assign_coords(coords).assign({name: array for name, array in lacking.items() if name not in coords})


def told(run: Run) -> str:
    """A line of run.log."""
    samples, engine = run.setup.samples, run.history.engine
    which = f", samples {samples.first} to {samples.first + samples.size - 1}" if samples is not None else ""
    calls = f", {run.history.evaluations} evaluations of the right-hand side" if run.history.evaluations else ""
    return f"{run.case.name}{which}: {run.setup.method} by {engine}{calls}"


def failures(run: Run) -> Sequence[Problem]:
    """Why samples failed, each with its number."""
    first = run.setup.samples.first if run.setup.samples is not None else 0
    return [
        replace(problem, what=f"sample {first + column} of {run.case.name}: {problem.what}")
        for column, problem in run.history.failures.items()
    ]
