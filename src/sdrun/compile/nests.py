"""Order of evaluation → nests of loops: variables that run over the same axes share one where nothing forbids it.

In one nest a variable is read from a register instead of memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sdrun.compile.axes import covers_all
from sdrun.compile.program import Equations, inputs
from sdrun.model import Along, Equation, Expr, Model, Read, children


@dataclass(slots=True)
class Nest:
    """Variables that are computed element by element, one after the other, in the same loops."""

    sizes: tuple[int, ...]
    ids: list[str] = field(default_factory=list)


def nests(model: Model, equations: Equations, order: Iterable[str], given: Iterable[str] = ()) -> tuple[Nest, ...]:
    """The variables of `order` in nests, each after what it reads; `given` have values without being computed.

    Of the variables that are ready, those that fit the nest at hand come first.
    """
    waiting = {id: set(inputs(equations[id])) for id in order}
    done = {id for needs in waiting.values() for id in needs} - set(waiting) | set(given)
    found: list[Nest] = []
    inner: set[str] = set()
    while waiting:
        fitting = next(
            (id for id, needs in waiting.items() if found and _fits(id, needs, found[-1], done, model, equations)), None
        )
        if fitting is None:
            done |= inner
            inner = set()
            fitting = next(id for id, needs in waiting.items() if needs <= done)
            found.append(Nest(_sizes(fitting, model, equations) or ()))
        found[-1].ids.append(fitting)
        inner.add(fitting)
        del waiting[fitting]
    return tuple(found)


def _sizes(id: str, model: Model, equations: Equations) -> tuple[int, ...] | None:
    """Of the loops that give the whole variable; None where several equations do."""
    whole = len(equations[id]) == 1 and id in model.variables and covers_all(model, model.variables[id])
    return tuple(axis.size for axis in equations[id][0].axes) if whole else None


def _fits(id: str, needs: set[str], nest: Nest, done: set[str], model: Model, equations: Equations) -> bool:
    """Whether the variable can be computed in the nest: the same loops, and of the nest's own only the element at hand."""
    own = set(nest.ids)
    if not needs <= done | own or _sizes(id, model, equations) != nest.sizes or _sizes(nest.ids[0], model, equations) is None:
        return False
    (equation,) = equations[id]
    return nest.sizes == () or all(read.indices == at_hand(equation) for read in reads(equation.expression) if read.id in own)


def at_hand(equation: Equation) -> tuple[Along, ...]:
    """The element that the equation's own loops stand at."""
    return tuple(Along(axis) for axis in equation.axes)


def reads(expr: Expr) -> Iterable[Read]:
    """Every read in an expression."""
    if isinstance(expr, Read):
        yield expr
    for child in children(expr):
        yield from reads(child)
