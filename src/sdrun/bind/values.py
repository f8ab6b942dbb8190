"""A number or a table by element -> an array in the shape of a slot, NaN where nothing is said."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from sdrun.errors import Place, Problem, nearest
from sdrun.model import name_id
from sdrun.scenario import ByElement
from sdrun.system import Dimension, Slot, System

REST = "*"
"""In a table by element: all that it does not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owner:
    """What a table by element belongs to."""

    label: str
    places: Mapping[str, Place]
    """Of the elements as written, where known."""


def spread(
    value: float | ByElement,
    slot: Slot,
    dimensions: tuple[Dimension, ...],
    places: Mapping[str, Place] = MappingProxyType({}),
) -> tuple[Float[np.ndarray, "*shape"], list[Problem]]:
    """`value` over `dimensions`, those of `slot` or the last of them; NaN where a table by element says nothing.

    `places` are those of the elements named, for problems with them.
    """
    array = np.full(tuple(len(dimension.elements) for dimension in dimensions), np.nan)
    return array, _fill(array, value, _Owner(label=slot.label, places=places), dimensions)


def dimensions_of(slot: Slot, system: System) -> tuple[Dimension, ...]:
    """The dimensions that a slot extends over."""
    return tuple(system.dimensions[dim] for dim in slot.dims)


def _fill(array: np.ndarray, value: float | ByElement, owner: _Owner, dimensions: tuple[Dimension, ...]) -> list[Problem]:
    if not isinstance(value, Mapping):
        array[...] = value
        return []
    if not dimensions:
        return [Problem(what=f"'{owner.label}' has no subscript left for {_listed(value)}", help="give a number there")]
    problems: list[Problem] = []
    if REST in value:
        for row in range(len(array)):
            problems += _fill(array[row : row + 1].reshape(array.shape[1:]), value[REST], owner, dimensions[1:])
    positions: dict[int, str] = {}
    for name, inner in value.items():
        if name != REST:
            problems += _fill_element(array, name, inner, owner, dimensions, positions)
    return list(dict.fromkeys(problems))


def _fill_element(
    array: np.ndarray,
    name: str,
    value: float | ByElement,
    owner: _Owner,
    dimensions: tuple[Dimension, ...],
    positions: dict[int, str],
) -> list[Problem]:
    """Fill what `name` stands for; `positions` are the elements named before it, and take this one up."""
    position = element(name, dimensions[0])
    if isinstance(position, Problem):
        return [replace(position, what=f"{position.what}, in '{owner.label}'", place=owner.places.get(name))]
    if positions.setdefault(position, name) != name:
        return [Problem(what=f"'{owner.label}' names {name} twice", place=owner.places.get(name))]
    if len(dimensions) > 1 and not isinstance(value, Mapping):
        what = f"'{owner.label}' has more subscripts than {dimensions[0].name}: {name} needs a table by {dimensions[1].name}"
        return [Problem(what=what, place=owner.places.get(name), help=f'for one number: {name} = {{ "{REST}" = {value:g} }}')]
    rows = array[position : position + 1].reshape(array.shape[1:])
    return _fill(rows, value, owner, dimensions[1:])


def element(name: str, dimension: Dimension) -> int | Problem:
    """The position of an element, by its label or id."""
    wanted = name_id(name)
    for position, (id_, label) in enumerate(zip(dimension.elements, dimension.labels, strict=True)):
        if wanted == id_ or wanted == name_id(label):
            return position
    known = ", ".join(dimension.labels[:8]) + (", ..." if len(dimension.labels) > 8 else "")
    help_ = nearest(name, dimension.labels) or f"elements: {known}"
    return Problem(what=f"unknown element '{name}' of {dimension.name}", help=help_)


def _listed(value: ByElement) -> str:
    names = list(value)
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def element_label(slot: Slot, row: int, system: System) -> str:
    """A variable with the labels of the element at a row of the slot: `power[USA]`."""
    if not slot.dims:
        return slot.label
    indices = np.unravel_index(row, slot.shape)
    labels = [dim.labels[int(index)] for dim, index in zip(dimensions_of(slot, system), indices, strict=True)]
    return f"{slot.label}[{', '.join(labels)}]"
