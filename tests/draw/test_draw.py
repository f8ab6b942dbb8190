"""Diagrams: all variables are on them, links and pipes are those of the equations, signs those of a run, names only text."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import pytest

import sdrun
from sdrun.compile import compile_model
from sdrun.draw import draw, sectors_of, structure_of
from sdrun.draw.layout import diagram_of
from sdrun.draw.sectors import LARGEST
from sdrun.errors import ModelError, ScenarioError
from sdrun.model import CONTROLS
from sdrun.parse import read_model
from sdrun.portrait import signs

MODELS = Path(__file__).parents[2] / "models"
CLASSICS = ("teacup", "predator_prey", "richardson")
TAIL = "\nINITIAL TIME = 0 ~~|\nFINAL TIME = 10 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = TIME STEP ~~|\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "model.mdl"
    path.write_text("{UTF-8}\n" + text + TAIL, encoding="utf-8")
    return path


def words(svg: str) -> list[str]:
    """All text on a diagram."""
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_shows_every_variable_and_link(name: str) -> None:
    path = MODELS / f"{name}.mdl"
    model = read_model(path)
    system = compile_model(model)
    structure = structure_of(model, system, sectors_of(model, system))
    (sector,) = structure.sectors
    assert sorted(sector.variables) == sorted({*model.variables} - {*CONTROLS}) and sector.name == name
    diagram = diagram_of(structure, sector)
    assert sorted(word.id for word in diagram.words if not word.ghost) == sorted(sector.variables)
    shown = {(diagram.words[arrow.source].id, diagram.words[arrow.target].id) for arrow in diagram.arrows}
    shown |= {(diagram.words[pipe.flow].id, diagram.words[pipe.stock].id) for pipe in diagram.pipes if pipe.stock is not None}
    assert shown == {(source, slot.id) for slot in structure.slots.values() for source in slot.inputs if source != slot.id} - {
        (source, target) for source in CONTROLS for target in CONTROLS
    }
    for a, b in combinations(diagram.words, 2):
        assert abs(a.x - b.x) >= a.half[0] + b.half[0] or abs(a.y - b.y) >= a.half[1] + b.half[1], (a.id, b.id)
    on_page = " ".join(words(draw(model, system, None)))
    assert all(word in on_page for id in sector.variables for word in model.variables[id].label.split())


def test_signs_are_those_of_the_equations() -> None:
    assert signs(MODELS / "teacup.mdl") == {
        ("heat_loss_to_room", "teacup_temperature"): -1,
        ("teacup_temperature", "heat_loss_to_room"): 1,
        ("room_temperature", "heat_loss_to_room"): -1,
        ("characteristic_time", "heat_loss_to_room"): -1,
    }
    found = signs(MODELS / "predator_prey.mdl")
    assert found is not None
    assert found[("prey_deaths", "prey")] == -1 and found[("prey", "prey_deaths")] == 1 == found[("predators", "prey_deaths")]
    assert found[("prey", "invariant")] == 0, "now this way, now that"


def test_a_sign_stands_at_each_link_that_has_one() -> None:
    marks = [word for word in words(sdrun.diagram(MODELS / "teacup.mdl")) if word in "+−±"]
    assert sorted(marks) == ["+", "−", "−"], "pipes have arrowheads instead"
    assert not [word for word in words(draw_plain("teacup")) if word in ("+", "−", "±")]


def draw_plain(name: str) -> str:
    model = read_model(MODELS / f"{name}.mdl")
    return draw(model, compile_model(model), None)


def test_the_same_model_gives_the_same_bytes() -> None:
    assert draw_plain("predator_prey") == draw_plain("predator_prey")


def test_an_aging_chain_has_elbows_that_end_at_its_stocks(tmp_path: Path) -> None:
    text = """young = INTEG(births - maturing, 10) ~~|
