"""`Model` → `Model` without macros: each call reads hidden variables of its own in place of the macro's.

A hidden variable extends over the ranges on the left side of the equation that calls, and then over its own: a macro with a
stock, called by an arrayed equation, has a stock for every element.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import count

from sdrun.compile.problems import Refusal, problem, raise_all
from sdrun.errors import Place, Problem, nearest
from sdrun.functions import REDUCTIONS
from sdrun.model import Call, Equation, Expr, Lookup, Macro, Model, Name, Number, Subscript, Variable, extent, rewrite, walk

MOST = 100_000
"""Operations in one equation."""
MOST_CALLS = 10_000
"""Of macros, those of macros in macros included: they multiply.  They may stand for ten times as many variables."""
DEEPEST = 150
"""Levels of an equation."""

Seats = Mapping[str, Expr]
"""What stands in a call's variables for each name of the macro."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The equation that a call stands in."""

    model: Model
    label: str
    """Of the variable of the model that calls, in the end."""
    line: int | None
    subscripts: tuple[str, ...]
    """Of the left side."""
    made: dict[str, Variable]
    """Variables made so far; grows while one model is worked on."""
    numbers: Iterator[int]
    """Of calls."""

    @property
    def ranges(self) -> tuple[str, ...]:
        """Those of the left side, over which hidden variables extend."""
        return tuple(id for id in self.subscripts if id in self.model.ranges)


def inline_macros(model: Model) -> Model:
    """Replace every call of a macro.

    Raises ModelError for macros that call themselves, for wrong numbers of arguments, and for macros with variables inside a
    sum over subscripts.
    """
    if not model.macros:
        return model
    raise_all(_circles(model))
    made: dict[str, Variable] = {}
    numbers = count(1)
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for id, variable in model.variables.items():
        place = _Place(model=model, label=variable.label, line=variable.line, subscripts=(), made=made, numbers=numbers)
        try:
            variables[id] = replace(variable, equations=tuple(_called(equation, place) for equation in variable.equations))
        except Refusal as refusal:
            problems.append(problem(model, variable, f"'{variable.label}': {refusal.what}", refusal.help))
        except RecursionError:
            problems.append(problem(model, variable, f"'{variable.label}': its macros call each other in too many levels"))
    problems += [
        problem(model, made[id], f"'{made[id].label}' is an output of a macro, and defined by an equation too")
        for id in made.keys() & variables.keys()
    ]
    raise_all(problems)
    return replace(model, variables=variables | made, macros=())


def _circles(model: Model) -> Iterator[Problem]:
    by_id = {macro.id: macro for macro in model.macros}
    calls: dict[str, set[str]] = {id: set() for id in by_id}
    for macro in model.macros:
        calls[macro.id] |= {node.function for node in _nodes(macro) if isinstance(node, Call)} & by_id.keys()
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as error:
        spelled = " -> ".join(f"'{by_id[id].label}'" for id in reversed(error.args[1]))
        first = by_id[error.args[1][-1]]
        place = Place(path=model.path, line=first.line, key=first.label)
        yield Problem(what=f"macros that call themselves are not supported: {spelled}", place=place)


def _nodes(macro: Macro) -> Iterator[Expr]:
    """Every expression in a macro."""
    equations = (equation.expression for variable in macro.variables.values() for equation in variable.equations)
    defaults = (parameter.default for parameter in macro.parameters if parameter.default is not None)
    for expression in (macro.value, *defaults, *equations):
        yield from walk(expression)


def _called(equation: Equation, place: _Place) -> Equation:
    place = replace(place, subscripts=equation.subscripts)
    return replace(equation, expression=_checked(_without_calls(equation.expression, place)))


def _checked(expression: Expr) -> Expr:
    count, depth = extent(expression)
    if count > MOST or depth > DEEPEST:
        raise Refusal("with its macros written out, its equation is too large", "give a part of it a variable of its own")
    return expression


def _without_calls(expression: Expr, place: _Place) -> Expr:
    macros = {macro.id: macro for macro in place.model.macros}
    for node in walk(expression):
        if isinstance(node, Call) and node.function in REDUCTIONS:
            _refuse_variables_in_sum(node, macros)

    def rule(expr: Expr) -> Expr:
        match expr:
            case Call(function, args) if function in macros:
                return _value(_meant(function, args, place.model), args, place)
        return expr

    return rewrite(expression, rule)


def _refuse_variables_in_sum(call: Call, macros: Mapping[str, Macro]) -> None:
    for inner in walk(call):
        if isinstance(inner, Call) and inner.function in macros and macros[inner.function].variables:
            what = f"the macro {macros[inner.function].label} inside {call.function.upper()} is not supported"
            raise Refusal(what, "give it a variable of its own")


