"""Functions that switch with time.

Every one takes first the `mode` (the time at which switches are judged, see `System`) and `dt`, whose half Vensim adds to the time
before it compares ("time plus"), then the model's TIME STEP, then the arguments in the model.  Each has a twin in `BREAKS` that
gives the times at which it jumps or kinks.
"""

import numpy as np
from numpy.typing import ArrayLike

Value = np.ndarray


def step(mode: ArrayLike, dt: float, _time_step: ArrayLike, height: ArrayLike, start: ArrayLike) -> Value:
    """0 before `start`, `height` after: https://www.vensim.com/documentation/fn_step.html"""
    return height * (np.add(mode, dt / 2) > start)


def step_breaks(_first: float, _last: float, _time_step: ArrayLike, start: ArrayLike) -> list[ArrayLike]:
    """The start."""
    return [start]


def pulse(mode: ArrayLike, dt: float, time_step: ArrayLike, start: ArrayLike, width: ArrayLike) -> Value:
    """1 from `start` for `width`, else 0; a width of 0 is one TIME STEP: https://www.vensim.com/documentation/fn_pulse.html"""
    plus = np.add(mode, dt / 2)
    return 1.0 * ((plus > start) & (plus < _end(start, width, time_step)))


def pulse_breaks(_first: float, _last: float, time_step: ArrayLike, start: ArrayLike, width: ArrayLike) -> list[ArrayLike]:
    """Start and end."""
    return [start, _end(start, width, time_step)]


def _end(start: ArrayLike, width: ArrayLike, time_step: ArrayLike) -> Value:
    return np.add(start, np.where(np.equal(width, 0.0), time_step, width))


def pulse_train(
    mode: ArrayLike, dt: float, time_step: ArrayLike, start: ArrayLike, between: ArrayLike, width: ArrayLike, end: ArrayLike
) -> Value:
    """Pulses of `width` at `start` and every `between` after it until `end`; no pulse is shorter than TIME STEP.

    https://www.vensim.com/documentation/fn_pulse_train.html
    """
    plus = np.add(mode, dt / 2)
    phase = np.mod(plus - start, between)
    return 1.0 * ((plus > start) & (plus < end) & (phase < np.maximum(width, time_step)))


def pulse_train_breaks(
    first: float, last: float, time_step: ArrayLike, start: ArrayLike, between: ArrayLike, width: ArrayLike, end: ArrayLike
) -> list[ArrayLike]:
    """Start and end of every pulse between `first` and `last`."""
    starts = multiples(start, between, first, np.minimum(end, last))
    return [starts, starts + np.maximum(width, time_step), end]


def multiples(origin: ArrayLike, period: ArrayLike, first: ArrayLike, last: ArrayLike) -> Value:
    """`origin + k * period` for all k that fall between `first` and `last`, one period of margin; k is a new first axis."""
    origin, period = np.asarray(origin, float), np.asarray(period, float)
    lowest, highest = (first - origin) / period, (last - origin) / period
    k = np.arange(np.floor(np.nanmin(lowest)) - 1, np.ceil(np.nanmax(highest)) + 2)
    return origin + k.reshape(-1, *(1,) * np.ndim(origin + period)) * period


def ramp(t: ArrayLike, _dt: float, _time_step: ArrayLike, slope: ArrayLike, start: ArrayLike, end: ArrayLike) -> Value:
    """0 before `start`, then rising by `slope` until `end`, then level: https://www.vensim.com/documentation/fn_ramp.html

    It is continuous, so it takes the time itself as its first argument.
    """
    return slope * np.where(np.greater(t, start), np.minimum(t, end) - start, 0.0)


def ramp_breaks(_first: float, _last: float, _time_step: ArrayLike, start: ArrayLike, end: ArrayLike) -> list[ArrayLike]:
    """Both kinks."""
    return [start, end]


def xramp(t: ArrayLike, dt: float, time_step: ArrayLike, slope: ArrayLike, start: ArrayLike) -> Value:
    """XMILE's RAMP without an end."""
    return ramp(t, dt, time_step, slope, start, np.inf)


def xramp_breaks(_first: float, _last: float, _time_step: ArrayLike, start: ArrayLike) -> list[ArrayLike]:
    """The kink."""
    return [start]


def xpulse(mode: ArrayLike, dt: float, time_step: ArrayLike, start: ArrayLike, volume: ArrayLike) -> Value:
    """XMILE's PULSE: `volume` spread over one TIME STEP from `start`."""
    return np.divide(volume, time_step) * pulse(mode, dt, time_step, start, time_step)


def xpulse_breaks(first: float, last: float, time_step: ArrayLike, start: ArrayLike) -> list[ArrayLike]:
    """Start and end."""
    return pulse_breaks(first, last, time_step, start, time_step)


def xpulse_train(
    mode: ArrayLike, dt: float, time_step: ArrayLike, start: ArrayLike, between: ArrayLike, volume: ArrayLike
) -> Value:
    """XMILE's PULSE with an interval: `volume` spread over one TIME STEP, every `between`; an interval of 0 is one pulse."""
    once = xpulse(mode, dt, time_step, start, volume)
    period = np.where(np.equal(between, 0.0), np.inf, between)
    again = np.divide(volume, time_step) * pulse_train(mode, dt, time_step, start, period, time_step, np.inf)
    return np.where(np.equal(between, 0.0), once, again)


def xpulse_train_breaks(
    first: float, last: float, time_step: ArrayLike, start: ArrayLike, between: ArrayLike
) -> list[ArrayLike]:
    """Start and end of every pulse."""
    once = np.equal(between, 0.0)
    period = np.where(once, last - first + 1, between)
    return pulse_train_breaks(first, last, time_step, start, period, time_step, np.inf)


def knots(xs: Value, slope: ArrayLike, intercept: ArrayLike) -> Value:
    """The times at which `slope * time + intercept` passes the points of a table; the points are a new first axis."""
    slope, intercept = np.asarray(slope, float), np.asarray(intercept, float)
    return (xs.reshape(-1, *(1,) * max(np.ndim(slope + intercept), 1)) - intercept) / slope
