"""Functions of all elements along the last axes at once.

Arrays have all axes of the equation and end with that of samples, which has one for all where they are equal.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Value = np.ndarray

HALVINGS = 200
"""Of the interval of priorities in which an allocation is looked for; doubles bear no more."""
FAR = 40.0
"""Widths from its priority at which a claim is met in full, or not at all, to the last bit of a double."""


def invert_matrix(matrix: Value, _size: Value) -> Value:
    """The inverse over the last two axes; NaN where there is none: https://www.vensim.com/documentation/fn_invert_matrix.html"""
    stacked, identity = np.moveaxis(matrix, -1, 0), np.eye(matrix.shape[-2])
    lacking = ~np.isfinite(stacked).all(axis=(-2, -1), keepdims=True)
    stated = np.where(lacking, identity, stacked)  # LAPACK takes no NaN
    singular = lacking | (np.linalg.cond(stated)[..., None, None] > 1e15)
    return np.moveaxis(np.where(singular, np.nan, np.linalg.inv(np.where(singular, identity, stated))), 0, -1)


def allocate_by_priority(request: Value, priority: Value, _size: Value, width: Value, supply: Value) -> Value:
    """What each of those along the last axis gets of a supply: https://www.vensim.com/documentation/fn_allocate_by_priority.html

    In the order of their priorities, each begins to be served when the one before has had as much of its request as the gap of
    their priorities is of the width, and gets in proportion to its request.  So the part of its request that each has had rises
    with one number s, from its own beginning on, from 0 to 1; s is where the parts make up the supply.  What is negative is
    taken as 0; a width that is not positive gives NaN, and so does anything missing, to all.
    """
    request, priority, width, supply = np.broadcast_arrays(np.maximum(request, 0.0), priority, width, np.maximum(supply, 0.0))
    lacking, supply = _lacking(request, supply, priority, width), supply[..., :1, :]
    order = np.argsort(np.where(request > 0.0, -priority, np.inf), axis=-2, kind="stable")
    ranked = np.take_along_axis(np.where(request > 0.0, priority, -np.inf), order, axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps = np.nan_to_num(np.clip(-np.diff(ranked, axis=-2) / width[..., 1:, :], 0.0, 1.0), nan=1.0)
    begin = np.concatenate([np.zeros_like(gaps[..., :1, :]), np.cumsum(gaps, axis=-2)], axis=-2)[..., : ranked.shape[-2], :]
    begin = np.take_along_axis(begin, np.argsort(order, axis=-2), axis=-2)

    def given(s: Value) -> Value:
        return request * np.clip(s - begin, 0.0, 1.0)

    corners = np.sort(np.concatenate([begin, begin + 1.0], axis=-2), axis=-2)
    each = (given(corners[..., k : k + 1, :]).sum(axis=-2, keepdims=True) for k in range(corners.shape[-2]))
    totals = np.concatenate([*each], axis=-2)
    found = given(_between(corners, totals, supply))
    enough = supply >= request.sum(axis=-2, keepdims=True)
    return np.where((width > 0.0) & ~lacking, np.where(enough, request, found), np.nan)


def _lacking(request: Value, supply: Value, *profile: Value) -> Value:
    """Whether anything is missing (NaN) on which what each gets depends: all get of one supply."""
    missing = np.isnan(request) | np.isnan(supply)
    for part in profile:
        missing |= np.isnan(part) & (request > 0.0)
    return missing.any(axis=-2, keepdims=True)


def _between(corners: Value, totals: Value, supply: Value) -> Value:
    """Where a line through the corners reaches the supply; totals rise with the corners."""
    above = np.clip((totals < supply).sum(axis=-2, keepdims=True), 1, corners.shape[-2] - 1)
    x0, x1 = (np.take_along_axis(corners, above - k, axis=-2) for k in (1, 0))
    t0, t1 = (np.take_along_axis(totals, above - k, axis=-2) for k in (1, 0))
    rise = np.where(t1 > t0, t1 - t0, 1.0)
    return x0 + (x1 - x0) * np.where(t1 > t0, (supply - t0) / rise, 0.0)


def allocate_available(request: Value, kind: Value, priority: Value, width: Value, _extra: Value, available: Value) -> Value:
    """What each of those along the last axis gets: https://www.vensim.com/documentation/fn_allocate_available.html

    Each has a curve of what it takes at a priority: rectangular (kind 1), triangular (2), normal (3) or exponential (4), around
    its own priority and of its width.  The priority at which they take what is available together is found by halving.  Other
    kinds, and widths that are not positive, give NaN, and so does anything missing, to all.
    """
    request, kind, priority, width, available = np.broadcast_arrays(request, kind, priority, width, available)
    lacking = _lacking(request, available, priority, width)
    request, available = np.maximum(request, 0.0), np.maximum(available, 0.0)[..., :1, :]
    reach = np.where(request > 0.0, FAR * width, 0.0)
    low = np.min(np.where(request > 0.0, priority, np.inf) - reach, axis=-2, keepdims=True)
    high = np.max(np.where(request > 0.0, priority, -np.inf) + reach, axis=-2, keepdims=True)
    low, high = np.nan_to_num(low, posinf=0.0), np.nan_to_num(high, neginf=0.0)

    def taken(at: Value) -> Value:
        return request * _share(kind, (at - priority) / width)

    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            too_much = taken(middle).sum(axis=-2, keepdims=True) > available
            low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
        found = taken(high)
    enough = available >= request.sum(axis=-2, keepdims=True)
    usable = (width > 0.0) & np.isin(kind, list(CURVES))
    return np.where((usable | (request == 0.0)) & ~lacking, np.where(enough, request, found), np.nan)


def _share(kind: Value, x: Value) -> Value:
    """The part of a request that is taken, by how many widths the priority asked for lies above one's own."""
    return np.select([kind == number for number in CURVES], [curve(x) for curve in CURVES.values()], 0.0)


def _triangular(x: Value) -> Value:
    left, right = 1.0 - 2.0 * np.maximum(x + 0.5, 0.0) ** 2, 2.0 * np.maximum(0.5 - x, 0.0) ** 2
    return np.where(x < 0.0, left, right)


def _normal(x: Value) -> Value:
    from scipy.special import ndtr

    below: Value = ndtr(-x)
    return below


def _exponential(x: Value) -> Value:
    return np.where(x < 0.0, 1.0 - 0.5 * np.exp(np.minimum(x, 0.0)), 0.5 * np.exp(-np.maximum(x, 0.0)))


CURVES: dict[int, Callable[[Any], Any]] = {
    1: lambda x: np.clip(0.5 - x, 0.0, 1.0),
    2: _triangular,
    3: _normal,
    4: _exponential,
}
"""By Vensim's number of the kind: https://www.vensim.com/documentation/24335.html"""
