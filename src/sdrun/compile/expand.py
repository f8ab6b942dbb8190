"""`Model` → `Model` without functions that have memory: a SMOOTH becomes its stocks, an INITIAL a value held from the start."""

from dataclasses import replace

from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.errors import Problem
from sdrun.functions import REDUCTIONS, STATEFUL
from sdrun.model import Call, Equation, Expr, Model, Name, Number, Subscript, Variable, rewrite, walk

STOCKS = ("integ", "integ_non_negative")


def expand(model: Model) -> Model:
    """Replace every call with memory by the stocks it stands for, which are added as variables of their own.

    Raises ModelError where an order is not a literal number, or memory stands inside a sum over subscripts.
    """
    hidden: dict[str, Variable] = {}
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for id, variable in model.variables.items():
        try:
            equations = tuple(_expand_equation(model, variable, equation, hidden) for equation in variable.equations)
            variables[id] = replace(variable, equations=equations)
        except Refusal as refusal:
            problems.append(problem(model, variable, f"'{variable.label}': {refusal.what}", refusal.help))
    raise_all(problems)
    return replace(model, variables=variables | hidden)


def _expand_equation(model: Model, variable: Variable, equation: Equation, hidden: dict[str, Variable]) -> Equation:
    subscripts = tuple(id for id in equation.subscripts if id in model.ranges)
    _refuse_memory_in_sums(equation.expression)

    def rule(expr: Expr) -> Expr:
        match expr:
            case Call(function, args) if function in STATEFUL:
                return _memory(model, variable, subscripts, function, args, hidden)
            case Call("initial", _):
                return _hide(variable, subscripts, "initial", expr, hidden)
            case Call(function, _) if function in STOCKS:
                return _hide(variable, subscripts, "stock", expr, hidden)
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
                    if isinstance(inner, Call) and (inner.function in STATEFUL or inner.function == "initial"):
                        what = f"{inner.function.upper()} inside {function.upper()} is not supported"
                        raise Refusal(what, "give it a variable of its own")


def _memory(
    model: Model,
    variable: Variable,
    subscripts: tuple[str, ...],
    function: str,
    args: tuple[Expr, ...],
    hidden: dict[str, Variable],
) -> Expr:
    row = STATEFUL[function]
    order = _order(model, args[-1]) if row.ordered else 1
    prefix = f"_{function}_{len(hidden) + 1}"
    name = tuple(Subscript(id) for id in subscripts)

    def stock(k: int) -> Expr:
        return Name(f"{prefix}_{k + 1}", name)

    memory = row.expand(stock, args[: row.arity], order)
    for k, (flow, initial) in enumerate(memory.stocks):
        equation = Equation(subscripts=subscripts, expression=Call("integ", (flow, initial)))
        id = f"{prefix}_{k + 1}"
        label = f"{function.upper()} in {variable.label}, stock {k + 1}"
        hidden[id] = Variable(id=id, label=label, equations=(equation,), units=variable.units, line=variable.line)
    return memory.value


def _order(model: Model, order: Expr) -> int:
    """The number of stocks of a delay: a literal, or a constant of the model."""
    if isinstance(order, Name) and order.id in model.variables:
        equations = model.variables[order.id].equations
        order = equations[0].expression if len(equations) == 1 else order
    if not isinstance(order, Number) or order.value != int(order.value) or not 1 <= order.value <= 100:
        raise Refusal("the order of a delay must be a whole number from 1 to 100")
    return int(order.value)


def _hide(variable: Variable, subscripts: tuple[str, ...], kind: str, expr: Expr, hidden: dict[str, Variable]) -> Expr:
    """A variable of its own for `expr`."""
    id = f"_{kind}_{len(hidden) + 1}"
    equation = Equation(subscripts=subscripts, expression=expr)
    label = f"{kind.upper()} in {variable.label}"
    hidden[id] = Variable(id=id, label=label, equations=(equation,), units=variable.units, line=variable.line)
    return Name(id, tuple(Subscript(id) for id in subscripts))
