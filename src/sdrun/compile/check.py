"""`Model` → nothing: every name, function and number of arguments is known, or all that are not are told at once."""

from collections.abc import Callable, Iterable, Iterator
from itertools import count

from sdrun.compile.problems import problem, raise_all
from sdrun.errors import SHOWN_AT_MOST, Problem, nearest
from sdrun.functions import TABULAR, UNSPOKEN, known
from sdrun.model import Call, Expr, Lookup, Model, Name, Table, Variable, walk

Near = Callable[[str, Iterable[str]], str | None]
"""`nearest`, for as many problems as are shown."""


def check(model: Model) -> Model:
    """The model itself, once everything that its equations name exists.

    Raises ModelError naming variable, function or name, and line.
    """
    raise_all(_problems(model))
    return model


def _problems(model: Model) -> Iterator[Problem]:
    arity, told = known(), count()

    def near(name: str, choices: Iterable[str]) -> str | None:
        return nearest(name, choices) if next(told) < SHOWN_AT_MOST else None  # it costs more than all else

    elements = {element for range_ in model.ranges.values() for element in range_.elements}
    nouns = {"time", *model.variables, *model.ranges, *elements}
    labels = {model.variables[noun].label if noun in model.variables else noun for noun in nouns}
    for variable in model.variables.values():
        if variable.id == "time":
            yield problem(model, variable, f"'{variable.label}' is the name of the clock; a variable needs another")
        yield from _of_lookup(model, variable)
        for equation in variable.equations:
            if odd := [ids for ids in equation.excepts if len(ids) != len(equation.subscripts)]:
                what = f":EXCEPT: of '{variable.label}' has {len(odd[0])} subscripts, its left side {len(equation.subscripts)}"
                yield problem(model, variable, what)
            read = {id(table) for node in walk(equation.expression) if (table := _table(node)) is not None}
            for node in walk(equation.expression):
                if isinstance(node, Name) and node.id not in nouns:
                    what = f"'{variable.label}' uses '{node.id}', which is not defined"
                    yield problem(model, variable, what, near(node.id, labels))
                yield from _of_node(model, variable, node, arity, near)
                if isinstance(node, Name) and node.id in model.variables:
                    yield from _of_use(model, variable, model.variables[node.id], as_table=id(node) in read)


def _table(node: Expr) -> Expr | None:
    """What a node reads as a table."""
    match node:
        case Lookup(table, _):
            return table
        case Call(function, (table, *_)) if function in TABULAR and TABULAR[function].of == "lookup":
            return table
    return None


def _of_lookup(model: Model, variable: Variable) -> Iterator[Problem]:
    """The tables of one variable are read by one call."""
    kinds = {equation.expression.between if isinstance(equation.expression, Table) else None for equation in variable.equations}
    if None in kinds and len(kinds) > 1:
        yield problem(model, variable, f"'{variable.label}' is a lookup for some elements and not for others")
    elif len(kinds) > 1:
        spelled = ", ".join(sorted(map(str, kinds)))
        yield problem(model, variable, f"'{variable.label}' is a lookup of different kinds: {spelled}")


def _of_use(model: Model, variable: Variable, used: Variable, as_table: bool) -> Iterator[Problem]:
    """A lookup is read at an argument, and nothing else is."""
    is_table = any(isinstance(equation.expression, Table) for equation in used.equations)
    if is_table and not as_table:
        yield problem(model, variable, f"'{variable.label}' uses the lookup '{used.label}' without an argument")
    if as_table and not is_table:
        yield problem(model, variable, f"'{variable.label}' gives '{used.label}' an argument, but it is no lookup")


def _of_node(model: Model, variable: Variable, node: Expr, arity: dict[str, int], near: Near) -> Iterator[Problem]:
    match node:
        case Call(function, args) if function not in arity:
            help = UNSPOKEN.get(function)
            if help is None:
                help = near(function.replace("_", " "), (name.replace("_", " ") for name in arity if name[0] != "_"))
            what = f"'{variable.label}' uses {_spelled(function)}, which is not supported"
            yield problem(model, variable, what, help)
        case Call(function, args) if len(args) != arity[function]:
            what = f"'{variable.label}' gives {_spelled(function)} {len(args)} arguments; it takes {arity[function]}"
            yield problem(model, variable, what)


def _spelled(function: str) -> str:
    """As modellers write it."""
    return function.upper().replace("_", " ")
