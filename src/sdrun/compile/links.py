"""`Model` and its values → the causal links: how each element of a variable answers every element that its equation reads.

A link is a partial derivative, all other inputs held; of a stock, that of its net flow.  Its sign is the link's polarity, and
the product of the signs round a loop is the loop's (Richardson 1995, https://doi.org/10.1002/sdr.4260110107; Sterman 2000,
ch. 5).  It is taken at states of a run: what is saturated or switched off there has no link there.
"""

from collections.abc import Mapping
from functools import reduce
from itertools import product
from typing import Any

import numpy as np

from sdrun.compile import PASSES
from sdrun.compile.derivatives import Evaluator
from sdrun.compile.duals import Element, Moments, Slope, Slopes, chained
from sdrun.compile.program import sort_out
from sdrun.model import Equation, Model

__all__ = ["Element", "Links", "links"]

Links = Mapping[Element, Mapping[Element, Moments]]
"""Of every element, the derivatives by what it reads."""

ROUNDING = 1e-8
"""A derivative below this part of the terms that it sums is what rounding left of terms that cancel: no link."""


def links(model: Model, values: Mapping[str, np.ndarray]) -> Links:
    """The links of a model, as its file states it, at the moments at which `values` were found.

    `values` has the time (`time`) and every recorded variable by id, shape (*its elements, moments).  A delay counts as one
    link from what it follows.  A derivative is 0 where the input does not matter, NaN where it does not exist or rests on
    what no result holds, the level inside a delay or an INITIAL within an equation.

    Raises ModelError where the model cannot be compiled.
    """
    program = sort_out(reduce(lambda stated, rewritten: rewritten(stated), PASSES, model))
    found: dict[Element, Slopes] = {}
    with np.errstate(all="ignore"):
        for id, equations in program.running.items():
            for equation in equations:
                found |= _of_equation(program.model, id, equation, values)
        visible = {element: _visible(found, element) for element in found if not _hidden(element)}
    return {element: {source: _cleared(slope) for source, slope in slopes.items()} for element, slopes in visible.items()}


def _of_equation(model: Model, id: str, equation: Equation, values: Mapping[str, np.ndarray]) -> dict[Element, Slopes]:
    evaluator = Evaluator(model, values, equation.axes)
    found: dict[Element, Slopes] = {}
    for number, point in enumerate(product(*(range(axis.size) for axis in equation.axes))):
        if equation.mask is None or equation.mask[number]:
            here = dict(zip(equation.axes, point, strict=True))
            target, _ = evaluator.element(id, equation.target, here)
            found[target] = evaluator.dual(equation.expression, here).slopes
    return found


def _hidden(element: Element) -> bool:
    return element[0].startswith("_")


def _visible(found: Mapping[Element, Slopes], element: Element, inside: tuple[Element, ...] = ()) -> dict[Element, Slope]:
    """Slopes of an element, those through the stocks of a delay drawn together."""
    drawn: list[tuple[Any, Slopes]] = []
    for source, slope in found.get(element, {}).items():
        if not _hidden(source):
            drawn.append((1.0, {source: slope}))
        elif source not in inside:
            drawn.append((slope.value, _visible(found, source, (*inside, source))))
    return chained(drawn)


def _cleared(slope: Slope) -> Moments:
    return np.where(abs(slope.value) <= ROUNDING * slope.size, 0.0, slope.value)
