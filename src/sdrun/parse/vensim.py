"""Vensim's text format (.mdl) -> `Statements`.

The file is cut into entries here, `equation ~ units ~ documentation |`, and PySD reads the equations one by one: so every
problem has its line, and nothing is lost in silence (PySD takes all that follows an unreadable entry for the sketch).
"""

import math
import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from sdrun.errors import ModelError, Place, Problem, locate
from sdrun.model import Calendar
from sdrun.parse.encoding import decoded
from sdrun.parse.entries import Entry, entries_of
from sdrun.parse.hardened import shortened, translators
from sdrun.parse.macros import definition_of, outputs_as_arguments, told_apart
from sdrun.parse.statements import Definition, RangeDefinition, Statements
from sdrun.parse.syntax import check_length, check_numeric_range, explained

SETTINGS = re.compile(r"^:L\x7f?<%\^E!@.*$", re.MULTILINE)
"""The line behind which the settings stand."""
METHODS = {0: "euler", 1: "rk4 auto", 2: "difference", 3: "rk2", 4: "rk2 auto", 5: "rk4"}
"""Integration methods by the fourth number of setting 15, in the order of Vensim's menu.

That it is this number, 0 Euler, 1 and 5 of fourth order and 3 and 4 of second, is what the reader of Vensim's own author says:
https://github.com/bobeberlein/xmutil, `VensimParse.cpp`; which of 3 and 4 adapts its step is our guess.
"""
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
SKETCH = re.compile(r"\\{2,}---///")
"""What separates the equations from the drawing and the settings."""

SYNONYMS = re.compile(r"^22:(.*)$", re.MULTILINE)
"""The line of the settings that says which units are the same, as in `22:Year,Years`:
https://www.vensim.com/documentation/ref_units_equiv.html
"""

DATE = re.compile(r"^(3[789]|40):(\d{1,4})\s*$", re.MULTILINE)
"""Year, month and day at time 0, and what dates count, in the settings."""

UNITS_OF_DATES = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
"""What dates count, by the number in setting 40.

The manual does not say so.  In 210 published models that have the setting (test-models, simlin, MetaSD) it is 2, Vensim's own,
or else 0 where TIME STEP is in years, 3 in weeks, 4 in days, 5 in hours, 6 in minutes, 7 in seconds; that 1 is quarters follows
from the order.  That the date is that of time 0 rests on models of MetaSD that begin there.
"""

FILE_TAG = re.compile(r"^30:(\?[^=\n]*)=([^\n]*)$", re.MULTILINE)
"""The line of the settings that says which data file `?tag` stands for."""

MOST_PROBLEMS = 1_000
"""After so many the rest is not read: this is no model."""

NAME_ALONE = re.compile(r'(?:"(?:\\"|[^"])*"|[^"=:(){}<>\[\]]+)(?:\[[^\[\]=:(){}]*\])?')
"""An entry without an equation: data, though PySD reads it so only where a keyword says how."""

ALL_NUMBERS = re.compile(rf"([^=()]+)\(\s*({NUMBER}(?:\s*,\s*{NUMBER})+)\s*\)")
"""A name, and nothing but numbers in brackets."""


def vensim_statements(path: Path, content: bytes) -> Statements:
    """All equations and ranges of a Vensim model, in order."""
    text = decoded(path, content)
    equations, *rest = SKETCH.split(text, maxsplit=1)
    entries, macros = told_apart(entries_of(path, equations))
    with_outputs = frozenset(macro.id for macro in macros if macro.outputs)
    found = [_read(path, group, with_outputs) for group in (entries, *(macro.entries for macro in macros))]
    own, *inner = (definitions for definitions, _, _ in found)
    return Statements(
        definitions=own,
        ranges=tuple(range_ for _, ranges, _ in found for range_ in ranges),
        macros=tuple(definition_of(macro, definitions) for macro, definitions in zip(macros, inner, strict=True)),
        synonyms=_synonyms(text),
        method=_method(text),
        calendar=_calendar(text),
        file_tags={tag.lower().strip(): name for tag, name in FILE_TAG.findall("".join(rest))},
        problems=tuple(problem for _, _, problems in found for problem in problems),
    )


