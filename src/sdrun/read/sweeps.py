"""Merged layers -> `Sweep`."""

import math
import os.path
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sdrun.errors import DataError, Place, Problem
from sdrun.model import name_id
from sdrun.read.correlations import read_correlations
from sdrun.read.factors import factor_of, factor_problems
from sdrun.read.layers import SWEEP, Layer, Leaf, Leaves
from sdrun.read.metrics import metric_of, metric_problems
from sdrun.read.questions import conclusions, question_problems, questions
from sdrun.read.sample_files import read_samples
from sdrun.read.sweep_tables import SweepTable
from sdrun.sweep import BLOCKS, BY_THEORY, DESIGNS, GRID, LIST, RANDOM_DESIGNS, THEORY, Factor, Sweep

MOST_SAMPLES = 1_000_000
"""The factors and figures of all of them are in memory at a time, 8 MB each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a scenario says of its sweep."""

    sweep: Sweep | None = None
    """None where there is none, or something is wrong."""
    theories: Leaves = field(default_factory=dict)
    """Stated in the scenario itself, by name."""
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def theories_of(sweep: Sweep | None) -> dict[str, Place | None]:
    """The theories that a sweep chooses among, and where it says so."""
    found = {
        str(value): factor.place
        for factor in (sweep.factors if sweep is not None else ())
        if factor.name == THEORY
        for value in factor.values
    }
    return found


def read_sweep(layer: Layer, overrides: Layer) -> Swept:
    """The sweep of a merged layer; `overrides` is what of it the command line said."""
    leaves = [leaf for table in SWEEP for leaf in layer.leaves(table).values()]
    if not leaves and "sweep" in layer.tables:
        return Swept(problems=(Problem(what="[sweep] is empty", help=f"method is one of {', '.join(DESIGNS)}"),))
    if not leaves or not _fits(layer):
        return Swept()
    method = str(layer.value("sweep", "method", ""))
    factors, files, problems = _factors(layer, method)
    whole = not problems
    correlations, impossible = read_correlations(layer, factors, method) if whole else ((), [])
    metrics = layer.leaves("sweep.metrics").values()
    problems = [
        *_design(layer, leaves[0]),
        *problems,
        *impossible,
        *(_blocks(layer, method, len(factors)) if whole else ()),
        *(problem for leaf in metrics for problem in metric_problems(leaf)),
        *_sizes(factors, method, leaves[0]),
        *_without_theory(factors),
        *_overridden(factors, overrides),
        *question_problems(layer, [str(value) for factor in factors if factor.name == THEORY for value in factor.values]),
    ]
    if problems:
        return Swept(problems=tuple(problems))
    sweep = Sweep(
        method=method,
        samples=layer.value("sweep", "samples"),
        seed=layer.value("sweep", "seed", 0),
        factors=tuple(factors),
        correlations=correlations,
        metrics=tuple(metric_of(leaf) for leaf in metrics),
        modes=tuple(layer.value("sweep", "modes", ())),
        questions=questions(layer),
        conclusions=conclusions(layer),
        place=leaves[0].place(),
    )
    return Swept(sweep=sweep, theories=layer.leaves("sweep.theories"), files=files)


def _factors(layer: Layer, method: str) -> tuple[list[Factor], tuple[Path, ...], list[Problem]]:
    """Those of the file of samples and of [sweep.parameters], the file, and what is wrong with them."""
    factors, problems = list[Factor](), list[Problem]()
    file = layer.leaves("sweep").get("file")
    path = Path(os.path.normpath(file.folder / file.value)) if file is not None else None
    if file is not None and path is not None:
        try:
            factors += read_samples(path, file.place(of_value=True))
        except DataError as error:
            problems += error.problems
    for leaf in layer.leaves("sweep.parameters").values():
        wrong = list(factor_problems(leaf, method))
        problems += wrong
        factors += [] if wrong else [factor_of(leaf, method)]
    return factors, (path,) if path is not None and not problems else (), problems


def _fits(layer: Layer) -> bool:
    """Whether every value has its type; what has not is told file by file."""
    data: dict[str, Any] = {leaf.name: leaf.value for leaf in layer.leaves("sweep").values()}
    for table in SWEEP[1:]:
        data[table.removeprefix("sweep.")] = {leaf.name: leaf.value for leaf in layer.leaves(table).values()}
    try:
        SweepTable.model_validate(data)
    except ValidationError:
        return False
    return True


