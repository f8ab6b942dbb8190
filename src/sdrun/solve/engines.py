"""Which engine runs a setup, and what becomes of samples that machine code gives up."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from sdrun.errors import Problem, ScenarioError, SolveError
from sdrun.lanes.machine import check, missing
from sdrun.scenario import FIXED_STEP_METHODS
from sdrun.simulation import History, Setup, part, to_record
from sdrun.solve.fixed_step import ON_GRID
from sdrun.solve.sampled import tolerant
from sdrun.system import System

Progress = Callable[[float], None]
Solve = Callable[[System, Setup, Progress], History]
Solvers = Mapping[str, Solve]

PAYS = 100_000
"""Evaluations of a variable from which on compiling takes less time than it saves: 0.1 s of NumPy's, measured."""
EXPECTED = 1000
"""Evaluations of an adaptive run; what they really are must not decide, or results would depend on it."""
SIDE_BY_SIDE = (*FIXED_STEP_METHODS, "RK45")
"""Methods that machine code runs for many samples at once."""
STIFF = "LSODA"
"""Takes over where a lane's own method would need too many steps."""
MOST_STEPS_ALONE = 50_000
"""Of a sample that another method takes over."""
EXPLAINED = 20
"""Failing samples of one call whose failure is told in full, by running them once more."""


def engine_of(system: System, setup: Setup) -> str:
    """`numpy` or `llvm`.

    Of `auto` every sweep's is `llvm`, that of a single run goes by its size: never by time, nor by the chunk at hand, so that
    the same sample has the same engine everywhere.

    Raises ScenarioError where `llvm` is asked for and cannot be had.
    """
    why = _not_in_machine_code(system, setup)
    if setup.engine != "auto":
        if setup.engine == "llvm":
            check()
            if why is not None:
                raise ScenarioError(Problem(what=f"the engine llvm cannot run this: {why}", help='use engine = "auto"'))
        return setup.engine if system.lanes is not None else "numpy"
    if system.lanes is None or why is not None or missing() is not None:
        return "numpy"
    if setup.samples is not None:
        return "llvm"
    evaluations = EXPECTED
    if setup.method in FIXED_STEP_METHODS:
        evaluations = round((setup.times[-1] - setup.times[0]) / setup.step) * (4 if setup.method == "rk4" else 1)
    return "llvm" if evaluations * len(system.recorded) >= PAYS else "numpy"


def _not_in_machine_code(system: System, setup: Setup) -> str | None:
    """Why NumPy must run it, or None."""
    if setup.steps:
        return "its TIME STEP changes during the run"
    if system.by_numpy_alone:
        return f"the model uses {', '.join(name.upper().replace('_', ' ') for name in system.by_numpy_alone)}"
    if system.memory is None:
        return None
    if setup.method not in FIXED_STEP_METHODS:
        return f"under {setup.method} what a model keeps from one TIME STEP to the next is kept by NumPy"
    between = [jump.at for jump in setup.jumps] + [jump.until for jump in setup.jumps if jump.until is not None]
    steps = (np.array(between) - setup.times[0]) / setup.step
    if np.any(np.abs(steps - np.round(steps)) > ON_GRID):
        return "an event lies between two steps, and the model keeps values from one TIME STEP to the next"
    return None


def in_machine_code(solvers: Solvers, system: System, setup: Setup, progress: Progress) -> History:
    """The history by machine code."""
    solve = solvers[setup.method]
    if setup.method in FIXED_STEP_METHODS or (setup.method in SIDE_BY_SIDE and setup.samples is not None):
        return _side_by_side(solvers, system, setup, progress)
    from sdrun.solve.lanes.accelerated import accelerated

    fast = accelerated(system, to_record(system, setup))
    if setup.samples is not None:
        return replace(tolerant(solve, fast, setup, progress, together=False), engine="llvm")
    try:
        return replace(solve(fast, setup, progress), engine="llvm")
    except SolveError:
        return solve(system, setup, progress)  # fails again, in the words of the model


def _side_by_side(solvers: Solvers, system: System, setup: Setup, progress: Progress) -> History:
    from sdrun.solve.lanes.engine import side_by_side
    from sdrun.solve.scipy_adaptive import longest_step

    limited = setup if setup.method in FIXED_STEP_METHODS else replace(setup, max_step=longest_step(system, setup))
    history, lost = side_by_side(setup.method, system, limited, progress)
    given_up = np.flatnonzero(~np.isnan(lost))
    if not given_up.size:
        return history
    if setup.samples is None:
        return solvers[setup.method](system, setup, progress)
    failures = _failures(solvers, system, setup, lost)
    for column in failures:
        _blank(history, column, system, setup)
    for column in map(int, np.flatnonzero(np.isinf(lost))):
        again = tolerant(partial(_alone, solvers[STIFF]), system, part(setup, column, column + 1), _nobody, together=False)
        for name, array in history.values.items():
            array[..., column] = again.values[name][..., 0]
        if again.failures:
            failures[column] = again.failures[0]
    return replace(history, failures=failures)


def _failures(solvers: Solvers, system: System, setup: Setup, lost: np.ndarray) -> dict[int, Problem]:
    """Why samples failed, the first of them in the words of NumPy's engine; what that finds beside is not used."""
    failures: dict[int, Problem] = {}
    for column in map(int, np.flatnonzero(np.isfinite(lost))):
        told = Problem(what=f"a stock is no finite number at time {lost[column]:.10g}, or its change is none")
        if len(failures) < EXPLAINED:
            alone = part(setup, column, column + 1)
            again = tolerant(partial(_alone, solvers[setup.method]), system, alone, _nobody, together=False)
            told = again.failures.get(0, told)
        failures[column] = told
    return failures


def _nobody(_share: float) -> None:
    """Nobody is told of a single sample's progress."""


def _alone(solve: Solve, system: System, setup: Setup, _progress: Progress) -> History:
    """One sample among many, which may not hold up the others: a switch without end would take for ever."""
    taken = 0

    def count(_share: float) -> None:
        nonlocal taken
        taken += 1
        if taken > MOST_STEPS_ALONE:
            help_ = "a switch may go to and fro there; smooth it, or take a fixed step"
            raise SolveError(Problem(what=f"more than {MOST_STEPS_ALONE} steps led to no end", help=help_))

    return solve(system, setup, count)


def _blank(history: History, column: int, system: System, setup: Setup) -> None:
    """No values but those of its parameters."""
    parameters = {slot.name: slot for slot in system.parameters}
    for name, array in history.values.items():
        array[..., column] = np.nan
        if name in parameters:
            slot = parameters[name]
            array[..., column] = setup.parameters[slot.start : slot.stop, column].reshape(*slot.shape, 1)
