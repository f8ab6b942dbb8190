"""Numbers in equations that are parameters: without a name nobody can cite, vary or even find them.

The rule.  A constant's own equation, a table and an initial value that is a plain number may hold any number.  Anywhere else
these need no name: 0, 1, 2, 3 (an average of three) and a half; powers of ten (percent, thousands, guards as small as 1e-6);
whole numbers and halves as exponents, and the base of a power; pi; numbers of conversion (7, 12, 24, 30, 52, 60, 90, 360, 365,
365.25, 3600 and the like); the order of a delay, and the number by which a function is told what to give.  With either sign.
"""

from collections.abc import Iterator
from math import isclose, isfinite, log10, pi

from sdrun.errors import Problem
from sdrun.model import Array, Binary, Call, Expr, Lookup, Model, Number, Table, Unary, children
from sdrun.validate.subject import problem

CONVERSIONS = (4, 7, 12, 13, 24, 30, 48, 52, 60, 90, 91.25, 168, 180, 360, 365, 365.25, 366, 1440, 3600, 8760, 86400)
TOLD = {
    **{"delay_n": (3,), "smooth_n": (3,), "delay": (3,), "smooth": (3,)},
    **{"get_time_value": (0, 2), "time_base": (0, 1), "vector_lookup": (4,), "vector_select": (3, 4)},
}
"""Functions and the arguments that are an order, or say what they give."""
INITIAL = {
    "active_initial": 1,
    "integ": 1,
    "integ_non_negative": 1,
    "smooth": 2,
    "smooth_n": 2,
    "delay": 2,
    "delay_n": 2,
    "delay_fixed": 2,
    "delay_information": 2,
    "delay_material": 2,
    "sample_if_true": 2,
    "trend": 2,
    "initial": 0,
}
"""Functions and the argument that says where they start."""


def hidden_constants(model: Model) -> Iterator[Problem]:
    """A problem for each variable whose equations hold such numbers."""
    for variable in model.variables.values():
        found = dict.fromkeys(number for equation in variable.equations for number in _of_equation(equation.expression))
        if found:
            listed = ", ".join(f"{number:.10g}" for number in list(found)[:5]) + (", ..." if len(found) > 5 else "")
            many = "numbers that are constants" if len(found) > 1 else "a number that is a constant"
            what = f"'{variable.label}' holds {many} without a name: {listed}"
            yield problem(model, variable, what, "give it a variable with unit and description" if len(found) == 1 else None)


def _of_equation(expr: Expr) -> Iterator[float]:
    """Nothing of an equation that is a value itself."""
    if not isinstance(_unsigned(expr), Number | Array | Table):
        yield from _numbers(expr)


def _numbers(expr: Expr) -> Iterator[float]:
    match expr:
        case Number(value):
            if not _plain(value):
                yield value
        case Binary("^", base, exponent):
            for part in (base, exponent):
                bare = _unsigned(part)
                if not isinstance(bare, Number) or (part is exponent and 2 * bare.value % 1):
                    yield from _numbers(part)
        case Lookup(_, argument):
            yield from _numbers(argument)
        case Call(function, args):
            skipped = {INITIAL.get(function), *TOLD.get(function, ())}
            for number, arg in enumerate(args):
                if number not in skipped or not isinstance(_unsigned(arg), Number):
                    yield from _numbers(arg)
        case _:
            for child in children(expr):
                yield from _numbers(child)


def _unsigned(expr: Expr) -> Expr:
    return expr.operand if isinstance(expr, Unary) and expr.op == "-" else expr


def _plain(value: float) -> bool:
    """Whether a number needs no name."""
    size = abs(value)
    if not isfinite(size) or size in (0, 0.5, 1, 2, 3) or any(isclose(size, known, rel_tol=1e-9) for known in CONVERSIONS):
        return True
    return isclose(size, pi, rel_tol=1e-5) or isclose(size, 10.0 ** round(log10(size)), rel_tol=1e-9)
