"""What a model is made of, and how it feeds back.

Loops are those among variables, an array being one: x acts on y where y's equation names x.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from sdrun.finding import Inventory
from sdrun.model import CONTROLS, Model, Table
from sdrun.system import Kind, System

if TYPE_CHECKING:
    import networkx as nx

LOOPS = 10_000
"""Loops that are counted one by one.  Their number may grow with the factorial of that of the variables."""

PLURAL = {Kind.STOCK: "stocks", Kind.FLOW: "flows", Kind.AUXILIARY: "auxiliaries", Kind.CONSTANT: "constants"}


def inventory(model: Model, system: System) -> Inventory:
    """Numbers of variables by kind, of ranges, and of feedback loops."""
    import networkx as nx

    graph = influences(system)
    parts = (part for part in nx.strongly_connected_components(graph) if len(part) > 1 or graph.has_edge(*part, *part))
    cores = sorted((graph.subgraph(part).copy() for part in parts), key=len, reverse=True)  # views are twenty times slower
    used = {*CONTROLS, *(name for slot in system.recorded for name in slot.inputs)}
    return Inventory(
        kinds=_kinds(model, system),
        ranges={range_.label: len(range_.elements) for range_ in model.ranges.values() if range_.alias_of is None},
        outputs=sum(slot.id not in used and slot.kind in (Kind.FLOW, Kind.AUXILIARY) for slot in system.recorded),
        loops=count_loops(cores),
        loop_limit=LOOPS,
        independent_loops=sum(core.number_of_edges() - core.number_of_nodes() + 1 for core in cores),
        cores=tuple(core.number_of_nodes() for core in cores),
    )


def influences(system: System) -> "nx.DiGraph[str]":
    """Which variable acts on which."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(slot.id for slot in system.recorded)
    graph.add_edges_from((source, slot.id) for slot in system.recorded for source in slot.inputs if source in graph)
    return graph


def count_loops(cores: "list[nx.DiGraph[str]]", limit: int = LOOPS) -> int | None:
    """The loops in all cores, each variable at most once in each; None beyond the limit (Johnson 1975)."""
    number = 0
    for core in cores:
        for loops in _loops(core):
            number += loops
            if number > limit:
                return None
    return number


def _loops(core: "nx.DiGraph[str]") -> Iterator[int]:
    """Numbers of loops that add up to all of a core.

    A variable that acts on one other alone, or that one other alone acts on, is a link of all its loops: it is left out, what
    acts on it acts in its place, in as many ways as go through it.  The loops among the others are found one by one.
    """
    import networkx as nx

    ways = {source: dict.fromkeys(targets, 1) for source, targets in core.adjacency()}
    sources = {target: {*core.predecessors(target)} for target in core}
    ahead = [*core]
    while ahead:
        link = ahead.pop()
        if link in ways and link in ways[link]:
            sources[link].remove(link)
            yield ways[link].pop(link)
        if link in ways and 1 in (len(sources[link]), len(ways[link])):
            onward, before = ways.pop(link), sources.pop(link)
            for source in before:
                times = ways[source].pop(link)
                for target, number in onward.items():
                    ways[source][target] = ways[source].get(target, 0) + times * number
            for target in onward:
                sources[target].remove(link)
                sources[target] |= before
            ahead += (*before, *onward)
    for loop in nx.simple_cycles(nx.DiGraph({source: [*targets] for source, targets in ways.items()})):
        yield prod(ways[source][target] for source, target in pairwise((*loop, loop[0])))


def _kinds(model: Model, system: System) -> dict[str, tuple[int, int]]:
    """Variables and elements by kind; tables, which no result records, among them."""
    found = {name: (0, 0) for name in (*PLURAL.values(), "lookups", "settings of the run")}

    def add(name: str, elements: int) -> None:
        found[name] = (found[name][0] + 1, found[name][1] + elements)

    for slot in system.recorded:
        add("settings of the run" if slot.id in CONTROLS else PLURAL[slot.kind], slot.size)
    for variable in model.variables.values():
        if all(isinstance(equation.expression, Table) for equation in variable.equations):
            add("lookups", len(variable.equations))
    return found
