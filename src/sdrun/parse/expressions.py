"""PySD's syntax tree -> `Expr`.  One function for each of PySD's structures, in the table `STRUCTURES`.

What our own readers give is an `Expr` already, and stays as it is.
"""

import math
from collections.abc import Callable, Mapping
from functools import reduce
from itertools import pairwise
from typing import Any

from sdrun.errors import ModelError, Problem
from sdrun.model import Array, Between, Binary, Call, Expr, Lookup, Name, Number, Subscript, Table, Unary, extent, name_id
from sdrun.parse.chains import chained

DEEPEST = 150
"""Levels of an expression: Python itself compiles no more than 200 nested parentheses."""

LARGEST = 100_000
"""Operations and names in an equation."""

OPERATORS = {":and:": "and", ":or:": "or"}

Lookups = frozenset[str]
"""Ids of the lookup variables of the model: their calls read a table."""

STATEFUL: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "DelayStructure": ("delay", ("input", "delay_time", "initial", "order")),
    "DelayNStructure": ("delay_n", ("input", "delay_time", "initial", "order")),
    "DelayFixedStructure": ("delay_fixed", ("input", "delay_time", "initial")),
    "SmoothStructure": ("smooth", ("input", "smooth_time", "initial", "order")),
    "SmoothNStructure": ("smooth_n", ("input", "smooth_time", "initial", "order")),
    "TrendStructure": ("trend", ("input", "average_time", "initial_trend")),
    "ForecastStructure": ("forecast", ("input", "average_time", "horizon", "initial_trend")),
    "SampleIfTrueStructure": ("sample_if_true", ("condition", "input", "initial")),
    "InitialStructure": ("initial", ("initial",)),
    "AllocateAvailableStructure": ("allocate_available", ("request", "pp", "avail")),
    "AllocateByPriorityStructure": ("allocate_by_priority", ("request", "priority", "size", "width", "supply")),
}
"""PySD's structures that become plain calls: our function, and PySD's fields in the order of our arguments."""


def expression_of(ast: Any, lookups: Lookups = frozenset()) -> Expr:
    """`ast` as an `Expr`; a `ModelError` where it is nothing that an equation can hold, or nested too deeply."""
    return checked(ast if isinstance(ast, Expr) else _expr(ast, lookups))


def checked(expr: Expr) -> Expr:
    """The expression, once it is neither too deep nor too large for whoever walks through it."""
    count, depth = extent(expr)
    if depth > DEEPEST:
        raise ModelError(f"the equation is nested more than {DEEPEST} levels deep: split it into several variables")
    if count > LARGEST:
        raise ModelError(f"the equation stands for more than {LARGEST} operations: split it into several variables")
    return expr


def _expr(ast: Any, lookups: Lookups) -> Expr:
    kind = type(ast).__name__
    if kind in STATEFUL:
        function, fields = STATEFUL[kind]
        trees = [getattr(ast, field) for field in fields]
        once = {id(tree): _expr(tree, lookups) for tree in {id(tree): tree for tree in trees}.values()}
        return Call(function, tuple(once[id(tree)] for tree in trees))  # the input is its own initial value, too
    if kind in STRUCTURES:
        return STRUCTURES[kind](ast, lookups)
    if isinstance(ast, str | bytes | bool):
        raise ModelError("a text stands where a number belongs")
    try:
        return Number(float(ast))
    except (TypeError, ValueError):
        raise ModelError("the equation holds something that is no expression") from None


def _operation(ast: Any, lookups: Lookups) -> Expr:
    """PySD's flat list of operators and operands, as a tree."""
    operands = [_expr(argument, lookups) for argument in ast.arguments]
    operators = [OPERATORS.get(operator.lower(), operator.lower()) for operator in ast.operators]
    if operators == ["negative"]:
        return _negative(operands[0])
    if operators == [":not:"]:
        return Unary("not", operands[0])
    if set(operators) == {"^"}:
        return reduce(lambda right, left: Binary("^", left, right), reversed(operands))
    return chained(operands[0], list(zip(operators, operands[1:], strict=True)), Binary)


