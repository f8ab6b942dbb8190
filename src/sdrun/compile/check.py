"""`Model` → nothing: every name, function and number of arguments is known, or all that are not are told at once."""

from collections.abc import Iterator

from sdrun.compile.problems import problem, raise_all
from sdrun.errors import Problem, nearest
from sdrun.functions import known
from sdrun.model import Call, Expr, Model, Name, Table, Variable, walk


def check(model: Model) -> Model:
    """The model itself, once everything that its equations name exists.

    Raises ModelError naming variable, function or name, and line.
    """
    raise_all(_problems(model))
    return model


def _problems(model: Model) -> Iterator[Problem]:
    arity = known()
    elements = {element for range_ in model.ranges.values() for element in range_.elements}
    nouns = {"time", *model.variables, *model.ranges, *elements}
    for variable in model.variables.values():
        if len({isinstance(equation.expression, Table) for equation in variable.equations}) > 1:
            yield problem(model, variable, f"'{variable.label}' is a lookup for some elements and not for others")
        for equation in variable.equations:
            for node in walk(equation.expression):
                yield from _of_node(model, variable, node, nouns, arity)


def _of_node(model: Model, variable: Variable, node: Expr, nouns: set[str], arity: dict[str, int]) -> Iterator[Problem]:
    match node:
        case Name(id) if id not in nouns:
            labels = {model.variables[noun].label if noun in model.variables else noun for noun in nouns}
            yield problem(model, variable, f"'{variable.label}' uses '{id}', which is not defined", nearest(id, labels))
        case Call(function, args) if function not in arity:
            spelled = function.upper().replace("_", " ")
            yield problem(
                model, variable, f"'{variable.label}' uses {spelled}, which is not supported", nearest(function, arity)
            )
        case Call(function, args) if len(args) != arity[function]:
            what = f"'{variable.label}' gives {_spelled(function)} {len(args)} arguments; it takes {arity[function]}"
            yield problem(model, variable, what)


def _spelled(function: str) -> str:
    """As modellers write it."""
    return function.upper().replace("_", " ")