old = INTEG(maturing - deaths, 5) ~~|
births = old * 0.1 ~~|
maturing = young / 10 ~~|
deaths = old / 40 ~~|
"""
    path = write(tmp_path, text)
    model = read_model(path)
    system = compile_model(model)
    structure = structure_of(model, system, sectors_of(model, system))
    diagram = diagram_of(structure, structure.sectors[0])
    ends = {
        (diagram.words[pipe.flow].id, pipe.stock is not None and diagram.words[pipe.stock].id, pipe.fills)
        for pipe in diagram.pipes
    }
    assert ends == {
        ("births", "young", True),
        ("births", False, False),
        ("maturing", "young", False),
        ("maturing", "old", True),
        ("deaths", "old", False),
        ("deaths", False, True),
    }
    for line in re.findall(r'class="pipe" d="M([^"]*)"', draw(model, system, None)):
        points = [tuple(map(float, point.split(","))) for point in line.split(" L")]
        assert all(a[0] == b[0] or abs(a[1] - b[1]) <= 2 for a, b in pairwise(points)), "level or upright"


def test_names_are_only_text(tmp_path: Path) -> None:
    name = '"<script>alert(1)</script> & \\"x\\" ]]>"'
    path = write(tmp_path, f"{name} = 3 ~~|\ny = {name} * 2 ~~|\n")
    svg = sdrun.diagram(path)
    assert "<script" not in svg and "alert(1)" in "".join(words(svg))
    assert {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()} <= {
        "svg",
        "title",
        "style",
        "rect",
        "text",
        "path",
        "circle",
        "g",
    }


def test_a_model_without_groups_is_cut_where_it_hangs_together_least(tmp_path: Path) -> None:
    """Three chains of thirty variables, tied to each other by one link each."""
    lines = []
    for chain in "abc":
        lines += [f"{chain}{k} = {chain}{k - 1} + {chain}{max(k - 3, 0)} ~~|" for k in range(1, 30)]
    lines += [
        "a0 = INTEG(1, 2) ~~|",
        "b0 = a29 ~~|",
        "c0 = b29 + dial ~~|",
        "dial = 4 ~~|",
        "curve((0,0),(1,1)) ~~|",
        "d = curve(c29) ~~|",
    ]
    path = write(tmp_path, "\n".join(lines))
    model = read_model(path)
    system = compile_model(model)
    sectors = sectors_of(model, system)
    assert 2 <= len(sectors) and sorted(id for sector in sectors for id in sector.variables) == sorted(
        {*model.variables} - {*CONTROLS}
    )
    assert all(len(sector.variables) <= LARGEST + 2 for sector in sectors)
    home = {id: sector.name for sector in sectors for id in sector.variables}
    followers = [(id[0], int(id[1:])) for id in model.variables if re.fullmatch(r"[abc][1-9]\d*", id)]
    crossing = [(chain, k) for chain, k in followers if home[f"{chain}{k}"] != home[f"{chain}{k - 1}"]]
    assert len(crossing) <= 4
    svg = sdrun.diagram(path)
    assert "links from the row to the column" in words(svg) and all("model: " in sector.name for sector in sectors)


def test_one_group_of_the_flagship() -> None:
    path = MODELS / "balance_of_power.mdl"
    model = read_model(path)
    system = compile_model(model)
    names = [sector.name for sector in sectors_of(model, system)]
    assert len(names) == 9 and "Hostility and legitimacy" in names
    svg = draw(model, system, {}, "Hostility and legitimacy")
    assert "Hostility and legitimacy" in words(svg) and "Economy" not in words(svg)
    with pytest.raises(ScenarioError, match="has no group 'Economi'") as caught:
        sdrun.diagram(path, group="Economi")
    assert caught.value.problems[0].help == "did you mean 'Economy'?"


def test_a_model_that_does_not_run_is_drawn_without_signs(tmp_path: Path) -> None:
    path = write(tmp_path, "x = INTEG(1 / y, 1) ~~|\ny = INTEG(0 * x, 0) ~~|\n")
    assert signs(path) is None
    assert "x" in words(sdrun.diagram(path))
    with pytest.raises(ModelError):
        sdrun.diagram(write(tmp_path, "x = z ~~|\n"))