def _negative(operand: Expr) -> Expr:
    return Number(-operand.value) if isinstance(operand, Number) else Unary("-", operand)


def _name(ast: Any, _lookups: Lookups) -> Name:
    return Name(name_id(ast.reference), _subscripts(ast))


def _subscripts(reference: Any) -> tuple[Subscript, ...]:
    if reference.subscripts is None:
        return ()
    written = [subscript.strip() for subscript in reference.subscripts.subscripts]
    return tuple(Subscript(name_id(subscript.rstrip("!")), bang=subscript.endswith("!")) for subscript in written)


def _call(ast: Any, lookups: Lookups) -> Expr:
    function = name_id(ast.function.reference)
    if function in lookups:
        if len(ast.arguments) != 1:
            raise ModelError(f"the lookup '{function}' takes one argument, not {len(ast.arguments)}")
        return Lookup(_name(ast.function, lookups), _expr(ast.arguments[0], lookups))
    if function == "lookup" and len(ast.arguments) == 2 and _names_lookup(ast.arguments[0], lookups):
        return Lookup(_name(ast.arguments[0], lookups), _expr(ast.arguments[1], lookups))
    if ast.function.subscripts is not None:
        raise ModelError(f"'{function}' is called with subscripts, but is no lookup")
    return Call(function, tuple(_expr(argument, lookups) for argument in ast.arguments))


def _names_lookup(ast: Any, lookups: Lookups) -> bool:
    """XMILE reads a table by `LOOKUP(table, x)`, too."""
    return type(ast).__name__ == "ReferenceStructure" and name_id(ast.reference) in lookups


def _integ(ast: Any, lookups: Lookups) -> Expr:
    function = "integ_non_negative" if ast.non_negative is True else "integ"
    return Call(function, (_expr(ast.flow, lookups), _expr(ast.initial, lookups)))


def _inline_lookup(ast: Any, lookups: Lookups) -> Expr:
    return Lookup(_table(ast.lookups, lookups), _expr(ast.argument, lookups))


def _table(ast: Any, _lookups: Lookups) -> Table:
    points = sorted({(float(x), float(y)) for x, y in zip(ast.x, ast.y, strict=True)})
    if not all(math.isfinite(value) for point in points for value in point):
        raise ModelError("a point of the lookup is not finite")
    for (x, y), (next_x, next_y) in pairwise(points):
        if x == next_x:
            raise ModelError(f"the lookup has two values, {y:g} and {next_y:g}, at {x:g}")
    return Table(tuple(x for x, _ in points), tuple(y for _, y in points), Between(ast.type))


def _array(ast: Any, _lookups: Lookups) -> Array | Number:
    values = tuple(float(value) for value in ast.ravel())
    return Array(values) if ast.ndim else Number(values[0])


def _game(ast: Any, lookups: Lookups) -> Expr:
    return _expr(ast.expression, lookups)


def _misplaced(_ast: Any, _lookups: Lookups) -> Expr:
    what = "GET XLS ... and GET DIRECT ... stand alone: nothing may stand beside them on the right side"
    raise ModelError(Problem(what=what, help="give what is read a variable of its own"))


STRUCTURES: Mapping[str, Callable[[Any, Lookups], Expr]] = {
    "ArithmeticStructure": _operation,
    "LogicStructure": _operation,
    "ReferenceStructure": _name,
    "CallStructure": _call,
    "DataStructure": _misplaced,
    "IntegStructure": _integ,
    "InlineLookupsStructure": _inline_lookup,
    "LookupsStructure": _table,
    "GameStructure": _game,
    "GetConstantsStructure": _misplaced,
    "GetDataStructure": _misplaced,
    "GetLookupsStructure": _misplaced,
    "ndarray": _array,
}
"""How each of PySD's structures is translated, by the name of its class."""
