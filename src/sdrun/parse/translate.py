"""`Statements` -> `Model`: names become ids, equations of one variable come together, ranges are flattened to elements."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sdrun.errors import ModelError, Place, Problem, locate
from sdrun.model import CONTROLS, Equation, Model, Variable, name_id
from sdrun.parse.expressions import Lookups, expression_of
from sdrun.parse.labels import cleaned, label_of
from sdrun.parse.ranges import ranges_of
from sdrun.parse.statements import Definition, Statements


def model_of(path: Path, statements: Statements) -> Model:
    """The model; a `ModelError` with everything that is wrong in it."""
    problems = list(statements.problems)
    if not problems and all(name_id(definition.label) in CONTROLS for definition in statements.definitions):
        problems.append(Problem(what=f"the model '{path.name}' has no equations", place=Place(path=path)))
    ranges, range_problems = ranges_of(path, statements.ranges)
    variables, variable_problems = _variables(path, statements.definitions)
    clashes = (_clash(path, ranges[id].label, variables[id]) for id in ranges if id in variables)
    problems += [*range_problems, *variable_problems, *clashes]
    if problems:
        raise ModelError(*sorted(problems, key=lambda problem: (problem.place.line or 0) if problem.place else 0))
    settings = statements.settings
    return Model(path=path, variables=variables, ranges=ranges, synonyms=settings.synonyms, method=settings.method)


def _clash(path: Path, range_label: str, variable: Variable) -> Problem:
    place = Place(path=path, line=variable.line, key=variable.label)
    return Problem(what=f"'{variable.label}' is also the name of the range '{range_label}'", place=place)


def _variables(path: Path, definitions: Iterable[Definition]) -> tuple[Mapping[str, Variable], list[Problem]]:
    grouped: dict[str, list[Definition]] = {}
    for definition in definitions:
        grouped.setdefault(name_id(definition.label), []).append(definition)
    lookups: Lookups = frozenset(id for id, group in grouped.items() if group[0].is_lookup)
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for id, group in grouped.items():
        equations, found = _equations(path, group, lookups)
        problems += found + _duplicates(path, group)
        if not found:
            variables[id] = _variable(id, group, equations)
    return variables, problems


def _variable(id: str, group: list[Definition], equations: tuple[Equation, ...]) -> Variable:
    first = group[0]
    limits = next((definition.limits for definition in group if definition.limits != (None, None)), (None, None))
    return Variable(
        id=id,
        label=label_of(first.label),
        equations=equations,
        units=next((cleaned(definition.units) for definition in group if definition.units.strip()), ""),
        description=next((cleaned(definition.documentation) for definition in group if definition.documentation.strip()), ""),
        limits=limits,
        line=first.line,
        group=first.group,
    )


def _equations(path: Path, group: list[Definition], lookups: Lookups) -> tuple[tuple[Equation, ...], list[Problem]]:
    equations: list[Equation] = []
    problems: list[Problem] = []
    for definition in group:
        try:
            equations.append(_equation(definition, lookups))
        except ModelError as error:
            place = Place(path=path, line=definition.line, key=label_of(definition.label))
            problems += [locate(problem, place) for problem in error.problems]
    return tuple(equations), problems


def _equation(definition: Definition, lookups: Lookups) -> Equation:
    return Equation(
        subscripts=tuple(name_id(subscript) for subscript in definition.subscripts),
        excepts=tuple(tuple(name_id(subscript) for subscript in group) for group in definition.excepts),
        expression=expression_of(definition.ast, lookups),
    )


def _duplicates(path: Path, group: list[Definition]) -> list[Problem]:
    """Equations for the very same elements: one of them would be lost.  Overlapping ranges are for `compile` to find."""
    seen: dict[tuple[str, ...], Definition] = {}
    problems = []
    for definition in group:
        first = seen.setdefault(tuple(name_id(subscript) for subscript in definition.subscripts), definition)
        if first is not definition:
            problems.append(_duplicate(path, first, definition))
    return problems


def _duplicate(path: Path, first: Definition, second: Definition) -> Problem:
    before, after = _written(first), _written(second)
    where = f" in line {first.line}" if first.line else ""
    what = f"'{after}' is defined twice" if before == after else f"'{after}' and '{before}' are the same variable"
    place = Place(path=path, line=second.line, key=after)
    return Problem(what=what, place=place, help=f"the other definition is '{before}'{where}")


def _written(definition: Definition) -> str:
    subscripts = f"[{', '.join(cleaned(subscript) for subscript in definition.subscripts)}]" if definition.subscripts else ""
    return label_of(definition.label) + subscripts
