"""The model as its file states it: names, equations, subscripts, units, documentation.

`parse` makes it one to one from the file; `compile` rewrites it by named passes.  Expressions are a closed union (`Expr`):
`Name` of a variable exists only before the pass `resolve`, calls of functions with memory only before `expand`; `Read`,
`Reduce`, `Joint` and `Position` only after `resolve`.  Expression nodes take positional fields, so that `match` reads well; the
rest is keyword-only.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


def name_id(label: str) -> str:
    """The identity of a name in Vensim and XMILE: case, quotes, and the kind and number of blanks do not matter.

    >>> name_id('  "Power  Share"') == name_id("power_share") == "power_share"
    True
    """
    return re.sub(r"[\s_]+", "_", label.strip().strip('"').strip()).strip("_").lower()


# ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Array:
    """A literal array, row by row; its axes are those of the equation's left side that are ranges."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Subscript:
    """A range or an element between the brackets of a name."""

    id: str
    bang: bool = False
    """`state!`: the enclosing SUM, PROD, VMIN or VMAX runs over it."""


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, the time (`time`), a range or an element used as a number.

    A range with one subscript is the number of that element, or of the element that the axis stands at, in that range.
    """

    id: str
    subscripts: tuple[Subscript, ...] = ()


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `:NOT: x`."""

    op: str
    """`-` or `not`."""
    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and an operator."""

    op: str
    """One of `+ - * / ^ = <> < <= > >= and or`."""
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in function, by its id in `functions`: `max`, `if_then_else`, `integ`, `smooth`."""

    function: str
    args: "tuple[Expr, ...]"


class Between(StrEnum):
    """What a table gives between and beyond its points."""

    LINEAR = "interpolate"
    """Linear between points, the end values beyond."""
    EXTRAPOLATE = "extrapolate"
    """Linear between points, the end slopes beyond."""
    STEPS = "hold_backward"
    """The value of the point before."""
    FORWARD = "look_forward"
    """The value of the point after."""
    RAW = "raw"
    """Nothing (NaN) but at the points."""


JUMPS = (Between.STEPS, Between.FORWARD, Between.RAW)
"""Tables that are level between their points."""


@dataclass(frozen=True, slots=True)
class Table:
    """The points of a lookup, x increasing."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    """Row by row where each element of the equation's left side has values of its own, as in `Array`; NaN where one lacks a
    point that others have."""
    between: Between = Between.LINEAR


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table read at an argument; the table stands inline or is a lookup variable."""

    table: "Table | Name | Read"
    argument: "Expr"
    between: Between | None = None
    """How it is read, where not as the table itself says."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension that an equation, or a reduction inside it, runs over."""

    range: str
    """The range as written in the equation; two axes of an equation may have the same range if one is reduced."""
    size: int
    depth: int
    """Position among the axes of the equation, its reductions counted on: the canonical order of axes."""


@dataclass(frozen=True, slots=True)
class At:
    """A fixed position in a dimension."""

    position: int


@dataclass(frozen=True, slots=True)
class Along:
    """The positions in a dimension that an axis runs through; None where it runs through all of them in order."""

    axis: Axis
    positions: tuple[int, ...] | None = None


Index = At | Along


@dataclass(frozen=True, slots=True)
class Read:
    """A variable with every dimension resolved to a position or an axis of the equation."""

    id: str
    indices: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Reduce:
    """SUM, PROD, VMIN or VMAX of `body` over `axes`."""

    function: str
    axes: tuple[Axis, ...]
    body: "Expr"


@dataclass(frozen=True, slots=True)
class Joint:
    """A function of all elements along `axes` together that gives each of them its own: INVERT MATRIX, ALLOCATE AVAILABLE."""

    function: str
    axes: tuple[Axis, ...]
    """The last of the equation's."""
    args: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Position:
    """The number (from 1) of the element that an axis stands at, in the largest range that holds it."""

    axis: Axis
    numbers: tuple[float, ...]


