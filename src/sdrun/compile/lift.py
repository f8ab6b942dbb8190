"""`Program` → `Program` in which no part of an equation is computed more often than it has axes.

`a[s, o] = b[o] / SUM(c[s!])` as loops would sum for every pair.  NumPy's text needs no such pass: it computes a part along the
part's own axes and broadcasts it.
"""

from dataclasses import replace

from sdrun.compile.axes import free_axes
from sdrun.compile.program import Program
from sdrun.model import (
    Along,
    Axis,
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Lookup,
    Position,
    Read,
    Reduce,
    Unary,
    Variable,
    rewrite,
    walk,
)

Axes = tuple[Axis, ...]


def lift(program: Program) -> Program:
    """Move costly parts with fewer axes than the place they stand at into hidden variables, equal parts into one."""
    hidden: dict[Expr, Variable] = {}
    running, dynamic, stocks = dict(program.running), list[str](), {*program.stocks}
    for id in (*program.dynamic, *program.stocks):
        known = len(hidden)
        running[id] = tuple(_equation(equation, id, hidden) for equation in program.running[id])
        dynamic += [variable.id for variable in list(hidden.values())[known:]]
        if id not in stocks:
            dynamic.append(id)
    added = {variable.id: variable for variable in hidden.values()}
    running |= {id: variable.equations for id, variable in added.items()}
    model = replace(program.model, variables={**program.model.variables, **added})
    return replace(program, model=model, running=running, dynamic=tuple(dynamic))


def _equation(equation: Equation, id: str, hidden: dict[Expr, Variable]) -> Equation:
    return replace(equation, expression=_lifted(equation.expression, equation.axes, id, hidden))


def _lifted(expr: Expr, axes: Axes, id: str, hidden: dict[Expr, Variable]) -> Expr:
    """`expr`, which stands inside loops over `axes`."""
    own = free_axes(expr)
    if len(own) < len(axes) and _is_costly(expr):
        return _hide(_lifted(expr, own, id, hidden), own, id, hidden)
    match expr:
        case Unary(op, operand):
            return Unary(op, _lifted(operand, axes, id, hidden))
        case Binary(op, left, right):
            return Binary(op, _lifted(left, axes, id, hidden), _lifted(right, axes, id, hidden))
        case Call(function, args):
            return Call(function, tuple(_lifted(arg, axes, id, hidden) for arg in args))
        case Lookup(table, argument, between):
            return Lookup(table, _lifted(argument, axes, id, hidden), between)
        case Reduce(function, over, body):
            return Reduce(function, over, _lifted(body, (*axes, *over), id, hidden))
    return expr


def _is_costly(expr: Expr) -> bool:
    """Holds more than additions and multiplications; those cost less than the memory that would save them."""
    return any(
        isinstance(node, Call | Lookup | Reduce) or (isinstance(node, Binary) and node.op in "/^") for node in walk(expr)
    )


def _hide(expr: Expr, axes: Axes, id: str, hidden: dict[Expr, Variable]) -> Expr:
    plain, own = _renumbered(expr, axes)
    if plain not in hidden:
        target = tuple(Along(axis) for axis in own)
        ranges = tuple(axis.range for axis in own)
        equation = Equation(expression=plain, axes=own, target=target, subscripts=ranges)
        name = f"_{id}:part {len(hidden) + 1}"  # no id of the model has a colon
        hidden[plain] = Variable(id=name, label=f"part of {id}", equations=(equation,), dims=ranges)
    return Read(hidden[plain].id, tuple(Along(axis) for axis in axes))


def _renumbered(expr: Expr, axes: Axes) -> tuple[Expr, Axes]:
    """The expression as it would stand in an equation over `axes` alone, so that equal parts of two equations are equal."""
    inner = [axis for node in walk(expr) if isinstance(node, Reduce) for axis in node.axes]
    every = sorted({*axes, *inner}, key=lambda axis: axis.depth)
    new = {axis: replace(axis, depth=depth) for depth, axis in enumerate([*axes, *(a for a in every if a not in axes)])}

    def index(old: Index) -> Index:
        return replace(old, axis=new[old.axis]) if isinstance(old, Along) else old

    def rule(node: Expr) -> Expr:
        match node:
            case Read(id, indices):
                return Read(id, tuple(map(index, indices)))
            case Reduce(function, over, body):
                return Reduce(function, tuple(new[axis] for axis in over), body)
            case Position(axis, numbers):
                return Position(new[axis], numbers)
        return node

    return rewrite(expr, rule), tuple(new[axis] for axis in axes)
