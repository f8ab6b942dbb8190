"""Expressions → instructions on lanes.

Functions of the model language are called as they stand in `sdrun.functions`: a `Lane` answers as an array would.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sdrun.compile.emit import by_element
from sdrun.compile.lane_tables import interpolated
from sdrun.functions import PURE, TIMED
from sdrun.lanes.text import NUMBER, Function, Lane, Pointer
from sdrun.model import (
    Along,
    Array,
    At,
    Axis,
    Between,
    Binary,
    Call,
    Expr,
    Index,
    Lookup,
    Model,
    Name,
    Number,
    Position,
    Read,
    Reduce,
    Table,
    Unary,
)

COMPARE = {"=": "oeq", "<>": "une", "<": "olt", "<=": "ole", ">": "ogt", ">=": "oge"}
ARITHMETIC = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
REDUCTIONS: Mapping[str, tuple[float, Any]] = {
    "sum": (0.0, np.add),
    "prod": (1.0, np.multiply),
    "vmin": (np.inf, np.minimum),
    "vmax": (-np.inf, np.maximum),
}
"""Where each reduction begins, and how it goes on."""


class Step(Lane):
    """The step of a fixed-step method; functions of time ask whether there is one."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a variable lies."""

    base: Pointer
    start: int
    """Number of its first vector."""
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The times that a function is given."""

    t: Lane
    mode: Lane
    now: Lane
    """What stands for `_mode` outside functions of time."""
    until: Lane
    """The same for what holds up to its switch: where a time is saved, that time."""
    dt: "Step | float"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an expression may read where it stands."""

    function: Function
    model: Model
    clock: Clock | None
    places: Mapping[str, Place]
    lanes: Mapping[str, Lane]
    """Variables of the same loops, just computed."""
    indices: Mapping[Axis, str]
    """Registers of the loops."""
    left: tuple[Axis, ...]
    tables: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    """Points of lookup variables that have been met."""

    def inside(self, indices: Mapping[Axis, str]) -> "Scope":
        """The scope within further loops."""
        return Scope(
            function=self.function,
            model=self.model,
            clock=self.clock,
            places=self.places,
            lanes=self.lanes,
            indices={**self.indices, **indices},
            left=self.left,
            tables=self.tables,
        )


def value(expr: Expr, scope: Scope) -> Lane:
    """`expr` as a number."""
    f = scope.function
    match expr:
        case Number(number):
            return f.number(number)
        case Name(id):
            assert scope.clock is not None, "constants know no time"
            return {"time": scope.clock.t, "_mode": scope.clock.now, "_until": scope.clock.until}[id]
        case Array(values):
            at = flat(tuple(Along(axis) for axis in scope.left), tuple(axis.size for axis in scope.left), scope)
            return f.splat(f.load_one(f.module.doubles(values), at, NUMBER))
        case Unary("-", operand):
            return f.arithmetic("fneg", value(operand, scope))
        case Binary(op, left, right) if op in ARITHMETIC:
            return f.arithmetic(ARITHMETIC[op], value(left, scope), value(right, scope))
        case Binary("^", base, exponent):
            return _power(value(base, scope), exponent, scope)
        case Unary() | Binary():
            return f.as_number(truth(expr, scope))
        case Call(function, args) if function in TIMED:
            return _timed(expr, scope)
        case Call("if_then_else", (condition, yes, no)):
            return f.select(truth(condition, scope), value(yes, scope), value(no, scope))
        case Call(function, args) if function in PURE:
            return f.as_number(PURE[function].function(*(value(arg, scope) for arg in args)))
        case Lookup(table, argument, between):
            return _lookup(table, value(argument, scope), between, scope)
        case Read(id, indices):
            return _read(id, indices, scope)
        case Reduce():
            return _reduce(expr, scope)
        case Position(axis, numbers):
            return f.splat(f.load_one(f.module.doubles(numbers), scope.indices[axis], NUMBER))
    raise AssertionError(f"{type(expr).__name__} cannot be written as a number")


