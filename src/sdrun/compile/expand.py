"""`Model` → `Model` without functions that have memory: a SMOOTH becomes its stocks, an INITIAL a value held from the start,
a DELAY FIXED a pipeline."""

from dataclasses import dataclass, replace
from functools import partial

from sdrun.compile.at_start import AtStart
from sdrun.compile.dimensions import excepts_of, ranges_of
from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.errors import Problem
from sdrun.functions import PURE, REDUCTIONS, STATEFUL
from sdrun.model import CONTROLS, Binary, Call, Equation, Expr, Model, Name, Number, Subscript, Variable, names, rewrite, walk

STOCKS = ("integ", "integ_non_negative")
MOST_STOCKS = 100
"""Of a delay."""
ROUNDING = 1e-6
"""Of a number of steps: 0.3 / 0.1 is three."""
STEPWISE = ("remember", "pipeline", "material", "message")
"""Calls whose variables are kept from one TIME STEP to the next."""


@dataclass(frozen=True, slots=True)
class Place:
    """The equation that a call with memory stands in, and what has been hidden so far."""

    model: Model
    variable: Variable
    equation: Equation
    hidden: dict[str, Variable]
    """Grows while one model is expanded."""
    orders: set[str]
    """Constants that decide a number of stocks; grows too."""

    @property
    def subscripts(self) -> tuple[str, ...]:
        """Of what is hidden: the ranges of the left side."""
        return ranges_of(self.model, self.equation)


def expand(model: Model) -> Model:
    """Replace every call with memory by the stocks it stands for, which are added as variables of their own.

    Raises ModelError where an order is not a literal number, or memory stands inside a sum over subscripts.
    """
    hidden: dict[str, Variable] = {}
    orders: set[str] = set()
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for id, variable in model.variables.items():
        try:
            places = [Place(model, variable, equation, hidden, orders) for equation in variable.equations]
            variables[id] = replace(variable, equations=tuple(map(_expand_equation, places)))
        except Refusal as refusal:
            problems.append(problem(model, variable, f"'{variable.label}': {refusal.what}", refusal.help))
    raise_all(problems)
    fixed = {id: _fixed(variables[id]) for id in orders}
    return replace(model, variables=variables | fixed | hidden)


def _fixed(variable: Variable) -> Variable:
    """A constant as an expression, so that no scenario changes it after the stocks were counted."""
    equations = (replace(eq, expression=Binary("*", Number(1.0), eq.expression)) for eq in variable.equations)
    return replace(variable, equations=tuple(equations))


def _expand_equation(place: Place) -> Equation:
    variable, equation = place.variable, place.equation
    _refuse_memory_in_sums(equation.expression)

    def rule(expr: Expr) -> Expr:
        match expr:
            case Call(function, args) if function in STATEFUL:
                return _memory(place, function, args)
            case Call("initial", _):
                return _hide(place, "initial", expr)
            case Call(function, _) if function in STOCKS:
                return _hide(place, "stock", expr)
        return expr

    match equation.expression:
        case Call(function, args) if is_stock(variable):
            return replace(equation, expression=Call(function, tuple(rewrite(arg, rule) for arg in args)))
        case expression:
            return replace(equation, expression=rewrite(expression, rule))


def is_stock(variable: Variable) -> bool:
    """Every equation of it is an INTEG."""
    return is_call(variable, *STOCKS)


def is_call(variable: Variable, *functions: str) -> bool:
    """Every equation of it is a call of one of these functions."""
    return all(isinstance(eq.expression, Call) and eq.expression.function in functions for eq in variable.equations)


def _refuse_memory_in_sums(expression: Expr) -> None:
    for node in walk(expression):
        match node:
            case Call(function, args) if function in REDUCTIONS:
                for inner in walk(args[0]):
                    if isinstance(inner, Call) and inner.function in (*STATEFUL, *STOCKS, "initial"):
                        what = f"{inner.function.upper()} inside {function.upper()} is not supported"
                        raise Refusal(what, "give it a variable of its own")


