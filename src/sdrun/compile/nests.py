"""Order of evaluation → nests of loops: variables that run over the same axes share one where nothing forbids it.

In one nest a variable is read from a register instead of memory.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

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
    place = {id: number for number, id in enumerate(order)}
    names, sizes = [*place], {id: _sizes(id, model, equations) for id in place}
    waiting = {id: set(inputs(equations[id])) & (place.keys() - set(given)) for id in place}
    users: dict[str, list[str]] = {}
    for id, needs in waiting.items():
        for need in needs:
            users.setdefault(need, []).append(id)
    ready = {place[id] for id, needs in waiting.items() if not needs}
    found: list[Nest] = []
    while ready:
        first = min(ready)
        nest, own = Nest(sizes[names[first]] or ()), set[str]()
        alone = sizes[names[first]] is None
        # Whether a ready variable fits does not change while the nest grows: all that it reads is there already.
        fitting = [first] if alone else [number for number in ready if sizes[names[number]] == nest.sizes]
        heapify(fitting)
        while fitting:
            id = names[number := heappop(fitting)]
            ready.remove(number)
            nest.ids.append(id)
            own.add(id)
            for user in users.get(id, ()):
                waiting[user].remove(id)
                if not waiting[user]:
                    ready.add(place[user])
                    if not alone and sizes[user] == nest.sizes and _at_hand_alone(equations[user][0], own):
                        heappush(fitting, place[user])
        found.append(nest)
    assert sum(len(nest.ids) for nest in found) == len(place), "a circle"
    return tuple(found)


def _sizes(id: str, model: Model, equations: Equations) -> tuple[int, ...] | None:
    """Of the loops that give the whole variable; None where several equations do."""
    whole = len(equations[id]) == 1 and id in model.variables and covers_all(model, model.variables[id])
    return tuple(axis.size for axis in equations[id][0].axes) if whole else None


def _at_hand_alone(equation: Equation, own: Collection[str]) -> bool:
    """Whether it reads of a nest's own variables only the element at hand."""
    return not equation.axes or all(read.indices == at_hand(equation) for read in reads(equation.expression) if read.id in own)


def at_hand(equation: Equation) -> tuple[Along, ...]:
    """The element that the equation's own loops stand at."""
    return tuple(Along(axis) for axis in equation.axes)


def reads(expr: Expr) -> Iterable[Read]:
    """Every read in an expression."""
    if isinstance(expr, Read):
        yield expr
    for child in children(expr):
        yield from reads(child)
