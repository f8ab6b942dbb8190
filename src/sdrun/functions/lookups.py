"""Functions that read a lookup in a way of their own, as Vensim's manual has them.

Each takes `read`, which reads the lookup that its first argument names, changed, at an expression; then its other arguments.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from math import isnan, nan, ulp

from sdrun.functions.tables import Change, Read, going_on, within
from sdrun.model import Between, Binary, Call, Expr, Number, Table, row, rows

LEAST_GAP = 1e-280
"""Between two y of an inverse, so that the stretch between them is no infinite slope."""


def lookup_backward(read: Read, args: Sequence[Expr]) -> Expr:
    """The value of the point before: https://www.vensim.com/documentation/fn_lookup_backward.html"""
    return read(going_on(Between.STEPS), args[0])


def lookup_extrapolate(read: Read, args: Sequence[Expr]) -> Expr:
    """On along the end slopes: https://www.vensim.com/documentation/fn_lookup_extrapolate.html"""
    return read(going_on(Between.EXTRAPOLATE), args[0])


def lookup_forward(read: Read, args: Sequence[Expr]) -> Expr:
    """The value of the point after: https://www.vensim.com/documentation/fn_lookup_forward.html"""
    return read(going_on(Between.FORWARD), args[0])


# ── the inverse ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def lookup_invert(read: Read, args: Sequence[Expr]) -> Expr:
    """The smallest x with a value, missing where there is none: https://www.vensim.com/documentation/fn_lookup_invert.html"""
    return Call("if_then_else", (within(read, inverted, args[0]), read(inverted, args[0]), Number(nan)))


def inverted(table: Table) -> Table:
    """For each y the smallest x.

    >>> inverted(Table((0.0, 1.0, 3.0), (5.0, 4.0, 0.0)))
    Table(x=(0.0, 4.0, 5.0), y=(3.0, 1.0, 0.0), between=<Between.LINEAR: 'interpolate'>)
    """

    def smallest(one: Table) -> Table:
        falls = ((-y, x) for y, x in _firsts(replace(one, y=tuple(-y for y in one.y))))
        ys, xs = zip(*sorted({*falls, *_firsts(one)}), strict=True)
        return Table(ys, xs)

    return _by_row(smallest, table)


def _firsts(table: Table) -> list[tuple[float, float]]:
    """(y, x) where a table first has values above that of its first point; x jumps right above a y that is a peak or level."""
    found = [(table.y[0], table.x[0])]
    for (x0, y0), (x1, y1) in pairwise(zip(table.x, table.y, strict=True)):
        highest, since = found[-1]
        if y1 > highest:
            again, above = x0 + (highest - y0) / (y1 - y0) * (x1 - x0), highest + max(ulp(highest), LEAST_GAP)
            found += [(above, again)] if again > since and above < y1 else []
            found.append((y1, x1))
    return found


# ── area and slope ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def lookup_area(read: Read, args: Sequence[Expr]) -> Expr:
    """The area under a lookup, which keeps its end values beyond them: https://www.vensim.com/documentation/fn_lookup_area.html"""
    start, end = args
    return Binary("-", _area_until(read, end), _area_until(read, start))


def _area_until(read: Read, x: Expr) -> Expr:
    """From the first point: up to the point before x, and a trapezoid from there."""
    width = Binary("-", x, read(_points_before, x))
    heights = Binary("+", read(going_on(Between.STEPS), x), read(going_on(Between.LINEAR), x))
    return Binary("+", read(_areas_before, x), Binary("*", Binary("/", width, Number(2.0)), heights))


def _points_before(table: Table) -> Table:
    return _by_row(lambda one: Table(one.x, one.x, Between.STEPS), table)


def _areas_before(table: Table) -> Table:
    return _by_row(lambda one: Table(one.x, _areas(one), Between.STEPS), table)


def _areas(table: Table) -> tuple[float, ...]:
    """From the first point to each.

    >>> _areas(Table((0.0, 1.0, 3.0), (5.0, 4.0, 0.0)))
    (0.0, 4.5, 8.5)
    """
    points = pairwise(zip(table.x, table.y, strict=True))
    return (0.0, *accumulate((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in points))


def lookup_slope(read: Read, args: Sequence[Expr]) -> Expr:
    """The slope of a lookup, at a point the mean of those before and after it.

    Beyond the ends it is 0 (mode 0), that of the last stretch (1) or missing (-1); at the very ends, which the manual leaves
    open, that of the last stretch.  https://www.vensim.com/documentation/fn_lookup_slope.html
    """
    x, mode = args
    slope = Call("_given", (read(_slopes_at, x), read(_slopes_after, x)))
    level = Call("if_then_else", (Binary("<", mode, Number(-0.5)), Number(nan), Number(0.0)))
    beyond = Call("if_then_else", (Binary(">", mode, Number(0.5)), slope, level))
    return Call("if_then_else", (within(read, lambda table: table, x), slope, beyond))


def _slopes_after(table: Table) -> Table:
    """After each point, those of the stretch that follows; after the last, of the stretch before."""
    return _by_row(lambda one: Table(one.x, (slopes := _slopes(one))[1:] + slopes[-1:], Between.STEPS), table)


def _slopes_at(table: Table) -> Table:
    """At each point the mean of the slopes before and after it."""

    def means(one: Table) -> Table:
        slopes = _slopes(one)
        found = tuple((before + after) / 2 for before, after in pairwise((*slopes, slopes[-1])))
        return Table(one.x, found, Between.RAW)

    return _by_row(means, table)


def _slopes(table: Table) -> tuple[float, ...]:
    """Before each point: the first has that after it; a table of one point is level.

    >>> _slopes(Table((0.0, 1.0, 3.0), (5.0, 4.0, 0.0)))
    (-1.0, -1.0, -2.0)
    """
    points = pairwise(zip(table.x, table.y, strict=True))
    slopes = tuple((y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in points) or (0.0,)
    return slopes[:1] + slopes if len(table.x) > 1 else slopes


# ── by element ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_row(change: Change, table: Table) -> Table:
    """The points of each element changed, on the union of their x; an element that has none keeps none."""
    changed = [one if isnan(one.y[0]) else change(one) for one in (row(table, number) for number in range(rows(table)))]
    xs = tuple(sorted({x for one in changed for x in one.x}))
    values = [dict(zip(one.x, one.y, strict=True)) for one in changed]
    between = change(Table((0.0,), (0.0,))).between
    return Table(xs, tuple(points.get(x, nan) for points in values for x in xs), between)
