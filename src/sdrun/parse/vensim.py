"""Vensim's text format (.mdl) -> `Statements`.

The file is cut into entries here, `equation ~ units ~ documentation |`, and PySD reads the equations one by one: so every
problem has its line, and nothing is lost in silence (PySD takes all that follows an unreadable entry for the sketch).
"""

import math
import re
import warnings
from pathlib import Path
from typing import Any

from sdrun.errors import ModelError, Place, Problem, locate
from sdrun.parse.encoding import decoded
from sdrun.parse.entries import Entry, entries_of
from sdrun.parse.hardened import shortened, translators
from sdrun.parse.settings import vensim_settings
from sdrun.parse.statements import Definition, RangeDefinition, Statements
from sdrun.parse.syntax import check_length, check_numeric_range, explained

SKETCH = re.compile(r"\\{2,}---///")
"""What separates the equations from the drawing and the settings."""


def vensim_statements(path: Path, content: bytes) -> Statements:
    """All equations and ranges of a Vensim model, in order."""
    equations, *behind = SKETCH.split(decoded(path, content), maxsplit=1)
    entries = entries_of(path, equations)
    _refuse_macros(path, entries)
    definitions: list[Definition] = []
    ranges: list[RangeDefinition] = []
    problems: list[Problem] = []
    for entry in entries:
        try:
            statement = _statement(entry)
        except ModelError as error:
            place = Place(path=path, line=entry.line, key=entry.label)
            problems += [locate(problem, place) for problem in error.problems]
            continue
        if isinstance(statement, Definition):
            definitions.append(statement)
        elif statement is not None:
            ranges.append(statement)
    settings = vensim_settings("".join(behind))
    return Statements(definitions=tuple(definitions), ranges=tuple(ranges), problems=tuple(problems), settings=settings)


def _refuse_macros(path: Path, entries: tuple[Entry, ...]) -> None:
    macros = ((entry, re.match(r":MACRO:\s*([^(]*)", entry.equation, re.IGNORECASE)) for entry in entries)
    problems = tuple(
        Problem(what=f"macros are not supported yet: '{macro[1].strip()}'", place=Place(path=path, line=entry.line))
        for entry, macro in macros
        if macro
    )
    if problems:
        raise ModelError(*problems)


def _statement(entry: Entry) -> Definition | RangeDefinition | None:
    """What one entry says; None for the conditions and inputs of Vensim's reality checks, which no run needs."""
    check_length(entry.equation)
    check_numeric_range(entry.equation)
    equation, mappings = _without_mapped_elements(entry.equation)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            component = translators().vensim.Element(equation, entry.units, "").parse()
            if hasattr(component, "parse"):
                component.parse()
        except Exception as error:
            raise explained(error, equation) from None
    match type(component).__name__:
        case "SubscriptRange":
            return _range(component, mappings, entry)
        case "Constraint" | "TestInput":
            return None
        case _:
            return _definition(component, entry)


def _definition(component: Any, entry: Entry) -> Definition:
    units, limits = _units_and_limits(entry.units)
    abstract = component.get_abstract_component()
    subscripts, excepts = abstract.subscripts
    return Definition(
        label=component.name,
        subscripts=tuple(subscripts),
        excepts=tuple(tuple(group) for group in excepts),
        ast=abstract.ast,
        is_lookup=type(abstract).__name__ == "AbstractLookup",
        units=units,
        limits=limits,
        documentation=entry.documentation,
        line=entry.line,
        group=entry.group,
    )


def _range(component: Any, mappings: tuple[tuple[str, tuple[str, ...]], ...], entry: Entry) -> RangeDefinition:
    abstract = component.get_abstract_subscript_range()
    if isinstance(abstract.subscripts, dict):
        raise ModelError("GET XLS SUBSCRIPT and GET DIRECT SUBSCRIPT are not supported yet: list the elements")
    alias = isinstance(abstract.subscripts, str)
    return RangeDefinition(
        label=abstract.name,
        members=() if alias else tuple(abstract.subscripts),
        alias_of=abstract.subscripts if alias else None,
        maps_to=mappings or tuple((name, ()) for name in abstract.mapping),
        line=entry.line,
    )


def _without_mapped_elements(equation: str) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """A range without `-> (range: elements)`, which PySD would add to the range's own elements; and what stood there."""
    definition, arrow, mapped = equation.partition("->")
    if not arrow or not re.fullmatch(r'\s*(?:"[^"]*"|[^"=:\[]+):[^=]*', definition):
        return equation, ()
    found = re.findall(r"\(([^():]+):([^()]*)\)|([^(),]+)", mapped)
    mappings = tuple(
        ((listed or plain).strip(), tuple(element.strip() for element in elements.split(",")) if listed else ())
        for listed, elements, plain in found
        if (listed or plain).strip()
    )
    return (definition, mappings) if mappings else (equation, ())


def _units_and_limits(text: str) -> tuple[str, tuple[float | None, float | None]]:
    """`people [0,100,1]` -> people, (0, 100): the third number is the step of Vensim's slider."""
    units, bracket, limits = text.rpartition("[")
    if not (bracket and text.endswith("]")):
        return text, (None, None)
    try:
        low, high, *_ = (_bound(bound.strip()) for bound in limits[:-1].split(","))
    except ValueError:
        raise ModelError(f"the limits '[{shortened(limits)}' behind the units are not two numbers") from None
    return units.strip(), (low, high)


def _bound(text: str) -> float | None:
    value = float("inf") if text in ("", "?") else float(text)
    return value if math.isfinite(value) else None
