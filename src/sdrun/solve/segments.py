"""Where a run is cut: times at which parameters or stocks jump, or the right-hand side may break."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from sdrun.simulation import Jump
from sdrun.system import Constants, System
from sdrun.types import Parameters, State, Times

NOISE = 1e-12
"""Times that differ by less than this share of themselves are one time: `0.1 * 3` and `0.3`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of one run in which nothing jumps."""

    start: float
    stop: float
    mode: float
    """An instant at which the switches of the whole stretch can be judged."""
    constants: Constants


def snap(time: float, anchors: Times) -> float:
    """The anchor that equals `time` but for rounding, or `time`."""
    near = anchors[np.argmin(np.abs(anchors - time))]
    return float(near) if abs(near - time) <= noise(anchors) else time


def snapped(jumps: Sequence[Jump], times: Times) -> tuple[Jump, ...]:
    """The jumps in order of time, those that fall on a time to save at exactly there."""
    return tuple(
        replace(jump, at=snap(jump.at, times), until=None if jump.until is None else snap(jump.until, times))
        for jump in sorted(jumps, key=lambda jump: jump.at)
    )


def jump_times(jumps: Sequence[Jump], after: float, until: float) -> list[float]:
    """Times in (after, until] at which anything jumps, in order."""
    ends = {jump.until for jump in jumps if jump.vector == "parameters" and jump.until is not None}
    return sorted(time for time in ends | {jump.at for jump in jumps} if after < time <= until)


def parameters_before(p: Parameters, jumps: Sequence[Jump], time: float) -> Parameters:
    """p as the jumps earlier than `time` left it: what initial values see."""
    return _parameters(p, [jump for jump in jumps if jump.at < time and (jump.until is None or time <= jump.until)])


def parameters_from(p: Parameters, jumps: Sequence[Jump], time: float) -> Parameters:
    """p from `time` on, until the next jump."""
    return _parameters(p, [jump for jump in jumps if jump.at <= time and (jump.until is None or time < jump.until)])


def _parameters(p: Parameters, jumps: Sequence[Jump]) -> Parameters:
    for jump in jumps:
        if jump.vector == "parameters":
            p = _changed(p, jump)
    return p


def stocks_from(y: State, jumps: Sequence[Jump], time: float) -> State:
    """y with the jumps of stocks at `time` applied."""
    for jump in jumps:
        if jump.vector == "stocks" and jump.at == time:
            y = _changed(y, jump)
    return y


def _changed(vector: State, jump: Jump) -> State:
    rows, amounts = list(jump.rows), np.array(jump.amounts, dtype=float)[:, None]
    changed = vector.copy()
    match jump.operation:
        case "value":
            changed[rows] = amounts
        case "multiply":
            changed[rows] *= amounts
        case "add":
            changed[rows] += amounts
        case _:
            raise ValueError(f"unknown operation of a jump: {jump.operation}")
    return changed


def segments(system: System, p: Parameters, held: np.ndarray, jumps: Sequence[Jump], times: Times) -> Iterator[Segment]:
    """The stretches of one sample between jumps and breaks.

    The last of them has no length: it is the stop, with what holds from there on.
    """
    start, stop = float(times[0]), float(times[-1])
    jumping = jump_times(jumps, start, stop)
    anchors = np.union1d(times, jumping)
    for first, last in pairwise(sorted({start, *jumping, stop})):
        constants = system.constants(parameters_from(p, jumps, first), held)
        breaks = _breaks(system, constants, first, last, anchors)
        for a, b in pairwise([first, *breaks[(breaks > first) & (breaks < last)], last]):
            yield Segment(start=float(a), stop=float(b), mode=float(a + b) / 2, constants=constants)
    constants = system.constants(parameters_from(p, jumps, stop), held)
    horizon = stop + (min(1.0, stop - start) or 1.0)
    breaks = _breaks(system, constants, stop, horizon, anchors)
    after = float(min(breaks[breaks > stop], default=horizon))
    yield Segment(start=stop, stop=stop, mode=(stop + after) / 2, constants=constants)


def _breaks(system: System, constants: Constants, start: float, stop: float, anchors: Times) -> Float[np.ndarray, " breaks"]:
    """The time breaks in order; of several that are one time but for rounding, the last."""
    found = np.concatenate([np.empty(0), *(np.ravel(times) for times in system.breaks(constants, start, stop))])
    breaks = np.unique([snap(time, anchors) for time in found[np.isfinite(found)]])
    distinct: np.ndarray = breaks[np.append(np.diff(breaks) > noise(anchors), True)[: breaks.size]]
    return distinct


def noise(anchors: Times) -> float:
    """How near two times are that are one."""
    return NOISE * max(1.0, float(np.max(np.abs(anchors))))