def _memory(place: Place, function: str, args: tuple[Expr, ...]) -> Expr:
    steady = function == "delay_n" and _is_constant(args[1], place.model)
    row = STATEFUL["delay" if steady else function]
    order = _order(place, args, function in ("delay_n", "smooth_n")) if row.ordered else 1
    prefix = f"_{function}_{len(place.hidden) + 1}"

    def hidden(k: int) -> Name:
        return Name(f"{prefix}_{k + 1}", tuple(Subscript(id) for id in place.subscripts))

    if function == "sample_if_true":
        args = tuple(rewrite(arg, partial(_last_for_itself, place, hidden(0))) for arg in args)
    memory = row.expand(hidden, args[: row.arity], order)
    stepwise = any(call.function in STEPWISE or "time_step" in names(call) for call in memory.hidden)
    if stepwise and not {"time_step", "initial_time"} <= {*place.model.variables}:
        raise Refusal(f"{function.upper().replace('_', ' ')} needs the model to have an INITIAL TIME and a TIME STEP")
    for k, call in enumerate(memory.hidden):
        label = f"{function.upper()} in {place.variable.label}, {'stock' if call.function == 'integ' else 'part'} {k + 1}"
        _add(place, f"{prefix}_{k + 1}", label, call)
    return memory.value


def _last_for_itself(place: Place, last: Name, expr: Expr) -> Expr:
    """What a SAMPLE IF TRUE reads of the variable that it is the whole equation of, is what was sampled last."""
    match place.equation.expression, expr:
        case Call("sample_if_true", _), Name(place.variable.id, subscripts) if subscripts == last.subscripts:
            return last
    return expr


def _is_constant(expr: Expr, model: Model) -> bool:
    """Whether it follows from constants alone; each variable is looked at once, however many ways lead to it."""
    seen, ahead = set[str](), [expr]
    while ahead:
        for node in walk(ahead.pop()):
            match node:
                case Name("time"):
                    return False
                case Call(function, _) if function not in PURE and function not in ("initial", *REDUCTIONS):
                    return False
                case Name(id) if id in model.variables and id not in seen:
                    seen.add(id)
                    equations = model.variables[id].equations
                    if not equations:
                        return False
                    ahead += [equation.expression for equation in equations]
    return True


def _order(place: Place, args: tuple[Expr, ...], fits: bool) -> int:
    """The number of stocks of a delay or a smooth: what its last argument is at the start, without its fraction.

    Of DELAY N and SMOOTH N no more, as in Vensim, than have a TIME STEP each in the delay time, where the model says how long
    that is.
    """
    at_start = AtStart(model=place.model)
    try:
        order = at_start.value(args[-1])
    except Refusal as refusal:
        raise Refusal(f"the order of a delay decides how many stocks it has: {refusal.what}") from None
    if not 1 <= order < MOST_STOCKS + 1:
        raise Refusal(f"the order of a delay must be a number from 1 to {MOST_STOCKS}, not {order:.6g}")
    place.orders.update(at_start.constants - {*CONTROLS})
    if not fits:
        return int(order)
    try:
        room = AtStart(model=place.model).value(Binary("/", args[1], Name("time_step"))) + ROUNDING
    except Refusal:
        return int(order)
    return int(max(1, min(order, room)))


def _hide(place: Place, kind: str, expr: Call) -> Expr:
    """A variable of its own for `expr`."""
    id = f"_{kind}_{len(place.hidden) + 1}"
    _add(place, id, f"{kind.upper()} in {place.variable.label}", expr)
    return Name(id, tuple(Subscript(subscript) for subscript in place.subscripts))


def _add(place: Place, id: str, label: str, call: Call) -> None:
    """Hide `call` under `id`; a stock is zero where the left side has an `:EXCEPT:`, for every row of y needs a value."""
    excepts = excepts_of(place.model, place.equation)
    stated = Equation(subscripts=place.subscripts, excepts=excepts, expression=call)
    zero = Call(call.function, tuple(Number(0.0) for _ in call.args))
    rest = [Equation(subscripts=ids, expression=zero) for ids in excepts if call.function in (*STOCKS, *STEPWISE)]
    place.hidden[id] = Variable(
        id=id, label=label, equations=(stated, *rest), units=place.variable.units, line=place.variable.line
    )
