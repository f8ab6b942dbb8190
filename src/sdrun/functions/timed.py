"""Functions that switch with time.

Every one takes first the `mode` (the time at which switches are judged, see `System`) and `dt`, whose half Vensim adds to the
time before it compares ("time plus"), then the model's TIME STEP, then the arguments in the model.  Each has a twin that gives
the times at which it jumps or kinks: from the first and last time asked for, TIME STEP, and the arguments that decide when.
"""

import numpy as np

from sdrun.errors import SolveError
from sdrun.functions import noise
from sdrun.types import Operand

ON_GRID = 1e-6
"""A step begins at a time that misses its beginning by less than this share of it."""
MOST = 1_000_000
"""Switches of one kind during a run."""


def step(mode: Operand, dt: Operand, _time_step: Operand, height: Operand, start: Operand) -> Operand:
    """0 before `start`, `height` after: https://www.vensim.com/documentation/fn_step.html"""
    return height * (np.add(mode, dt / 2) > start)


def step_breaks(_first: float, _last: float, _time_step: Operand, start: Operand) -> list[Operand]:
    """The start."""
    return [start]


def pulse(mode: Operand, dt: Operand, time_step: Operand, start: Operand, width: Operand) -> Operand:
    """1 from `start` for `width`, else 0; a width of 0 is one TIME STEP: https://www.vensim.com/documentation/fn_pulse.html"""
    plus = np.add(mode, dt / 2)
    return 1.0 * ((plus > start) & (plus < _end(start, width, time_step)))


def pulse_breaks(_first: float, _last: float, time_step: Operand, start: Operand, width: Operand) -> list[Operand]:
    """Start and end."""
    return [start, _end(start, width, time_step)]


def _end(start: Operand, width: Operand, time_step: Operand) -> Operand:
    return np.add(start, np.where(np.equal(width, 0.0), time_step, width))


def pulse_train(
    mode: Operand, dt: Operand, time_step: Operand, start: Operand, between: Operand, width: Operand, end: Operand
) -> Operand:
    """Pulses of `width` at `start` and every `between` after it until `end`; no pulse is shorter than TIME STEP.

    With fixed steps the step at `end` belongs to the train, as Vensim has it; pulses that come no later than the one before
    ends are one pulse until `end`, also where `between` is 0.

    https://www.vensim.com/documentation/fn_pulse_train.html
    """
    plus, width = np.add(mode, dt / 2), np.maximum(width, time_step)
    meet = np.less_equal(between, width)
    phase = np.mod(plus - start, np.where(meet, np.inf, between))
    return 1.0 * ((plus > start) & (plus < end + dt) & (meet | (phase < width)))


def pulse_train_breaks(
    first: float, last: float, time_step: Operand, start: Operand, between: Operand, width: Operand, end: Operand
) -> list[Operand]:
    """Start and end of every pulse between `first` and `last`, none later than `end`; of pulses that meet, of all as one."""
    start, between, lasts = np.broadcast_arrays(start, between, np.maximum(width, time_step))
    meet = between <= lasts
    starts = multiples(start, np.where(meet, np.inf, between), first, np.minimum(end, last))
    return [np.minimum(starts, end), np.minimum(starts + np.where(meet, np.inf, lasts), end)]


def multiples(origin: Operand, period: Operand, first: Operand, last: Operand) -> Operand:
    """`origin + k * period` for all k that fall between `first` and `last`, one period of margin; k is a new first axis.

    Where the period is not positive, or one of them is not finite, nothing comes again: `origin` alone, as often as k.
    Raises SolveError where there are more than `MOST`.

    >>> multiples(0.5, 2.0, 0.0, 3.0)
    array([-3.5, -1.5,  0.5,  2.5,  4.5,  6.5])
    """
    origin, period = np.broadcast_arrays(np.asarray(origin, float), np.asarray(period, float))
    recurs = np.isfinite(origin) & np.isfinite(period) & (period > 0)
    origin_, period_ = np.where(recurs, origin, first), np.where(recurs, period, np.inf)
    lowest, highest = np.floor(np.min((first - origin_) / period_)) - 1, np.ceil(np.max((last - origin_) / period_)) + 2
    if highest - lowest > MOST:
        raise SolveError(f"something switches {highest - lowest:.3g} times between {first:g} and {np.max(last):g}")
    k = np.arange(lowest, highest).reshape(-1, *(1,) * origin.ndim)
    return origin + k * np.where(recurs, period, 0.0)


