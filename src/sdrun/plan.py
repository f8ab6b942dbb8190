"""What a run would take, found without running: cases, stocks, time, disk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from sdrun import memory
from sdrun.batches import LONGEST, chunks
from sdrun.errors import Problem
from sdrun.model import name_id
from sdrun.pipeline import is_streamed, run_batch
from sdrun.preparation import Prepared, Source, gather, prepare
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
class Plan:
    """One scenario, valid, and what it would take."""

    file: str
    title: str
    variants: tuple[str, ...]
    variables: int
    stocks: int
    """Of the largest variant."""
    samples: int
    """Of a sweep; 1 without."""
    chunks: int
    """In which a sweep is computed and kept; 0 without."""
    factors: tuple[str, ...]
    """What the sweep varies."""
    design: str
    """How; empty without a sweep."""
    method: str
    start: float
    """Of the earliest variant."""
    stop: float
    """Of the latest variant."""
    saves: int
    """Times at which any variant is saved: the length of the result's time axis."""
    seconds: float
    """Of simulation on one processor: of a sweep measured on a few samples, else estimated from a few evaluations."""
    megabytes: float
    """Of results, before compression."""
    running_megabytes: float
    """Memory of each process that runs a chunk of a sweep; 0 without."""
    joining_megabytes: float
    """Memory that joining the results of a sweep takes; 0 without, and for a store that is written chunk by chunk."""
    warnings: tuple[Problem, ...] = ()
    """What runs, and yet looks wrong: equations whose units do not balance."""

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return asdict(self)

    def text(self) -> str:
        """For people."""
        but = f", {_counted(len(self.warnings), 'warning')}" if self.warnings else ""
        return (
            f"{self.file}: valid{but}\n"
            f"  {self.title}\n"
            f"  {self._runs()} of "
            f"{_counted(self.variables, 'variable')}, {_counted(self.stocks, 'stock')}\n"
            f"  {self.method} from {self.start:g} to {self.stop:g}, saved {_counted(self.saves, 'time')}\n"
            f"  {_about(self.seconds, 's')} and {_about(self.megabytes, 'MB')}{self._memory()}"
        )

    def _memory(self) -> str:
        """What a sweep takes of it."""
        if not self.design:
            return ""
        joining = f", {_about(self.joining_megabytes, 'MB')} to join its results" if self.joining_megabytes else ""
        return f"; of memory {_about(self.running_megabytes, 'MB')} by process{joining}"

    def _runs(self) -> str:
        """How many runs there are, and of what."""
        names = ", ".join(self.variants)
        if not self.design:
            return f"{_counted(len(self.variants), 'run')} ({names})"
        variants = f"{_counted(len(self.variants), 'variant')} ({names}) times " if len(self.variants) > 1 else ""
        design = f"{self.samples} samples ({self.design}: {', '.join(self.factors)})"
        return f"{_counted(len(self.variants) * self.samples, 'run')}, {variants}{design},"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _about(amount: float, unit: str) -> str:
    return (
        f"less than 1 {unit}" if amount < 1 else f"about {amount:.2g} {unit}" if amount < 100 else f"about {amount:.0f} {unit}"
    )


def plans(files: Sequence[Path], *, settings: Sequence[str] = (), only: str | None = None) -> tuple[Plan, ...]:
    """One per file.

    Raises InputError with what is wrong in all of them.
    """
    return gather(lambda file: plan(file, settings=settings, only=only), files)


def plan(source: Source, *, settings: Sequence[str] = (), only: str | None = None) -> Plan:
    """Everything is read, compiled and bound; nothing runs.

    Raises InputError with all that is wrong.
    """
    from sdrun.validate import check_units

    prepared = prepare(source, settings=settings, only=only)
    times = np.unique(np.concatenate([setup.times for setup in prepared.setups]))
    sweep = prepared.scenario.sweep
    pairs = list(zip(prepared.systems, prepared.setups, strict=True))
    samples = prepared.samples.size if prepared.samples is not None else 1
    megabytes = sum(_bytes(*pair, prepared.scenario.output, samples, sweep is not None) for pair in pairs) / 1e6
    seconds = sum(_seconds(*pair) for pair in pairs) if sweep is None else _measured(prepared, samples)
    running = memory.running(prepared.systems, prepared.setups, samples) if sweep is not None else 0.0
    streamed = sweep is None or is_streamed(prepared.scenario.output)
    joining = 0.0 if streamed else memory.joining(megabytes)
    return Plan(
        file=str(source) if isinstance(source, Path) else prepared.scenario.stem,
        title=prepared.scenario.title or prepared.scenario.stem,
        variants=tuple(case.name for case in prepared.scenario.cases),
        variables=max(len(system.recorded) for system in prepared.systems),
        stocks=max(sum(slot.size for slot in system.stocks) for system in prepared.systems),
        samples=samples,
        chunks=len(chunks(prepared.systems, prepared.setups, samples)) if sweep is not None else 0,
        factors=tuple(factor.name for factor in sweep.factors) if sweep is not None else (),
        design=sweep.method if sweep is not None else "",
        method=", ".join(dict.fromkeys(setup.method for setup in prepared.setups)),
        start=float(times[0]),
        stop=float(times[-1]),
        saves=len(times),
        seconds=seconds,
        megabytes=megabytes,
        running_megabytes=running,
        joining_megabytes=joining,
        warnings=(
            *(fault for model in prepared.models for fault in check_units(model)),
            *_large(seconds, megabytes),
            *_heavy(running, joining),
        ),
    )


def _large(seconds: float, megabytes: float) -> Iterator[Problem]:
    """What would take long, or more room than there is."""
    import shutil

    if seconds > LONG:
        yield Problem(
            what=f"this takes about {seconds / 3600:.1f} hours of one processor", help="take fewer samples, or more --jobs"
        )
    free = shutil.disk_usage(Path.cwd()).free / 1e6
    if 2 * megabytes > free:  # the chunks, and the results that they are joined to
        what = f"results and their chunks take {2 * megabytes:.0f} MB, and {free:.0f} MB are free here"
        yield Problem(what=what, help="name what you need under [output] variables")


def _heavy(running: float, joining: float) -> Iterator[Problem]:
    """What would take more memory than is free."""
    free = memory.free()
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


def _seconds(system: System, setup: Setup) -> float:
    calls = _calls(system, setup)
    columns = sum(slot.size for slot in system.stocks) if setup.method in BY_MATRIX else 1
    return calls * (_call(system, setup, columns) + (FIXED_OVERHEAD if setup.method in STAGES else ADAPTIVE_OVERHEAD))


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