Expr = Number | Array | Name | Unary | Binary | Call | Table | Lookup | Read | Reduce | Joint | Position


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside `expr`."""
    match expr:
        case Unary(_, operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, args) | Joint(_, _, args):
            return args
        case Lookup(table, argument):
            return (table, argument)
        case Reduce(_, _, body):
            return (body,)
        case _:
            return ()


def rewrite(expr: Expr, rule: Callable[[Expr], Expr]) -> Expr:
    """`expr` with `rule` applied to every node, innermost first."""
    match expr:
        case Unary(op, operand):
            expr = Unary(op, rewrite(operand, rule))
        case Binary(op, left, right):
            expr = Binary(op, rewrite(left, rule), rewrite(right, rule))
        case Call(function, args):
            expr = Call(function, tuple(rewrite(arg, rule) for arg in args))
        case Lookup(table, argument, between):
            rewritten = rewrite(table, rule)
            assert isinstance(rewritten, Table | Name | Read)
            expr = Lookup(rewritten, rewrite(argument, rule), between)
        case Reduce(function, axes, body):
            expr = Reduce(function, axes, rewrite(body, rule))
        case Joint(function, axes, args):
            expr = Joint(function, axes, tuple(rewrite(arg, rule) for arg in args))
    return rule(expr)


def walk(expr: Expr) -> Iterator[Expr]:
    """`expr` and every expression inside it, outermost first."""
    ahead = [expr]
    while ahead:
        node = ahead.pop()
        yield node
        ahead += reversed(children(node))


def rows(table: Table) -> int:
    """How many elements have values of their own."""
    return len(table.y) // len(table.x)


def row(table: Table, number: int) -> Table:
    """The points of one element of the left side, counted row by row; those that are missing (NaN) left out."""
    number = number if rows(table) > 1 else 0
    values = table.y[number * len(table.x) : (number + 1) * len(table.x)]
    points = [(x, y) for x, y in zip(table.x, values, strict=True) if not math.isnan(y)] or [(table.x[0], math.nan)]
    return Table(tuple(x for x, _ in points), tuple(y for _, y in points), table.between)


def extent(expr: Expr) -> tuple[int, int]:
    """How many nodes an expression has, and how deep they stand in each other.

    A node that is shared counts as often as it stands there, but is looked at once: `x = SMTH(x, t)` a hundred times over is
    soon larger than any memory.
    """
    known: dict[int, tuple[int, int]] = {}
    ahead = [expr]
    while ahead:
        node = ahead[-1]
        inner = [child for child in children(node) if id(child) not in known]
        if inner:
            ahead += inner
            continue
        parts = [known[id(child)] for child in children(node)]
        known[id(node)] = (1 + sum(count for count, _ in parts), 1 + max((depth for _, depth in parts), default=0))
        ahead.pop()
    return known[id(expr)]


def names(expr: Expr) -> frozenset[str]:
    """Ids of all that `expr` names."""
    found, ahead = set[str](), [expr]
    while ahead:
        node = ahead.pop()
        if isinstance(node, Name | Read):
            found.add(node.id)
        else:
            ahead += children(node)
    return frozenset(found)


# ── variables, ranges, model ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """One equation of a variable; a variable has several where its elements differ."""

    subscripts: tuple[str, ...] = ()
    """Left side: ids of ranges and elements."""
    excepts: tuple[tuple[str, ...], ...] = ()
    """`:EXCEPT:` lists."""
    expression: Expr
    text: str = ""
    """The right side as the modeller wrote it, where the expression says it in other words."""
    external: bool = False
    """Its numbers were read from a data file."""
    axes: tuple[Axis, ...] = ()
    """After `resolve`: the ranges of the left side, in its order."""
    target: tuple[Index, ...] = ()
    """After `resolve`: where in the variable the result goes."""
    mask: tuple[bool, ...] | None = None
    """After `resolve`: which elements of the axes' product are meant, where an `:EXCEPT:` leaves no product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A stock, a flow, an auxiliary, a constant or a lookup."""

    id: str
    label: str
    """As the modeller wrote it."""
    equations: tuple[Equation, ...]
    dims: tuple[str, ...] = ()
    """Ids of the ranges it extends over; found by `find_dimensions` where the file does not state them."""
    units: str = ""
    description: str = ""
    limits: tuple[float | None, float | None] = (None, None)
    line: int | None = None
    """Where the model file defines it, 1-based."""
    group: str = ""
    """The group of the model file that it stands in: its sector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A subscript range: an ordered set of elements."""

    id: str
    label: str
    elements: tuple[str, ...]
    """Ids."""
    labels: tuple[str, ...]
    """The elements as the modeller wrote them: the coordinates of the result."""
    alias_of: str | None = None
    """`other <-> state`."""
    maps_to: Mapping[str, tuple[tuple[str, ...], ...] | None] = field(default_factory=dict)
    """Ranges that this one maps to: which of their elements belong to each of its own, or None, one by one in order."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a macro is told."""

    id: str
    default: Expr | None = None
    """Where a call leaves it out; may name parameters before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A function that the model file defines by variables; every call has variables of its own."""

    id: str
    label: str
    """As the modeller wrote it."""
    parameters: tuple[Parameter, ...] = ()
    value: Expr
    """What a call is worth, in terms of parameters and variables."""
    variables: Mapping[str, Variable] = field(default_factory=dict)
    """By id; names that are neither among them nor parameters are those of the model."""
    outputs: tuple[str, ...] = ()
    """Variables of the macro that a call, by further arguments, gives names to in the model."""
    line: int | None = None
    """Where the model file defines it, 1-based."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The date at which the time is 0, and what the time counts in dates: `year`, `quarter`, `month` ... `second`."""

    year: int
    month: int
    day: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """All that the model file says."""

    path: Path
    variables: Mapping[str, Variable]
    """By id, in the file's order; INITIAL TIME, FINAL TIME, TIME STEP and SAVEPER among them."""
    ranges: Mapping[str, Range] = field(default_factory=dict)
    macros: tuple[Macro, ...] = ()
    """Several may have one name, with different numbers of parameters."""
    method: str | None = None
    """The integration method that the file asks for: a key of `scenario.METHODS_OF_MODELS`; None where it says nothing."""
    data_files: Mapping[Path, str] = field(default_factory=dict)
    """Files that numbers or elements were read from, and the SHA-256 of what was read."""
    remarks: tuple[str, ...] = ()
    """What a run should warn of: cells of those files that hold no number."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Units that the file says are the same."""
    calendar: Calendar | None = None
    """None where the file states none."""


CONTROLS = ("initial_time", "final_time", "time_step", "saveper")
"""The variables of a model that say when it runs."""
