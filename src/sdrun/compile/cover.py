"""`Model` → `Model`, in which no element has two equations, and none without an equation is used."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from sdrun.compile.axes import covers_all, flat_positions, shape
from sdrun.compile.expand import is_stock
from sdrun.compile.problems import problem, raise_all
from sdrun.errors import Problem
from sdrun.model import Along, At, Equation, Model, Read, Variable, walk

Holes = dict[str, np.ndarray]
"""By variable: which elements, flat, have no equation.  Variables without holes are left out."""


def cover(model: Model) -> Model:
    """The model itself, once every element that is used has one equation.

    Elements that nothing uses may lack theirs: they are NaN in the result.  Stocks may not.  Raises ModelError.
    """
    counts = {id: _counts(model, variable) for id, variable in model.variables.items() if not covers_all(model, variable)}
    holes = {id: count == 0 for id, count in counts.items() if not count.all()}
    problems = [found for id, count in counts.items() for found in _own_problems(model, model.variables[id], count)]
    for variable in model.variables.values():
        problems += [_unknown(model, variable, *used) for used in dict.fromkeys(_uses(model, variable, holes))]
    raise_all(problems)
    return model


def _counts(model: Model, variable: Variable) -> np.ndarray:
    """How many equations each element has."""
    counts = np.zeros(int(np.prod(shape(model, variable), dtype=int)), dtype=int)
    for equation in variable.equations:
        positions = flat_positions(model, variable, equation)
        counts[positions[positions >= 0]] += 1
    return counts


def _own_problems(model: Model, variable: Variable, counts: np.ndarray) -> Iterator[Problem]:
    twice, never = np.flatnonzero(counts > 1), np.flatnonzero(counts == 0)
    # What has memory is hidden, and zero where its variable has an :EXCEPT:; groups of those may overlap.
    if twice.size and not variable.id.startswith("_"):
        what = f"'{variable.label}' has {counts[twice[0]]} equations for {_spelled(model, variable, int(twice[0]))}"
        yield problem(model, variable, what, "leave it out of one by :EXCEPT:")
    if never.size and is_stock(variable):
        what = f"the stock '{variable.label}' has no equation for {_spelled(model, variable, int(never[0]))}"
        yield problem(model, variable, what)


def _uses(model: Model, variable: Variable, holes: Holes) -> Iterator[tuple[str, int]]:
    """Elements without an equation that the variable uses."""
    for equation in variable.equations:
        for node in walk(equation.expression):
            if isinstance(node, Read) and node.id in holes:
                flat = _read(shape(model, model.variables[node.id]), equation, node)
                yield from ((node.id, int(position)) for position in np.unique(flat) if holes[node.id][position])


def _read(sizes: tuple[int, ...], equation: Equation, read: Read) -> np.ndarray:
    """Flat positions that an equation reads of a variable."""
    inner = dict.fromkeys(index.axis for index in read.indices if isinstance(index, Along))
    axes = [*equation.axes, *(axis for axis in inner if axis not in equation.axes)]
    listed = [*product(*(range(axis.size) for axis in axes))]
    points = np.array(listed, dtype=int).reshape(len(listed), len(axes))
    if equation.mask is not None:
        points = points[np.repeat(equation.mask, len(points) // len(equation.mask))]
    places = []
    for index in read.indices:
        match index:
            case At(position):
                places.append(np.full(len(points), position))
            case Along(axis, positions):
                along = points[:, axes.index(axis)]
                places.append(along if positions is None else np.array(positions)[along])
    return np.ravel_multi_index(places, sizes) if sizes else np.empty(0, dtype=int)


def _unknown(model: Model, variable: Variable, id: str, position: int) -> Problem:
    used = model.variables[id]
    what = f"'{variable.label}' uses '{used.label}' for {_spelled(model, used, position)}, where it has no equation"
    return problem(model, variable, what)


def _spelled(model: Model, variable: Variable, position: int) -> str:
    """The element at a flat position, as the modeller names it."""
    places = np.unravel_index(position, shape(model, variable))
    labels = [model.ranges[dim].labels[place] for dim, place in zip(variable.dims, places, strict=True)]
    return f"[{', '.join(labels)}]"