def _read(
    path: Path, entries: tuple[Entry, ...], with_outputs: frozenset[str]
) -> tuple[tuple[Definition, ...], tuple[RangeDefinition, ...], list[Problem]]:
    """The definitions and ranges of some entries, and what is wrong with the others."""
    definitions: list[Definition] = []
    ranges: list[RangeDefinition] = []
    problems: list[Problem] = []
    for entry in entries:
        if len(problems) > MOST_PROBLEMS:
            break
        try:
            statement = _statement(replace(entry, equation=outputs_as_arguments(entry.equation, with_outputs)))
        except ModelError as error:
            place = Place(path=path, line=entry.line, key=entry.label)
            problems += [locate(problem, place) for problem in error.problems]
            continue
        if isinstance(statement, Definition):
            definitions.append(statement)
        elif statement is not None:
            ranges.append(statement)
    return tuple(definitions), tuple(ranges), problems


def _method(text: str) -> str | None:
    """The integration method in the settings; None where there are none."""
    marker = SETTINGS.search(text)
    found = re.compile(r"^15:\d+,\d+,\d+,(\d)", re.MULTILINE).search(text, marker.end()) if marker else None
    return METHODS.get(int(found[1])) if found else None


def _calendar(text: str) -> Calendar | None:
    """The date at time 0 and its unit, in settings 37 to 40; None where they are not all there, or no date."""
    marker = SETTINGS.search(text)
    settings = dict(DATE.findall(text, marker.end())) if marker else {}
    if len(settings) < 4:
        return None
    year, month, day, unit = (int(settings[key]) for key in ("37", "38", "39", "40"))
    if not (1 <= month <= 12 and 1 <= day <= 31 and unit < len(UNITS_OF_DATES)):
        return None
    return Calendar(year=year, month=month, day=day, unit=UNITS_OF_DATES[unit])


def _synonyms(text: str) -> tuple[tuple[str, ...], ...]:
    """Units that the settings say are the same."""
    marker = SETTINGS.search(text)
    found = SYNONYMS.findall(text, marker.end()) if marker else []
    return tuple(tuple(name.strip() for name in names.split(",") if name.strip()) for names in found)


def _statement(entry: Entry) -> Definition | RangeDefinition | None:
    """What one entry says; None for the conditions and inputs of Vensim's reality checks, which no run needs."""
    check_length(entry.equation)
    check_numeric_range(entry.equation)
    equation, mappings = _without_mapped_elements(entry.equation)
    if equation and NAME_ALONE.fullmatch(equation):
        equation += " :INTERPOLATE:"
    equation = _in_points(equation)
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
        is_data=type(abstract).__name__ == "AbstractData",
        keyword=getattr(abstract, "keyword", None) or "interpolate",
        right=component.expression or "",
        units=units,
        limits=limits,
        documentation=entry.documentation,
        line=entry.line,
        group=entry.group,
    )


def _range(component: Any, mappings: tuple[tuple[str, tuple[str, ...]], ...], entry: Entry) -> RangeDefinition:
    abstract = component.get_abstract_subscript_range()
    listed = isinstance(abstract.subscripts, list)
    return RangeDefinition(
        label=abstract.name,
        members=tuple(abstract.subscripts) if listed else (),
        alias_of=abstract.subscripts if isinstance(abstract.subscripts, str) else None,
        external=abstract.subscripts if isinstance(abstract.subscripts, dict) else None,
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


def _in_points(equation: str) -> str:
    """A lookup in Vensim's old form, `table(x1, x2, y1, y2)`, with its points in brackets, as PySD reads them."""
    found = ALL_NUMBERS.fullmatch(equation)
    numbers = [number.strip() for number in found[2].split(",")] if found else []
    if found is None or len(numbers) % 2:
        return equation
    half = len(numbers) // 2
    return f"{found[1]}({','.join(f'({x},{y})' for x, y in zip(numbers[:half], numbers[half:], strict=True))})"


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
