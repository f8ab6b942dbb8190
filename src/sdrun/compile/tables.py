"""`Model` → `Model` in which every table that is read in a way of its own is a lookup variable, read as all are.

Data become tables of the time: a data variable that has values by element, a function of TABULAR, and a data variable that is
computed from others (`:=`).
"""

from dataclasses import dataclass, replace
from math import nan

from sdrun.compile.dimensions import excepts_of, ranges_of
from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.compile.windows import Window, over
from sdrun.errors import Problem
from sdrun.functions import DATA, TABULAR, WINDOWED
from sdrun.functions.tables import Change, going_on
from sdrun.model import (
    Array,
    Between,
    Binary,
    Call,
    Equation,
    Expr,
    Lookup,
    Model,
    Name,
    Number,
    Range,
    Subscript,
    Table,
    Unary,
    Variable,
    children,
    rewrite,
    rows,
)

TIME = Name("time")


@dataclass(frozen=True, slots=True)
class Place:
    """The equation that a table is read in, and what has been hidden so far."""

    model: Model
    variable: Variable
    equation: Equation
    hidden: dict[tuple[Equation, ...], Variable]
    """Lookup variables by their equations; grows while one model is compiled."""
    ranges: dict[str, Range]
    """The model's, and those of the points of data that windows of time are put to; grows too."""
    points: dict[str, Variable]
    """Times and values of such points; grows too."""


def tabulate(model: Model) -> Model:
    """Give every such table a hidden lookup variable, equal ones the same.

    Raises ModelError where a function of lookups or data names something else, or has no value.
    """
    hidden: dict[tuple[Equation, ...], Variable] = {}
    ranges, points = dict(model.ranges), dict[str, Variable]()
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for id, variable in model.variables.items():
        try:
            places = [Place(model, variable, equation, hidden, ranges, points) for equation in variable.equations]
            variables[id] = replace(variable, equations=tuple(map(_equation, places)))
        except Refusal as refusal:
            problems.append(problem(model, variable, f"'{variable.label}': {refusal.what}", refusal.help))
    raise_all(problems)
    added = {variable.id: variable for variable in hidden.values()}
    return replace(model, variables=variables | added | points, ranges=ranges)


def _equation(place: Place) -> Equation:
    def rule(expr: Expr) -> Expr:
        match expr:
            case Lookup(Table() as table, argument) if rows(table) > 1:
                return Lookup(_own_table(place, table), argument)
            case Call(function, (Name() as table, *args)) if function in TABULAR:
                return _function(place, function, table, tuple(args))
            case Call(function, (Name() as table, start, end)) if function in WINDOWED:
                of, tables = _named(place, function, table)
                window = Window(start, end, place.ranges, place.points)
                return WINDOWED[function](over(window, of, tables, table.subscripts))
            case Call(function, _) if function in TABULAR or function in WINDOWED:
                raise Refusal(f"{_spelled(function)} takes the name of a {_kind(function)}")
        return expr

    match place.equation.expression:
        case Call(keyword, (expression,)) if keyword in DATA:
            expression = _computed(place, expression, DATA[keyword])
        case expression:
            pass
    return replace(place.equation, expression=rewrite(expression, rule))


def _own_table(place: Place, table: Table) -> Name:
    """The equation's table as a lookup variable over the ranges of the equation's left side."""
    subscripts = ranges_of(place.model, place.equation)
    equation = Equation(subscripts=subscripts, excepts=excepts_of(place.model, place.equation), expression=table)
    return _hide(place, place.variable, (equation,), tuple(map(Subscript, subscripts)))


def _hide(place: Place, origin: Variable, equations: tuple[Equation, ...], subscripts: tuple[Subscript, ...]) -> Name:
    if equations not in place.hidden:
        id = f"_{origin.id}:table {len(place.hidden) + 1}"  # no id of the model has a colon
        place.hidden[equations] = Variable(
            id=id, label=f"points of {origin.label}", equations=equations, units=origin.units, line=origin.line
        )
    return Name(place.hidden[equations].id, subscripts)


# ── functions of tables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _function(place: Place, function: str, table: Name, args: tuple[Expr, ...]) -> Expr:
    of, tables = _named(place, function, table)

    def read(change: Change, at: Expr) -> Expr:
        try:
            changed = tuple(map(_changed, of.equations, map(change, tables)))
        except ValueError as error:
            raise Refusal(f"{error}; '{of.label}' does not") from None
        return Lookup(_hide(place, of, changed, table.subscripts), at)

    return TABULAR[function].expand(read, args)


def _named(place: Place, function: str, table: Name) -> tuple[Variable, list[Table]]:
    """The variable that a function of tables names, and its points; a constant among data has none."""
    of = place.model.variables.get(table.id)
    tables = _tables(of, constant=nan) if of is not None and _kind(function) == _kind_of(of) else None
    if of is not None and tables is not None:
        return of, tables
    reason = f"'{of.label if of is not None else table.id}' is none"
    if of is not None and is_computed(of) and _kind(function) == "data variable":
        reason = f"'{of.label}' is computed from others: name those"
    raise Refusal(f"{_spelled(function)} takes a {_kind(function)}, and {reason}")


