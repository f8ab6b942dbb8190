"""SciPy's adaptive methods, stopped and started anew at every time break and jump.

Every one of them would step over a pulse of five years at rtol 1e-6 without a sign: their error estimate sees only where they
look.  Within a segment nothing switches with time, so `mode` is its midpoint and the ends need no nudging.  SciPy's solver
classes are driven step by step, rather than by `solve_ivp`, to notice a run that no longer advances, to tell progress, and to
carry the exact end of a segment over into the next.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float

from sdrun.simulation import History, Jump, Setup
from sdrun.solve.failure import check_start, finite, gave_up
from sdrun.solve.jacobian import jacobian
from sdrun.solve.recording import Values, blank, floored, record_times
from sdrun.solve.remembering import ON_GRID, Past, past_of
from sdrun.solve.segments import Segment, parameters_before, segments, snapped, stocks_from
from sdrun.system import System
from sdrun.types import Parameters, Rhs, State, Times

PATIENCE = 5000
"""So many steps must advance by `HEADWAY` of the segment, or the run counts as stuck."""
HEADWAY = 1e-4

Tell = Callable[[float], None]
"""Told a model time."""
Start = Callable[[Segment, State], Any]
"""Gives a SciPy solver that stands at the start of a segment."""


def adaptive(
    scheme: str, system: System, setup: Setup, progress: Callable[[float], None], *, implicit: bool = False
) -> History:
    """Each sample on its own by SciPy's class `scheme`; an `implicit` one is given the Jacobian."""
    setup = replace(setup, jumps=snapped(setup.jumps, setup.times), max_step=longest_step(system, setup))
    start, span = setup.times[0], max(setup.times[-1] - setup.times[0], np.finfo(float).tiny)
    values, samples, calls = blank(system, setup), setup.parameters.shape[1], 0
    for sample in range(samples):

        def tell(t: float, done: int = sample) -> None:
            progress((done + (t - start) / span) / samples)

        calls += _one_sample(partial(_solver, scheme, implicit, system, setup), system, setup, values, sample, tell)
    progress(1.0)
    return History(time=setup.times, values=values, evaluations=calls)


def longest_step(system: System, setup: Setup) -> float:
    """The user's `max_step`, or one short enough to meet switches whose times are unknown, or none."""
    if setup.max_step is not None:
        return setup.max_step
    if not system.unsolved_breaks:
        return np.inf
    logging.getLogger("sdrun").warning(
        "steps are held to %g, for the times at which these variables switch cannot be found in advance: %s; "
        "set max_step to choose otherwise",
        setup.step,
        ", ".join(system.unsolved_breaks),
    )
    return setup.step


def _one_sample(start: Start, system: System, setup: Setup, values: Values, sample: int, tell: Tell) -> int:
    """Fills in one sample, segment by segment; gives the number of calls of the right-hand side."""
    p, calls = setup.parameters[:, sample : sample + 1], 0
    y, held = _initial(system, p, setup.jumps, setup.times)
    past = past_of(system, held)
    for segment in segments(system, p, held, setup.jumps, setup.times):
        y = floored(system, stocks_from(y, setup.jumps, segment.start))
        segment = segment if past is None else _remembering(past, system, setup, segment, y)
        at_stop = segment.start == segment.stop
        saves = np.flatnonzero((setup.times >= segment.start) & ((setup.times < segment.stop) | at_stop))
        t = setup.times[saves]
        if at_stop or not y.size:
            found = np.repeat(y, saves.size, axis=1)
        else:
            solver = start(segment, y)
            found, y = _cross(solver, _steps(solver, system, segment), y, t, tell)
            calls += int(solver.nfev + solver.njev)
        mode = np.full(t.shape, segment.mode)
        states = floored(system, found)
        record_times(values, system, segment.constants, t=t, mode=mode, dt=0.0, y=states, indices=saves, sample=sample)
    return calls


def _remembering(past: Past, system: System, setup: Setup, segment: Segment, y: State) -> Segment:
    """The segment with what is remembered in it; at a point of the grid a step ends, and another begins."""
    constants = past.current(segment.constants)
    steps = (segment.start - setup.times[0]) / setup.step
    if abs(steps - round(steps)) <= ON_GRID:
        if past.new is not None:
            constants = past.end_step(constants)
        past.begin_step(system, segment.start, segment.mode, 0.0, y, constants)
    return replace(segment, constants=constants)


def _initial(system: System, p: Parameters, jumps: tuple[Jump, ...], times: Times) -> tuple[State, np.ndarray]:
    """y and the INITIAL values, with switches judged as in the first segment."""
    t, before = float(times[0]), parameters_before(p, jumps, float(times[0]))
    _, held = system.initial(t, t, 0.0, before)
    mode = next(segments(system, p, held, jumps, times)).mode
    y, held = system.initial(t, mode, 0.0, before)
    check_start(system, y)
    return y, held


def _solver(scheme: str, implicit: bool, system: System, setup: Setup, segment: Segment, y: State) -> Any:
    import scipy.integrate

    f = _derivative(system, segment)
    smallest = setup.atol / max(setup.rtol, float(np.finfo(float).eps))
    options = {"jac": lambda t, y: jacobian(f, t, y, smallest)} if implicit else {}
    return getattr(scipy.integrate, scheme)(
        lambda t, y: f(t, y[:, None])[:, 0],
        segment.start,
        y[:, 0],
        segment.stop,
        rtol=setup.rtol,
        atol=setup.atol,
        max_step=setup.max_step,
        **options,
    )


def _derivative(system: System, segment: Segment) -> Rhs:
    """dy/dt within a segment, for many states side by side; a stock held at zero can only rise."""

    def f(t: float, y: State) -> State:
        dy = finite(system, t, segment.mode, 0.0, floored(system, y), segment.constants)
        if system.non_negative:
            dy = dy.copy()
        for rows in system.non_negative:
            dy[rows] = np.where(y[rows] > 0.0, dy[rows], np.maximum(dy[rows], 0.0))
        return dy

    return f


def _cross(
    solver: Any, steps: Iterator[None], y: State, times: Times, tell: Tell
) -> tuple[Float[np.ndarray, "stocks saves"], State]:
    """The states at `times`, and the one at the end of the segment."""
    found = np.empty((len(y), times.size))
    done = int(np.count_nonzero(times == solver.t))
    found[:, :done] = y
    for _ in steps:
        reached = int(np.searchsorted(times, solver.t, side="right"))
        if reached > done:
            found[:, done:reached] = solver.dense_output()(times[done:reached])
            done = reached
        tell(solver.t)
    return found, solver.y[:, None].copy()


def _steps(solver: Any, system: System, segment: Segment) -> Iterator[None]:
    """Takes step by step to the end of the segment; raises SolveError where that leads nowhere."""
    mark, taken = segment.start, 0
    while solver.status == "running":
        why = _step(solver)
        taken += 1
        if taken % PATIENCE == 0:
            if solver.t - mark < HEADWAY * (segment.stop - segment.start):
                why = why or f"{PATIENCE} steps led no further"
            mark = solver.t
        if why:
            y = floored(system, solver.y[:, None])
            dy = finite(system, solver.t, segment.mode, 0.0, y, segment.constants)
            raise gave_up(system, type(solver).__name__, solver.t, y, dy, why)
        yield


def _step(solver: Any) -> str | None:
    """Takes a step; gives SciPy's words where it failed."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            message = solver.step()
        except ValueError as error:
            if "infs or NaNs" not in str(error):
                raise
            return "its own arithmetic overflowed"
    return " ".join([str(message), *(str(warning.message) for warning in told)]) if solver.status == "failed" else None
