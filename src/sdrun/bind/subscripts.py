"""[subscripts] against the model's ranges, before compiling: `check_case`, `with_subscripts`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from sdrun.errors import Place, Problem, ScenarioError, locate, nearest
from sdrun.model import Array, Equation, Expr, Model, Name, Range, Table, Variable, name_id, rewrite, row, rows, walk
from sdrun.scenario import Case


def check_case(case: Case, model: Model) -> None:
    """Raise ScenarioError, with all problems at once, where the case's subscripts do not fit the model."""
    if not case.subscripts:
        return
    problems = [problem for name in case.subscripts for problem in _own_problems(case, model, name)]
    if not problems:
        problems = _consequences(case, model)
    if problems:
        raise ScenarioError(*problems)


def with_subscripts(model: Model, case: Case) -> Model:
    """The model with the case's elements, in a case that passed `check_case`.

    Aliases follow their range.  Numbers that the model gives in a list stay with their elements; new elements get NaN, which
    only a setting can fill.
    """
    if not case.subscripts:
        return model
    ranges = _replaced(case, model)
    variables = {id_: _refitted(variable, model.ranges, ranges) for id_, variable in model.variables.items()}
    return replace(model, ranges=ranges, variables=variables)


def _own_problems(case: Case, model: Model, name: str) -> Iterator[Problem]:
    """Of one entry of [subscripts] by itself."""
    place, elements = case.subscript_places.get(name), case.subscripts[name]
    found = model.ranges.get(name_id(name))
    ids = [name_id(element) for element in elements]
    if found is None:
        known = [range_.label for range_ in model.ranges.values()]
        help_ = nearest(name, known) or (f"ranges: {', '.join(known)}" if known else "the model has no ranges")
        yield Problem(what=f"unknown range '{name}'", place=place, help=help_)
        return
    if found.alias_of is not None:
        what = f"'{found.label}' is another name of '{model.ranges[found.alias_of].label}'"
        yield Problem(what=what, place=place, help=f"set {model.ranges[found.alias_of].label}; {found.label} follows")
    if not elements:
        yield Problem(what=f"'{name}' has no elements", place=place)
    for position, id_ in enumerate(ids):
        if not id_:
            yield Problem(what=f"an element of '{name}' has no name", place=place)
        elif id_ in ids[:position]:
            yield Problem(what=f"'{elements[position]}' stands twice in '{name}'", place=place)
        elif id_ in model.variables or id_ in model.ranges:
            kind = "variable" if id_ in model.variables else "range"
            yield Problem(what=f"'{elements[position]}' of '{name}' is a {kind} of the model too", place=place)


def _consequences(case: Case, model: Model) -> list[Problem]:
    """What the new elements leave without meaning in the model."""
    ranges = _replaced(case, model)
    changed = {id_ for id_ in ranges if ranges[id_] != model.ranges[id_]}
    old = {element for id_ in changed for element in model.ranges[id_].elements}
    gone = old - {element for id_ in changed for element in ranges[id_].elements}
    place = next(iter(case.subscript_places.values()), None)
    problems = [problem for id_ in ranges if id_ not in changed for problem in _subrange(ranges[id_], gone)]
    problems += [problem for id_ in changed for problem in _mapping(ranges[id_], ranges)]
    located = [locate(problem, place) if place is not None else problem for problem in problems]
    return located + _named_elements(model, gone) + _unfitting(case, model, ranges)


def _replaced(case: Case, model: Model) -> dict[str, Range]:
    """The model's ranges with the case's elements."""
    given = {name_id(name): elements for name, elements in case.subscripts.items()}
    return {
        id_: replace(range_, elements=tuple(map(name_id, labels)), labels=labels)
        if (labels := given.get(_root(range_, model.ranges))) is not None
        else range_
        for id_, range_ in model.ranges.items()
    }


def _root(range_: Range, ranges: Mapping[str, Range]) -> str:
    """The id of the range whose elements it shares."""
    for _ in ranges:
        if range_.alias_of is None:
            break
        range_ = ranges[range_.alias_of]
    return range_.id


def _subrange(range_: Range, gone: set[str]) -> list[Problem]:
    lost = [label for id_, label in zip(range_.elements, range_.labels, strict=True) if id_ in gone]
    what = f"the range '{range_.label}' still has {', '.join(lost)}"
    return [Problem(what=what, help=f"set '{range_.label}' under [subscripts] too")] if lost else []


