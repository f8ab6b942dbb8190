"""`Model` → `Model` in which every name is a `Read`: each dimension is a position or an axis of the equation.

After it no subscript is left, so that the emitters work on axes alone.  The axes of an equation are the ranges of its left
side, in order; those of a reduction follow, in the order in which `!` first marks them.
"""

from dataclasses import dataclass, replace
from itertools import product

from sdrun.compile.dimensions import check_size, elements
from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.errors import Problem, nearest
from sdrun.functions import REDUCTIONS, TIMED
from sdrun.model import (
    Along,
    Array,
    At,
    Axis,
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Lookup,
    Model,
    Name,
    Number,
    Position,
    Read,
    Reduce,
    Subscript,
    Table,
    Unary,
    Variable,
    children,
)


def resolve(model: Model) -> Model:
    """Resolve all subscripts.

    Raises ModelError where a subscript on the right cannot be matched with the left, or an array literal does not fit.
    """
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for id, variable in model.variables.items():
        try:
            equations = tuple(_equation(model, variable, equation) for equation in variable.equations)
            variables[id] = replace(variable, equations=equations)
        except Refusal as refusal:
            problems.append(problem(model, variable, f"'{variable.label}': {refusal.what}", refusal.help))
    raise_all(problems)
    return replace(model, variables=variables)


@dataclass(frozen=True, slots=True)
class Scope:
    """The axes that subscripts can mean at one place in an equation."""

    model: Model
    left: tuple[Axis, ...]
    reduced: tuple[Axis, ...] = ()
    depth: int = 0
    """Axes opened so far."""


def _equation(model: Model, variable: Variable, equation: Equation) -> Equation:
    ranges = [id for id in equation.subscripts if id in model.ranges]
    if len(set(ranges)) < len(ranges):
        raise Refusal("the same range stands twice on the left side", "use an alias: other <-> state")
    axes = tuple(Axis(id, len(model.ranges[id].elements), depth) for depth, id in enumerate(ranges))
    by_range = {axis.range: axis for axis in axes}
    target = tuple(
        _left_index(model, id, dim, by_range.get(id)) for id, dim in zip(equation.subscripts, variable.dims, strict=True)
    )
    expression = _resolve(equation.expression, Scope(model, axes, depth=len(axes)))
    mask = _mask(model, equation) if equation.excepts else None
    return replace(equation, expression=expression, axes=axes, target=target, mask=mask)


def _left_index(model: Model, id: str, dim: str, axis: Axis | None) -> Index:
    positions = _positions(model, elements(model, id), dim)
    return At(positions[0]) if axis is None else _along(axis, positions, dim, model)


def _along(axis: Axis, positions: tuple[int, ...], dim: str, model: Model) -> Along:
    whole = positions == tuple(range(len(model.ranges[dim].elements)))
    return Along(axis, None if whole else positions)


def _positions(model: Model, wanted: tuple[str, ...], dim: str) -> tuple[int, ...]:
    order = {element: position for position, element in enumerate(model.ranges[dim].elements)}
    if missing := [element for element in wanted if element not in order]:
        raise Refusal(f"'{missing[0]}' is not an element of '{dim}'", nearest(missing[0], order))
    return tuple(order[element] for element in wanted)


def _mask(model: Model, equation: Equation) -> tuple[bool, ...]:
    """Which elements of the axes' product are left by `:EXCEPT:`, row by row."""
    excepted = [[set(elements(model, id)) for id in ids] for ids in equation.excepts]
    return tuple(
        not any(all(element in out for element, out in zip(point, outs, strict=True)) for outs in excepted)
        for point in product(*(elements(model, id) for id in equation.subscripts))
    )


def _resolve(expr: Expr, scope: Scope) -> Expr:
    match expr:
        case Name(id, subscripts):
            return _name(id, subscripts, scope)
        case Unary(op, operand):
            return Unary(op, _resolve(operand, scope))
        case Binary(op, left, right):
            return Binary(op, _resolve(left, scope), _resolve(right, scope))
        case Lookup(table, argument, _):
            resolved = table if isinstance(table, Table) else _resolve(table, scope)
            assert isinstance(resolved, Table | Read)
            return Lookup(resolved, _resolve(argument, scope))
        case Call():
            return _call(expr, scope)
        case Array(values):
            _check_size(values, scope)
    return expr


def _check_size(values: tuple[float, ...], scope: Scope) -> None:
    wanted = 1
    for axis in scope.left:
        wanted *= axis.size
    if len(values) != wanted:
        shape = " x ".join(f"{axis.range} ({axis.size})" for axis in scope.left) or "a scalar"
        raise Refusal(f"{len(values)} numbers are given for {shape}", "give it in [parameters] of the scenario")


def _call(call: Call, scope: Scope) -> Expr:
    if call.function in REDUCTIONS:
        return _reduce(call, scope)
    if call.function == "elmcount":
        return _element_count(call.args[0], scope)
    args = tuple(_resolve(arg, scope) for arg in call.args)
    if call.function == "get_time_value":
        return _time_value(args, scope)
    if call.function not in TIMED:
        return Call(call.function, args)
    if "time_step" not in scope.model.variables:
        raise Refusal(f"{call.function.upper()} needs the model to have a TIME STEP")
    return Call(call.function, (Name("time"), Read("time_step", ()), *args))


