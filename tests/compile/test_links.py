"""Causal links of small models against derivatives known on paper, and the polarity of the classics' loops."""

from itertools import pairwise
from math import exp, log
from pathlib import Path

import numpy as np
import pytest
from written import at_start, write

from sdrun.compile import compile_model
from sdrun.compile.links import Element, Links, links
from sdrun.model import Model
from sdrun.parse import read_model

MODELS = Path(__file__).parents[2] / "models"

WORLD = """
s: u, v, w
o <-> s
a = 3
b = 2
n = -4
many[s] = 1, 5, 2
pair[s, o] = 1, 2, 3; 4, 5, 6; 7, 8, 9;
curve((0, 0), (2, 4), (4, 3))
rising((0, 0), (2, 1), (3, 2))
"""


def at_the_start(model: Model) -> Links:
    system = compile_model(model)
    start = at_start(system)
    values = {slot.id: start[slot.name][..., None] for slot in system.recorded}
    return links(model, values | {"time": values["initial_time"]})


def slopes(model: Model, id: str, *at: str) -> dict[str, float]:
    """Of one element, by `id,element,...` of what it reads; without those that are 0."""
    found = at_the_start(model)[id, at].items()
    return {",".join((source, *place)): float(slope[0]) for (source, place), slope in found if slope[0] != 0}


@pytest.mark.parametrize(
    ("equation", "wanted"),
    [
        ("y = a - 2 * b", {"a": 1, "b": -2}),
        ("y = -(a - b) / n", {"a": 0.25, "b": -0.25, "n": 1 / 16}),
        ("y = a ^ b", {"a": 6, "b": 9 * log(3)}),
        ("y = n ^ 2", {"n": -8}),
        ("y = MAX(a, b)", {"a": 1}),
        ("y = MIN(a, b) * n", {"b": -4, "n": 2}),
        ("y = ABS(n)", {"n": -1}),
        ("y = EXP(-b)", {"b": -exp(-2)}),
        ("y = LN(a) + SQRT(b)", {"a": 1 / 3, "b": 0.5 / 2**0.5}),
        ("y = ZIDZ(a, b)", {"a": 0.5, "b": -0.75}),
        ("y = ZIDZ(a, b - 2)", {}),
        ("y = IF THEN ELSE(a > b, n, b)", {"n": 1}),
        ("y = IF THEN ELSE(:NOT: (a > b) :OR: n > 0, n, b)", {"b": 1}),
        ("y = curve(b / 4)", {"b": 0.5}),
        ("y = curve(a)", {"a": -0.5}),
        ("y = curve(a + b)", {}),
        ("y = LOOKUP EXTRAPOLATE(curve, a + b)", {"a": -0.5, "b": -0.5}),
        ("y = LOOKUP BACKWARD(curve, a)", {}),
        ("y = LOOKUP INVERT(rising, b / 4)", {"b": 0.5}),
        ("y = STEP(a, 4) + STEP(b, 6)", {"a": 1}),
        ("y = INITIAL(a)", {}),
        ("y = a - a + b", {"b": 1}),
        ("y = SUM(many[s!]) * b", {"many,u": 2, "many,v": 2, "many,w": 2, "b": 8}),
        ("y = VMAX(many[s!]) - VMIN(many[s!])", {"many,v": 1, "many,u": -1}),
        ("y = PROD(many[s!])", {"many,u": 10, "many,v": 2, "many,w": 5}),
        ("y = many[v] / VMAX(many[s!])", {}),
        ("y = many[u] / VMAX(many[s!])", {"many,u": 0.2, "many,v": -0.04}),
        ("y = SUM(pair[s!, s!] * n)", {"pair,u,u": -4, "pair,v,v": -4, "pair,w,w": -4, "n": 15}),
        ("y = SUM(pair[u, o!] * pair[o!, v])", {f"pair,u,{o}": x for o, x in zip("uw", (2, 8), strict=True)}
         | {f"pair,{o},v": x for o, x in zip("vw", (2, 3), strict=True)} | {"pair,u,v": 1 + 5}),
    ],
)  # fmt: skip
def test_derivatives_known_on_paper(tmp_path: Path, equation: str, wanted: dict[str, float]) -> None:
    model = read_model(write(tmp_path, WORLD + equation, initial_time=5))
    assert slopes(model, "y") == pytest.approx(wanted)