def _meant(function: str, args: tuple[Expr, ...], model: Model) -> Macro:
    """The macro of that name that takes so many arguments."""
    found = [macro for macro in model.macros if macro.id == function]
    for macro in found:
        if len(args) in _counts(macro):
            return macro
    counts = " or ".join(str(count) for count in sorted({count for macro in found for count in _counts(macro)}))
    raise Refusal(f"the macro {found[0].label} takes {counts} arguments, not {len(args)}")


def _counts(macro: Macro) -> set[int]:
    """How many arguments a call may have; one that names outputs names all of them."""
    parameters = len(macro.parameters)
    required = max((place for place, parameter in enumerate(macro.parameters, 1) if parameter.default is None), default=0)
    return {*range(required, parameters + 1), parameters + len(macro.outputs)}


def _value(macro: Macro, args: tuple[Expr, ...], place: _Place) -> Expr:
    """What a call is worth; its variables are added to those made."""
    number = next(place.numbers)
    if number > MOST_CALLS:
        raise Refusal(f"its macros stand for more than {MOST_CALLS} calls", "macros that call macros multiply")
    prefix = f"_macro_{number}"
    subscripts = tuple(Subscript(id) for id in place.ranges)
    own = {id: Name(f"{prefix}_{id}", subscripts) for id in macro.variables}
    seats = _seats(macro, args, prefix, place) | own
    for id, variable in macro.variables.items():
        label, equations = f"{variable.label} in {macro.label}", _equations(variable, seats, place)
        _make(own[id].id, label, equations, replace(place, line=variable.line or place.line))
    for output, name in zip(macro.outputs, args[len(macro.parameters) :], strict=False):
        if not isinstance(name, Name):
            raise Refusal(f"the macro {macro.label} gives its output '{output}' to a name, not to an expression")
        if output not in own:
            raise Refusal(f"the macro {macro.label} has the output '{output}', but no equation for it", nearest(output, own))
        equation = Equation(subscripts=place.subscripts, expression=own[output])
        _add(Variable(id=name.id, label=name.id.replace("_", " "), equations=(equation,), line=place.line), place)
    return _checked(_without_calls(_seated(macro.value, seats, macro), place))


def _seats(macro: Macro, args: tuple[Expr, ...], prefix: str, place: _Place) -> dict[str, Expr]:
    """What stands for the parameters; an expression has a variable of its own, or it would be evaluated wherever it is used."""
    seats: dict[str, Expr] = {}
    for position, parameter in enumerate(macro.parameters):
        if position < len(args):
            seat = args[position]
        else:
            assert parameter.default is not None
            seat = _without_calls(_seated(parameter.default, seats, macro), place)
        if macro.variables and not isinstance(seat, Name | Number):
            name = Name(f"{prefix}_{parameter.id}", tuple(Subscript(id) for id in place.ranges))
            equation = Equation(subscripts=place.ranges, expression=_checked(seat))
            _make(name.id, f"{parameter.id} of {macro.label}", (equation,), place)
            seat = name
        seats[parameter.id] = seat
    return seats


def _equations(variable: Variable, seats: Seats, place: _Place) -> tuple[Equation, ...]:
    """The equations of a macro's variable, as those of a call."""
    found = []
    for equation in variable.equations:
        left = (*place.ranges, *equation.subscripts)
        inner = replace(place, subscripts=left)
        excepts = tuple((*place.ranges, *ids) for ids in equation.excepts)
        expression = _without_calls(_seated(equation.expression, seats, variable), inner)
        found.append(replace(equation, subscripts=left, excepts=excepts, expression=_checked(expression)))
    return tuple(found)


def _make(id: str, label: str, equations: tuple[Equation, ...], place: _Place) -> None:
    _add(Variable(id=id, label=f"{label}, called by {place.label}", equations=equations, line=place.line), place)


def _add(variable: Variable, place: _Place) -> None:
    if len(place.made) >= 10 * MOST_CALLS:
        raise Refusal(f"its macros stand for more than {10 * MOST_CALLS} variables")
    if variable.id in place.made:
        raise Refusal(f"'{variable.label}' is an output of two macros")
    place.made[variable.id] = variable


def _seated(expression: Expr, seats: Seats, inside: Macro | Variable) -> Expr:
    """An expression of a macro with its own names replaced; the others are the model's."""

    def rule(expr: Expr) -> Expr:
        match expr:
            case Name(id, subscripts) if id in seats:
                seat = seats[id]
                if not subscripts:
                    return seat
                if isinstance(seat, Name):
                    return Name(seat.id, seat.subscripts + subscripts)
                raise Refusal(f"'{inside.label}' uses the parameter '{id}' with subscripts; the call gives it an expression")
            case Call(function, (argument,)) if isinstance(table := seats.get(function), Name):
                return Lookup(table, argument)
        return expr

    for node in walk(expression):
        if (
            isinstance(node, Lookup)
            and isinstance(node.table, Name)
            and not isinstance(seats.get(node.table.id, node.table), Name)
        ):
            raise Refusal(f"'{inside.label}' uses the parameter '{node.table.id}' as a lookup; the call gives it an expression")
    return rewrite(expression, rule)
