"""The page of feedback loops says what the equations say; run this file as a script to write its signs anew."""

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

sys.path.insert(0, str(Path(__file__).parent))

from loops import Loop, World, faults, read_loops, together, values, with_signs
from small_worlds import MODEL, ROOT, system, tables, world

from sdrun.bind import bind, with_subscripts
from sdrun.compile.links import Element, links
from sdrun.model import Model
from sdrun.parse import read_model
from sdrun.pipeline import simulate
from sdrun.read import read_scenario

PAGE = MODEL.parent / "LOOPS.md"
HEADLINE = ROOT / "scenarios" / "waltz_vs_mearsheimer.toml"
MAJORS = ROOT / "scenarios" / "unipole_1992.toml"
DIALS = {"own": {}, "hopeless": {"balancing collapse share": 0.5}, "appetite": {"power appetite": 1.0}}
LOOPS = read_loops(PAGE.read_text(encoding="utf-8"))
OF_THE_THEORY = {
    "internal balancing": "B",
    "external balancing": "B",
    "overstretch": "B",
    "legitimacy": "B",
    "diffusion": "B",
    "security dilemma": "R",
    "bandwagon": "R",
    "buck-passing": "R",
    "free riding": "R",
}
"""What the loops that the theory names begin with, and their letters."""


def judged(flagship: Model, headline: xr.Dataset) -> tuple[World, ...]:
    """Three unequal states and the eight majors of 1992, at the model's own dials and at others."""
    small, large = (with_subscripts(flagship, read_scenario(source).cases[0]) for source in (tables(), MAJORS))
    few, many = world(variants=DIALS), [simulate(MAJORS).dataset, *by_variant(headline)]
    return (
        seen(small, together([values(small, run, (0.0, 4.0, 10.0, 20.0)) for run in by_variant(few)])),
        seen(large, together([values(large, run, (1992, 2000, 2016, 2042, 2092)) for run in many])),
    )


def by_variant(ds: xr.Dataset) -> list[xr.Dataset]:
    return [ds.sel(variant=variant) for variant in ds["variant"].values]


def seen(model: Model, found: Mapping[str, np.ndarray]) -> World:
    return World(states=model.ranges["state"].elements, links=links(model, found), values=found)


@pytest.fixture(scope="module")
def worlds(flagship: Model, headline: xr.Dataset) -> tuple[World, ...]:
    return judged(flagship, headline)


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_loop_is_in_the_equations_with_its_signs(loop: Loop, worlds: tuple[World, ...]) -> None:
    assert faults(loop, worlds) == []


def test_the_loops_of_the_theory_are_there() -> None:
    for beginning, letter in OF_THE_THEORY.items():
        assert any(loop.says.startswith(beginning) and loop.name[0] == letter for loop in LOOPS.values()), beginning
    assert len(re.findall(r"^\| [BR]", PAGE.read_text(encoding="utf-8"), re.MULTILINE)) == len(LOOPS) >= 27


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_false_row_is_found(loop: Loop, worlds: tuple[World, ...]) -> None:
    """Each sign flipped, each step left out but for the ends, the letter flipped, the path turned round."""
    small = next([world] for world in worlds if faults(loop, [world]) == [])
    for arrow, sign in enumerate(loop.signs):
        signs = (*loop.signs[:arrow], {"+": "−", "−": "+"}[sign], *loop.signs[arrow + 1 :])
        assert len(faults(replace(loop, signs=signs), small)) == 1
    for step in range(1, len(loop.signs)):
        rest, signs = loop.steps[:step] + loop.steps[step + 1 :], loop.signs[:step] + loop.signs[step + 1 :]
        assert faults(replace(loop, steps=rest, signs=signs), small) != []
    other = {"B": "R", "R": "B"}[loop.name[0]]
    assert len(faults(replace(loop, name=other + loop.name[1:]), small)) == 1
    assert faults(replace(loop, steps=loop.steps[::-1], signs=loop.signs[::-1]), small) != []


def test_links_make_up_the_jacobian(flagship: Model) -> None:
    """From stock to stock along all paths together, against central differences of the compiled right-hand side."""
    compiled, case = system(("A", "B", "C")), read_scenario(tables()).cases[0]
    p = bind(case, compiled).parameters
    y, held = compiled.initial(0.0, 0.0, 0.0, p)
    y = y + 0.01 * np.arange(y.size)[:, None] ** 0.5
    constants = compiled.constants(p, held)
    outputs = compiled.outputs(0.0, 0.0, 0.0, y, constants)
    found = {slot.id: np.broadcast_to(outputs[slot.name], (*slot.shape, 1)) for slot in compiled.recorded}
    model = with_subscripts(flagship, case)
    among = links(model, found | {"time": np.zeros(1)})
    stocks = [(slot.id, at) for slot in compiled.stocks for at in product(*(model.ranges[dim].elements for dim in slot.dims))]

    @cache
    def total(element: Element) -> np.ndarray:
        if element in stocks:
            return np.eye(len(stocks))[stocks.index(element)]
        return flow(element)

    def flow(element: Element) -> np.ndarray:
        return sum((slope * total(source) for source, slope in among.get(element, {}).items()), np.zeros(len(stocks)))

    steps = np.diag(1e-5 * y[:, 0])
    above, below = (compiled.rhs(0.0, 0.0, 0.0, y + way * steps, constants) for way in (1, -1))
    wanted, made = (above - below) / 2e-5, np.array([flow(stock) for stock in stocks]) * y[:, 0]
    strongest = abs(wanted).max(axis=1, keepdims=True)
    strongest[strongest == 0] = 1.0
    assert np.count_nonzero(abs(wanted) > 1e-3 * strongest) > 400
    np.testing.assert_allclose(made / strongest, wanted / strongest, rtol=1e-4, atol=1e-4)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_signs(text, judged(read_model(MODEL), simulate(HEADLINE).dataset)), encoding="utf-8")
