"""Tables read by lanes: short ones by comparing with each point, evenly spaced ones by division, others by binary search."""

from typing import Any

import numpy as np

from sdrun.lanes.text import BITS, Function
from sdrun.model import Between

SHORT, SHORT_AND_EVEN = 16, 8
"""So many points are compared one by one; a chain of that length costs as much as fetching from memory lane by lane."""
EVEN = 1e-12
"""Share of a step by which points may miss even spacing."""


def interpolated(f: Function, xs: np.ndarray, ys: np.ndarray, x: Any, between: Between, row: "int | str" = 0) -> Any:
    """The table at x, as `functions.arrays.interpolate` reads it; `ys` may have rows, of which `row` is read.

    NaN gives NaN.  Positions in the table are counted, or computed from x and then cut to the table: none can lie outside.
    """
    if between == Between.FORWARD:  # the point after is the point before of the mirrored table
        return interpolated(f, -xs[::-1], ys[..., ::-1], f.arithmetic("fneg", x), Between.STEPS, row)
    if between == Between.RAW:
        at_point = f.compare("oeq", interpolated(f, xs, xs, x, Between.STEPS), x)
        return f.select(at_point, interpolated(f, xs, ys, x, Between.STEPS, row), np.nan)
    if len(xs) == 1:
        constant = f.splat(f.load_one(f.module.doubles(ys.ravel()), row, "double"))
        return f.select(f.compare("uno", x, x), x, constant)
    held = x if between == Between.EXTRAPOLATE else np.minimum(np.maximum(x, xs[0]), xs[-1])
    if between == Between.STEPS:
        return f.select(f.compare("uno", x, x), x, _picked(f, xs[1:], held, [ys], row)[0])
    widths = np.diff(xs)
    slopes = np.diff(ys, axis=-1) / np.where(widths > 0, widths, np.inf)
    start, step = float(xs[0]), float(xs[-1] - xs[0]) / len(widths)
    even = (start, step) if np.abs(xs - (start + step * np.arange(len(xs)))).max() <= EVEN * step else None
    below, low, slope = _picked(f, xs[1:-1], held, [xs[:-1], ys[..., :-1], slopes], row, even)
    return f.arithmetic("fadd", low, f.arithmetic("fmul", slope, f.arithmetic("fsub", held, below)))


def _picked(
    f: Function,
    knots: np.ndarray,
    x: Any,
    columns: "list[np.ndarray]",
    row: "int | str",
    even: tuple[float, float] | None = None,
) -> list[Any]:
    """From each column the value at the number of knots that x has reached; one more than knots are values.

    Of knots that are `even` (start, step) that number may be one off where x is a knot, but for rounding.
    """
    if len(knots) < (SHORT_AND_EVEN if even else SHORT) and all(column.ndim == 1 or len(column) == 1 for column in columns):
        return _chosen(f, knots, x, [column.ravel() for column in columns])
    reached = _divided(f, even, len(knots), x) if even else _search(f, knots, x)
    found = []
    for column in columns:
        at = reached
        if column.ndim > 1:
            first = f.splat(str(row) if isinstance(row, int) else row, BITS)
            first = f.lane(f"mul {f.type(BITS)} {first.register}, {f.bits(column.shape[-1]).register}", BITS)
            at = f.lane(f"add {f.type(BITS)} {first.register}, {reached.register}", BITS)
        found.append(f.gather(f.module.doubles(column.ravel()), at))
    return found


def _chosen(f: Function, knots: np.ndarray, x: Any, columns: "list[np.ndarray]") -> list[Any]:
    lanes = [f.number(column[0]) for column in columns]
    for number, knot in enumerate(knots, start=1):
        passed = f.compare("oge", x, float(knot))
        lanes = [f.select(passed, float(column[number]), lane) for column, lane in zip(columns, lanes, strict=True)]
    return lanes


def _divided(f: Function, even: tuple[float, float], most: int, x: Any) -> Any:
    """How many knots x has reached, by division: from 0 to `most`, and 0 for NaN."""
    start, step = even
    steps = (x - start) * (1.0 / step)
    inside: Any = np.where(steps >= float(most), float(most), np.where(steps >= 0.0, steps, f.number(0.0)))
    return f.lane(f"fptosi {f.type()} {inside.register} to {f.type(BITS)}", BITS)


def _search(f: Function, knots: np.ndarray, x: Any) -> Any:
    """How many knots x has reached, by halving: a sum of powers of two, which the padded table cannot be left by."""
    size = 1 << max(1, len(knots).bit_length())
    padded = f.module.doubles([*knots, *[np.inf] * (size - len(knots))])
    reached, width = f.bits(0), size // 2
    while width:
        ahead = f.lane(f"add {f.type(BITS)} {reached.register}, {f.bits(width - 1).register}", BITS)
        passed = f.logic("and", f.compare("oge", x, f.gather(padded, ahead)), f.compare("olt", f.gather(padded, ahead), np.inf))
        further = f.lane(f"add {f.type(BITS)} {reached.register}, {f.bits(width).register}", BITS)
        reached, width = f.select(passed, further, reached), width // 2
    return reached
