"""`Model` → `Model` with arithmetic on literals done, so that `1/12` is a constant that a scenario may change."""

import operator
from collections.abc import Callable
from dataclasses import replace

from sdrun.model import Binary, Expr, Model, Number, Unary, rewrite

ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}


def fold(model: Model) -> Model:
    """Replace operations on literals by their result."""
    variables = {
        id: replace(
            variable,
            equations=tuple(
                replace(equation, expression=rewrite(equation.expression, _rule)) for equation in variable.equations
            ),
        )
        for id, variable in model.variables.items()
    }
    return replace(model, variables=variables)


def _rule(expr: Expr) -> Expr:
    match expr:
        case Unary("-", Number(value)):
            return Number(-value)
        case Binary(op, Number(left), Number(right)) if op in ARITHMETIC:
            return _number(op, left, right) or expr
    return expr


def _number(op: str, left: float, right: float) -> Number | None:
    try:
        value = ARITHMETIC[op](left, right)
    except (ZeroDivisionError, OverflowError):
        return None
    return Number(value) if isinstance(value, float) else None
