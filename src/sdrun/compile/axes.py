"""Axes and positions of resolved expressions."""

from itertools import product

import numpy as np

from sdrun.model import Along, Array, At, Axis, Equation, Expr, Index, Joint, Model, Position, Read, Reduce, Variable, children


def free_axes(expr: Expr, left: tuple[Axis, ...] = ()) -> tuple[Axis, ...]:
    """The axes along which `expr` varies, outermost first; `left` are those of an array literal."""
    return tuple(sorted(_free(expr, left), key=lambda axis: axis.depth))


def _free(expr: Expr, left: tuple[Axis, ...]) -> set[Axis]:
    match expr:
        case Read(_, indices):
            return {index.axis for index in indices if isinstance(index, Along)}
        case Position(axis, _):
            return {axis}
        case Array():
            return set(left)
        case Reduce(_, axes, body):
            return _free(body, left) - set(axes)
        case Joint(_, axes, args):
            return set(axes).union(*(_free(arg, left) for arg in args))
    return set().union(*(_free(child, left) for child in children(expr)))


def shape(model: Model, variable: Variable) -> tuple[int, ...]:
    """The sizes of a variable's dimensions."""
    return tuple(len(model.ranges[dim].elements) for dim in variable.dims)


def flat_positions(model: Model, variable: Variable, equation: Equation) -> np.ndarray:
    """For each point of the equation's axes, row by row, its place in the flattened variable; -1 where `:EXCEPT:` drops it."""
    sizes = shape(model, variable)
    points = product(*(range(axis.size) for axis in equation.axes))
    flat = [_flat(sizes, equation.target, dict(zip(equation.axes, point, strict=True))) for point in points]
    positions = np.array(flat, dtype=int)
    return positions if equation.mask is None else np.where(equation.mask, positions, -1)


def _flat(sizes: tuple[int, ...], target: tuple[Index, ...], point: dict[Axis, int]) -> int:
    flat = 0
    for size, index in zip(sizes, target, strict=True):
        match index:
            case At(position):
                flat = flat * size + position
            case Along(axis, positions):
                flat = flat * size + (point[axis] if positions is None else positions[point[axis]])
    return flat


def covers_all(model: Model, variable: Variable) -> bool:
    """One equation gives the whole variable, its axes being the variable's dimensions in order."""
    if len(variable.equations) != 1 or variable.equations[0].mask is not None:
        return False
    equation = variable.equations[0]
    return equation.target == tuple(Along(axis) for axis in equation.axes)
