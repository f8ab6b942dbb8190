"""`Program` → `Program` that knows the times at which it switches, so that adaptive solvers stop there.

A condition on the time alone is solved for its time and judged by the name `mode` instead of `time`: an instant between two
breaks, at which it cannot be wrong (`System`).  What cannot be solved is named, and left to `max_step`.
"""

from dataclasses import replace
from math import inf, nan

from sdrun.compile.inline import opened
from sdrun.compile.lines import (
    COMPARISONS,
    Break,
    Found,
    Line,
    has_steps,
    has_time,
    is_static,
    is_steady,
    line_of,
    root,
    tables_of,
)
from sdrun.compile.program import Program, inputs
from sdrun.functions import TIMED
from sdrun.model import (
    Between,
    Binary,
    Call,
    Equation,
    Expr,
    Lookup,
    Name,
    Number,
    Read,
    Table,
    children,
    rewrite,
)

MODE = Name("_mode")
INSTANT = Name("_instant")
"""The clock of a function in TIMED whose times are not known beforehand: a step's own time, however long the segment."""
UNTIL = Name("_until")
"""The clock of what holds up to its switch, and at it: LOOK FORWARD.  Where a time is saved it is that time."""
SLACK = 1e-6
"""Of a TIME STEP, by which a time on a grid may miss a point of data by rounding."""
TIME_STEP = Read("time_step", ())
NEVER = Number(inf)
"""The period of what happens once."""
LARGEST = 2000
"""Nodes of a condition, with the equations that it reads put in; what is larger is not solved for."""
STAIRS = ("modulo", "quantum", "integer", "mod", "floor", "round")
"""Functions that jump whenever their argument passes a multiple; `round`, half of one more."""


def find_switches(program: Program) -> tuple[Program, tuple[Break, ...], tuple[str, ...]]:
    """The program with its conditions on time judged by `mode`, its breaks, and the variables whose switches are not solved."""
    changing = frozenset((*program.dynamic, *program.given))
    found = Found(program, _timed(program, changing), changing)
    _look_through(found)
    running = dict(program.running)
    for id in (*program.dynamic, *program.stocks):
        running[id] = tuple(_equation(equation, id, found) for equation in program.running[id])
    starting = {id: tuple(_start(equation, found) for equation in program.starting[id]) for id in program.starting}
    remembering = {id: tuple(_equation(eq, id, found) for eq in program.remembering[id]) for id in program.stepwise}
    if program.stepwise:
        found.breaks.append(Break("multiples", (Read("initial_time", ()), Read("time_step", ()))))
    return (
        replace(program, running=running, starting=starting, remembering=remembering),
        tuple(dict.fromkeys(found.breaks)),
        tuple(dict.fromkeys(found.unsolved)),
    )


def _look_through(found: Found) -> None:
    """Variables of the time one after the other, so that a long chain of them is never gone through in one go."""
    for id in found.program.dynamic:
        if id in found.timed:
            read = Read(id, found.program.running[id][0].target)
            is_steady(read, found)
            line_of(read, found)
            _size(read, found)


def _timed(program: Program, changing: frozenset[str]) -> frozenset[str]:
    timed = set[str]()
    for id in program.dynamic:
        if inputs(program.running[id]) & changing <= timed:
            timed.add(id)
    return frozenset(timed)


def _equation(equation: Equation, id: str, found: Found) -> Equation:
    def rule(expr: Expr) -> Expr:
        match expr:
            case Binary(op, left, right) if op in COMPARISONS and has_time(expr, found):
                return _condition(expr, left, right, id, found)
            case Call(function, args) if function in TIMED:
                return _timed_call(function, args, id, found)
            case Call(function, _) if function in STAIRS:
                return _stairs_in(expr, id, found)
            case Call("max" | "min", (left, right)) if line := line_of(Binary("-", left, right), found):
                found.breaks.append(Break("at", (root(line),)))
            case Lookup(table, argument):
                return _lookup(table, argument, id, found)
        return expr

    return replace(equation, expression=rewrite(equation.expression, rule))


