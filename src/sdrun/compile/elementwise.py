"""`Model` → `Model` in which variables that read other elements of themselves, `x[q] = 2 * x[p]`, are told apart by element.

Everything else is ordered variable by variable.  Only where variables depend on each other in a circle, during the run or at
the start, is each of their elements made a hidden variable, with an equation of its own; a circle that is left then is a real
one.  Of stocks, and of what else is given while the model runs, it is the initial values that are told apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from itertools import product

import numpy as np

from sdrun.compile.axes import flat_positions, shape
from sdrun.compile.expand import STEPWISE, STOCKS, is_call
from sdrun.compile.problems import problem
from sdrun.compile.program import at_the_start, inputs, while_running
from sdrun.errors import ModelError
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
    Joint,
    Lookup,
    Model,
    Number,
    Position,
    Read,
    Reduce,
    Table,
    Unary,
    Variable,
    children,
    names,
    walk,
)

MOST = 20_000
"""Elements of all variables in circles."""

GIVEN = (*STOCKS, *STEPWISE)
"""Calls whose variables have a value while the model runs without being evaluated."""

Point = Mapping[Axis, int]
Graph = Mapping[str, list[str]]


def elementwise(model: Model) -> Model:
    """The model itself where there is no circle.

    Raises ModelError where too many elements would have to be told apart.
    """
    circles = dict.fromkeys(id for graph in (_running(model), _starting(model)) for id in _in_circles(graph))
    if not circles:
        return model
    apart = {id for id in circles if model.variables[id].dims and not _is_joint(model.variables[id])} - _lengths(model)
    sizes = {id: int(np.prod(shape(model, model.variables[id]), dtype=int)) for id in apart}
    if sum(sizes.values()) > MOST:
        first = model.variables[next(iter(apart))]
        what = f"'{first.label}' and others depend on each other in a circle and have more than {MOST} elements to tell apart"
        raise ModelError(problem(model, first, what))
    variables = {**model.variables}
    for id in circles:
        if id in apart:
            variables |= _told_apart(model, model.variables[id], apart)
        elif not model.variables[id].dims:
            variables[id] = _scalar(model, model.variables[id], apart)
    return replace(model, variables=variables)


def _running(model: Model) -> Graph:
    """What each variable reads that has to be evaluated during the run."""
    evaluated = {id: variable for id, variable in model.variables.items() if not is_call(variable, "initial", *GIVEN)}
    running = {id: tuple(map(while_running, variable.equations)) for id, variable in evaluated.items()}
    return {id: sorted(inputs(equations) & evaluated.keys()) for id, equations in running.items()}


def _starting(model: Model) -> Graph:
    """What each variable reads that has to be evaluated at the start."""
    starting = {id: tuple(map(at_the_start, variable.equations)) for id, variable in model.variables.items()}
    return {id: sorted(inputs(equations) & starting.keys()) for id, equations in starting.items()}


def _in_circles(graph: Graph) -> tuple[str, ...]:
    """Variables that depend on themselves: strongly connected with others, or directly."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        import networkx as nx

        parts = nx.strongly_connected_components(nx.DiGraph({id: others for id, others in graph.items()}))
        together = {id for part in parts if len(part) > 1 for id in part}
        return tuple(id for id in graph if id in together or id in graph[id])
    return ()


def _lengths(model: Model) -> set[str]:
    """What says how long delays are: one held value for all of a variable."""
    delays = (variable for variable in model.variables.values() if is_call(variable, *STEPWISE))
    return {name for delay in delays for eq in delay.equations for arg in children(eq.expression)[2:] for name in names(arg)}


def _is_joint(variable: Variable) -> bool:
    return any(isinstance(node, Joint) for equation in variable.equations for node in walk(equation.expression))


def _scalar(model: Model, variable: Variable, apart: set[str]) -> Variable:
    equations = (replace(eq, expression=_at(eq.expression, {}, (), model, apart)) for eq in variable.equations)
    return replace(variable, equations=tuple(equations))


