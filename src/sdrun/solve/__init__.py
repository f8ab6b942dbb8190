"""Stage 3: a system and a setup become a history.

Contract: `integrate(system, setup, progress)` gives every recorded variable at every time of `setup.times`, for every sample.

- Results are right-continuous: a time to save at that falls on a time break or a jump shows what holds from there on.
- A jump is exact: every method lands on it, applies it and goes on.  A jump at the start leaves the initial values of the model
  as they are, then applies; one at the stop shows in the last saved values.
- Fixed-step methods walk all samples at once along the grid `start + k * step` and judge switches as Vensim does
  (`fixed_step.py`); adaptive ones take each sample on its own and stop at every time break (`scipy_adaptive.py`).
- A stock that may not fall below zero is held at zero.
- A right-hand side that is not finite, and a method that cannot go on, end the run with a SolveError that says where and why.
  Of a sweep they end the sample that it happens in, and no other (`sampled.py`).

To add a method, write a function `(system, setup, progress) -> History`, and give it a row in `SOLVERS`.  A fixed-step method
is less: the function of one step, as `euler` in `fixed_step.py`.  `tests/solve` tests every row for its order of convergence,
or for an error that follows its tolerance, and for jumps, breaks and samples.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sdrun.errors import Problem, ScenarioError, nearest
from sdrun.simulation import History, Setup
from sdrun.solve.engines import engine_of, in_machine_code
from sdrun.solve.fixed_step import euler, fixed_step, rk4
from sdrun.solve.sampled import tolerant
from sdrun.solve.scipy_adaptive import adaptive
from sdrun.system import System

__all__ = ["SOLVERS", "Method", "Progress", "integrate"]

Progress = Callable[[float], None]
"""Told the share of the run that is done, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """An integration method."""

    solve: Callable[[System, Setup, Progress], History]
    order: int
    """Of convergence; of adaptive methods with a varying order, the highest."""
    adaptive: bool
    """Chooses its steps by `rtol`, `atol` and `max_step`; otherwise it takes `step`."""


SOLVERS: dict[str, Method] = {
    "euler": Method(solve=partial(fixed_step, euler), order=1, adaptive=False),
    "rk4": Method(solve=partial(fixed_step, rk4), order=4, adaptive=False),
    "RK23": Method(solve=partial(adaptive, "RK23"), order=3, adaptive=True),
    "RK45": Method(solve=partial(adaptive, "RK45"), order=5, adaptive=True),
    "DOP853": Method(solve=partial(adaptive, "DOP853"), order=8, adaptive=True),
    "Radau": Method(solve=partial(adaptive, "Radau", implicit=True), order=5, adaptive=True),
    "BDF": Method(solve=partial(adaptive, "BDF", implicit=True), order=5, adaptive=True),
    "LSODA": Method(solve=partial(adaptive, "LSODA", implicit=True), order=12, adaptive=True),
}


def _untold(_share: float) -> None:
    """Nobody listens."""


def integrate(system: System, setup: Setup, progress: Progress = _untold) -> History:
    """The history of `system` under `setup`; `progress` is called a hundred times at most.

    Raises SolveError where the simulation fails; a sample of a sweep that fails is NaN and stands in `History.failures`.
    """
    method = SOLVERS.get(setup.method)
    if method is None:
        raise ScenarioError(Problem(what=f"unknown method '{setup.method}'", help=nearest(setup.method, SOLVERS)))
    with np.errstate(all="ignore"):
        if engine_of(system, setup) == "llvm":
            solvers = {name: row.solve for name, row in SOLVERS.items()}
            return in_machine_code(solvers, system, setup, _by_hundredths(progress))
        if setup.samples is not None:
            return tolerant(method.solve, system, setup, _by_hundredths(progress), together=not method.adaptive)
        return method.solve(system, setup, _by_hundredths(progress))


def _by_hundredths(progress: Progress) -> Progress:
    """`progress`, called only when another hundredth is done."""
    told = 0

    def tell(share: float) -> None:
        nonlocal told
        if int(100 * share) > told:
            told = int(100 * share)
            progress(share)

    return tell