def _condition(expr: Binary, left: Expr, right: Expr, id: str, found: Found) -> Expr:
    if left == right or (is_steady(left, found) and is_steady(right, found)):
        return expr
    if _size(left, found) + _size(right, found) > LARGEST:
        found.unsolved.append(_label(id, found))
        return expr
    left, right = (rewrite(_opened(side, found), lambda node: _stairs_in(node, id, found)) for side in (left, right))
    times = _times(left, right, found)
    if times is None:
        found.unsolved.append(_label(id, found))
        return expr
    if expr.op in ("=", "<>") and "time_step" in found.program.model.variables:
        return _moment(expr.op, *times, found)
    origin, period = times
    found.breaks.append(Break("at", (origin,)) if period == NEVER else Break("multiples", times))
    return _by_mode(Binary(expr.op, left, right), found)


def _moment(op: str, origin: Expr, period: Expr, found: Found) -> Expr:
    """`Time = origin` holds for one TIME STEP, or no step of an adaptive method would ever meet it."""
    found.breaks.append(Break("_moment", (TIME_STEP, origin, period)))
    holds = Call("_moment", (Name("time"), TIME_STEP, origin, period))
    return Binary("<>" if op == "=" else "=", holds, Number(0.0))


def _stairs_in(node: Expr, id: str, found: Found) -> Expr:
    match node:
        case Call(function, args) if function in STAIRS:
            return _stairs(function, args, id, found)
    return node


def _times(left: Expr, right: Expr, found: Found) -> tuple[Expr, Expr] | None:
    """When two sides are equal: (time, period), or None where that cannot be solved for.

    A line in time meets a constant once; MODULO(line, period), which `_stairs` has rewritten by then, every period.
    """
    if line := line_of(Binary("-", left, right), found):
        return root(line), NEVER
    for remainder, level in ((left, right), (right, left)):
        if is_static(level, found) and (divided := _divided(remainder)):
            argument, period = divided
            break
    else:
        return None
    line = line_of(argument, found)
    if line is None or not is_static(period, found):
        return None
    return root(Line(line.slope, Binary("-", line.intercept, level))), Binary("/", period, Call("abs", (line.slope,)))


def _divided(remainder: Expr) -> tuple[Expr, Expr] | None:
    """What MODULO or MOD, as `_stairs` writes them, is the remainder of: (argument, period)."""
    match remainder:
        case Binary("-", argument, Call("quantum", (_, period))):
            return argument, period
        case Binary("-", argument, Binary("*", period, Call("floor", _))):
            return argument, period
    return None


def _timed_call(function: str, args: tuple[Expr, ...], id: str, found: Found) -> Expr:
    if not _is_settled(function, args, found):
        found.unsolved.append(_label(id, found))
        return Call(function, (INSTANT, *args[1:]))
    found.breaks.append(Break(function, (args[1], *_when(function, args))))
    return Call(function, args)


