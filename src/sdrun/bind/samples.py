"""The samples of a sweep -> columns of p."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sdrun.bind.names import constant
from sdrun.bind.settings import outside_limits, set_values, unit_problems
from sdrun.bind.values import dimensions_of, element, element_label
from sdrun.errors import Problem, locate
from sdrun.model import name_id
from sdrun.scenario import Case, Setting
from sdrun.sweep import STRUCTURAL, Factor, Samples, theory_names
from sdrun.system import Slot, System, by_name
from sdrun.types import Parameters

SEEDS = 2**20
"""Seeds of sweeps that random functions tell apart: with a sample's number they make up a whole number that a double holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows of p that a factor fills."""

    slot: Slot
    rows: tuple[int, ...]


def sampled_values(case: Case, system: System, samples: Samples) -> tuple[Parameters, tuple[str, ...], list[Problem]]:
    """p with a column per sample, the ids of the parameters that differ by factor, and what is wrong."""
    p, problems = _columns(case, system, samples)
    if system.noise is not None:
        p[system.noise] = samples.seed % SEEDS * 2.0**32 + samples.first + np.arange(samples.size) + 1
    ids: list[str] = []
    filled: dict[int, str] = {}
    for factor, values in zip(samples.factors, samples.values, strict=True):
        if factor.name in STRUCTURAL:
            continue
        found = _rows(factor, system)
        if isinstance(found, Problem):
            wrong = [found]
        else:
            twice = next((filled[row] for row in found.rows if row in filled), None)
            wrong = [Problem(what=f"'{factor.name}' varies what '{twice}' varies already")] if twice is not None else []
            wrong += [*unit_problems(factor.unit, found.slot), *_outside(factor, values, found, system)]
            filled |= dict.fromkeys(found.rows, factor.name)
            ids.append(found.slot.id)
            p[list(found.rows)] = values
        problems += [locate(problem, factor.place) if factor.place is not None else problem for problem in wrong]
    return p, tuple(dict.fromkeys(ids)), problems


def _columns(case: Case, system: System, samples: Samples) -> tuple[Parameters, list[Problem]]:
    """p before the factors: a column per sample, as the sample's theory has it."""
    chosen = theory_names(samples)
    if not chosen:
        p, problems = set_values(case, system)
        return np.repeat(p, samples.size, axis=1), problems
    bound = {name: set_values(_under(case, theory.parameters, system), system) for name, theory in case.theories.items()}
    problems = list(dict.fromkeys(problem for _, wrong in bound.values() for problem in wrong))
    return np.concatenate([bound[name][0] for name in chosen], axis=1), problems


def _under(case: Case, theory: Sequence[Setting], system: System) -> Case:
    """The case with a theory's parameters below its own."""
    slots = by_name(system.parameters)

    def identity(setting: Setting) -> str:
        id_ = name_id(setting.name)
        return slots[id_].id if id_ in slots else id_

    own = {identity(setting) for setting in case.parameters}
    return replace(case, parameters=(*(setting for setting in theory if identity(setting) not in own), *case.parameters))


def _rows(factor: Factor, system: System) -> _Rows | Problem:
    """What a factor's name stands for: a parameter, or elements of one between brackets."""
    name, bracket, inside = factor.name.partition("[")
    slot = constant(factor.name, system)
    if not isinstance(slot, Problem) or not bracket or not inside.rstrip().endswith("]"):
        return slot if isinstance(slot, Problem) else _Rows(slot=slot, rows=tuple(range(slot.start, slot.stop)))
    slot = constant(name.strip(), system)
    if isinstance(slot, Problem):
        return slot
    labels = [label.strip() for label in inside.rstrip().removesuffix("]").split(",")]
    dimensions = dimensions_of(slot, system)
    if len(labels) != len(dimensions):
        has = ", ".join(dimension.name for dimension in dimensions)
        return Problem(what=f"'{slot.label}' has {f'the subscripts {has}' if has else 'no subscripts'}, not {len(labels)}")
    position = [element(label, dimension) for label, dimension in zip(labels, dimensions, strict=True)]
    for wrong in position:
        if isinstance(wrong, Problem):
            return replace(wrong, what=f"{wrong.what}, in '{slot.label}'")
    row = int(np.ravel_multi_index([index for index in position if isinstance(index, int)], slot.shape))
    return _Rows(slot=slot, rows=(slot.start + row,))


def _outside(factor: Factor, values: np.ndarray, found: _Rows, system: System) -> list[Problem]:
    """The lowest and the highest that the factor takes, or could take, where the model does not allow it."""
    ends = [factor.arguments[end] for end in ("low", "high") if end in factor.arguments]
    row = found.rows[0] - found.slot.start
    scalar = replace(found.slot, label=element_label(found.slot, row, system), dims=(), shape=())
    if len(found.rows) > 1:
        scalar = replace(scalar, label=found.slot.label)
    extremes = np.unique([np.min([*values, *ends]), np.max([*values, *ends])])
    return [problem for value in extremes for problem in outside_limits(np.array([value]), scalar, system)]
