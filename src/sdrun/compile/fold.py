"""`Model` → `Model` with arithmetic on literals done, so that `1/12` is a constant that a scenario may change."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.compile.text import expression_text
from sdrun.errors import Problem
from sdrun.model import Binary, Expr, Model, Number, Unary, Variable, rewrite

ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}


def fold(model: Model) -> Model:
    """Replace operations on literals by their result.

    Raises ModelError where that is no finite number: 1 / 0, (-8) ^ 0.5.
    """
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for id, variable in model.variables.items():
        try:
            equations = tuple(replace(eq, expression=rewrite(eq.expression, _rule)) for eq in variable.equations)
            variables[id] = replace(variable, equations=equations)
        except Refusal as refusal:
            problems.append(problem(model, variable, f"'{variable.label}': {refusal.what}"))
    raise_all(problems)
    return replace(model, variables=variables)


def calculated(op: str, left: float, right: float) -> float:
    """The result of an operation on two numbers, infinite or NaN where NumPy's is."""
    with np.errstate(all="ignore"):
        return float(ARITHMETIC[op](float(left), float(right)))


def _rule(expr: Expr) -> Expr:
    match expr:
        case Unary("-", Number(value)):
            return Number(-value)
        case Binary("=" | "<>" as op, value, Number(na)) if math.isnan(na):  # `x = :NA:`: only NaN is not itself
            return Binary("<>" if op == "=" else "=", value, value)
        case Binary(op, Number(left), Number(right)) if op in ARITHMETIC:
            result = calculated(op, left, right)
            if not math.isfinite(result):
                raise Refusal(f"{expression_text(expr, {})} is no finite number")
            return Number(result)
    return expr
