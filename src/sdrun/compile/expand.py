"""`Model` → `Model` without functions that have memory: a SMOOTH becomes its stocks, an INITIAL a value held from the start."""

from dataclasses import dataclass, replace

from sdrun.compile.dimensions import excepts_of, ranges_of
from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.errors import Problem
from sdrun.functions import REDUCTIONS, STATEFUL
from sdrun.model import Binary, Call, Equation, Expr, Model, Name, Number, Subscript, Variable, rewrite, walk

STOCKS = ("integ", "integ_non_negative")


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
    return all(isinstance(eq.expression, Call) and eq.expression.function in STOCKS for eq in variable.equations)


def _refuse_memory_in_sums(expression: Expr) -> None:
    for node in walk(expression):
        match node:
            case Call(function, args) if function in REDUCTIONS:
                for inner in walk(args[0]):
                    if isinstance(inner, Call) and inner.function in (*STATEFUL, *STOCKS, "initial"):
                        what = f"{inner.function.upper()} inside {function.upper()} is not supported"
                        raise Refusal(what, "give it a variable of its own")


def _memory(place: Place, function: str, args: tuple[Expr, ...]) -> Expr:
    row = STATEFUL[function]
    order = _order(place, args[-1]) if row.ordered else 1
    prefix = f"_{function}_{len(place.hidden) + 1}"

    def stock(k: int) -> Expr:
        return Name(f"{prefix}_{k + 1}", tuple(Subscript(id) for id in place.subscripts))

    memory = row.expand(stock, args[: row.arity], order)
    for k, (flow, initial) in enumerate(memory.stocks):
        label = f"{function.upper()} in {place.variable.label}, stock {k + 1}"
        _add(place, f"{prefix}_{k + 1}", label, Call("integ", (flow, initial)))
    return memory.value


def _order(place: Place, order: Expr) -> int:
    """The number of stocks of a delay: a literal, or a constant of the model."""
    variables = place.model.variables
    if isinstance(order, Name) and order.id in variables:
        place.orders.add(order.id)
        equations = variables[order.id].equations
        order = equations[0].expression if len(equations) == 1 else order
    if not isinstance(order, Number) or order.value != int(order.value) or not 1 <= order.value <= 100:
        raise Refusal("the order of a delay must be a whole number from 1 to 100")
    return int(order.value)


def _hide(place: Place, kind: str, expr: Call) -> Expr:
    """A variable of its own for `expr`."""
    id = f"_{kind}_{len(place.hidden) + 1}"
    _add(place, id, f"{kind.upper()} in {place.variable.label}", expr)
    return Name(id, tuple(Subscript(subscript) for subscript in place.subscripts))


def _add(place: Place, id: str, label: str, call: Call) -> None:
    """Hide `call` under `id`; a stock is zero where the left side has an `:EXCEPT:`, for every row of y needs a value."""
    excepts = excepts_of(place.model, place.equation)
    stated = Equation(subscripts=place.subscripts, excepts=excepts, expression=call)
    zero = Call(call.function, (Number(0.0), Number(0.0)))
    rest = [Equation(subscripts=ids, expression=zero) for ids in excepts if call.function in STOCKS]
    place.hidden[id] = Variable(
        id=id, label=label, equations=(stated, *rest), units=place.variable.units, line=place.variable.line
    )
