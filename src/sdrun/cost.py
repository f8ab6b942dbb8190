"""What a run would take of time, disk and memory: measured on a few samples of a sweep, otherwise estimated."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from sdrun import memory
from sdrun.batches import LONGEST, chunks
from sdrun.errors import Problem
from sdrun.execution import is_streamed, run_batch
from sdrun.model import name_id
from sdrun.preparation import Prepared, to_solve
from sdrun.scenario import Output
from sdrun.simulation import Setup
from sdrun.system import Slot, System

EVALUATIONS = {
    "LSODA": (700, 12),
    "RK45": (650, 6),
    "RK23": (1500, 3),
    "DOP853": (1400, 9),
    "Radau": (1500, 6),
    "BDF": (900, 7),
}
"""Calls of the right-hand side in a run at rtol 1e-6, and the root of 1/rtol they grow with.

What an adaptive run takes is known only afterwards.  These were measured on the flagship (100 years) and on predator and prey
(50 years, 5 cycles), where they hold within a factor of 2; a smoother model takes a tenth.
"""

BY_MATRIX = ("Radau", "BDF")
"""They factorise a matrix so often that a call costs about as much as one with all columns of the Jacobian."""

FIXED_OVERHEAD, ADAPTIVE_OVERHEAD = 15e-6, 60e-6
"""Seconds per call that a method takes beside it."""

STAGES = {"euler": 1, "rk4": 4}

FEW = 16
"""Samples that are run to see how long all will take."""
QUICK = 0.5
"""Seconds of those, up to which more are run to tell better."""
LONG = 3600.0
"""Seconds from which on a plan warns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of a scenario that is ready to run."""

    seconds: float
    """Of simulation on one processor."""
    megabytes: float
    """Of results, before compression."""
    running: float
    """Megabytes of memory, of each process that runs a chunk of a sweep; 0 without."""
    joining: float
    """Megabytes of memory that joining the results of a sweep takes; 0 without, and for a store written chunk by chunk."""


def cost_of(prepared: Prepared) -> Cost:
    """Runs a few samples of a sweep; of other scenarios a few evaluations of the right-hand side."""
    scenario, swept = prepared.scenario, prepared.samples is not None
    samples = prepared.samples.size if prepared.samples is not None else 1
    pairs = [(system, setup) for _, system, setup in to_solve(scenario, prepared.systems, prepared.setups)]
    megabytes = sum(_bytes(system, setup, scenario.output, samples, swept) for system, setup in pairs) / 1e6
    return Cost(
        seconds=_measured(prepared, samples) if swept else _estimated(pairs),
        megabytes=megabytes,
        running=memory.running(pairs, samples) if swept else 0.0,
        joining=memory.joining(megabytes) if swept and not is_streamed(scenario.output) else 0.0,
    )


def too_much(cost: Cost) -> Iterator[Problem]:
    """What would take long, or more room or memory than there is."""
    yield from _large(cost.seconds, cost.megabytes)
    yield from _heavy(cost.running, cost.joining)


def _large(seconds: float, megabytes: float) -> Iterator[Problem]:
    """What would take long, or more room than there is."""
    if seconds > LONG:
        yield Problem(
            what=f"this takes about {seconds / 3600:.1f} hours of one processor", help="take fewer samples, or more --jobs"
        )
    free = shutil.disk_usage(Path.cwd()).free / 1e6
    if 2 * megabytes > free:  # the chunks, and the results that they are joined to
        what = f"results and their chunks take {2 * megabytes:.0f} MB, and {free:.0f} MB are free here"
        yield Problem(what=what, help="name what you need under [output] variables")


def _heavy(running: float, joining: float) -> Iterator[Problem]:
    """What would take more memory than is free; there is nothing to look for where there is no sweep."""
    free = memory.free() if running or joining else None
    if free is None:
        return
    if running > free:
        what = f"a chunk of the sweep takes {running:.0f} MB of memory while it runs, and {free:.0f} MB are free here"
        yield Problem(what=what, help="name what you need under [output] variables, or save less often")
    elif joining > free:
        what = f"joining the results takes {joining:.0f} MB of memory, and {free:.0f} MB are free here"
        yield Problem(
            what=what, help='[output] formats = ["zarr"] writes them chunk by chunk; or name what you need under variables'
        )


def _measured(prepared: Prepared, samples: int) -> float:
    """Of all samples, from a few that are really run; once before where that compiles.

    Where samples go together a chunk has a cost of its own beside theirs, so that two sizes tell more than one.
    """
    if not all(setup.method in LONGEST for setup in prepared.setups):
        return _timed(prepared, 1) * samples
    few, more = min(FEW, samples), min(8 * FEW, samples)
    _timed(prepared, few)
    first = _timed(prepared, few)
    if first > QUICK or more == few:
        return first / few * samples
    each = max(_timed(prepared, more) - first, 0.0) / (more - few)
    cut = len(chunks(prepared.systems, prepared.setups, samples))
    return each * samples + max(first - each * few, 0.0) * cut


def _timed(prepared: Prepared, samples: int) -> float:
    """CPU seconds of the first samples."""
    began = process_time()
    run_batch(prepared, range(samples))
    return process_time() - began


def _bytes(system: System, setup: Setup, output: Output, samples: int, swept: bool) -> int:
    wanted = None if output.variables is None else {name_id(name) for name in output.variables}
    if wanted is None and swept:
        wanted = {slot.id for slot in system.stocks}
    kept: list[Slot] = [slot for slot in system.recorded if wanted is None or {slot.id, slot.name} & wanted]
    values = sum(slot.size * (1 if slot.kind == "constant" else len(setup.times)) for slot in kept)
    return values * samples * np.dtype(output.precision).itemsize


def _estimated(pairs: Sequence[tuple[System, Setup]]) -> float:
    """Of all runs; a call is timed once for those that share a system, as it takes as long whatever the numbers are."""
    calls: dict[tuple[int, int], float] = {}
    seconds = 0.0
    for system, setup in pairs:
        columns = sum(slot.size for slot in system.stocks) if setup.method in BY_MATRIX else 1
        if (id(system), columns) not in calls:
            calls[id(system), columns] = _call(system, setup, columns)
        overhead = FIXED_OVERHEAD if setup.method in STAGES else ADAPTIVE_OVERHEAD
        seconds += _calls(system, setup) * (calls[id(system), columns] + overhead)
    return seconds


def _calls(system: System, setup: Setup) -> float:
    span = float(setup.times[-1] - setup.times[0])
    if setup.method in STAGES:
        return STAGES[setup.method] * span / setup.step
    longest = setup.max_step or (setup.step if system.unsolved_breaks else np.inf)
    calls, root = EVALUATIONS[setup.method]
    return max(calls * (1e-6 / setup.rtol) ** (1 / root), 2 * span / longest)


def _call(system: System, setup: Setup, columns: int, trials: int = 10) -> float:
    """Seconds that the right-hand side takes at the start, on many states side by side."""
    start = float(setup.times[0])
    with np.errstate(all="ignore"):
        y, held = system.initial(start, start, 0.0, setup.parameters)
        constants = system.constants(setup.parameters, held)
        y = np.repeat(y, max(1, columns), axis=1)
        system.rhs(start, start, 0.0, y, constants)  # the first call warms up
        began = process_time()
        for _ in range(trials):
            system.rhs(start, start, 0.0, y, constants)
        return (process_time() - began) / trials