def _design(layer: Layer, first: Leaf) -> Iterator[Problem]:
    """What is wrong with the keys of [sweep] itself."""
    keys, method = layer.leaves("sweep"), layer.value("sweep", "method")
    if method is None:
        yield Problem(
            what="there is no sweep without a method",
            place=first.place(),
            help=f"[sweep] method is one of {', '.join(DESIGNS)}",
        )
        return
    if method in RANDOM_DESIGNS and "samples" not in keys:
        yield Problem(what=f"'samples' is missing: how many {method} is to draw", place=keys["method"].place(of_value=True))
    for key in ("samples", "seed"):
        if method not in RANDOM_DESIGNS and key in keys:
            yield Problem(what=f"a {method} takes no {key}: its factors say what is run", place=keys[key].place())
    if layer.value("sweep", "samples", 0) > MOST_SAMPLES:
        yield Problem(what=f"more than {MOST_SAMPLES:,} samples", place=keys["samples"].place(of_value=True))
    file, factors = keys.get("file"), layer.leaves("sweep.parameters")
    if file is not None and method != LIST:
        yield Problem(what=f"a file holds the samples of a list, not of {method}", place=file.place(), help='method = "list"')
    elif file is not None and factors:
        yield Problem(what="the samples stand in a file, and factors beside it", place=next(iter(factors.values())).place())
    elif file is None and not factors:
        help_ = 'add [sweep.parameters] with "free riding" = { low = 0, high = 0.8 }'
        yield Problem(what="the sweep varies nothing", place=keys["method"].place(), help=help_)


# ── across factors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sizes(factors: list[Factor], method: str, first: Leaf) -> Iterator[Problem]:
    """What is wrong with the number of samples that the points of the factors make."""
    sizes = [len(factor.values) for factor in factors]
    if method == LIST and len(set(sizes)) > 1:
        listed = ", ".join(f"{size} of '{factor.name}'" for factor, size in zip(factors, sizes, strict=True))
        yield Problem(what=f"a list has as many values of each factor: here {listed}", place=factors[0].place)
    total = {GRID: math.prod(sizes), LIST: sizes[0] if sizes else 0}.get(method, 2)
    if factors and total < 2:
        yield Problem(what="a sweep has two samples at least", place=first.place())
    if total > MOST_SAMPLES:
        yield Problem(what=f"the grid has {total:,} points, more than {MOST_SAMPLES:,}", place=first.place())


def _blocks(layer: Layer, method: str, factors: int) -> Iterator[Problem]:
    """Whether the samples are whole blocks, two or more, of a design that draws these."""
    leaf = layer.leaves("sweep").get("samples")
    if leaf is None or method not in BLOCKS or not factors:
        return
    size = BLOCKS[method](factors)
    below, rest = divmod(leaf.value, size)
    if rest or below < 2:
        are = "no whole number of blocks" if rest else "one block, of which there must be two"
        what = f"{leaf.value} samples are {are}: of {method} with {factors} factor{'s' * (factors > 1)} a block has {size}"
        nearest = dict.fromkeys(str(max(2, count) * size) for count in (below, below + 1))
        yield Problem(what=what, place=leaf.place(of_value=True), help=f"give {' or '.join(nearest)}")


def _overridden(factors: list[Factor], overrides: Layer) -> Iterator[Problem]:
    """What `--set` gives to something that the sweep varies would never count."""
    given: Mapping[str, Leaf] = {**overrides.leaves("parameters")}
    theory = overrides.leaves("model").get("theory")
    for factor in factors:
        leaf = theory if factor.name == THEORY else given.get(name_id(factor.name))
        if leaf is not None:
            help_ = f"set its values: --set 'sweep.parameters.{factor.name}={{ ... }}'"
            yield Problem(what=f"'{factor.name}' is varied by the sweep", place=leaf.place(), help=help_)


def _without_theory(factors: list[Factor]) -> Iterator[Problem]:
    """Factors that go by the theory, where no theory is drawn."""
    if not any(factor.name == THEORY for factor in factors):
        for factor in (factor for factor in factors if factor.kind == BY_THEORY):
            what = f"'{factor.name}' goes by the theory of the sample, and no theory is varied"
            yield Problem(what=what, place=factor.place, help='add "model.theory" = { choices = [...] }, or leave out dist')