def _time_value(args: tuple[Expr, ...], scope: Scope) -> Expr:
    """The time as the model counts it; calendars need a date that no model file states.

    https://www.vensim.com/documentation/fn_get_time_value.html
    """
    match args:
        case Number(relative), offset, Number(0.0) if relative in (0, 1) and "initial_time" in scope.model.variables:
            return Binary("+", Name("time") if relative == 0 else Read("initial_time", ()), offset)
        case Number(0.0 | 1.0), _, _:
            raise Refusal("GET TIME VALUE gives the time as the model counts it (a third argument of 0), not yet dates")
    raise Refusal("GET TIME VALUE relative to the computer's clock would make every run another")


def _element_count(arg: Expr, scope: Scope) -> Number:
    if not isinstance(arg, Name) or arg.id not in scope.model.ranges:
        raise Refusal("ELMCOUNT takes a subscript range")
    return Number(float(len(scope.model.ranges[arg.id].elements)))


def _reduce(call: Call, scope: Scope) -> Reduce:
    ids = dict.fromkeys(subscript.id for subscript in _marked(call.args[0]))
    if not ids:
        raise Refusal(f"{call.function.upper()} needs a subscript marked with '!'")
    for id in ids:
        elements(scope.model, id)
        if id not in scope.model.ranges:
            raise Refusal(f"{call.function.upper()} runs over a subscript range; '{id}' is one element")
    axes = tuple(Axis(id, len(scope.model.ranges[id].elements), depth) for depth, id in enumerate(ids, start=scope.depth))
    inner = Scope(scope.model, scope.left, scope.reduced + axes, scope.depth + len(axes))
    check_size([axis.size for axis in (*inner.left, *inner.reduced)])
    return Reduce(call.function, axes, _resolve(call.args[0], inner))


def _marked(expr: Expr) -> list[Subscript]:
    """Subscripts marked with `!` that belong to this reduction, not to one inside it."""
    match expr:
        case Name(_, subscripts):
            return [subscript for subscript in subscripts if subscript.bang]
        case Call(function, _) if function in REDUCTIONS:
            return []
    return [subscript for child in children(expr) for subscript in _marked(child)]


def _name(id: str, subscripts: tuple[Subscript, ...], scope: Scope) -> Expr:
    model = scope.model
    if id in model.variables:
        return _read(model.variables[id], subscripts, scope)
    if subscripts:
        raise Refusal(f"'{id}' is no variable: it takes no subscripts")
    if id in model.ranges:
        return Position(_axis(Subscript(id), scope), _numbers(model, model.ranges[id].elements))
    return Name(id) if id == "time" else Number(_numbers(model, (id,))[0])


def _numbers(model: Model, wanted: tuple[str, ...]) -> tuple[float, ...]:
    """Elements used as numbers: their places, from 1, in the largest range that holds them all.

    So an element has one number, whichever sub-range names it: https://www.vensim.com/documentation/22095.html
    """
    holders = [range_ for range_ in model.ranges.values() if range_.alias_of is None and {*wanted} <= {*range_.elements}]
    family = max(holders, key=lambda range_: len(range_.elements)).elements
    return tuple(family.index(element) + 1.0 for element in wanted)


def _read(variable: Variable, subscripts: tuple[Subscript, ...], scope: Scope) -> Read:
    if len(subscripts) != len(variable.dims):
        wanted = ", ".join(variable.dims) or "none"
        raise Refusal(f"'{variable.label}' is used with {len(subscripts)} subscripts; it has {len(variable.dims)} ({wanted})")
    indices = tuple(_index(subscript, dim, scope) for subscript, dim in zip(subscripts, variable.dims, strict=True))
    return Read(variable.id, indices)


def _index(subscript: Subscript, dim: str, scope: Scope) -> Index:
    model = scope.model
    if subscript.id not in model.ranges:
        return At(_positions(model, elements(model, subscript.id), dim)[0])
    axis = _axis(subscript, scope)
    return _along(axis, _mapped_positions(model, subscript.id, dim), dim, model)


def _axis(subscript: Subscript, scope: Scope) -> Axis:
    """The axis that a range on the right stands for: a reduced one, one of the left side, or one mapped to it."""
    if subscript.bang:
        for axis in reversed(scope.reduced):
            if axis.range == subscript.id:
                return axis
        raise Refusal(f"'{subscript.id}!' stands outside {', '.join(map(str.upper, REDUCTIONS))}")
    for axis in scope.left:
        if axis.range == subscript.id:
            return axis
    size = len(scope.model.ranges[subscript.id].elements)
    for axis in scope.left:
        if axis.size == size and _map(scope.model, axis.range, subscript.id):
            return axis
    lefts = ", ".join(axis.range for axis in scope.left) or "no subscript"
    raise Refusal(f"subscript '{subscript.id}' on the right does not match the left side ({lefts})")


def _mapped_positions(model: Model, id: str, dim: str) -> tuple[int, ...]:
    """Where the elements of range `id` lie in `dim`: by name, or one by one where the ranges are mapped."""
    wanted = model.ranges[id].elements
    if not set(wanted) <= set(model.ranges[dim].elements) and _map(model, id, dim):
        return tuple(range(len(wanted)))
    return _positions(model, wanted, dim)


def _map(model: Model, one: str, other: str) -> bool:
    return other in model.ranges[one].maps_to or one in model.ranges[other].maps_to