def truth(expr: Expr, scope: Scope) -> Lane:
    """`expr` as a condition."""
    f = scope.function
    match expr:
        case Unary("not", operand):
            return f.logic("xor", truth(operand, scope), 1.0)
        case Binary(op, left, right) if op in COMPARE:
            return f.compare(COMPARE[op], value(left, scope), value(right, scope))
        case Binary("and" | "or" as op, left, right):
            return f.logic(op, truth(left, scope), truth(right, scope))
    return f.as_truth(value(expr, scope))


def _power(base: Lane, exponent: Expr, scope: Scope) -> Lane:
    """Small whole powers, roots and reciprocals as NumPy computes them too; all others by the function."""
    f = scope.function
    match exponent:
        case Number(0.0):
            return f.number(1.0)
        case Number(1.0):
            return base
        case Number(2.0):
            return f.arithmetic("fmul", base, base)
        case Number(0.5):
            return f.intrinsic("sqrt", base)
        case Number(-1.0):
            return f.arithmetic("fdiv", 1.0, base)
    return f.call("power", base, value(exponent, scope))


def _timed(call: Call, scope: Scope) -> Lane:
    """Told the time that `emit` tells it."""
    assert scope.clock is not None, "constants know no time"
    clock, row = scope.clock, TIMED[call.function]
    mode = clock.t if row.clock == "t" else clock.mode
    if row.clock != "t" and call.args[0] == Name("_instant") and not isinstance(clock.dt, Step):
        mode = clock.t
    return scope.function.as_number(row.function(mode, clock.dt, *(value(arg, scope) for arg in call.args[1:])))


def _read(id: str, indices: tuple[Index, ...], scope: Scope) -> Lane:
    if id in scope.lanes and indices in ((), tuple(Along(axis) for axis in scope.left)):
        return scope.lanes[id]
    place = scope.places[id]
    at = flat(indices, place.sizes, scope)
    return scope.function.load(place.base, added(scope.function, at, place.start))


def flat(indices: tuple[Index, ...], sizes: tuple[int, ...], scope: Scope) -> "int | str":
    """The position in the flattened variable; every part is known to lie inside."""
    f, known, registers, stride = scope.function, 0, list[str](), 1
    for size, index in reversed(list(zip(sizes, indices, strict=True))):
        match index:
            case At(position):
                assert 0 <= position < size
                known += stride * position
            case Along(axis, positions):
                register = scope.indices[axis]
                if positions is None:
                    assert axis.size <= size
                else:
                    assert len(positions) == axis.size and 0 <= min(positions) and max(positions) < size
                    register = f.load_one(f.module.integers(positions), register)
                registers.append(register if stride == 1 else f.integer("mul", register, stride))
        stride *= size
    total: int | str = known
    for register in registers:
        total = added(f, register, total)
    return total


def added(f: Function, a: "int | str", b: "int | str") -> "int | str":
    """The sum of two indices."""
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    if 0 in (a, b):
        return b if a == 0 else a
    return f.integer("add", a, b)


def _reduce(reduce: Reduce, scope: Scope) -> Lane:
    f = scope.function
    beginning, combine = REDUCTIONS[reduce.function]
    total = f.local()
    f.store(beginning, total)

    def loops(axes: tuple[Axis, ...], inner: Scope) -> None:
        if not axes:
            f.store(combine(f.load(total), value(reduce.body, inner)), total)
            return
        with f.loop(axes[0].size) as index:
            loops(axes[1:], inner.inside({axes[0]: index}))

    loops(reduce.axes, scope)
    return f.load(total)


def _lookup(table: "Table | Name | Read", argument: Lane, between: Between | None, scope: Scope) -> Lane:
    if isinstance(table, Table):
        return interpolated(scope.function, np.array(table.x), np.array(table.y), argument, between or table.between)
    assert isinstance(table, Read)
    first = scope.model.variables[table.id].equations[0].expression
    assert isinstance(first, Table)
    between = between or first.between
    if not table.indices:
        return interpolated(scope.function, np.array(first.x), np.array(first.y), argument, between)
    if table.id not in scope.tables:
        scope.tables[table.id] = by_element(scope.model, table.id)
    xs, ys = scope.tables[table.id]
    at = flat(table.indices, ys.shape[:-1], scope)
    return interpolated(scope.function, xs, ys.reshape(-1, len(xs)), argument, between, at)
