"""`Model` → `Model` in which every table that is read in a way of its own is a lookup variable, read as all are.

Data become tables of the time: a data variable that has values by element, a function of TABULAR, and a data variable that is
computed from others (`:=`).
"""

from dataclasses import replace
from math import nan

from sdrun.compile.data_equations import computed
from sdrun.compile.dimensions import excepts_of, ranges_of
from sdrun.compile.points import Place, changed, hide, is_computed, is_data, points_of
from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.compile.windows import Window, over
from sdrun.errors import Problem
from sdrun.functions import DATA, TABULAR, WINDOWED
from sdrun.functions.tables import Change
from sdrun.model import (
    Call,
    Equation,
    Expr,
    Lookup,
    Model,
    Name,
    Subscript,
    Table,
    Variable,
    rewrite,
    rows,
)


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

    expression = place.equation.expression
    if isinstance(expression, Call) and expression.function in DATA:
        expression = computed(place, expression.args[0], DATA[expression.function])
    return replace(place.equation, expression=rewrite(expression, rule))


def _own_table(place: Place, table: Table) -> Name:
    """The equation's table as a lookup variable over the ranges of the equation's left side."""
    subscripts = ranges_of(place.model, place.equation)
    equation = Equation(subscripts=subscripts, excepts=excepts_of(place.model, place.equation), expression=table)
    return hide(place, place.variable, (equation,), tuple(map(Subscript, subscripts)))


def _function(place: Place, function: str, table: Name, args: tuple[Expr, ...]) -> Expr:
    of, tables = _named(place, function, table)

    def read(change: Change, at: Expr) -> Expr:
        try:
            equations = tuple(map(changed, of.equations, map(change, tables)))
        except ValueError as error:
            raise Refusal(f"{error}; '{of.label}' does not") from None
        return Lookup(hide(place, of, equations, table.subscripts), at)

    return TABULAR[function].expand(read, args)


def _named(place: Place, function: str, table: Name) -> tuple[Variable, list[Table]]:
    """The variable that a function of tables names, and its points; a constant among data has none."""
    of = place.model.variables.get(table.id)
    tables = points_of(of, constant=nan) if of is not None and _kind(function) == _kind_of(of) else None
    if of is not None and tables is not None:
        return of, tables
    reason = f"'{of.label if of is not None else table.id}' is none"
    if of is not None and is_computed(of) and _kind(function) == "data variable":
        reason = f"'{of.label}' is computed from others: name those"
    raise Refusal(f"{_spelled(function)} takes a {_kind(function)}, and {reason}")


def _kind_of(variable: Variable) -> str:
    if all(isinstance(equation.expression, Table) for equation in variable.equations):
        return "lookup"
    return "data variable" if is_data(variable) else ""


def _kind(function: str) -> str:
    return "data variable" if function in WINDOWED or TABULAR[function].of == "data" else "lookup"


def _spelled(function: str) -> str:
    return function.upper().replace("_", " ")
