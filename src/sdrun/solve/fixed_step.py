"""Euler and fourth-order Runge-Kutta on a grid, with Vensim's semantics.

Time is carried as `t + step + step + ...`, as Vensim and PySD do, so that results agree to the last bit; which step a time to
save at or a jump belongs to is decided by `start + k * step`, so that the drift of that sum moves nothing.  A jump between two
points of the grid splits the step; a time to save at between two points is reached by a step of its own, which the run forgets.
Where a model's TIME STEP changes during the run, a grid of its own begins there.
Switches are judged at the beginning of a step and hold through it, in Runge-Kutta's inner stages too:
https://www.vensim.com/documentation/rungekutta.html
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sdrun.simulation import History, Setup
from sdrun.solve.failure import check_start, finite, overflow
from sdrun.solve.recording import Values, blank, floored, record, record_times
from sdrun.solve.remembering import Past, past_of, together
from sdrun.solve.segments import jump_times, parameters_before, parameters_from, snapped, stocks_from
from sdrun.system import Constants, System
from sdrun.types import Rhs, State, Times

ON_GRID = 1e-9
"""A time is on the grid when it misses it by less than this share of a step."""

Step = Callable[[Rhs, float, State, float], State]
"""(dy/dt, t, y, h) -> y at t + h."""


def euler(f: Rhs, t: float, y: State, h: float) -> State:
    """One step of first order."""
    return y + f(t, y) * h


def rk4(f: Rhs, t: float, y: State, h: float) -> State:
    """One step of fourth order: the classical Runge-Kutta method."""
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    after: State = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return after


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A time at which the walk along the grid has something to do."""

    time: float
    steps: int
    """Whole steps of the grid until then."""
    on_grid: bool
    save: int | None
    """Position among the times to save at."""
    jump: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A stretch of the run with one step."""

    start: float
    stop: float | None
    """Where the next one begins; None for the last."""
    step: float


def grids(setup: Setup) -> tuple[Grid, ...]:
    """The grids of a run, one behind the other: a single one unless the step changes."""
    starts = [float(setup.times[0]), *(time for time, _ in setup.steps)]
    steps = [setup.step, *(step for _, step in setup.steps)]
    return tuple(Grid(start=a, stop=b, step=h) for a, b, h in zip(starts, [*starts[1:], None], steps, strict=True))


def visits(times: Times, jumping: Sequence[float], grid: Grid) -> Iterator[Visit]:
    """The times to save at and those of jumps, in order; the end of a grid, where another follows."""
    start, step, first = grid.start, grid.step, float(times[0])
    stop = np.inf if grid.stop is None else grid.stop
    saves, jumps = {float(time): index for index, time in enumerate(times)}, set(jumping)
    tolerance = max(ON_GRID * step, 8 * float(np.spacing(np.max(np.abs(times)))))
    ends = set() if grid.stop is None else {grid.stop}
    for time in sorted(time for time in saves.keys() | jumps | ends if start < time <= stop or time == start == first):
        nearest = round((time - start) / step)
        on_grid = bool(abs(start + nearest * step - time) <= tolerance)
        steps = nearest if on_grid else int((time - start) // step)
        yield Visit(time=time, steps=steps, on_grid=on_grid, save=saves.get(time), jump=time in jumps)


Waiting = tuple[int, float, State, Constants]
"""Position among the times to save at, time, state, constants."""


@dataclass(slots=True)
class Walk:
    """Where the walk stands: at the latest point of the grid, or at a jump after it."""

    grid: float
    """The latest point of the grid."""
    step: float
    """Of the grid."""
    steps: int
    t: float
    y: State
    constants: Constants
    past: Past | None = None
    calls: int = 0


def fixed_step(scheme: Step, system: System, setup: Setup, progress: Callable[[float], None]) -> History:
    """All samples at once along the grid."""
    start, stop = float(setup.times[0]), float(setup.times[-1])
    jumps = snapped(setup.jumps, setup.times)
    y, held = system.initial(start, start, setup.step, parameters_before(setup.parameters, jumps, start))
    check_start(system, y)
    constants = system.constants(parameters_from(setup.parameters, jumps, start), held)
    past = past_of(system, held)
    walk = Walk(grid=start, step=setup.step, steps=0, t=start, y=stocks_from(y, jumps, start), constants=constants, past=past)
    step = partial(_step, scheme, _derivative(system, walk), system, walk)
    values = blank(system, setup)
    waiting: list[Waiting] = []
    jumping = jump_times(jumps, start, stop)
    for grid, visit in ((one, visit) for one in grids(setup) for visit in visits(setup.times, jumping, one)):
        if grid.step != walk.step:
            walk.grid, walk.step, walk.steps = walk.t, grid.step, 0
        while walk.steps < visit.steps:
            _to_next_point(step, system, walk)
            progress((walk.t - start) / (stop - start))
        if not visit.on_grid:
            _leave(system, walk)
        t, y = (walk.t, walk.y) if visit.on_grid else (visit.time, step(visit.time - walk.t))
        if visit.jump:
            _keep(values, system, setup, walk.step, waiting)
            walk.t, walk.y = t, y = t, floored(system, stocks_from(y, jumps, visit.time))
            p = parameters_from(setup.parameters, jumps, visit.time)
            walk.constants = system.constants(p, held if walk.past is None else walk.past.held)
        if visit.save is not None:
            waiting.append((visit.save, t, y, walk.constants))
        if setup.parameters.shape[1] > 1 or visit.time == grid.stop:
            _keep(values, system, setup, walk.step, waiting)
    _keep(values, system, setup, walk.step, waiting)
    progress(1.0)
    return History(time=setup.times, values=values, evaluations=walk.calls)


def _leave(system: System, walk: Walk) -> None:
    """Before a point of the grid is left, note what has to be remembered of it."""
    if walk.past is not None:
        walk.past.begin_step(system, walk.t, walk.t, walk.step, walk.y, walk.constants)


def _to_next_point(step: Callable[[float], State], system: System, walk: Walk) -> None:
    """Move to the next point of the grid, by a whole step or what is left of one."""
    _leave(system, walk)
    point = walk.grid + walk.step
    h = walk.step if walk.t == walk.grid else point - walk.t
    walk.y = step(h)
    walk.grid, walk.t, walk.steps = point, point, walk.steps + 1
    if walk.past is not None:
        walk.constants = walk.past.end_step(walk.constants)


def _derivative(system: System, walk: Walk) -> Rhs:
    """dy/dt with switches judged where the walk stands."""

    def f(t: float, y: State) -> State:
        walk.calls += 1
        return system.rhs(t, walk.t, walk.step, floored(system, y), walk.constants)

    return f


def _step(scheme: Step, f: Rhs, system: System, walk: Walk, h: float) -> State:
    """y after a step of `h`."""
    y = floored(system, scheme(f, walk.t, walk.y, h))
    if not np.isfinite(y).all():
        # once more, with every call looked at
        scheme(lambda t, y: finite(system, t, walk.t, walk.step, floored(system, y), walk.constants), walk.t, walk.y, h)
        raise overflow(system, walk.t + h, y)
    return y


def _keep(values: Values, system: System, setup: Setup, dt: float, waiting: list[Waiting]) -> None:
    """Record what waits, of one sample in one call, and forget it."""
    if not waiting:
        return
    if setup.parameters.shape[1] == 1:
        indices, times, states, constants = zip(*waiting, strict=True)
        t, y = np.array(times), np.concatenate(states, axis=1)
        at_once = together(system, constants)
        record_times(values, system, at_once, t=t, mode=t, dt=dt, y=y, indices=np.array(indices), sample=0)
    else:
        for index, time, state, own in waiting:
            record(values, system, own, t=time, dt=dt, y=state, index=index)
    waiting.clear()
