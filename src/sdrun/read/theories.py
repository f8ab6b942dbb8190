"""The theories that a sweep chooses among, stated in the scenario or in files beside the model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sdrun.errors import Problem
from sdrun.model import name_id
from sdrun.read.checks import setting_problems
from sdrun.read.layers import Layer, Leaf
from sdrun.read.sources import Source, read_theory
from sdrun.read.sweeps import Swept, theories_of
from sdrun.read.values import setting
from sdrun.scenario import DataColumn, Theory
from sdrun.sweep import BY_THEORY, Factor, Sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was found of them."""

    theories: Mapping[str, Theory]
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def chosen_theories(swept: Swept, model: Path) -> Chosen:
    """Every theory that the sweep names, with its parameters."""
    found: dict[str, Theory] = {}
    files, problems = tuple[Path, ...](), tuple[Problem, ...]()
    for name, stated in theories_of(swept.sweep).items():
        own = swept.theories.get(name)
        theory, source = _inline(own) if own is not None else read_theory(name, stated, model)
        files, problems = files + source.files, problems + source.problems
        if theory is not None:
            parameters = tuple(setting(leaf) for leaf in source.layer.leaves("parameters").values())
            problems += tuple(
                _unread(theory.name, leaf) for leaf in source.layer.leaves("parameters").values() if _is_column(leaf)
            )
            found[name] = Theory(
                name=name, title=theory.title, references=theory.references, path=theory.path, parameters=parameters
            )
    return Chosen(theories=found, files=files, problems=problems)


def with_theory_ranges(sweep: Sweep, theories: Mapping[str, Theory]) -> Sweep:
    """The sweep with the ranges that theories state for the factors that go by them."""

    def ranges(factor: Factor) -> dict[str, tuple[float, float]]:
        id_ = name_id(factor.name)
        stated = {name: {name_id(one.name): one.range for one in theory.parameters} for name, theory in theories.items()}
        return {name: bounds for name, known in stated.items() if (bounds := known.get(id_)) is not None}

    factors = tuple(replace(one, ranges=ranges(one)) if one.kind == BY_THEORY else one for one in sweep.factors)
    return replace(sweep, factors=factors)


def _inline(leaf: Leaf) -> tuple[Theory, Source]:
    """A theory that the scenario states itself."""
    parameters = {
        name_id(key): Leaf(name=key, value=value, document=leaf.document, at=(*leaf.at, "parameters", key))
        for key, value in leaf.value.get("parameters", {}).items()
    }
    layer = Layer(tables={"parameters": parameters})
    references = tuple(leaf.value.get("references", ()))
    theory = Theory(name=leaf.name, title=leaf.value.get("title", ""), references=references, path=None)
    return theory, Source(layer=layer, problems=tuple(setting_problems(layer)))


def _is_column(leaf: Leaf) -> bool:
    return isinstance(setting(leaf).value, DataColumn)


def _unread(theory: str, leaf: Leaf) -> Problem:
    what = f"'{leaf.name}' of the theory {theory} is read from a data file, which a sweep over theories cannot do"
    return Problem(what=what, place=leaf.place(), help="write the numbers into the theory")
