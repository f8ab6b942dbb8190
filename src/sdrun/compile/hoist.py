"""`Program` → `Program` in which whatever does not change during the run is computed once, before it."""

from dataclasses import replace

from sdrun.compile.axes import free_axes
from sdrun.compile.program import Program
from sdrun.model import (
    Along,
    Binary,
    Call,
    Equation,
    Expr,
    Joint,
    Lookup,
    Name,
    Read,
    Reduce,
    Unary,
    Variable,
    children,
)


def hoist(program: Program) -> Program:
    """Move the largest constant parts of changing equations into hidden constants, named after the variable they come from."""
    hidden: dict[Expr, Variable] = {}
    static = {*program.parameters, *program.held, *program.static, *program.lookups}
    running = dict(program.running)
    for id in (*program.dynamic, *program.stocks):
        running[id] = tuple(_equation(equation, id, static, hidden) for equation in program.running[id])
    added = {variable.id: variable for variable in hidden.values()}
    running |= {id: variable.equations for id, variable in added.items()}
    model = replace(program.model, variables={**program.model.variables, **added})
    return replace(program, model=model, running=running, static=(*program.static, *added))


def _equation(equation: Equation, id: str, static: set[str], hidden: dict[Expr, Variable]) -> Equation:
    def hoisted(expr: Expr) -> Expr:
        if not _is_work(expr):
            return expr
        if _is_static(expr, static):
            return _hide(expr, id, hidden)
        match expr:
            case Unary(op, operand):
                return Unary(op, hoisted(operand))
            case Binary(op, left, right):
                return Binary(op, hoisted(left), hoisted(right))
            case Call(function, args):
                return Call(function, tuple(hoisted(arg) for arg in args))
            case Lookup(table, argument, between):
                return Lookup(table, hoisted(argument), between)
            case Reduce(function, axes, body):
                return Reduce(function, axes, hoisted(body))
            case Joint(function, axes, args):
                return Joint(function, axes, tuple(hoisted(arg) for arg in args))
        return expr

    return replace(equation, expression=hoisted(equation.expression))


def _is_work(expr: Expr) -> bool:
    return isinstance(expr, Unary | Binary | Call | Lookup | Reduce | Joint)


def _is_static(expr: Expr, static: set[str]) -> bool:
    match expr:
        case Name():
            return False
        case Read(id, _):
            return id in static
    return all(_is_static(child, static) for child in children(expr))


def _hide(expr: Expr, id: str, hidden: dict[Expr, Variable]) -> Expr:
    axes = free_axes(expr)
    if expr not in hidden:
        indices = tuple(Along(axis) for axis in axes)
        equation = Equation(expression=expr, axes=axes, target=indices, subscripts=tuple(axis.range for axis in axes))
        name = f"_{id}:{len(hidden) + 1}"  # no id of another hidden variable has a colon
        dims = tuple(axis.range for axis in axes)
        hidden[expr] = Variable(id=name, label=f"constant part of {id}", equations=(equation,), dims=dims)
    return Read(hidden[expr].id, tuple(Along(axis) for axis in axes))
