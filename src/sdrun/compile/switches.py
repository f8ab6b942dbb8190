"""`Program` → `Program` that knows the times at which it switches, so that adaptive solvers stop there.

A condition on the time alone is solved for its time and judged by the name `mode` instead of `time`: an instant between two
breaks, at which it cannot be wrong (`System`).  What cannot be solved is named, and left to `max_step`.
"""

from dataclasses import dataclass, field, replace

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
    Unary,
    children,
    names,
    rewrite,
)

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
TIME, MODE = Name("time"), Name("mode")
STAIRS = ("modulo", "quantum", "integer")
"""Functions that jump whenever their argument passes a multiple."""


@dataclass(frozen=True, slots=True)
class Break:
    """Times at which something switches: a row of TIMED with its arguments, or one of the kinds below."""

    kind: str
    """`at` (time), `multiples` (origin, period), `knots` (table, slope, intercept), or a function in TIMED."""
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """`slope * time + intercept`, both constant during the run."""

    slope: Expr
    intercept: Expr


@dataclass(slots=True)
class Found:
    """What has been found so far; lives as long as one compilation."""

    program: Program
    timed: frozenset[str]
    """Variables that depend on the time but on no stock."""
    breaks: list[Break] = field(default_factory=list)
    unsolved: list[str] = field(default_factory=list)


def find_switches(program: Program) -> tuple[Program, tuple[Break, ...], tuple[str, ...]]:
    """The program with its conditions on time judged by `mode`, its breaks, and the variables whose switches are not solved."""
    found = Found(program, _timed(program))
    running = dict(program.running)
    for id in (*program.dynamic, *program.stocks):
        running[id] = tuple(_equation(equation, id, found) for equation in program.running[id])
    return replace(program, running=running), tuple(dict.fromkeys(found.breaks)), tuple(dict.fromkeys(found.unsolved))


def _timed(program: Program) -> frozenset[str]:
    dynamic, timed = {*program.dynamic, *program.stocks}, set[str]()
    for id in program.dynamic:
        if not inputs(program.running[id]) & dynamic - timed:
            timed.add(id)
    return frozenset(timed)


def _equation(equation: Equation, id: str, found: Found) -> Equation:
    def rule(expr: Expr) -> Expr:
        match expr:
            case Binary(op, left, right) if op in COMPARISONS and _has_time(expr, found):
                return _condition(expr, left, right, id, found)
            case Call(function, args) if function in TIMED:
                _timed_call(function, args, id, found)
            case Call(function, args) if function in STAIRS:
                return _stairs(function, args, id, found)
            case Call("max" | "min", (left, right)) if line := _line(Binary("-", left, right), found):
                found.breaks.append(Break("at", (_root(line),)))
            case Lookup(table, argument) if line := _line(argument, found):
                found.breaks.append(Break("knots", (table, line.slope, line.intercept)))
                if _is_stairs(table, found):
                    return Lookup(table, _by_mode(argument, found))
        return expr

    return replace(equation, expression=rewrite(equation.expression, rule))


def _has_time(expr: Expr, found: Found) -> bool:
    """Whether it names the time, or rests on the time and on no stock."""
    named = names(expr)
    if "time" in named:
        return True
    changing = named & {*found.program.dynamic, *found.program.stocks}
    return bool(changing) and changing <= found.timed


def _condition(expr: Binary, left: Expr, right: Expr, id: str, found: Found) -> Expr:
    if _is_steady(left, found) and _is_steady(right, found):
        return expr
    if line := _line(Binary("-", left, right), found):
        found.breaks.append(Break("at", (_root(line),)))
    elif not _periodic(left, right, found):
        found.unsolved.append(_label(id, found))
        return expr
    return _by_mode(expr, found)


def _periodic(left: Expr, right: Expr, found: Found) -> bool:
    """`MODULO(line, period)` compared with a constant: true every period.  (`_stairs` has rewritten it by then.)"""
    match left, right:
        case Binary("-", argument, Call("quantum", (_, period))), level if _is_static(level, found):
            pass
        case level, Binary("-", argument, Call("quantum", (_, period))) if _is_static(level, found):
            pass
        case _:
            return False
    line = _line(argument, found)
    if line is None or not _is_static(period, found):
        return False
    origin = _root(Line(line.slope, Binary("-", line.intercept, level)))
    found.breaks.append(Break("multiples", (origin, Binary("/", period, Call("abs", (line.slope,))))))
    return True


def _timed_call(function: str, args: tuple[Expr, ...], id: str, found: Found) -> None:
    _, time_step, *rest = args
    when = tuple(rest[position] for position in TIMED[function].when)
    if all(_is_static(arg, found) for arg in when):
        found.breaks.append(Break(function, (time_step, *when)))
    else:
        found.unsolved.append(_label(id, found))