def _changed(equation: Equation, table: Table) -> Equation:
    return replace(equation, expression=table)


def _tables(variable: Variable, constant: float = 1.0) -> list[Table] | None:
    """The points of a lookup or data variable, equation by equation; a constant has one, its value times `constant`."""
    found: list[Table] = []
    for equation in variable.equations:
        match equation.expression:
            case (Table() as table) | Lookup(Table() as table, Name("time")):
                found.append(table)
            case Number(value):
                found.append(Table((0.0,), (value * constant,)))
            case Array(values):
                found.append(Table((0.0,), tuple(value * constant for value in values)))
            case _:
                return None
    return found


def is_data(variable: Variable) -> bool:
    """Whether any of its equations is a table of the time, read from a file."""
    return any(
        isinstance(eq.expression, Lookup) and eq.expression.argument == TIME and eq.external for eq in variable.equations
    )


def is_computed(variable: Variable) -> bool:
    """Whether it is data computed from others."""
    return any(isinstance(eq.expression, Call) and eq.expression.function in DATA for eq in variable.equations)


def _kind_of(variable: Variable) -> str:
    if all(isinstance(equation.expression, Table) for equation in variable.equations):
        return "lookup"
    return "data variable" if is_data(variable) else ""


def _kind(function: str) -> str:
    return "data variable" if function in WINDOWED or TABULAR[function].of == "data" else "lookup"


def _spelled(function: str) -> str:
    return function.upper().replace("_", " ")


# ── data computed from others ────────────────────────────────────────────────────────────────────────────────────────────────


def _computed(place: Place, expression: Expr, between: Between) -> Expr:
    """A data equation: Vensim computes it at the times of its data, and goes on from there as its keyword says.

    So its data are read by that keyword, not by their own; where it interpolates, the expression must be linear in them.
    https://www.vensim.com/documentation/dataequations.html
    """
    if between == Between.LINEAR and _degree(place, expression) > 1:
        what = "a data equation interpolates between its values at the times of its data: it must be linear in them"
        raise Refusal(what, "write it with '=', to compute it at every time")
    return _as_data(place, expression, between)


def _as_data(place: Place, expr: Expr, between: Between) -> Expr:
    """`expr` with every data variable in it read by `between`."""
    match expr:
        case Name(id, subscripts) if id in place.model.variables:
            return _data(place, place.model.variables[id], subscripts, between, TIME)
        case Call("time_shift", (Name(id, subscripts), shift)) if id in place.model.variables:
            return _data(place, place.model.variables[id], subscripts, between, Binary("+", TIME, shift))
        case Unary(op, operand):
            return Unary(op, _as_data(place, operand, between))
        case Binary(op, left, right):
            return Binary(op, _as_data(place, left, between), _as_data(place, right, between))
        case Call(function, args) if function not in TABULAR:
            return Call(function, tuple(_as_data(place, arg, between) for arg in args))
    return expr


def _data(place: Place, variable: Variable, subscripts: tuple[Subscript, ...], between: Between, at: Expr) -> Expr:
    if is_data(variable) and (tables := _tables(variable)) is not None:
        changed = tuple(map(_changed, variable.equations, map(going_on(between), tables)))
        return Lookup(_hide(place, variable, changed, subscripts), at)
    if is_computed(variable) and any(_keyword(equation) not in (None, between) for equation in variable.equations):
        what = f"'{variable.label}' is computed from other data by another keyword"
        raise Refusal(what, "compute it from those data themselves")
    if at != TIME:
        raise Refusal(f"TIME SHIFT takes a data variable, and '{variable.label}' is none, or computed from others")
    return Name(variable.id, subscripts)


def _keyword(equation: Equation) -> Between | None:
    return DATA.get(equation.expression.function) if isinstance(equation.expression, Call) else None


def _degree(place: Place, expr: Expr) -> int:
    """Of a polynomial in the data; 2 also for what is none."""
    match expr:
        case Name(id, _):
            variable = place.model.variables.get(id)
            return int(variable is not None and (is_data(variable) or is_computed(variable)))
        case Unary("-", operand):
            return _degree(place, operand)
        case Binary("+" | "-", left, right):
            return max(_degree(place, left), _degree(place, right))
        case Binary("*", left, right):
            return _degree(place, left) + _degree(place, right)
        case Binary("/", left, right) if _degree(place, right) == 0:
            return _degree(place, left)
        case Call("sum", (body,)):
            return _degree(place, body)
        case Call("time_shift", (Name(), shift)):
            return 1 + 2 * _degree(place, shift)
    return 2 * max((_degree(place, child) for child in children(expr)), default=0)
