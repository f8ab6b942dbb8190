"""What the generated code needs to handle arrays: tables, reductions, shapes.  The sample axis is the last, everywhere."""

from collections.abc import Sequence

import numpy as np

from sdrun.model import Between, Table
from sdrun.types import Operand

Value = np.ndarray

REDUCTIONS = {
    "sum": np.add.reduce,
    "prod": np.multiply.reduce,
    "vmin": np.minimum.reduce,
    "vmax": np.maximum.reduce,
}
"""What runs over subscripts marked with `!`: (array, axis) -> array."""


def interpolate(table: tuple[Value, Value], x: Operand, between: str = "interpolate") -> Operand:
    """The table `(xs, ys)` read at `x`; ys of shape (..., points) has the axes of x, or is broadcast against them.

    A number that stands for all samples gives one sample.

    Beyond the ends it holds the end values, goes on along the end slopes (`extrapolate`) or is missing (`raw`).

    >>> interpolate((np.array([0.0, 1.0]), np.array([0.0, 10.0])), np.array([-1.0, 0.5]), "extrapolate")
    array([-10.,   5.])
    """
    xs, ys = table
    match between:
        case Between.LINEAR if ys.ndim == 1:
            return np.interp(x, xs, ys)
        case Between.FORWARD:  # the point after is the point before of the mirrored table
            return interpolate((-xs[::-1], ys[..., ::-1]), np.negative(x), Between.STEPS)
        case Between.RAW:
            at_point = np.equal(interpolate((xs, xs), x, Between.STEPS), x)
            return np.where(at_point, interpolate(table, x, Between.STEPS), np.nan)
    x = np.atleast_1d(np.asarray(x, float))
    if between != Between.EXTRAPOLATE:
        x = np.clip(x, xs[0], xs[-1])
    below = np.clip(np.searchsorted(xs, x, side="right") - 1, 0, max(len(xs) - 2, 0))
    if between == Between.STEPS:
        return _pick(ys, np.where(x >= xs[-1], len(xs) - 1, below))
    above = np.minimum(below + 1, len(xs) - 1)
    low, high = _pick(ys, below), _pick(ys, above)
    width = np.where(xs[above] > xs[below], xs[above] - xs[below], 1.0)
    return low + (high - low) * ((x - xs[below]) / width)


def _pick(ys: Value, points: Value) -> Value:
    """`ys[..., points]` with the leading axes of both broadcast against each other."""
    if ys.ndim == 1:
        return ys[points]
    leading = np.broadcast_shapes(ys.shape[:-1], points.shape[:-1])
    points = np.broadcast_to(points, leading + points.shape[-1:])
    return np.take_along_axis(np.broadcast_to(ys, leading + ys.shape[-1:]), points, axis=-1)


def common_points(tables: Sequence[Table], shape: tuple[int, ...]) -> tuple[Value, Value]:
    """Tables of one lookup variable, by element, on the union of their points: `(xs, ys)`, ys of shape (*shape, points)."""
    xs = np.unique(np.concatenate([table.x for table in tables]))
    rows = [interpolate((np.array(table.x), np.array(table.y)), xs, table.between) for table in tables]
    return xs, np.array(rows).reshape(*shape, len(xs))


def spread(value: Operand, shape: tuple[int, ...]) -> Value:
    """`value` with all the axes of `shape`, and its own samples."""
    array = np.asarray(value, float)
    return np.broadcast_to(array, shape + (array.shape[-1:] or (1,)))


def rows(value: Operand, shape: tuple[int, ...]) -> Value:
    """`value` flattened over `shape`: (elements, samples)."""
    full = spread(value, shape)
    return full.reshape(-1, full.shape[-1])


def assemble(shape: tuple[int, ...], *parts: tuple[Value, tuple[int, ...], Operand]) -> Value:
    """An array put together from its equations: each part is (flat positions or -1 to skip, shape of the equation, value)."""
    values = [rows(value, part_shape) for _, part_shape, value in parts]
    samples = max(value.shape[-1] for value in values)
    result = np.full((int(np.prod(shape)), samples), np.nan)
    for (positions, _, _), value in zip(parts, values, strict=True):
        meant = positions >= 0
        result[positions[meant]] = value[meant]
    return result.reshape(*shape, samples)


def number(truth: Operand) -> Operand:
    """1 where true, 0 where false."""
    return np.multiply(truth, 1.0)


def stack(samples: int, parts: Sequence[tuple[Operand, tuple[int, ...]]]) -> Value:
    """Variables one after the other, flattened: (elements of all, samples)."""
    flat = [rows(value, shape) for value, shape in parts]
    samples = max([samples, *(part.shape[-1] for part in flat)])
    return np.concatenate([np.broadcast_to(part, (len(part), samples)) for part in flat] or [np.empty((0, samples))])