def _told_apart(model: Model, variable: Variable, apart: set[str]) -> dict[str, Variable]:
    """A hidden variable for each element, or for its initial value, and the variable as what they make up."""
    sizes, found = shape(model, variable), dict[str, Variable]()
    gathered = []
    for flat, expr in _elements(model, variable, apart):
        place = tuple(int(k) for k in np.unravel_index(flat, sizes))
        labels = [model.ranges[dim].labels[k] for dim, k in zip(variable.dims, place, strict=True)]
        hidden = Read(_element_id(variable.id, flat), ())
        match expr:
            case Call(function, (new, initial, *rest)) if function in GIVEN:
                own: Expr = Call("initial", (initial,))
                whole: Expr = Call(function, (new, hidden, *rest))
            case _:
                own = Binary("*", Number(1.0), expr) if isinstance(expr, Number) else expr  # no parameter of the model
                whole = hidden
        found[hidden.id] = Variable(
            id=hidden.id,
            label=f"{variable.label}[{', '.join(labels)}]",
            equations=(Equation(expression=own),),
            units=variable.units,
            line=variable.line,
        )
        gathered.append(Equation(expression=whole, target=tuple(map(At, place))))
    return {**found, variable.id: replace(variable, equations=tuple(gathered))}


def _element_id(id: str, flat: int) -> str:
    return f"_{id}:{flat + 1}"  # no id of the model has a colon


def _elements(model: Model, variable: Variable, apart: set[str]) -> Iterator[tuple[int, Expr]]:
    """(flat position, its expression) of every element that has an equation."""
    for equation in variable.equations:
        flats = flat_positions(model, variable, equation)
        points = product(*(range(axis.size) for axis in equation.axes))
        for flat, point in zip(flats, points, strict=True):
            if flat >= 0:
                here = dict(zip(equation.axes, point, strict=True))
                yield int(flat), _at(equation.expression, here, equation.axes, model, apart)


def _at(expr: Expr, here: Point, left: tuple[Axis, ...], model: Model, apart: set[str]) -> Expr:
    """The expression where its axes stand at a point."""

    def at(inner: Expr) -> Expr:
        return _at(inner, here, left, model, apart)

    match expr:
        case Read(id, indices):
            return _read(id, tuple(_fixed(index, here) for index in indices), model, apart)
        case Position(axis, numbers) if axis in here:
            return Number(numbers[here[axis]])
        case Array(values):
            places, sizes = [here[axis] for axis in left], [axis.size for axis in left]
            return Number(values[int(np.ravel_multi_index(places, sizes))])
        case Unary(op, operand):
            return Unary(op, at(operand))
        case Binary(op, one, other):
            return Binary(op, at(one), at(other))
        case Call(function, args):
            return Call(function, tuple(map(at, args)))
        case Lookup(table, argument):
            placed = at(table)
            assert isinstance(placed, Table | Read)
            return Lookup(placed, at(argument))
        case Reduce(function, axes, body) if names(body) & apart:
            points = product(*(range(axis.size) for axis in axes))
            parts = [_at(body, {**here, **dict(zip(axes, point, strict=True))}, left, model, apart) for point in points]
            return reduce(lambda one, other: _joined(function, one, other), parts)
        case Reduce(function, axes, body):
            return Reduce(function, axes, at(body))
    return expr


def _fixed(index: Index, here: Point) -> Index:
    if isinstance(index, Along) and index.axis in here:
        place = here[index.axis]
        return At(place if index.positions is None else index.positions[place])
    return index


def _read(id: str, indices: tuple[Index, ...], model: Model, apart: set[str]) -> Expr:
    if id not in apart:
        return Read(id, indices)
    variable = model.variables[id]
    places = [index.position for index in indices if isinstance(index, At)]
    element = Read(_element_id(id, int(np.ravel_multi_index(places, shape(model, variable)))), ())
    return Call("active_initial", (Read(id, indices), element)) if is_call(variable, *GIVEN) else element


def _joined(function: str, one: Expr, other: Expr) -> Expr:
    """A sum, product, least or largest of two."""
    match function:
        case "sum":
            return Binary("+", one, other)
        case "prod":
            return Binary("*", one, other)
    return Call(function.removeprefix("v"), (one, other))
