"""What variables depend on in the same instant, and at the start."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sdrun.errors import ModelError
from sdrun.model import Call, Expr, Name, children
from sdrun.parse.statements import Definition

LATER = frozenset("delay delay_n delay_fixed smooth smooth_n initial".split())
"""Functions whose value does not depend on their arguments in the same instant."""

MOST = 3_000_000
"""Variables looked at, some seconds."""

Graph = dict[str, set[str]]
"""Ids of what is named, by id."""


class Dependence:
    """Two graphs, which grow as equations come to name more."""

    def __init__(self, definitions: Mapping[str, Iterable[Definition]]) -> None:
        self.now: Graph = {id: {name for one in found for name in _now(one.ast)} for id, found in definitions.items()}
        self.start: Graph = {id: {name for one in found for name in _start(one.ast)} for id, found in definitions.items()}
        self.looked_at = 0

    def depends(self, id: str, others: Collection[str], graph: Graph) -> bool:
        """Whether a variable depends on one of some others.

        Raises ModelError where there is too much to follow.
        """
        reached: set[str] = set()
        ahead = [*graph.get(id, ())] if others else []
        while ahead:
            found = ahead.pop()
            self.looked_at += 1
            if found in others:
                return True
            if found not in reached:
                reached.add(found)
                ahead += graph.get(found, ())
            if self.looked_at > MOST:
                raise ModelError("its non-negative stocks depend on each other in more ways than can be followed")
        return False

    def copy(self, id: str, to: str) -> None:
        """Let `to` depend on what `id` depends on, and `id` on nothing else than `to`."""
        for graph in (self.now, self.start):
            graph[to], graph[id] = graph[id], {to}


def _now(expr: Expr) -> Iterator[str]:
    """Ids that an equation depends on in the same instant; of a stock, none."""
    match expr:
        case Name(id, _):
            yield id
        case Call(function, _) if function in LATER or function.startswith("integ"):
            return
        case Call("active_initial", (active, _)):
            yield from _now(active)
            return
        case Call(function, _):
            yield function
    for child in children(expr):
        yield from _now(child)


def _start(expr: Expr) -> Iterator[str]:
    """Ids that an equation depends on at the start; of a stock, those of its initial value."""
    match expr:
        case Name(id, _):
            yield id
        case Call(function, (_, initial)) if function.startswith("integ") or function == "active_initial":
            yield from _start(initial)
            return
        case Call(function, _):
            yield function
    for child in children(expr):
        yield from _start(child)
