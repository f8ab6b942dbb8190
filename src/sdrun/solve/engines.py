"""Which engine runs a setup, and what becomes of samples that machine code gives up."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from sdrun.errors import Problem, SolveError
from sdrun.lanes.machine import check, missing
from sdrun.scenario import FIXED_STEP_METHODS
from sdrun.simulation import History, Setup, part, to_record
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
EXPLAINED = 20
"""Failing samples of one call whose failure is told in full, by running them once more."""


def engine_of(system: System, setup: Setup) -> str:
    """`numpy` or `llvm`; of `auto` by the size of model and sweep alone, so that the same run has the same engine everywhere.

    Raises ScenarioError where `llvm` is asked for and cannot be had.
    """
    if setup.engine != "auto":
        if setup.engine == "llvm":
            check()
        return setup.engine if system.lanes is not None else "numpy"
    if system.lanes is None or missing() is not None:
        return "numpy"
    evaluations = EXPECTED
    if setup.method in FIXED_STEP_METHODS:
        evaluations = round((setup.times[-1] - setup.times[0]) / setup.step) * (4 if setup.method == "rk4" else 1)
    work = evaluations * len(system.recorded) * setup.parameters.shape[1]
    return "llvm" if work >= PAYS else "numpy"


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
    failures, explained = dict[int, Problem](), 0
    for column in map(int, given_up):
        if np.isfinite(lost[column]) and explained == EXPLAINED:
            failures[column] = Problem(what=f"a stock is no finite number at time {lost[column]:.10g}, or its change is none")
            _blank(history, column, system, setup)
            continue
        explained += int(np.isfinite(lost[column]))
        again = _once_more(solvers, system, part(setup, column, column + 1), stiff=bool(np.isinf(lost[column])))
        for name, array in history.values.items():
            array[..., column] = again.values[name][..., 0]
        if again.failures:
            failures[column] = again.failures[0]
    return replace(history, failures=failures)


def _once_more(solvers: Solvers, system: System, setup: Setup, *, stiff: bool) -> History:
    """One sample by SciPy, or by NumPy on the grid; as hard as it is, or failing in words."""
    method = STIFF if stiff else setup.method
    return tolerant(partial(_untold, solvers[method]), system, setup, lambda _share: None, together=False)


def _untold(solve: Solve, system: System, setup: Setup, _progress: Progress) -> History:
    return solve(system, setup, lambda _share: None)


def _blank(history: History, column: int, system: System, setup: Setup) -> None:
    """No values but those of its parameters."""
    parameters = {slot.name: slot for slot in system.parameters}
    for name, array in history.values.items():
        array[..., column] = np.nan
        if name in parameters:
            slot = parameters[name]
            array[..., column] = setup.parameters[slot.start : slot.stop, column].reshape(*slot.shape, 1)
