"""The points of a data variable in a window of time, as a reduction over a hidden range that counts them."""

from dataclasses import dataclass
from math import nan, prod

from sdrun.compile.problems import Refusal
from sdrun.functions.tables import Over
from sdrun.model import Array, Binary, Call, Equation, Expr, Name, Number, Range, Subscript, Table, Variable, row


@dataclass(frozen=True, slots=True)
class Window:
    """From one time to another, both counted in; and where ranges and variables of points are kept."""

    start: Expr
    end: Expr
    ranges: dict[str, Range]
    points: dict[str, Variable]


def over(window: Window, variable: Variable, tables: list[Table], subscripts: tuple[Subscript, ...]) -> Over:
    """Reduces the points of `variable`, whose equations are `tables`, that lie in the window."""
    if any(subscript.bang for subscript in subscripts):
        raise Refusal("the window of a data variable stands inside a sum", "give it a variable of its own")
    range_, times, values = _points(window, variable, tables)
    point = Subscript(range_, bang=True)
    at, value = Name(times, (point,)), Name(values, (*subscripts, point))

    def reduced(reduction: str, of_values: bool, outside: float) -> Expr:
        inside = Binary("and", Binary(">=", at, window.start), Binary("<=", at, window.end))
        counts = Binary("and", inside, Binary("=", value, value))  # NaN is not itself: one that lacks the point
        return Call(reduction, (Call("if_then_else", (counts, value if of_values else Number(1.0), Number(outside))),))

    return reduced


def _points(window: Window, variable: Variable, tables: list[Table]) -> tuple[str, str, str]:
    """Ids of a range with an element for each point, and of the times and values over it; no id of the model has a colon."""
    range_, times, values = (f"_{variable.id}:{what}" for what in ("points", "times", "values"))
    if range_ not in window.ranges:
        xs = tuple(sorted({x for table in tables for x in table.x}))
        elements = tuple(f"{range_} {number}" for number in range(len(xs)))
        window.ranges[range_] = Range(id=range_, label=range_, elements=elements, labels=elements)
        stated = [_over_points(*both, xs, window, range_) for both in zip(variable.equations, tables, strict=True)]
        window.points[times] = _hidden(times, variable, (Equation(subscripts=(range_,), expression=_fixed(xs)),))
        window.points[values] = _hidden(values, variable, tuple(stated))
    return range_, times, values


def _over_points(equation: Equation, table: Table, xs: tuple[float, ...], window: Window, range_: str) -> Equation:
    """The values of a table at each of `xs`, NaN where it has none, over the left side of its equation and the points."""
    size = prod(len(window.ranges[id].elements) for id in equation.subscripts if id in window.ranges)
    found = [dict(zip((one := row(table, number)).x, one.y, strict=True)) for number in range(size)]
    return Equation(
        subscripts=(*equation.subscripts, range_),
        excepts=tuple((*ids, range_) for ids in equation.excepts),
        expression=_fixed(tuple(values.get(x, nan) for values in found for x in xs)),
    )


def _fixed(numbers: tuple[float, ...]) -> Expr:
    """As an expression, so that they are no constants of the model, which a scenario may change."""
    return Binary("*", Number(1.0), Array(numbers))


def _hidden(id: str, variable: Variable, equations: tuple[Equation, ...]) -> Variable:
    return Variable(id=id, label=f"points of {variable.label}", equations=equations, line=variable.line)
