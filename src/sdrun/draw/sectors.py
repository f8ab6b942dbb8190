"""Which variables are drawn together: the groups of the model file, or what hangs together most."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from sdrun.draw.structure import Sector
from sdrun.model import CONTROLS, Model, names
from sdrun.system import Kind, System

if TYPE_CHECKING:
    import networkx as nx

LARGEST = 30
"""Variables on one page, constants not counted."""
RESOLUTIONS = (0.2, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0)
"""Of the search for parts: the higher, the smaller they are."""
STRAY = 4
"""Parts of fewer variables join another."""

Inputs = Mapping[str, frozenset[str]]
"""Of each variable what its equations name."""


def sectors_of(model: Model, system: System) -> tuple[Sector, ...]:
    """All variables but control variables; a group too large for a page in parts, each of what is tied together most."""
    grouped: dict[str, list[str]] = {}
    for id, variable in model.variables.items():
        if id not in CONTROLS:
            grouped.setdefault(variable.group or "Others", []).append(id)
    if len(grouped) == 1 or sum(map(len, grouped.values())) <= LARGEST:
        grouped = {model.path.stem: [*chain.from_iterable(grouped.values())]}
    inputs = {
        id: frozenset().union(*(names(equation.expression) for equation in variable.equations))
        for id, variable in model.variables.items()
    }
    kinds = {slot.id: slot.kind for slot in system.recorded}
    labels = {id: variable.label for id, variable in model.variables.items()}
    return tuple(sector for name, ids in grouped.items() for sector in _on_pages(name, ids, inputs, kinds, labels))


def _on_pages(name: str, ids: list[str], inputs: Inputs, kinds: Mapping[str, Kind], labels: Mapping[str, str]) -> list[Sector]:
    moving = [id for id in ids if kinds.get(id, Kind.CONSTANT) is not Kind.CONSTANT]
    if len(moving) <= LARGEST:
        return [Sector(name=name, variables=tuple(ids))]
    graph = _ties(moving, inputs)
    parts = _parts(graph, moving)
    home = {id: number for number, part in enumerate(parts) for id in part}
    for id in ids:  # a constant stands where it is used first
        user = next((user for user in moving if id in inputs[user]), moving[0])
        home.setdefault(id, home[user])
    members = [[id for id in ids if home[id] == number] for number in range(len(parts))]
    return [Sector(name=f"{name}: {_title(part, graph, kinds, labels)}", variables=tuple(part)) for part in members]


def _ties(ids: Sequence[str], inputs: Inputs) -> "nx.Graph[str]":
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(ids)
    graph.add_edges_from((source, id) for id in ids for source in sorted(inputs[id]) if source in graph and source != id)
    return graph


def _parts(graph: "nx.Graph[str]", ids: Sequence[str]) -> list[set[str]]:
    """Parts that are tied more closely inside than to each other (Blondel et al. 2008), none too large for a page."""
    import networkx as nx

    parts: list[set[str]] = []
    for resolution in RESOLUTIONS:
        parts = [set(part) for part in nx.community.louvain_communities(graph, seed=1, resolution=resolution)]
        if max(map(len, parts)) <= LARGEST:
            break
    order = {id: place for place, id in enumerate(ids)}
    kept = [part for part in parts if len(part) >= STRAY]
    for stray in (part for part in parts if len(part) < STRAY):
        room = [part for part in kept if len(part) + len(stray) <= LARGEST]
        if room:
            min(room, key=len).update(stray)
        else:
            kept.append(stray)
    return sorted(kept, key=lambda part: min(order[id] for id in part))


def _title(ids: Sequence[str], graph: "nx.Graph[str]", kinds: Mapping[str, Kind], labels: Mapping[str, str]) -> str:
    """Its stocks with most ties, or else its variables."""
    stocks = [id for id in ids if kinds.get(id) is Kind.STOCK] or [id for id in ids if id in graph]
    return ", ".join(labels[id] for id in sorted(stocks, key=lambda id: -graph.degree(id))[:2])
