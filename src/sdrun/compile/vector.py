"""A vector: the elements of a variable along its last subscript, of which one is at hand and all are compared with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import nan

from sdrun.compile.dimensions import elements
from sdrun.compile.problems import Refusal
from sdrun.compile.scope import Scope, place_in, positions_in
from sdrun.model import Axis, Binary, Call, Expr, Name, Number, Position, Reduce, Subscript

Resolve = Callable[[Expr, Scope], Expr]
ZERO, ONE = Number(0.0), Number(1.0)


@dataclass(frozen=True, slots=True)
class Vector:
    """A vector along an axis of its own, and the element at hand."""

    place: Expr
    """The number, from 1, of the element at hand."""
    own: Expr
    over: Axis
    others: Expr
    """The elements along `over`."""
    inside: Scope
    """Where `others` is read."""

    @property
    def number(self) -> Position:
        """The numbers of the others, from 1."""
        return Position(self.over, tuple(float(number) for number in range(1, self.over.size + 1)))

    def summed(self, body: Expr) -> Expr:
        """A sum over the others."""
        return Reduce("sum", (self.over,), body)

    def picked(self, number: Expr) -> Expr:
        """The element with a number from 1; NaN where there is none."""
        found = self.summed(if_(Binary("=", self.number, number), self.others, ZERO))
        inside = Binary("and", Binary(">=", number, ONE), Binary("<=", number, Number(float(self.over.size))))
        return if_(inside, found, Number(nan))


def if_(condition: Expr, yes: Expr, no: Expr) -> Expr:
    """IF THEN ELSE."""
    return Call("if_then_else", (condition, yes, no))


def numbered(number: Expr, choices: Sequence[Callable[[], Expr]], none: str) -> Expr:
    """What a number chooses, which may change during a run; NaN where it chooses nothing, a Refusal where that is certain."""
    if isinstance(number, Number):
        if number.value not in range(len(choices)):
            raise Refusal(f"{none} {number.value:g}; the last is {len(choices) - 1}")
        return choices[int(number.value)]()
    found: Expr = Number(nan)
    for value, choice in enumerate(choices):
        found = if_(Binary("=", number, Number(float(value))), choice(), found)
    return found


def along_range(expr: Expr, scope: Scope, resolve: Resolve, function: str) -> Vector:
    """The vector that a variable with a subscript range last is an element of."""
    if not isinstance(expr, Name) or not expr.subscripts or expr.subscripts[-1].id not in scope.model.ranges:
        raise Refusal(f"{function} takes a variable with a subscript range", "give the expression a variable of its own")
    last = expr.subscripts[-1]
    inside, (over,) = scope.opened((last.id,))
    return Vector(place_in(last, last.id, scope), resolve(expr, scope), over, resolve(banged(expr, last.id), inside), inside)


def along_dimension(expr: Expr, scope: Scope, resolve: Resolve, function: str) -> Vector:
    """The vector of all elements of a variable's last dimension, of which one is named."""
    variable = scope.model.variables.get(expr.id) if isinstance(expr, Name) else None
    if not isinstance(expr, Name) or variable is None or len(expr.subscripts) != len(variable.dims) or not variable.dims:
        raise Refusal(f"{function} takes an element of a subscripted variable")
    last, dim = expr.subscripts[-1], variable.dims[-1]
    inside, (over,) = scope.opened((dim,))
    others = resolve(banged(expr, dim), inside)
    if last.id in scope.model.ranges:
        place: Expr = place_in(last, dim, scope)
    else:
        place = Number(positions_in(scope.model, elements(scope.model, last.id), dim)[0] + 1.0)
    return Vector(place, resolve(expr, scope), over, others, inside)


def banged(expr: Name, range_: str) -> Name:
    """The variable with its last subscript marked, as inside a sum over a range."""
    return replace(expr, subscripts=(*expr.subscripts[:-1], Subscript(range_, bang=True)))
