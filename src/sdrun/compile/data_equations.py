"""Data computed from other data: `:=`."""

from sdrun.compile.points import TIME, Place, changed, hide, is_computed, is_data, points_of
from sdrun.compile.problems import Refusal
from sdrun.functions import DATA, TABULAR, WINDOWED
from sdrun.functions.tables import going_on
from sdrun.model import Between, Binary, Call, Equation, Expr, Lookup, Name, Subscript, Unary, Variable, children


def computed(place: Place, expression: Expr, between: Between) -> Expr:
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
        case Call(function, args) if function not in TABULAR and function not in WINDOWED:
            return Call(function, tuple(_as_data(place, arg, between) for arg in args))
    return expr


def _data(place: Place, variable: Variable, subscripts: tuple[Subscript, ...], between: Between, at: Expr) -> Expr:
    if is_data(variable) and (tables := points_of(variable)) is not None:
        equations = tuple(map(changed, variable.equations, map(going_on(between), tables)))
        return Lookup(hide(place, variable, equations, subscripts), at)
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
        case Call(function, (Name(), *args)) if function in TABULAR or function in WINDOWED:
            return 2 * max((_degree(place, arg) for arg in args), default=0)
    return 2 * max((_degree(place, child) for child in children(expr)), default=0)
