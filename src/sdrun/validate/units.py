"""Units of equations: what an expression comes to, against what its variable declares.

Units that the model file calls the same (`Model.synonyms`) are the same.  A literal number is dimensionless, as in Vensim; 0
and :NA: fit everywhere, and so does a number that stands alone as an initial value, a delay or a branch of IF THEN ELSE.  A
variable without a unit, an array literal and the values of a table fit everything: only what is stated can be contradicted.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from sdrun.errors import Problem
from sdrun.functions import DATA, WINDOWED
from sdrun.model import Array, Binary, Call, Expr, Lookup, Model, Name, Number, Table, Unary, Variable
from sdrun.units import Unit, divide, multiply, parse_unit, power, renamed
from sdrun.validate.subject import problem

DIMENSIONLESS = Unit()
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
PLAIN = ("exp", "ln", "log", "log10", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh")
"""Functions of dimensionless arguments."""
LIKE_ALL = ("min", "max", "mod", "modulo", "quantum")
"""Functions whose arguments and result share one unit."""
LIKE_FIRST = (
    *("abs", "floor", "integer", "round", "sum", "vmin", "vmax", "initial", "step", "time_shift", *DATA, *WINDOWED),
    *("vector_elm_map", "vector_reorder", "time_base"),
    *("lookup_backward", "lookup_extrapolate", "lookup_forward", "lookup_slope"),
    *("get_data_at_time", "get_data_between_times"),
)
"""Functions with the unit of their first argument."""
TIMES = ("get_data_first_time", "get_data_last_time")
"""Functions that give a time."""
COUNTS = ("pulse", "pulse_train", "elmcount", "sign", "vector_rank", "vector_sort_order")
"""Functions that give a pure number."""


@dataclass(slots=True)
class Ledger:
    """Units by id, None where none is stated, and the disagreements inside the equation at hand.

    Ranges and elements used as numbers are dimensionless.
    """

    units: Mapping[str, Unit | None]
    time: Unit | None
    faults: list[str] = field(default_factory=list)


def check_units(model: Model) -> list[Problem]:
    """Every equation whose units do not balance, and every unit that cannot be read."""
    same = _synonyms(model)
    counts = {id for range_ in model.ranges.values() for id in (range_.id, *range_.elements)}
    units: dict[str, Unit | None] = {**dict.fromkeys(counts, DIMENSIONLESS)}
    units |= {id: _declared(variable, same) for id, variable in model.variables.items()}
    time = next((units[id] for id in ("time_step", "initial_time", "final_time") if units.get(id)), None)
    return [
        problem(model, variable, f"'{variable.label}': {fault}")
        for variable in model.variables.values()
        for fault in dict.fromkeys(_faults(variable, units, time))
    ]


def missing_units(model: Model) -> list[Problem]:
    """Every variable that states no unit, tables left out; a single problem where none at all does."""
    stating = [variable for variable in model.variables.values() if not _is_table(variable)]
    missing = [variable for variable in stating if not variable.units.strip()]
    if len(missing) == len(stating):
        return (
            [Problem(what="no variable states a unit: no equation can be checked for its units", place=None)] if missing else []
        )
    return [problem(model, variable, f"'{variable.label}' states no unit") for variable in missing]


def _is_table(variable: Variable) -> bool:
    return all(isinstance(equation.expression, Table) for equation in variable.equations)


def _synonyms(model: Model) -> dict[str, str]:
    """Base units by another name that the model file gives them."""
    found: dict[str, str] = {}
    for group in model.synonyms:
        bases = [unit.powers[0][0] for name in group if (unit := _parsed(name)) is not None and len(unit.powers) == 1]
        found |= {base: bases[0] for base in bases[1:] if base != bases[0]}
    return found


def _declared(variable: Variable, same: Mapping[str, str]) -> Unit | None:
    unit = _parsed(variable.units)
    return None if unit is None else renamed(unit, same)


def _parsed(text: str) -> Unit | None:
    try:
        return parse_unit(text)
    except ValueError:
        return None


def _faults(variable: Variable, units: Mapping[str, Unit | None], time: Unit | None) -> Iterator[str]:
    if variable.units and units[variable.id] is None:
        yield f"unit '{variable.units}' cannot be read"
    for equation in variable.equations:
        ledger = Ledger(units=units, time=time)
        found, declared = _unit(equation.expression, ledger), units[variable.id]
        yield from ledger.faults
        constant = isinstance(equation.expression, Number | Array | Table)
        if not constant and found is not None and declared is not None and found != declared:
            yield f"its equation is in {found}, its unit is {declared}"


def _unit(expr: Expr, ledger: Ledger) -> Unit | None:
    """The unit of an expression; None where it could be anything."""
    match expr:
        case Number(value):
            return None if value == 0 or math.isnan(value) else DIMENSIONLESS
        case Name("time"):
            return ledger.time
        case Name(id):
            return ledger.units.get(id)
        case Unary("-", operand):
            return _unit(operand, ledger)
        case Unary(_, operand):
            _unit(operand, ledger)
            return DIMENSIONLESS
        case Binary(op, left, right):
            return _binary(op, left, right, ledger)
        case Lookup(table, argument):
            _unit(argument, ledger)
            return ledger.units.get(table.id) if isinstance(table, Name) else None
        case Call(function, args):
            return _call(function, args, ledger)
    return None


def _binary(op: str, left: Expr, right: Expr, ledger: Ledger) -> Unit | None:
    if op == "^":
        return _power(left, right, ledger)
    a, b = _unit(left, ledger), _unit(right, ledger)
    if op in ("*", "/"):
        if a is None or b is None:
            return None
        return multiply(a, b) if op == "*" else divide(a, b)
    if op in ("+", "-"):
        return _same([a, b], f"'{op}' joins", ledger)
    if op in COMPARISONS:
        _same([a, b], f"'{op}' compares", ledger)
    return DIMENSIONLESS


def _power(base: Expr, exponent: Expr, ledger: Ledger) -> Unit | None:
    unit = _unit(base, ledger)
    _same([_unit(exponent, ledger), DIMENSIONLESS], "an exponent is in", ledger)
    if unit is None or unit == DIMENSIONLESS:
        return unit
    if isinstance(exponent, Number):
        return _rational_power(unit, exponent.value)
    ledger.faults.append(f"{unit} is raised to a power that may change")
    return None


def _rational_power(unit: Unit, exponent: float) -> Unit | None:
    try:
        return power(unit, Fraction(exponent).limit_denominator(100))
    except ValueError:
        return None


def _same(units: list[Unit | None], what: str, ledger: Ledger) -> Unit | None:
    """The unit that all share, as far as they are known; a fault where they differ."""
    known = list(dict.fromkeys(unit for unit in units if unit is not None))
    if len(known) > 1:
        ledger.faults.append(f"{what} {' and '.join(map(str, known))}")
        return None
    return known[0] if known else None


def _call(function: str, args: tuple[Expr, ...], ledger: Ledger) -> Unit | None:
    units = [_unit(arg, ledger) for arg in args]
    name = function.upper().replace("_", " ")
    if function in PLAIN:
        for unit in units:
            _same([unit, DIMENSIONLESS], f"{name} is taken of", ledger)
        return DIMENSIONLESS
    if function in LIKE_ALL:
        return _same(units, f"{name} joins", ledger)
    if function in LIKE_FIRST:
        return units[0] if units else None
    if function in COUNTS:
        return DIMENSIONLESS
    if function in TIMES:
        return ledger.time
    bare = [None if isinstance(arg, Number) else unit for arg, unit in zip(args, units, strict=True)]
    if function == "vector_lookup" and len(args) == 5:
        return _vector_lookup(bare, args[-1], ledger)
    return _special(function, name, bare, ledger)


def _vector_lookup(units: list[Unit | None], mode: Expr, ledger: Ledger) -> Unit | None:
    """By mode the unit of the values, of x, of their product or their ratio."""
    value, asked, *ends, _ = units
    number = mode.value if isinstance(mode, Number) else None
    if number in (5, 8):
        _same([value, asked], "VECTOR LOOKUP looks among values for", ledger)
        return _same(ends, "VECTOR LOOKUP goes along", ledger)
    along = _same([asked, *ends], "VECTOR LOOKUP goes along", ledger)
    match number:
        case 0 | 2 | 3 | 4:
            return value
        case 1 | 7:
            return _times(value, along)
        case 6 | 9:
            return None if value is None or along is None else divide(value, along)
    return None


def _special(function: str, name: str, units: list[Unit | None], ledger: Ledger) -> Unit | None:
    match function, units:
        case "integ" | "integ_non_negative", [flow, initial]:
            return _same([_times(flow, ledger.time), initial], "the flow times time, and the initial value, are", ledger)
        case "if_then_else", [_, true, false]:
            return _same([true, false], f"{name} chooses between", ledger)
        case "smooth" | "smooth_n" | "delay" | "delay_n", [inflow, delay, initial, _]:
            _same([delay, ledger.time], f"the delay of {name} and the time are", ledger)
            return _same([inflow, initial], f"input and initial value of {name} are", ledger)
        case "delay_fixed" | "delay_information" | "delay_material", [inflow, delay, *given]:
            _same([delay, ledger.time], f"the delay of {name} and the time are", ledger)
            return _same([inflow, *given], f"input and other values of {name} are", ledger)
        case "sample_if_true", [_, inflow, initial]:
            return _same([inflow, initial], f"input and initial value of {name} are", ledger)
        case "random_uniform" | "random_normal" | "random_triangular", [*values, _]:
            return _same(values, f"{name} is given", ledger)
        case "trend", _:
            return None if ledger.time is None else power(ledger.time, Fraction(-1))
        case "forecast", [inflow, *_]:
            return inflow
        case "active_initial", [active, initial]:
            return _same([active, initial], f"{name} joins", ledger)
        case "sqrt", [unit]:
            return None if unit is None else _rational_power(unit, 0.5)
        case "zidz", [a, b]:
            return None if a is None or b is None else divide(a, b)
        case "xidz" | "safediv", [a, b, x]:
            ratio = None if a is None or b is None else divide(a, b)
            return _same([ratio, x], f"{name} gives", ledger)
        case "ramp" | "xramp", [slope, *_]:
            return _times(slope, ledger.time)
        case "lookup_area", [height, *ends]:
            return _times(height, _same(ends, f"{name} goes from one to the other of", ledger))
    return None


def _times(unit: Unit | None, other: Unit | None) -> Unit | None:
    return None if unit is None or other is None else multiply(unit, other)
