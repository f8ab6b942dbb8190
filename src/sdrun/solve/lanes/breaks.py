"""The time breaks of many samples at once, as `solve.segments` finds those of one."""

import numpy as np
from jaxtyping import Float

from sdrun.solve.segments import noise
from sdrun.system import System
from sdrun.types import Parameters, Times

Breaks = Float[np.ndarray, "breaks samples"]
"""Increasing down each column, +inf where a sample has no more."""


def breaks_of(system: System, p: Parameters, held: np.ndarray, span: tuple[float, float], anchors: Times) -> Breaks:
    """The breaks inside the span, one row at least."""
    found = _found(system, p, held, span, anchors)
    inside = np.where((found > span[0]) & (found < span[1]), found, np.inf)
    return np.sort(inside, axis=0)[: max(1, int(np.isfinite(inside).sum(axis=0).max(initial=0)))]


def mode_after(
    system: System, p: Parameters, held: np.ndarray, stop: float, length: float, anchors: Times
) -> Float[np.ndarray, " samples"]:
    """An instant of each sample at which to judge switches that hold from the stop on."""
    horizon = stop + (min(1.0, length) or 1.0)
    found = _found(system, p, held, (stop, horizon), anchors)
    after = np.min(np.where(found > stop, found, np.inf), axis=0, initial=np.inf)
    following: np.ndarray = (stop + np.where(np.isfinite(after), after, horizon)) / 2
    return following


def _found(system: System, p: Parameters, held: np.ndarray, span: tuple[float, float], anchors: Times) -> Breaks:
    """All breaks; of several that are one time but for rounding, the last."""
    samples = p.shape[1]
    if not system.breaks(system.constants(p[:, :1], held[:, :1]), *span):
        return np.full((1, samples), np.inf)
    times = system.breaks(system.constants(p, held), *span)
    flat = [np.broadcast_to(time, (*np.shape(time)[:-1], samples)).reshape(-1, samples) for time in map(np.atleast_1d, times)]
    found = np.concatenate(flat)
    found = np.where(np.isfinite(found), found, np.inf)
    found = np.sort(_snapped(found, anchors), axis=0)
    with np.errstate(invalid="ignore"):
        same = np.diff(found, axis=0, append=np.inf) <= noise(anchors)
    return np.sort(np.where(same, np.inf, found), axis=0)


def _snapped(found: Breaks, anchors: Times) -> Breaks:
    """Times that equal an anchor but for rounding, at the anchor."""
    right = np.clip(np.searchsorted(anchors, found), 1, max(1, len(anchors) - 1))
    low, high = anchors[right - 1], anchors[np.minimum(right, len(anchors) - 1)]
    near = np.where(found - low <= high - found, low, high)
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(near - found) <= noise(anchors), near, found)
