"""Axes and positions of resolved expressions."""

import numpy as np

from sdrun.model import Along, Array, At, Axis, Equation, Expr, Joint, Model, Position, Read, Reduce, Variable, children


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
    flat = np.zeros(tuple(axis.size for axis in equation.axes), dtype=int)
    points = dict(zip(equation.axes, np.indices(flat.shape), strict=True))
    for size, index in zip(shape(model, variable), equation.target, strict=True):
        match index:
            case At(position):
                flat = flat * size + position
            case Along(axis, places):
                flat = flat * size + (points[axis] if places is None else np.array(places, dtype=int)[points[axis]])
    positions = flat.reshape(-1)
    return positions if equation.mask is None else np.where(equation.mask, positions, -1)


def covers_all(model: Model, variable: Variable) -> bool:
    """One equation gives the whole variable, its axes being the variable's dimensions in order."""
    if len(variable.equations) != 1 or variable.equations[0].mask is not None:
        return False
    equation = variable.equations[0]
    return equation.target == tuple(Along(axis) for axis in equation.axes)
