"""Range definitions -> `Range`: nested ranges flattened to elements, aliases resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sdrun.errors import ModelError, Place, Problem, locate, nearest
from sdrun.model import Range, name_id
from sdrun.parse.data.external import subscripts
from sdrun.parse.data.files import DataFiles
from sdrun.parse.labels import label_of
from sdrun.parse.statements import RangeDefinition

DEEPEST = 50
"""Ranges in ranges."""

MOST_TOGETHER = 200_000
"""Elements of all ranges."""

Definitions = Mapping[str, RangeDefinition]
"""By id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Element:
    id: str
    label: str


def ranges_of(
    path: Path, definitions: tuple[RangeDefinition, ...], files: DataFiles
) -> tuple[Mapping[str, Range], list[Problem]]:
    """All ranges by id, in the file's order, and what is wrong with the others."""
    by_id: dict[str, RangeDefinition] = {}
    ranges: dict[str, Range] = {}
    problems: list[Problem] = []
    for definition in definitions:
        first = by_id.setdefault(name_id(definition.label), definition)
        if first is not definition:
            problems.append(Problem(what=_twice(first), place=_place(path, definition)))
    for id, definition in by_id.items():
        try:
            if definition.external is not None:
                by_id[id] = replace(definition, members=subscripts(definition.external, files), external=None)
        except ModelError as error:
            problems += [locate(problem, _place(path, definition)) for problem in error.problems]
    together = 0
    for id, definition in by_id.items():
        if definition.external is not None:
            continue
        try:
            ranges[id] = _range(id, definition, by_id)
        except ModelError as error:
            problems += [locate(problem, _place(path, definition)) for problem in error.problems]
            continue
        together += len(ranges[id].elements)
        if together > MOST_TOGETHER:
            what = f"the ranges have more than {MOST_TOGETHER:,} elements together"
            return ranges, [*problems, Problem(what=what, place=_place(path, definition))]
    return ranges, problems


def _place(path: Path, definition: RangeDefinition) -> Place:
    return Place(path=path, line=definition.line, key=label_of(definition.label))


def _twice(first: RangeDefinition) -> str:
    where = f", first in line {first.line}" if first.line else ""
    return f"the range '{label_of(first.label)}' is defined twice{where}"


def _range(id: str, definition: RangeDefinition, by_id: Definitions) -> Range:
    origin = _origin(id, by_id)
    elements = _flattened(origin, by_id)
    return Range(
        id=id,
        label=label_of(definition.label),
        elements=tuple(element.id for element in elements),
        labels=tuple(element.label for element in elements),
        alias_of=origin if origin != id else None,
        maps_to=_maps_to(definition, by_id, elements),
        line=definition.line,
    )


def _origin(id: str, by_id: Definitions) -> str:
    """The range that an alias stands for in the end; a range that is no alias stands for itself."""
    seen = [id]
    while (alias := by_id[seen[-1]].alias_of) is not None:
        target = name_id(alias)
        if target in seen:
            raise ModelError(f"the range '{label_of(by_id[id].label)}' is an alias of itself")
        if target not in by_id:
            known = nearest(label_of(alias), (label_of(other.label) for other in by_id.values()))
            raise ModelError(Problem(what=f"unknown range '{label_of(alias)}'", help=known))
        seen.append(target)
    return seen[-1]


def _flattened(id: str, by_id: Definitions) -> tuple[_Element, ...]:
    elements: dict[str, _Element] = {}
    for element in _members(id, by_id, within=(), seen=set()):
        elements.setdefault(element.id, element)
    if not elements:
        raise ModelError(f"the range '{label_of(by_id[id].label)}' has no elements")
    return tuple(elements.values())


def _members(id: str, by_id: Definitions, within: tuple[str, ...], seen: set[str]) -> Iterator[_Element]:
    """The elements of a range, those of ranges inside it in their place; `seen` are ranges whose elements were given before."""
    if id in within:
        raise ModelError(f"the range '{label_of(by_id[id].label)}' contains itself")
    if len(within) > DEEPEST:
        raise ModelError(f"the range '{label_of(by_id[id].label)}' stands more than {DEEPEST} levels deep in others")
    if id in seen:
        return
    seen.add(id)
    own: set[str] = set()
    for member in by_id[id].members:
        member_id = name_id(member)
        if member_id in own:
            raise ModelError(f"the range '{label_of(by_id[id].label)}' has '{label_of(member)}' twice")
        own.add(member_id)
        if member_id in by_id:
            yield from _members(_origin(member_id, by_id), by_id, (*within, id), seen)
        else:
            yield _Element(id=member_id, label=label_of(member))


def _maps_to(
    definition: RangeDefinition, by_id: Definitions, elements: tuple[_Element, ...]
) -> Mapping[str, tuple[tuple[str, ...], ...] | None]:
    return {name_id(label): _mapped(label, listed, by_id, elements) for label, listed in definition.maps_to}


def _mapped(
    label: str, listed: tuple[str, ...], by_id: Definitions, elements: tuple[_Element, ...]
) -> tuple[tuple[str, ...], ...] | None:
    """The elements of a range mapped to that belong to each element, where the file lists them; a range among them is all of
    its elements."""
    id = name_id(label)
    if id not in by_id:
        known = nearest(label_of(label), (label_of(other.label) for other in by_id.values()))
        raise ModelError(Problem(what=f"unknown range '{label_of(label)}' in a mapping", help=known))
    if not listed:
        return None
    to = f"the mapping to '{label_of(label)}'"
    parts = tuple(_ids((member,), by_id) for member in listed)
    flat, all_ = _ids(listed, by_id), _ids((label,), by_id)
    for element in flat:
        if element not in all_:
            what = f"{to} lists '{element}', which is none of its elements"
            raise ModelError(Problem(what=what, help=nearest(element, all_)))
        if flat.count(element) > 1:
            raise ModelError(f"{to} lists '{element}' twice")
    if len(parts) == len(elements):
        return parts
    if len(flat) == len(elements):
        return tuple((element,) for element in flat)
    raise ModelError(f"{to} lists {len(parts)} elements, not {len(elements)}")


def _ids(labels: tuple[str, ...], by_id: Definitions) -> tuple[str, ...]:
    """Ids of elements, and of the elements of ranges, that are named by `labels`."""
    ids: list[str] = []
    for id in map(name_id, labels):
        ids += [element.id for element in _flattened(_origin(id, by_id), by_id)] if id in by_id else [id]
    return tuple(ids)