def ramp(t: Operand, _dt: Operand, _time_step: Operand, slope: Operand, start: Operand, end: Operand) -> Operand:
    """0 before `start`, then rising by `slope` until `end`, then level: https://www.vensim.com/documentation/fn_ramp.html

    It is continuous, so it takes the time itself as its first argument.
    """
    return slope * np.where(np.greater(t, start), np.minimum(t, end) - start, 0.0)


def ramp_breaks(_first: float, _last: float, _time_step: Operand, start: Operand, end: Operand) -> list[Operand]:
    """Both kinks."""
    return [start, end]


def xramp(t: Operand, dt: Operand, time_step: Operand, slope: Operand, start: Operand) -> Operand:
    """XMILE's RAMP without an end."""
    return ramp(t, dt, time_step, slope, start, np.inf)


def xramp_breaks(_first: float, _last: float, _time_step: Operand, start: Operand) -> list[Operand]:
    """The kink."""
    return [start]


def xpulse(mode: Operand, dt: Operand, time_step: Operand, start: Operand, volume: Operand) -> Operand:
    """XMILE's PULSE: `volume` spread over one TIME STEP from `start`."""
    return np.divide(volume, time_step) * pulse(mode, dt, time_step, start, time_step)


def xpulse_breaks(first: float, last: float, time_step: Operand, start: Operand) -> list[Operand]:
    """Start and end."""
    return pulse_breaks(first, last, time_step, start, time_step)


def xpulse_train(mode: Operand, dt: Operand, time_step: Operand, start: Operand, between: Operand, volume: Operand) -> Operand:
    """XMILE's PULSE with an interval: `volume` spread over one TIME STEP, every `between`; an interval of 0 is one pulse."""
    once = xpulse(mode, dt, time_step, start, volume)
    period = np.where(np.equal(between, 0.0), np.inf, between)
    again = np.divide(volume, time_step) * pulse_train(mode, dt, time_step, start, period, time_step, np.inf)
    return np.where(np.equal(between, 0.0), once, again)


def xpulse_train_breaks(first: float, last: float, time_step: Operand, start: Operand, between: Operand) -> list[Operand]:
    """Start and end of every pulse."""
    once = np.equal(between, 0.0)
    period = np.where(once, last - first + 1, between)
    return pulse_train_breaks(first, last, time_step, start, period, time_step, np.inf)


def draw(
    mode: Operand,
    _dt: Operand,
    time_step: Operand,
    start: Operand,
    seed: Operand,
    sample: Operand,
    stream: Operand,
    call: Operand,
    element: Operand,
) -> Operand:
    """A number between 0 and 1, a new one in every TIME STEP from the start on."""
    step = np.floor(np.subtract(mode, start) / time_step + ON_GRID)
    return noise.draw(seed, sample, stream, call, element, step)


def draw_breaks(first: float, last: float, time_step: Operand, start: Operand) -> list[Operand]:
    """Every TIME STEP."""
    return [multiples(start, time_step, first, last)]


def moment(mode: Operand, dt: Operand, time_step: Operand, origin: Operand, period: Operand) -> Operand:
    """`Time = origin`, and every period after and before it: 1 at that very time on a grid, else for one TIME STEP from it.

    A step between two instants would never meet it: modellers write it for a pulse of one step.  An infinite period is never.
    """
    phase = np.mod(np.subtract(mode, origin), period)
    return np.where(phase == 0.0 if dt else phase < time_step, 1.0, 0.0)


def moment_breaks(first: float, last: float, time_step: Operand, origin: Operand, period: Operand) -> list[Operand]:
    """Start and end of every such step."""
    once = np.isinf(period)
    starts = multiples(origin, np.where(once, 4.0 * max(last - first, 1.0), period), first, last)
    return [starts, starts + time_step]


def knots(xs: np.ndarray, slope: Operand, intercept: Operand) -> Operand:
    """The times at which `slope * time + intercept` passes the points of a table; the points are a new first axis."""
    slope, intercept = np.asarray(slope, float), np.asarray(intercept, float)
    return (xs.reshape(-1, *(1,) * max(np.ndim(slope + intercept), 1)) - intercept) / slope
