"""The value of a resolved equation at one point of its axes, and its derivatives by every element that it reads.

Numbers are arrays over the states of a run that are looked at (moments).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from sdrun.compile.axes import flat_positions
from sdrun.compile.duals import PLAIN, Dual, Element, Slope, binary, chained, constant, numerical, reduced
from sdrun.functions import PURE, TIMED
from sdrun.functions.arrays import interpolate
from sdrun.model import (
    Along,
    Array,
    At,
    Axis,
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
    row,
)

Point = Mapping[Axis, int]
"""Where the axes of an equation stand."""

UNKNOWN = np.array(np.nan)
"""The level of a stock inside a delay: no result has it."""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Evaluates one equation, a point at a time."""

    model: Model
    values: Mapping[str, np.ndarray]
    """By id, shape (*elements, moments)."""
    left: tuple[Axis, ...]
    """The axes of the equation."""

    def dual(self, expr: Expr, here: Point) -> Dual:
        """The value and slopes of `expr` at a point of its axes."""
        match expr:
            case Number(number):
                return constant(number)
            case Name(id):
                return constant(self.values[id])
            case Position(axis, numbers):
                return constant(numbers[here[axis]])
            case Array(numbers):
                place = np.ravel_multi_index([here[axis] for axis in self.left], [axis.size for axis in self.left])
                return constant(numbers[int(place)])
            case Read(id, indices):
                return self._read(id, indices, here)
            case Unary("-", operand):
                inner = self.dual(operand, here)
                return Dual(-inner.value, chained([(-1.0, inner.slopes)]))
            case Unary("not", operand):
                return constant((self.dual(operand, here).value == 0) * 1.0)
            case Binary(op, left, right):
                return binary(op, self.dual(left, here), self.dual(right, here))
            case Call(function, args) if function in TIMED:
                timed = TIMED[function].function
                return numerical(lambda clock, *rest: timed(clock, 0.0, *rest), [self.dual(arg, here) for arg in args])
            case Call(function, args):
                return numerical(PURE[function].function, [self.dual(arg, here) for arg in args], plain=function in PLAIN)
            case Lookup(table, argument, _):
                return numerical(self._curve(table, here), [self.dual(argument, here)])
            case Reduce(function, axes, body):
                points = product(*(range(axis.size) for axis in axes))
                inner_duals = [self.dual(body, {**here, **dict(zip(axes, point, strict=True))}) for point in points]
                return reduced(function, inner_duals)
        raise AssertionError(f"{type(expr).__name__} has no derivative")

    def _read(self, id: str, indices: tuple[Index, ...], here: Point) -> Dual:
        element, place = self.element(id, indices, here)
        value = self.values[id][place] if id in self.values else UNKNOWN
        return Dual(value, {element: Slope(np.ones_like(value), np.ones_like(value))})

    def element(self, id: str, indices: tuple[Index, ...], here: Point) -> tuple[Element, tuple[int, ...]]:
        """The element that indices mean at a point, and its positions."""
        place = tuple(_position(index, here) for index in indices)
        dims = self.model.variables[id].dims
        return (id, tuple(self.model.ranges[dim].elements[k] for dim, k in zip(dims, place, strict=True))), place

    def _curve(self, table: Table | Name | Read, here: Point) -> Callable[[Any], Any]:
        if isinstance(table, Read):
            variable = self.model.variables[table.id]
            sizes = [len(self.model.ranges[dim].elements) for dim in variable.dims]
            flat = int(np.ravel_multi_index([_position(index, here) for index in table.indices], sizes)) if sizes else 0
            table = next(
                row(equation.expression, places.index(flat))
                for equation in variable.equations
                if flat in (places := flat_positions(self.model, variable, equation).tolist())
                and isinstance(equation.expression, Table)
            )
        assert isinstance(table, Table)
        points, between = (np.array(table.x), np.array(table.y)), table.between
        return lambda x: interpolate(points, x, between)


def _position(index: Index, here: Point) -> int:
    match index:
        case At(position):
            return position
        case Along(axis, positions):
            return here[axis] if positions is None else positions[here[axis]]
