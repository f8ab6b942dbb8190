"""An evaluator that knows nothing of arrays, axes or order: the oracle for emitted code.

It evaluates one element of one variable at a time, by recursion, on the model as stated.
"""

import itertools
import math

import numpy as np

from sdrun.model import Array, Between, Binary, Call, Expr, Lookup, Model, Name, Number, Subscript, Table, Unary, row

OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "=": lambda a, b: float(a == b),
    "<": lambda a, b: float(a < b),
    ">": lambda a, b: float(a > b),
    "<=": lambda a, b: float(a <= b),
    ">=": lambda a, b: float(a >= b),
    "<>": lambda a, b: float(a != b),
    "and": lambda a, b: float(a != 0 and b != 0),
    "or": lambda a, b: float(a != 0 or b != 0),
}
FUNCTIONS = {"min": min, "max": max, "abs": abs, "exp": math.exp, "tanh": math.tanh}
REDUCTIONS = {"sum": sum, "prod": math.prod, "vmin": min, "vmax": max}


def read(table: Table, x: float) -> float:
    """A table at a number, by its points before and after."""
    points = list(zip(table.x, table.y, strict=True))
    before, after = [p for p in points if p[0] <= x] or points[:1], [p for p in points if p[0] >= x] or points[-1:]
    match table.between:
        case Between.STEPS:
            return before[-1][1]
        case Between.FORWARD:
            return after[0][1]
        case Between.EXTRAPOLATE:
            (x0, y0), (x1, y1) = (
                points[:2] if x < points[1][0] else points[-2:] if x > points[-2][0] else (before[-1], after[0])
            )
            return y0 if x0 == x1 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return float(np.interp(x, table.x, table.y))


class Walker:
    """Values of a model at one time, stocks given."""

    def __init__(
        self, model: Model, t: float, stocks: dict[str, dict[tuple[str, ...], float]], started: "Walker | None" = None
    ) -> None:
        """`started` walks the same model at its start; a walker without it stands there itself."""
        self.model, self.t, self.stocks, self.started = model, t, stocks, started or self

    def variable(self, id: str, at: tuple[str, ...], flow: bool = False) -> float:
        """One element of a variable, or of a stock's net flow."""
        if id in self.stocks and not flow:
            return self.stocks[id][at]
        for equation in self.model.variables[id].equations:
            choices = [self.model.ranges[s].elements if s in self.model.ranges else (s,) for s in equation.subscripts]
            excepted = any(all(e in self.elements(s) for e, s in zip(at, ex, strict=True)) for ex in equation.excepts)
            if all(e in c for e, c in zip(at, choices, strict=True)) and not excepted:
                here = dict(zip(equation.subscripts, at, strict=True))
                expr = equation.expression
                place = list(itertools.product(*choices)).index(at)
                if isinstance(expr, Array):
                    return expr.values[place]
                if isinstance(expr, Lookup) and isinstance(expr.table, Table):
                    expr = Lookup(row(expr.table, place), expr.argument)
                return self.value(expr.args[0] if flow else expr, here)
        raise LookupError(f"{id}{at}")

    def elements(self, subscript: str) -> tuple[str, ...]:
        return self.model.ranges[subscript].elements if subscript in self.model.ranges else (subscript,)

    def value(self, expr: Expr, here: dict[str, str]) -> float:
        """One expression, with the elements that ranges stand at."""
        match expr:
            case Number(value):
                return value
            case Name("time"):
                return self.t
            case Name(id, subscripts) if id in self.model.variables:
                return self.variable(id, tuple(here.get(s.id + "!" * s.bang, here.get(s.id, s.id)) for s in subscripts))
            case Name(id):
                family = max((r.elements for r in self.model.ranges.values() if here.get(id, id) in r.elements), key=len)
                return family.index(here.get(id, id)) + 1.0
            case Call("initial", (inner,)):
                return self.started.value(inner, here)
            case Call("active_initial", (active, initial)):
                return self.value(initial if self is self.started else active, here)
            case Unary("-", operand):
                return -self.value(operand, here)
            case Unary("not", operand):
                return float(self.value(operand, here) == 0)
            case Binary(op, a, b):
                return OPERATORS[op](self.value(a, here), self.value(b, here))
            case Call("if_then_else", (condition, a, b)):
                return self.value(a if self.value(condition, here) != 0 else b, here)
            case Call(function, (body,)) if function in REDUCTIONS:
                marked = sorted({s.id for s in self.marked(body)})
                points = itertools.product(*(self.model.ranges[id].elements for id in marked))
                inner = [here | {f"{id}!": e for id, e in zip(marked, point, strict=True)} for point in points]
                return REDUCTIONS[function]([self.value(body, scope) for scope in inner])
            case Call(function, args):
                return FUNCTIONS[function](*(self.value(arg, here) for arg in args))
            case Lookup(Name(id, subscripts), argument):
                at = tuple(here.get(s.id + "!" * s.bang, here.get(s.id, s.id)) for s in subscripts)
                equations = self.model.variables[id].equations
                table = next(
                    eq.expression
                    for eq in equations
                    if all(e in self.elements(s) for e, s in zip(at, eq.subscripts, strict=True))
                )
                return self.value(Lookup(table, argument), here)
            case Lookup(Table() as table, argument):
                return read(table, self.value(argument, here))
        raise AssertionError(expr)

    def marked(self, expr: Expr) -> list[Subscript]:
        """Subscripts with `!` that belong to this reduction."""
        match expr:
            case Name(_, subscripts):
                return [s for s in subscripts if s.bang]
            case Unary(_, a):
                return self.marked(a)
            case Binary(_, a, b):
                return self.marked(a) + self.marked(b)
            case Call(function, args) if function not in REDUCTIONS:
                return [s for arg in args for s in self.marked(arg)]
            case Lookup(table, argument):
                return self.marked(table) + self.marked(argument)
        return []
