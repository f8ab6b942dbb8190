"""`Statements` -> `Model`: names become ids, equations of one variable come together, ranges are flattened to elements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sdrun.errors import ModelError, Place, Problem, locate
from sdrun.model import (
    CONTROLS,
    Array,
    Call,
    Equation,
    Expr,
    Macro,
    Model,
    Name,
    Number,
    Parameter,
    Range,
    Variable,
    name_id,
)
from sdrun.parse.data.external import is_external, lacks_equation, mode_of, read
from sdrun.parse.data.files import DataFiles, content
from sdrun.parse.expressions import Lookups, expression_of
from sdrun.parse.labels import cleaned, label_of
from sdrun.parse.ranges import ranges_of
from sdrun.parse.statements import Definition, MacroDefinition, Statements


def model_of(path: Path, statements: Statements, files: DataFiles | None = None) -> Model:
    """The model; a `ModelError` with everything that is wrong in it."""
    files = files or DataFiles(folder=path.parent, tags=statements.file_tags)
    problems = list(statements.problems)
    if not problems and all(definition.id in CONTROLS for definition in statements.definitions):
        problems.append(Problem(what=f"the model '{path.name}' has no equations", place=Place(path=path)))
    ranges, range_problems = ranges_of(path, statements.ranges, files)
    known = [one for one in statements.definitions if not (range_problems and is_external(one))]
    variables, variable_problems = _variables(path, known, _Source(ranges, files))
    macros, macro_problems = _macros(path, statements.macros, _Source(ranges, files))
    clashes = (_clash(path, ranges[id].label, variables[id]) for id in ranges if id in variables)
    problems += [*range_problems, *variable_problems, *macro_problems, *clashes, *_unasked(path, statements, files)]
    if problems:
        raise ModelError(*sorted(problems, key=lambda problem: (problem.place.line or 0) if problem.place else 0))
    remarks = tuple(dict.fromkeys(files.remarks))
    return Model(
        path=path,
        variables=variables,
        ranges=ranges,
        macros=macros,
        synonyms=statements.synonyms,
        calendar=statements.calendar,
        method=statements.method,
        data_files=dict(files.used),
        remarks=remarks,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """Where numbers may come from, and what they are laid out by."""

    ranges: Mapping[str, Range]
    files: DataFiles


def _unasked(path: Path, statements: Statements, files: DataFiles) -> list[Problem]:
    """Data that cannot be read, or are given to a model that asks for none."""
    for given in files.given:
        try:
            content(files, given)  # it belongs to the model's files, whether or not another holds all that is asked for
        except ModelError as error:
            return [locate(problem, Place(path=path)) for problem in error.problems]
    if not files.given or any(lacks_equation(definition) for definition in statements.definitions):
        return []
    what = f"'{files.given[0].name}' is given to a model that asks for no data: no data variable of it lacks an equation"
    return [Problem(what=what, place=Place(path=path), help="leave [model] data out")]


def _macros(path: Path, definitions: tuple[MacroDefinition, ...], source: _Source) -> tuple[tuple[Macro, ...], list[Problem]]:
    macros: list[Macro] = []
    problems: list[Problem] = []
    for definition in definitions:
        variables, found = _variables(path, definition.definitions, source)
        try:
            macros.append(_macro(definition, variables))
        except ModelError as error:
            place = Place(path=path, line=definition.line, key=label_of(definition.label))
            found += [locate(problem, place) for problem in error.problems]
        problems += found
    return tuple(macros), problems


def _macro(definition: MacroDefinition, variables: Mapping[str, Variable]) -> Macro:
    id = name_id(definition.label)
    if definition.value is None and id not in variables:
        raise ModelError(f"the macro '{label_of(definition.label)}' defines no variable of its own name")
    return Macro(
        id=id,
        label=label_of(definition.label),
        parameters=tuple(Parameter(id=name_id(name), default=default) for name, default in definition.parameters),
        value=Name(id) if definition.value is None else expression_of(definition.value),
        variables=variables,
        outputs=tuple(map(name_id, definition.outputs)),
        line=definition.line,
    )


def _clash(path: Path, range_label: str, variable: Variable) -> Problem:
    place = Place(path=path, line=variable.line, key=variable.label)
    return Problem(what=f"'{variable.label}' is also the name of the range '{range_label}'", place=place)


def _variables(path: Path, definitions: Iterable[Definition], source: _Source) -> tuple[Mapping[str, Variable], list[Problem]]:
    grouped: dict[str, list[Definition]] = {}
    for definition in definitions:
        grouped.setdefault(definition.id, []).append(definition)
    lookups: Lookups = frozenset(id for id, group in grouped.items() if group[0].is_lookup)
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for id, group in grouped.items():
        equations, found = _equations(path, group, lookups, source)
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
        dims=next((tuple(map(name_id, definition.dims)) for definition in group if definition.dims), ()),
        units=next((cleaned(definition.units) for definition in group if definition.units.strip()), ""),
        description=next((cleaned(definition.documentation) for definition in group if definition.documentation.strip()), ""),
        limits=limits,
        line=first.line,
        group=first.group,
    )


def _equations(
    path: Path, group: list[Definition], lookups: Lookups, source: _Source
) -> tuple[tuple[Equation, ...], list[Problem]]:
    equations: list[Equation] = []
    problems: list[Problem] = []
    for definition in group:
        try:
            equations.append(_equation(definition, lookups, source))
        except ModelError as error:
            place = Place(path=path, line=definition.line, key=label_of(definition.label))
            problems += [locate(problem, place) for problem in error.problems]
    return tuple(equations), problems


def _equation(definition: Definition, lookups: Lookups, source: _Source) -> Equation:
    external = is_external(definition)
    return Equation(
        subscripts=tuple(name_id(subscript) for subscript in definition.subscripts),
        excepts=tuple(tuple(name_id(subscript) for subscript in group) for group in definition.excepts),
        expression=read(definition, source.ranges, source.files) if external else _expression(definition, lookups),
        text=(definition.right or "data") if external else cleaned(definition.text),
        external=external,
    )


def _expression(definition: Definition, lookups: Lookups) -> Expr:
    """What is written; of a data variable, as a call of its keyword, which `compile` reads tables by."""
    expression = expression_of(definition.ast, lookups)
    if not definition.is_data or isinstance(expression, Number | Array):
        return expression
    return Call(f"_{mode_of(definition)}", (expression,))


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
