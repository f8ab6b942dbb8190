"""[[sweep.correlations]] -> `Correlation`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from sdrun.errors import Problem, nearest
from sdrun.model import name_id
from sdrun.read.layers import Layer, Leaf
from sdrun.sweep import BLOCKS, CHOICES, RANDOM_DESIGNS, VALUES, Correlation, Factor, correlation_matrix

ROUNDING = 1e-10
"""By how much an eigenvalue of a correlation matrix may miss zero."""


def read_correlations(layer: Layer, factors: Sequence[Factor], method: str) -> tuple[tuple[Correlation, ...], list[Problem]]:
    """The correlations of a merged layer, and what is wrong with them; factors by the names they have among `factors`."""
    leaf = layer.leaves("sweep").get("correlations")
    if leaf is None:
        return (), []
    if method not in RANDOM_DESIGNS or method in BLOCKS:
        return (), [_refused(leaf, method)]
    known = {name_id(factor.name): factor for factor in factors}
    tables = list(enumerate(leaf.value))
    problems = [problem for number, table in tables for problem in _problems(leaf, number, table, known)]
    problems += [] if problems else _repeated(leaf)
    if problems:
        return (), problems
    found = tuple(_correlation(leaf, number, table, known) for number, table in tables)
    return found, list(_impossible(leaf, factors, found))


def _refused(leaf: Leaf, method: str) -> Problem:
    """Of designs that draw nothing, or take factors to be independent."""
    if method in BLOCKS:
        what = f"{method} takes factors that are independent: its indices rest on that"
        return Problem(what=what, place=leaf.place(), help="draw by sobol, whose PAWN indices do not, or leave them out")
    return Problem(what=f"a {method} has no correlations: its factors say what is run", place=leaf.place())


def _problems(leaf: Leaf, number: int, table: Mapping[str, Any], known: Mapping[str, Factor]) -> Iterator[Problem]:
    """What is wrong with one of the tables by itself."""
    names = table["between"]
    for position, name in enumerate(names):
        where = leaf.place(number, "between", position, of_value=True)
        factor = known.get(name_id(name))
        if factor is None:
            help_ = nearest(name, [factor.name for factor in known.values()])
            yield Problem(what=f"'{name}' is no factor of the sweep", place=where, help=help_)
        elif factor.kind in (VALUES, CHOICES):
            yield Problem(what=f"'{name}' has {factor.kind}, which lie on no scale to correlate", place=where)
        elif name_id(name) in map(name_id, names[:position]):
            yield Problem(what=f"'{name}' with itself", place=where, help="name two factors")


def _repeated(leaf: Leaf) -> Iterator[Problem]:
    """Pairs that have a correlation already."""
    given = set[frozenset[str]]()
    for number, table in enumerate(leaf.value):
        for pair in combinations(table["between"], 2):
            key = frozenset(map(name_id, pair))
            if key in given:
                what = f"'{pair[0]}' and '{pair[1]}' have a correlation already"
                yield Problem(what=what, place=leaf.place(number, "between", of_value=True))
            given.add(key)


def _correlation(leaf: Leaf, number: int, table: Mapping[str, Any], known: Mapping[str, Factor]) -> Correlation:
    between = tuple(known[name_id(name)].name for name in table["between"])
    return Correlation(between=between, value=float(table["value"]), place=leaf.place(number))


def _impossible(leaf: Leaf, factors: Sequence[Factor], found: Sequence[Correlation]) -> Iterator[Problem]:
    """Correlations that no factors can have together: their matrix has an eigenvalue below zero.

    Scaled by s they have 1 + s (lowest - 1), so that the largest s that does tells a way out.
    """
    lowest = float(np.linalg.eigvalsh(correlation_matrix([factor.name for factor in factors], found))[0])
    if lowest < -ROUNDING:
        what = "no factors can have these correlations together: their matrix is not positive semi-definite"
        scale = np.floor(100 / (1 - lowest)) / 100
        yield Problem(what=what, place=leaf.place(), help=f"{scale:g} times as large they can; pairs left out have 0")
