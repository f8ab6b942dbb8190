"""What a model is made of: kinds and loops, against counts by hand and by exhaustive search."""

from itertools import pairwise, permutations
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdrun.compile import compile_model
from sdrun.finding import Inventory
from sdrun.parse import read_model
from sdrun.validate import inventory
from sdrun.validate.structure import count_loops

MODELS = Path(__file__).parents[2] / "models"


def made_of(path: Path) -> Inventory:
    model = read_model(path)
    return inventory(model, compile_model(model))


def test_kinds_and_loops_of_a_small_model(tmp_path: Path) -> None:
    """Two loops through a stock, one of which is also a loop with a second stock; a stock that leaks by itself."""
    path = tmp_path / "model.mdl"
    path.write_text("""{UTF-8}
r: a, b ~~|
s <-> r ~~|
births[r] = people[r] * rate[r] * effect(crowding) ~~|
deaths[r] = people[r] / lifetime ~~|
people[r] = INTEG(births[r] - deaths[r], 100) ~~|
crowding = SUM(people[r!]) / 200 ~~|
effect((0,2),(2,0)) ~~|
rate[r] = 0.1, 0.2 ~~|
lifetime = 40 ~~|
heat = INTEG(-heat / lifetime, 5) ~~|
asked = heat + crowding ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 10 ~~|
TIME STEP = 1 ~~|
SAVEPER = TIME STEP ~~|
""")
    found = made_of(path)
    assert found.kinds == {
        "stocks": (2, 3),
        "flows": (2, 4),
        "auxiliaries": (2, 2),
        "constants": (2, 3),
        "lookups": (1, 1),
        "settings of the run": (4, 4),
    }
    assert found.ranges == {"r": 2}, "an alias is no range of its own"
    assert (found.loops, found.independent_loops, found.cores, found.outputs) == (4, 4, (4, 1), 1)
    assert found.lines() == (
        "2 stocks (3 elements), 2 flows (4 elements), 2 auxiliaries, 2 constants (3 elements), 1 lookup, 4 settings of the run",
        "ranges: r 2",
        "4 feedback loops, 4 of them independent, among 5 variables in 2 parts apart from each other (of 4, 1 variables)",
    )


@pytest.mark.parametrize(("model", "loops"), [("teacup", 1), ("predator_prey", 4), ("richardson", 2)])
def test_loops_of_the_classics(model: str, loops: int) -> None:
    """Tea: one.  Lotka and Volterra: births and deaths of each, and the one through both.  Richardson: armament, fatigue."""
    found = made_of(MODELS / f"{model}.mdl")
    assert found.loops == loops == found.independent_loops


def test_the_flagship_has_more_loops_than_anybody_counts() -> None:
    found = made_of(MODELS / "balance_of_power.mdl")
    assert found.loops is None and found.cores[0] > 100 and found.kinds["stocks"] == (18, 362)
    assert found.lines()[-1].startswith("more than 10,000 feedback loops, ")


def by_search(graph: "nx.DiGraph[int]") -> int:
    """Loops by trying every order of every set of nodes, each loop from its least node."""
    nodes = sorted(graph)
    return sum(
        all(graph.has_edge(a, b) for a, b in pairwise((*ring, ring[0])))
        for size in range(1, len(nodes) + 1)
        for ring in permutations(nodes, size)
        if ring[0] == min(ring)
    )


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=14))
def test_loops_against_exhaustive_search(edges: set[tuple[int, int]]) -> None:
    graph = nx.DiGraph(list(edges))
    expected = by_search(graph)
    assert count_loops([graph]) == expected
    assert count_loops([graph], limit=expected) == expected
    assert expected == 0 or count_loops([graph], limit=expected - 1) is None
