"""Numbers that know how they answer what they were read from: arithmetic and functions by the chain rule.

Exact for arithmetic and sums, by central differences for the functions of the tables: a new row there needs nothing here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sdrun.functions import REDUCTIONS
from sdrun.functions.pure import SMALL

Element = tuple[str, tuple[str, ...]]
"""Ids of a variable and of the elements that it stands at: `("hostility", ("usa", "chn"))`."""

Moments = np.ndarray
"""One number for each state of a run."""

STEP = float(np.cbrt(np.finfo(float).eps))
"""Of central differences, as a part of the argument."""

STEP_FROM_ZERO = SMALL / 1000
"""Where the argument is 0; ZIDZ must not take it for a divisor."""

PLAIN = ("arccos", "arcsin", "arctan", "cos", "cosh", "exp", "sin", "sinh", "tan", "tanh")
"""Functions of plain numbers, whose scale is 1; others take quantities of any size."""

# 0^b log 0 is taken as its limit, 0
PARTIALS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "+": lambda a, b: (1.0, 1.0),
    "-": lambda a, b: (1.0, -1.0),
    "*": lambda a, b: (b, a),
    "/": lambda a, b: (1 / b, -a / b**2),
    "^": lambda a, b: (b * a ** (b - 1), a**b * np.log(np.where(a == 0, 1.0, a))),
}
VALUES: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "and": np.logical_and,
    "or": np.logical_or,
}


@dataclass(frozen=True, slots=True)
class Slope:
    """A derivative."""

    value: Moments
    size: Moments
    """Sum of the sizes of the terms that it sums."""


Slopes = Mapping[Element, Slope]
"""By what is read."""


@dataclass(frozen=True, slots=True)
class Dual:
    """What an expression is worth, and its derivatives by the elements that it reads."""

    value: Moments
    slopes: Slopes


def constant(value: Any) -> Dual:
    """What answers nothing."""
    return Dual(np.asarray(value), {})


def chained(terms: Iterable[tuple[Any, Slopes]]) -> dict[Element, Slope]:
    """The chain rule: the sum of outer derivatives times inner slopes."""
    slopes: dict[Element, Slope] = {}
    for outer, inner in terms:
        for element, slope in inner.items():
            sum_ = slopes.get(element, Slope(np.array(0.0), np.array(0.0)))
            slopes[element] = Slope(sum_.value + outer * slope.value, sum_.size + abs(outer) * slope.size)
    return slopes


def binary(op: str, a: Dual, b: Dual) -> Dual:
    """Two numbers and an operator; a condition is a step and has no slope."""
    value = VALUES[op](a.value, b.value)
    if op not in PARTIALS:
        return constant(value * 1.0)
    by_a, by_b = PARTIALS[op](a.value, b.value)
    return Dual(value, chained([(by_a, a.slopes), (by_b, b.slopes)]))


def reduced(function: str, bodies: Sequence[Dual]) -> Dual:
    """SUM, PROD, VMIN or VMAX."""
    if function == "sum":
        return Dual(np.asarray(sum(body.value for body in bodies)), chained((1.0, body.slopes) for body in bodies))
    return numerical(lambda *args: REDUCTIONS[function](np.broadcast_arrays(*args), 0), bodies)


def numerical(function: Callable[..., Any], args: Sequence[Dual], plain: bool = False) -> Dual:
    """A function of several arguments, its partial derivatives by central differences."""
    values = [arg.value for arg in args]
    terms: list[tuple[Any, Slopes]] = []
    for k, arg in enumerate(args):
        if arg.slopes:
            size = abs(arg.value)
            step = STEP * np.maximum(size, 1.0) if plain else np.where(size > 0, STEP * size, STEP_FROM_ZERO)
            above, below = (function(*values[:k], arg.value + way * step, *values[k + 1 :]) for way in (1, -1))
            terms.append(((above - below) / (2 * step), arg.slopes))
    return Dual(np.asarray(function(*values)), chained(terms))
