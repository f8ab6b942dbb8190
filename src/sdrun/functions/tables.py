"""Functions that read the points of a data variable in a way of their own; those of lookups are in `lookups.py`.

Each takes `read`, which reads the table that its first argument names, changed, at an expression; then its other arguments.
Those of a window of time take `over`, which reduces the points in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf, isnan, nan

from sdrun.model import Between, Binary, Call, Expr, Name, Number, Table, row, rows

Change = Callable[[Table], Table]
Read = Callable[[Change, Expr], Expr]

TIME, ANYWHERE = Name("time"), Number(0.0)
"""Where a table is read: as the run goes on, or, one that has a single point, once."""


def going_on(between: Between) -> Change:
    """The same points, going on otherwise between and beyond them."""
    return lambda table: replace(table, between=between)


def get_data_at_time(read: Read, args: Sequence[Expr]) -> Expr:
    """The value of the point at a time, missing where there is none."""
    return read(going_on(Between.RAW), args[0])


def get_data_between_times(read: Read, args: Sequence[Expr]) -> Expr:
    """The value at a time, by mode: -1 that of the point before, 0 interpolated, 1 that of the point after.

    Missing before the first point and after the last: https://www.vensim.com/documentation/fn_get_data_between_times.html
    Vensim departs from this at times that are not whole and, for mode -1, at points themselves, where it takes the one before.
    """
    time, mode = args
    later = Call("if_then_else", (Binary(">=", mode, Number(0.5)), read(going_on(Between.FORWARD), time), _linear(read, time)))
    found = Call("if_then_else", (Binary("<=", mode, Number(-0.5)), read(going_on(Between.STEPS), time), later))
    inside = within(read, lambda table: table, time)
    return Call("if_then_else", (inside, found, Number(nan)))


def _linear(read: Read, time: Expr) -> Expr:
    return read(going_on(Between.LINEAR), time)


def get_data_first_time(read: Read, _args: Sequence[Expr]) -> Expr:
    """The time of the first point."""
    return read(at_end(0), TIME)


def get_data_last_time(read: Read, _args: Sequence[Expr]) -> Expr:
    """The time of the last point."""
    return read(at_end(-1), TIME)


def at_end(place: int) -> Change:
    """The x of the first (0) or last (-1) point of each row, everywhere; missing where a row has no points."""

    def found(table: Table) -> Table:
        points = [row(table, number) for number in range(rows(table))]
        return Table((0.0,), tuple(nan if isnan(one.y[0]) else one.x[place] for one in points))

    return found


def within(read: Read, change: Change, at: Expr) -> Expr:
    """Whether a place lies between the first and the last point of the changed table."""
    first, last = (
        read(lambda table: at_end(0)(change(table)), ANYWHERE),
        read(lambda table: at_end(-1)(change(table)), ANYWHERE),
    )
    return Binary("and", Binary(">=", at, first), Binary("<=", at, last))


Over = Callable[[str, bool, float], Expr]
"""(reduction, whether of the values or of ones, what a point outside the window counts) -> over all points in a window."""


def get_data_max(over: Over) -> Expr:
    """The largest value in a window of time, missing where it holds none: https://www.vensim.com/documentation/fn_get_data_max.html"""
    return _unless_empty(over, over("vmax", True, -inf))


def get_data_min(over: Over) -> Expr:
    """The smallest value in a window of time: https://www.vensim.com/documentation/fn_get_data_min.html"""
    return _unless_empty(over, over("vmin", True, inf))


def get_data_mean(over: Over) -> Expr:
    """The mean of the values in a window of time: https://www.vensim.com/documentation/fn_get_data_mean.html"""
    return Call("xidz", (over("sum", True, 0.0), over("sum", False, 0.0), Number(nan)))


def _unless_empty(over: Over, value: Expr) -> Expr:
    return Call("if_then_else", (Binary(">", over("sum", False, 0.0), Number(0.0)), value, Number(nan)))


def time_shift(read: Read, args: Sequence[Expr]) -> Expr:
    """The data as they will be `shift` later: https://www.vensim.com/documentation/fn_time_shift.html"""
    return read(lambda table: table, Binary("+", TIME, args[0]))