def _when(function: str, args: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The arguments that decide when a function of TIMED switches."""
    return tuple(args[2 + position] for position in TIMED[function].when)


def _is_settled(function: str, args: tuple[Expr, ...], found: Found) -> bool:
    return all(is_static(arg, found) for arg in _when(function, args))


def _start(equation: Equation, found: Found) -> Equation:
    """An equation at the start, judged like those during the run."""

    def rule(expr: Expr) -> Expr:
        match expr:
            case Call(function, args) if function in TIMED and not _is_settled(function, args, found):
                return Call(function, (INSTANT, *args[1:]))
        return expr

    return replace(equation, expression=rewrite(equation.expression, rule))


def _stairs(function: str, args: tuple[Expr, ...], id: str, found: Found) -> Expr:
    """A function of `STAIRS` of a line in time: its jumps found, and its level judged by `mode`."""
    call = Call(function, args)
    if not has_time(args[0], found) or is_steady(args[0], found):
        return call
    line = line_of(args[0], found)
    period = args[1] if len(args) > 1 else Number(1.0)
    if line is None or not is_static(period, found):
        found.unsolved.append(_label(id, found))
        return call
    first = Line(line.slope, Binary("-", line.intercept, Number(0.5))) if function == "round" else line
    found.breaks.append(Break("multiples", (root(first), Binary("/", period, Call("abs", (line.slope,))))))
    if function == "modulo":
        return Binary("-", args[0], Call("quantum", (_by_mode(args[0], found), period)))
    if function == "mod":
        steps = Call("floor", (Binary("/", _by_mode(args[0], found), period),))
        return Binary("-", args[0], Binary("*", period, steps))
    return _by_mode(call, found)


def _lookup(table: Table | Name | Read, argument: Expr, id: str, found: Found) -> Expr:
    """A table of the time: its points found and, where it has steps, read by `mode`."""
    lookup, steps = Lookup(table, argument), has_steps(table, found)
    line = line_of(argument, found)
    if line is None:
        if steps and has_time(argument, found) and not is_steady(argument, found):
            found.unsolved.append(_label(id, found))
        return lookup
    found.breaks.append(Break("knots", (table, line.slope, line.intercept)))
    match tables_of(table, found)[0].between if line.slope == Number(1.0) else None:
        case Between.STEPS:
            return Lookup(table, _by_clock(argument, _late(found), found))
        case Between.FORWARD:
            return Lookup(table, _by_clock(argument, _early(found), found))
        case Between.RAW if _has_step(found):
            found.breaks.append(Break("knots", (table, line.slope, Binary("-", line.intercept, TIME_STEP))))
            return _lasting(table, _by_clock(argument, _late(found), found), found)
    return Lookup(table, _by_mode(argument, found)) if steps else lookup


def _lasting(table: Table | Name | Read, now: Expr, found: Found) -> Expr:
    """RAW data: a point holds for one TIME STEP, as on a grid, or no step of an adaptive method would ever meet it."""
    points = tuple(sorted({x for one in tables_of(table, found) for x in one.x}))
    age = Binary("-", now, Lookup(Table(points, points, Between.STEPS), now))
    holds = Binary("and", Binary(">=", age, Number(0.0)), Binary("<", age, TIME_STEP))
    return Call("if_then_else", (holds, Lookup(table, now, Between.STEPS), Number(nan)))


def _has_step(found: Found) -> bool:
    return "time_step" in found.program.model.variables and is_static(TIME_STEP, found)


def _late(found: Found) -> Expr:
    """An instant that is not before a point of data that it misses by rounding."""
    return Binary("+", MODE, Binary("*", Number(SLACK), TIME_STEP)) if _has_step(found) else MODE


def _early(found: Found) -> Expr:
    """An instant that is not behind such a point."""
    return Binary("-", UNTIL, Binary("*", Number(SLACK), TIME_STEP)) if _has_step(found) else UNTIL


def _label(id: str, found: Found) -> str:
    return found.program.model.variables[id].label


def _by_mode(expr: Expr, found: Found) -> Expr:
    """`expr` with the time, also that inside variables that follow from it, replaced by `mode`."""
    return _by_clock(expr, MODE, found)


def _by_clock(expr: Expr, clock: Expr, found: Found) -> Expr:
    def rule(node: Expr) -> Expr:
        match node:
            case Name("time"):
                return clock
        return node

    return rewrite(_opened(expr, found), rule)


def _size(expr: Expr, found: Found) -> int:
    """Nodes of `_opened(expr)`, counted without building it: chains of variables would double it with every link."""
    match expr:
        case Read(id, _) if id in found.timed and not is_steady(expr, found):
            if id not in found.sizes:
                found.sizes[id] = sum(_size(equation.expression, found) for equation in found.program.running[id])
            return found.sizes[id]
    return 1 + sum(_size(child, found) for child in children(expr))


def _opened(expr: Expr, found: Found) -> Expr:
    """`expr` with variables that follow from the time, and change between breaks, replaced by their equations."""

    def rule(node: Expr) -> Expr:
        match node:
            case Read(id, _) if id in found.timed and not is_steady(node, found):
                inner = opened(node, found.program.running[id])
                return node if inner is None else _opened(inner, found)
        return node

    return rewrite(expr, rule)
