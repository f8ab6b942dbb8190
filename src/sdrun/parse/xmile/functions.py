"""XMILE's functions (section 3.5 of the standard), and what each says in the compiler's.

`BUILTINS` are told values, by the number of their arguments; `OF_ARRAYS` are told formulas, in which an array without brackets
is all of the array.  A function in neither is taken by its name: what the compiler does not know, it refuses.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce

from sdrun.errors import ModelError
from sdrun.model import Binary, Call, Expr, Name, Number, Subscript, rewrite
from sdrun.parse.formulas import Reference, Syntax
from sdrun.parse.statements import Definition
from sdrun.parse.xmile.arrays import ArrayError, Read, Scope, marked
from sdrun.parse.xmile.statistics import STATISTICS

ZERO, ONE, THREE = Number(0.0), Number(1.0), Number(3.0)
DT, TIME = Name("time_step"), Name("time")

WORDS: Mapping[str, Expr] = {
    "time": TIME,
    "dt": DT,
    "starttime": Name("initial_time"),
    "stoptime": Name("final_time"),
    "pi": Number(math.pi),
    "inf": Number(math.inf),
    "nan": Number(math.nan),
}
"""Names that mean something by themselves, with `()` or without, unless a variable is called so."""

Build = Callable[..., Expr]


def _of(function: str) -> Build:
    return lambda *args: Call(function, args)


def _chained(function: str) -> Build:
    """Of two or more values by one of two."""
    return lambda *args: reduce(lambda left, right: Call(function, (left, right)), args)


def _wave(function: str, amplitude: Expr, period: Expr) -> Expr:
    angle = Binary("/", Binary("*", Number(2 * math.pi), TIME), period)
    return Binary("*", amplitude, Call(function, (angle,)))


PLAIN = "abs arccos arcsin arctan cos cosh exp ln log10 sign sin sinh sqrt tan tanh round".split()
"""Called in XMILE as they are in `functions`, with one argument."""

BUILTINS: Mapping[str, Mapping[int, Build]] = {
    **{name: {1: _of(name)} for name in PLAIN},
    "int": {1: _of("floor")},
    "logn": {1: _of("ln")},
    "mod": {2: _of("mod")},
    "percent": {1: lambda x: Binary("*", x, Number(100.0))},
    "safediv": {2: lambda a, b: Call("safediv", (a, b, ZERO)), 3: _of("safediv")},
    "sinwave": {2: partial(_wave, "sin")},
    "coswave": {2: partial(_wave, "cos")},
    "if_then_else": {3: _of("if_then_else")},
    "step": {2: _of("step")},
    "ramp": {2: _of("xramp"), 3: _of("ramp")},
    "pulse": {
        2: lambda volume, start: Call("xpulse", (start, volume)),
        3: lambda volume, start, interval: Call("xpulse_train", (start, interval, volume)),
    },
    "init": {1: _of("initial")},
    "previous": {2: lambda x, initial: Call("delay_fixed", (x, DT, initial))},
    "delay": {2: lambda x, time: Call("delay_fixed", (x, time, x)), 3: _of("delay_fixed")},
    "delay1": {2: lambda x, time: Call("delay", (x, time, x, ONE)), 3: lambda *args: Call("delay", (*args, ONE))},
    "delay3": {2: lambda x, time: Call("delay", (x, time, x, THREE)), 3: lambda *args: Call("delay", (*args, THREE))},
    "delayn": {
        3: lambda x, time, n: Call("delay_n", (x, time, x, n)),
        4: lambda x, time, n, initial: Call("delay_n", (x, time, initial, n)),
    },
    "smth1": {2: lambda x, time: Call("smooth", (x, time, x, ONE)), 3: lambda *args: Call("smooth", (*args, ONE))},
    "smth3": {2: lambda x, time: Call("smooth", (x, time, x, THREE)), 3: lambda *args: Call("smooth", (*args, THREE))},
    "smthn": {
        3: lambda x, time, n: Call("smooth_n", (x, time, x, n)),
        4: lambda x, time, n, initial: Call("smooth_n", (x, time, initial, n)),
    },
    "trend": {2: lambda x, time: Call("trend", (x, time, ZERO)), 3: _of("trend")},
    "rootn": {2: lambda x, n: Binary("^", x, Binary("/", ONE, n))},
    **{name: dict.fromkeys(counts, build) for name, (counts, build) in STATISTICS.items()},
    "forcst": {3: lambda x, time, horizon: Call("forecast", (x, time, horizon, ZERO)), 4: _of("forecast")},
}


# ── of arrays ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _whole(arg: Syntax, scope: Scope, read: Read) -> Expr:
    """An argument in which an array without brackets is all of the array."""
    return read(arg, replace(scope, whole=True))


def _over_array(function: str, args: Sequence[Syntax], scope: Scope, read: Read) -> Expr:
    body = _whole(args[0], scope, read)
    return Call(function, (body,)) if marked(body) else body


def _joined(function: str, operator: str, args: Sequence[Syntax], scope: Scope, read: Read) -> Expr:
    """SUM and PROD, of all elements of all arguments."""
    values = [_over_array(function, (arg,), scope, read) for arg in args]
    return reduce(lambda left, right: Binary(operator, left, right), values)


def _count(subscripts: Sequence[Subscript]) -> Expr:
    """How many elements they have together."""
    counts: list[Expr] = [Call("elmcount", (Name(subscript.id),)) for subscript in subscripts]
    return reduce(lambda left, right: Binary("*", left, right), counts) if counts else ONE


def _size(args: Sequence[Syntax], scope: Scope, read: Read) -> Expr:
    return _count(marked(_whole(args[0], scope, read)))


def _mean_of(body: Expr) -> Expr:
    over = marked(body)
    return Binary("/", Call("sum", (body,)), _count(over)) if over else body


def _mean(args: Sequence[Syntax], scope: Scope, read: Read) -> Expr:
    """Of the elements of an array, or of several values."""
    if len(args) == 1:
        return _mean_of(_whole(args[0], scope, read))
    total = reduce(lambda left, right: Binary("+", left, right), (read(arg, scope) for arg in args))
    return Binary("/", total, Number(float(len(args))))


def _deviation(args: Sequence[Syntax], scope: Scope, read: Read) -> Expr:
    """Of all values there are, not of a sample: divided by their number."""
    body = _whole(args[0], scope, read)
    square = Binary("^", Binary("-", body, _mean_of(body)), Number(2.0))
    return Call("sqrt", (_mean_of(square),)) if marked(body) else ZERO


def _extreme(reduction: str, function: str, args: Sequence[Syntax], scope: Scope, read: Read) -> Expr:
    """MIN and MAX: of the values of one array, or of several arguments, where those that are arrays beyond the equation's own
    dimensions are replaced by their extreme."""
    if len(args) == 1:
        return _over_array(reduction, args, scope, read)
    return _chained(function)(*(_extreme_of(reduction, arg, scope, read) for arg in args))


def _extreme_of(reduction: str, arg: Syntax, scope: Scope, read: Read) -> Expr:
    try:
        return read(arg, scope)
    except ArrayError:
        return Call(reduction, (_whole(arg, scope, read),))


def _rank(args: Sequence[Syntax], scope: Scope, read: Read) -> Expr:
    """The number of the element that has a rank, 1 for the least; of equal ones by a second array, then by their order.

    Ranks are a variable of their own: itself, and how many elements come before.
    """
    values = [_whole(arg, scope, read) for arg in (args[0], *args[2:])]
    over = marked(values[0])
    if not over or scope.whole:
        raise ModelError("RANK takes an array, and stands in no other function of arrays")
    mine, theirs = (_fresh(over, scope, copy) for copy in (0, 1))
    here = {subscript: Subscript(range_) for subscript, range_ in zip(over, mine, strict=True)}
    there = {subscript: Subscript(range_, bang=True) for subscript, range_ in zip(over, theirs, strict=True)}
    before: Expr = Binary("<", _row_by_row(there.values()), _row_by_row(here.values()))
    for value in reversed(values):
        one, other = _renamed(value, here), _renamed(value, there)
        before = Binary("or", Binary("<", other, one), Binary("and", Binary("=", other, one), before))
    ranks = Binary("+", ONE, Call("sum", (Call("if_then_else", (before, ONE, ZERO)),)))
    id = _added(scope, ranks, (*scope.ranges, *here.values()))
    is_it = Binary("=", Name(id, (*scope.ranges, *over)), read(args[1], scope))
    return Call("sum", (Call("if_then_else", (is_it, _row_by_row(over), ZERO)),))


def _fresh(over: Sequence[Subscript], scope: Scope, copy: int) -> list[str]:
    """Ranges over the same elements that stand nowhere else in the equation."""
    start = 1 + len(scope.left) + (1 + copy) * len(over)
    return [scope.book.again(scope.book.dimension_of(subscript.id), start + k) for k, subscript in enumerate(over)]


def _renamed(expr: Expr, others: Mapping[Subscript, Subscript]) -> Expr:
    def rule(node: Expr) -> Expr:
        if isinstance(node, Name):
            return Name(node.id, tuple(others.get(subscript, subscript) for subscript in node.subscripts))
        return node

    return rewrite(expr, rule)


def _row_by_row(subscripts: Iterable[Subscript]) -> Expr:
    """The number of an element of an array, counted row by row from 1."""
    number: Expr | None = None
    for subscript in subscripts:
        place = Name(subscript.id, (subscript,))
        if number is None:
            number = place
        else:
            row = Binary("*", Binary("-", number, ONE), Call("elmcount", (Name(subscript.id),)))
            number = Binary("+", row, place)
    assert number is not None
    return number


def _added(scope: Scope, expression: Expr, left: Sequence[Subscript]) -> str:
    """The id of a variable that is added for a part of an equation."""
    id = f"_{len(scope.book.added) + 1}_of_{scope.own.id}"
    definition = Definition(
        label=f"ranks in {scope.own.label}",
        own_id=id,
        subscripts=tuple(subscript.id for subscript in left),
        ast=expression,
        line=scope.own.line,
    )
    scope.book.added[id] = [definition]
    return id


VENSIMS = ("lookup_backward", "lookup_extrapolate", "lookup_forward", "lookup_invert")
"""Vensim's, which exports of its models name."""
OF_TABLES = {"lookup": "", "lookupinv": "lookup_invert"} | {name: name for name in VENSIMS}
"""Functions of a graphical function's name and a value; what they are called in `functions`, where they do not just read it."""

Counts = range | tuple[int, ...]
ANY = range(1, 1000)
"""As many arguments as are written."""

OF_ARRAYS: Mapping[str, tuple[Counts, Callable[[Sequence[Syntax], Scope, Read], Expr]]] = {
    "sum": (ANY, partial(_joined, "sum", "+")),
    "prod": (ANY, partial(_joined, "prod", "*")),
    "mean": (ANY, _mean),
    "size": ((1,), _size),
    "stddev": ((1,), _deviation),
    "min": (ANY, partial(_extreme, "vmin", "min")),
    "max": (ANY, partial(_extreme, "vmax", "max")),
    "rank": ((2, 3), _rank),
}
"""How many arguments, and what it says."""


def is_self(tree: Syntax) -> bool:
    """Whether a formula is SELF, the variable that the equation defines."""
    return isinstance(tree, Reference) and [part.lower() for part in tree.parts] == ["self"]
