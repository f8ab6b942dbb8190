"""A read of a variable replaced by the equation of that variable."""

from collections.abc import Mapping

from sdrun.model import Along, Array, At, Axis, Equation, Expr, Index, Joint, Number, Position, Read, Reduce, rewrite, walk

Seats = Mapping[Axis, Index]
"""What stands in the reading equation where the equation read has an axis."""


def opened(read: Read, equations: tuple[Equation, ...]) -> Expr | None:
    """The expression behind `read`, in the axes of the equation that reads; None where it is not one expression for all.

    Sums are not opened: their axes could be taken for those of the equation that reads; nor is what needs all elements at once.
    """
    equation = equations[0]
    if len(equations) > 1 or equation.mask is not None or equation.target != tuple(Along(axis) for axis in equation.axes):
        return None
    if any(isinstance(node, Reduce | Joint | Array) for node in walk(equation.expression)):
        return None
    seats = dict(zip(equation.axes, read.indices, strict=True))
    return rewrite(equation.expression, lambda node: _seated(node, seats))


def _seated(node: Expr, seats: Seats) -> Expr:
    match node:
        case Read(id, indices):
            return Read(id, tuple(_index(index, seats) for index in indices))
        case Position(axis, numbers):
            match seats[axis]:
                case At(position):
                    return Number(numbers[position])
                case Along(outer, positions):
                    return Position(outer, tuple(numbers[k] for k in positions or range(outer.size)))
    return node


def _index(index: Index, seats: Seats) -> Index:
    if isinstance(index, At):
        return index
    seat, own = seats[index.axis], index.positions
    if isinstance(seat, At):
        return At(seat.position if own is None else own[seat.position])
    if own is None:
        return seat
    return Along(seat.axis, tuple(own[k] for k in seat.positions or range(seat.axis.size)))