def _stairs(function: str, args: tuple[Expr, ...], id: str, found: Found) -> Expr:
    """MODULO, QUANTUM or INTEGER of a line in time: its jumps found, and its level judged by `mode`."""
    call = Call(function, args)
    if not _has_time(args[0], found) or _is_steady(args[0], found):
        return call
    line = _line(args[0], found)
    period = args[1] if function != "integer" else Number(1.0)
    if line is None or not _is_static(period, found):
        found.unsolved.append(_label(id, found))
        return call
    found.breaks.append(Break("multiples", (_root(line), Binary("/", period, Call("abs", (line.slope,))))))
    if function == "modulo":
        return Binary("-", args[0], Call("quantum", (_by_mode(args[0], found), period)))
    return _by_mode(call, found)


def _label(id: str, found: Found) -> str:
    return found.program.model.variables[id].label


def _root(line: Line) -> Expr:
    """The time at which the line passes zero."""
    return Binary("/", Unary("-", line.intercept), line.slope)


def _by_mode(expr: Expr, found: Found) -> Expr:
    """`expr` with the time, also that inside variables that follow from it, replaced by `mode`."""

    def rule(node: Expr) -> Expr:
        match node:
            case Name("time"):
                return MODE
            case Read(id, ()) if id in found.timed and not _is_steady(node, found):
                return _by_mode(found.program.running[id][0].expression, found)
        return node

    return rewrite(expr, rule)


# ── what an expression is ────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_static(expr: Expr, found: Found) -> bool:
    return not names(expr) & {"time", "mode", *found.program.dynamic, *found.program.stocks}


def _is_stairs(table: Expr, found: Found) -> bool:
    tables = [table] if isinstance(table, Table) else [eq.expression for eq in _variable(table, found)]
    return any(isinstance(one, Table) and one.between == Between.STEPS for one in tables)


def _variable(table: Expr, found: Found) -> tuple[Equation, ...]:
    assert isinstance(table, Read)
    return found.program.model.variables[table.id].equations


def _is_steady(expr: Expr, found: Found) -> bool:
    """Constant between breaks that are found anyway: nothing to solve for."""
    match expr:
        case Name(id):
            return id != "time"
        case Read(id, _) if id in found.timed:
            return all(_is_steady(equation.expression, found) for equation in found.program.running[id])
        case Read(id, _):
            return id not in {*found.program.dynamic, *found.program.stocks}
        case Call(function, args) if function in TIMED:
            return TIMED[function].clock == "mode" and all(_is_steady(arg, found) for arg in args[1:])
        case Binary(op, left, right) if op in COMPARISONS and _line(Binary("-", left, right), found):
            return True
    return all(_is_steady(child, found) for child in children(expr))


def _line(expr: Expr, found: Found) -> Line | None:
    """`expr` as a line in time that is not level, or None."""
    line = _as_line(expr, found)
    return None if line is None or line.slope == Number(0.0) else line


def _as_line(expr: Expr, found: Found) -> Line | None:
    if _is_static(expr, found):
        return Line(Number(0.0), expr)
    match expr:
        case Name("time" | "mode"):
            return Line(Number(1.0), Number(0.0))
        case Read(id, ()) if id in found.timed:
            return _as_line(found.program.running[id][0].expression, found)
        case Unary("-", operand):
            return _scaled(_as_line(operand, found), "*", Number(-1.0))
        case Binary("+" | "-" as op, left, right):
            return _sum(op, _as_line(left, found), _as_line(right, found))
        case Binary("*", left, right) if _is_static(left, found):
            return _scaled(_as_line(right, found), "*", left)
        case Binary("*" | "/" as op, left, right) if _is_static(right, found):
            return _scaled(_as_line(left, found), op, right)
    return None


def _scaled(line: Line | None, op: str, factor: Expr) -> Line | None:
    return line and Line(_simple(op, line.slope, factor), _simple(op, line.intercept, factor))


def _sum(op: str, left: Line | None, right: Line | None) -> Line | None:
    if left is None or right is None:
        return None
    return Line(_simple(op, left.slope, right.slope), _simple(op, left.intercept, right.intercept))


def _simple(op: str, left: Expr, right: Expr) -> Expr:
    match op, left, right:
        case "+" | "-", _, Number(0.0):
            return left
        case "+", Number(0.0), _:
            return right
        case "-", Number(0.0), Number(value):
            return Number(-value)
        case "+", Number(a), Number(b):
            return Number(a + b)
        case "-", Number(a), Number(b):
            return Number(a - b)
        case "*" | "/", Number(0.0), _:
            return left
        case "*" | "/", _, Number(1.0):
            return left
        case "*", Number(1.0), _:
            return right
    return Binary(op, left, right)
