"""`Model` → `Model` in which every name is a `Read`: each dimension is a position or an axis of the equation.

After it no subscript is left, so that the emitters work on axes alone.  The axes of an equation are the ranges of its left
side, in order; those of a reduction follow, in the order in which `!` first marks them.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from sdrun.compile.dates import time_value
from sdrun.compile.dimensions import check_size, elements
from sdrun.compile.noise import drawn
from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.compile.scope import Scope, along, index_of, meaning, positions_in
from sdrun.compile.vector_functions import VECTORS
from sdrun.errors import Problem
from sdrun.functions import RANDOM, REDUCTIONS, TIMED
from sdrun.model import (
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


def _equation(model: Model, variable: Variable, equation: Equation) -> Equation:
    ranges = [id for id in equation.subscripts if id in model.ranges]
    if len(set(ranges)) < len(ranges):
        raise Refusal("the same range stands twice on the left side", "use an alias: other <-> state")
    axes = tuple(Axis(id, len(model.ranges[id].elements), depth) for depth, id in enumerate(ranges))
    by_range = {axis.range: axis for axis in axes}
    target = tuple(
        _left_index(model, id, dim, by_range.get(id)) for id, dim in zip(equation.subscripts, variable.dims, strict=True)
    )
    scope = Scope(model, axes, depth=len(axes), spared=frozenset(_spared(model, equation)))
    expression = _resolve(equation.expression, scope)
    mask = _mask(model, equation) if equation.excepts else None
    return replace(equation, expression=expression, axes=axes, target=target, mask=mask)


def _left_index(model: Model, id: str, dim: str, axis: Axis | None) -> Index:
    positions = positions_in(model, elements(model, id), dim)
    return At(positions[0]) if axis is None else along(axis, positions, dim, model)


def _spared(model: Model, equation: Equation) -> Iterator[tuple[str, str]]:
    """(range, element) of what `:EXCEPT:` leaves out whatever the other subscripts are."""
    lefts = [set(elements(model, id)) for id in equation.subscripts]
    for ids in equation.excepts:
        outs = [set(elements(model, id)) for id in ids]
        for at, id in enumerate(equation.subscripts):
            if all(left <= out for k, (left, out) in enumerate(zip(lefts, outs, strict=True)) if k != at):
                yield from ((id, element) for element in outs[at])


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
    if call.function in RANDOM:
        return drawn(call, scope, _resolve)
    if call.function in VECTORS:
        return VECTORS[call.function](call, scope, _resolve)
    if call.function == "elmcount":
        return _element_count(call.args[0], scope)
    args = tuple(_resolve(arg, scope) for arg in call.args)
    if call.function == "get_time_value":
        return time_value(args, scope)
    if call.function == "time_base":  # https://www.vensim.com/documentation/fn_time_base.html
        return Binary("+", args[0], Binary("*", args[1], Name("time")))
    if call.function not in TIMED:
        return Call(call.function, args)
    if "time_step" not in scope.model.variables:
        raise Refusal(f"{call.function.upper()} needs the model to have a TIME STEP")
    return Call(call.function, (Name("time"), Read("time_step", ()), *args))


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
    inner, axes = scope.opened(tuple(ids))
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
    if id in model.ranges and len(subscripts) == 1:
        return _place(id, subscripts[0], scope)
    if subscripts:
        raise Refusal(f"'{id}' is no variable: it takes no subscripts")
    if id in model.ranges:
        axis, meant = meaning(Subscript(id), scope)
        return Position(axis, _numbers(model, meant))
    return Name(id) if id == "time" else Number(_numbers(model, (id,))[0])


def _place(id: str, subscript: Subscript, scope: Scope) -> Expr:
    """The number, from 1, of what a subscript means in range `id`, whatever other ranges hold it."""
    index = index_of(subscript, id, scope)
    if isinstance(index, At):
        return Number(index.position + 1.0)
    positions = range(index.axis.size) if index.positions is None else index.positions
    return Position(index.axis, tuple(position + 1.0 for position in positions))


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
    indices = tuple(index_of(subscript, dim, scope) for subscript, dim in zip(subscripts, variable.dims, strict=True))
    return Read(variable.id, indices)