def _mapping(range_: Range, ranges: Mapping[str, Range]) -> Iterator[Problem]:
    """Ranges that are mapped one by one and are not equally long any more, or element by element."""
    for source, target in [(range_, id_) for id_ in range_.maps_to] + [
        (other, range_.id) for other in ranges.values() if range_.id in other.maps_to and other is not range_
    ]:
        other = ranges[target] if source is range_ else source
        if source.maps_to[target] is None and len(other.elements) != len(range_.elements):
            lengths = f"{len(range_.elements)} elements, '{other.label}', mapped to it, {len(other.elements)}"
            yield Problem(what=f"'{range_.label}' has {lengths}", help=f"set '{other.label}' under [subscripts] too")
        elif source.maps_to[target] is not None and source is range_:
            what = f"the model lists which elements of '{other.label}' those of '{range_.label}' are mapped to"
            yield Problem(what=what, help=f"leave '{range_.label}' as it is")


def _named_elements(model: Model, gone: set[str]) -> list[Problem]:
    """Variables whose equations name elements that are gone."""
    return [
        Problem(
            what=f"'{variable.label}' is defined by the element '{id_}', which [subscripts] leaves out",
            place=Place(path=model.path, line=variable.line, key=variable.label),
            help="keep the element, or use a model that names no single elements",
        )
        for variable in model.variables.values()
        for id_ in sorted(gone & _ids(variable))
    ]


def _ids(variable: Variable) -> set[str]:
    """Ids of all subscripts and names in a variable's equations."""
    found: set[str] = set()
    for equation in variable.equations:
        found.update(equation.subscripts, *equation.excepts)
        for node in walk(equation.expression):
            if isinstance(node, Name):
                found.update((node.id, *(subscript.id for subscript in node.subscripts)))
    return found


def _unfitting(case: Case, model: Model, ranges: Mapping[str, Range]) -> list[Problem]:
    """Lists of numbers that say nothing of a new element, and that the case does not set."""
    given = {name_id(setting.name) for setting in (*case.parameters, *case.initial)}
    problems = []
    for id_, variable in model.variables.items():
        refitted = _refitted(variable, model.ranges, ranges)
        if refitted is not variable and _lacks_numbers(refitted) and not given & {id_, name_id(variable.label)}:
            settable = not any(isinstance(node, Table) for equation in refitted.equations for node in walk(equation.expression))
            problems.append(
                Problem(
                    what=f"'{variable.label}' has no numbers for the new elements",
                    place=Place(path=model.path, line=variable.line, key=variable.label),
                    help=f"set '{variable.label}' under [parameters]" if settable else "take elements that its data file has",
                )
            )
    return problems


def _lacks_numbers(variable: Variable) -> bool:
    nodes = [node for equation in variable.equations for node in walk(equation.expression)]
    numbers = [value for node in nodes if isinstance(node, Array) for value in node.values]
    without = [node for node in nodes if isinstance(node, Table) and np.isnan(_by_element(node)).all(axis=1).any()]
    return bool(np.isnan(numbers).any() or without)


def _by_element(table: Table) -> np.ndarray:
    """The values of a table: (elements, points)."""
    return np.array(table.y).reshape(rows(table), -1)


def _refitted(variable: Variable, old: Mapping[str, Range], new: Mapping[str, Range]) -> Variable:
    """The variable with its lists of numbers laid out for the new elements; itself where it has none."""
    equations = tuple(_refitted_equation(equation, old, new) for equation in variable.equations)
    return variable if equations == variable.equations else replace(variable, equations=equations)


def _refitted_equation(equation: Equation, old: Mapping[str, Range], new: Mapping[str, Range]) -> Equation:
    axes = [id_ for id_ in equation.subscripts if id_ in old]
    if all(old[id_].elements == new[id_].elements for id_ in axes):
        return equation

    def rule(expr: Expr) -> Expr:
        match expr:
            case Array(values):
                return Array(_relaid(values, axes, old, new))
            case Table(x, y, _) if rows(expr) > 1:
                columns = [_relaid(y[point :: len(x)], axes, old, new) for point in range(len(x))]
                relaid = replace(expr, y=tuple(value for values in zip(*columns, strict=True) for value in values))
                return relaid if rows(relaid) > 1 else row(relaid, 0)
        return expr

    expression = rewrite(equation.expression, rule)
    return replace(equation, expression=expression, text=equation.text if expression == equation.expression else "")


def _relaid(
    values: tuple[float, ...], axes: list[str], old: Mapping[str, Range], new: Mapping[str, Range]
) -> tuple[float, ...]:
    """`values`, row by row over the old elements of `axes`, over the new ones; NaN where an element is new."""
    shape = [len(old[id_].elements) for id_ in axes]
    if len(values) != int(np.prod(shape, dtype=int)):
        return values
    table = np.array(values).reshape(shape)
    for axis, id_ in enumerate(axes):
        before, after = old[id_].elements, new[id_].elements
        positions = [before.index(element) if element in before else 0 for element in after]
        known = np.array([element in before for element in after]).reshape([-1 if a == axis else 1 for a in range(len(axes))])
        table = np.where(known, np.take(table, positions, axis=axis), np.nan)
    return tuple(float(value) for value in table.reshape(-1))
