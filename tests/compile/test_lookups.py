"""LOOKUP AREA, SLOPE and INVERT on curves drawn by chance, by the properties that define them; VECTOR LOOKUP's refusals."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from written import compiled, refused, run

CURVES, POINTS = 12, 6
GRID = np.arange(-2.0, 12.01, 0.25)
"""The times, of which each is read as an x, and as a value that the inverse looks for."""


@pytest.fixture(scope="module")
def curves() -> list[tuple[np.ndarray, np.ndarray]]:
    """Points at whole and half x between 0 and 10, with values between -3 and 12, some of them level."""
    numbers = np.random.default_rng(5)
    xs = [np.sort(numbers.choice(np.arange(0.0, 10.5, 0.5), POINTS, replace=False)) for _ in range(CURVES)]
    return [(x, np.round(numbers.uniform(-3, 12, POINTS) / 3) * 3) for x in xs]


@pytest.fixture(scope="module", params=["numpy", "llvm"])
def found(
    request: pytest.FixtureRequest, curves: list[tuple[np.ndarray, np.ndarray]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, np.ndarray]:
    """Values by variable: (curves, times)."""
    stated = [
        f"curve[c{number}](" + ", ".join(f"({x}, {y})" for x, y in zip(xs, ys, strict=True)) + ")"
        for number, (xs, ys) in enumerate(curves)
    ]
    text = "\n".join([f"c: {', '.join(f'c{number}' for number in range(CURVES))}", *stated, *EQUATIONS])
    system = compiled(
        tmp_path_factory.mktemp("curves"), text, initial_time=GRID[0], final_time=GRID[-1], time_step=0.25, saveper=0.25
    )
    values = run(system, engine=request.param).values
    return {name: values[name][..., 0] for name in ("area", "flat", "steep", "missing", "first")}


EQUATIONS = (
    "area[c] = LOOKUP AREA(curve[c], -1, Time)",
    "flat[c] = LOOKUP SLOPE(curve[c], Time, 0)",
    "steep[c] = LOOKUP SLOPE(curve[c], Time, 1)",
    "missing[c] = LOOKUP SLOPE(curve[c], Time, 0 - 1)",
    "first[c] = LOOKUP INVERT(curve[c], Time)",
)


def test_area_is_the_integral(curves: list[tuple[np.ndarray, np.ndarray]], found: dict[str, np.ndarray]) -> None:
    for (xs, ys), areas in zip(curves, found["area"], strict=True):
        for x, area in zip(GRID, areas, strict=True):
            ends = [-1.0, *(knot for knot in xs if -1 < knot < x), x]
            whole = sum(quad(np.interp, a, b, args=(xs, ys))[0] for a, b in pairwise(ends))
            assert area == pytest.approx(whole, abs=1e-9), x


def test_slope_is_the_mean_of_both_sides(curves: list[tuple[np.ndarray, np.ndarray]], found: dict[str, np.ndarray]) -> None:
    """The mean of both sides is the central difference, where no point lies within its reach but the place itself."""
    reach = 0.125
    for number, (xs, ys) in enumerate(curves):
        inner = (GRID > xs[0]) & (GRID < xs[-1])
        central = (np.interp(GRID + reach, xs, ys) - np.interp(GRID - reach, xs, ys)) / (2 * reach)
        for mode in ("flat", "steep", "missing"):
            np.testing.assert_allclose(found[mode][number][inner], central[inner], rtol=1e-12, atol=1e-12)
        for beyond, end in ((GRID <= xs[0], slice(0, 2)), (GRID >= xs[-1], slice(-2, None))):
            last = np.diff(ys[end]) / np.diff(xs[end])
            np.testing.assert_allclose(found["steep"][number][beyond], np.broadcast_to(last, beyond.sum()), rtol=1e-12)
        outside = (GRID < xs[0]) | (GRID > xs[-1])
        assert not found["flat"][number][outside].any()
        assert np.isnan(found["missing"][number][outside]).all()


def test_inverse_is_the_first_place_with_a_value(
    curves: list[tuple[np.ndarray, np.ndarray]], found: dict[str, np.ndarray]
) -> None:
    for (xs, ys), places in zip(curves, found["first"], strict=True):
        for y, place in zip(GRID, places, strict=True):
            assert np.isnan(place) == (not ys.min() <= y <= ys.max()), y
            if np.isnan(place):
                continue
            assert np.interp(place, xs, ys) == pytest.approx(y, abs=1e-9)
            before = np.interp(np.linspace(xs[0], place, 2001)[:-1], xs, ys) - y
            assert place == xs[0] or (before > -1e-9).all() or (before < 1e-9).all(), "it would have passed the value"
            assert place == xs[0] or abs(before).min() > 0, "and had it nowhere before"


def test_lookups_of_a_file(tmp_path: Path) -> None:
    """One for each element, of which the second lacks a point."""
    (tmp_path / "curves.csv").write_text("0,10,1\n1,30,\n2.5,20,3\n6,50,4\n")
    text = """
    r: a, b
    curve[r] = GET DIRECT LOOKUPS('curves.csv', ',', 'A', 'B1')
    area[r] = LOOKUP AREA(curve[r], 0, 2.5)
    slope[r] = LOOKUP SLOPE(curve[r], 1, 0)
    low[r] = LOOKUP INVERT(curve[r], 2)
    high[r] = LOOKUP INVERT(curve[r], 20)
    """
    found = run(compiled(tmp_path, text, final_time=1, time_step=1)).values
    wanted = {"area": [57.5, 5], "slope": [(20 - 10 / 1.5) / 2, 0.8], "low": [np.nan, 1.25], "high": [0.5, np.nan]}
    for name, values in wanted.items():
        np.testing.assert_allclose(found[name][:, 0, 0], values, rtol=1e-14, err_msg=name)


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("VECTOR LOOKUP(2, Time, 0, 1, 0)", "VECTOR LOOKUP takes an element of a subscripted variable"),
        ("VECTOR LOOKUP(v[b], Time, 0, 1, 0)", "VECTOR LOOKUP takes a vector by its first element"),
        ("VECTOR LOOKUP(v[d], Time, 0, 1, 0)", "'d' is not an element of 'r'"),
        ("VECTOR LOOKUP(w[d], Time, 0, 1, 0)", "VECTOR LOOKUP takes a vector of two elements or more"),
        ("VECTOR LOOKUP(v[a], Time, 0, 1, 10)", "VECTOR LOOKUP has no mode 10; the last is 9"),
        ("VECTOR ELM MAP(v[d], 1)", "'d' is not an element of 'r'"),
        ("VECTOR RANK(v[a], 1)", "VECTOR RANK takes a variable with a subscript range"),
        ("VECTOR SELECT(v[r!], v[r!], 0, 11, 0)", "VECTOR SELECT has no action 11; the last is 10"),
    ],
)
def test_refusals_of_vectors(tmp_path: Path, equation: str, said: str) -> None:
    (problem,) = refused(tmp_path, f"y = {equation}\nr: a, b\nother: d\nv[r] = 1, 2\nw[other] = 1")
    assert said in problem[0]
