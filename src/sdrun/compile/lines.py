"""What an expression is in time: constant, steady between known switches, or a line whose roots are known."""

from dataclasses import dataclass, field

from sdrun.compile.fold import calculated
from sdrun.compile.inline import opened
from sdrun.compile.program import Program
from sdrun.functions import TIMED
from sdrun.model import JUMPS, Binary, Call, Expr, Lookup, Name, Number, Read, Table, Unary, children, names

LONGEST = 1000
"""Terms of a line; what has more is not solved for."""
CLOCKS = frozenset({"time", "_mode", "_until"})
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


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
    terms: int = 1


@dataclass(slots=True)
class Found:
    """What has been found so far; lives as long as one compilation."""

    program: Program
    timed: frozenset[str]
    """Variables that depend on the time but on no stock."""
    changing: frozenset[str]
    """Variables that change during the run."""
    breaks: list[Break] = field(default_factory=list)
    unsolved: list[str] = field(default_factory=list)
    lines: dict[Read, Line | None] = field(default_factory=dict)
    """Variables read so far, as lines; chains of them are gone through once."""
    steady: dict[str, bool] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    """Nodes of variables' equations with all that they read of the time put in."""


def has_time(expr: Expr, found: Found) -> bool:
    """Whether it names the time, or rests on the time and on no stock."""
    named = names(expr)
    if "time" in named:
        return True
    changing = named & found.changing
    return bool(changing) and changing <= found.timed


def is_static(expr: Expr, found: Found) -> bool:
    """Constant during the run."""
    named = names(expr)
    return named.isdisjoint(found.changing) and named.isdisjoint(CLOCKS)


def has_steps(table: Expr, found: Found) -> bool:
    """Whether a table, or the lookup variable that is read, jumps at its points."""
    return tables_of(table, found)[0].between in JUMPS


def tables_of(table: Expr, found: Found) -> tuple[Table, ...]:
    """The table itself, or those of the lookup variable that is read."""
    if isinstance(table, Table):
        return (table,)
    assert isinstance(table, Read)
    stated = (equation.expression for equation in found.program.model.variables[table.id].equations)
    return tuple(one for one in stated if isinstance(one, Table))


def is_steady(expr: Expr, found: Found) -> bool:
    """Constant between breaks that are found anyway: nothing to solve for."""
    match expr:
        case Name(id):
            return id != "time"
        case Read(id, _) if id in found.timed:
            if id not in found.steady:
                found.steady[id] = all(is_steady(equation.expression, found) for equation in found.program.running[id])
            return found.steady[id]
        case Read(id, _):
            return id not in found.changing or id in found.program.stepwise  # what is remembered changes at breaks only
        case Call(function, args) if function in TIMED:
            return TIMED[function].clock == "mode" and all(is_steady(arg, found) for arg in args[1:])
        case Call("integer" | "floor" | "round" | "quantum", (argument, *period)) if line_of(argument, found):
            return all(is_static(arg, found) for arg in period)
        case Lookup(table, argument) if line_of(argument, found):
            return has_steps(table, found)
        case Binary(op, left, right) if op in COMPARISONS and line_of(Binary("-", left, right), found):
            return True
    return all(is_steady(child, found) for child in children(expr))


def line_of(expr: Expr, found: Found) -> Line | None:
    """`expr` as a line in time that is not level, or None."""
    line = _as_line(expr, found)
    return None if line is None or line.slope == Number(0.0) else line


def _as_line(expr: Expr, found: Found) -> Line | None:
    if is_static(expr, found):
        return Line(Number(0.0), expr)
    match expr:
        case Name("time" | "_mode" | "_until"):
            return Line(Number(1.0), Number(0.0))
        case Read(id, _) if id in found.timed:
            if expr not in found.lines:
                inner = opened(expr, found.program.running[id])
                found.lines[expr] = None if inner is None else _as_line(inner, found)
            return found.lines[expr]
        case Unary("-", operand):
            return _scaled(_as_line(operand, found), "*", Number(-1.0))
        case Binary("+" | "-" as op, left, right):
            return _sum(op, _as_line(left, found), _as_line(right, found))
        case Binary("*", left, right) if is_static(left, found):
            return _scaled(_as_line(right, found), "*", left)
        case Binary("*" | "/" as op, left, right) if is_static(right, found):
            return _scaled(_as_line(left, found), op, right)
    return None


def _scaled(line: Line | None, op: str, factor: Expr) -> Line | None:
    return line and Line(_simple(op, line.slope, factor), _simple(op, line.intercept, factor), line.terms)


def _sum(op: str, left: Line | None, right: Line | None) -> Line | None:
    if left is None or right is None or left.terms + right.terms > LONGEST:
        return None
    slope, intercept = _simple(op, left.slope, right.slope), _simple(op, left.intercept, right.intercept)
    return Line(slope, intercept, left.terms + right.terms)


def _simple(op: str, left: Expr, right: Expr) -> Expr:
    match op, left, right:
        case "+" | "-", _, Number(0.0):
            return left
        case "+", Number(0.0), _:
            return right
        case _, Number(a), Number(b):
            return Number(calculated(op, a, b))
        case "*" | "/", Number(0.0), _:
            return left
        case "*" | "/", _, Number(1.0):
            return left
        case "*", Number(1.0), _:
            return right
    return Binary(op, left, right)


def root(line: Line) -> Expr:
    """The time at which the line passes zero."""
    intercept = line.intercept
    opposite = Number(-intercept.value) if isinstance(intercept, Number) else Unary("-", intercept)
    return _simple("/", opposite, line.slope)