def test_links_of_data(tmp_path: Path) -> None:
    """Data answer nothing but the time; what reads them answers them, by element, where each equation has its own table."""
    (tmp_path / "d.csv").write_text("0,1,2\n9,3,4\n")
    text = """
    r: u, v, w
    two: u, v
    d[two] := GET DIRECT DATA('d.csv', ',', 'A', 'B1')
    d[w] = 7
    y[r] = 2 * d[r]
    z = SUM(d[r!]) + GET DATA MAX(d[u], 0, 9)
    """
    found = at_the_start(read_model(write(tmp_path, text)))
    assert {element: {source: float(slope[0]) for source, slope in found["y", (element,)].items()} for element in "uvw"} == {
        element: {("d", (element,)): 2.0} for element in "uvw"
    }
    assert {source for source in found["z", ()] if source[0] == "d"} == {("d", ("u",)), ("d", ("v",)), ("d", ("w",))}
    assert all(float(slope[0]) == 0 for element in "uvw" for slope in found["d", (element,)].values())


def test_equations_by_element_and_exceptions(tmp_path: Path) -> None:
    text = WORLD + "y[s] :EXCEPT: [u] = many[s] * a\ny[u] = -many[v]\nz[s, o] = pair[o, s] * (s - 1)"
    model = read_model(write(tmp_path, text))
    assert slopes(model, "y", "u") == {"many,v": -1}
    assert slopes(model, "y", "w") == {"many,w": 3, "a": 2}
    assert [slopes(model, "z", *at) for at in ("uw", "vw", "wu")] == [{}, {"pair,w,v": 1}, {"pair,u,w": 2}]


@pytest.mark.parametrize("call", ["SMOOTH(a, b)", "SMOOTH3(a, b)", "DELAY1(a, b)", "DELAY3(a, b)", "SMOOTHI(a, b, n)"])
def test_a_delay_is_one_link_from_what_it_follows(tmp_path: Path, call: str) -> None:
    found = at_the_start(read_model(write(tmp_path, WORLD + f"y = {call}\nz = -{call} * b")))
    assert not [element for element in found if element[0].startswith("_")]
    assert float(found["y", ()]["a", ()][0]) > 0 > float(found["z", ()]["a", ()][0])


def test_a_stock_answers_by_its_net_flow(tmp_path: Path) -> None:
    text = "y = INTEG(inflow - outflow * y, start)\ninflow = 2\noutflow = 3\nstart = 5"
    assert slopes(read_model(write(tmp_path, text)), "y") == {"inflow": 1, "outflow": -5, "y": -3}


def test_moments_stand_side_by_side(tmp_path: Path) -> None:
    model = read_model(write(tmp_path, "y = IF THEN ELSE(Time > 1, a, -a) * b\na = 1\nb = 1"))
    moments = np.array([0.0, 1.0, 2.0])
    found = links(model, {"time": moments, "a": np.full(3, 2.0), "b": moments})["y", ()]
    np.testing.assert_allclose(found["a", ()], [0, -1, 2])
    np.testing.assert_allclose(found["b", ()], [-2, -2, 2])


def polarity(found: Links, *path: Element) -> float:
    """Of the loop that goes along the path and back to its start."""
    return float(np.prod([np.sign(found[target][source][0]) for source, target in pairwise((*path, path[0]))]))


def test_polarity_of_the_classics() -> None:
    """Cooling balances; births reinforce; predation balances through the predators; an arms race reinforces."""

    def scalars(*ids: str) -> list[Element]:
        return [(id, ()) for id in ids]

    tea = at_the_start(read_model(MODELS / "teacup.mdl"))
    assert polarity(tea, *scalars("teacup_temperature", "heat_loss_to_room")) == -1
    prey = at_the_start(read_model(MODELS / "predator_prey.mdl"))
    assert polarity(prey, *scalars("prey", "prey_births")) == 1
    assert polarity(prey, *scalars("predators", "predator_deaths")) == -1
    assert polarity(prey, *scalars("prey", "prey_deaths", "predator_births", "predators", "prey_deaths")) == -1
    arms = at_the_start(read_model(MODELS / "richardson.mdl"))
    race: list[Element] = [("armaments", ("a",)), ("arming", ("b",)), ("armaments", ("b",)), ("arming", ("a",))]
    assert polarity(arms, *race) == 1
    assert polarity(arms, ("armaments", ("a",)), ("fatigue", ("a",))) == -1
    assert arms["arming", ("a",)]["armaments", ("a",)][0] == 0
